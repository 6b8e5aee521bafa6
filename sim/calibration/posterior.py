"""What the data leave of the priors: days measured against days emulated, sampled by chains that learn their steps from each other."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize
from scipy.special import ndtri

from sim.calibration.emulator import Emulator, plain_terms
from sim.random_streams import stream_key, uniforms

CHAINS = 128
STEPS = 800  # of each chain; the first half is forgotten
LONGEST = 4  # times STEPS, where the chains do not agree yet
AGREED = 1.05  # R-hat (Gelman & Rubin 1992) below which they do
KEPT = 4000  # draws
JUMP_EVERY = 10  # a full difference instead of a scaled one, which gets from one mode to another (ter Braak 2006)
CAUGHT = 2.0  # ranges between quartiles below the lower one, beyond which a chain's logarithm is that of one that is caught
JITTER = 1e-4
COOLED = 0.25  # share of the steps in which the likelihood counts more and more, so that chains find their way from all over the prior
HOTTEST = 0.002  # of the likelihood, at the first step
SETTINGS_ENOUGH = 512  # for the mean of the emulator's error
OFF_MOST = 1.5  # squared distance per summary from the likeliest setting; what is beyond widens all intervals


@dataclass(frozen=True)
class Evidence:
    """Means of the days of each kind, [kind, summary], on the summaries' scales, with the number of days."""

    means: np.ndarray
    days: tuple[int, ...]
    kinds: tuple[bool, ...]  # whether like a weekend


@dataclass(frozen=True)
class Posterior:
    """Draws of the parameters as shares of their priors, [draw, parameter]."""

    draws: np.ndarray
    r_hat: float  # the largest of all parameters
    accepted_share: float

    def interval(self, mass: float = 0.9) -> np.ndarray:
        """Return the ends that leave the same mass on both sides, [parameter, 2]."""
        found: np.ndarray = np.quantile(self.draws, [(1 - mass) / 2, (1 + mass) / 2], axis=0).T
        return found

    def correlations(self) -> np.ndarray:
        """Return those of the draws, [parameter, parameter]."""
        found: np.ndarray = np.corrcoef(self.draws, rowvar=False).reshape(self.draws.shape[1], -1)
        return found


