"""Forecasts of bills on days whose law is known: seasonal-naive and ensemble, against who knows all that can be known."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import binom, poisson

from sim.calendar import Day
from sim.forecasting.bills import BIN_US, BINS, supposed_shape
from sim.forecasting.bills_judged import HORIZON_US, INTERVAL_SHARE, LEARNT_DAYS, DayJudged, Sales, judged
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_HOUR
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import FAIL, INFO, PASS, Record, at_least, at_most, between, record

MEANING = "forecasts of bills an hour ahead, seasonal-naive and ensemble, against who knows the law that days are drawn from"
PARAMETERS: dict[str, Parameter] = {
    "stores": whole(8, "restaurants", 1, 300),
    "bills_per_day": number(150.0, "bills of a store on an average day", 1.0, 100_000.0),
    "days": whole(14, "days that are judged, after 7 of learning", 2, 365),
    "weekend": number(1.5, "bills on days off relative to workdays", 0.0, 10.0),
    "day_sd": number(0.15, "log-sd of a day about its weekday, of all stores together", 0.0, 2.0),
    "store_sd": number(0.1, "the same of a store beside", 0.0, 2.0),
    "surprise": number(0.5, "bills from 16:00 on of the day in the middle, relative to what they would be", 0.0, 10.0),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = (
    {},
    {"bills_per_day": 30.0},
    {"weekend": 1.0, "day_sd": 0.0, "store_sd": 0.0, "surprise": 1.0},
)
FIRST = datetime.date(2026, 11, 2)  # a Monday
OPENS_US, CLOSES_US = 10 * US_PER_HOUR, 22 * US_PER_HOUR
SURPRISE_BIN = 16 * US_PER_HOUR // BIN_US
FALSE_ALARM = 1e-3  # of saying that the better one is not the better one, were they equally good


def run(values: dict[str, Any]) -> list[Record]:
    """Return errors, biases and coverage of both forecasters over the days that are judged."""
    means = _means(values)
    stores = values["stores"]
    days = [_sales(number, mean, values["seed"]) for number, mean in enumerate(means)]
    found = judged(days, [f"store {index}" for index in range(stores)], ["restaurant"] * stores, np.arange(stores))
    best = float(
        np.mean([_best_error(sales, mean) for sales, mean in zip(days[LEARNT_DAYS:], means[LEARNT_DAYS:], strict=True)])
    )
    naive, ensemble = _mean(found, "naive_error"), _mean(found, "ensemble_error")
    won = sum(one.ensemble_error < one.naive_error for one in found)
    needed = int(binom.isf(FALSE_ALARM, len(found), 0.5)) + 1
    hours = sum(one.forecasts for one in found)
    bills = _mean(found, "bills_per_hour")
    surprised = found[values["days"] // 2]
    return [
        at_least("mean absolute error of the ensemble, against who knows the law", "bills", best, ensemble),
        at_most("mean absolute error of the ensemble, against the seasonal-naive one", "bills", naive, ensemble),
        record(
            "days on which the ensemble errs less", "days", needed, won, PASS if won >= needed else FAIL if won <= len(found) - needed else INFO,
            f"at least so many of {len(found)}: as many in {FALSE_ALARM:g} of all samples were both as good; as few fail, between them too few days tell",
            forecasts=hours,
        ),
        between("bias of the ensemble", "of all bills", 0.0, _mean(found, "ensemble_bias") / bills, -0.1, 0.1),
        record("bias of the seasonal-naive one", "of all bills", None, _mean(found, "naive_bias") / bills, INFO, "measured"),
        between(
            f"hours in the interval that is to hold {INTERVAL_SHARE:.0%}", "share", INTERVAL_SHARE, _mean(found, "covered_share"), 0.82, 0.99
        ),
        record("on the day of the surprise: error of the ensemble", "bills", surprised.naive_error, surprised.ensemble_error, INFO, "the seasonal-naive one's is the reference"),
    ]  # fmt: skip


def _means(values: dict[str, Any]) -> np.ndarray:
    """Return the mean bills of each store in each bin of each day (D, P, B)."""
    count, stores = LEARNT_DAYS + values["days"], values["stores"]
    days, places = np.arange(count)[:, None], np.arange(stores)[None, :]
    factor = np.exp(
        _normal(values, "day", days, 0, values["day_sd"]) + _normal(values, "store", days, places, values["store_sd"])
    )
    is_off = np.array([_day(number).is_weekend for number in range(count)])
    found = np.asarray(
        (factor * np.where(is_off, values["weekend"], 1.0)[:, None])[:, :, None] * values["bills_per_day"] * _shape()
    )
    found[LEARNT_DAYS + values["days"] // 2, :, SURPRISE_BIN:] *= values["surprise"]
    return found


def _normal(values: dict[str, Any], what: str, day: Any, place: Any, sd: float) -> Any:
    """Return draws of mean -sd^2 / 2, so that their exponentials have the mean 1."""
    return sd * ndtri(uniforms(stream_key(values["seed"], f"forecasters: {what}"), day, place)) - sd**2 / 2


def _shape() -> np.ndarray:
    inside = supposed_shape()
    inside[CLOSES_US // BIN_US :] = 0.0
    return inside / inside.sum()


def _day(number: int) -> Day:
    date = FIRST + datetime.timedelta(days=number)
    return Day(date, date.weekday() >= 5, 1.0, 1.0)


def _sales(number: int, mean: np.ndarray, seed: int) -> Sales:
    """Return a day's bills: Poisson in each bin, at times spread evenly over it."""
    place, at = np.arange(mean.shape[0])[:, None], np.arange(BINS)[None, :]
    counts = poisson.ppf(uniforms(stream_key(seed, f"forecasters: bills of day {number}"), place, at), mean).astype(np.int64)
    counts[mean == 0] = 0
    units = np.repeat(np.repeat(np.arange(mean.shape[0]), BINS), counts.ravel())
    bins = np.repeat(np.tile(np.arange(BINS), mean.shape[0]), counts.ravel())
    within = np.arange(bins.size) - np.repeat(np.cumsum(counts.ravel()) - counts.ravel(), counts.ravel())
    time_us = bins * BIN_US + (2 * within + 1) * BIN_US // (2 * np.maximum(counts[units, bins], 1))
    order = np.argsort(time_us, kind="stable")
    return Sales(_day(number), units[order], time_us[order], OPENS_US, CLOSES_US)


def _best_error(sales: Sales, mean: np.ndarray) -> float:
    """Return the mean absolute error of who says the median of the true law of every hour."""
    wide = HORIZON_US // BIN_US
    counts = np.zeros(mean.shape)
    np.add.at(counts, (sales.units, sales.time_us // BIN_US), 1)
    errors = []
    for at in range(OPENS_US // BIN_US, CLOSES_US // BIN_US - wide + 1):
        law = mean[:, at : at + wide].sum(axis=1)
        errors.append(np.abs(poisson.median(law) - counts[:, at : at + wide].sum(axis=1)).mean())
    return float(np.mean(errors))


def _mean(found: list[DayJudged], name: str) -> float:
    weight = np.array([one.forecasts for one in found], float)
    return float(np.average([getattr(one, name) for one in found], weights=weight))
