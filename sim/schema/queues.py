"""The typed schema of lines: who waits where, what is shown of it, tickets drawn from afar, and shifts of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known
from sim.units import minutes_from_hours


@dataclass
class ShiftConfig:
    """Servers on duty at one station from one time of day to another."""

    station: str = known("", 'name of a station, "till:<unit>", "table:<unit>", "gate_out:<car park>"')
    starts: Any = known("10:00", "when they come on duty")
    ends: Any = known("22:00", "when they go off duty; each finishes the customer at hand")
    servers: int = known(1, "how many they are; shifts of one station that overlap add up", 0, 10_000)


@dataclass
class QueuesConfig:
    """Lines at stations, and what people can know of them."""

    till_lines: str = known(
        "one", "lines at a store's tills: one for all of them, or several, one before each", choices=("one", "several")
    )
    till_places: int = known(
        1000,
        "parties that have room in line at a store's tills; more are refused",
        0,
        1_000_000_000,
        source="engineering judgement",
        confidence="L",
    )
    balk_share: float = known(
        0.0,
        "of those who foresee a wait beyond their patience at a till, the share that turns away at once",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    shifts: list[ShiftConfig] = field(default_factory=list)


def problems(config: QueuesConfig) -> Iterator[Problem]:
    """Yield every shift that names no station or ends before it starts."""
    for index, shift in enumerate(config.shifts):
        place = f"queues.shifts[{index}]"
        if not shift.station:
            yield Problem(f"{place}.station", "''", "must name a station", 'write the unit as "till:U1"')
        if shift.servers < 0:
            yield Problem(f"{place}.servers", str(shift.servers), "must not be negative", "write 0 for nobody on duty")
        try:
            is_turned = minutes_from_hours(shift.ends) <= minutes_from_hours(shift.starts)
        except ValueError as reason:
            yield Problem(
                f"{place}.starts",
                f"{shift.starts!r} to {shift.ends!r}",
                f"times of day are wanted: {reason}",
                'write them as "09:30"',
            )
            continue
        if is_turned:
            yield Problem(
                f"{place}.ends",
                repr(shift.ends),
                f"must be later than the start {shift.starts!r}",
                "make two shifts of one over midnight",
            )
