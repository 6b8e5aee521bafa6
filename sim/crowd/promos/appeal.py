"""What an offer is to a party: how much it concerns it, how deep it cuts, and what a coupon in hand does to choices and to buying."""

from __future__ import annotations

import numpy as np

from sim.crowd.promos.records import COUPONS_MAX
from sim.crowd.state import Mall
from sim.kernel import inlined, kernel
from sim.visitors import TASTES

MILLION = 1_000_000.0
NEED_BITS, NEED_MASK = 8, 255


@kernel
def relevance_of(mall: Mall, row: int, unit: int, now_us: int) -> float:
    """Return how much a store concerns a party now, in standard deviations of taste; 0 for an ordinary store, or none in particular.

    Its brand's place along the party's taste, and more where the store's trade is on the party's list, or feeds it when it is hungry.
    """
    if unit < 0:
        return 0.0
    found = 0.0
    for dimension in range(TASTES):
        found += mall.tastes[row, dimension] * mall.brands[unit, dimension]
    found /= np.sqrt(float(TASTES))
    trade = mall.units[unit].category
    needs = mall.shoppers[row].needs
    while needs != 0:
        if (needs & NEED_MASK) - 1 == trade:
            found += mall.params[0].needed_relevance
            break
        needs >>= NEED_BITS
    if mall.categories[trade].has_tables == 1 and now_us >= mall.minds[row].hungry_us and mall.minds[row].meals == 0:
        found += mall.params[0].hungry_relevance
    return found


@kernel
def depth_of(mall: Mall, promo: int, unit: int) -> float:
    """Return the share of a usual price that an offer takes off, or gives on top, at a store; 0 to 1."""
    offer = mall.promos[promo]
    usual_fen = mall.categories[mall.units[unit].category].basket_fen if unit >= 0 else mall.params[0].usual_fen
    if usual_fen <= 0.0:
        return 0.0
    off_fen = min(offer.off_ppm / MILLION * usual_fen + offer.off_fen, float(offer.most_fen))
    if offer.price_fen >= 0:
        off_fen = max(off_fen, usual_fen - offer.price_fen)
    depth = (off_fen + offer.gift_fen) / usual_fen
    if offer.from_fen > usual_fen:
        depth *= usual_fen / offer.from_fen
    return max(0.0, min(1.0, depth))


@kernel
def promise_of(mall: Mall, promo: int, unit: int) -> float:
    """Return the depth of an offer, or what it opens counts for now where that is more: a step of a chain is worth what comes after it."""
    found = depth_of(mall, promo, unit)
    share, following = mall.params[0].later_share, mall.promos[promo].opens
    while following >= 0:
        found = max(found, share * depth_of(mall, following, mall.promos[following].home))
        share *= mall.params[0].later_share
        following = mall.promos[following].opens
    return found


@inlined
def coupon_utility(mall: Mall, row: int, unit: int) -> float:
    """Return what the coupons that a party holds add to a store's utility: the only way by which they move it to go anywhere."""
    if mall.params[0].promos == 0 or mall.minds[row].coupons == 0:
        return 0.0
    return mall.params[0].coupon_pull * best_depth(mall, row, unit)


@inlined
def deal_logit(mall: Mall, row: int, unit: int) -> float:
    """Return the log odds of buying that the coupons a party holds add in a store: more than in proportion to their depth."""
    if mall.params[0].promos == 0 or mall.minds[row].coupons == 0:
        return 0.0
    depth = best_depth(mall, row, unit)
    return mall.params[0].deal_weight * depth ** mall.params[0].deal_power if depth > 0.0 else 0.0


@inlined
def with_deal(mall: Mall, row: int, unit: int, share: float) -> float:
    """Return the chance of buying in a store with what the party holds for it, given the chance without."""
    deal = deal_logit(mall, row, unit)
    if deal <= 0.0 or share <= 0.0 or share >= 1.0:
        return share
    return 1.0 / (1.0 + np.exp(-deal) * (1.0 - share) / share)


@inlined
def full_price(mall: Mall, row: int, unit: int) -> float:
    """Return the share of a price that is left of it with what the party holds."""
    if mall.params[0].promos == 0 or mall.minds[row].coupons == 0:
        return 1.0
    return 1.0 - best_depth(mall, row, unit)


@kernel
def best_depth(mall: Mall, row: int, unit: int) -> float:
    """Return the depth of the deepest offer for a store that a party holds and could use now."""
    found = 0.0
    now_us = mall.minds[row].seen_us
    for slot in range(COUPONS_MAX):
        coupon = mall.coupons[row, slot]
        if coupon.promo < 0 or coupon.used > 0 or mall.promo_units[coupon.promo, unit] == 0:
            continue
        if now_us >= coupon.until_us or not is_unlocked(mall, row, slot):
            continue
        found = max(found, promise_of(mall, coupon.promo, unit))
    return found


@kernel
def is_unlocked(mall: Mall, row: int, slot: int) -> bool:
    """Return whether a coupon is the first of its chain, or comes after one that the party has used on this visit."""
    after = mall.promos[mall.coupons[row, slot].promo].after
    return after < 0 or has_used(mall, row, after)


@kernel
def has_used(mall: Mall, row: int, promo: int) -> bool:
    """Return whether the party has used an offer on this visit."""
    for slot in range(COUPONS_MAX):
        if mall.coupons[row, slot].promo == promo and mall.coupons[row, slot].used > 0:
            return True
    return False


@kernel
def has_begun_bundle(mall: Mall, row: int, slot: int) -> bool:
    """Return whether the party has used another offer of a coupon's bundle on this visit."""
    own = mall.coupons[row, slot].promo
    for other in range(COUPONS_MAX):
        coupon = mall.coupons[row, other]
        if coupon.promo < 0 or coupon.promo == own or coupon.used == 0:
            continue
        if mall.promos[coupon.promo].bundle == mall.promos[own].bundle:
            return True
    return False
