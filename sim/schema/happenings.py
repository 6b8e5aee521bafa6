"""The typed schema of happenings in the hall: what is planned, and how people take it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known
from sim.units import minutes_from_hours

_JUDGED = "engineering judgement"
EVENT_KINDS = ("exhibition", "animation", "parent_child", "sport", "talent", "dating")


@dataclass
class HappeningConfig:
    """One event in the hall, on every day of the run or on one."""

    name: str = known("", "name that nothing else of the day has")
    kind: str = known("exhibition", "what it is, and so for whom", choices=EVENT_KINDS)
    at: str = known("", "unit or entrance of the plan before whose door it is")
    date: str = known("", "day, YYYY-MM-DD; empty: every day")
    starts: Any = known("14:00", "beginning")
    ends: Any = known("17:00", "end; who is there goes then")
    capacity: int = known(80, "people who find room", 0, 100_000, source=_JUDGED, confidence="L")
    theme: str = known("", "trade that it is about; empty: none", choices=("", *CATEGORIES))
    stay_min_mean: float = known(15.0, "how long a party stays", 0.1, 600, source=_JUDGED, confidence="L")
    staff: int = known(3, "people who work there", 0, 1000, source=_JUDGED, confidence="L")
    cost_yuan: float = known(5000.0, "cost beside staff", 0, 1e8, source=_JUDGED, confidence="L")


@dataclass
class HappeningsConfig:
    """How people take happenings; nothing of it matters where nothing happens."""

    planned: list[HappeningConfig] = field(default_factory=list)
    stops_share: float = known(0.05, "share of passing parties of average fit that stop", 0, 1, source=_JUDGED, confidence="L")
    goes_on_share: float = known(
        0.85, "share of parties that go on to a next clue of a hunt beside the one they have found", 0, 1, source=_JUDGED, confidence="L"
    )  # fmt: skip
    friend_appeal: float = known(
        1.5, "what it is to meet a friend, in standard deviations of taste", -5, 5, source=_JUDGED, confidence="L"
    )
    audience_weight: float = known(
        1.0, "logits of stopping and coming for a standard deviation of fit", 0, 10, source=_JUDGED, confidence="L"
    )
    stay_cv: float = known(0.6, "coefficient of variation of stays, log-normal", 0, 5, source=_JUDGED, confidence="L")
    extends_share: float = known(
        0.5,
        "share of the time there by which the visit is longer; the rest is lost to shopping",
        0,
        2,
        source=_JUDGED,
        confidence="L",
    )
    early_min_scale: float = known(
        20.0, "minutes of waiting beyond one's own time that take one logit from the wish to come", 1, 1000, source=_JUDGED, confidence="L"
    )  # fmt: skip
    spare_min: float = known(3.0, "how long before its beginning who has agreed to come wants to be there", 0, 120, source=_JUDGED, confidence="L")  # fmt: skip
    clue_walk_s_scale: float = known(
        180.0, "walk to the next clue of a hunt that takes one logit from going on", 1, 10_000, source=_JUDGED, confidence="L"
    )
    wage_yuan_per_h: float = known(30.0, "cost of an hour of its staff", 0, 1000, source="as at desks", confidence="L")


def problems(config: HappeningsConfig) -> Iterator[Problem]:
    """Yield every event without a name of its own, and every one whose hours are none."""
    names = [event.name for event in config.planned]
    for index, event in enumerate(config.planned):
        place = f"happenings.planned[{index}]"
        if not event.name or event.name in names[:index]:
            yield Problem(f"{place}.name", repr(event.name), "must be the only one of its name", "give it another")
        try:
            hours = minutes_from_hours(event.starts), minutes_from_hours(event.ends)
        except ValueError as reason:
            yield Problem(f"{place}.starts", repr(event.starts), f"a time of day is wanted: {reason}", 'write it as "14:00"')
        else:
            if hours[1] <= hours[0]:
                yield Problem(f"{place}.ends", str(event.ends), f"must come after {event.starts}", "name a later time")
