"""What an offer is to a party: how much it concerns it, how deep it cuts, and what a coupon in hand does to choices and to buying."""

from __future__ import annotations

from sim.crowd.promos.records import COUPONS_MAX
from sim.crowd.state import Mall
from sim.kernel import inlined, kernel

MILLION = 1_000_000.0
NEED_BITS, NEED_MASK = 8, 255
IS_NEEDED, IS_HUNGRY = 1.0, 1.0  # standard deviations of relevance


@kernel
def relevance_of(mall: Mall, row: int, unit: int, now_us: int) -> float:
    """Return how much a store concerns a party now, in standard deviations of taste; 0 for an ordinary store, or none in particular.

    Its brand's place along the party's taste, and one more where the store's trade is on the party's list, or feeds it when it is hungry.
    """
    if unit < 0:
        return 0.0
    found = 0.0
    for dimension in range(mall.brands.shape[1]):
        found += mall.tastes[row, dimension] * mall.brands[unit, dimension]
    trade = mall.units[unit].category
    needs = mall.shoppers[row].needs
    while needs != 0:
        if (needs & NEED_MASK) - 1 == trade:
            found += IS_NEEDED
        needs >>= NEED_BITS
    if mall.categories[trade].has_tables == 1 and now_us >= mall.minds[row].hungry_us:
        found += IS_HUNGRY
    return found


@kernel
def depth_of(mall: Mall, promo: int, unit: int) -> float:
    """Return the share of a usual price that an offer takes off, or gives on top, at a store; 0 to 1."""
    offer = mall.promos[promo]
    usual_fen = mall.categories[mall.units[unit].category].basket_fen if unit >= 0 else mall.params[0].usual_fen
    if usual_fen <= 0.0:
        return 0.0
    depth = offer.off_ppm / MILLION + (offer.off_fen + offer.gift_fen) / usual_fen
    if offer.price_fen >= 0:
        depth = max(depth, 1.0 - offer.price_fen / usual_fen)
    if offer.from_fen > usual_fen:
        depth *= usual_fen / offer.from_fen
    return max(0.0, min(1.0, depth))


@inlined
def coupon_utility(mall: Mall, row: int, unit: int) -> float:
    """Return what the coupons that a party holds add to a store's utility."""
    if mall.params[0].promos == 0 or mall.minds[row].coupons == 0:
        return 0.0
    return mall.params[0].coupon_pull * best_depth(mall, row, unit)


@inlined
def deal_logit(mall: Mall, row: int, unit: int) -> float:
    """Return the log odds of buying that the coupons a party holds add in a store."""
    if mall.params[0].promos == 0 or mall.minds[row].coupons == 0:
        return 0.0
    return mall.params[0].deal_weight * best_depth(mall, row, unit)


@kernel
def best_depth(mall: Mall, row: int, unit: int) -> float:
    """Return the depth of the deepest offer for a store that a party holds and could use."""
    found = 0.0
    for slot in range(COUPONS_MAX):
        coupon = mall.coupons[row, slot]
        if coupon.promo >= 0 and coupon.used == 0 and mall.promo_units[coupon.promo, unit] == 1:
            found = max(found, depth_of(mall, coupon.promo, unit))
    return found
