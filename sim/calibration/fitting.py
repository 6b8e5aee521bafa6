"""One wave of a fit: days simulated over a box of settings, an emulator of them, checked at settings it has not seen, and chains over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.calibration.design import Count, days_at, measured, refuse_impossible, shares_of
from sim.calibration.emulator import Emulator, fit
from sim.calibration.evidence import Chosen, evidence_of, kinds_of, known_in, usable
from sim.calibration.posterior import Likelihood, Posterior, best_of, posterior_of
from sim.calibration.priors import Prior, settings_at
from sim.calibration.scales import table_of
from sim.config import RunConfig
from sim.experiments.replicate import Runs
from sim.feeds.summaries import Value
from sim.random_streams import stream_key, uniforms

CHECK_DAYS = 8  # of each setting at which the emulator is tried: fewer, and chance would hide what it misses
CHECK_SHARE = 0.25  # of the design's days, spent on that
CHECK_SETTINGS_LEAST = 4
BOX_MARGIN = 0.25  # of the range of the draws, by which the next wave's box is wider on each side
TOLD_WIDTH = 1 / 3  # of the prior's own 90 % interval; a parameter whose interval is wider than that the data do not tell
MASS = 0.9


@dataclass(frozen=True)
class Question:
    """What is fitted, and on which dates days are simulated."""

    config: RunConfig
    priors: tuple[Prior, ...]
    dates: tuple[str, ...]
    points: int = 512  # settings of the design


@dataclass(frozen=True)
class Emulated:
    """An emulator with the box of settings that it is good for, as shares of the priors."""

    emulator: Emulator
    box: np.ndarray  # [parameter, 2]
    points: np.ndarray  # [setting, parameter], the design, as shares of the box
    left_out: Mapping[str, str]  # summaries that cannot be emulated, and why
    days: int  # that were simulated for it

    def shares(self, inside: np.ndarray) -> np.ndarray:
        """Return shares of the priors of shares of the box."""
        found: np.ndarray = self.box[:, 0] + inside * (self.box[:, 1] - self.box[:, 0])
        return found


@dataclass(frozen=True)
class Fit:
    """What the data leave of the priors; draws are shares of the priors."""

    draws: np.ndarray  # [draw, parameter]
    chosen: Chosen
    off: float  # how far the data stand from the best setting, per summary: about 1 where the model can do what the mall does
    r_hat: float
    likelihood: Likelihood  # of shares of the box
    inside: Posterior  # draws as shares of the box

    def interval(self) -> np.ndarray:
        """Return the 90 % interval of each parameter, as shares, [parameter, 2]."""
        found: np.ndarray = np.quantile(self.draws, [(1 - MASS) / 2, (1 + MASS) / 2], axis=0).T
        return found

    def widths(self) -> np.ndarray:
        """Return how wide the intervals are over the prior's own, [parameter]."""
        found: np.ndarray = np.diff(self.interval(), axis=1)[:, 0] / MASS
        return found

    def is_told(self) -> np.ndarray:
        """Return of which parameters the data tell, [parameter]."""
        found: np.ndarray = self.widths() <= TOLD_WIDTH
        return found


def emulate(question: Question, runs: Runs, count: Count | None, box: np.ndarray | None = None, wave: int = 1) -> Emulated:
    """Simulate the days of a design and fit them; raises ConfigError, before any day, for settings that the schema's rules refuse."""
    config, priors = question.config, question.priors
    whole = np.tile([0.0, 1.0], (len(priors), 1)) if box is None else box
    points = shares_of(config.seed, len(priors), question.points)
    key = stream_key(config.seed, f"calibration check of wave {wave}")
    settings_tried = max(round(CHECK_SHARE * question.points / CHECK_DAYS), CHECK_SETTINGS_LEAST)
    tried = uniforms(key, np.arange(settings_tried * len(priors)), 0).reshape(settings_tried, len(priors))

    def settings(inside: np.ndarray) -> list[dict[str, float | int]]:
        return [settings_at(priors, row) for row in (whole[:, 0] + inside * (whole[:, 1] - whole[:, 0])).tolist()]

    refuse_impossible(config, settings(np.vstack([points, tried])))
    repeated = np.repeat(tried, CHECK_DAYS, axis=0)
    names = (f"wave {wave}", f"check of wave {wave}")
    jobs = days_at(config, settings(points), question.dates, names[0])
    found = measured(runs, jobs | days_at(config, settings(repeated), question.dates, names[1]), count)
    made = [number for purpose, number in sorted(found) if purpose == names[0]]
    days = [found[names[0], number] for number in made]
    kinds = np.array(kinds_of(config, question.dates))
    chosen = known_in(days)
    emulator = fit(chosen.used, points[made], kinds[np.array(made) % len(kinds)], table_of(days, chosen.used))
    again = [found.get((names[1], number), {}) for number in range(len(repeated))]
    which = kinds[np.arange(len(repeated)) % len(kinds)]
    emulator = emulator.checked(repeated, which, table_of(again, chosen.used), CHECK_DAYS)
    return Emulated(emulator, whole, points[made], chosen.left_out, len(found))


def fit_to(emulated: Emulated, data: Sequence[Mapping[str, Value]], kinds: Sequence[bool], seed: int, purpose: str) -> Fit:
    """Return what some days leave of the priors."""
    chosen = usable(emulated.emulator, emulated.points, data, kinds)
    emulator = emulated.emulator.only(chosen.used)
    evidence = evidence_of(data, kinds, chosen.used)
    start = shares_of(seed, emulated.points.shape[1], 8192)
    inside, likelihood = posterior_of(emulator, evidence, start, seed, purpose)
    best = best_of(likelihood, inside, {})
    draws = emulated.shares(inside.draws)
    left_out = {**emulated.left_out, **chosen.left_out}
    return Fit(draws, Chosen(chosen.used, left_out), float(likelihood.offs(best[None, :])[0]), inside.r_hat, likelihood, inside)


def next_box(found: Fit) -> np.ndarray:
    """Return the box of the next wave: where the draws lie, and a quarter more on each side, within the priors."""
    low, high = found.draws.min(axis=0), found.draws.max(axis=0)
    margin = BOX_MARGIN * (high - low)
    return np.clip(np.column_stack([low - margin, high + margin]), 0.0, 1.0)


def point_of(found: Fit, emulated: Emulated, priors: Sequence[Prior]) -> np.ndarray:
    """Return the setting to go on with, as shares: what the data tell at its likeliest, the rest as the scenario has it.

    A parameter that the data do not tell stays where it was, or goes to the nearer end of its interval where it lay outside.
    """
    interval, is_told = found.interval(), found.is_told()
    low, size = emulated.box[:, 0], emulated.box[:, 1] - emulated.box[:, 0]
    held = {}
    for number, prior in enumerate(priors):
        if not is_told[number]:
            share = min(max(prior.share_of(prior.base), interval[number, 0]), interval[number, 1])
            held[number] = float((share - low[number]) / size[number])
    return emulated.shares(best_of(found.likelihood, found.inside, held))
