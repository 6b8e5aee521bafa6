"""At the till: what a member pays in points, and what the receipt earns; each with what merchant and treasury owe for it, in one chain."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import book_of
from sim.crowd.points.burning import points_to_burn_centi
from sim.crowd.points.owing import owe
from sim.crowd.points.receipts import burned_centi_of, points_of, worth_fen
from sim.crowd.promos.redeeming import more_points
from sim.crowd.state import Mall
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.ledger.accounts import (
    FIRST_TENANT,
    GIFTS_ISSUED,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    TREASURY,
    Currency,
    TransferReason,
)
from sim.ledger.posting import begin_chain, end_chain, issue, transfer
from sim.ledger.records import NEVER_US, NONE, Count, Refusal


@kernel
def pay_with_points(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Pay part of a price in points, or all of it, as the member likes; return the fen that they were worth."""
    errand = mall.errands[row]
    errand.burned_centi = 0
    errand.burned_fen = 0
    if mall.minds[row].account == NONE or mall.terms[unit].takes_part == 0 or mall.params[0].redeems == 0:
        return 0
    wanted_centi = points_to_burn_centi(mall, row, unit, price_fen, now_us)
    if wanted_centi <= 0:
        return 0
    return redeem(mall, row, unit, price_fen, wanted_centi, now_us)


@kernel
def redeem(mall: Mall, row: int, unit: int, price_fen: int, wanted_centi: int, now_us: int) -> int:
    """Spend so many points on a receipt, or as many as are there and as it takes; return the fen that they were worth.

    The points go and the treasury owes the tenant for them in one chain: where either is refused nothing has happened, and the party
    pays in money. What is set aside by a pending transfer is not there: nobody spends a point twice.
    """
    errand, params, account = mall.errands[row], mall.params[0], np.int64(mall.minds[row].account)
    centi = burned_centi_of(
        wanted_centi, held_centi(mall, account), price_fen, params.face_fen, params.burn_most_centi, params.burn_most_ppm
    )
    if centi < params.burn_least_centi or centi <= 0:
        return 0
    redeemed_fen = worth_fen(centi, params.redemption_fen)
    begin_chain(book_of(mall))
    refusal = transfer(book_of(mall), now_us, account, POINTS_REDEEMED, centi, TransferReason.BURNED)
    if refusal == Refusal.POSTED:
        refusal = owe(mall, TREASURY, FIRST_TENANT + unit, redeemed_fen, TransferReason.REDEMPTION, now_us)
    if not chain_holds(mall, refusal):
        return 0
    burned_fen = worth_fen(centi, params.face_fen)
    errand.burned_centi = centi
    errand.burned_fen = burned_fen
    terms = mall.terms[unit]
    terms.burned_centi += centi
    terms.burned_fen += burned_fen
    terms.redeemed_fen += redeemed_fen
    note(mall, row, now_us, EventKind.POINTS_BURNED, unit, centi)
    return burned_fen


@kernel
def earn_points(mall: Mall, row: int, unit: int, net_fen: int, now_us: int) -> int:
    """Credit a member with the points of a receipt: whole ones, for what it paid in money; return the centi-points.

    The tenant owes the treasury for them in the same chain: where either is refused the receipt earns nothing.
    """
    errand, params = mall.errands[row], mall.params[0]
    errand.earned_centi = 0
    errand.gifts_centi = 0
    errand.earning = 0
    account = mall.minds[row].account
    if account == NONE or mall.terms[unit].takes_part == 0:
        return 0
    errand.earning = more_points(mall, row, earning_at(mall, unit, now_us) * mall.minds[row].earns_milli)
    _earn_gifts(mall, row, unit, net_fen, now_us)
    centi = points_of(net_fen, errand.earning, params.fen_per_point)
    if centi <= 0:
        return 0
    fee_fen = worth_fen(centi, params.issue_fen)
    begin_chain(book_of(mall))
    refusal = issue(book_of(mall), now_us, POINTS_ISSUED, account, centi, TransferReason.EARNED, expires_us(mall), NONE)
    if refusal == Refusal.POSTED:
        refusal = owe(mall, FIRST_TENANT + unit, TREASURY, fee_fen, TransferReason.ISSUE_FEE, now_us)
    if not chain_holds(mall, refusal):
        return 0
    errand.earned_centi = centi
    terms = mall.terms[unit]
    terms.issued_centi += centi
    terms.fee_fen += fee_fen
    note(mall, row, now_us, EventKind.POINTS_EARNED, unit, centi)
    return centi


@kernel
def _earn_gifts(mall: Mall, row: int, unit: int, net_fen: int, now_us: int) -> None:
    """Credit a member with gift points beside, which no merchant pays for: they are the mall's present."""
    gifts = gift_account(mall, mall.minds[row].account)
    centi = points_of(net_fen, mall.errands[row].earning, mall.params[0].fen_per_gift_point)
    if gifts == NONE or centi <= 0:
        return
    refusal = issue(book_of(mall), now_us, GIFTS_ISSUED, gifts, centi, TransferReason.GIFTS_EARNED, expires_us(mall), NONE)
    if refusal != Refusal.POSTED:
        return
    mall.errands[row].gifts_centi = centi
    mall.terms[unit].gifts_centi += centi
    note(mall, row, now_us, EventKind.GIFTS_EARNED, unit, centi)


@inlined
def held_centi(mall: Mall, account: int) -> int:
    """Return what an account may spend, what it has set aside left out."""
    holder = mall.accounts[account]
    return holder.balance - holder.reserved


@kernel
def gift_account(mall: Mall, account: int) -> int:
    """Return the account of a member's gift points, which is opened right after that of its points; NONE where it has none."""
    if account == NONE or account + 1 >= mall.book_counts[Count.ACCOUNTS]:
        return NONE
    return account + 1 if mall.accounts[account + 1].currency == Currency.GIFTS else NONE


@inlined
def expires_us(mall: Mall) -> int:
    """Return when points that are earned today expire, since the run's first midnight."""
    lasts_us = mall.params[0].points_last_us
    return NEVER_US if lasts_us == NEVER_US else mall.book_counts[Count.MIDNIGHT_US] + lasts_us


@inlined
def earning_at(mall: Mall, unit: int, now_us: int) -> int:
    """Return by what a unit's receipts earn more than usual now, in thousandths: by its trade, its own rate, and the best campaign."""
    window = mall.earning_from_us.size - 1
    while window > 0 and mall.earning_from_us[window] > now_us:
        window -= 1
    return mall.earning[unit, window]


@kernel
def chain_holds(mall: Mall, refusal: int) -> bool:
    """End the open chain and return whether all of it stands; a refusal from outside the ledger takes it back too."""
    if refusal != Refusal.POSTED and mall.book_counts[Count.FAILED] == Refusal.POSTED:
        mall.book_counts[Count.FAILED] = refusal
    return end_chain(book_of(mall)) == Refusal.POSTED
