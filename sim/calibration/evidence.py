"""Which summaries a fit goes by, and what the data say of them: those that the days have, that settings move, and that settings can reach."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.calendar import day_of
from sim.calibration.emulator import Emulator
from sim.calibration.posterior import Evidence
from sim.calibration.scales import scaled, table_of
from sim.config import RunConfig
from sim.feeds.summaries import Value

KNOWN_SHARE = 0.95  # of the simulated days, and of the data's, that must know a summary
TOLD_LEAST = 0.03  # share of a summary's variance that settings explain; below it says nothing of them
MISSED_MOST = 1.0  # of a day's variance; a summary that the emulator misses by more would mislead
OUT_OF_REACH_SD = 4.0  # beyond all that settings give, in sd of the data's mean


@dataclass(frozen=True)
class Chosen:
    """Names of the summaries that are used, and of the others with the reason."""

    used: tuple[str, ...]
    left_out: dict[str, str]


def known_in(days: Sequence[Mapping[str, Value]]) -> Chosen:
    """Return the summaries that nearly all of some simulated days know and that are not the same on all of them."""
    names = list({name: None for day in days for name in day})
    table = table_of(days, names)
    used, left_out = [], {}
    for column, name in enumerate(names):
        values = table[np.isfinite(table[:, column]), column]
        if values.size < KNOWN_SHARE * len(days):
            left_out[name] = "too many simulated days do not know it"
        elif np.ptp(values) < 1e-9:
            left_out[name] = "the same on every simulated day"
        else:
            used.append(name)
    return Chosen(tuple(used), left_out)


def usable(emulator: Emulator, shares: np.ndarray, data: Sequence[Mapping[str, Value]], kinds: Sequence[bool]) -> Chosen:
    """Return the summaries of an emulator that data can be held against; `shares` are the settings of its design."""
    table = table_of(data, emulator.names)
    is_weekend = np.array(kinds)
    used, left_out = [], {}
    reach = {kind: (emulator.mean(shares, kind), emulator.sd(shares, kind)) for kind in sorted(set(kinds))}
    for column, name in enumerate(emulator.names):
        known = np.isfinite(table[:, column])
        if known.mean() < KNOWN_SHARE:
            left_out[name] = "the data do not have it on every day"
        elif emulator.told_share[column] < TOLD_LEAST:
            left_out[name] = "no setting moves it by more than chance"
        elif emulator.missed[column] > MISSED_MOST:
            left_out[name] = "the emulator does not foretell it well enough"
        elif _is_out_of_reach(table[:, column], known, is_weekend, reach, column):
            left_out[name] = "OUT OF REACH: no setting within the ranges gives what was measured"
        else:
            used.append(name)
    return Chosen(tuple(used), left_out)


def evidence_of(data: Sequence[Mapping[str, Value]], kinds: Sequence[bool], names: Sequence[str]) -> Evidence:
    """Return the means of the days of each kind."""
    table, is_weekend = table_of(data, names), np.array(kinds)
    there = sorted(set(kinds))
    means = np.array([np.nanmean(table[is_weekend == kind], axis=0) for kind in there])
    return Evidence(means, tuple(int((is_weekend == kind).sum()) for kind in there), tuple(there))


def kinds_of(config: RunConfig, dates: Sequence[str]) -> list[bool]:
    """Return of each date whether the calendar takes it for one like a weekend."""
    return [day_of(config, datetime.date.fromisoformat(date)).is_weekend for date in dates]


def mean_of(data: Sequence[Mapping[str, Value]], name: str) -> float:
    """Return the mean of a summary over days, on its scale."""
    values = [scaled(name, day.get(name)) for day in data]
    known = [value for value in values if value == value]
    return float(np.mean(known)) if known else float("nan")


def _is_out_of_reach(
    values: np.ndarray, known: np.ndarray, is_weekend: np.ndarray, reach: Mapping[bool, tuple[np.ndarray, np.ndarray]], column: int
) -> bool:  # fmt: skip
    for kind, (mean, sd) in reach.items():
        rows = known & (is_weekend == kind)
        if not rows.any():
            continue
        slack = OUT_OF_REACH_SD * float(sd[:, column].max()) / np.sqrt(rows.sum())
        found = float(values[rows].mean())
        if found < float(mean[:, column].min()) - slack or found > float(mean[:, column].max()) + slack:
            return True
    return False
