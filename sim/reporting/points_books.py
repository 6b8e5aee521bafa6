"""What the ledger says of the points economy at the end of a day: what moved and why, what is outstanding, tenant by tenant."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.points.built import campaigns_on
from sim.ledger.accounts import (
    FIRST_TENANT,
    GIFTS_EXPIRED,
    GIFTS_ISSUED,
    GIFTS_REDEEMED,
    GIFTS_VOIDED,
    POINTS_BREAKAGE,
    POINTS_EXCHANGED,
    POINTS_EXPIRED,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_VOIDED,
    REVENUE,
    TREASURY,
    Currency,
    TransferReason,
)
from sim.ledger.ledger import Ledger
from sim.ledger.records import Count, State

REASONS = 128  # an int8 holds no more
ENDS = {  # the accounts into which points go when they are no longer outstanding
    "burned_centi": POINTS_REDEEMED, "expired_centi": POINTS_EXPIRED, "voided_centi": POINTS_VOIDED,
    "exchanged_centi": POINTS_EXCHANGED, "breakage_centi": POINTS_BREAKAGE, "gifts_redeemed_centi": GIFTS_REDEEMED,
    "gifts_expired_centi": GIFTS_EXPIRED, "gifts_voided_centi": GIFTS_VOIDED,
}  # fmt: skip
OF_TENANT = ("issued_centi", "taken_back_centi", "gifts_centi", "fee_fen", "burned_centi", "burned_fen", "redeemed_fen")


class Moved:
    """Sums of a day's transfers, taken as they are handed over: by currency and reason, and into and out of the fixed accounts."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.by_reason = np.zeros((len(Currency), REASONS), np.int64)
        self.into, self.out_of = (np.zeros((FIRST_TENANT, REASONS), np.int64) for _ in range(2))

    def take(self, transfers: np.ndarray) -> None:
        """Add TRANSFER records: those that moved something."""
        done = transfers[(transfers["state"] == State.POSTED) | (transfers["state"] == State.POST)]
        np.add.at(self.by_reason, (done["currency"], done["reason"]), done["amount"])
        for found, side in ((self.into, "credit"), (self.out_of, "debit")):
            fixed = done[done[side] < FIRST_TENANT]
            np.add.at(found, (fixed[side], fixed["reason"]), fixed["amount"])

    def issued(self, account: int) -> int:
        """Return what left an issuing account, holdings from before the run left out, less what came back."""
        opening = TransferReason.OPENING
        return int(self.out_of[account].sum() - self.out_of[account, opening] - self.into[account].sum())

    def ended(self, account: int) -> int:
        """Return what went into an account, less what came out of it again."""
        return int(self.into[account].sum() - self.out_of[account].sum())


def points_of_day(crowd: Crowd, moved: Moved, config: RunConfig) -> dict[str, Any]:
    """Return numbers and small tables: `today`, `held` at the end, and a list by tenant under each name in `tenants`."""
    ledger, params = crowd.ledger, crowd.mall.params[0]
    face_fen = int(params.face_fen)
    return {
        "is_on": bool(params.points_on),
        "face_fen": face_fen,
        "issue_fen": int(params.issue_fen),
        "redemption_fen": int(params.redemption_fen),
        "is_treasury_limited": config.clearing.liquidity.is_limited,
        "campaigns": campaigns_on(config.points, datetime.date.fromisoformat(config.date)),
        "tiers": [{"name": tier.name, "from_yuan": tier.from_yuan, "factor": tier.factor} for tier in config.points.tiers],
        "today": {
            "issued_centi": moved.issued(POINTS_ISSUED),
            "opening_centi": int(moved.out_of[POINTS_ISSUED, TransferReason.OPENING]),
            "gifts_issued_centi": moved.issued(GIFTS_ISSUED),
            **{name: moved.ended(account) for name, account in ENDS.items()},
            "by_reason_centi": _by_reason(moved, Currency.POINTS),
            "by_reason_fen": _by_reason(moved, Currency.FEN),
        },
        "held": held(ledger, face_fen),
        "tenants": {
            "takes_part": crowd.mall.terms["takes_part"].astype(np.int64),
            **{name: crowd.mall.terms[name].copy() for name in OF_TENANT},
        },
    }


def held(ledger: Ledger, face_fen: int) -> dict[str, int]:
    """Return what is outstanding, by the ledger: I2 and I7 of its laws can be checked on these numbers."""
    accounts = ledger.book.accounts[: ledger.book.book_counts[Count.ACCOUNTS]]
    of_members = accounts[(accounts["currency"] == Currency.POINTS) & (accounts["has_lots"] == 1)]
    lots = ledger.book.lots[: ledger.book.book_counts[Count.LOTS]]
    is_points = (lots["remaining"] > 0) & (accounts["currency"][np.maximum(lots["account"], 0)] == Currency.POINTS)
    in_lots_centi = int(lots["remaining"][is_points].sum())
    totals = {f"{name}_ever": ledger.balance(account) for name, account in ENDS.items()}
    return {
        "issued_centi_ever": -ledger.balance(POINTS_ISSUED),
        "gifts_issued_centi_ever": -ledger.balance(GIFTS_ISSUED),
        **totals,
        "outstanding_centi": int(of_members["balance"].sum()),
        "owed_centi": int(of_members["owed"].sum()),
        "liability_fen": in_lots_centi * face_fen // 100,
        "members": int(of_members.size),
        "holders": int(np.count_nonzero(of_members["balance"] > 0)),
        "treasury_fen": ledger.balance(TREASURY),
        "revenue_fen": ledger.balance(REVENUE),
    }


def _by_reason(moved: Moved, currency: Currency) -> dict[str, int]:
    names = {reason.value: reason.name.lower() for reason in TransferReason}
    amounts = moved.by_reason[currency]
    return {names[reason]: int(amounts[reason]) for reason in np.flatnonzero(amounts).tolist()}


def add_days(sums: dict[str, Any], day: Mapping[str, Any]) -> dict[str, Any]:
    """Return what several days together say: their movements added up, what is held as of the last."""
    if not sums or not day:
        return dict(day)
    return {
        **day,
        "campaigns": sorted({*sums["campaigns"], *day["campaigns"]}),
        "today": {
            name: _added(sums["today"][name], value) if isinstance(value, dict) else sums["today"][name] + value
            for name, value in day["today"].items()
        },
        "tenants": {
            name: value if name == "takes_part" else sums["tenants"][name] + value for name, value in day["tenants"].items()
        },
    }


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}
