"""Things that stop and come back: a connector, an entrance, or access points of the mall's Wi-Fi."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.config import OutageConfig
from sim.crowd.engine import Crowd
from sim.errors import ConfigError, Problem
from sim.operations.access_points import AccessPointSwitches
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN, US_PER_S, minutes_from_hours

WIFI = "wifi"  # the asset that is all access points; "wifi:<level>" are those of a level


@dataclass
class Outage:
    """Stops one connector or entrance at `next_us` and lets it run again after `lasts_us`."""

    crowd: Crowd
    is_connector: bool
    index: int
    lasts_us: int
    rank: int
    next_us: int | None
    has_stopped: bool = False

    def act(self, now_us: int) -> None:
        """Stop, or run again."""
        controls = self.crowd.controls
        switch = controls.connector_is_open if self.is_connector else controls.entrance_is_open
        switch[self.index] = int(self.has_stopped)
        self.crowd.switched(now_us)
        self.next_us = None if self.has_stopped else now_us + self.lasts_us
        self.has_stopped = True


@dataclass
class WifiOutage:
    """Switches access points off at `next_us` and on again after `lasts_us`; the crowd does not notice."""

    switches: AccessPointSwitches
    rows: np.ndarray  # of the plan's access points
    lasts_us: int
    rank: int
    next_us: int | None
    has_stopped: bool = False

    def act(self, now_us: int) -> None:
        """Stop, or work again."""
        if self.has_stopped:
            self.switches.resume(self.rows)
        else:
            self.switches.stop(self.rows)
        self.next_us = None if self.has_stopped else now_us + self.lasts_us
        self.has_stopped = True


def outages_of(
    crowd: Crowd, compiled: CompiledPlan, configs: list[OutageConfig], switches: AccessPointSwitches, first_rank: int = 100
) -> list[Outage | WifiOutage]:
    """Return the outages of a scenario; raises ConfigError for assets that the plan does not have."""
    problems: list[Problem] = []
    outages: list[Outage | WifiOutage] = []
    for number, config in enumerate(configs):
        when: dict[str, Any] = {
            "lasts_us": int(config.lasts_s * US_PER_S),
            "rank": first_rank + number,
            "next_us": minutes_from_hours(config.starts) * US_PER_MIN,
        }
        if config.asset in compiled.connector_ids:
            outages.append(Outage(crowd, True, compiled.connector_ids.index(config.asset), **when))
        elif config.asset in compiled.entrance_ids:
            outages.append(Outage(crowd, False, compiled.entrance_ids.index(config.asset), **when))
        elif (rows := access_points_named(compiled, config.asset)).size:
            outages.append(WifiOutage(switches, rows, **when))
        else:
            problems.append(_unknown_asset(compiled, f"operations.outages[{number}].asset", config.asset))
    if problems:
        raise ConfigError.of("scenario", problems)
    return outages


def access_points_named(compiled: CompiledPlan, asset: str) -> np.ndarray:
    """Return the rows of the access points that an asset names: one by its id, "wifi:<level>", or "wifi"; none where it names none."""
    if compiled.access_points is None:
        return np.zeros(0, np.int64)
    if asset == WIFI:
        return np.arange(compiled.access_points.key.size)
    kind, _, level = asset.partition(":")
    if kind == WIFI and level in compiled.level_ids:
        return np.flatnonzero(compiled.access_points.level == compiled.level_ids.index(level))
    return np.flatnonzero(np.array(compiled.access_point_ids, dtype=str) == asset)


def _unknown_asset(compiled: CompiledPlan, place: str, asset: str) -> Problem:
    """Say what there is nothing of; the nearest names, since a mall has hundreds of access points."""
    known = [*compiled.connector_ids, *compiled.entrance_ids]
    if compiled.access_point_ids:
        known += [WIFI, *(f"{WIFI}:{level}" for level in compiled.level_ids), *compiled.access_point_ids]
    close = difflib.get_close_matches(asset, known, n=3, cutoff=0.5)
    guess = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
    return Problem(
        place, repr(asset), f"floor plan {compiled.name!r} has no connector, entrance or access point of this id",
        f"{guess}`galleria floorplan draw` shows the ids; {WIFI!r} is all access points, {WIFI + ':' + compiled.level_ids[0]!r} those of a level",
    )  # fmt: skip
