"""At the till: what the coupons of a party take off a price, in their order, within budgets; who bears it; and what a refund gives back."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import transfer
from sim.crowd.points.owing import owe, owe_back
from sim.crowd.promos.appeal import has_begun_bundle, is_unlocked
from sim.crowd.promos.letters import read_about
from sim.crowd.promos.records import COUPONS_MAX
from sim.crowd.promos.wallet import claim, give_up_reserve
from sim.crowd.state import Mall
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, OUTSIDE, TransferReason
from sim.promos import Refused

MILLION = 1_000_000
AS_USUAL_MILLI = 1000


@inlined
def redeem_coupons(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Take what the party's coupons are worth here off a price; return the fen."""
    if mall.params[0].promos == 0:
        return 0
    if mall.shoppers[row].letters > 0 and mall.shoppers[row].unit == unit:
        read_about(mall, row, unit, now_us)
    if mall.minds[row].coupons == 0:
        return 0
    return _redeem(mall, row, unit, price_fen, now_us)


@inlined
def more_points(mall: Mall, row: int, earning: int) -> int:
    """Return what the offers used on the receipt in hand make of the rate at which it earns points."""
    if mall.params[0].promos == 0 or mall.minds[row].coupons == 0:
        return earning
    return earning * mall.minds[row].points_milli // AS_USUAL_MILLI


