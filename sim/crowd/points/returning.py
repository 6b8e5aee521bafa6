"""Refunds: points that were spent come back to the member, points that were earned go, and merchants and treasury square up."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import book_of
from sim.crowd.points.owing import owe_back
from sim.crowd.points.receipts import centi_back, points_back_fen, points_of, worth_fen
from sim.crowd.points.till import chain_holds, expires_us, gift_account
from sim.crowd.state import Mall, Meta
from sim.events import EventKind
from sim.kernel import entry, kernel, referred
from sim.ledger.accounts import (
    FIRST_TENANT,
    GIFTS_VOIDED,
    POINTS_REDEEMED,
    POINTS_VOIDED,
    TREASURY,
    TransferReason,
)
from sim.ledger.posting import begin_chain, claw_back, issue
from sim.ledger.records import NONE, Count, Refusal

ROOM = 16  # rows that one return may add to a buffer, at most
REFUSED = -1


@kernel
def foresee_return(mall: Mall, row: int, unit: int, price_fen: int) -> None:
    """Remember a member's receipt that will be brought back at the end of the day; one without points needs no remembering."""
    errand = mall.errands[row]
    if mall.minds[row].account == NONE or (errand.earned_centi == 0 and errand.burned_centi == 0 and errand.gifts_centi == 0):
        return
    found = mall.returns[mall.meta[Meta.RETURN_ROWS]]
    found.visit = mall.shoppers[row].number
    found.account = mall.minds[row].account
    found.unit = unit
    found.price_fen = price_fen
    found.earned_centi = errand.earned_centi
    found.gifts_centi = errand.gifts_centi
    found.earning = errand.earning
    found.burned_centi = errand.burned_centi
    found.burned_fen = errand.burned_fen
    found.is_settled = 0
    mall.meta[Meta.RETURN_ROWS] += 1


@kernel
def keep_receipt_of_seats(mall: Mall, row: int) -> None:
    """Keep what the party's last receipt did in points as that of its seats, which it may give back."""
    errand = mall.errands[row]
    errand.seats_earned_centi = errand.earned_centi
    errand.seats_gifts_centi = errand.gifts_centi
    errand.seats_earning = errand.earning
    errand.seats_burned_centi = errand.burned_centi
    errand.seats_burned_fen = errand.burned_fen


