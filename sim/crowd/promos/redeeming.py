"""At the till: what the coupons of a party take off a price, in their order, within budgets; and who bears it."""

from __future__ import annotations

import numpy as np

from sim.crowd.points.owing import owe
from sim.crowd.promos.records import COUPONS_MAX
from sim.crowd.promos.wallet import give_up_reserve
from sim.crowd.state import Mall
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, TransferReason
from sim.promos import Refused

MILLION = 1_000_000


@inlined
def redeem_coupons(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Take what the party's coupons are worth here off a price; return the fen."""
    if mall.params[0].promos == 0 or mall.minds[row].coupons == 0:
        return 0
    return _redeem(mall, row, unit, price_fen, now_us)


@kernel
def _redeem(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Use coupons one by one, those of lower order first, until none is left that goes with the others."""
    left_fen = np.int64(price_fen)
    last_order, last_slot, is_alone = -(2**31), -1, False
    while not is_alone:
        slot = _next_slot(mall, row, unit, last_order, last_slot)
        if slot < 0:
            break
        promo = mall.coupons[row, slot].promo
        offer = mall.promos[promo]
        is_first = left_fen == price_fen and last_slot < 0
        last_order, last_slot = offer.order, slot
        if not is_first and offer.combines == 0:
            continue
        base_fen = price_fen if mall.params[0].stack_base_is_list == 1 else left_fen
        refused = _refusal(mall, row, slot, base_fen, now_us)
        if refused >= 0:
            note(mall, row, now_us, EventKind.COUPON_REFUSED, promo, refused)
            if is_first:
                last_slot = -1 if slot == COUPONS_MAX - 1 else last_slot
            continue
        off_fen = off_of(left_fen, offer.off_ppm, offer.off_fen, offer.price_fen, offer.most_fen)
        if not _spend(mall, row, slot, unit, off_fen, now_us):
            note(mall, row, now_us, EventKind.COUPON_REFUSED, promo, Refused.BUDGET)
            continue
        left_fen -= off_fen
        is_alone = offer.combines == 0
    return price_fen - left_fen


@kernel
def off_of(price_fen: int, off_ppm: int, off_fen: int, set_fen: int, most_fen: int) -> int:
    """Return what an offer takes off a price: a share, then an amount, or down to a price; never more than the price or the most."""
    off = np.int64(price_fen) * off_ppm // MILLION + off_fen
    if set_fen >= 0:
        off = max(off, np.int64(price_fen) - set_fen)
    return max(np.int64(0), min(off, min(np.int64(price_fen), np.int64(most_fen))))


@kernel
def _next_slot(mall: Mall, row: int, unit: int, last_order: int, last_slot: int) -> int:
    """Return the next coupon for this store after (order, slot), -1 when there is none."""
    found, found_order = -1, 0
    for slot in range(COUPONS_MAX):
        coupon = mall.coupons[row, slot]
        if coupon.promo < 0 or coupon.used > 0 or mall.promo_units[coupon.promo, unit] == 0:
            continue
        order = mall.promos[coupon.promo].order
        if order < last_order or (order == last_order and slot <= last_slot):
            continue
        if found < 0 or order < found_order:
            found, found_order = slot, order
    return found


@kernel
def _refusal(mall: Mall, row: int, slot: int, base_fen: int, now_us: int) -> int:
    """Return why a coupon does not hold now (Refused), -1 when it does."""
    coupon = mall.coupons[row, slot]
    offer = mall.promos[coupon.promo]
    if now_us < offer.from_us:
        return Refused.TOO_EARLY
    if now_us >= coupon.until_us:
        return Refused.TOO_LATE
    if base_fen < offer.from_fen:
        return Refused.BELOW_THRESHOLD
    if offer.after >= 0 and not _has_used(mall, row, offer.after, -1):
        return Refused.LOCKED
    if offer.bundle >= 0 and not _has_used(mall, row, -1, slot):
        return Refused.LOCKED
    return -1


@kernel
def _has_used(mall: Mall, row: int, promo: int, of_bundle_of: int) -> bool:
    """Return whether the party has used an offer on this visit; or another of the bundle of a slot's."""
    for slot in range(COUPONS_MAX):
        coupon = mall.coupons[row, slot]
        if coupon.promo < 0 or coupon.used == 0:
            continue
        if coupon.promo == promo:
            return True
        if of_bundle_of < 0 or slot == of_bundle_of:
            continue
        if mall.promos[coupon.promo].bundle == mall.promos[mall.coupons[row, of_bundle_of].promo].bundle:
            return True
    return False


@kernel
def _spend(mall: Mall, row: int, slot: int, unit: int, off_fen: int, now_us: int) -> bool:
    """Use a coupon: from its budget, borne by the seller and whoever funds the rest; return False when the budget does not reach."""
    coupon = mall.coupons[row, slot]
    promo = coupon.promo
    offer = mall.promos[promo]
    cost_fen = off_fen + offer.gift_fen
    if offer.budget >= 0:
        purse = mall.budgets[offer.budget]
        if purse.spent_fen + purse.reserved_fen - coupon.reserved_fen + cost_fen > purse.limit_fen:
            return False
        give_up_reserve(mall, row, slot)
        purse.spent_fen += cost_fen
    seller = FIRST_TENANT + unit
    borne_fen = cost_fen - cost_fen * offer.seller_ppm // MILLION
    funder = OPERATOR if offer.co_funder < 0 else FIRST_TENANT + offer.co_funder
    owe(mall, funder, seller, borne_fen, TransferReason.OFFER_FUNDED, now_us)
    coupon.used += 1
    offer.used += 1
    offer.spent_fen += cost_fen
    note(mall, row, now_us, EventKind.COUPON_USED, promo, cost_fen)
    return True
