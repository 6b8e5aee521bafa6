"""One verified case: theory, measurement, interval, the rule that was agreed beforehand, and the verdict."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.stats import t as student

Record = dict[str, Any]
PASS, FAIL, INFO = "pass", "fail", "info"  # info: measured and shown, with nothing to hold it against


def record(
    case: str, unit: str, reference: float | None, measured: float | None, verdict: str, rule: str,
    half_width: float | None = None, **more: Any,
) -> Record:  # fmt: skip
    """Return a record; family and parameters are added where the family is run. NaN and infinity become null."""
    numbers = {"reference": reference, "measured": measured, "half_width": half_width}
    return {
        "case": case,
        "unit": unit,
        **{key: _number(value) for key, value in numbers.items()},
        "verdict": verdict,
        "rule": rule,
        **more,
    }


def _number(value: float | None) -> float | int | None:
    if value is None or not math.isfinite(value):
        return None
    return int(value) if isinstance(value, int | np.integer) else float(value)


def verdict_of(holds: bool) -> str:
    """Return the word for a claim that holds or does not."""
    return PASS if holds else FAIL


def near(case: str, unit: str, reference: float, measured: float, tolerance: float, **more: Any) -> Record:
    """Return a record that passes when the measured value is within a fixed tolerance of the reference."""
    holds = abs(measured - reference) <= tolerance
    return record(case, unit, reference, measured, verdict_of(holds), f"within {tolerance:g} {unit} of the reference", **more)


def between(case: str, unit: str, reference: float | None, measured: float, low: float, high: float, **more: Any) -> Record:
    """Return a record that passes when low <= measured <= high."""
    return record(
        case, unit, reference, measured, verdict_of(low <= measured <= high), f"from {low:g} to {high:g} {unit}", **more
    )


def at_most(case: str, unit: str, limit: float, measured: float, **more: Any) -> Record:
    """Return a record that passes when the measured value does not exceed the limit, which is its reference."""
    return record(case, unit, limit, measured, verdict_of(measured <= limit), "not above the reference", **more)


def at_least(case: str, unit: str, limit: float, measured: float, **more: Any) -> Record:
    """Return a record that passes when the measured value does not fall short of the limit, which is its reference."""
    return record(case, unit, limit, measured, verdict_of(measured >= limit), "not below the reference", **more)


def equal(case: str, unit: str, reference: float, measured: float, **more: Any) -> Record:
    """Return a record that passes only when both are the same number."""
    return record(case, unit, reference, measured, verdict_of(measured == reference), "exactly the reference", **more)


def if_saturated(found: Record, busy_s: float, walk_s: float) -> Record:
    """Return the record, or only show it where walking there takes longer than a third of the time that the door is busy at capacity."""
    is_too_much = found["unit"].startswith("people") and (found["measured"] or 0.0) > found["reference"]
    if busy_s >= 3.0 * walk_s or is_too_much:
        return found
    return {**found, "verdict": INFO, "note": "too few people to saturate it, so its capacity does not show"}


STANDARD_ERRORS = 4.9  # two-sided false-alarm rate 3e-5 with 29 degrees of freedom, 1e-4 with 19 (Student t)
FALSE_ALARM = 1e-4  # with fewer samples than 20 the limit is wider, so that it is not more often false
PRECISE_SHARE = 0.02  # a standard error above this share of the reference tells too little to say that something holds


def estimated(case: str, unit: str, reference: float | None, samples: np.ndarray, **more: Any) -> Record:
    """Return a record of a mean of independent samples (replications or batch means), with its 95 % half width.

    Fails beyond 4.9 standard errors of the reference; passes when it is not beyond and the standard error is at most 2 % of the
    reference; otherwise the run was too short to tell.
    """
    samples = samples[np.isfinite(samples)]
    mean, error = (float(samples.mean()), standard_error(samples)) if samples.size > 1 else (math.nan, math.nan)
    half_width = error * float(student.ppf(0.975, samples.size - 1)) if samples.size > 1 else math.nan
    rule = f"within {STANDARD_ERRORS} standard errors of the reference, and these at most {100 * PRECISE_SHARE:g} % of it"
    if reference is None or not math.isfinite(mean):
        return record(case, unit, reference, mean, INFO, "no closed form to hold it against", half_width, **more)
    limit = max(STANDARD_ERRORS, float(student.isf(FALSE_ALARM / 2, samples.size - 1)))
    if abs(mean - reference) > limit * error + 1e-9 * abs(reference):
        verdict = FAIL
    elif error <= PRECISE_SHARE * abs(reference):
        verdict = PASS
    else:
        verdict = INFO
        more["note"] = (
            f"too short to tell: the standard error is {100 * error / max(abs(reference), 1e-300):.2g} % of the reference"
        )
    return record(case, unit, reference, mean, verdict, rule, half_width, **more)


def standard_error(samples: np.ndarray) -> float:
    """Return the standard error of the mean of independent samples."""
    return float(samples.std(ddof=1) / math.sqrt(samples.size))


def counted(case: str, unit: str, trials: int, share: float, found: int, false_alarm: float = 1e-6) -> Record:
    """Return a record of a binomial count against its share: normal band of the stated two-sided false-alarm rate."""
    from scipy.stats import norm

    error = math.sqrt(share * (1 - share) / trials)
    limit = float(norm.isf(false_alarm / 2))
    holds = abs(found / trials - share) <= limit * error
    rule = f"within {limit:.2f} standard errors of the reference (false alarm {false_alarm:g})"
    return record(case, unit, share, found / trials, verdict_of(holds), rule, 1.96 * error, trials=trials)
