"""Car parks by the clock: signs and app read the bay sensors; reserved bays are opened to all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.crowd.cars.guidance import read_bay_sensors
from sim.crowd.engine import Crowd
from sim.operations.clock import Operation
from sim.random_streams import stream_key
from sim.schema.parking import release_min
from sim.units import US_PER_MIN, US_PER_S


@dataclass
class BaySigns:
    """Reads the bay sensors into signs and app, again and again."""

    crowd: Crowd
    every_us: int
    until_us: int
    wrong_share: float
    key: np.uint64
    rank: int = 60
    next_us: int | None = 0

    def act(self, now_us: int) -> None:
        """Show the bays as their sensors report them."""
        read_bay_sensors(self.crowd.mall, now_us, self.wrong_share, self.key)
        self.next_us = now_us + self.every_us if now_us + self.every_us < self.until_us else None


@dataclass
class BayRelease:
    """Opens reserved bays to all."""

    crowd: Crowd
    next_us: int | None
    rank: int = 61

    def act(self, now_us: int) -> None:
        """Let everybody take any bay."""
        self.crowd.controls.is_reserving[0] = 0
        self.next_us = None


def car_parks_by_the_clock(crowd: Crowd, config: RunConfig, until_us: int) -> list[Operation]:
    """Return the day's operations of car parks: none where nothing is told and nothing reserved."""
    found: list[Operation] = []
    if config.parking.information != "none":
        every_us = int(config.parking.refresh_s * US_PER_S)
        wrong_share = config.sensing.gates.bay_wrong_share
        found.append(BaySigns(crowd, every_us, until_us, wrong_share, stream_key(config.seed, "bay sensors")))
    minute = release_min(config.parking)
    if minute is not None and config.parking.reserved_share > 0:
        found.append(BayRelease(crowd, minute * US_PER_MIN))
    return found
