"""Arrivals at a varying rate: their counts by the hour, and how many are present at a station of servers without number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.crowd.single_station import StationCase, study_station
from sim.crowd.state import Law
from sim.crowd.station_plans import UNLIMITED
from sim.events import EventKind
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_HOUR
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import STANDARD_ERRORS, Record, estimated, near, record, verdict_of

MEANING = "arrivals at a varying rate: Poisson counts by the hour, and the numbers present in Mt/M/infinity with their lag"
DAY_H = 24.0
BLOCKS = 20  # of days, for the error of what is estimated over all days
FALSE_ALARM = 1e-6  # of the band about the index of dispersion

PARAMETERS: dict[str, Parameter] = {
    "arrivals_per_h": number(60.0, "mean rate of arrivals", 1.0, 1000.0),
    "swing_per_h": number(40.0, "amplitude of its sine over the day", 0.0, 1000.0),
    "stay_h": number(2.0, "mean stay, exponential", 0.01, 100.0),
    "days": whole(200, "days of the sine", 40, 5000),
    "replications": whole(400, "days that start empty at the mean rate, and days of the counted arrivals", 20, 100_000),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the records of filling up, of the sine, and of counts by the hour."""
    return [*_filling_up(values), *_sine(values), *_counts(values["seed"], values["replications"])]


def thinned_us(rate_per_h: Any, peak_per_h: float, from_h: float, to_h: float, key: np.uint64) -> np.ndarray:
    """Return the instants of a Poisson process of varying rate, thinned from one at the peak rate (Lewis & Shedler 1979)."""
    expected = peak_per_h * (to_h - from_h)
    candidates = np.arange(int(expected + 10 * math.sqrt(expected) + 20))
    times_h = from_h + np.cumsum(-np.log(uniforms(key, candidates, 0))) / peak_per_h
    kept = (times_h < to_h) & (uniforms(key, candidates, 1) * peak_per_h < rate_per_h(times_h))
    found: np.ndarray = (times_h[kept] * US_PER_HOUR).astype(np.int64)
    return found


def _station(values: dict[str, Any], replication: int) -> StationCase:
    return StationCase(
        servers=UNLIMITED,
        law=Law.EXPONENTIAL,
        service_s_mean=3600 * values["stay_h"],
        batches=1,
        seed=values["seed"],
        replication=replication,
    )


def _filling_up(values: dict[str, Any]) -> list[Record]:
    """Return the numbers present 1 h and 4 h after an empty start: rate x stay x (1 - exp(-t / stay))."""
    rate, stay_h = values["arrivals_per_h"], values["stay_h"]
    found = []
    for hours in (1.0, 4.0):
        present = []
        for replication in range(values["replications"]):
            key = stream_key(values["seed"], f"{replication}/{hours}/fill")
            arrivals_us = thinned_us(lambda times_h: np.full(times_h.shape, rate), rate, 0.0, hours, key)
            horizon_us = int(hours * US_PER_HOUR)
            present.append(study_station(_station(values, replication), arrivals_us, horizon_us=horizon_us).present)
        mean = rate * stay_h * (1 - math.exp(-hours / stay_h))
        found.append(
            estimated(f"Mt/M/infinity: present {hours:g} h after an empty start", "customers", mean, np.array(present, float))
        )
    return found


def _sine(values: dict[str, Any]) -> list[Record]:
    """Return mean, amplitude and lag of the number present (Eick, Massey & Whitt 1993): its first Fourier term, by blocks of days."""
    rate, swing, stay_h = values["arrivals_per_h"], min(values["swing_per_h"], values["arrivals_per_h"]), values["stay_h"]
    turn = 2 * math.pi / DAY_H
    span_h = DAY_H * values["days"]
    key = stream_key(values["seed"], "sine")
    arrivals_us = thinned_us(lambda times_h: rate + swing * np.sin(turn * times_h), rate + swing, 0.0, span_h, key)
    events = study_station(_station(values, 0), arrivals_us, keep_events=3 * arrivals_us.size).events
    ends = events[events["kind"] == EventKind.SERVICE_ENDED]
    left_us = np.zeros(arrivals_us.size, np.int64)
    left_us[ends["visit"]] = ends["time_us"]
    came_h, left_h = arrivals_us / US_PER_HOUR, left_us / US_PER_HOUR
    block = np.minimum(np.int64(came_h * BLOCKS / span_h), BLOCKS - 1)
    block_h = span_h / BLOCKS
    terms = (np.exp(-1j * turn * came_h) - np.exp(-1j * turn * left_h)) / (1j * turn)
    first = np.array([terms[block == index].sum() for index in range(BLOCKS)]) * 2j / block_h
    means = np.array([(left_h - came_h)[block == index].sum() for index in range(BLOCKS)]) / block_h
    found = [estimated("Mt/M/infinity, sine: mean present", "customers", rate * stay_h, means)]
    if swing > 0:
        phase = turn * stay_h
        amplitude, lag_h = swing * stay_h / math.sqrt(1 + phase**2), math.atan(phase) / turn
        # Along the expected direction, so that noise across it does not lengthen the amplitude.
        along = first * np.exp(1j * turn * lag_h)
        found.append(estimated("Mt/M/infinity, sine: amplitude", "customers", amplitude, along.real))
        lags_h = lag_h - np.angle(along) / turn
        found.append(estimated("Mt/M/infinity, sine: lag of the peak behind that of arrivals", "h", lag_h, lags_h))
    return found


def _counts(seed: int, days: int) -> list[Record]:
    """Return the arrivals of days from 10 to 22 h at 200 (1 + 0.5 sin(pi (t - 10) / 12)) an hour."""
    from scipy.stats import chi2

    def rate_per_h(times_h: np.ndarray) -> np.ndarray:
        return 200 * (1 + 0.5 * np.sin(np.pi * (times_h - 10) / 12))

    expected = 200 * (12 + 12 / np.pi)
    found = [thinned_us(rate_per_h, 300.0, 10.0, 22.0, stream_key(seed, f"{day}/counts")) for day in range(days)]
    one = found[0].size
    records = [
        near(
            "arrivals of one day, 200 (1 + sin / 2) an hour", "customers", expected, one, STANDARD_ERRORS * math.sqrt(expected)
        )
    ]
    hours = np.array([np.histogram(times_us / US_PER_HOUR, np.arange(10, 23))[0] for times_us in found])
    dispersion = float((hours.var(axis=0, ddof=1) / hours.mean(axis=0)).mean())
    freedom = hours.shape[1] * (days - 1)
    low, high = (float(chi2.ppf(share, freedom)) / freedom for share in (FALSE_ALARM / 2, 1 - FALSE_ALARM / 2))
    rule = f"from {low:.3f} to {high:.3f}: chi squared with {freedom} degrees of freedom, false alarm {FALSE_ALARM:g}"
    records.append(
        record("counts by the hour: variance / mean", "share", 1.0, dispersion, verdict_of(low <= dispersion <= high), rule)
    )
    totals = hours.sum(axis=1).astype(float)
    return [*records, estimated("arrivals of a day, mean of all days", "customers", expected, totals)]
