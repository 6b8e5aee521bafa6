"""Opening and closing: the mall, its entrances and each store at its own hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.opening import mall_hours_min, tenant_hours_min
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN


@dataclass
class Hours:
    """Opens and closes; `units_open_us[u]` and `units_close_us[u]` are each store's hours today."""

    crowd: Crowd
    opens_us: int
    closes_us: int
    units_open_us: np.ndarray
    units_close_us: np.ndarray
    rank: int = 10
    next_us: int | None = None
    _instants: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Post the closing times on the doors and start with the first opening."""
        self.crowd.controls.unit_closes_us[:] = self.units_close_us
        self.crowd.controls.entrance_is_open[:] = 1  # not at opening time: an outage may have begun before it
        every = {self.opens_us, self.closes_us, *self.units_open_us.tolist(), *self.units_close_us.tolist()}
        self._instants = sorted(every, reverse=True)
        self.next_us = self._instants.pop()

    def act(self, now_us: int) -> None:
        """Open what is within its hours, close the rest; entrances stay as they are, since after closing they still let people out."""
        controls = self.crowd.controls
        is_open = self.opens_us <= now_us < self.closes_us
        controls.mall_is_open[0] = is_open
        controls.unit_is_open[:] = (self.units_open_us <= now_us) & (now_us < self.units_close_us)
        self.crowd.switched(now_us)
        self.next_us = self._instants.pop() if self._instants else None


def _decided(planned: tuple[int, int], standing: Any) -> tuple[int, int]:
    """Return a store's hours: what its tenant has decided for today, within what the plan and the mall allow."""
    first, last = planned
    if standing["opens_min"] >= 0:
        first = min(max(first, int(standing["opens_min"])), last)
    if standing["closes_min"] >= 0:
        last = max(first, min(last, int(standing["closes_min"])))
    return first, last


def hours_of(crowd: Crowd, compiled: CompiledPlan, config: RunConfig) -> Hours:
    """Return the day's hours: those of tenants.csv where given, within the mall's, or what a tenant has decided within these."""
    opens, closes = mall_hours_min(config)
    own = [
        _decided(planned, decided)
        for planned, decided in zip(tenant_hours_min(compiled, config), crowd.mall.standing, strict=True)
    ]
    return Hours(
        crowd=crowd,
        opens_us=opens * US_PER_MIN,
        closes_us=closes * US_PER_MIN,
        units_open_us=np.array([first for first, _ in own], np.int64) * US_PER_MIN,
        units_close_us=np.array([last for _, last in own], np.int64) * US_PER_MIN,
    )
