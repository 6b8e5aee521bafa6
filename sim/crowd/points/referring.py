"""Referral: who has brought a member, and what comes back to them when it buys elsewhere."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import book_of
from sim.crowd.points.owing import owe
from sim.crowd.points.receipts import CENTIPOINTS
from sim.crowd.points.referral_records import Brought, Rule
from sim.crowd.points.till import chain_holds, expires_us
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, POINTS_ISSUED, TREASURY, TransferReason
from sim.ledger.posting import begin_chain, issue
from sim.ledger.records import NONE, Count, Refusal
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
    """Return whether somebody has brought a resident, not too long ago."""
    brought = mall.referrals[resident]
    return brought.how != Brought.NOT and counts_at(brought.since_us, mall.params[0].referral_life_us, run_us)


@kernel
def counts_at(since_us: int, life_us: int, run_us: int) -> bool:
    """Return whether a referral counts at an instant: from its first on, up to and not including the end of its life."""
    return since_us <= run_us and run_us < since_us + life_us


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
    begin_chain(book_of(mall))
    refusal = _give_points(mall, unit, member, to_member, now_us)
    points = points_worth(to_member, params.face_fen)
    if refusal == Refusal.POSTED and referrer != NONE and params.referral_accounts == NONE:
        refusal = _let_pay(mall, unit, FIRST_TENANT + referrer, to_referrer, TransferReason.REFERRAL_FEE, now_us)
    elif refusal == Refusal.POSTED:
        account = np.int64(brought.friend) if referrer == NONE else np.int64(params.referral_accounts + referrer)
        refusal = _give_points(mall, unit, account, to_referrer, now_us)
        points += points_worth(to_referrer, params.face_fen)
    if not chain_holds(mall, refusal):
        return
    if to_referrer > 0:
        brought.returned_fen += to_referrer
        if referrer != NONE:
            note(mall, row, now_us, EventKind.REFERRAL_PAID, referrer, to_referrer)
    if points > 0:
        note(mall, row, now_us, EventKind.REFERRAL_POINTS, unit, points)


@kernel
def points_worth(value_fen: int, face_fen: int) -> int:
    """Return the centi-points that are worth so many fen at the till, rounded down."""
    return value_fen * CENTIPOINTS // face_fen if value_fen > 0 else 0


@kernel
def _give_points(mall: Mall, unit: int, account: int, value_fen: int, now_us: int) -> int:
    """Issue points worth so many fen, and let these be paid into the treasury; return a Refusal."""
    centi = points_worth(value_fen, mall.params[0].face_fen)
    if centi <= 0:
        return Refusal.POSTED
    refusal = issue(
        book_of(mall), now_us, POINTS_ISSUED, account, centi, TransferReason.REFERRAL_POINTS, expires_us(mall), NONE
    )
    if refusal != Refusal.POSTED:
        return refusal
    return _let_pay(mall, unit, TREASURY, value_fen, TransferReason.REFERRAL_FUNDING, now_us)


@kernel
def _let_pay(mall: Mall, unit: int, creditor: int, total_fen: int, reason: int, now_us: int) -> int:
    """Let seller, mall and alliance each owe its share of an amount; what the alliance owes itself stays. Return a Refusal."""
    params = mall.params[0]
    refusal = np.int64(Refusal.POSTED)
    if total_fen <= 0:
        return refusal
    for payer in range(3):
        share_fen = share_of_three(total_fen, params.seller_pays, params.operator_pays, params.alliance_pays, payer)
        debtor = np.int64(FIRST_TENANT + unit)
        if payer == 1:
            debtor = np.int64(OPERATOR)
        elif payer == 2:
            debtor = np.int64(TREASURY)
        if refusal == Refusal.POSTED:
            refusal = np.int64(owe(mall, debtor, creditor, share_fen, reason, now_us))
    return refusal


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
