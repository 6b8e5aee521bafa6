"""Addressed draws against known answers, uniformity and independence of the words of an address."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import chi2, kstest, norm

from sim.random_streams import GOLDEN, draw_word, draw_words, exponential, mix, standard_normal, stream_key, uniform, uniforms
from sim.verification.parameters import SEED, Parameter, whole
from sim.verification.records import Record, at_least, at_most, equal

MEANING = "SplitMix64's known answers, uniformity, laws of the derived draws, and independence of an address's words"
PARAMETERS: dict[str, Parameter] = {
    "draws": whole(1_000_000, "draws looked at", 10_000, 50_000_000),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
# First outputs of SplitMix64 (Steele, Lea, Flood 2014), seed 1234567: the reference program of Vigna (prng.di.unimi.it), as quoted
# by Rosetta Code.
KNOWN_SEED = 1234567
KNOWN = (6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821)
CELLS = 256
FALSE_ALARM = 1e-6  # of each statistical case; the seed is fixed, so that it does not flicker


def run(values: dict[str, Any]) -> list[Record]:
    """Return known answers and statistics."""
    count, key = values["draws"], stream_key(values["seed"], "draws")
    numbers = np.arange(count)
    by_entity = uniforms(key, numbers, 0)
    by_count = uniforms(key, np.zeros(count, np.int64), numbers)
    by_key = uniforms(stream_key(values["seed"], "other draws"), numbers, 0)
    grid = uniforms(key, numbers // 1000, numbers % 1000)
    sample = min(count, 200_000)
    return [
        equal("first outputs of SplitMix64, seed 1234567", "right of 5", len(KNOWN), _known_answers()),
        equal("same bits in a kernel and in an array", "of 1,000", 1000, _same_bits(key)),
        _uniform("along the entity", by_entity),
        _uniform("along the count", by_count),
        _uniform("over entity and count", grid),
        _independent("next entities", by_entity[:-1], by_entity[1:]),
        _independent("next counts", by_count[:-1], by_count[1:]),
        _independent("entity and count", by_entity, by_count),
        _independent("two purposes", by_entity, by_key),
        _follows("exponential draws", np.array([exponential(key, number, 3) for number in range(sample // 10)]), "expon"),
        _follows("normal draws", np.array([standard_normal(key, number, 3) for number in range(sample // 10)]), "norm"),
        equal("addresses that share their bits", "of all looked at", 0, count - np.unique(draw_words(key, numbers, 5)).size),
        at_least("smallest draw, never 0", "", 2.0**-54, float(by_entity.min())),
        at_most("largest draw, never 1", "", 1.0 - 2.0**-54, float(by_entity.max())),
    ]


def _known_answers() -> int:
    """Return how many of the first outputs are right: state = seed + n golden, output = mix(state)."""
    with np.errstate(over="ignore"):
        states = [np.uint64(KNOWN_SEED) + np.uint64(step) * GOLDEN for step in range(1, len(KNOWN) + 1)]
        return sum(int(mix(state)) == answer for state, answer in zip(states, KNOWN, strict=True))


def _same_bits(key: np.uint64) -> int:
    with np.errstate(over="ignore"):
        words = draw_words(key, np.arange(1000), 7)
        inside = [int(draw_word(key, entity, 7)) for entity in range(1000)]
        values = uniforms(key, np.arange(1000), 7)
        return sum(
            int(a) == b and float(uniform(key, entity, 7)) == c
            for entity, (a, b, c) in enumerate(zip(words, inside, values, strict=True))
        )


def _uniform(case: str, draws: np.ndarray) -> Record:
    """Return a chi-square test over equal cells."""
    seen = np.bincount((draws * CELLS).astype(np.int64), minlength=CELLS)
    statistic = float(((seen - draws.size / CELLS) ** 2).sum() / (draws.size / CELLS))
    low, high = (float(chi2.ppf(level, CELLS - 1)) for level in (FALSE_ALARM / 2, 1 - FALSE_ALARM / 2))
    found = at_most(f"uniform {case}: chi-square of {CELLS} cells", "", high, statistic, false_alarm=FALSE_ALARM)
    return found if statistic >= low else {**found, "verdict": "fail", "rule": f"not below {low:.1f} either: too even"}


def _independent(case: str, one: np.ndarray, other: np.ndarray) -> Record:
    """Return the correlation of ranks in (0, 1); its standard error is 1 / sqrt(n) under independence."""
    limit = float(norm.isf(FALSE_ALARM / 2)) / np.sqrt(one.size)
    correlation = float(np.corrcoef(one, other)[0, 1])
    return at_most(f"correlation, {case}", "", float(limit), abs(correlation), false_alarm=FALSE_ALARM)


def _follows(case: str, draws: np.ndarray, law: str) -> Record:
    p_value = float(kstest(draws, law).pvalue)
    return at_least(f"{case}: Kolmogorov-Smirnov", "p", FALSE_ALARM, p_value, false_alarm=FALSE_ALARM)
