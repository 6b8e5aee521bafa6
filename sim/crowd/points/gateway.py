"""The line between tills and ledger: how late it answers, and what a till does with points when it is down or nobody would pay."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import book_of
from sim.crowd.choice import lognormal
from sim.crowd.points.burning import points_to_burn_centi
from sim.crowd.points.gateway_records import HINDRANCES, Hindrance
from sim.crowd.points.owing import can_owe, owe, owing_account
from sim.crowd.points.receipts import CENTIPOINTS, burned_centi_of, worth_fen
from sim.crowd.points.till import held_centi, pay_with_points
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
    errand, params = mall.errands[row], mall.params[0]
    errand.burned_centi = 0
    errand.burned_fen = 0
    if mall.minds[row].account == NONE or mall.terms[unit].takes_part == 0 or params.redeems == 0:
        return 0
    if params.points_suspended == 1:
        return refuse_points(mall, row, unit, price_fen, now_us, Hindrance.SUSPENDED)
    payable_fen = np.int64(price_fen * params.points_price_share)
    if mall.gateways[unit].is_up == 0:
        if params.stands_in == 0:
            return refuse_points(mall, row, unit, payable_fen, now_us, Hindrance.LINE_DOWN)
        return _stand_in(mall, row, unit, payable_fen, now_us)
    if mall.accounts[TREASURY].limit != NO_LIMIT:
        wanted_centi = wished_centi(mall, row, unit, payable_fen, now_us)
        if wanted_centi > 0 and not can_owe(mall, TREASURY, worth_fen(wanted_centi, params.redemption_fen)):
            return refuse_points(mall, row, unit, payable_fen, now_us, Hindrance.TREASURY_EMPTY)
    return _ask(mall, row, unit, payable_fen, now_us)


@kernel
def wished_centi(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Return what a member would spend on a price if everything worked, within what a receipt takes."""
    params = mall.params[0]
    wanted_centi = points_to_burn_centi(mall, row, unit, price_fen, now_us)
    if wanted_centi <= 0 or wanted_centi < params.burn_least_centi:
        return 0
    held = held_centi(mall, mall.minds[row].account)
    centi = burned_centi_of(wanted_centi, held, price_fen, params.face_fen, params.burn_most_centi, params.burn_most_ppm)
    return 0 if centi < params.burn_least_centi else centi


@kernel
def refuse_points(mall: Mall, row: int, unit: int, price_fen: int, now_us: int, why: int) -> int:
    """Turn a wish to burn down, if there was one; nothing is paid in points."""
    wanted_centi = wished_centi(mall, row, unit, price_fen, now_us)
    if wanted_centi > 0:
        mall.gateways[unit].refused += 1
        _note_hindrance(mall, row, unit, worth_fen(wanted_centi, mall.params[0].face_fen), now_us, why)
    return 0


@kernel
def _note_hindrance(mall: Mall, row: int, unit: int, amount_fen: int, now_us: int, what: int) -> None:
    note(mall, row, now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * amount_fen + what)


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
        return 0
    if is_again and params.gateway_has_ids == 1:
        _note_hindrance(mall, row, unit, burned_fen, now_us, Hindrance.SENT_AGAIN)
    elif is_again:
        _take_twice(mall, row, unit, burned_fen, now_us)
    if params.clears_later == 1:
        taken_us = max(taken_us, params.cycle_ends_us - now_us)
    note(mall, row, now_us, EventKind.REDEMPTION_CLEARED, unit, taken_us)
    return burned_fen


@kernel
def _take_twice(mall: Mall, row: int, unit: int, burned_fen: int, now_us: int) -> None:
    """A request that was sent again is taken for another one: the points go twice, the receipt is paid once."""
    errand = mall.errands[row]
    burned_centi = errand.burned_centi
    twice_fen = pay_with_points(mall, row, unit, burned_fen, now_us)
    if twice_fen > 0:
        _note_hindrance(mall, row, unit, twice_fen, now_us, Hindrance.TAKEN_TWICE)
    errand.burned_centi = burned_centi
    errand.burned_fen = burned_fen


@kernel
def _stand_in(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """The line is down: take points on trust up to a limit, set aside where somebody keeps count of balances, else just believed."""
    params, account = mall.params[0], mall.minds[row].account
    if params.face_fen <= 0:
        return 0
    wanted_centi = wished_centi(mall, row, unit, price_fen, now_us)
    believes = params.stand_in_checks == 0
    if believes and uniform(mall.keys[Stream.GATEWAY], mall.minds[row].resident, OVERCLAIMS) < params.overclaim_share:
        wanted_centi = price_fen * CENTIPOINTS // params.face_fen
        wanted_centi = burned_centi_of(
            wanted_centi, wanted_centi, price_fen, params.face_fen, params.burn_most_centi, params.burn_most_ppm
        )
    most_centi = params.floor_fen * CENTIPOINTS // params.face_fen
    if wanted_centi > most_centi:
        over_fen = worth_fen(wanted_centi - most_centi, params.face_fen)
        _note_hindrance(mall, row, unit, over_fen, now_us, Hindrance.OVER_FLOOR)
        wanted_centi = most_centi
    if wanted_centi <= 0:
        return 0
    taken_fen, missing_centi = worth_fen(wanted_centi, params.face_fen), wanted_centi - max(held_centi(mall, account), 0)
    if not _take_unseen(mall, row, unit, wanted_centi, now_us, believes):
        mall.gateways[unit].refused += 1
        _note_hindrance(mall, row, unit, taken_fen, now_us, Hindrance.LINE_DOWN)
        return 0
    _note_hindrance(mall, row, unit, taken_fen, now_us, Hindrance.STOOD_IN)
    if missing_centi > 0:
        _note_hindrance(mall, row, unit, worth_fen(missing_centi, params.face_fen), now_us, Hindrance.OVERCLAIMED)
    errand, terms = mall.errands[row], mall.terms[unit]
    errand.burned_centi = wanted_centi
    errand.burned_fen = taken_fen
    terms.burned_centi += wanted_centi
    terms.burned_fen += taken_fen
    terms.redeemed_fen += worth_fen(wanted_centi, params.redemption_fen)
    note(mall, row, now_us, EventKind.POINTS_BURNED, unit, wanted_centi)
    return taken_fen


@kernel
def _take_unseen(mall: Mall, row: int, unit: int, centi: int, now_us: int, believes: bool) -> bool:
    """Take points and owe their price, both or neither; return whether the books allow it.

    Believed, what is not there is owed by the member, and the merchant has its money all the same. Else both are set aside as a pair
    of pending transfers, one after the other, until the line is back.
    """
    book = book_of(mall)
    account, tenant, params = mall.minds[row].account, FIRST_TENANT + unit, mall.params[0]
    price_fen = worth_fen(centi, params.redemption_fen)
    begin_chain(book)
    if believes:
        claw_back(book, now_us, account, POINTS_REDEEMED, centi, TransferReason.BURNED, NONE)
        owe(mall, TREASURY, tenant, price_fen, TransferReason.REDEMPTION, now_us)
    else:
        expires_us = now_us + mall.book_counts[Count.MIDNIGHT_US] + params.pending_us
        debtor, creditor = owing_account(mall, TREASURY), owing_account(mall, tenant)
        reserve(book, now_us, account, POINTS_REDEEMED, centi, TransferReason.BURNED, expires_us)
        reserve(book, now_us, debtor, creditor, max(price_fen, 1), TransferReason.REDEMPTION, expires_us)
    return end_chain(book) == 0
