"""From a mall's data to a calibrated scenario: fit, checks on days of its own, and the folder that tells all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.calibration import told
from sim.calibration.checks import held_out, predictive
from sim.calibration.data import Data
from sim.calibration.design import Count, days_at, measured
from sim.calibration.evidence import kinds_of
from sim.calibration.fitting import MASS, Emulated, Fit, Question, emulate, fit_to, next_box, point_of
from sim.calibration.priors import SOURCE, Prior, settings_at
from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.experiments.engines import Runner
from sim.experiments.replicate import Runs
from sim.experiments.study_folder import facts_of, study
from sim.random_streams import stream_key, uniforms
from sim.reporting.files import plain, write_atomically, write_json
from sim.reporting.manifest import galleria_version

RESULT = "calibration.json"
SCHEMA_VERSION = 1
CORRELATED = 0.8  # of two parameters' draws: the data tell their combination rather than each
DAYS_LEAST = 3  # fewer say nothing of what is chance
DRAWS_KEPT = 1000  # in posterior.csv


@dataclass(frozen=True)
class Options:
    """How much work a calibration takes."""

    points: int = 512  # settings of the design, a day each
    waves: int = 1  # designs, each within where the one before has pointed
    check_days: int = 24  # simulated for each of the checks at the end


def calibrate(
    config: RunConfig, priors: Sequence[Prior], data: Data, out: Path, options: Options, runner: Runner, base: Mapping[str, Any],
    count: Count | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Fit the parameters to the data and write calibration.json, calibration.md, calibrated.yaml and posterior.csv; return the first.

    `base` is what calibrated.yaml starts from, as a scenario file has it. A second call with the same folder makes only the days that
    are missing. Raises ConfigError, before any day, for too few days or settings that the schema's rules refuse; EngineError where days
    fail.
    """
    fit_dates, held_dates = data.split()
    if len(fit_dates) < DAYS_LEAST:
        problem = Problem("data", f"{len(data.days)} days", f"at least {DAYS_LEAST} days are needed", "give more days")
        raise ConfigError.of(SOURCE, [problem])
    question = Question(config, tuple(priors), tuple(fit_dates), options.points)
    observed, kinds = [data.days[date] for date in fit_dates], kinds_of(config, fit_dates)
    with study(out, "calibration", runner, {**facts_of([("scenario", config)]), "data_sha256": data.sha256}) as runs:
        box, days = None, 0
        for wave in range(1, options.waves + 1):
            emulated = emulate(question, runs, count, box, wave)
            found = fit_to(emulated, observed, kinds, config.seed, f"wave {wave}")
            box, days = next_box(found), days + emulated.days
        point = point_of(found, emulated, priors)
        record: dict[str, Any] = {
            "schema": SCHEMA_VERSION,
            "scenario": config.name,
            "version": galleria_version(),
            "data": {
                "sha256": data.sha256, "files": list(data.files), "days": len(data.days), "first": data.dates[0], "last": data.dates[-1],
                "days_fitted": len(fit_dates), "days_held_out": len(held_dates), "records": data.intake,
            },
            "points": options.points,
            "waves": options.waves,
            "simulated_days": days,
            "parameters": _parameters(priors, found, point),
            "together": _together(priors, found),
            "off": found.off,
            "r_hat": found.r_hat,
            "summaries": _summaries(emulated, found),
            "left_out": dict(found.chosen.left_out),
            **_checks(config, priors, data, found, point, options, runs, count),
        }  # fmt: skip
        _write(out, config, plain(record), priors, found, base)
    return dict(plain(record))


def _parameters(priors: Sequence[Prior], found: Fit, point: np.ndarray) -> list[dict[str, Any]]:
    interval, widths, is_told = found.interval(), found.widths(), found.is_told()
    return [
        {
            "key": prior.key,
            "before": prior.base,
            "after": prior.value_at(float(point[number])) if is_told[number] or _is_moved(prior, point[number]) else prior.base,
            "median": prior.value_at(float(np.median(found.draws[:, number]))),
            "low": prior.value_at(float(interval[number, 0])),
            "high": prior.value_at(float(interval[number, 1])),
            "width_share": float(widths[number]),
            "is_told": bool(is_told[number]),
            "prior": prior.facts(),
        }
        for number, prior in enumerate(priors)
    ]


def _is_moved(prior: Prior, share: float) -> bool:
    """Say whether a share is another than the scenario's value, by more than the rounding of values."""
    return abs(prior.share_of(prior.base) - float(share)) > 1e-4


def _together(priors: Sequence[Prior], found: Fit) -> list[dict[str, Any]]:
    """Return the pairs of parameters of which the data tell a combination only."""
    correlations = np.corrcoef(found.draws, rowvar=False).reshape(len(priors), -1)
    return [
        {"one": priors[one].key, "other": priors[other].key, "correlation": float(correlations[one, other])}
        for one in range(len(priors))
        for other in range(one + 1, len(priors))
        if abs(correlations[one, other]) > CORRELATED
    ]


def _summaries(emulated: Emulated, found: Fit) -> list[dict[str, Any]]:
    of = {name: number for number, name in enumerate(emulated.emulator.names)}
    return [
        {
            "summary": name,
            "told_share": float(emulated.emulator.told_share[of[name]]),
            "missed": float(emulated.emulator.missed[of[name]]),
            "is_used": name in found.chosen.used,
        }
        for name in emulated.emulator.names
    ]


def _checks(
    config: RunConfig, priors: Sequence[Prior], data: Data, found: Fit, point: np.ndarray, options: Options, runs: Runs,
    count: Count | None,
) -> dict[str, Any]:  # fmt: skip
    """Simulate days at draws of the posterior, and on the days held out before and after; return what they say."""
    fit_dates, held_dates = data.split()
    number = options.check_days
    picks = (uniforms(stream_key(config.seed, "calibration draws"), np.arange(number), 0) * len(found.draws)).astype(np.int64)
    drawn = [settings_at(priors, row) for row in found.draws[picks].tolist()]
    after = [settings_at(priors, point.tolist())] * number
    jobs = days_at(config, drawn, fit_dates, "posterior")
    if held_dates:
        jobs |= days_at(config, [{}] * number, held_dates, "held before", "held")
        jobs |= days_at(config, after, held_dates, "held after", "held")
    days = measured(runs, jobs, count)
    names = list(found.chosen.used)

    def of(purpose: str) -> list[dict[str, Any]]:
        return [days[key] for key in sorted(days) if key[0] == purpose]

    result: dict[str, Any] = {"predictive": predictive(names, [data.days[date] for date in fit_dates], of("posterior"))}
    if held_dates:
        result["held_out"] = held_out(names, [data.days[date] for date in held_dates], of("held before"), of("held after"))
    return result


def _write(
    out: Path, config: RunConfig, record: Mapping[str, Any], priors: Sequence[Prior], found: Fit, base: Mapping[str, Any]
) -> None:
    write_json(out / RESULT, record)
    write_atomically(out / "calibration.md", told.page(record))
    write_atomically(out / "calibrated.yaml", told.scenario(record, base, MASS))
    every = max(len(found.draws) // DRAWS_KEPT, 1)
    rows = [",".join(prior.key for prior in priors)]
    rows += [",".join(f"{value:g}" for value in settings_at(priors, row).values()) for row in found.draws[::every].tolist()]
    write_atomically(out / "posterior.csv", "\n".join(rows) + "\n")
