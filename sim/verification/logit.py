"""Choices against multinomial logit: the choice function by itself, exits chosen in the engine, and Huff's shares."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.choice import choose
from sim.crowd.routing import REFERENCE_MPS
from sim.events import EventKind
from sim.random_streams import draw_words, stream_key, uniforms
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import Record, counted, equal
from sim.verification.walking import Group, walk

MEANING = "shares of a multinomial logit and of Huff's law against exact probabilities"
PARAMETERS: dict[str, Parameter] = {
    "people": whole(20_000, "people who choose", 100, 1_000_000),
    "step": number(1.0, "utility lost from each alternative to the next; three alternatives", 0.0, 5.0),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
HUFF_AREA_M2, HUFF_M, HUFF_EXPONENT = (1000.0, 500.0, 250.0), (100.0, 50.0, 25.0), 2.0


def run(values: dict[str, Any]) -> list[Record]:
    """Return the shares of three alternatives, by the choice function and in the engine."""
    people, seed = values["people"], values["seed"]
    utility = -values["step"] * np.arange(3.0)
    share = np.exp(utility) / np.exp(utility).sum()
    chosen = _chosen(utility, people, seed)
    found = [
        counted(
            f"choice {index + 1} of utilities 0, -1, -2 times {values['step']:g}",
            "share",
            people,
            float(share[index]),
            int((chosen == index).sum()),
        )
        for index in range(3)
    ]
    exits, exit_share = _exits(values)
    found += [
        counted(f"exit {index + 1} chosen in the engine", "share", people, float(exit_share[index]), int(exits[index]))
        for index in range(3)
    ]
    appeal = np.log(HUFF_AREA_M2) - HUFF_EXPONENT * np.log(HUFF_M)
    huff = np.exp(appeal) / np.exp(appeal).sum()
    chosen = _chosen(appeal, people, seed + 1)
    found += [
        counted(f"Huff, store {index + 1}", "share", people, float(huff[index]), int((chosen == index).sum()))
        for index in range(3)
    ]
    return [
        *found,
        equal("minds changed by closing a store that others wanted", "people", 0, _strangers_moved(utility, people, seed)),
    ]


def _draws(people: int, seed: int, count: int) -> np.ndarray:
    """Return one draw for each person and alternative, addressed as the engine addresses them: the alternative by its own key."""
    base = draw_words(stream_key(seed, "logit"), np.arange(people), 0)
    return np.stack([uniforms(base, np.full(people, 1000 + alternative), 0) for alternative in range(count)], axis=1)


def _chosen(utility: np.ndarray, people: int, seed: int) -> np.ndarray:
    draws = _draws(people, seed, utility.size)
    return np.array([choose(utility, draws[person], utility.size) for person in range(people)])


def _strangers_moved(utility: np.ndarray, people: int, seed: int) -> int:
    """Return how many who wanted another store change their minds when store 2 closes."""
    closed = utility.copy()
    closed[1] = -np.inf
    before, after = _chosen(utility, people, seed), _chosen(closed, people, seed)
    return int(((before != 1) & (before != after)).sum())


def _exits(values: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return how many of those who start at a point leave by each of three exits, and the shares of the logit on time to them."""
    config = RunConfig()
    config.seed = values["seed"]
    config.movement.congestion = False
    step_m = values["step"] * config.choice.route_s_scale * REFERENCE_MPS
    drawing = Drawing("logit")
    nearest_m = 20.0
    reach_m = nearest_m + 2 * step_m + 5.0
    drawing.floor("L0", box(-reach_m, -reach_m, reach_m, reach_m))
    drawing.spot("start", 0.0, 0.0)
    for index, (x, y) in enumerate(((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0))):
        distance_m = nearest_m + index * step_m
        drawing.plan.entrances.append(_exit(f"exit {index}", x * distance_m, y * distance_m))
    compiled = drawing.compiled()
    seen = walk(compiled, [Group(values["people"], "start", None)], config)
    plan = compiled.arrays
    start, doors = (
        plan.entrance_node[compiled.entrance_ids.index("start")],
        [compiled.entrance_ids.index(f"exit {index}") for index in range(3)],
    )
    apart_m = np.array(
        [
            np.hypot(
                plan.node_x_m[plan.entrance_node[door]] - plan.node_x_m[start],
                plan.node_y_m[plan.entrance_node[door]] - plan.node_y_m[start],
            )
            for door in doors
        ]
    )
    weight = np.exp(-(apart_m - apart_m.min()) / REFERENCE_MPS / config.choice.route_s_scale)
    return np.array([seen.times_s(EventKind.LEFT, f"exit {index}").size for index in range(3)]), weight / weight.sum()


def _exit(identity: str, x_m: float, y_m: float) -> Any:
    """Return an exit on the floor that lets everybody through, so that only choice decides."""
    from sim.floorplan.plan import Entrance

    return Entrance(identity, "L0", x_m, y_m, 1e7, "spot", 1 / 3)
