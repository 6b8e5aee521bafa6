"""How long servers were on duty: what staff cost, whether or not anybody came."""

from __future__ import annotations

import numpy as np

from sim.crowd.state import Mall


class Duty:
    """Adds up servers on duty over time, at every station while its unit is open; those that belong to no unit always are."""

    def __init__(self, mall: Mall) -> None:
        self.server_us = np.zeros(mall.stations.size, np.int64)
        self._since_us = 0
        self._servers = np.zeros(mall.stations.size, np.int64)

    def note(self, mall: Mall, now_us: int) -> None:
        """Add the time since the last switch, and remember who is on duty from now on."""
        self.server_us += self._servers * (now_us - self._since_us)
        unit = mall.stations["unit"]
        is_open = (unit < 0) | (mall.units["is_open"][unit] == 1) if mall.units.size else np.ones(unit.size, bool)
        self._servers = mall.stations["servers_open"].astype(np.int64) * is_open
        self._since_us = now_us
