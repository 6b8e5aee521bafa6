"""Referral: who has brought a member, and what comes back to them when it buys elsewhere."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import book_of
from sim.crowd.points.owing import owe
from sim.crowd.points.referral_records import Brought, Rule
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, POINTS_ISSUED, TREASURY, TransferReason
from sim.ledger.posting import begin_chain, end_chain, issue
from sim.ledger.records import NEVER_US, NONE, Count, Refusal
from sim.random_streams import uniform

PPM = 1_000_000


@kernel
def share_with_referrer(mall: Mall, row: int, unit: int, net_fen: int, now_us: int) -> None:
    """Let a purchase by a referred member come back to the member and to whoever referred it; let the merchant label who is not."""
    mind = mall.minds[row]
    resident = mind.resident
    if mind.account == NONE or resident < 0 or resident >= mall.referrals.size:
        return
    if net_fen <= 0 or mall.terms[unit].takes_part == 0:
        return
    run_us = now_us + mall.book_counts[Count.MIDNIGHT_US]
    is_live = is_referred(mall, resident, run_us)
    if is_live:
        _return_to_both(mall, row, unit, net_fen, now_us)
    if not is_live or mall.params[0].referral_rule == Rule.LAST_TOUCH:
        _label(mall, row, unit, run_us)


@kernel
def is_referred(mall: Mall, resident: int, run_us: int) -> bool:
    """Return whether somebody has brought a resident, not too long ago: the last instant of its life counts no more."""
    brought = mall.referrals[resident]
    return brought.how != Brought.NOT and brought.since_us <= run_us < brought.since_us + mall.params[0].referral_life_us


@kernel
def _label(mall: Mall, row: int, unit: int, run_us: int) -> None:
    """Let a merchant label a member at a purchase, now and then."""
    shopper = mall.shoppers[row]
    if uniform(mall.keys[Stream.REFERRAL], shopper.number, shopper.visits) >= mall.params[0].label_share:
        return
    brought = mall.referrals[mall.minds[row].resident]
    brought.since_us = run_us
    brought.returned_fen = 0
    brought.unit = unit
    brought.teller = NONE
    brought.friend = NONE
    brought.how = Brought.LABELLED


@kernel
def _return_to_both(mall: Mall, row: int, unit: int, net_fen: int, now_us: int) -> None:
    """Post what comes back of a purchase, all or nothing; nothing does to whoever sells itself, or is no participant any more."""
    params = mall.params[0]
    member = mall.minds[row].account
    brought = mall.referrals[mall.minds[row].resident]
    referrer = brought.unit
    if referrer == NONE:
        if brought.friend == NONE or brought.friend == member:
            return
    elif referrer == unit or mall.terms[referrer].takes_part == 0:
        return
    to_member = net_fen * params.referred_ppm // PPM
    to_referrer = min(net_fen * params.referrer_ppm // PPM, params.referral_cap_fen - brought.returned_fen)
    book = book_of(mall)
    begin_chain(book)
    points = np.int64(0)
    points += _give_points(mall, unit, member, to_member, now_us)
    if referrer == NONE:
        points += _give_points(mall, unit, brought.friend, to_referrer, now_us)
    elif params.referral_accounts != NONE:
        points += _give_points(mall, unit, params.referral_accounts + referrer, to_referrer, now_us)
    else:
        _let_pay(mall, unit, FIRST_TENANT + referrer, to_referrer, TransferReason.REFERRAL_FEE, now_us)
    if end_chain(book) != Refusal.POSTED:
        return
    if to_referrer > 0:
        brought.returned_fen += to_referrer
        if referrer != NONE:
            note(mall, row, now_us, EventKind.REFERRAL_PAID, referrer, to_referrer)
    if points > 0:
        note(mall, row, now_us, EventKind.REFERRAL_POINTS, unit, points)


@kernel
def _give_points(mall: Mall, unit: int, account: int, value_fen: int, now_us: int) -> int:
    """Issue points worth so many fen, a centi-point each, and let them be paid for; return the centi-points."""
    if value_fen <= 0:
        return 0
    issue(book_of(mall), now_us, POINTS_ISSUED, account, value_fen, TransferReason.REFERRAL_POINTS, NEVER_US, NONE)
    _let_pay(mall, unit, TREASURY, value_fen, TransferReason.REFERRAL_FUNDING, now_us)
    return value_fen


@kernel
def _let_pay(mall: Mall, unit: int, creditor: int, total_fen: int, reason: int, now_us: int) -> None:
    """Let the seller, the mall and the alliance each owe its share of an amount; what the alliance owes itself stays where it is."""
    if total_fen <= 0:
        return
    params = mall.params[0]
    for payer in range(3):
        share_fen = share_of_three(total_fen, params.seller_pays, params.operator_pays, params.alliance_pays, payer)
        debtor = FIRST_TENANT + unit
        if payer == 1:
            debtor = np.int64(OPERATOR)
        elif payer == 2:
            debtor = np.int64(TREASURY)
        owe(mall, debtor, creditor, share_fen, reason, now_us)


@kernel
def share_of_three(total: int, first: int, second: int, third: int, which: int) -> int:
    """Return one of three shares of an amount by whole weights, which add up to it (largest remainder, ties in their order)."""
    whole = first + second + third
    if whole <= 0:
        return 0
    left = total - total * first // whole - total * second // whole - total * third // whole
    weight = first
    if which == 1:
        weight = second
    elif which == 2:
        weight = third
    mine = total * weight % whole
    before = 0
    for other in range(3):
        other_weight = first
        if other == 1:
            other_weight = second
        elif other == 2:
            other_weight = third
        rest = total * other_weight % whole
        if rest > mine or (rest == mine and other < which):
            before += 1
    return total * weight // whole + (1 if before < left else 0)
