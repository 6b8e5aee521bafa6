"""Experiments: who of those that policies would send something is held back, so that what it does can be measured."""

from __future__ import annotations

import dataclasses

import numpy as np

from agents.policies.policy import PublicMap, Tools
from sim.decisions_of_policies import PolicyDecision, Send
from sim.random_streams import stream_key, uniforms
from sim.schema.policies.design import DesignConfig
from sim.sensing.observations import People
from sim.units import US_PER_MIN

NO_ZONE = -1


class Design:
    """Holds messages back by person (ab), by stretch of time (switchback) or by zone; what triggers give at the instant is not assigned.

    Whoever is held back stays in the log beside the others, with the probability of being sent it. In `zones`, people whom nobody has
    located are in no zone: they are sent nothing and take no part.
    """

    def __init__(self, config: DesignConfig, seed: int, public: PublicMap) -> None:
        self._config, self._seed = config, seed
        self._bounds_m = _bounds_of(public, config.zones_per_level)
        self.zones = sum(bounds.size + 1 for bounds in self._bounds_m)

    def assigned(self, decision: PolicyDecision, people: People, tools: Tools) -> PolicyDecision:
        """Return a decision to send with those marked whom the design holds back; other decisions as they are."""
        if not isinstance(decision, Send) or self._config.kind == "none":
            return decision
        numbers = np.asarray(decision.people, np.int64)
        share = self._config.control_share
        if self._config.kind == "ab":
            unit = people.address_of(numbers)
            is_held = uniforms(stream_key(self._seed, "design ab"), unit, 0) < share
        elif self._config.kind == "switchback":
            slot = tools.now_us // round(self._config.slot_min * US_PER_MIN)
            unit = np.full(numbers.size, slot, np.int64)
            is_held = uniforms(stream_key(tools.seed, "design switchback"), unit, 0) < share
        else:
            unit = self._zones_of(numbers, tools)
            is_placed = unit >= 0
            decision, unit = _only(decision, is_placed), unit[is_placed]
            is_control = self._controls(tools.seed)
            is_held, share = is_control[unit], float(is_control.mean())
        return _held(decision, is_held, share, unit)

    def _controls(self, seed: int) -> np.ndarray:
        """Return of each zone whether it gets nothing today: the nearest number to the share, at least one each where there are two."""
        draws = uniforms(stream_key(seed, "design zones"), np.arange(self.zones), 0)
        count = round(self._config.control_share * self.zones)
        if self.zones > 1 and 0 < self._config.control_share < 1:
            count = min(max(count, 1), self.zones - 1)
        found = np.zeros(self.zones, bool)
        found[np.argsort(draws, kind="stable")[:count]] = True
        return found

    def _zones_of(self, numbers: np.ndarray, tools: Tools) -> np.ndarray:
        """Return the zone of each person's last fix, -1 where it has none."""
        present = tools.present
        found = np.full(numbers.size, NO_ZONE, np.int64)
        if not present.person.size:
            return found
        at = np.minimum(np.searchsorted(present.person, numbers), present.person.size - 1)
        level = np.where(present.person[at] == numbers, present.level[at], -1)
        first = 0
        for number, bounds in enumerate(self._bounds_m):
            here = level == number
            found[here] = first + np.searchsorted(bounds, present.x_m[at][here], side="right")
            first += bounds.size + 1
        return found


def _bounds_of(public: PublicMap, parts: int) -> list[np.ndarray]:
    """Return of each level the x at which one zone ends and the next begins."""
    levels = int(public.level.max()) + 1 if public.level.size else 0
    shares = np.arange(1, parts) / parts
    return [
        np.unique(np.quantile(public.x_m[public.level == level], shares)) if (public.level == level).any() else np.zeros(0)
        for level in range(levels)
    ]


def _only(send: Send, kept: np.ndarray) -> Send:
    """Return a decision to send for some of its people."""
    return dataclasses.replace(
        send,
        people=np.asarray(send.people)[kept],
        features={name: np.asarray(values)[kept] for name, values in send.features.items()},
        propensity=None if send.propensity is None else np.asarray(send.propensity)[kept],
        held=None if send.held is None else np.asarray(send.held)[kept],
    )


def _held(send: Send, is_held: np.ndarray, share: float, unit: np.ndarray) -> Send:
    """Return a decision to send with more people held back; `unit` is what was assigned: person, stretch or zone."""
    before = np.ones(unit.size) if send.propensity is None else np.asarray(send.propensity, float)
    return dataclasses.replace(
        send,
        propensity=before * (1.0 - share),
        held=is_held if send.held is None else np.asarray(send.held, bool) | is_held,
        features={**send.features, "design_unit": unit},
    )
