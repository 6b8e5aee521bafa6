"""Tickets for tables: whether they are given out, and how far from the line the mall believes each party that holds one to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.crowd.engine import Crowd
from sim.crowd.routing import REFERENCE_MPS
from sim.crowd.state import Doing
from sim.crowd.ticket_records import TicketState
from sim.operations.displays import table_lines
from sim.operations.hours import Hours
from sim.plan_arrays import CompiledPlan
from sim.schema.queues import TicketsConfig
from sim.sensing.located import PartyFixes
from sim.units import US_PER_S

LastFixes = Callable[[], PartyFixes | None]


@dataclass
class Tickets:
    """Every `every_us`: writes the walk of each party from where it was last located, and lets the lines call."""

    crowd: Crowd
    stations: np.ndarray
    last_fixes: LastFixes | None  # None: walks stay what is reckoned with by default
    door_level: np.ndarray  # of every place's door
    door_x_m: np.ndarray
    door_y_m: np.ndarray
    every_us: int
    until_us: int
    next_us: int | None
    rank: int = 46

    def act(self, now_us: int) -> None:
        """Reckon walks, then let every line look at its tickets."""
        controls = self.crowd.controls
        controls.takes_tickets[self.stations] = 1
        fixes = None if self.last_fixes is None else self.last_fixes()
        if fixes is not None:
            self._reckon_walks(fixes)
        self.crowd.switched(now_us)
        following_us = now_us + self.every_us
        self.next_us = following_us if following_us < self.until_us else None

    def _reckon_walks(self, fixes: PartyFixes) -> None:
        """Write the walk of every party with a ticket of which there is a fix; others keep what was last reckoned."""
        mall = self.crowd.mall
        rows = np.flatnonzero((mall.errands["ticket_state"] == TicketState.WAITING) & (mall.shoppers["doing"] != Doing.NOTHING))
        numbers = mall.shoppers["number"][rows]
        found = np.searchsorted(fixes.visit, numbers)
        is_known = found < fixes.visit.size
        is_known[is_known] = fixes.visit[found[is_known]] == numbers[is_known]
        for row, fix in zip(rows[is_known].tolist(), found[is_known].tolist(), strict=True):
            unit = mall.stations["unit"][mall.errands["ticket_station"][row]]
            walk_s = self._walk_s(int(unit), fixes.level[fix], fixes.x_m[fix], fixes.y_m[fix], mall.shoppers["step_free"][row])
            if np.isfinite(walk_s):
                self.crowd.controls.ticket_walk_us[row] = int(walk_s * US_PER_S)

    def _walk_s(self, unit: int, level: int, x_m: float, y_m: float, step_free: int) -> float:
        """Return the walk from a place on a level to a unit: straight to the nearest door, and on from there."""
        here = np.flatnonzero(self.door_level == level)
        if here.size == 0:
            return np.inf
        away_m = np.hypot(self.door_x_m[here] - x_m, self.door_y_m[here] - y_m)
        nearest = int(np.argmin(away_m))
        return float(away_m[nearest] / REFERENCE_MPS + self.crowd.mall.hop_s[step_free, here[nearest], unit])


def tickets_of(
    crowd: Crowd, compiled: CompiledPlan, config: TicketsConfig, hours: Hours, last_fixes: LastFixes | None
) -> Tickets:
    """Return the day's tickets; where none are given out they never act."""
    arrays = compiled.arrays
    first_doors = arrays.door_node[arrays.unit_door_start[:-1]] if arrays.unit_key.size else np.zeros(0, np.int64)
    doors = np.concatenate([first_doors, arrays.entrance_node]).astype(np.int64)
    stations = table_lines(crowd)
    every_us = int(config.refresh_s * US_PER_S)
    is_on = config.enabled and stations.size > 0
    return Tickets(
        crowd, stations, last_fixes if config.positions == "platform" else None, arrays.node_level[doors],
        arrays.node_x_m[doors], arrays.node_y_m[doors], every_us, hours.closes_us + every_us,
        next_us=hours.opens_us if is_on else None,
    )  # fmt: skip