@kernel
def _redeem(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Use coupons one by one, those of lower order first, until none is left that goes with the others."""
    mall.minds[row].points_milli = AS_USUAL_MILLI
    left_fen = np.int64(price_fen)
    tried, used = 0, 0
    while True:
        slot = _next_slot(mall, row, unit, left_fen, tried)
        if slot < 0:
            return price_fen - left_fen
        tried |= 1 << slot
        promo = mall.coupons[row, slot].promo
        offer = mall.promos[promo]
        if used > 0 and offer.combines == 0 and offer.is_worthless == 0:
            continue
        base_fen = np.int64(price_fen) if mall.params[0].stack_base_is_list == 1 else left_fen
        refused = _refusal(mall, row, slot, base_fen, now_us)
        if refused >= 0:
            note(mall, row, now_us, EventKind.COUPON_REFUSED, promo, refused)
            continue
        off_fen = 0
        if counts_now(mall, row, slot):
            off_fen = off_of(left_fen, offer.off_ppm, offer.off_fen, offer.price_fen, offer.most_fen)
        if not _spend(mall, row, slot, unit, off_fen, now_us):
            note(mall, row, now_us, EventKind.COUPON_REFUSED, promo, Refused.BUDGET)
            continue
        left_fen -= off_fen
        _open_next(mall, row, promo, now_us)
        if offer.is_worthless == 0:
            used += 1
            if offer.combines == 0:
                return price_fen - left_fen


@kernel
def off_of(price_fen: int, off_ppm: int, off_fen: int, set_fen: int, most_fen: int) -> int:
    """Return what an offer takes off a price: a share, then an amount, or down to a price; never more than the price or the most."""
    off = np.int64(price_fen) * off_ppm // MILLION + off_fen
    if set_fen >= 0:
        off = max(off, np.int64(price_fen) - set_fen)
    return max(np.int64(0), min(off, min(np.int64(price_fen), np.int64(most_fen))))


@kernel
def _next_slot(mall: Mall, row: int, unit: int, left_fen: int, tried: int) -> int:
    """Return the next coupon for this store, -1 when there is none: the lowest order, then what takes most off, then the one claimed first."""
    found, found_order, found_off = -1, 0, 0
    for slot in range(COUPONS_MAX):
        coupon = mall.coupons[row, slot]
        if (tried >> slot) & 1 == 1 or coupon.promo < 0 or coupon.used > 0 or mall.promo_units[coupon.promo, unit] == 0:
            continue
        offer = mall.promos[coupon.promo]
        off_fen = off_of(left_fen, offer.off_ppm, offer.off_fen, offer.price_fen, offer.most_fen)
        if found < 0 or offer.order < found_order or (offer.order == found_order and off_fen > found_off):
            found, found_order, found_off = slot, offer.order, off_fen
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
    return -1 if is_unlocked(mall, row, slot) else Refused.LOCKED


@kernel
def counts_now(mall: Mall, row: int, slot: int) -> bool:
    """Return whether a coupon takes something off: the first of a bundle to be used only opens the others."""
    offer = mall.promos[mall.coupons[row, slot].promo]
    return offer.is_worthless == 0 and (offer.bundle < 0 or has_begun_bundle(mall, row, slot))


@kernel
def _spend(mall: Mall, row: int, slot: int, unit: int, off_fen: int, now_us: int) -> bool:
    """Use a coupon: from its budget, borne by the seller and whoever funds the rest; return False when the budget does not reach."""
    coupon = mall.coupons[row, slot]
    promo = coupon.promo
    offer = mall.promos[promo]
    is_counted = counts_now(mall, row, slot)
    gift_fen = np.int64(offer.gift_fen) if is_counted else np.int64(0)
    cost_fen = off_fen + gift_fen
    if offer.budget >= 0:
        purse = mall.budgets[offer.budget]
        if purse.spent_fen + purse.reserved_fen - coupon.reserved_fen + cost_fen > purse.limit_fen:
            return False
        give_up_reserve(mall, row, slot)
        purse.spent_fen += cost_fen
    seller = FIRST_TENANT + unit
    owe(mall, funder_of(mall, promo), seller, borne_of(mall, promo, cost_fen), TransferReason.OFFER_FUNDED, now_us)
    transfer(mall, seller, OUTSIDE, gift_fen, TransferReason.OFFER_GIFT, now_us)
    if is_counted:
        mall.minds[row].points_milli = mall.minds[row].points_milli * offer.points_milli // AS_USUAL_MILLI
    coupon.used += 1
    coupon.off_fen = off_fen
    coupon.unit = unit
    offer.used += 1
    offer.spent_fen += cost_fen
    note(mall, row, now_us, EventKind.COUPON_USED, promo, cost_fen)
    return True


@inlined
def funder_of(mall: Mall, promo: int) -> int:
    """Return the account of who bears what the seller does not."""
    offer = mall.promos[promo]
    return OPERATOR if offer.co_funder < 0 else FIRST_TENANT + offer.co_funder


@inlined
def borne_of(mall: Mall, promo: int, cost_fen: int) -> int:
    """Return what of a cost is not the seller's."""
    return cost_fen - (cost_fen * mall.promos[promo].seller_ppm + MILLION // 2) // MILLION


@kernel
def _open_next(mall: Mall, row: int, promo: int, now_us: int) -> None:
    """The next step of a chain comes into the wallet of whoever has used the one before, unless it is there."""
    following = mall.promos[promo].opens
    if following < 0:
        return
    for slot in range(COUPONS_MAX):
        if mall.coupons[row, slot].promo == following:
            return
    claim(mall, row, following, -1, now_us)


@inlined
def give_offers_back(mall: Mall, row: int, unit: int, now_us: int) -> None:
    """A purchase is given back: what was taken off its price is nobody's cost any more, and free again for others."""
    if mall.params[0].promos > 0 and mall.minds[row].coupons > 0:
        _give_back(mall, row, unit, now_us)


@kernel
def _give_back(mall: Mall, row: int, unit: int, now_us: int) -> None:
    """Return what was taken off to funder and budget; the coupon stays used, and a gift given."""
    for slot in range(COUPONS_MAX):
        coupon = mall.coupons[row, slot]
        if coupon.promo < 0 or coupon.used == 0 or coupon.unit != unit or coupon.off_fen <= 0:
            continue
        offer, off_fen = mall.promos[coupon.promo], coupon.off_fen
        # What the funder had borne of the gift it goes on bearing.
        whole_fen = off_fen + offer.gift_fen
        back_fen = borne_of(mall, coupon.promo, whole_fen) - borne_of(mall, coupon.promo, offer.gift_fen)
        owe_back(mall, FIRST_TENANT + unit, funder_of(mall, coupon.promo), back_fen, TransferReason.OFFER_RETURNED, now_us)
        offer.spent_fen -= off_fen
        if offer.budget >= 0:
            mall.budgets[offer.budget].spent_fen -= off_fen
        coupon.off_fen = 0
        note(mall, row, now_us, EventKind.COUPON_RETURNED, coupon.promo, off_fen)
