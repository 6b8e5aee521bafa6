"""The typed schema of car parks: gates, bays and the search for one, tariffs, balking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known
from sim.schema.tariff import ExitsConfig, TariffConfig
from sim.units import minutes_from_hours

MANOEUVRE_S = {
    "parallel": (3.0, 4.0),
    "nose_in": (1.0, 11.0),
    "back_in": (11.0, 2.0),
}  # in, out; SUMO's at 0, 80 and 110 degrees
REPORTED_MIN = 30  # what the report says of reserved bays is kept by half hours


@dataclass
class ParkingConfig:
    """Car parks: gates, lay-out, search, guidance, reserved bays."""

    gate_s_mean: float = known(
        8.0, "time at an entry or exit gate", 0.5, 300, source="engineering judgement for plate readers", confidence="L"
    )
    balk_queue: int = known(
        8, "cars before the gate at which a driver turns away", 0, 1000, source="parameters table", confidence="L"
    )
    levels: int = known(
        1,
        "floors over which the bays of each car park of the plan are spread",
        1,
        20,
        source="a plan's car park is of one level",
    )
    aisle_bays: int = known(
        40, "bays along an aisle, both sides together", 2, 200, source="engineering judgement: aisles of 50 m", confidence="L"
    )
    drive_mps: float = known(
        2.8, "speed of a car along aisles and ramps", 0.5, 15, source="10 km/h, usual limit in garages", tag="D", confidence="L"
    )
    manoeuvre: str = known(
        "back_in",
        "how cars stand, which sets the time into and out of a bay: 3 and 4 s, 1 and 11 s, 11 and 2 s",
        source="SUMO defaults at 0, 80, 110 degrees; backing in is the custom in China",
        tag="V",
        choices=tuple(MANOEUVRE_S),
    )
    balk_after_s: float = known(
        600.0, "search after which a driver gives up and drives out", 10, 36_000, source="parameters table", confidence="L"
    )
    hunt_share: float = known(
        0.4,
        "share of drivers who hunt for a near bay instead of taking the first",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    hunt_belief: float = known(
        0.5,
        "chance of a free bay in the next aisle that is worth it, above which a hunter drives on",
        0,
        1,
        source="cycling strategy of Cassady & Kobza 1998; the threshold is engineering judgement",
        confidence="L",
    )
    hunt_gain_m: float = known(
        25.0,
        "walk that such a bay must save",
        0,
        500,
        source="set so that a lot of 200 bays gives 61 s against 71 s as in Cassady & Kobza 1998",
        tag="D",
        confidence="L",
    )
    information: str = known(
        "none",
        "what drivers are told of free bays: nothing, counts at the aisles, a bay in the app",
        choices=("none", "signs", "app"),
    )
    refresh_s: float = known(
        30.0,
        "time between two readings of the bay sensors for signs and app",
        1,
        86_400,
        source="engineering judgement",
        confidence="L",
    )
    followed_share: float = known(
        0.8, "share of drivers who follow what they are told", 0, 1, source="engineering judgement", confidence="L"
    )
    reserved_share: float = known(0.0, "share of each car park's bays, the nearest to the door, reserved for VIPs", 0, 1)
    reserved_until: Any = known("never", 'when reserved bays are opened to all, "HH:MM" on a full or half hour, or "never"')
    ramp_m: float = known(
        60.0,
        "length of a ramp from one floor to the next",
        5,
        1000,
        source="3.6 m at 6-7 % with turns",
        tag="D",
        confidence="L",
    )
    ramp_headway_s: float = known(
        4.0,
        "least time between two cars on a ramp",
        0.5,
        120,
        source="about 900 cars an hour and lane",
        tag="D",
        confidence="L",
    )
    floor_walk_m: float = known(
        20.0,
        "walk that each further floor adds, as metres on the level",
        0,
        500,
        source="engineering judgement",
        confidence="L",
    )
    tariff: TariffConfig = field(default_factory=TariffConfig)
    exits: ExitsConfig = field(default_factory=ExitsConfig)


def release_min(parking: ParkingConfig) -> int | None:
    """Return the minute of the day at which reserved bays are opened to all, None for never."""
    return None if parking.reserved_until == "never" else minutes_from_hours(parking.reserved_until)


def problems(parking: ParkingConfig) -> Iterator[Problem]:
    """Yield what is wrong with a key for reasons that a range cannot say."""
    try:
        minute = release_min(parking)
    except ValueError as reason:
        rule = f'a time of day or "never" is wanted: {reason}'
        yield Problem("parking.reserved_until", repr(parking.reserved_until), rule, 'write it as "12:00"')
        return
    if minute is not None and minute % REPORTED_MIN:
        rule = "must be on a full or half hour"
        yield Problem("parking.reserved_until", repr(parking.reserved_until), rule, 'write it as "12:00" or "12:30"')
