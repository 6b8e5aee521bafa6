"""Claiming and redeeming from outside the crowd, by the kernels that parties claim and pay with: for rules checked by themselves."""

from __future__ import annotations

import numpy as np

from sim.crowd.promos.redeeming import give_offers_back, redeem_coupons
from sim.crowd.promos.wallet import claim, forget_promos, let_lapse
from sim.crowd.state import Mall, Meta
from sim.kernel import entry, referred


@entry
def claim_each(mall: Mall, rows: np.ndarray, promo: int, now_us: int, has_claimed: np.ndarray) -> None:
    """Let parties claim an offer at one instant, in order; what they would write into the log is not kept."""
    mall = referred(mall)
    for index in range(rows.size):
        has_claimed[index] = claim(mall, rows[index], promo, -1, now_us)
        mall.meta[Meta.LOG_ROWS] = 0


@entry
def redeem_each(mall: Mall, rows: np.ndarray, unit: int, price_fen: np.ndarray, now_us: int, off_fen: np.ndarray) -> None:
    """Let parties pay at a store, in order, and say what their coupons have taken off."""
    mall = referred(mall)
    for index in range(rows.size):
        off_fen[index] = redeem_coupons(mall, rows[index], unit, price_fen[index], now_us)
        mall.meta[Meta.LOG_ROWS] = 0


@entry
def give_back_each(mall: Mall, rows: np.ndarray, unit: int, now_us: int) -> None:
    """Let parties give back what they have bought at a store."""
    mall = referred(mall)
    for index in range(rows.size):
        give_offers_back(mall, rows[index], unit, now_us)
        mall.meta[Meta.LOG_ROWS] = 0


@entry
def leave_each(mall: Mall, rows: np.ndarray, now_us: int) -> None:
    """Let visits end, and others begin on the same rows."""
    mall = referred(mall)
    for index in range(rows.size):
        let_lapse(mall, rows[index], now_us)
        forget_promos(mall, rows[index])
        mall.meta[Meta.LOG_ROWS] = 0
