"""Opening and closing: the mall, its entrances and each store at its own hours."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN, minutes_from_hours


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


def hours_of(crowd: Crowd, compiled: CompiledPlan, config: RunConfig) -> Hours:
    """Return the day's hours: those of tenants.csv where given, within the mall's."""
    opens, closes = (minutes_from_hours(getattr(config.operations.hours, name)) for name in ("opens", "closes"))
    own = [_within(tenant, opens, closes) for tenant in compiled.tenants] or [(opens, closes)] * len(compiled.unit_ids)
    return Hours(
        crowd=crowd,
        opens_us=opens * US_PER_MIN,
        closes_us=closes * US_PER_MIN,
        units_open_us=np.array([first for first, _ in own], np.int64) * US_PER_MIN,
        units_close_us=np.array([last for _, last in own], np.int64) * US_PER_MIN,
    )


def _within(tenant: dict[str, object], opens: int, closes: int) -> tuple[int, int]:
    first, last = (tenant.get(name) for name in ("opens", "closes"))
    own_opens = minutes_from_hours(first) if isinstance(first, str | int) and first != "" else opens
    own_closes = minutes_from_hours(last) if isinstance(last, str | int) and last != "" else closes
    return max(own_opens, opens), max(max(own_opens, opens), min(own_closes, closes))
