"""What a party brings from home: its coupons, and the store that it has come for."""

from __future__ import annotations

from sim.crowd.promos.records import COUPONS_MAX, FROM_HOME_US
from sim.crowd.state import Mall
from sim.kernel import inlined, kernel


@kernel
def bring_coupons(mall: Mall, row: int, index: int) -> None:
    """Put the coupons of an arriving party into its wallet; what they take off for certain has been set aside already."""
    mind = mall.minds[row]
    mind.bound_for = mall.arrivals[index].bound_for
    for slot in range(COUPONS_MAX):
        promo = mall.arriving_coupons[index, slot]
        if promo < 0 or promo >= mall.params[0].promos:
            continue
        offer = mall.promos[promo]
        coupon = mall.coupons[row, slot]
        coupon.promo = promo
        coupon.letter = -1
        coupon.claimed_us = FROM_HOME_US
        coupon.until_us = offer.until_us
        coupon.reserved_fen = offer.off_fen + offer.gift_fen if offer.budget >= 0 else 0
        coupon.used = 0
        mind.coupons += 1


@inlined
def take_up(mall: Mall, row: int) -> int:
    """Return the store that a party has come for, once; -1 for none."""
    if mall.params[0].has_policies == 0:
        return -1
    unit = mall.minds[row].bound_for
    mall.minds[row].bound_for = -1
    return unit
