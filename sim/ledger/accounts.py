"""Accounts and transfers: integer double entry, append-only; nothing else changes a balance."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.kernel import kernel
from sim.plan_arrays import CompiledPlan

# Account 0 is the world outside (the shoppers' own money), account 1 the mall's operator, account 2 whoever carries payments and keeps
# a fee, then one per tenant in order of units.
OUTSIDE = 0
OPERATOR = 1
PAYMENT_PLATFORM = 2
FIRST_TENANT = 3

TRANSFER = np.dtype(
    [("id", "i8"), ("time_us", "i8"), ("amount_fen", "i8"), ("debit", "i4"), ("credit", "i4"), ("reason", "i1")], align=True
)


def account_names(compiled: CompiledPlan) -> list[str]:
    """Return the names of the accounts, in their order: "outside", "operator", "payment_platform", "tenant:<unit>"."""
    return ["outside", "operator", "payment_platform", *(f"tenant:{unit}" for unit in compiled.unit_ids)]


class TransferReason(IntEnum):
    """Why money moved."""

    SALE = 0
    BASE_RENT = 1
    TURNOVER_RENT = 2
    INGREDIENTS = 3
    FOOD_WASTE = 4  # ingredients that nobody ate
    RESTAURANT_STAFF = 5
    RESTAURANT_FIXED = 6
    REFUND = 7  # of an earlier sale
    PAYMENT_FEE = 8
    ONBOARDING = 9  # the penny of a first payment by phone, its gift, and the wages of whoever teaches
    DELIVERY = 10  # of what a guide has ordered
    PARKING_FEE = 11
    DESK_FEE = 12  # for bags handed in, a place in the playground, a wash
    DESK_COST = 13  # staff of desks, porters, deliveries
    PROMOTION = 14  # what a tenant pays the mall to be seen
    UPKEEP = 15  # what a tenant pays for answers to complaints, and for ratings that it buys
    TENANT_HELP = 16  # what the operator spends on training at a tenant


def sales_by_account(transfers: np.ndarray, accounts: int) -> np.ndarray:
    """Return the fen that each account was credited with as sales, less what it gave back of them."""
    found = np.zeros(accounts, np.int64)
    sales = transfers[transfers["reason"] == TransferReason.SALE]
    np.add.at(found, sales["credit"], sales["amount_fen"])
    refunds = transfers[transfers["reason"] == TransferReason.REFUND]
    np.subtract.at(found, refunds["debit"], refunds["amount_fen"])
    return found


class Refusal(IntEnum):
    """Why the books refuse a transfer; 0 means that it was posted."""

    POSTED = 0
    AMOUNT_NOT_POSITIVE = 1
    SAME_ACCOUNT = 2
    UNKNOWN_ACCOUNT = 3
    JOURNAL_FULL = 4  # the caller must flush the journal and ask again


@kernel
def post(
    balances_fen: np.ndarray,
    transfers: np.ndarray,
    row: int,
    serial: int,
    time_us: int,
    debit: int,
    credit: int,
    amount_fen: int,
    reason: int,
) -> int:
    """Move `amount_fen` from `debit` to `credit` and write it to journal row `row`; return a Refusal, all or nothing.

    `serial` is the transfer's id: the count of transfers posted in this run.
    """
    if amount_fen <= 0:
        return Refusal.AMOUNT_NOT_POSITIVE
    if debit == credit:
        return Refusal.SAME_ACCOUNT
    if debit < 0 or credit < 0 or debit >= balances_fen.size or credit >= balances_fen.size:
        return Refusal.UNKNOWN_ACCOUNT
    if row >= transfers.size:
        return Refusal.JOURNAL_FULL
    transfer = transfers[row]
    transfer.id = serial
    transfer.time_us = time_us
    transfer.amount_fen = amount_fen
    transfer.debit = debit
    transfer.credit = credit
    transfer.reason = reason
    balances_fen[debit] -= amount_fen
    balances_fen[credit] += amount_fen
    return Refusal.POSTED
