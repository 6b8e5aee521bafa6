"""The analysis: what was measured in a quarter of an hour moves what the members take for unknown (docs/explanation/the-live-twin.md)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.feeds.from_run import COUNT_MISS_SHARE
from sim.forecasting.filter import analysis
from sim.twin.dials import LAWS, Unknowns
from sim.twin.gauge import Gauge
from sim.twin.inside import Inside
from sim.twin.member import Sight

# Standard deviations, of logarithms, by which the model may be wrong about a mall's total beyond chance, which the members' own chance
# stands for: engineering judgement; they keep a day of good counts from making the ensemble too sure.
MODEL_SD = {"flow": 0.03, "bill": 0.03, "waiting": 0.25}
UNIT_SD = 0.4  # of twice the square root of a till's bills
COUNT_ADDED = 0.5  # to a count before its logarithm is taken


class Moved(NamedTuple):
    """What the analysis has made of the members."""

    unknowns: np.ndarray  # float64 (N, K)
    owed: np.ndarray  # float64 (N, 2): people too few inside, on foot and by car


class Analysis:
    """Which measurement may move which unknown, with which error; counts enter as logarithms, of single tills as square roots."""

    def __init__(self, gauge: Gauge, unknowns: Unknowns, door_by_car: np.ndarray) -> None:
        """Know the rows; `door_by_car` (bool, one per entrance) says which entrances are those of car parks only."""
        self._gauge, self._order = gauge, unknowns
        self._by_car = door_by_car
        columns = gauge.columns
        self._doors, self._units = columns["arrivals"].size, columns["bills"].size
        arrivals, totals = columns["arrivals"], ["departures", "covers", "bill", "waiting", "cars"]
        self._names = ["on_foot", "by_car", *totals]
        measured = len(self._names) + arrivals.size + self._units + 2  # the last: people inside as counted, and by phones
        extra = 2  # people inside and cars parked, as unknowns
        reach = np.zeros((unknowns.size + extra, measured), bool)
        reaches = {
            "on_foot": ("on_foot",), "by_car": ("by_car",), "stay": ("departures",), "meals": ("covers",),
            "service": ("waiting",), "basket": ("bill",),
        }  # fmt: skip
        for index, name in enumerate(LAWS):
            reach[unknowns.dials[index], [self._names.index(each) for each in reaches[name]]] = True
        doors = len(self._names) + np.arange(arrivals.size)
        reach[unknowns.doors, doors] = True
        reach[unknowns.pulls, doors.size + len(self._names) + np.arange(self._units)] = True
        reach[unknowns.size, -2:] = True
        reach[unknowns.size + 1, self._names.index("cars")] = True
        self._reach = reach
        self._inside = Inside(gauge)

    def moved(self, sights: list[Sight], measured: np.ndarray, phones: float = np.nan) -> Moved:
        """Return the members' unknowns after the row (float64, M) that was measured and the `phones` seen; where these are NaN, nothing moves."""
        rows = np.stack([each.row for each in sights])
        inside = np.array([[each.people, each.cars] for each in sights])
        state = np.hstack([np.stack([each.unknowns for each in sights]), inside])
        people, people_variance = self._inside.told(measured, rows.mean(axis=0), phones)
        held = rows[:, self._gauge.columns["people"]].sum(axis=1)
        predicted = np.hstack([self._transformed(rows), held[:, None], held[:, None]])
        told = np.append(self._transformed(measured[None, :])[0], people)
        variances = np.append(self._variances(rows, measured), people_variance)
        told = np.where(np.isfinite(predicted).all(axis=0), told, np.nan)  # a member without bills says nothing of their mean
        moved = analysis(state, predicted, told, variances, reach=self._reach)
        gap = np.maximum(moved[:, -2:], 0.0) - inside  # people, cars
        people_per_car = np.where(inside[:, 1] > 0, inside[:, 0] / np.maximum(inside[:, 1], 1.0), 0.0)
        by_car = gap[:, 1] * np.minimum(people_per_car, 2.2)
        return Moved(moved[:, :-2], np.stack([gap[:, 0] - by_car, by_car], axis=1))

    def _transformed(self, rows: np.ndarray) -> np.ndarray:
        """Return what the analysis compares (N, measured) of rows (N, M)."""
        columns = self._gauge.columns

        def total(what: str, which: np.ndarray | slice = slice(None)) -> np.ndarray:
            return np.asarray(rows[:, columns[what][which]].sum(axis=1))

        doors = rows[:, columns["arrivals"]]
        everybody = doors.sum(axis=1)
        bills = total("bills")
        with np.errstate(invalid="ignore", divide="ignore"):
            totals = [
                np.log(total("arrivals", ~self._by_car) + COUNT_ADDED),
                np.log(total("arrivals", self._by_car) + COUNT_ADDED) if self._by_car.any() else np.full(rows.shape[0], np.nan),
                np.log(total("departures") + COUNT_ADDED),
                np.log(total("covers") + COUNT_ADDED) if columns["covers"].size else np.full(rows.shape[0], np.nan),
                np.where(bills > 0, np.log(np.maximum(total("sales_fen"), 1.0) / np.maximum(bills, 1.0)), np.nan),
                np.sqrt(total("waiting") + COUNT_ADDED) if columns["waiting"].size else np.full(rows.shape[0], np.nan),
                total("bays_taken") if columns["bays_taken"].size else np.full(rows.shape[0], np.nan),
            ]
            share = np.log((doors + COUNT_ADDED) / (everybody[:, None] + COUNT_ADDED))
            found = np.hstack([np.stack(totals, axis=1), share, 2.0 * np.sqrt(rows[:, columns["bills"]] + 0.375)])
        return np.where(np.isfinite(found).all(axis=0), found, np.nan)

    def _variances(self, rows: np.ndarray, measured: np.ndarray) -> np.ndarray:
        """Return the errors' variances: of sensors, and of the model beyond chance."""
        columns, sd = self._gauge.columns, MODEL_SD
        doors = np.maximum(np.nan_to_num(measured[columns["arrivals"]]), rows[:, columns["arrivals"]].mean(axis=0)) + 1.0

        def counted(people: float) -> float:
            return COUNT_MISS_SHARE / max(people, 1.0)  # of a binomial's logarithm

        foot, car = float(doors[~self._by_car].sum()), float(doors[self._by_car].sum())
        totals = [
            sd["flow"] ** 2 + counted(foot), sd["flow"] ** 2 + counted(car), sd["flow"] ** 2 + counted(foot + car), sd["flow"] ** 2,
            sd["bill"] ** 2, sd["waiting"] ** 2, 1.0,
        ]  # fmt: skip
        return np.concatenate([totals, sd["flow"] ** 2 + COUNT_MISS_SHARE / doors, np.full(self._units, UNIT_SD**2)])
