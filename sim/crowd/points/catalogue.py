"""The catalogue: members look at it as they come, and what they take is a voucher in their wallet or a gift in their hands."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import book_of
from sim.crowd.points.offer_records import FUNDED_BY_MERCHANT, WALLET_MAX
from sim.crowd.points.owing import is_hindered, owe
from sim.crowd.state import Mall, Meta, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, OUTSIDE, POINTS_REDEEMED, TREASURY, TransferReason
from sim.ledger.entering import is_available
from sim.ledger.posting import begin_chain, end_chain, transfer
from sim.ledger.records import NONE, Count, Refusal
from sim.random_streams import exponential, uniform


@inlined
def look_at_catalogue(mall: Mall, row: int, now_us: int) -> None:
    """A member comes in: it may look at the catalogue."""
    if mall.params[0].offers > 0 and mall.minds[row].account >= 0:
        _look(mall, row, now_us)


@kernel
def _look(mall: Mall, row: int, now_us: int) -> None:
    number = mall.shoppers[row].number
    if is_hindered(mall):
        return
    if uniform(mall.keys[Stream.CATALOGUE], number, 0) >= mall.params[0].look_share:
        return
    offer = choose_offer(mall, mall.minds[row].account, number, now_us)
    if offer >= 0:
        take_offer(mall, row, offer, now_us)


@kernel
def choose_offer(mall: Mall, account: int, number: int, now_us: int) -> int:
    """Return the item that a member takes for its points, -1 when it keeps them: multinomial logit by an exponential race."""
    chosen = -1
    soonest = exponential(mall.keys[Stream.CATALOGUE], number, 1) / np.exp(mall.params[0].keep_utility)
    for offer in range(mall.params[0].offers):
        item = mall.offers[offer]
        if item.price_centi <= 0 or item.stock <= 0 or not is_available(book_of(mall), account, item.price_centi):
            continue
        if item.is_gift == 0 and free_slot(mall, account, now_us) == NONE:
            continue
        utility = offer_utility_of(item.value_fen, item.worth_fen, mall.params[0].offer_weight)
        at = exponential(mall.keys[Stream.CATALOGUE], number, 2 + offer) / np.exp(utility)
        if at < soonest:
            soonest = at
            chosen = offer
    return chosen


@kernel
def offer_utility_of(value_fen: float, worth_fen: float, weight: float) -> float:
    """Return the utility of something that is worth `value_fen` to a member and costs what is worth `worth_fen` as cash."""
    return weight * np.log(max(value_fen, 1.0) / max(worth_fen, 1.0))


@kernel
def free_slot(mall: Mall, account: int, now_us: int) -> int:
    """Return a slot of the member's wallet that is empty or holds what has ended, NONE when there is none."""
    at_us = now_us + mall.book_counts[Count.MIDNIGHT_US]
    for slot in range(WALLET_MAX * account, WALLET_MAX * account + WALLET_MAX):
        if mall.held[slot].offer == NONE or mall.held[slot].until_us <= at_us:
            return slot
    return NONE


@kernel
def take_offer(mall: Mall, row: int, offer: int, now_us: int) -> None:
    """Pay in points; a voucher goes into the wallet, a gift is handed out."""
    item = mall.offers[offer]
    account = mall.minds[row].account
    book = book_of(mall)
    reason = TransferReason.GIFT_TAKEN if item.is_gift == 1 else TransferReason.VOUCHER_TAKEN
    begin_chain(book)
    transfer(book, now_us, account, POINTS_REDEEMED, item.price_centi, reason)
    if item.is_gift == 1:
        if item.cost_fen > 0:
            transfer(book, now_us, OPERATOR, OUTSIDE, item.cost_fen, TransferReason.GIFT_COST)
        refusal = owe(mall, TREASURY, OPERATOR, item.worth_fen, TransferReason.GIFT_TAKEN, now_us)
        if refusal != Refusal.POSTED and mall.book_counts[Count.FAILED] == Refusal.POSTED:
            mall.book_counts[Count.FAILED] = refusal  # who may not owe lets the chain fail
    if end_chain(book) != Refusal.POSTED:
        return
    item.stock -= 1
    if item.is_gift == 0:
        put_in_wallet(mall, account, offer, now_us)
    note(mall, row, now_us, EventKind.OFFER_TAKEN, offer, item.price_centi)


@kernel
def put_in_wallet(mall: Mall, account: int, offer: int, now_us: int) -> bool:
    """Let a member hold an offer from now on; return whether its wallet had room."""
    slot = free_slot(mall, account, now_us)
    if slot == NONE:
        return False
    mall.held[slot].offer = offer
    mall.held[slot].until_us = now_us + mall.book_counts[Count.MIDNIGHT_US] + mall.offers[offer].valid_us
    return True


@inlined
def redeem_voucher(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Take a voucher off a price; return the fen."""
    if mall.params[0].offers == 0 or mall.minds[row].account < 0:
        return 0
    return _redeem(mall, row, unit, price_fen, now_us)


@kernel
def _redeem(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Use the voucher that takes most off, once; who funds it owes the merchant what it took off."""
    account = mall.minds[row].account
    at_us = now_us + mall.book_counts[Count.MIDNIGHT_US]
    best, best_fen = NONE, np.int64(0)
    for slot in range(WALLET_MAX * account, WALLET_MAX * account + WALLET_MAX):
        offer = mall.held[slot].offer
        if offer == NONE or mall.held[slot].until_us <= at_us:
            continue
        item = mall.offers[offer]
        if _is_taken_at(mall, offer, unit) and price_fen >= item.from_fen and item.off_fen > best_fen:
            best, best_fen = slot, item.off_fen
    if best == NONE:
        return 0
    funder = mall.offers[mall.held[best].offer].funder
    tenant = FIRST_TENANT + unit
    if funder != FUNDED_BY_MERCHANT and owe(mall, funder, tenant, best_fen, TransferReason.VOUCHER_REDEEMED, now_us) != 0:
        return 0
    mall.held[best].offer = NONE
    note(mall, row, now_us, EventKind.OFFER_REDEEMED, unit, best_fen)
    return best_fen


@inlined
def _is_taken_at(mall: Mall, offer: int, unit: int) -> bool:
    return mall.terms[unit].takes_part == 1 and (mall.offers[offer].unit < 0 or mall.offers[offer].unit == unit)


@inlined
def voucher_utility(mall: Mall, row: int, unit: int) -> float:
    """Return what a voucher for this store alone adds to its utility."""
    if mall.params[0].offers == 0 or mall.minds[row].account < 0:
        return 0.0
    return _voucher_utility(mall, mall.minds[row].account, unit)


@kernel
def _voucher_utility(mall: Mall, account: int, unit: int) -> float:
    at_us = mall.meta[Meta.NOW_US] + mall.book_counts[Count.MIDNIGHT_US]
    for slot in range(WALLET_MAX * account, WALLET_MAX * account + WALLET_MAX):
        offer = mall.held[slot].offer
        if offer != NONE and mall.held[slot].until_us > at_us and mall.offers[offer].unit == unit:
            return mall.params[0].offer_pull_utility
    return 0.0
