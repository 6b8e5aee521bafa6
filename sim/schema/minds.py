"""The typed schema of what goes on in shoppers: hunger, fatigue, money, satiation, compromise, satisfaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known

PURPOSES = 5  # shopping, meal, leisure, cinema, stroll: the first of sim.visitors.Purpose
_JUDGED = "engineering judgement"


def _judged(meaning: str) -> dict[str, Any]:
    return {"meaning": meaning, "low": 0, "high": 20, "source": _JUDGED, "tag": "M", "confidence": "L", "choices": ()}


@dataclass
class PlansConfig:
    """What a party has in mind when it comes: purpose, list, time, money."""

    meal_led_share: float = known(
        0.6, "of parties hungry on arrival, share that comes for the meal", 0, 1, source=_JUDGED, confidence="L"
    )
    leisure_share: float = known(
        0.15, "of the other parties without a film in mind, share that comes for leisure", 0, 1, source=_JUDGED, confidence="L"
    )
    stroll_share: float = known(0.2, "of the same, share that comes to look around", 0, 1, source=_JUDGED, confidence="L")
    weekend_factor: float = known(
        1.3,
        "odds of leisure and strolls at weekends against shopping, relative to weekdays",
        0.1,
        10,
        source=_JUDGED,
        confidence="L",
    )
    company_factor: float = known(
        1.25, "the same for parties of two and more, relative to one person", 0.1, 10, source=_JUDGED, confidence="L"
    )
    needs_by_purpose: list[float] = field(
        default_factory=lambda: [1.3, 0.6, 0.9, 1.0, 0.4],
        metadata=_judged(
            "needs on the list when out for shopping, meal, leisure, cinema, stroll, relative; population.needs_mean is kept"
        ),
    )
    stay_by_purpose: list[float] = field(
        default_factory=lambda: [1.05, 0.95, 1.15, 1.0, 0.8],
        metadata=_judged(
            "intended stay when out for shopping, meal, leisure, cinema, stroll, relative; population.stay_min_mean is kept"
        ),
    )
    budget_by_purpose: list[float] = field(
        default_factory=lambda: [1.2, 0.8, 0.8, 0.8, 0.7],
        metadata=_judged("money for a visit for shopping, meal, leisure, cinema, stroll, relative"),
    )
    budget_yuan_per_person: float = known(
        3000.0, "most that a party would spend on a visit, mean per person, to the square root of their number; goes with its spending power",
        1, 1e7, source="twenty times the China preset of 150 yuan a visit: a limit, not a plan; engineering judgement", tag="D", confidence="L",
    )  # fmt: skip
    budget_sigma: float = known(0.5, "its own log-sd beside that of spending power", 0, 3, source=_JUDGED, confidence="L")
    replans_max: int = known(
        2,
        "times on a visit that a party, before a closed or full store, looks for another of its trade",
        0,
        20,
        source=_JUDGED,
        confidence="L",
    )


@dataclass
class HungerConfig:
    """When parties want to eat, and what they do about it."""

    comes_within_min: float = known(
        45.0,
        "hunger comes to a party within so long from the start of a meal time, evenly",
        0,
        600,
        source=_JUDGED,
        confidence="L",
    )
    grows_h: float = known(
        4.5, "time from a meal to hunger", 0.5, 24, source="usual time between meals; engineering judgement", confidence="M"
    )
    snack_share: float = known(
        0.12, "of parties that eat no meal here, share that gets hungry between meals", 0, 1, source=_JUDGED, confidence="L"
    )
    snack_holds_h: float = known(1.5, "how long a snack puts hunger off", 0.1, 12, source=_JUDGED, confidence="L")
    patience_min: float = known(
        40.0, "how long a hungry party stays that has found nothing to eat", 0, 600, source=_JUDGED, confidence="L"
    )
    tries_max: int = known(
        2, "restaurants that a party tries before it gives its meal up", 1, 10, source=_JUDGED, confidence="L"
    )
    sated_utility: float = known(
        0.7, "what a restaurant loses for a party that only browses and is not hungry", 0, 20, source=_JUDGED, confidence="L"
    )


@dataclass
class FatigueConfig:
    """What walking and standing do to a party; effort is counted in metres walked."""

    usual_m_per_min: float = known(
        4.9,
        "effort per minute of a visit at which parties stay as long as they meant to",
        0,
        100,
        source="a day of everyday, so that the mean stay is kept",
        tag="D",
        confidence="L",
    )
    tire_min_per_km: float = known(
        12.0,
        "minutes by which each kilometre of effort beyond the usual ends a visit earlier; less effort lets it last longer",
        0,
        240,
        source=_JUDGED,
        confidence="L",
    )
    tire_min_max: float = known(
        25.0, "most by which effort moves the end of a visit either way", 0, 240, source=_JUDGED, confidence="L"
    )
    queue_m_per_min: float = known(12.0, "effort of a minute's standing in a line", 0, 100, source=_JUDGED, confidence="L")
    rest_m_per_min: float = known(
        25.0,
        "effort that a minute's sitting in a cafe, a restaurant or a cinema takes away",
        0,
        1000,
        source=_JUDGED,
        confidence="L",
    )
    sit_from_m: float = known(
        900.0, "effort from which a party thinks of sitting down in a cafe", 1, 1e5, source=_JUDGED, confidence="L"
    )
    sit_share: float = known(0.12, "chance that it does, at each decision", 0, 1, source=_JUDGED, confidence="L")


@dataclass
class AppealConfig:
    """What makes one store more to a party's liking than another."""

    taste_utility: float = known(
        0.5,
        "utility of a brand one standard deviation nearer to a party's taste; each brand's mean appeal is kept",
        0,
        5,
        source=_JUDGED,
        confidence="L",
    )
    liked_utility: float = known(0.7, "utility of a store remembered with pleasure", 0, 5, source=_JUDGED, confidence="L")
    price_utility: float = known(
        1.5,
        "utility lost when prices double, times the party's price sensitivity",
        0,
        20,
        source="price elasticity of store choice about -1.5; engineering judgement",
        confidence="L",
    )
    sated_utility: float = known(
        0.3, "utility lost with each look at a trade, twice that with a purchase", 0, 5, source=_JUDGED, confidence="L"
    )
    veto_at: float = known(
        -2.5,
        "taste for a brand, in sd, below which one person of a party of several vetoes it, half of the time",
        -10,
        10,
        source=_JUDGED,
        confidence="L",
    )
    veto_spread: float = known(
        0.35,
        "scale of the logistic law about it: tastes of one party's people differ",
        0.01,
        10,
        source=_JUDGED,
        confidence="L",
    )
    unplanned_slope: float = known(
        0.5,
        "growth of the readiness for an unplanned store with each way of unplanned_m_usual; its mean is kept",
        0,
        1,
        source="unplanned spending grows with walking (Hui et al. 2013, groceries)",
        confidence="L",
    )
    unplanned_m_usual: float = known(
        420.0,
        "metres walked at which that readiness is the mean",
        1,
        1e5,
        source="a day of everyday: mean over passings",
        tag="D",
        confidence="L",
    )
    store_day_cv: float = known(
        0.19,
        "sd / mean of a store's own pull from day to day",
        0,
        2,
        source="variance / mean of 6.7 for a shop of 100 customers a day, beside population.day_total_cv; in small shops 0.86 of it becomes visits (measured)",
        tag="D",
        confidence="M",
    )


