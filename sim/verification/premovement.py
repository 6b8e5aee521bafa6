"""Everybody starts at a time of their own: RiMEA case 5."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.errors import ConfigError, Problem
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_S
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import Record, at_least, at_most
from sim.verification.walking import walk
from sim.visitors import empty_visitors

MEANING = "first displacement of each person against the start drawn for it (RiMEA 5)"
PARAMETERS: dict[str, Parameter] = {
    "people": whole(10, "people in the room", 1, 5000),
    "from_s": number(10.0, "earliest start", 0.0, 1000.0),
    "to_s": number(100.0, "latest start", 0.0, 5000.0),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
LATE_S = 0.001


def run(values: dict[str, Any]) -> list[Record]:
    """Return the earliest and the latest first displacement, relative to the draw."""
    if values["to_s"] < values["from_s"]:
        problem = Problem(
            "to_s", f"{values['to_s']:g}", f"must not come before from_s, {values['from_s']:g}", "choose a later one"
        )
        raise ConfigError.of("galleria verify premovement", [problem])
    drawing = Drawing("premovement")
    drawing.floor("L0", box(0, 0, 8, 5))
    drawing.spot("start", 1.0, 2.5)
    drawing.spot("door", 7.5, 2.5)
    compiled = drawing.compiled()
    people = np.arange(values["people"])
    span_s = values["to_s"] - values["from_s"]
    start_us = ((values["from_s"] + span_s * uniforms(stream_key(values["seed"], "premovement"), people, 0)) * US_PER_S).astype(
        np.int64
    )
    order = np.lexsort((people, start_us))
    visitors = empty_visitors(people.size)._replace(
        number=people[order].astype(np.int64), arrive_us=start_us[order],
        entrance=np.full(people.size, compiled.entrance_ids.index("start"), np.int32),
        goal_entrance=np.full(people.size, compiled.entrance_ids.index("door"), np.int32),
    )  # fmt: skip
    seen = walk(compiled, [], edges=True, visitors=visitors)
    first_s = np.array([seen.segment_start_s[seen.segment_visit == number_].min() for number_ in people])
    late_s = first_s - start_us / US_PER_S
    return [
        at_most("latest first displacement after the start drawn", "s", LATE_S, float(late_s.max())),
        at_least("earliest, which is never before", "s", 0.0, float(late_s.min())),
    ]
