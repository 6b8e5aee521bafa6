"""The line between tills and ledger: how late it answers, and what a till does with points when it is down or nobody would pay."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import book_of
from sim.crowd.choice import lognormal
from sim.crowd.points.burning import points_to_burn_centi
from sim.crowd.points.gateway_records import HINDRANCES, Hindrance
from sim.crowd.points.owing import can_owe, owe, owing_account
from sim.crowd.points.till import pay_with_points
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.ledger.accounts import FIRST_TENANT, POINTS_REDEEMED, TREASURY, TransferReason
from sim.ledger.posting import begin_chain, claw_back, end_chain, reserve
from sim.ledger.records import NO_LIMIT, NONE, Count
from sim.random_streams import standard_normal, uniform

US_PER_S = 1e6
TRIES = 2  # of an authorisation
OVERCLAIMS = 1 << 20  # count of the draw, beyond those of latencies


@kernel
def pay_through_gateway(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Pay part of a price in points as far as line and treasury allow; return the fen that they were worth."""
    if mall.minds[row].account == NONE or mall.terms[unit].takes_part == 0:
        return 0
    params = mall.params[0]
    if params.points_suspended == 1:
        return refuse_points(mall, row, unit, price_fen, now_us, Hindrance.SUSPENDED)
    payable_fen = np.int64(price_fen * params.points_price_share)
    if mall.gateways[unit].is_up == 0:
        if params.stands_in == 0:
            return refuse_points(mall, row, unit, payable_fen, now_us, Hindrance.LINE_DOWN)
        return _stand_in(mall, row, unit, payable_fen, now_us)
    if mall.accounts[TREASURY].limit != NO_LIMIT:
        wanted = points_to_burn_centi(mall, row, unit, payable_fen, now_us)
        if wanted > 0 and not can_owe(mall, TREASURY, wanted):
            return refuse_points(mall, row, unit, payable_fen, now_us, Hindrance.TREASURY_EMPTY)
    return _ask(mall, row, unit, payable_fen, now_us)


@kernel
def refuse_points(mall: Mall, row: int, unit: int, price_fen: int, now_us: int, why: int) -> int:
    """Turn a wish to burn down, if there was one; nothing is paid in points."""
    wanted = points_to_burn_centi(mall, row, unit, price_fen, now_us)
    if wanted > 0:
        mall.gateways[unit].refused += 1
        note(mall, row, now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * wanted + why)
    return 0


@kernel
def latency_us(mall: Mall, row: int, attempt: int) -> int:
    """Return how long the answer to an attempt takes at this store."""
    shopper, params = mall.shoppers[row], mall.params[0]
    normal = standard_normal(mall.keys[Stream.GATEWAY], shopper.number, TRIES * shopper.visits + attempt)
    return np.int64(US_PER_S * lognormal(params.gateway_mu, params.gateway_sigma, normal))


@kernel
def _ask(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Ask the ledger, once more where no answer comes in time: the first request has got through then, if late."""
    params = mall.params[0]
    taken_us = latency_us(mall, row, 0)
    is_again = taken_us > params.gateway_timeout_us
    if is_again:
        taken_us = latency_us(mall, row, 1)
        if taken_us > params.gateway_timeout_us:
            return refuse_points(mall, row, unit, price_fen, now_us, Hindrance.TIMED_OUT)
        taken_us += params.gateway_timeout_us
    burned_fen = pay_with_points(mall, row, unit, price_fen, now_us)
    if burned_fen <= 0:
        return burned_fen
    if is_again and params.gateway_has_ids == 1:
        note(mall, row, now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * burned_fen + Hindrance.SENT_AGAIN)
    elif is_again:
        twice_fen = pay_with_points(mall, row, unit, burned_fen, now_us)
        if twice_fen > 0:
            note(mall, row, now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * twice_fen + Hindrance.TAKEN_TWICE)
    if params.clears_later == 1:
        taken_us = max(taken_us, params.cycle_ends_us - now_us)
    note(mall, row, now_us, EventKind.REDEMPTION_CLEARED, unit, taken_us)
    return burned_fen


@kernel
def _stand_in(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """The line is down: take points on trust up to a limit, set aside where somebody keeps count of balances, else just believed."""
    params = mall.params[0]
    wanted = points_to_burn_centi(mall, row, unit, price_fen, now_us)
    believes = params.stand_in_checks == 0
    if believes and uniform(mall.keys[Stream.GATEWAY], mall.minds[row].resident, OVERCLAIMS) < params.overclaim_share:
        wanted = price_fen
    if wanted > params.floor_fen:
        note(
            mall, row, now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * (wanted - params.floor_fen) + Hindrance.OVER_FLOOR
        )
        wanted = params.floor_fen
    if wanted <= 0:
        return 0
    missing = wanted - max(mall.accounts[mall.minds[row].account].balance, 0)
    is_done = _take_on_trust(mall, row, unit, wanted, now_us) if believes else _set_aside(mall, row, unit, wanted, now_us)
    if not is_done:
        mall.gateways[unit].refused += 1
        note(mall, row, now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * wanted + Hindrance.LINE_DOWN)
        return 0
    note(mall, row, now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * wanted + Hindrance.STOOD_IN)
    if missing > 0:
        note(mall, row, now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * missing + Hindrance.OVERCLAIMED)
    return wanted


@kernel
def _take_on_trust(mall: Mall, row: int, unit: int, centi: int, now_us: int) -> bool:
    """Take points whether or not they are there: what is not is owed by the member, and the treasury pays the merchant all the same."""
    book = book_of(mall)
    begin_chain(book)
    claw_back(book, now_us, mall.minds[row].account, POINTS_REDEEMED, centi, TransferReason.BURNED, NONE)
    owe(mall, TREASURY, FIRST_TENANT + unit, centi, TransferReason.REDEMPTION, now_us)
    return end_chain(book) == 0


@kernel
def _set_aside(mall: Mall, row: int, unit: int, centi: int, now_us: int) -> bool:
    """Set points and their price aside as a pair of pending transfers, one after the other, until the line is back."""
    book = book_of(mall)
    expires_us = now_us + mall.book_counts[Count.MIDNIGHT_US] + mall.params[0].pending_us
    debtor, creditor = owing_account(mall, TREASURY), owing_account(mall, FIRST_TENANT + unit)
    begin_chain(book)
    reserve(book, now_us, mall.minds[row].account, POINTS_REDEEMED, centi, TransferReason.BURNED, expires_us)
    reserve(book, now_us, debtor, creditor, centi, TransferReason.REDEMPTION, expires_us)
    return end_chain(book) == 0
