"""The days that a calibration simulates: settings spread evenly over the priors, and more days of one setting wherever they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.stats import qmc

from sim.calibration.days import SUMMARIES, to_measure
from sim.calibration.priors import SOURCE
from sim.config import RunConfig
from sim.errors import ConfigError, EngineError, Problem
from sim.experiments.engines import Key
from sim.experiments.parameter_ranges import refused, with_values
from sim.experiments.replicate import Failure, Runs
from sim.feeds.summaries import Value
from sim.random_streams import stream_key, uniforms

Count = Callable[[int, int], None]
Summaries = dict[str, Value]
FAILED_SHARE_MOST = 0.05  # of the days of a design; settings at the edge of what is possible may stop a run, and are left out
SEED_BITS = 62


def shares_of(seed: int, parameters: int, points: int) -> np.ndarray:
    """Return a scrambled Sobol sequence over the unit cube, [point, parameter]; its first points stay as they are when there are more."""
    sampler = qmc.Sobol(parameters, scramble=True, seed=int(stream_key(seed, "calibration design")) >> 1)
    return np.asarray(sampler.random_base2(max(points - 1, 1).bit_length())[:points])


def days_at(
    config: RunConfig, settings: Sequence[Mapping[str, float | int]], dates: Sequence[str], purpose: str, luck: str = ""
) -> dict[Key, RunConfig]:
    """Return the configurations of one day at each setting, on one date after another, each with a seed of its own.

    Seeds are addressed by `luck` and number, by default the purpose: two purposes with the same luck have the same days.
    """
    jobs = {}
    for number, values in enumerate(settings):
        seed = int(stream_key(config.seed, f"calibration {luck or purpose} {number}")) >> (64 - SEED_BITS)
        jobs[purpose, number] = to_measure(with_values(config, values), dates[number % len(dates)], seed)
    return jobs


def refuse_impossible(config: RunConfig, settings: Sequence[Mapping[str, float | int]]) -> None:
    """Raise ConfigError, before any run, for settings that the schema's rules refuse."""
    problems = list(refused(config, settings))
    if problems:
        raise ConfigError.of(SOURCE, problems)


def measured(runs: Runs, jobs: Mapping[Key, RunConfig], count: Count | None) -> dict[Key, Summaries]:
    """Return what each day measured, making those that the folder lacks; days that failed twice are left out.

    Raises EngineError where more failed than FAILED_SHARE_MOST.
    """
    found = runs.make_as_they_are(jobs, count)
    if len(found.failures) > FAILED_SHARE_MOST * len(jobs):
        raise EngineError.of(runs.folder, [_problem(failure) for failure in found.failures[:10]])
    return {key: dict(kpis[SUMMARIES]) for key, kpis in found.kpis.items()}


def truths_of(seed: int, parameters: int, trials: int) -> np.ndarray:
    """Return settings drawn from the prior, [trial, parameter], by address: those of a trial do not depend on how many there are."""
    key = stream_key(seed, "calibration truths")
    return np.array([uniforms(key, np.arange(parameters), trial) for trial in range(trials)])


def _problem(failure: Failure) -> Problem:
    way_out = "narrow the ranges with key:low:high; the other days are kept, and the same command goes on"
    return Problem(f"{failure.arm} {failure.replication}", failure.reason, "too many days failed twice", way_out)
