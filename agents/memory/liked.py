"""Which stores somebody remembers with pleasure: those rated well, the newest first, until they disappoint."""

from __future__ import annotations

import numpy as np

from sim.visitors import LIKED_MAX


def remember_ratings(
    liked: np.ndarray, rows: np.ndarray, units: np.ndarray, stars: np.ndarray, liked_stars: float, disliked_stars: float
) -> None:
    """Take a day's ratings into `liked` (residents, LIKED_MAX), in their order; `rows` are the residents who gave them."""
    order = np.argsort(rows, kind="stable")
    rows, units, stars = rows[order], units[order], stars[order]
    nth = np.arange(rows.size) - np.searchsorted(rows, rows)
    for turn in range(int(nth.max(initial=-1)) + 1):  # as many turns as the most that one resident rated
        now = nth == turn
        _take(liked, rows[now], units[now], stars[now] >= liked_stars, stars[now] <= disliked_stars)


def _take(liked: np.ndarray, rows: np.ndarray, units: np.ndarray, is_good: np.ndarray, is_bad: np.ndarray) -> None:
    """Take at most one rating of each resident."""
    known = liked[rows]
    is_same = known == units[:, None]
    moves = is_good | (is_bad & is_same.any(axis=1))
    rows, units, known, is_same, is_good = rows[moves], units[moves], known[moves], is_same[moves], is_good[moves]
    kept = np.where(is_same, -1, known)
    kept = np.take_along_axis(kept, np.argsort(kept < 0, axis=1, kind="stable"), axis=1)  # empty places last
    first = np.where(is_good, units, kept[:, 0])[:, None]
    rest = np.where(is_good[:, None], kept[:, : LIKED_MAX - 1], kept[:, 1:])
    liked[rows] = np.concatenate([first, rest], axis=1)