@dataclass
class SatisfactionConfig:
    """What a visit is thought of: a logistic law of what went well and what did not."""

    start: float = known(
        0.85,
        "log-odds of a visit on which nothing happens",
        -10,
        10,
        source="mean near 0.75, as indices of customer satisfaction; engineering judgement",
        confidence="L",
    )
    found: float = known(
        0.45,
        "added by each need found, and half of that by a purchase beside the list, of three at most",
        0,
        10,
        source=_JUDGED,
        confidence="L",
    )
    missed: float = known(0.6, "lost with each need that the mall did not meet", 0, 10, source=_JUDGED, confidence="L")
    meal_given_up: float = known(0.8, "lost with a meal that was wanted and given up", 0, 10, source=_JUDGED, confidence="L")
    wait_min_scale: float = known(15.0, "minutes of felt waiting that cost one unit", 0.1, 600, source=_JUDGED, confidence="L")
    uninformed_factor: float = known(
        1.36,
        "how much longer a wait feels to whoever is told nothing",
        1,
        5,
        source="uninformed waits feel longer, x 1.2-1.5 (secondary; parameters table)",
        tag="V",
        confidence="L",
    )
    crowd_min_scale: float = known(
        20.0, "minutes of walking in a crowd that cost one unit", 0.1, 600, source=_JUDGED, confidence="L"
    )
    crowd_per_m2: float = known(
        0.72,
        "density from which walking counts as crowded",
        0.05,
        5,
        source="Fruin 1971: level of service D begins there",
        confidence="H",
    )
    tired_per_km: float = known(
        0.3, "lost with each kilometre of effort beyond the usual", 0, 10, source=_JUDGED, confidence="L"
    )
    dear: float = known(
        1.0, "lost when what was bought cost twice the usual, times price sensitivity", 0, 20, source=_JUDGED, confidence="L"
    )
    choosy: float = known(
        0.5, "lost by whoever is hard to please; a promoter gains half of it", 0, 10, source=_JUDGED, confidence="L"
    )
    spread: float = known(0.5, "sd of what else there is to it, the visit's own", 0, 10, source=_JUDGED, confidence="L")
    turned_away: float = known(2.5, "lost by whoever never got in", 0, 20, source=_JUDGED, confidence="L")


@dataclass
class MindsConfig:
    """What goes on in shoppers: hunger, fatigue, money, satiation, compromise, satisfaction."""

    plans: PlansConfig = field(default_factory=PlansConfig)
    hunger: HungerConfig = field(default_factory=HungerConfig)
    fatigue: FatigueConfig = field(default_factory=FatigueConfig)
    appeal: AppealConfig = field(default_factory=AppealConfig)
    satisfaction: SatisfactionConfig = field(default_factory=SatisfactionConfig)


def problems(minds: MindsConfig) -> Iterator[Problem]:
    """Yield what does not go together."""
    plans = minds.plans
    for name in ("needs_by_purpose", "stay_by_purpose", "budget_by_purpose"):
        values = getattr(plans, name)
        if len(values) != PURPOSES or min(values, default=0.0) <= 0.0:
            rule = f"must be {PURPOSES} positive numbers, one for each purpose"
            yield Problem(f"minds.plans.{name}", str(values), rule, "list shopping, meal, leisure, cinema, stroll")
    if plans.leisure_share + plans.stroll_share > 1.0:
        shares = f"{plans.leisure_share} + {plans.stroll_share}"
        yield Problem("minds.plans.stroll_share", shares, "leisure and strolls cannot be more than all", "lower one of the two")
