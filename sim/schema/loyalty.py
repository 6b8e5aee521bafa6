"""The typed schema of what members do about points: when they burn them, what the wish for them does to their visits and choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"
_STOURM = (
    "stockpiling: points are burned when their value exceeds a mental cost (Stourm et al. 2015); size engineering judgement"
)
_DOROTIC = "redemption momentum before and after a burn (Dorotic et al. 2014): sign; size engineering judgement"


@dataclass
class BurningConfig:
    """When a member burns points: their worth here and now against a mental cost of its own."""

    cost_yuan: float = known(
        100.0,
        "worth of points from which half of the members would rather burn than keep them",
        0.01,
        100_000,
        source=_STOURM,
        confidence="L",
    )
    cost_sigma: float = known(1.5, "spread of that cost among members, of its logarithm", 0, 4, source=_STOURM, confidence="L")
    occasion_sigma: float = known(
        0.3, "its spread from purchase to purchase of one member, of its logarithm", 0, 4, source=_JUDGED, confidence="L"
    )
    gift_factor: float = known(
        0.7,
        "what the cost is in trades whose goods are like gifts, against the others",
        0,
        1,
        source="rewards go to small pleasures (Kivetz & Simonson 2002): sign; size engineering judgement",
        confidence="L",
    )
    gift_trades: list[str] = field(
        default_factory=lambda: ["beauty", "accessories", "books", "cafe", "cinema", "leisure"],
        metadata={
            "meaning": "trades whose goods are like gifts", "low": None, "high": None, "source": _JUDGED, "tag": "M",
            "confidence": "L", "choices": (),
        },
    )  # fmt: skip
    windfall_bonus: float = known(
        0.4,
        "by which points of the same visit count for more: they are found money",
        0,
        10,
        source="windfalls are spent more readily (Arkes et al. 1994): sign; size engineering judgement",
        confidence="L",
    )
    near_share: float = known(
        0.8, "share of one's own cost from which a member is near its reward", 0, 1, source=_JUDGED, confidence="L"
    )
    near_lift: float = known(
        0.01, "by which a member that is near its reward buys for more", 0, 1, source=_DOROTIC, confidence="L"
    )
    after_lift: float = known(
        0.02,
        "by which a member that has burned points on this visit buys for more afterwards",
        0,
        1,
        source=_DOROTIC,
        confidence="L",
    )


@dataclass
class LoyaltyConfig:
    """What members do about points: when they burn them, what the wish for them does to their visits and choices."""

    burning: BurningConfig = field(default_factory=BurningConfig)
    points_weight: float = known(
        0.3,
        "what a yuan of points to come counts in a choice, against a yuan off the price",
        0,
        2,
        source="1.74 % of members' sales are driven by incentives (Air Miles Cash study): set so that it comes out",
        tag="D",
        confidence="L",
    )
    habit_utility: float = known(
        0.10,
        "utility that a store loses with a member all of whose purchases earned points, if it gives none",
        0,
        5,
        source="merchants join under the pressure of habit (article S0): sign; size engineering judgement",
        confidence="L",
    )
    habit_weight: float = known(
        0.2, "weight of the newest visit in a member's habit of earning points", 0.01, 1, source=_JUDGED, confidence="L"
    )
    habit_scale_points: float = known(
        10.0, "points earned before the run at which the habit is 1 - 1 / e", 0.1, 10_000, source=_JUDGED, confidence="L"
    )
    burn_wish_utility: float = known(
        0.02,
        "utility that a store gains which takes points, with a member that holds far more than its cost",
        0,
        5,
        source=_JUDGED,
        confidence="L",
    )
    shows_share: float = known(
        0.6, "visits of members without points on which they show who they are", 0, 1, source=_JUDGED, confidence="L"
    )
    shows_scale_points: float = known(
        10.0,
        "points held at which 1 - 1 / e of the others show it too",
        0.1,
        10_000,
        source="the share of purchases whose buyer is known grows with the use of points (article S2): sign",
        confidence="L",
    )
    points_per_visit: float = known(
        2.3,
        "points that a visit earns on which a member shows who it is, before the run",
        0,
        1000,
        source="the bare model of earning and burning gives 2.3 to 2.6; not measured in the engine",
        tag="D",
        confidence="L",
    )
    programme_years: float = known(
        3.0,
        "since when the members of old have joined, evenly; 0: nobody holds points from before the run",
        0,
        50,
        source=_JUDGED,
        confidence="L",
    )
    goal_weight: float = known(
        0.5,
        "pressure to come of a member that has reached its own cost, against that of holding very many points",
        0,
        1,
        source="the goal gradient (Kivetz et al. 2006): sign; points pressure is small; size engineering judgement",
        confidence="L",
    )
    momentum_days: float = known(
        30.0,
        "time in which the wish to come again after a burn falls to 1 / e",
        1,
        1000,
        source=_DOROTIC,
        confidence="L",
    )
    gone_share_per_year: float = known(
        0.03,
        "members who die or lose their account for good in a year: the only way in which permanent points are lost",
        0,
        1,
        source="deaths of 0.7 % and lost accounts, engineering judgement",
        confidence="L",
    )
    reminder_days: int = known(
        0,
        "days between two messages about the points that an absent member holds; 0: none are sent",
        0,
        365,
        source="off: no policy sends any",
        confidence="L",
    )
    reminder_absent_days: int = known(21, "absence from which such messages are sent", 1, 3650, source=_JUDGED, confidence="L")
    reminder_points: float = known(
        5.0, "points held from which such messages are sent", 0, 100_000, source=_JUDGED, confidence="L"
    )
    member_discount_share: float = known(
        0.0, "price cut for members who show who they are, in place of points or beside them", 0, 0.9
    )
    discount_visits_effect: float = known(
        1.0,
        "log of the factor on visits of members for each unit of that price cut, beside what it does to choices",
        0,
        10,
        source="of the size of the price elasticity of store choice (minds.price_utility); engineering judgement",
        confidence="L",
    )
    redeemed_later_share: float = known(
        0.88,
        "points outstanding that will be burned some day, by which their liability is valued as a cost",
        0,
        1,
        source="`galleria verify loyalty`: what is issued in a year and burned in that year, measured",
        tag="D",
        confidence="M",
    )
    joins_at_start_share: float = known(
        0.0, "residents who are no members and become members on the first morning: a push from outside", 0, 1
    )


def problems(loyalty: LoyaltyConfig) -> Iterator[Problem]:
    """Yield trades that there are not."""
    for index, trade in enumerate(loyalty.burning.gift_trades):
        if trade not in CATEGORIES:
            place, rule = f"loyalty.burning.gift_trades[{index}]", f"must be a trade, one of {', '.join(CATEGORIES)}"
            yield Problem(place, repr(trade), rule, "choose one of these, or leave it out")
