"""A sale: what a party pays and how, the transfers in the books, and the way out of the store."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import transfer
from sim.crowd.checkout.methods import BEGINNING, BEGUN, fee_fen, is_by_phone, price_cut_fen, settle_method
from sim.crowd.choice import lognormal
from sim.crowd.goods.matching import price_factor_of
from sim.crowd.goods.taking import put_back, take_along
from sim.crowd.movement import come_out
from sim.crowd.needs import feel_store
from sim.crowd.points.burning import spending_factor, take_note_of_member
from sim.crowd.points.catalogue import redeem_voucher
from sim.crowd.points.discount import member_discount_fen
from sim.crowd.points.gateway import pay_through_gateway
from sim.crowd.points.referring import share_with_referrer
from sim.crowd.points.till import earn_points
from sim.crowd.points.watching import watch_receipt
from sim.crowd.promos.redeeming import redeem_coupons
from sim.crowd.promos.triggers import pull_triggers
from sim.crowd.ratings import judge_store
from sim.crowd.state import Mall, Stream
from sim.crowd.tallies import Counted
from sim.crowd.venues.bags import carry_away
from sim.crowd.writing import note, note_segment
from sim.events import EventKind, SegmentKind
from sim.kernel import kernel
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, OUTSIDE, PAYMENT_PLATFORM, TransferReason
from sim.promos import Hook
from sim.random_streams import standard_normal

PENNY_FEN = 1  # what a first payment by phone is: 0.01 yuan (article S3)


@kernel
def basket_fen(mall: Mall, row: int) -> int:
    """Return what the party will pay here if it buys: at least one fen."""
    shopper = mall.shoppers[row]
    category = mall.categories[mall.units[shopper.unit].category]
    normal = standard_normal(mall.keys[Stream.BASKET], shopper.number, shopper.visits)
    heads = shopper.people if category.per_head == 1 else 1
    amount = 100.0 * heads * shopper.spend_scale * lognormal(category.basket_mu, category.basket_sigma, normal)
    amount *= price_factor_of(mall, row, normal)
    amount *= spending_factor(mall, row)
    return max(1, np.int64(amount))


@kernel
def pay(mall: Mall, row: int, now_us: int) -> int:
    """Served: pay, and go with what was bought."""
    return conclude_sale(mall, row, now_us, False)


@kernel
def conclude_sale(mall: Mall, row: int, now_us: int, is_shipped: bool) -> int:
    """The money moves, the sale is noted, the party leaves with bags by the list price: a price cut makes nothing smaller."""
    shopper = mall.shoppers[row]
    if mall.errands[row].paying_by < 0:  # at a table, where the bill comes to the party
        settle_method(mall, row, now_us, False)
    paid_fen = take_money(mall, row, shopper.unit, shopper.amount_fen, now_us)
    take_along(mall, row, paid_fen, now_us)
    if not is_shipped:
        carry_away(mall, row, now_us)
    judge_store(mall, row, True, mall.minds[row].line_us, now_us)
    return leave_store(mall, row, now_us)


@kernel
def take_money(mall: Mall, row: int, unit: int, list_fen: int, now_us: int) -> int:
    """The party pays a unit by the way it has settled on: price cut, sale, fee; return what it paid."""
    errand = mall.errands[row]
    method = errand.paying_by
    paid_fen = np.int64(list_fen)
    if is_by_phone(method):
        cut_fen = price_cut_fen(paid_fen, mall.params[0].price_cut_ppm)
        paid_fen -= cut_fen
        mall.counts[Counted.PRICE_CUT_FEN] += cut_fen
    paid_fen -= member_discount_fen(mall, row, paid_fen)
    paid_fen -= redeem_voucher(mall, row, unit, paid_fen, now_us)
    paid_fen -= redeem_coupons(mall, row, unit, paid_fen, now_us)
    tenant = FIRST_TENANT + unit
    burned_fen = pay_through_gateway(mall, row, unit, paid_fen, now_us)
    transfer(mall, OUTSIDE, tenant, paid_fen - burned_fen, TransferReason.SALE, now_us)
    note(mall, row, now_us, EventKind.PURCHASED, unit, paid_fen)
    note(mall, row, now_us, EventKind.PAID_BY, method, errand.pay_us)
    take_note_of_member(mall, row, unit, paid_fen, burned_fen, now_us)
    earned_centi = earn_points(mall, row, unit, paid_fen - burned_fen, now_us)
    watch_receipt(mall, row, unit, paid_fen - burned_fen, burned_fen, earned_centi, now_us)
    share_with_referrer(mall, row, unit, paid_fen - burned_fen, now_us)
    fee = fee_fen(paid_fen - burned_fen, mall.methods[method].fee_ppm)
    mall.counts[Counted.PAYMENT_FEE_FEN] += fee
    transfer(mall, tenant, PAYMENT_PLATFORM, fee, TransferReason.PAYMENT_FEE, now_us)
    if errand.has_adopted == BEGINNING:
        _begin_with_phone(mall, row, now_us)
    if is_by_phone(method):
        errand.payments += 1
    errand.paying_by = -1
    errand.pay_us = 0
    errand.spent_fen += paid_fen
    pull_triggers(mall, row, Hook.PAID, unit, now_us)
    mind = mall.minds[row]
    mind.purchases += 1
    mind.bought = mall.shoppers[row].visits
    mind.delight -= mall.pulls[unit].price_rise
    return paid_fen


@kernel
def _begin_with_phone(mall: Mall, row: int, now_us: int) -> None:
    """A party has paid by phone for the first time: a penny to the mall, a gift from it."""
    mall.errands[row].has_adopted = BEGUN
    gift_fen = mall.params[0].gift_fen
    transfer(mall, OUTSIDE, OPERATOR, PENNY_FEN, TransferReason.ONBOARDING, now_us)
    transfer(mall, OPERATOR, OUTSIDE, gift_fen, TransferReason.ONBOARDING, now_us)
    note(mall, row, now_us, EventKind.PAYMENT_ADOPTED, mall.shoppers[row].unit, gift_fen)


@kernel
def leave_store(mall: Mall, row: int, now_us: int) -> int:
    """Come out by the door one came in by, and decide what next."""
    shopper = mall.shoppers[row]
    mall.errands[row].paying_by = -1
    feel_store(mall, row, now_us)
    pull_triggers(mall, row, Hook.LEFT_STORE, shopper.unit, now_us)
    put_back(mall, row)
    here = mall.units[shopper.unit]
    here.people -= shopper.people
    here.person_us += (now_us - shopper.since_us) * shopper.people
    note(mall, row, now_us, EventKind.STORE_LEFT, shopper.unit, now_us - shopper.since_us)
    note_segment(mall, row, SegmentKind.INSIDE_UNIT, shopper.unit, shopper.since_us, now_us, 0.0, 0.0)
    shopper.unit = -1
    return come_out(mall, row, now_us)
