"""The alliance's game of thresholds against theory: where it comes to rest, from none and from all, and the subsidy at which it tips."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from sim.bare_game import BareGame, tipping_subsidy
from sim.random_streams import stream_key, uniforms
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import Record, at_least, near

MEANING = "shares at which a game of thresholds comes to rest against its fixed points, and the subsidies at which it tips up and down"
PARAMETERS: dict[str, Parameter] = {
    "merchants": whole(20_000, "merchants who play", 100, 1_000_000),
    "habit_utility": number(
        0.10, "utility that a store without points loses with a member all of whose purchases earn", 0.0, 2.0
    ),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"habit_utility": 0.03})
SUBSIDIES = (0.0, 0.25, 0.5, 0.75, 0.9)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the records: resting shares for several subsidies, from both ends, and the two tipping points."""
    merchants, seed = values["merchants"], values["seed"]
    game = BareGame(habit_utility=values["habit_utility"])
    draws = uniforms(stream_key(seed, "bare alliance"), np.arange(merchants), 0)

    def played(subsidy: float, starts_in: bool) -> float:
        return dataclasses.replace(game, subsidy=subsidy).played(merchants, starts_in, draws)

    found = []
    for subsidy in SUBSIDIES:
        now = dataclasses.replace(game, subsidy=subsidy)
        for words, reckoned, starts_in in (("nobody", now.rest_from_none(), False), ("everybody", now.rest_from_all(), True)):
            case = f"share in at rest, begun with {words}, subsidy {subsidy:.0%}"
            found.append(
                near(case, "share", reckoned, played(subsidy, starts_in), _tolerance(now, reckoned, starts_in, merchants))
            )
    up = tipping_subsidy(lambda each: dataclasses.replace(game, subsidy=each).rest_from_none())
    down = tipping_subsidy(lambda each: dataclasses.replace(game, subsidy=each).rest_from_all())
    found.append(near("subsidy from which half join", "share", up, tipping_subsidy(lambda each: played(each, False)), 0.02))
    found.append(near("subsidy from which half stay", "share", down, tipping_subsidy(lambda each: played(each, True)), 0.02))
    return [*found, at_least("hysteresis: what it takes to fill it beyond what it takes to keep it", "share", 0.0, up - down)]


def _tolerance(game: BareGame, rest: float, starts_in: bool, merchants: int) -> float:
    """Return five standard errors of the share at rest: that of a sample of margins, divided by 1 - the slope of the threshold curve there."""
    curve = game.staying if starts_in else game.joining
    step = 1e-4
    low, high = max(rest - step, 0.0), min(rest + step, 1.0)
    slope = (curve(high) - curve(low)) / (high - low)
    error = (max(rest * (1 - rest), 1.0 / merchants) / merchants) ** 0.5
    return float(5 * error / max(1 - slope, 0.02) + 2 / merchants)