@kernel
def give_seats_back(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Settle in points that a party gives its seats back; return the fen that come back to it in points."""
    errand = mall.errands[row]
    if mall.minds[row].account == NONE:
        return 0
    receipt = mall.returns[mall.meta[Meta.RETURN_ROWS]]  # a free row
    receipt.visit = mall.shoppers[row].number
    receipt.account = mall.minds[row].account
    receipt.unit = unit
    receipt.price_fen = price_fen
    receipt.earned_centi = errand.seats_earned_centi
    receipt.gifts_centi = errand.seats_gifts_centi
    receipt.earning = errand.seats_earning
    receipt.burned_centi = errand.seats_burned_centi
    receipt.burned_fen = errand.seats_burned_fen
    back_fen = refund_in_points(mall, mall.meta[Meta.RETURN_ROWS], price_fen, now_us)
    return points_back_fen(receipt.burned_fen, price_fen) if back_fen == REFUSED else back_fen  # never money for points


@entry
def settle_returns(mall: Mall, returns: np.ndarray, first: int, now_us: int) -> int:
    """Settle receipts brought back, from `first` on, while buffers have room; return the first that has to wait for more of it."""
    mall = referred(mall)
    for index in range(first, returns.size):
        if (
            mall.meta[Meta.LOG_ROWS] + ROOM > mall.log.size
            or mall.book_counts[Count.ROWS] + ROOM > mall.transfers.size
            or mall.book_counts[Count.LOTS] + ROOM > mall.lots.size
            or mall.book_counts[Count.PENDINGS] + ROOM > mall.pendings.size
            or mall.meta[Meta.RETURN_ROWS] >= mall.returns.size
        ):
            return index
        mall.returns[mall.meta[Meta.RETURN_ROWS]] = returns[index]
        back_fen = refund_in_points(mall, mall.meta[Meta.RETURN_ROWS], returns[index].price_fen, now_us)
        returns[index].is_settled = 0 if back_fen == REFUSED else 1
    return returns.size


@kernel
def refund_in_points(mall: Mall, index: int, refund_fen: int, now_us: int) -> int:
    """Settle a refund of a receipt in points; return the fen that were given back in points, REFUSED when the books refuse it.

    Recomputed on what is still paid: what the receipt would have earned for that stays, the rest is taken back, whether or not the
    member still has it (what it has not is owed, and repaid by what it earns next). Points spent come back before money does, as
    points of today. No limit refuses a correction: what merchant or treasury cannot pay now it owes.
    """
    receipt, params = mall.returns[index], mall.params[0]
    account, unit = np.int64(receipt.account), np.int64(receipt.unit)
    back_fen = points_back_fen(receipt.burned_fen, refund_fen)
    back_centi = centi_back(receipt.burned_centi, receipt.burned_fen, back_fen)
    kept_fen = receipt.price_fen - receipt.burned_fen - (refund_fen - back_fen)
    taken_centi = max(receipt.earned_centi - points_of(kept_fen, receipt.earning, params.fen_per_point), 0)
    fee_fen = worth_fen(receipt.earned_centi, params.issue_fen) - worth_fen(
        receipt.earned_centi - taken_centi, params.issue_fen
    )
    redeemed_fen = worth_fen(receipt.burned_centi, params.redemption_fen)
    redeemed_fen -= worth_fen(receipt.burned_centi - back_centi, params.redemption_fen)
    begin_chain(book_of(mall))
    refusal = _give_back(mall, account, unit, back_centi, redeemed_fen, now_us)
    if refusal == Refusal.POSTED:
        refusal = _take_back(mall, account, unit, taken_centi, fee_fen, now_us)
    if not chain_holds(mall, refusal):
        return REFUSED
    terms = mall.terms[unit]
    terms.burned_centi -= back_centi
    terms.burned_fen -= back_fen
    terms.redeemed_fen -= redeemed_fen
    terms.taken_back_centi += taken_centi
    terms.fee_fen -= fee_fen
    if back_centi > 0:
        _note_return(mall, receipt.visit, EventKind.POINTS_BURNED, unit, -back_centi, now_us)
    if taken_centi > 0:
        _note_return(mall, receipt.visit, EventKind.POINTS_TAKEN_BACK, unit, taken_centi, now_us)
    _take_gifts_back(mall, index, kept_fen, now_us)
    return back_fen


@kernel
def _give_back(mall: Mall, account: int, unit: int, centi: int, redeemed_fen: int, now_us: int) -> int:
    if centi <= 0:
        return Refusal.POSTED
    refusal = issue(book_of(mall), now_us, POINTS_REDEEMED, account, centi, TransferReason.GIVEN_BACK, expires_us(mall), NONE)
    if refusal != Refusal.POSTED:
        return refusal
    return owe_back(mall, FIRST_TENANT + unit, TREASURY, redeemed_fen, TransferReason.REDEMPTION_RETURNED, now_us)


@kernel
def _take_back(mall: Mall, account: int, unit: int, centi: int, fee_fen: int, now_us: int) -> int:
    if centi <= 0:
        return Refusal.POSTED
    refusal = claw_back(book_of(mall), now_us, account, POINTS_VOIDED, centi, TransferReason.CLAWED_BACK, NONE)
    if refusal != Refusal.POSTED:
        return refusal
    return owe_back(mall, TREASURY, FIRST_TENANT + unit, fee_fen, TransferReason.ISSUE_FEE_RETURNED, now_us)


@kernel
def _take_gifts_back(mall: Mall, index: int, kept_fen: int, now_us: int) -> None:
    receipt = mall.returns[index]
    gifts = gift_account(mall, receipt.account)
    taken_centi = receipt.gifts_centi - points_of(kept_fen, receipt.earning, mall.params[0].fen_per_gift_point)
    if gifts == NONE or taken_centi <= 0:
        return
    refusal = claw_back(book_of(mall), now_us, gifts, GIFTS_VOIDED, taken_centi, TransferReason.GIFTS_CLAWED_BACK, NONE)
    if refusal == Refusal.POSTED:
        mall.terms[receipt.unit].gifts_centi -= taken_centi


@kernel
def _note_return(mall: Mall, visit: int, kind: int, unit: int, value: int, now_us: int) -> None:
    """Append an event of a visit that may be over."""
    event = mall.log[mall.meta[Meta.LOG_ROWS]]
    event.time_us = now_us
    event.visit = visit
    event.people = 0
    event.kind = kind
    event.place = unit
    event.value = value
    mall.meta[Meta.LOG_ROWS] += 1
