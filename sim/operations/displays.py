"""The waits that are shown at tables: estimated on a cadence, late, rounded, padded and with an error of their own, as the mall does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, log, sqrt

import numpy as np

from sim.crowd.engine import Crowd
from sim.crowd.state import Role, Stream
from sim.operations.hours import Hours
from sim.random_streams import standard_normal
from sim.schema.queues import DisplaysConfig
from sim.units import US_PER_S


@dataclass
class Displays:
    """Every `every_us`: estimates the wait at every table's line, and shows the estimate of `lag` refreshes ago."""

    crowd: Crowd
    stations: np.ndarray  # that show a wait
    estimator: str
    every_us: int
    lag: int
    rounding_s: float
    padding: float
    error_cv: float
    until_us: int
    next_us: int | None
    rank: int = 45
    _past: list[np.ndarray] = field(default_factory=list)  # estimates not yet shown, the oldest first

    def act(self, now_us: int) -> None:
        """Estimate, and write what is old enough on the displays."""
        self._past.append(self._estimates_s(now_us))
        if len(self._past) > self.lag:
            shown_s = self._past.pop(0) * self.padding
            if self.rounding_s > 0:
                shown_s = np.floor(shown_s / self.rounding_s + 0.5) * self.rounding_s
            controls = self.crowd.controls
            controls.shown_wait_s[self.stations] = shown_s
            controls.station_is_shown[self.stations] = 1
        following_us = now_us + self.every_us
        self.next_us = following_us if following_us < self.until_us else None

    def _estimates_s(self, now_us: int) -> np.ndarray:
        """Return the estimates, with their errors."""
        lines = self.crowd.mall.stations[self.stations]
        ahead = lines["waiting"] + lines["tickets"]
        servers = np.maximum(lines["servers_open"], 1)
        if self.estimator == "queue_length":
            found = (ahead + 1) * lines["service_s_mean"] / servers
        else:
            found = lines["last_wait_us"] / US_PER_S
        has_room = (ahead == 0) & (lines["busy"] < lines["servers_open"])
        found = np.where(has_room, 0.0, found)
        if self.error_cv > 0:
            found = found * self._errors(now_us)
        return np.asarray(found, float)

    def _errors(self, now_us: int) -> np.ndarray:
        """Return this instant's factors, log-normal with mean 1, addressed by the unit and the instant."""
        key, variance = self.crowd.mall.keys[Stream.SHOWN_ERROR], log(1 + self.error_cv**2)
        units = self.crowd.mall.units["key"][self.crowd.mall.stations["unit"][self.stations]]
        normal = [standard_normal(key, int(unit), now_us // US_PER_S) for unit in units]
        return np.exp(sqrt(variance) * np.array(normal) - variance / 2)


def displays_of(crowd: Crowd, config: DisplaysConfig, hours: Hours) -> Displays:
    """Return the displays of a day; without an estimator they never act."""
    every_us = int(config.refresh_s * US_PER_S)
    stations = table_lines(crowd)
    is_on = config.estimator != "none" and stations.size > 0
    return Displays(
        crowd, stations, config.estimator, every_us, ceil(config.lag_s / config.refresh_s), config.rounding_s, config.padding,
        config.error_cv, hours.closes_us, next_us=hours.opens_us if is_on else None,
    )  # fmt: skip


def table_lines(crowd: Crowd) -> np.ndarray:
    """Return the stations at which parties wait for a table on entering: such a station has its unit's number."""
    stations = crowd.mall.stations
    is_table = (stations["role"] == Role.TABLE) & (stations["unit"] == np.arange(stations.size))
    return np.flatnonzero(is_table)