class Likelihood:
    """How likely the days are under settings: normal about the emulated mean, with the scatter of days and the emulator's own error."""

    def __init__(self, emulator: Emulator, evidence: Evidence, near: np.ndarray) -> None:
        """`near` are settings, as shares, where the emulator's error is asked for: [setting, parameter]."""
        luck, rest = emulator.unsure(near, evidence.kinds)
        kinds = range(len(evidence.kinds))
        roots = _roots(luck)
        blocks = [
            [
                emulator.correlation * (roots[:, one] @ roots[:, other].T)
                + np.diag(rest[one, other] + emulator.missed)
                + (emulator.correlation / evidence.days[one] if one == other else 0.0)
                for other in kinds
            ]
            for one in kinds
        ]
        self._factor = np.linalg.cholesky(np.block(blocks))
        of = [emulator.for_kind(kind) for kind in evidence.kinds]
        self._mean, self._scatter = (np.vstack([each[which] for each in of]).T for which in (0, 1))
        self._data = evidence.means.reshape(-1)
        self._wide = 1.0

    def widened(self, off: float) -> Likelihood:
        """Return it with all variances multiplied, for a model that cannot do what the mall does."""
        found = copy.copy(self)
        found._wide = max(off / OFF_MOST, 1.0)
        return found

    def log(self, shares: np.ndarray) -> np.ndarray:
        """Return the logarithm of the likelihood at settings, up to a constant, [setting]."""
        squares, logs = self._apart(shares)
        found: np.ndarray = -0.5 * squares / self._wide - logs
        return found

    def offs(self, shares: np.ndarray) -> np.ndarray:
        """Return the squared distance of the data from what is emulated at settings, per summary, [setting]: about 1 where all is well."""
        found: np.ndarray = self._apart(shares)[0] / self._data.size
        return found

    def _apart(self, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the squared distance of the data from each setting, and the logarithm of the size of the scatter there."""
        terms = plain_terms(shares)
        logs = terms[:, : self._scatter.shape[0]] @ self._scatter
        off = (self._data - terms @ self._mean) * np.exp(-logs)
        white = solve_triangular(self._factor, off.T, lower=True, check_finite=False)
        return (white**2).sum(axis=0), logs.sum(axis=1)


def posterior_of(
    emulator: Emulator, evidence: Evidence, start: np.ndarray, seed: int, purpose: str
) -> tuple[Posterior, Likelihood]:
    """Return draws of the posterior under priors even over the unit cube, and its likelihood; `start` are settings, [setting, parameter].

    Two passes: the first with the emulator's error as it is over the whole prior, the second with what it is where the data point to.
    Where even the likeliest setting is further off than chance has it, the model cannot do what the mall does, and intervals are widened.
    """
    likelihood = Likelihood(emulator, evidence, start[:SETTINGS_ENOUGH])
    first = _sampled(likelihood, start, seed, f"{purpose} first", STEPS // 2)
    near = first.draws[:: max(len(first.draws) // 500, 1)]
    likelihood = Likelihood(emulator, evidence, near)
    likelihood = likelihood.widened(float(likelihood.offs(near).min()))
    steps = STEPS
    while True:
        found = _sampled(likelihood, start, seed, purpose, steps)
        if found.r_hat < AGREED or steps >= LONGEST * STEPS:
            return found, likelihood
        steps *= 2


def best_of(likelihood: Likelihood, found: Posterior, held: dict[int, float]) -> np.ndarray:
    """Return the likeliest setting, as shares, with some parameters held at given shares: {parameter: share}."""
    free = [number for number in range(found.draws.shape[1]) if number not in held]
    if not free:
        return np.array([held[number] for number in range(found.draws.shape[1])])

    def whole(shares: np.ndarray) -> np.ndarray:
        point = np.empty(found.draws.shape[1])
        point[free] = shares
        for number, share in held.items():
            point[number] = share
        return point

    tried = np.array([whole(row[free]) for row in found.draws[:: max(len(found.draws) // 400, 1)]])
    begin = tried[int(np.argmax(likelihood.log(tried)))][free]
    solved = minimize(
        lambda shares: -float(likelihood.log(whole(shares)[None, :])[0]), begin, method="L-BFGS-B", bounds=[(0.0, 1.0)] * len(free)
    )  # fmt: skip
    return whole(solved.x)


def _sampled(likelihood: Likelihood, start: np.ndarray, seed: int, purpose: str, steps: int) -> Posterior:
    """Sample by differential evolution (ter Braak 2006, Statistics and Computing 16:239), one half of the chains moved by the other."""
    parameters = start.shape[1]
    logs = likelihood.log(start)
    best = np.argsort(-logs, kind="stable")[:CHAINS]
    chains, now = start[best].copy(), logs[best].copy()
    key = stream_key(seed, f"calibration chains {purpose}")
    half, entities = CHAINS // 2, np.arange(CHAINS // 2 * (parameters + 3))
    kept, accepted = [], 0
    for step in range(steps):
        for side in (0, 1):
            mine, others = slice(side * half, (side + 1) * half), chains[(1 - side) * half : (2 - side) * half]
            draw = uniforms(key, entities, 2 * step + side).reshape(half, parameters + 3)
            one = (draw[:, 0] * half).astype(np.int64)
            other = (one + 1 + (draw[:, 1] * (half - 1)).astype(np.int64)) % half
            scale = 1.0 if step % JUMP_EVERY == 0 else 2.38 / np.sqrt(2 * parameters)
            wanted = chains[mine] + scale * (others[one] - others[other]) + JITTER * ndtri(draw[:, 3:])
            wanted = 1.0 - np.abs(1.0 - np.abs(wanted) % 2.0)  # reflected at the ends of the prior, which keeps steps symmetric
            then = likelihood.log(wanted)
            moves = np.log(draw[:, 2]) < (then - now[mine]) * min(HOTTEST ** (1 - step / (COOLED * steps)), 1.0)
            chains[mine] = np.where(moves[:, None], wanted, chains[mine])
            now[mine] = np.where(moves, then, now[mine])
            accepted += int(moves.sum())
        if COOLED * steps < step < steps // 2 and step % JUMP_EVERY == 0:
            _take_stragglers_along(chains, now)
        if step >= steps // 2:
            kept.append(chains.copy())
    stayed = np.array(kept)  # [step, chain, parameter]
    every = max(len(stayed) * CHAINS // KEPT, 1)
    return Posterior(stayed[::every].reshape(-1, parameters), _r_hat(stayed), accepted / (steps * CHAINS))


def _take_stragglers_along(chains: np.ndarray, logs: np.ndarray) -> None:
    """Put chains that are caught where nothing is likely beside the likeliest others; only in steps that are forgotten (Vrugt 2009)."""
    low, high = np.quantile(logs, (0.25, 0.75))
    caught = np.flatnonzero(logs < low - CAUGHT * (high - low))
    best = np.argsort(-logs, kind="stable")[: caught.size]
    chains[caught], logs[caught] = chains[best], logs[best]


def _roots(covariances: np.ndarray) -> np.ndarray:
    """Return square roots of matrices, [kind, kind, summary], as [summary, kind, kind]; what is below zero by rounding is none."""
    sizes, directions = np.linalg.eigh(np.moveaxis(covariances, 2, 0))
    found: np.ndarray = (directions * np.sqrt(np.maximum(sizes, 0.0))[:, None, :]) @ np.swapaxes(directions, 1, 2)
    return found


def _r_hat(chains: np.ndarray) -> float:
    """Return the largest ratio of the spread of all draws to that within chains, each cut in two."""
    halves = np.concatenate(np.array_split(chains[: len(chains) // 2 * 2], 2, axis=0), axis=1)
    length = len(halves)
    within = halves.var(axis=0, ddof=1).mean(axis=0)
    between = length * halves.mean(axis=0).var(axis=0, ddof=1)
    pooled = (length - 1) / length * within + between / length
    return float(np.sqrt(pooled / np.maximum(within, 1e-300)).max())
