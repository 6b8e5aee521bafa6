"""Forecasts of how many bills each store will have: the same time of the last day of the kind, times how today goes."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from sim.calendar import Day
from sim.sensing.observations import Observations
from sim.units import US_PER_MIN

BIN_MIN = 15
BINS = 24 * 60 // BIN_MIN
BIN_US = BIN_MIN * US_PER_MIN
KINDS = 2  # of days: workdays, and days off
PRIOR_BILLS = 10.0  # bills that speak against taking the first few of a day for its whole; engineering judgement
# Shares of a restaurant's bills that a day has in each hour from 11 on where nothing is known of it: two meals (parameters 3, arrival shape).
MEALS = np.array([0.06, 0.16, 0.14, 0.05, 0.03, 0.04, 0.07, 0.14, 0.16, 0.10, 0.05])
MEALS_FROM_H = 11


class Forecaster(Protocol):
    """What a better one must be able to do to take this one's place (Tools.forecaster)."""

    def see(self, now_us: int, observations: Observations) -> None:
        """Take what was observed since the last review, once however often it is shown."""
        ...

    def begin_day(self, day: Day) -> None:
        """Keep the day that is over, and begin another."""
        ...

    def expected(self, unit: int, from_us: int, until_us: int, usual_per_day: float = 0.0) -> float:
        """Return how many bills a store will have between two instants; `usual_per_day` is taken where no day of the kind is known."""
        ...

    def sold(self) -> np.ndarray:
        """Return how many bills each store has had today."""
        ...

    def usual_by_now(self) -> np.ndarray | None:
        """Return how many bills each store had by this time on the last day of the kind; None where there was none."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what it must be given back to go on."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` has returned."""
        ...


class SeasonalNaive:
    """Seasonal-naive with the live ratio: the last day of the kind, times (today's bills so far / that day's by the same time)."""

    def __init__(self, unit_ids: tuple[str, ...]) -> None:
        """Know nothing."""
        self._unit_of = {f"till:{name}": unit for unit, name in enumerate(unit_ids)}
        self._today = np.zeros((len(unit_ids), BINS), np.int64)
        self._past: list[np.ndarray | None] = [None] * KINDS
        self._kind, self._seen_us = 0, 0

    def see(self, now_us: int, observations: Observations) -> None:
        """Count the sales that tills reported."""
        if now_us <= self._seen_us:
            return
        rows = observations.rows
        sold = np.flatnonzero(rows.kind == "sale")
        units = np.array([self._unit_of.get(sensor, -1) for sensor in rows.sensor[sold].tolist()], np.int64)
        known = units >= 0
        self.take(now_us, units[known], rows.time_us[sold][known])

    def take(self, now_us: int, units: np.ndarray, time_us: np.ndarray) -> None:
        """Count sales by store and time (n), which are all that there were until now since the last ones."""
        self._seen_us = now_us
        np.add.at(self._today, (units, np.clip(time_us // BIN_US, 0, BINS - 1)), 1)

    def begin_day(self, day: Day) -> None:
        """Keep the day that is over under its kind."""
        if self._today.any():
            self._past[self._kind] = self._today.copy()
        self._today[:] = 0
        self._kind, self._seen_us = int(day.is_weekend), 0

    def expected(self, unit: int, from_us: int, until_us: int, usual_per_day: float = 0.0) -> float:
        """Return the bills to come; bins that the span cuts count by their part."""
        past = self._past[self._kind]
        usual = usual_per_day * SUPPOSED if past is None else past[unit].astype(float)
        edges, part = np.arange(BINS) * BIN_US, parts_of(from_us, until_us)
        by_now = float((usual * np.clip((self._seen_us - edges) / BIN_US, 0.0, 1.0)).sum())
        ratio = (int(self._today[unit].sum()) + PRIOR_BILLS) / (by_now + PRIOR_BILLS)
        return float((usual * part).sum()) * ratio

    def sold(self) -> np.ndarray:
        """Return today's bills."""
        found: np.ndarray = self._today.sum(axis=1)
        return found

    def usual_by_now(self) -> np.ndarray | None:
        """Return the bills by this time on the last day of the kind."""
        past = self._past[self._kind]
        if past is None:
            return None
        part = np.clip((self._seen_us - np.arange(BINS) * BIN_US) / BIN_US, 0.0, 1.0)
        found: np.ndarray = past @ part
        return found

    def state(self) -> dict[str, Any]:
        """Return counts and the kind of the day."""
        return {"today": self._today.copy(), "past": list(self._past), "kind": self._kind, "seen_us": self._seen_us}

    def restore(self, state: dict[str, Any]) -> None:
        """Take them over."""
        self._today, self._past = np.array(state["today"]), list(state["past"])
        self._kind, self._seen_us = int(state["kind"]), int(state["seen_us"])


def parts_of(from_us: int, until_us: int) -> np.ndarray:
    """Return which part of each bin of a day (BINS) lies between two instants."""
    edges = np.arange(BINS) * BIN_US
    found: np.ndarray = np.clip((np.minimum(edges + BIN_US, until_us) - np.maximum(edges, from_us)) / BIN_US, 0.0, 1.0)
    return found


def supposed_shape() -> np.ndarray:
    """Return the share of a day's bills in each bin of which nothing is known: those of two meals."""
    found = np.zeros(BINS)
    per_hour = 60 // BIN_MIN
    hours = MEALS / MEALS.sum()
    for index, share in enumerate(hours):
        first = (MEALS_FROM_H + index) * per_hour
        found[first : first + per_hour] = share / per_hour
    return found


SUPPOSED = supposed_shape()
