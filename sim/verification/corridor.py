"""A corridor walked at free speed: RiMEA case 1."""

from __future__ import annotations

from typing import Any

from sim.events import EventKind
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import ROTATION, Parameter, number, whole
from sim.verification.records import Record, between, equal, near, record, verdict_of
from sim.verification.walking import Group, walk

MEANING = "walking time along a corridor against length / speed (RiMEA 1)"
PARAMETERS: dict[str, Parameter] = {
    "length_m": number(40.0, "length walked", 1.0, 2000.0),
    "width_m": number(2.0, "width of the corridor", 0.8, 100.0),
    "speed_mps": number(1.33, "free walking speed", 0.1, 5.0),
    "people": whole(1, "people who start at once; only one walks unhindered", 1, 5000),
    "rotate_deg": ROTATION,
}
STANDARD: tuple[dict[str, Any], ...] = (
    {},
    {"rotate_deg": 17.0},
    {"rotate_deg": 90.0},
    {"length_m": 400.0, "width_m": 8.0, "speed_mps": 0.8},
)
OWN_BAR_S = 0.3
MARGIN_M = 0.5


def run(values: dict[str, Any]) -> list[Record]:
    """Return the time of the first walker, and how many arrived."""
    length_m, speed_mps, people = values["length_m"], values["speed_mps"], values["people"]
    drawing = Drawing("corridor", values["rotate_deg"])
    drawing.floor("L0", box(0, 0, length_m + 2 * MARGIN_M, values["width_m"]))
    drawing.spot("start", MARGIN_M, values["width_m"] / 2)
    drawing.spot("end", length_m + MARGIN_M, values["width_m"] / 2)
    seen = walk(drawing.compiled(), [Group(people, "start", "end", speed_mps=speed_mps)])
    left_s = seen.times_s(EventKind.LEFT)
    free_s = length_m / speed_mps
    found = [equal("people who arrive", "people", people, left_s.size)]
    if people == 1 and left_s.size:
        found.insert(0, near("time along the corridor", "s", free_s, float(left_s[0]), OWN_BAR_S, quantity="time_s"))
        if (length_m, values["width_m"], speed_mps) == (40.0, 2.0, 1.33):
            found.append(between("RiMEA 1", "s", free_s, float(left_s[0]), 26.0, 34.0, quantity="rimea_time_s"))
    elif left_s.size:
        # In a crowd nobody is faster than alone.
        for index, (word, quantity) in enumerate((("first", "time_s"), ("last", "time_last_s"))):
            time_s = float(left_s[-index])
            rule = f"not more than {OWN_BAR_S:g} s before the reference"
            verdict = verdict_of(time_s >= free_s - OWN_BAR_S)
            found.insert(index, record(f"time of the {word}", "s", free_s, time_s, verdict, rule, quantity=quantity))
    return found
