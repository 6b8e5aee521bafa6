"""A stand-in for the simulator that answers in microseconds: each summary of a day as a polynomial of the parameters, with its errors.

Legendre polynomials to the third degree and products of two parameters, with normal priors on the coefficients whose widths are found
from the data (MacKay 1992, Neural Computation 4:415; evidence), so that a hundred terms that do nothing cost nothing. What a day scatters
around it is fitted too: its size (which depends on the parameters: few bills scatter more) and how summaries scatter together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

ROUNDS = 40  # of the evidence; it has settled long before
SETTLED = 0.02  # the largest change of a logarithm of a width that ends them
REST_LEAST = 0.25  # of the days' freedom that counts as left over, so that few days are not taken for a perfect fit
CORRELATION_SHRUNK = 0.05  # towards none, which makes a matrix from few hundred days safe to invert
NOISE_RIDGE = 20.0  # how firmly the size of the scatter is held to one number unless the days say otherwise
_LOG_CHI2_MEAN = -1.2704  # of the logarithm of a squared standard normal
_WIDEST, _NARROWEST = 1e-8, 1e8  # precisions of coefficients


@dataclass(frozen=True)
class Emulator:
    """Polynomials fitted to a design; inputs are shares of the priors (0 to 1) and whether the day is like a weekend."""

    names: tuple[str, ...]  # summaries
    coefficients: np.ndarray  # [summary, term]
    spreads: np.ndarray  # [summary, term, term], covariance of the coefficients on the summary's scale
    lucks: (
        np.ndarray
    )  # [summary, term, term], the part of it that comes from the luck of the design's days; the rest from their fewness
    noise: np.ndarray  # [summary, 1 + parameters + 1], of the logarithm of the scatter's sd
    correlation: np.ndarray  # [summary, summary], of what summaries of one day scatter
    told_share: np.ndarray  # [summary], of the variance over the design, at days left out one at a time (Q2)
    missed: np.ndarray  # [summary], variance of what it misses everywhere, in units of the scatter's variance

    def only(self, names: Sequence[str]) -> Emulator:
        """Return the emulator of some of its summaries."""
        rows = [self.names.index(name) for name in names]
        return Emulator(
            tuple(names), self.coefficients[rows], self.spreads[rows], self.lucks[rows], self.noise[rows], self.correlation[np.ix_(rows, rows)],
            self.told_share[rows], self.missed[rows],
        )  # fmt: skip

    def checked(self, shares: np.ndarray, kinds: np.ndarray, values: np.ndarray, days: int) -> Emulator:
        """Return it with what it misses, from settings that it has not seen: `days` rows of each, one after another, [day, summary].

        At each setting the mean of the days stands off by its own scatter and by the known error of the polynomial; what is left is missed.
        That is a mean over few settings: one standard error is added, because intervals had better be too wide than too narrow.
        """
        mean, sd = (np.where(kinds[:, None], of(shares, True), of(shares, False)) for of in (self.mean, self.sd))
        off = ((values - mean) / sd).reshape(-1, days, len(self.names))
        known = np.isfinite(off).sum(axis=1)
        square = np.where(known > 0, np.nansum(off, axis=1) / np.maximum(known, 1), 0.0) ** 2
        both = np.array([1.0 - np.mean(kinds), np.mean(kinds)])
        unsure = np.einsum("ijs,i,j->s", sum(self.unsure(shares, (False, True))), both, both)
        missed = square - 1.0 / np.maximum(known, 1)
        error = missed.std(axis=0) / np.sqrt(len(missed))
        return dataclasses.replace(self, missed=np.maximum(missed.mean(axis=0) + error - unsure, 0.0))

    def mean(self, shares: np.ndarray, is_weekend: bool) -> np.ndarray:
        """Return the expected summaries on their scales, [setting, summary]."""
        found: np.ndarray = terms_of(shares, is_weekend) @ self.coefficients.T
        return found

    def sd(self, shares: np.ndarray, is_weekend: bool) -> np.ndarray:
        """Return the scatter of one day, [setting, summary]."""
        found: np.ndarray = np.exp(_noise_terms(shares, is_weekend) @ self.noise.T)
        return found

    def unsure(self, shares: np.ndarray, kinds: Sequence[bool]) -> tuple[np.ndarray, np.ndarray]:
        """Return the covariance of the means of kinds of days in units of their scatter, averaged over settings: [kind, kind, summary] each.

        The first part comes from the luck of the design's days, which summaries of one day share; the second from terms that too few days
        were there to find, each summary for itself. What two kinds differ by rests on fewer days than what they have in common.
        """
        terms = [terms_of(shares, kind) for kind in kinds]
        sd = [self.sd(shares, kind) for kind in kinds]

        def between(one: int, other: int, part: np.ndarray) -> np.ndarray:
            found: np.ndarray = ((terms[one] @ part) * terms[other]).sum(axis=2).T / (sd[one] * sd[other])
            return found.mean(axis=0)

        places = range(len(kinds))
        whole, luck = (
            np.array([[between(one, other, part) for other in places] for one in places]) for part in (self.spreads, self.lucks)
        )
        return luck, whole - luck

    def for_kind(self, is_weekend: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients of `plain_terms` for one kind of day: of the mean, and of the logarithm of the scatter, [summary, term]."""
        half, parameters = (0.5 if is_weekend else -0.5), self.noise.shape[1] - 2
        mean = np.delete(self.coefficients, 1, axis=1)[:, : -parameters or None].copy()
        mean[:, 0] += half * self.coefficients[:, 1]
        mean[:, 1 : 1 + parameters] += half * self.coefficients[:, -parameters:]
        scatter = self.noise[:, :-1].copy()
        scatter[:, 0] += half * self.noise[:, -1]
        return mean, scatter


