"""What the policies of events, games, meetings and guidance in the hall are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known
from sim.schema.happenings import EVENT_KINDS
from sim.units import minutes_from_hours

_JUDGED = "engineering judgement"
_AT = "unit or entrance of the plan before whose door; empty: the largest store's"


@dataclass
class EventInvitationsConfig:
    """An event in the hall, to which people inside are invited by what the platform knows of them."""

    kind: str = known("sport", "what it is, and so for whom", choices=EVENT_KINDS)
    theme: str = known("sport", "trade that it is about, by which people are chosen; empty: none", choices=("", *CATEGORIES))
    at: str = known("", _AT)
    starts: Any = known("15:00", "beginning")
    ends: Any = known("17:00", "end")
    capacity: int = known(120, "people who find room", 0, 100_000, source=_JUDGED, confidence="L")
    stay_min_mean: float = known(20.0, "how long a party stays", 0.1, 600, source=_JUDGED, confidence="L")
    staff: int = known(4, "people who work there", 0, 1000, source=_JUDGED, confidence="L")
    cost_yuan: float = known(5000.0, "cost beside staff", 0, 1e8, source=_JUDGED, confidence="L")
    open_to_all: bool = known(True, "whether passers-by may stop")
    invite_by: str = known("profile", "whom it invites: those nearest to the theme, or anybody", choices=("profile", "random"))
    per_review: int = known(40, "people invited at a review", 0, 100_000)
    from_min_before: float = known(60.0, "invitations begin so long before it does", 0, 1440)


@dataclass
class TreasureHuntConfig:
    """Clues one after another, each before the door of a quiet store, and a reward at the last."""

    clues: int = known(4, "clues, the first included", 0, 20)
    route: str = known("cold", "where clues are: where fewest people are seen, or anywhere", choices=("cold", "random"))
    at: str = known("", f"{_AT}: where the hunt begins")
    starts: Any = known("13:00", "from when on the first clue is given")
    ends: Any = known("18:00", "until when clues can be found")
    seek_min_mean: float = known(3.0, "time to find a clue once there", 0.1, 120, source=_JUDGED, confidence="L")
    reward_yuan: float = known(30.0, "worth of the coupon for stores on the route", 0, 100_000)
    threshold_yuan: float = known(100.0, "least purchase for which it can be used", 0, 1e6)
    budget_yuan: float = known(5000.0, "most that rewards may cost in a day", 0, 1e9)
    cost_yuan: float = known(1000.0, "cost of setting it up", 0, 1e8, source=_JUDGED, confidence="L")
    staff: int = known(1, "people at the first clue", 0, 1000, source=_JUDGED, confidence="L")
    open_to_all: bool = known(True, "whether passers-by may begin it")
    per_review: int = known(20, "people invited at a review, at random", 0, 100_000)


@dataclass
class FreezeConfig:
    """Everybody stands still at a place and minute."""

    at: str = known("", _AT)
    starts: Any = known("16:00", "minute at which people freeze")
    lasts_min: float = known(5.0, "how long", 0.1, 120, source="flash mobs of 5 min", confidence="L")
    capacity: int = known(100, "people who are let in", 0, 100_000, source=_JUDGED, confidence="L")
    invited: int = known(200, "people invited, at random", 0, 1_000_000)
    from_min_before: float = known(30.0, "invitations go out so long before", 0, 1440)
    cost_yuan: float = known(500.0, "cost", 0, 1e8, source=_JUDGED, confidence="L")
    staff: int = known(2, "people who watch over it", 0, 1000, source=_JUDGED, confidence="L")


@dataclass
class FriendNearbyConfig:
    """Friends whom the platform believes near one another are told, and asked whether they want to meet."""

    meet_at: str = known("cafe", "where: before the nearest store of this trade", choices=CATEGORIES)
    wait_min: float = known(15.0, "how long whoever is there first waits at most", 1, 240, source=_JUDGED, confidence="L")
    stay_min_mean: float = known(10.0, "how long friends stand together", 0.1, 240, source=_JUDGED, confidence="L")
    pairs_per_day: int = known(1000, "pairs told in a day, at most", 0, 1_000_000)


@dataclass
class MicroRewardsConfig:
    """Shake the phone so many times for a reward: most messages in the app are blanks, every n-th has a coupon."""

    shakes: int = known(5, "messages to a person of which the last has a reward", 1, 1000)
    per_review: int = known(50, "people who may shake at a review", 0, 1_000_000)
    reward_yuan: float = known(3.0, "worth of the coupon, good everywhere", 0, 10_000)
    threshold_yuan: float = known(0.0, "least purchase for which it can be used", 0, 1e6)
    budget_yuan: float = known(2000.0, "most that rewards may cost in a day", 0, 1e9)
    life_min: float = known(120.0, "how long a reward is good for", 1, 100_000)


@dataclass
class ColdZoneGuidanceConfig:
    """Whoever is where most people are is told of stores where few are, with or without a coupon."""

    by: str = known("hint", "a hint to go there, a coupon of stores there, or screens in busy parts of the hall",
                    choices=("hint", "coupon", "screen"))  # fmt: skip
    cold_share: float = known(0.25, "share of stores that count as cold: those by whose doors the fewest people are seen", 0, 1)
    hot_share: float = known(0.25, "share of stores that count as hot: by whose doors the most are", 0, 1)
    after_min: float = known(60.0, "minutes after opening from which it acts, once enough has been seen", 0, 1440)
    per_review: int = known(40, "people guided at a review", 0, 100_000)
    off_share: float = known(0.15, "of the price that a coupon takes off", 0, 1)
    budget_yuan: float = known(3000.0, "most that coupons take off in a day", 0, 1e9)
    life_min: float = known(60.0, "how long a coupon is good for", 1, 100_000)


def problems(events: EventInvitationsConfig, hunt: TreasureHuntConfig) -> Iterator[Problem]:
    """Yield hours that are none."""
    for name, told in (("event_invitations", events), ("treasure_hunt", hunt)):
        try:
            hours = minutes_from_hours(told.starts), minutes_from_hours(told.ends)
        except ValueError as reason:
            yield Problem(
                f"policy.{name}.starts", repr(told.starts), f"a time of day is wanted: {reason}", 'write it as "15:00"'
            )
        else:
            if hours[1] <= hours[0]:
                yield Problem(f"policy.{name}.ends", str(told.ends), f"must come after {told.starts}", "name a later time")
