"""Comparisons that stop by themselves: how often the interval holds the truth when its number of pairs was chosen by its spread."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri
from scipy.stats import norm

from sim.experiments.paired import CONFIDENCE, paired_difference
from sim.experiments.precision import needed
from sim.random_streams import stream_key, uniforms
from sim.verification.records import INFO, Record, record, verdict_of

FALSE_ALARM = 1e-4
FIRST = 10
WANTED = 0.3  # of the spread of a difference: takes about 43 pairs where the spread is known
PAIRS_MAX = 400
SKEW_SIGMA = 0.5  # of a log-normal, skewness 1.75


def stops(comparisons: int, seed: int) -> list[Record]:
    """Return the cover of intervals after stopping: it must not fall short of 95 % for normal differences; for skewed ones it is shown."""
    found = []
    for law in ("normal", "skewed"):
        held, numbers = 0, []
        for comparison in range(comparisons):
            values = _differences(law, seed, comparison)
            low, high, done = stopped(values)
            held += low <= 0.0 <= high
            numbers.append(done)
        cover = held / comparisons
        error = math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / comparisons)
        limit = CONFIDENCE - float(norm.isf(FALSE_ALARM)) * error
        verdict = verdict_of(cover >= limit) if law == "normal" else INFO
        found.append(
            record(
                f"until: cover of the 95 % interval of {law} differences, first stage {FIRST}, {np.mean(numbers):.0f} pairs on average",
                "share",
                CONFIDENCE,
                cover,
                verdict,
                f"not below the reference by more than chance (false alarm {FALSE_ALARM:g})" if verdict != INFO else "shown",
                1.96 * error,
                quantity=f"stopped_cover_{law}",
            )
        )
    return found


def stopped(differences: np.ndarray) -> tuple[float, float, int]:
    """Return the interval at which a comparison of these differences stops, and how many it took (at most all of them)."""
    values, done = differences.tolist(), FIRST
    while True:
        result = paired_difference([0.0] * done, values[:done], FIRST)
        assert result.ci_low is not None
        assert result.ci_high is not None
        wanted = min(needed(result.half_width, WANTED, done) or done, len(values))
        if wanted == done:
            return result.ci_low, result.ci_high, done
        done = wanted


def _differences(law: str, seed: int, comparison: int) -> np.ndarray:
    """Return differences of mean 0 and standard deviation 1."""
    draws = ndtri(uniforms(stream_key(seed, f"stopping {law}"), np.full(PAIRS_MAX, comparison), np.arange(PAIRS_MAX)))
    if law == "normal":
        return np.asarray(draws)
    square = math.exp(SKEW_SIGMA**2)
    return np.asarray((np.exp(SKEW_SIGMA * draws) - math.sqrt(square)) / math.sqrt(square * (square - 1)))
