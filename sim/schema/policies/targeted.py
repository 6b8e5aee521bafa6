"""What the policy `targeted` is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"


@dataclass
class TargetedConfig:
    """A coupon for those who like a trade and have not bought yet, each with a probability that is written down."""

    trade: str = known("fashion", "trade whose stores take the coupon", choices=CATEGORIES)
    off_share: float = known(0.2, "of the price that it takes off", 0, 1)
    budget_yuan: float = known(1e6, "most that it takes off in a day", 0, 1e9)
    after_min: float = known(45.0, "minutes since somebody was first heard of, after which it is decided about them", 0, 600)
    affinity_weight: float = known(
        0.5,
        "log odds of being chosen for a wish for the trade that is believed to be e times everybody's",
        0,
        10,
        source=_JUDGED,
        confidence="L",
    )
    waiting_weight: float = known(
        2.0,
        "log odds for not having been heard to pay on this visit; as much less for having been",
        0,
        10,
        source=_JUDGED,
        confidence="L",
    )
    least: float = known(0.1, "smallest probability of being sent it", 0, 1)
    most: float = known(0.9, "largest probability", 0, 1)


def targeted_problems(targeted: TargetedConfig) -> Iterator[Problem]:
    """Return what is wrong with it."""
    if targeted.least > targeted.most:
        yield Problem(
            "policy.targeted.least",
            f"{targeted.least:g}",
            f"must not be above policy.targeted.most ({targeted.most:g})",
            "lower it, or raise that",
        )
