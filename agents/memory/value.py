"""What people are worth to the mall: shares of the best tenth, who of them is lost, and the value of a member's life."""

from __future__ import annotations

import numpy as np

from agents.population import LifeCycle

TOP_SHARE = 0.1
LIFE_DAYS_LEAST = 180  # before, most of those who come seldom have not been seen, and nobody can have been lost for long
DAYS_PER_YEAR = 365.25


def top_tenth(spent_fen: np.ndarray) -> tuple[np.ndarray, float | None]:
    """Return the rows of the tenth of the buyers that has spent most, and its share of what was spent."""
    buyers = np.flatnonzero(spent_fen > 0)
    if buyers.size == 0:
        return buyers, None
    most = max(1, round(TOP_SHARE * buyers.size))
    best = np.argpartition(-spent_fen[buyers], most - 1)[:most]
    rows = np.sort(buyers[best])
    return rows, float(spent_fen[rows].sum(dtype=np.int64) / spent_fen[buyers].sum(dtype=np.int64))


def lost_share(life_cycle: np.ndarray, rows: np.ndarray) -> float | None:
    """Return the share of some residents that is lost."""
    return float((life_cycle[rows] == LifeCycle.LOST).mean()) if rows.size else None


def life_value_yuan(
    spent_fen: np.ndarray, lost: float | None, days: int, margin_share: float, discount_per_year: float
) -> float | None:
    """Return the mean value of those who have spent something: m r / (1 + i - r), m a year's margin, r the share kept in a year.

    None before LIFE_DAYS_LEAST days: a rate of those who have come so far is high by as much as the run is short.
    The share lost so far is taken as that of the days lived, at an even rate (Gupta & Lehmann 2003; margins constant).
    """
    if spent_fen.size == 0 or days < LIFE_DAYS_LEAST:
        return None
    margin_yuan = margin_share * float(spent_fen.mean()) / 100 * DAYS_PER_YEAR / days
    kept = (1 - min(lost or 0.0, 0.999)) ** (DAYS_PER_YEAR / days)
    return margin_yuan * kept / (1 + discount_per_year - kept) if discount_per_year > 0 or kept < 1 else None
