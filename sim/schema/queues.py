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

    station: str = known("", 'name of a station, "till:<unit>", "gate_out:<car park>", none with tables')
    starts: Any = known("10:00", "when they come on duty")
    ends: Any = known("22:00", "when they go off duty; each finishes the customer at hand")
    servers: int = known(1, "how many they are; shifts of one station that overlap add up", 0, 10_000)


@dataclass
class DisplaysConfig:
    """The waits for a table that the mall shows, and how right they are."""

    estimator: str = known(
        "none", "how the wait shown is estimated: parties in front x mean meal / tables, or the wait of whoever was seated last",
        choices=("none", "queue_length", "last_started"), source="QL and LES of Ibrahim & Whitt 2009; off by default", confidence="H",
    )  # fmt: skip
    audience: str = known(
        "both",
        "who reads it: users of the app from anywhere, or everybody on the line's level",
        choices=("app", "signs", "both"),
    )
    refresh_s: float = known(
        60.0, "cadence at which displays are written", 1, 86_400, source="engineering judgement", confidence="L"
    )
    lag_s: float = known(0.0, "age of the estimate when it is written", 0, 86_400)
    rounding_s: float = known(
        60.0, "waits are shown in steps of this, 0 as they are", 0, 7200, source="common practice", confidence="L"
    )
    padding: float = known(1.0, "factor on the estimate: below 1 it promises too much, above 1 too little", 0, 10)
    error_cv: float = known(
        0.2,
        "sd / mean of an error of its own, log-normal, drawn for each station and refresh",
        0,
        3,
        source="engineering judgement",
        confidence="L",
    )


@dataclass
class TicketsConfig:
    """Tickets for a table, drawn in the app from anywhere in the building."""

    enabled: bool = known(False, "whether restaurants give out tickets")
    take_share: float = known(
        0.8,
        "share of parties offered a ticket that take it rather than go and stand",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    wait_s_min: float = known(
        300.0, "wait foretold from which a ticket is offered", 0, 36_000, source="engineering judgement", confidence="L"
    )
    lead_s: float = known(
        180.0,
        "a party is called this long before its walk would have to begin",
        -36_000,
        36_000,
        source="engineering judgement",
        confidence="L",
    )
    grace_s: float = known(
        600.0,
        "lateness after which a party called loses its place",
        0,
        36_000,
        source="common practice: ten minutes",
        confidence="L",
    )
    no_show_share: float = known(
        0.1,
        "share of parties called that do not come",
        0,
        1,
        source="no-shows of reservations, 5-20 % in the trade press",
        confidence="L",
    )
    positions: str = known(
        "platform",
        "where walks are reckoned from: the platform's latest fix of the phone, or nowhere",
        choices=("platform", "none"),
    )
    walk_s_default: float = known(
        240.0,
        "walk reckoned with where nobody knows the place",
        0,
        36_000,
        source="across two floors of a large mall",
        tag="D",
        confidence="L",
    )
    refresh_s: float = known(30.0, "cadence at which walks are reckoned anew and tickets looked at", 1, 3600)


@dataclass
class ShiftingConfig:
    """Eating later because of a wait that is seen or shown."""

    flexible_share: float = known(
        0.3, "share of parties that can eat later at all", 0, 1, source="engineering judgement", confidence="L"
    )
    wait_s_min: float = known(
        300.0, "wait from which anybody thinks of it", 0, 36_000, source="engineering judgement", confidence="L"
    )
    relief_share: float = known(
        0.5,
        "part of the wait that a party hopes will be gone later; it does not know",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    delay_min: float = known(45.0, "how much later it tries again", 1, 600, source="engineering judgement", confidence="L")
    delay_min_scale: float = known(
        30.0, "minutes of delay that cost one unit of utility", 1, 6000, source="engineering judgement", confidence="L"
    )
    incentive: float = known(0.0, "utility that a gift for eating later adds", -10, 10)
    times_max: int = known(
        2, "times that a party puts one meal off, at most", 0, 20, source="engineering judgement", confidence="L"
    )


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
    app_share: float = known(
        0.3, "share of parties that look at live information: waits, tickets, free bays", 0, 1,
        source="a mini-program of a chat app needs no app of the mall; engineering judgement", confidence="L",
    )  # fmt: skip
    displays: DisplaysConfig = field(default_factory=DisplaysConfig)
    tickets: TicketsConfig = field(default_factory=TicketsConfig)
    shifting: ShiftingConfig = field(default_factory=ShiftingConfig)


def problems(config: QueuesConfig) -> Iterator[Problem]:
    """Yield every shift that names no station or ends before it starts, and displays that cannot be that old."""
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
    displays = config.displays
    if 0 < displays.lag_s < displays.refresh_s:
        yield Problem(
            "queues.displays.lag_s", str(displays.lag_s), f"must be 0 or at least refresh_s ({displays.refresh_s})",
            "displays are as old as whole refreshes; refresh more often, or set 0",
        )  # fmt: skip
