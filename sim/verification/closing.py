"""An escalator or an exit closes while people are on their way: nobody passes it afterwards, and nobody is lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.crowd.controls import Controls
from sim.events import EventKind
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import Parameter, number, whole
from sim.verification.records import Record, equal, record, verdict_of
from sim.verification.walking import Group, walk

MEANING = (
    "a connector and an exit that close at an instant: nobody passes them from then on, all go another way or strand, counted"
)
PARAMETERS: dict[str, Parameter] = {
    "people": whole(200, "people on their way", 2, 2000),
    "closes_s": number(60.0, "instant of closing; whoever passes at this very instant is too late", 1.0, 600.0),
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
EVERY_S = 0.7
END_S = 4000.0


def run(values: dict[str, Any]) -> list[Record]:
    """Return who passed after the closing, of an escalator with stairs beside it, of an exit of two, and of the only way."""
    return _connector(values) + _exit(values) + _only_way(values)


def _floors(drawing: Drawing) -> None:
    for level, height_m in (("L0", 0.0), ("L1", 5.0)):
        drawing.floor(level, box(0, 0, 60, 20), height_m=height_m)
    drawing.spot("low", 2.0, 10.0, "L0")
    drawing.spot("high", 50.0, 10.0, "L1")


def _closing(connector: int) -> Any:
    def throw(controls: Controls) -> None:
        controls.connector_is_open[connector] = 0

    return throw


def _connector(values: dict[str, Any]) -> list[Record]:
    drawing = Drawing("closing")
    _floors(drawing)
    drawing.connector("escalator", "escalator", (("L0", 20.0, 10.0), ("L1", 28.7, 10.0)))
    drawing.connector("stairs", "stairs", (("L0", 40.0, 18.0), ("L1", 48.7, 18.0)), width_m=3.0)
    compiled = drawing.compiled()
    escalator = compiled.connector_ids.index("escalator")
    closes_s, people = values["closes_s"], values["people"]
    seen = walk(
        compiled, [Group(people, "low", "high", every_s=EVERY_S)], switches=[(closes_s, _closing(escalator))], until_s=END_S
    )
    boarded = seen.kind == EventKind.BOARDED
    on_it = compiled.arrays.ride_connector[seen.place[boarded]] == escalator
    late = int((on_it & (seen.time_s[boarded] >= closes_s)).sum())
    rerouted = int((seen.kind == EventKind.REROUTED).sum())
    return [
        equal("people who board a closed escalator", "people", 0, late),
        equal("people who arrive by either way", "people", people, seen.times_s(EventKind.LEFT).size, rerouted=rerouted),
    ]


def _exit(values: dict[str, Any]) -> list[Record]:
    drawing = Drawing("closing")
    drawing.floor("L0", box(0, 0, 60, 20))
    drawing.spot("start", 25.0, 10.0)
    drawing.exit("near", 0.0, 10.0, 3.0)
    drawing.exit("far", 60.0, 10.0, 3.0)
    compiled = drawing.compiled()
    near = compiled.entrance_ids.index("near")

    def throw(controls: Controls) -> None:
        controls.entrance_is_open[near] = 0

    closes_s, people = values["closes_s"], values["people"]
    seen = walk(compiled, [Group(people, "start", None, every_s=EVERY_S)], switches=[(closes_s, throw)], until_s=END_S)
    late = int((seen.times_s(EventKind.LEFT, "near") >= closes_s).sum())
    return [
        equal("people who leave by a closed exit", "people", 0, late),
        equal("people who leave by either exit", "people", people, seen.times_s(EventKind.LEFT).size),
    ]


def _only_way(values: dict[str, Any]) -> list[Record]:
    drawing = Drawing("closing")
    _floors(drawing)
    drawing.connector("escalator", "escalator", (("L0", 20.0, 10.0), ("L1", 28.7, 10.0)))
    closes_s, people = values["closes_s"], values["people"]
    seen = walk(
        drawing.compiled(), [Group(people, "low", "high", every_s=EVERY_S)], switches=[(closes_s, _closing(0))], until_s=END_S
    )
    stranded = np.unique(seen.visits(EventKind.STRANDED)).size
    arrived = seen.times_s(EventKind.LEFT, "high").size
    gone = seen.times_s(EventKind.LEFT).size + seen.inside
    return [
        equal("people who arrived, went back or are still there", "people", people, gone),
        record(
            "people stranded when the only way closes", "people", people - arrived, stranded, verdict_of(stranded == people - arrived),
            "exactly the reference: all who have not arrived, each said to be stranded",
        ),
    ]  # fmt: skip
