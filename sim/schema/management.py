"""The typed schema of management: what tenants and operator decide, within a day and from day to day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"


@dataclass
class ManagementConfig:
    """What tenants and operator decide, within a day and from day to day; by default only to call in a colleague."""

    send_home_below: float = known(
        0.0, "busy share of a tenant's tills at a review below which it sends one of its servers home; 0: nobody goes", 0, 0.8
    )
    closes_earlier_min: float = known(
        0.0,
        "minutes by which a tenant closes earlier tomorrow when its last hour did not earn its wages; 0: hours stay",
        0,
        240,
    )
    wage_yuan_per_h: float = known(
        25.0, "what a server costs the tenant", 0, 1000, source="as desks.wage_yuan_per_h", confidence="L"
    )
    margin_share: float = known(
        0.45, "what a tenant keeps of a sale at the trade's prices, before rent and wages", 0, 1, source=_JUDGED, confidence="L"
    )
    price_step: float = known(0.0, "part by which a tenant changes its prices to try others; 0: prices stay", 0, 0.3)
    price_trial_days: int = known(
        7, "days after which it judges a trial", 1, 365, source="a week has every weekday once", confidence="H"
    )
    price_factor_min: float = known(0.8, "lowest prices relative to the trade's", 0.2, 1, source=_JUDGED, confidence="L")
    price_factor_max: float = known(1.25, "highest prices relative to the trade's", 1, 5, source=_JUDGED, confidence="L")
    promotion_yuan_per_day: float = known(0.0, "what a tenant spends on a day of promotion; 0: none does", 0, 1_000_000)
    promotes_below: float = known(
        0.9,
        "sales relative to its own usual ones below which a tenant promotes itself the next day",
        0,
        10,
        source=_JUDGED,
        confidence="L",
    )
    promotion_pull: float = known(
        0.3, "part by which unlimited money raises a tenant's pull", 0, 10, source=_JUDGED, confidence="L"
    )
    promotion_yuan_half: float = known(
        1000.0, "money for a day that gives half of it", 1, 1_000_000, source=_JUDGED, confidence="L"
    )
    people_limit: int = known(
        0,
        "people inside, by the door counters, above which the operator closes its busiest street door; 0: none",
        0,
        10_000_000,
    )
    review_days: int = known(0, "days between the operator's reviews of tenants' ratings; 0: it does not look", 0, 3660)
    warn_below_stars: float = known(
        3.5,
        "shown stars below which a tenant is warned, and replaced if they are no better at the next review",
        1,
        5,
        source=_JUDGED,
        confidence="L",
    )
    help_yuan: float = known(0.0, "what the operator spends on training at a tenant when it warns it", 0, 1_000_000)
    help_gain_stars: float = known(
        0.1,
        "quality that 10,000 yuan of it bring, where five stars are far; less near them",
        0,
        4,
        source=_JUDGED,
        confidence="L",
    )


def problems(config: ManagementConfig, display: str) -> Iterator[Problem]:
    """Yield what cannot go together."""
    if config.review_days > 0 and display == "none":
        yield Problem(
            "management.review_days", str(config.review_days), "the operator reviews what is shown, and nothing is",
            "choose a ratings.display, or set it to 0",
        )  # fmt: skip
