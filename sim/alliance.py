"""The alliance as operations, agents and reports share it: each tenant's part today, its statement of a day, and the rule of its accounts."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

DAYS_PER_MONTH = 365 / 12
NO_RETURN = -(1 << 40)  # in place of a return that nobody can tell yet


class Stage(IntEnum):
    """Where a tenant stands with the alliance."""

    OUT = 0
    PREPARING = 1  # it has decided to join: its people are won over, money put by, terminal and line are on their way
    QUEUING = 2  # for somebody to install its till
    INSTALLING = 3
    IN = 4


class Change(IntEnum):
    """What has become of it since the day before."""

    NONE = 0
    JOINED = 1
    LEFT = 2


PART = np.dtype(
    [
        ("takes_part", "i1"),  # 1 when it gives and takes points today: it is in, and its till has a line
        ("stage", "i1"),
        ("change", "i1"),
        ("is_anchor", "i1"),
        ("till_fen", "i8"),  # what it pays for its till today
        ("help_fen", "i8"),  # of this and of its fees, what the operator pays it today
        ("partner_fen", "i8"),  # and what a partner does
        ("reward_fen", "i8"),  # for new members from its own list
        ("return_permille", "i8"),  # (gain - cost) / cost as it reckoned at its last review, NO_RETURN
    ],
    align=True,
)
STATEMENT = np.dtype(
    [
        ("customers", "i8"),  # parties that bought
        ("sales_fen", "i8"),  # what they paid, in money and in points
        ("member_customers", "i8"),
        ("member_sales_fen", "i8"),
        ("received_fen", "i8"),  # for this, from customers and from the alliance
        ("fees_fen", "i8"),  # for points issued
        ("redeemed_fen", "i8"),  # for points taken
    ],
    align=True,
)
OUTSIDE_TRADE = np.dtype([("account", "i4"), ("resident", "i8"), ("bill_fen", "i8"), ("spends", "i1")], align=True)
# a member's bill at a merchant elsewhere: the merchant's account, the member's row among residents, 1 where it pays in points what it can


def share_in(parts: np.ndarray) -> float:
    """Return the share of tenants that are in."""
    return float((parts["stage"] == Stage.IN).mean()) if parts.size else 0.0


class Offer(NamedTuple):
    """What a day in the alliance is worth to merchants, in fen a day; arrays or numbers."""

    gain: Any  # margin on the sales that depend on it
    cost: Any  # fees, till and points taken below their value, less what others pay of it


def offer(sales_fen: Any, log_gain: Any, is_in: Any, margin: Any, fee_share: Any, running_fen: Any) -> Offer:
    """Return what being in is worth to merchants with such sales a day, whether they are in (and would lose it) or out.

    `log_gain`: what they believe ln(sales when in / sales when out) to be; `fee_share`: net fees per yuan of sales when in;
    `running_fen`: what else it costs a day.
    """
    in_fen = np.where(is_in, sales_fen, sales_fen * np.exp(log_gain))
    out_fen = np.where(is_in, sales_fen * np.exp(-log_gain), sales_fen)
    return Offer(margin * (in_fen - out_fen), fee_share * in_fen + running_fen)


def wants_in(found: Offer, entry_fen: Any, payback_days: float) -> np.ndarray:
    """Return who would join: a day's gain pays for the day, and for the till within its payback."""
    return np.asarray(found.gain - found.cost > entry_fen / payback_days)


def wants_out(found: Offer) -> np.ndarray:
    """Return who would rather leave: what is paid for the till is gone, only the day counts."""
    return np.asarray(found.gain < found.cost)
