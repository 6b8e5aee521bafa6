"""The typed schema of the catchment: its households, who lives in them, how far away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known

_CENSUS = "China's census of 2020"
_JUDGED = "engineering judgement"


def _facts(meaning: str, low: float, high: float, source: str, tag: str = "D", confidence: str = "L") -> dict[str, Any]:
    return {
        "meaning": meaning,
        "low": low,
        "high": high,
        "source": source,
        "tag": tag,
        "confidence": confidence,
        "choices": (),
    }


@dataclass
class CatchmentConfig:
    """The catchment: its households, who lives in them, how far away."""

    residents: int = known(
        0, "people who live in the catchment; 0: as many as the visits of an average day need", 0, 20_000_000
    )
    residents_per_visit: float = known(
        26.0,
        "people of the catchment for each visit of an average day, where residents is 0",
        1,
        10_000,
        source="1.9 people a visit; a shopper comes 3.1-3.4 times a month (ICSC), so 17.8 shoppers; two thirds of all people ever come",
        tag="D",
        confidence="L",
    )
    residents_from: str = known(
        "",
        "a residents.parquet that an earlier run kept (recording.residents), to live in the catchment again; empty: they are drawn",
    )
    walk_in_share: float = known(
        0.15,
        "share of visits by people from outside the catchment: tourists, passers-by",
        0,
        1,
        source=_JUDGED,
        tag="D",
        confidence="L",
    )
    size_shares: list[float] = field(
        default_factory=lambda: [0.254, 0.297, 0.210, 0.132, 0.062, 0.045],
        metadata=_facts(
            "share of households of 1 ... 6 and more people (normalised)",
            0,
            1,
            f"{_CENSUS}: one person 25.4 %, two 29.7 %, mean 2.62 people",
            "M",
            "M",
        ),
    )
    couple_share: float = known(
        0.20,
        "share of households that are a couple alone",
        0,
        1,
        source=f"{_JUDGED}, within the two-person households of {_CENSUS}",
        tag="D",
        confidence="L",
    )
    family_share: float = known(
        0.28,
        "share of households with a couple and children under 18",
        0,
        1,
        source=f"{_JUDGED}: 17.9 % of all people are under 15 ({_CENSUS})",
        tag="D",
        confidence="L",
    )
    lone_parent_share: float = known(
        0.04, "share of households with one parent and children under 18", 0, 1, source=_JUDGED, tag="D", confidence="L"
    )
    grandparent_share: float = known(
        0.55,
        "chance that each further person of a household with a child is another adult, a grandparent",
        0,
        1,
        source=f"{_JUDGED}: three generations under one roof are usual",
        tag="D",
        confidence="L",
    )
    head_age_shares: list[float] = field(
        default_factory=lambda: [0.22, 0.52, 0.26],
        metadata=_facts(
            "share of households whose head is under 35, 35-59, 60 and older (normalised)",
            0,
            1,
            f"{_JUDGED}: 18.7 % of all people are 60 and older ({_CENSUS}), more of the heads",
        ),
    )
    income_shares: list[float] = field(
        default_factory=lambda: [0.40, 0.25, 0.15, 0.20],
        metadata=_facts(
            "share of households that are affordable, hedonic, quality, potential customers (normalised)",
            0,
            1,
            f"the classes are article S1's, their shares {_JUDGED}",
        ),
    )
    distance_edges_km: list[float] = field(
        default_factory=lambda: [1.0, 3.0, 5.0, 10.0, 20.0],
        metadata=_facts(
            "outer edge of each distance band about the mall",
            0.05,
            200,
            f"{_JUDGED}: primary, secondary, tertiary trade area",
        ),
    )
    distance_shares: list[float] = field(
        default_factory=lambda: [0.08, 0.25, 0.22, 0.27, 0.18],
        metadata=_facts(
            "share of households in each distance band (normalised)",
            0,
            1,
            f"{_JUDGED}: a plaza amid housing",
        ),
    )
    not_by_car_shares: list[float] = field(
        default_factory=lambda: [0.38, 0.50, 0.12],
        metadata=_facts(
            "of the visits not by car (population.car_share), shares on foot, by transit, by cycle (normalised)",
            0,
            1,
            f"{_JUDGED}: a plaza at a metro station",
        ),
    )
    visits_by_age: list[float] = field(
        default_factory=lambda: [1.25, 1.0, 0.7],
        metadata=_facts(
            "how often people of households with a head under 35, 35-59, 60 and older come, relative",
            0,
            10,
            f"{_JUDGED}; the sign as in ICSC's surveys",
        ),
    )
    distance_exponent: float = known(
        1.0,
        "visits of a household fall with (1 + distance / distance_km_scale) to this power",
        0,
        5,
        source=f"{_JUDGED}; Huff's 2 is for the choice among malls, which competitors make",
        tag="D",
        confidence="L",
    )
    distance_km_scale: float = known(
        3.0, "distance at which that fall sets in", 0.1, 100, source=_JUDGED, tag="D", confidence="L"
    )
    frequency_sigma: float = known(
        0.7,
        "log-sd of how often people alike come; nobody more often than the most frequent 2 %",
        0,
        2,
        source="heavy-tailed visit counts: the top tenth of adults then makes two fifths of all visits",
        tag="D",
        confidence="L",
    )
    member_frequency_correlation: float = known(
        0.6,
        "correlation between being a member (digital.member_share) and how often somebody comes",
        0,
        0.99,
        source=f"{_JUDGED}: who comes often joins",
        tag="D",
        confidence="L",
    )
    character_shares: list[float] = field(
        default_factory=lambda: [0.10, 0.25, 0.25, 0.40],
        metadata=_facts(
            "share of people who tell others, are hard to please, join in, keep to themselves (normalised)",
            0,
            1,
            f"the characters are article S1's, their shares {_JUDGED}",
        ),
    )
    life_cycle_shares: list[float] = field(
        default_factory=lambda: [0.30, 0.06, 0.56, 0.08],
        metadata=_facts(
            "share of people who have not been there, are new, loyal, lost (normalised)",
            0,
            1,
            f"the states are article S1's; a third never comes, see residents_per_visit; the rest {_JUDGED}",
        ),
    )
    seldom_visits: float = known(
        0.05,
        "how often people who have not been there, or are lost, come, relative to others alike",
        0,
        1,
        source=f"{_JUDGED}: at that rate about half of those who have not been there come once in a year",
        tag="D",
        confidence="L",
    )
    spend_by_income: list[float] = field(
        default_factory=lambda: [0.8, 1.15, 1.8, 0.75],
        metadata=_facts(
            "what the four classes of income_shares spend, relative",
            0.01,
            100,
            f"{_JUDGED}; a visit's mean stays what baskets make it",
        ),
    )
    spend_tail_exponent: float = known(
        2.5,
        "exponent of the Pareto law by which the top 5 % of spenders spend",
        1.1,
        20,
        source=f"{_JUDGED}: the top tenth of adults then makes half of what residents spend",
        tag="D",
        confidence="L",
    )
    price_sensitivity_by_income: list[float] = field(
        default_factory=lambda: [1.3, 0.9, 0.5, 1.2],
        metadata=_facts(
            "how much dear prices put off the four classes of income_shares, relative",
            0,
            100,
            f"{_JUDGED}; the sign is article S1's",
        ),
    )
    price_sensitivity_sigma: float = known(
        0.3, "log-sd of price sensitivity within a class", 0, 2, source=_JUDGED, tag="D", confidence="L"
    )
    taste_from_tags_share: float = known(
        0.2,
        "share of the variance of tastes that sex, age and income explain",
        0,
        1,
        source="demographic data say a little of what households prefer, purchases much more (Rossi, McCulloch & Allenby 1996; sign)",
        tag="M",
        confidence="L",
    )
    pregnant_share: float = known(
        0.03,
        "share of women of 20-42 in couples who are visibly pregnant",
        0,
        1,
        source=f"{_JUDGED}: five months of a pregnancy, one child in a dozen years",
        tag="D",
        confidence="L",
    )


def problems(catchment: CatchmentConfig) -> Iterator[Problem]:
    """Yield what cannot be a catchment, although each value by itself could be."""
    for name in (
        "size_shares",
        "head_age_shares",
        "income_shares",
        "distance_shares",
        "not_by_car_shares",
        "character_shares",
        "life_cycle_shares",
        "visits_by_age",
    ):
        if not sum(getattr(catchment, name)) > 0:
            yield Problem(f"catchment.{name}", str(getattr(catchment, name)), "must not all be 0", "give one of them a share")
            return
    edges = catchment.distance_edges_km
    if any(inner >= outer for inner, outer in zip(edges, edges[1:])):
        yield Problem("catchment.distance_edges_km", str(edges), "must ascend", "write them from the nearest to the farthest")
    size = [share / sum(catchment.size_shares) for share in catchment.size_shares]
    elderly = catchment.head_age_shares[2] / sum(catchment.head_age_shares)
    couples, families, lone = catchment.couple_share, catchment.family_share, catchment.lone_parent_share
    for key, value, most, rule in (
        ("couple_share", couples, size[1], "the share of households of two"),
        ("family_share", families, sum(size[2:]), "the share of households of three and more"),
        ("lone_parent_share", lone, 1 - size[0] - couples - families, "what is left of households of two and more"),
        ("lone_parent_share", lone, 1 - elderly - families, "what is left beside families and heads of 60 and older"),
    ):
        if value > most + 1e-9:
            yield Problem(
                f"catchment.{key}", f"{value:g}", f"must be at most {most:.3g}, {rule}", "lower it, or change the others"
            )
