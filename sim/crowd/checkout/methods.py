"""Which way a party pays, how long that takes, and what is taken off the price or kept as a fee."""

from __future__ import annotations

import numpy as np

from sim.crowd.checkout.records import METHODS
from sim.crowd.choice import lognormal
from sim.crowd.state import Mall, Role, Stream
from sim.kernel import inlined, kernel
from sim.random_streams import standard_normal, uniform
from sim.units import US_PER_DAY
from sim.visitors import PayMethod

MILLION = 1_000_000
# Counts of the draws of Stream.PAYMENT: two for the party as a whole, then a pair for each store entered.
SWITCHES, USES_SELF_CHECKOUT, FIRST_OF_TIMES = 0, 1, 8
NOT_YET, BEGUN, BEGINNING = 0, 1, 2  # what a party's has_adopted says of paying by phone


@inlined
def is_by_phone(method: int) -> bool:
    """Return whether a payment needs a phone."""
    return method >= PayMethod.MOBILE


@kernel
def price_cut_fen(list_fen: int, cut_ppm: int) -> int:
    """Return what is taken off a price, rounded down, so that at least one fen is left to pay."""
    return min(list_fen * cut_ppm // MILLION, list_fen - 1)


@kernel
def fee_fen(paid_fen: int, fee_ppm: int) -> int:
    """Return the fee of a payment: half a fen and more is rounded up, less is nothing."""
    return (paid_fen * fee_ppm + MILLION // 2) // MILLION


@kernel
def amount_factor(amount_fen: float, small_fen: float, large_fen: float, small_factor: float, large_factor: float) -> float:
    """Return how much longer than on average a payment of this amount takes: linear in its logarithm between small and large."""
    if amount_fen <= small_fen:
        return small_factor
    if amount_fen >= large_fen:
        return large_factor
    share = np.log(amount_fen / small_fen) / np.log(large_fen / small_fen)
    return small_factor + (large_factor - small_factor) * share


@kernel
def settle_method(mall: Mall, row: int, now_us: int, at_till: bool) -> None:
    """Decide how the party pays here: as it is used to, or by phone because it has begun to, begins now, or pays less by phone."""
    errand = mall.errands[row]
    params = mall.params[0]
    number = mall.shoppers[row].number
    if errand.has_adopted == BEGINNING:
        errand.has_adopted = NOT_YET  # had left the line before it was its turn
    errand.paying_by = errand.pays_by
    if is_by_phone(errand.pays_by):
        return
    switches = params.price_cut_ppm > 0 and uniform(mall.keys[Stream.PAYMENT], number, SWITCHES) < params.phone_switch_share
    if switches or errand.has_adopted == BEGUN:
        errand.paying_by = PayMethod.QR
    elif at_till and params.onboarding == 1:
        hazard = params.adopt_share_taught if is_taught(mall, mall.shoppers[row].unit, now_us) else params.adopt_share_alone
        if uniform(mall.keys[Stream.ADOPTION], number, mall.shoppers[row].visits) < hazard:
            errand.has_adopted = BEGINNING
            errand.paying_by = PayMethod.QR


@inlined
def is_taught(mall: Mall, unit: int, now_us: int) -> bool:
    """Return whether somebody teaches beside the tills of a store now."""
    params = mall.params[0]
    return mall.venues[unit].has_teacher == 1 and params.teaching_starts_us <= now_us % US_PER_DAY < params.teaching_ends_us


@kernel
def till_s(mall: Mall, row: int, station: int, drawn_s: float, now_us: int) -> float:
    """Return the time a party needs at a station: at a till, for scanning and packing and then for paying its way.

    `drawn_s` is the draw of the station's own law about its mean, which here is the luck of scanning and packing. Paying has a draw of
    its own, the same whatever the method: so two days that differ in how people pay share their luck.
    """
    here = mall.stations[station]
    errand = mall.errands[row]
    if (here.role != Role.TILL and here.role != Role.SELF_CHECKOUT) or mall.methods.size == 0 or errand.paying_by < 0:
        return drawn_s
    trade = mall.categories[mall.units[here.unit].category]
    luck = drawn_s / here.service_s_mean if here.service_s_mean > 0.0 else 1.0
    paying_s = pay_s(mall, row, trade.is_food_retail, now_us)
    errand.pay_us = np.int64(1e6 * paying_s)
    slowness = mall.params[0].self_slowness if here.role == Role.SELF_CHECKOUT else 1.0
    return trade.handling_s * slowness * luck + paying_s


@kernel
def pay_s(mall: Mall, row: int, is_food_retail: int, now_us: int) -> float:
    """Return the time a party takes to pay: by method, amount (cash) and practice (beginners)."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    params = mall.params[0]
    way = mall.methods[errand.paying_by + (METHODS if is_food_retail == 1 else 0)]
    mean_s = params.pay_s_fixed
    if mean_s <= 0.0:
        mean_s = way.pay_s_mean * amount_factor(
            float(shopper.amount_fen), params.cash_small_fen, params.cash_large_fen, way.small_factor, way.large_factor
        )
    if errand.has_adopted != NOT_YET:
        mean_s *= 1.0 + (params.first_pay_factor - 1.0) * params.first_pay_decay**errand.payments
    normal = standard_normal(mall.keys[Stream.PAYMENT], shopper.number, FIRST_OF_TIMES + shopper.visits)
    time_s = mean_s * lognormal(params.pay_mu, params.pay_sigma, normal)
    if errand.has_adopted == BEGINNING:
        time_s += params.taught_s if is_taught(mall, shopper.unit, now_us) else params.alone_s
    return time_s