def plain_terms(shares: np.ndarray) -> np.ndarray:
    """Return the terms that all kinds of days have, [setting, term]; the first 1 + parameters are those of the scatter."""
    x = 2.0 * np.atleast_2d(shares) - 1.0
    first, second = np.triu_indices(x.shape[1], 1)
    return np.hstack([np.ones((len(x), 1)), x, (3 * x**2 - 1) / 2, (5 * x**3 - 3 * x) / 2, x[:, first] * x[:, second]])


def terms_of(shares: np.ndarray, is_weekend: bool | np.ndarray) -> np.ndarray:
    """Return the terms of the polynomial, [setting, term]."""
    plain = plain_terms(shares)
    x = plain[:, 1 : 1 + np.atleast_2d(shares).shape[1]]
    kind = np.broadcast_to(np.where(is_weekend, 0.5, -0.5), len(x))[:, None]
    return np.hstack([plain[:, :1], kind, plain[:, 1:], kind * x])


def _groups(parameters: int) -> np.ndarray:
    """Return which terms share the width of a prior: of one degree."""
    pairs = parameters * (parameters - 1) // 2
    return np.repeat(np.arange(7), [1, 1, parameters, parameters, parameters, pairs, parameters])


def _noise_terms(shares: np.ndarray, is_weekend: bool | np.ndarray) -> np.ndarray:
    shares = np.atleast_2d(shares)
    kind = np.broadcast_to(np.where(is_weekend, 0.5, -0.5), len(shares))[:, None]
    return np.hstack([np.ones((len(shares), 1)), 2.0 * shares - 1.0, kind])


def fit(names: Sequence[str], shares: np.ndarray, is_weekend: np.ndarray, values: np.ndarray) -> Emulator:
    """Return the polynomials of a design: shares [day, parameter], is_weekend [day], values [day, summary] with nan for unknown."""
    terms, noise_terms = terms_of(shares, is_weekend), _noise_terms(shares, is_weekend)
    groups = _groups(shares.shape[1])
    coefficients, spreads, lucks, noises, told = [], [], [], [], []
    rests = np.zeros(values.shape)
    for summary in range(len(names)):
        known = np.isfinite(values[:, summary])
        y = values[known, summary]
        centre, size = float(y.mean()), max(float(y.std()), 1e-12)
        scatter = np.ones(y.size)
        noise = np.zeros(noise_terms.shape[1])
        precision = np.ones(groups.max() + 1)
        for _ in range(3):  # the scatter's size from what is left over, then the polynomial anew with days weighed by it
            weighed = terms[known] / scatter[:, None], (y - centre) / size / scatter
            found, spread, left_out, precision = _regress(*weighed, groups, precision)
            noise = _scatter(noise_terms[known], left_out * scatter)
            scatter = np.exp(noise_terms[known] @ noise)
        rests[known, summary] = left_out
        told.append(1.0 - float(np.mean((left_out * scatter) ** 2)))
        found = found * size
        found[0] += centre
        noise[0] += np.log(size)
        coefficients.append(found)
        spreads.append(spread * size**2)
        lucks.append(spread @ (weighed[0].T @ weighed[0]) @ spread * size**2)
        noises.append(noise)
    return Emulator(
        tuple(names), np.array(coefficients), np.array(spreads), np.array(lucks), np.array(noises), _correlation(rests), np.array(told), np.zeros(len(names))
    )  # fmt: skip


def _regress(
    terms: np.ndarray, y: np.ndarray, groups: np.ndarray, precision: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return coefficients, their covariance over the variance of the rest, what each day is off when left out, and the priors' precisions."""
    gram, moment = terms.T @ terms, terms.T @ y
    beta = 1.0
    size = np.bincount(groups)
    for _ in range(ROUNDS):
        factor = cho_factor(beta * gram + np.diag(precision[groups]))
        inverse = cho_solve(factor, np.eye(len(gram)))
        found = beta * (inverse @ moment)
        used = size - precision * np.bincount(groups, np.diag(inverse))
        before = precision
        precision = np.clip(used / np.maximum(np.bincount(groups, found**2), 1e-300), _WIDEST, _NARROWEST)
        precision[0] = _WIDEST
        rest = y - terms @ found
        beta = max(y.size - float(used.sum()), REST_LEAST * y.size) / max(float(rest @ rest), 1e-300)
        if np.abs(np.log(precision / before)).max() < SETTLED:
            break
    spread = inverse * beta
    leverage = np.einsum("nq,qr,nr->n", terms, spread, terms, optimize=True)
    return found, spread, rest / np.maximum(1.0 - leverage, REST_LEAST), precision


def _scatter(noise_terms: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return the coefficients of the logarithm of the scatter's sd, by regression on the logarithms of squares."""
    floor = max(float(np.mean(rest**2)), 1e-300) * 1e-4
    logs = 0.5 * (np.log(rest**2 + floor) - _LOG_CHI2_MEAN)
    ridge = np.full(noise_terms.shape[1], NOISE_RIDGE)
    ridge[0] = 0.0
    found = np.linalg.solve(noise_terms.T @ noise_terms + np.diag(ridge), noise_terms.T @ logs)
    scatter = np.exp(noise_terms @ found)
    found[0] += 0.5 * np.log(max(float(np.mean((rest / scatter) ** 2)), 1e-300))  # so that standardised it has variance 1
    return np.asarray(found)


def _correlation(rests: np.ndarray) -> np.ndarray:
    size = np.sqrt(np.maximum((rests**2).mean(axis=0), 1e-300))
    plain = (rests / size).T @ (rests / size) / len(rests)
    found: np.ndarray = (1 - CORRELATION_SHRUNK) * plain + CORRELATION_SHRUNK * np.eye(len(plain))
    np.fill_diagonal(found, 1.0)
    return found
