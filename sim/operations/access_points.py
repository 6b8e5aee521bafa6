"""Access points that stop and come back: the switch of each, and failures at random."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.sensing.roll_out import rolled_out
from sim.units import US_PER_DAY, US_PER_HOUR

US_PER_YEAR = 365.25 * US_PER_DAY


@dataclass
class AccessPointSwitches:
    """An access point is on while it is rolled out and nothing keeps it down, however many things do so at once."""

    is_on: np.ndarray  # int8 (A), what the radio reads; those off at the start are not rolled out and stay off
    is_rolled_out: np.ndarray = field(init=False)
    down_by: np.ndarray = field(init=False)  # (A) outages and failures that keep each down

    def __post_init__(self) -> None:
        """Nothing is down yet."""
        self.is_rolled_out = self.is_on.copy()
        self.down_by = np.zeros(self.is_on.size, np.int64)

    def stop(self, rows: np.ndarray) -> None:
        """Switch access points off."""
        self._change(rows, 1)

    def resume(self, rows: np.ndarray) -> None:
        """Let what one `stop` switched off work again, unless something else keeps it down."""
        self._change(rows, -1)

    def _change(self, rows: np.ndarray, by: int) -> None:
        self.down_by[rows] += by
        self.is_on[rows] = self.is_rolled_out[rows] * (self.down_by[rows] == 0)


@dataclass
class AccessPointFailures:
    """Each access point works and is down by turns, both for exponential times with draws of its own.

    At midnight it is down with the chance of the long run, mean_down / (mean_up + mean_down); what is left of a spell is then as long
    as a whole one, which only exponential times allow.
    """

    switches: AccessPointSwitches
    keys: np.ndarray  # int64 (A) draw addresses
    seed: int
    mean_up_us: float
    mean_down_us: float
    rank: int = 90
    next_us: int | None = field(init=False)
    changes_us: np.ndarray = field(init=False)  # int64 (A) when each fails or is mended next
    is_down: np.ndarray = field(init=False)  # bool (A)
    spells: np.ndarray = field(init=False)  # int64 (A) how many it has begun

    def __post_init__(self) -> None:
        """Switch off what is down at midnight."""
        share = self.mean_down_us / (self.mean_up_us + self.mean_down_us)
        self.is_down = uniforms(stream_key(self.seed, "access point is down at midnight"), self.keys, 0) < share
        self.switches.stop(np.flatnonzero(self.is_down))
        self.changes_us = np.zeros(self.keys.size, np.int64)
        self.spells = np.zeros(self.keys.size, np.int64)
        self._begin_spells(np.arange(self.keys.size), 0)

    def act(self, now_us: int) -> None:
        """Let fail, or mend, what is due."""
        due = np.flatnonzero(self.changes_us <= now_us)
        self.switches.resume(due[self.is_down[due]])
        self.switches.stop(due[~self.is_down[due]])
        self.is_down[due] = ~self.is_down[due]
        self._begin_spells(due, now_us)

    def _begin_spells(self, rows: np.ndarray, now_us: int) -> None:
        draw = uniforms(stream_key(self.seed, "spells of an access point"), self.keys[rows], self.spells[rows])
        lasts_us = -np.log(draw) * np.where(self.is_down[rows], self.mean_down_us, self.mean_up_us)
        self.changes_us[rows] = now_us + 1 + lasts_us.astype(np.int64)
        self.spells[rows] += 1
        self.next_us = int(self.changes_us.min())


def switches_of(compiled: CompiledPlan, config: RunConfig) -> AccessPointSwitches:
    """Return the switches of a plan's access points on the run's day: on are those that are rolled out by then."""
    keys = np.zeros(0, np.int64) if compiled.access_points is None else compiled.access_points.key
    return AccessPointSwitches(
        rolled_out(config, "access points", keys, config.sensing.identity.access_points_share).astype(np.int8)
    )


def failures_of(compiled: CompiledPlan, config: RunConfig, switches: AccessPointSwitches) -> list[AccessPointFailures]:
    """Return the random failures of a run: none where operations.access_point_failures_per_year is 0."""
    per_year, repair_h = config.operations.access_point_failures_per_year, config.operations.access_point_repair_h
    if per_year <= 0 or compiled.access_points is None or not compiled.access_points.key.size:
        return []
    return [
        AccessPointFailures(switches, compiled.access_points.key, config.seed, US_PER_YEAR / per_year, repair_h * US_PER_HOUR)
    ]
