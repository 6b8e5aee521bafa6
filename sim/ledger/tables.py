"""The ledger as tables: a row per account, and a row per lot that is held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.ledger.accounts import CURRENCY_WORDS, GIFTS_ISSUED, OPERATOR, OUTSIDE, PAYMENT_PLATFORM, POINTS_ISSUED, TREASURY
from sim.ledger.records import NEVER_US, NONE, Book, Count

_KINDS = {
    OUTSIDE: "outside",
    OPERATOR: "operator",
    PAYMENT_PLATFORM: "platform",
    TREASURY: "alliance",
    TREASURY + 1: "alliance",
}


def kind_of(account: int, name: str) -> str:
    """Return what kind of account it is: tenant, clearing, member, points (issued, redeemed ...), or one of a kind."""
    kind, colon, _ = name.partition(":")
    if colon:
        return kind
    if POINTS_ISSUED <= account < GIFTS_ISSUED:
        return "points"
    return _KINDS.get(account, "gifts" if GIFTS_ISSUED <= account < GIFTS_ISSUED + 4 else "other")


def accounts_table(book: Book, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Return a row per account in order of its number; instants that are not known are NEVER_US, before or after."""
    rows = book.accounts[: book.book_counts[Count.ACCOUNTS]]
    words = np.array(CURRENCY_WORDS)
    return {
        "name": np.array(list(names), np.str_),
        "kind": np.array([kind_of(index, name) for index, name in enumerate(names)], np.str_),
        "currency": words[rows["currency"]],
        "has_lots": rows["has_lots"] == 1,
        **{name: np.ascontiguousarray(rows[name]) for name in ("balance", "reserved", "owed", "opened_us", "closed_us")},
    }


def lots_table(book: Book, names: Sequence[str], resident_of: np.ndarray) -> dict[str, np.ndarray]:
    """Return the lots that hold something, by account, expiry and month."""
    lots = book.lots[: book.book_counts[Count.LOTS]]
    held = lots[(lots["remaining"] > 0) & (lots["account"] != NONE)]
    held = held[np.lexsort((held["month"], held["expires_us"], held["account"]))]
    accounts, months = np.ascontiguousarray(held["account"]), np.ascontiguousarray(held["month"])
    used, place = np.unique(accounts, return_inverse=True)
    month, month_place = np.unique(months, return_inverse=True)
    month_words = np.array([f"{each // 12:04d}-{each % 12 + 1:02d}" for each in month.tolist()], "U7")
    return {
        "account": np.array([names[each] for each in used.tolist()], np.str_)[place],
        "member": resident_of[accounts] if accounts.size else np.zeros(0, np.int64),
        "currency": np.array(CURRENCY_WORDS)[book.accounts["currency"][accounts]],
        "month": month_words[month_place] if months.size else np.zeros(0, "U7"),
        "expires_us": np.ascontiguousarray(held["expires_us"]),
        "issued_centi": np.ascontiguousarray(held["issued"]),
        "held_centi": np.ascontiguousarray(held["remaining"]),
    }


def known_instant(instants_us: np.ndarray) -> np.ndarray:
    """Return whether instants are known, rather than before or after everything."""
    return np.abs(instants_us) < NEVER_US
