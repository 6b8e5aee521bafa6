"""The identical twin: months simulated at known settings are given to the calibration, which must find those settings again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.calibration.design import Count, days_at, measured, truths_of
from sim.calibration.evidence import kinds_of
from sim.calibration.fitting import MASS, Emulated, Fit, Question, emulate, fit_to
from sim.calibration.priors import Prior, settings_at
from sim.config import RunConfig
from sim.experiments.engines import Key, Runner
from sim.experiments.replicate import Runs
from sim.experiments.study_folder import facts_of, study
from sim.reporting.files import plain, write_json

RESULT = "trials.json"
MONTH_DAYS = 28
COVERED_LEAST = 0.8  # of the trials, for each parameter


def recover(question: Question, trials: int, out: Path, runner: Runner, count: Count | None = None) -> dict[str, Any]:
    """Draw settings from the prior, simulate a month at each, fit each with one emulator for all, and write trials.json.

    Settings are drawn by address: more trials leave the first as they are. A second call with the same folder makes only the missing days.
    """
    priors, config = question.priors, question.config
    truths = truths_of(config.seed, len(priors), trials)
    kinds = kinds_of(config, question.dates)
    with study(out, "calibration trials", runner, facts_of([("scenario", config)])) as runs:
        emulated = emulate(question, runs, count)
        months = _months(question, truths, runs, count)
        fits = []
        for trial, days in enumerate(months, 1):
            fits.append(fit_to(emulated, days, kinds, config.seed, f"trial {trial}"))
        found = plain(told_of(priors, truths, fits, emulated, len(question.dates)))
        write_json(out / RESULT, found)
    return dict(found)


def told_of(priors: Sequence[Prior], truths: np.ndarray, fits: Sequence[Fit], emulated: Emulated, days: int) -> dict[str, Any]:
    """Return how often each parameter's true value lay in its interval, how wide that was, and how often the data were said to tell it."""
    intervals = np.array([each.interval() for each in fits])
    is_covered = (truths >= intervals[:, :, 0]) & (truths <= intervals[:, :, 1])
    widths, is_told = np.array([each.widths() for each in fits]), np.array([each.is_told() for each in fits])
    rows = [
        {
            "key": prior.key,
            "prior": prior.facts(),
            "covered_share": float(is_covered[:, number].mean()),
            "told_share": float(is_told[:, number].mean()),
            "width_share_median": float(np.median(widths[:, number])),
        }
        for number, prior in enumerate(priors)
    ]
    return {
        "trials": len(fits),
        "days": days,
        "design_days": emulated.days,
        "mass": MASS,
        "covered_share": float(is_covered.mean()),
        "covered_share_of_told": float(is_covered[is_told].mean()) if is_told.any() else None,
        "told_share": float(is_told.mean()),
        "width_share_of_told_most": float(widths[is_told].max()) if is_told.any() else None,
        "parameters": rows,
        "r_hat_most": max(each.r_hat for each in fits),
        "off_mean": float(np.mean([each.off for each in fits])),
        "each": [
            {
                "trial": trial + 1,
                "truth": settings_at(priors, truths[trial].tolist()),
                "low": settings_at(priors, intervals[trial, :, 0].tolist()),
                "high": settings_at(priors, intervals[trial, :, 1].tolist()),
                "is_told": is_told[trial].tolist(),
                "off": each.off,
            }
            for trial, each in enumerate(fits)
        ],
    }


def _months(question: Question, truths: np.ndarray, runs: Runs, count: Count | None) -> list[list[dict[str, Any]]]:
    """Return the measured days of each trial; a day that failed twice is missing from all, so that the kinds of days stay in step."""
    jobs: dict[Key, RunConfig] = {}
    for trial, row in enumerate(truths.tolist(), 1):
        same = [settings_at(question.priors, row)] * len(question.dates)
        jobs |= days_at(question.config, same, question.dates, f"trial {trial}")
    days = measured(runs, jobs, count)
    return [
        [dict(days.get((f"trial {trial}", day), {})) for day in range(len(question.dates))]
        for trial in range(1, len(truths) + 1)
    ]
