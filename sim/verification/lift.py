"""A lift and a crowd before its door: trips, the last departure, never more than the car holds."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

from sim.events import EventKind
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import Parameter, number, whole
from sim.verification.records import Record, at_most, equal, near
from sim.verification.walking import Group, walk

MEANING = "trips a lift makes for a crowd, and people in the car"
PARAMETERS: dict[str, Parameter] = {
    "people": whole(100, "people before the door at the start", 1, 2000),
    "capacity_people": whole(13, "people in the car", 1, 60),
    "cycle_s": number(60.0, "time from one departure upwards to the next", 5.0, 600.0),
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"people": 1}, {"capacity_people": 8, "cycle_s": 45.0})


def run(values: dict[str, Any]) -> list[Record]:
    """Return trips, last departure and load."""
    drawing = Drawing("lift")
    for level, height_m in (("L0", 0.0), ("L1", 5.0)):
        drawing.floor(level, box(0, 0, 40, 40), height_m=height_m)
    capacity, cycle_s = values["capacity_people"], values["cycle_s"]
    drawing.connector("lift", "lift", (("L0", 20.0, 20.0), ("L1", 20.0, 20.0)), capacity_people=capacity, cycle_s=cycle_s)
    drawing.spot("low", 20.0, 20.0, "L0")
    drawing.spot("high", 25.0, 20.0, "L1")
    trips = ceil(values["people"] / capacity)
    seen = walk(drawing.compiled(), [Group(values["people"], "low", "high")], until_s=(trips + 2) * cycle_s + 600.0)
    departures_s, loads = np.unique(seen.times_s(EventKind.BOARDED), return_counts=True)
    return [
        equal("departures with people", "trips", trips, departures_s.size, quantity="trips"),
        near("last departure", "s", (trips - 1) * cycle_s, float(departures_s[-1]), 1e-6, quantity="last_departure_s"),
        at_most("most people in the car", "people", capacity, int(loads.max()), quantity="load_max"),
        equal("people who arrive upstairs", "people", values["people"], seen.times_s(EventKind.LEFT).size),
    ]
