"""Who comes, and how fast they walk: arrivals against Poisson's law, speeds against the law they are drawn from."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from scipy.stats import chi2, kstest, norm, truncnorm

from sim.calendar import day_of
from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_HOUR
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import STANDARD_ERRORS, Record, at_least, equal, near, record, verdict_of
from sim.verification.walking import walk
from sim.visitors import Visitors


class Population(Protocol):
    """The people of one day."""

    @property
    def visits_expected(self) -> float:
        """The mean of the number of parties that come this day."""
        ...

    def arrivals(self, from_min: int, to_min: int) -> Visitors:
        """Return the parties that arrive in some minutes of the day."""
        ...


PopulationOf = Callable[[RunConfig, CompiledPlan], Population]

SPEEDS_MEANING = "speeds that people walk at in the engine against the law they are drawn from (RiMEA 7, ISO 20414 case 5)"
SPEEDS_PARAMETERS: dict[str, Parameter] = {
    "people": whole(1000, "people who walk 100 m unhindered", 100, 20_000),
    "mean_mps": number(1.2, "mean of the free speed", 0.7, 2.0),
    "sd_mps": number(0.2, "its standard deviation", 0.01, 0.5),
    "seed": SEED,
}
SPEEDS_STANDARD: tuple[dict[str, Any], ...] = ({}, {"mean_mps": 1.34, "sd_mps": 0.26})
SPEED_TOLERANCE_MPS = 0.02
KS_P_MIN = 1e-3

ARRIVALS_MEANING = "arrivals against Poisson's law hour by hour, day totals against their mean and their spread"
ARRIVALS_PARAMETERS: dict[str, Parameter] = {
    "days": whole(100, "days looked at", 10, 5000),
    "rate_per_h": number(
        200.0, "mean of the rate 200 (1 + 0.5 sin(pi (t - 10) / 12)) over an hour, in place of the 200", 1.0, 20_000.0
    ),
    "day_total_cv": number(0.17, "sd / mean of a day's expected total", 0.0, 1.0),
    "seed": SEED,
}
ARRIVALS_STANDARD: tuple[dict[str, Any], ...] = ({},)
HOURS = 12  # 10 to 22 h
FALSE_ALARM = 1e-4
CATCHMENT_TOLERANCE = 0.05  # residents differ in how often they come: a catchment of 60,000 is off its law by a percent or so


def no_population(values: dict[str, Any]) -> list[Record]:
    """Say that this family needs people to look at."""
    raise ConfigError.of(
        "galleria verify", [Problem("FAMILY", "", "needs a population to look at", "run it by `galleria verify`")]
    )


def hall() -> CompiledPlan:
    """Return a hall of 100 m with one entrance."""
    drawing = Drawing("people")
    drawing.floor("L0", box(0, 0, 101, 4))
    drawing.spot("start", 0.5, 2.0)
    drawing.spot("end", 100.5, 2.0)
    drawing.plan.entrances[0] = _with_share(drawing.plan.entrances[0], 1.0)
    return drawing.compiled()


def _with_share(entrance: Any, share: float) -> Any:
    from dataclasses import replace

    return replace(entrance, share=share)


def run_speeds(values: dict[str, Any], population_of: PopulationOf) -> list[Record]:
    """Return mean, spread and law of the speeds at which people have walked 100 m."""
    config = RunConfig()
    config.seed, config.movement.congestion = values["seed"], False
    people = config.population
    people.free_speed_mps_mean, people.free_speed_mps_sd, people.party_slowdown_mps = values["mean_mps"], values["sd_mps"], 0.0
    people.child_pace = people.elderly_pace = 1.0
    people.visits_per_day, people.day_total_cv = 2.0 * values["people"] + 200.0, 0.0
    compiled = hall()
    visitors = population_of(config, compiled).arrivals(0, 1440)
    kept = np.arange(visitors.number.size) < values["people"]
    visitors = Visitors(*(column[kept] for column in visitors))
    visitors = visitors._replace(goal_entrance=np.full(visitors.number.size, compiled.entrance_ids.index("end"), np.int32))
    seen = walk(compiled, [], config, visitors=visitors, until_s=90_000.0)
    came, left = seen.kind == EventKind.ARRIVED, seen.kind == EventKind.LEFT
    walked_s = (
        seen.time_s[left][np.argsort(seen.visit[left], kind="stable")]
        - seen.time_s[came][np.argsort(seen.visit[came], kind="stable")]
    )
    speeds_mps = 100.0 / walked_s
    low, high = (
        (limit - values["mean_mps"]) / values["sd_mps"] for limit in (people.free_speed_mps_min, people.free_speed_mps_max)
    )
    law = truncnorm(low, high, loc=values["mean_mps"], scale=values["sd_mps"])
    return [
        equal("people who walked", "people", values["people"], speeds_mps.size),
        near("mean speed", "m/s", float(law.mean()), float(speeds_mps.mean()), SPEED_TOLERANCE_MPS),
        near("standard deviation of speed", "m/s", float(law.std()), float(speeds_mps.std(ddof=1)), SPEED_TOLERANCE_MPS),
        at_least("truncated normal law: Kolmogorov-Smirnov", "p", KS_P_MIN, float(kstest(speeds_mps, law.cdf).pvalue)),
        at_least("slowest", "m/s", people.free_speed_mps_min - 1e-3, float(speeds_mps.min())),
    ]


def run_arrivals(values: dict[str, Any], population_of: PopulationOf) -> list[Record]:
    """Return dispersion of hourly counts, the total against its mean, and the spread of days that have luck."""
    edges = np.arange(HOURS + 1)
    integral = values["rate_per_h"] * (edges - 0.5 * HOURS / np.pi * (np.cos(np.pi * edges / HOURS) - 1.0))
    by_hour = np.diff(integral)  # of rate (1 + 0.5 sin(pi t / 12)), t in hours since opening
    config = RunConfig()
    config.seed = values["seed"]
    people = config.population
    people.weekday_factors = [1.0] * 7
    people.hour_shares_weekday = people.hour_shares_weekend = [float(share) for share in by_hour / by_hour.sum()]
    people.visits_per_day, people.day_total_cv = float(by_hour.sum()), 0.0
    compiled, days = hall(), values["days"]
    populations = [population_of(_on(config, day), compiled) for day in range(days)]
    expected = populations[0].visits_expected  # of these residents; of their law by_hour.sum()
    counts = np.array([_hourly(population) for population in populations])
    means = by_hour * expected / by_hour.sum()
    dispersion = float(((counts - means) ** 2 / means).sum())  # chi-square, one degree of freedom a cell: the means are known
    cells = days * HOURS
    low, high = (float(chi2.ppf(level, cells)) / cells for level in (FALSE_ALARM / 2, 1 - FALSE_ALARM / 2))
    mean, error = float(counts.sum()) / days, float(np.sqrt(expected / days))
    people.day_total_cv = values["day_total_cv"]
    foreseen = [day_of(_on(config, day)) for day in range(max(days, 2000))]
    totals = np.array([by_hour.sum() * day.factor * day.luck for day in foreseen])
    index = dispersion / cells
    z_limit = float(norm.isf(FALSE_ALARM / 2))
    cv, cv_error = float(totals.std(ddof=1) / totals.mean()), _cv_error(values["day_total_cv"], totals.size)
    return [
        record("index of dispersion of hourly counts", "", 1.0, index, verdict_of(low <= index <= high), f"from {low:.4f} to {high:.4f} (chi-square, false alarm {FALSE_ALARM:g})", cells=cells),
        record("mean of a day's total", "visits", expected, mean, verdict_of(abs(mean - expected) <= STANDARD_ERRORS * error), f"within {STANDARD_ERRORS} standard errors of what the residents' own rates add up to", 1.96 * error),
        near("what the residents' own rates and the walk-ins add up to", "visits", float(by_hour.sum()), expected, CATCHMENT_TOLERANCE * float(by_hour.sum())),
        record("sd / mean of the days' expected totals", "share", values["day_total_cv"], cv, verdict_of(abs(cv - values["day_total_cv"]) <= z_limit * cv_error + 1e-12), f"within {z_limit:.2f} standard errors (log-normal, false alarm {FALSE_ALARM:g})", 1.96 * cv_error, days=totals.size),
    ]  # fmt: skip


def _hourly(population: Population) -> np.ndarray:
    arrived_h = population.arrivals(0, 1440).arrive_us // US_PER_HOUR
    return np.bincount(arrived_h, minlength=24)[10 : 10 + HOURS]


def _on(config: RunConfig, day: int) -> RunConfig:
    from dataclasses import replace

    date = datetime.date(2026, 1, 1) + datetime.timedelta(days=day)
    return replace(config, date=date.isoformat())


def _cv_error(cv: float, count: int) -> float:
    """Return the standard error of a sample's coefficient of variation under a log-normal law, by its delta method.

    var(cv) = cv^2 ((kurtosis - 1) / 4 - cv skewness + cv^2) / n, with kurtosis and skewness of the log-normal.
    """
    if cv == 0.0:
        return 0.0
    w = 1.0 + cv * cv
    skewness = (w + 2.0) * cv
    kurtosis = w**4 + 2 * w**3 + 3 * w**2 - 3.0
    return float(cv * np.sqrt(((kurtosis - 1.0) / 4.0 - cv * skewness + cv * cv) / count))
