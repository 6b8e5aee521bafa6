"""What the policies that address people at home are told."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known

_CHOICE = {"low": None, "high": None, "source": "a choice of the run", "tag": "-", "confidence": "-", "choices": ()}


@dataclass
class HomeCouponsConfig:
    """Coupons to take at home."""

    unit: str = known("", "store that takes them; empty: every store in its turn")
    per_day: int = known(500, "people who are offered one on a day, drawn of all whom a message reaches", 0, 10_000_000)
    every_days: int = known(1, "days from one offer to the next; 0: none is made", 0, 365)
    off_yuan: float = known(
        5.0, "taken off", 0, 100_000, source="5 off from 30 on (Tianchi O2O 2016, the commonest)", tag="D", confidence="M"
    )
    threshold_yuan: float = known(30.0, "least price", 0, 100_000, source="as above", tag="D", confidence="M")
    off_share: float = known(0.0, "of the price, taken off", 0, 1)
    life_days: int = known(15, "days on which it can be used, the first included; 0: none", 0, 365)
    budget_yuan: float = known(20_000.0, "most that all of them take off in the run", 0, 1e9)


@dataclass
class PointsReminderConfig:
    """Reminders of points to absent members."""

    least_points: float = known(20.0, "points held from which it is worth a reminder", 0, 1e6, source="enough for something (article S0); size engineering judgement", confidence="L")  # fmt: skip
    absent_days: int = known(30, "days since the last visit on record from which a member counts as absent", 0, 3650, source="long enough (article S0); size engineering judgement", confidence="L")  # fmt: skip
    again_days: int = known(30, "days before somebody is reminded again", 1, 3650)
    per_day_most: int = known(100_000, "reminders on a day, drawn of those who qualify", 0, 10_000_000)


@dataclass
class WeekendGuideConfig:
    """What is on this weekend, told at home."""

    weekday: int = known(4, "day on which it is told: 0 Monday to 6 Sunday", 0, 6)
    stores: int = known(1, "stores at which something is on", 0, 100)
    audience_share: float = known(1.0, "share of those it could tell", 0, 1)
    is_targeted: bool = known(False, "whether only those are told who seem to want such a store")
    interest_least: float = known(1.0, "what one of them must seem to want of it, against the mean", 0, 100)


@dataclass
class LeafletsConfig:
    """Leaflets in letter boxes."""

    unit: str = known("", "store whose offer they carry; empty: the largest")
    pieces: int = known(2000, "printed at a time", 0, 10_000_000)
    every_days: int = known(7, "days from one printing to the next; 0: none", 0, 365)
    within_km: float = known(3.0, "distance within which they are handed out; targeted ones go there first", 0, 200)
    is_targeted: bool = known(False, "to members who seem to want the store's kind, in place of everybody near")
    off_share: float = known(0.1, "of the price, with the leaflet", 0, 1)
    life_days: int = known(7, "days for which it is good", 1, 365)
    yuan_each: float = known(0.3, "paper, print and handing out", 0, 100, source="engineering judgement", confidence="L")


@dataclass
class SocialFollowersConfig:
    """An account that people follow."""

    posts_per_week: float = known(2.0, "posts a week; 0: there is no account", 0, 50)


@dataclass
class SubscriptionsConfig:
    """Asking people of what they want to hear."""

    invited_share: float = known(1.0, "share of the people whom it could ask that are asked, once", 0, 1)
    push_share: float = known(0.0, "share of those without a subscription that are told something all the same", 0, 1)
    weekday: int = known(3, "day of the week on which it tells: 0 Monday to 6 Sunday", 0, 6)


@dataclass
class FestivalCampaignConfig:
    """Offers for days on which everybody shops."""

    dates: list[str] = field(
        default_factory=lambda: ["03-08", "11-11", "12-12"], metadata={**_CHOICE, "meaning": "days of the year, MM-DD"}
    )
    days_before: int = known(1, "days before, on which it is offered", 0, 60)
    lasts_days: int = known(2, "days from the date on for which it is good", 1, 60)
    off_share: float = known(0.1, "of the price", 0, 1)
    most_off_yuan: float = known(50.0, "and no more than this", 0, 1e6)
    trades: list[str] = field(
        default_factory=list, metadata={**_CHOICE, "meaning": "trades that take it; none named: all stores"}
    )
    audience_share: float = known(1.0, "share of those whom a message reaches that get one", 0, 1)
    budget_yuan: float = known(20_000.0, "most that it takes off for each date", 0, 1e9)


def festival_problems(config: FestivalCampaignConfig) -> Iterator[Problem]:
    """Return dates and trades that there are not."""
    for index, date in enumerate(config.dates):
        try:
            datetime.date.fromisoformat(f"2024-{date}")
        except ValueError:
            yield Problem(
                f"policy.festival_campaign.dates[{index}]",
                repr(date),
                "must be a day of the year, MM-DD",
                'write it as "11-11"',
            )
    for index, trade in enumerate(config.trades):
        if trade not in CATEGORIES:
            yield Problem(
                f"policy.festival_campaign.trades[{index}]", repr(trade), "is no trade", f"choose of {', '.join(CATEGORIES)}"
            )
