"""How many people are inside, by all that a mall measures: levels counted, doors counted in less out, phones that Wi-Fi places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.feeds.from_run import COUNT_MISS_SHARE
from sim.feeds.records import CADENCE_US, Record
from sim.twin.gauge import Gauge

# Engineering judgement. Counters of people coming in and going out differ by one in a hundred beyond chance, so that what is inside by
# them is worse with everybody who has left. What a silent door lets through is what the members think, good to three tenths.
LEVEL_SD, DOORS_SD, SILENT_SD = 0.01, 0.01, 0.30
# Addresses that Wi-Fi sees are people times a factor (phones left at home or off, changing addresses), which is learned as the day goes on
# from levels or doors. In the simulator it wanders by a tenth over the day as other people come.
PHONES_SD, PHONES_KEPT, PHONES_LEAST = 0.10, 0.98, 200.0


def phones_seen(records: Sequence[Record], until_us: int) -> float:
    """Return how many addresses Wi-Fi placed in the mall in the last five minutes before an instant; NaN where none was."""
    since_us = until_us - CADENCE_US
    found = {each.subject for each in records if each.kind == "fix" and since_us < each.time_us <= until_us}
    return float(len(found)) if found else np.nan


class Inside:
    """Remembers a day's doors and phones; `told` at every quarter of an hour, in order."""

    def __init__(self, gauge: Gauge) -> None:
        """Begin with an empty mall."""
        self._gauge = gauge
        self._came = self._left = self._silent_sd = 0.0  # people
        self._knows_doors = False
        self._phones = self._holders = 0.0  # seen earlier today, and people inside then, both fading

    def told(self, measured: np.ndarray, believed: np.ndarray, phones: float) -> tuple[np.ndarray, np.ndarray]:
        """Return two measurements (float64, 2) of the people inside as levels would count them, and their variances.

        The first is by levels, else by doors, the second by phones; NaN where nothing tells. `measured` and `believed` (the members' mean)
        are rows of the gauge.
        """
        levels, held = self._gauge.columns["people"], float(believed[self._gauge.columns["people"]].sum())
        by_doors, doors_variance = self._by_doors(measured, believed)
        counted, variance = float(measured[levels].sum()), 3 * COUNT_MISS_SHARE * (held + 1.0) + (LEVEL_SD * (held + 1.0)) ** 2
        if np.isfinite(counted):  # doors go on from here
            self._came, self._left, self._silent_sd, self._knows_doors = counted / (1.0 - COUNT_MISS_SHARE), 0.0, 0.0, True
        else:
            counted, variance = by_doors, doors_variance
        by_phones = phones * self._holders / self._phones if self._phones >= PHONES_LEAST else np.nan
        if np.isfinite(phones) and np.isfinite(counted) and variance <= (PHONES_SD * counted) ** 2:
            self._phones = PHONES_KEPT * self._phones + phones
            self._holders = PHONES_KEPT * self._holders + counted
        return np.array([counted, by_phones]), np.array([variance, (PHONES_SD * (held + 1.0)) ** 2 + held])

    def _by_doors(self, measured: np.ndarray, believed: np.ndarray) -> tuple[float, float]:
        """Return who came in less who went out, and its variance; what a silent door let through is taken from the members."""
        flows = []
        for what in ("arrivals", "departures"):
            column = self._gauge.columns[what]
            is_told = np.isfinite(measured[column])
            self._knows_doors |= bool(is_told.any())
            self._silent_sd += SILENT_SD * float(believed[column][~is_told].sum())
            flows.append(float(np.where(is_told, measured[column], believed[column]).sum()) / self._gauge.door_sees)
        self._came, self._left = self._came + flows[0], self._left + flows[1]
        if not self._knows_doors:
            return np.nan, np.nan
        inside = (1.0 - COUNT_MISS_SHARE) * max(self._came - self._left, 0.0)
        return inside, COUNT_MISS_SHARE * (self._came + self._left) + (DOORS_SD * self._left) ** 2 + self._silent_sd**2 + 1.0
