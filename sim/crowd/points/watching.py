"""The till's watch: rules about receipts that look at accounts only, and the receipts of those who are about to abuse them."""

from __future__ import annotations

from enum import IntEnum

from sim.crowd.books import book_of
from sim.crowd.points.offer_records import DEEDS_MAX
from sim.crowd.points.owing import owe_back
from sim.crowd.points.receipts import worth_fen
from sim.crowd.points.till import chain_holds
from sim.crowd.state import Mall, Stream
from sim.kernel import inlined, kernel
from sim.ledger.accounts import FIRST_TENANT, POINTS_VOIDED, TREASURY, TransferReason
from sim.ledger.posting import begin_chain, claw_back, reserve
from sim.ledger.records import NONE, Count, Refusal
from sim.random_streams import uniform


class Attack(IntEnum):
    """Ways to abuse a programme."""

    NONE = 0
    FAKE_ACCOUNTS = 1
    REFUND_FARMING = 2
    DOUBLE_SPENDING = 3
    SELF_REFERRAL = 4
    COLLUSION = 5


class Rule(IntEnum):
    """Rules against abuse."""

    CLAW_BACK = 0
    POINTS_AS_POINTS = 1
    ONLINE_ONLY = 2
    ONE_PER_PHONE = 3
    HOLD = 4
    RECEIPTS = 5  # too many a day
    IN_A_ROW = 6  # too many at one merchant


class Watched(IntEnum):
    """What the watch has counted today; `watched` is indexed by it, then by Attack and Rule."""

    DEEDS = 0  # rows of `deeds` in use
    TIMES = 1  # receipts of which a rule took or held the points
    CENTI = 1 + 6 * 7  # and these points


RULES = len(Rule)
WATCHED = Watched.CENTI + len(Attack) * RULES


@inlined
def watch_receipt(mall: Mall, row: int, unit: int, paid_fen: int, burned_fen: int, earned_centi: int, now_us: int) -> None:
    """Look at a member's receipt."""
    if mall.params[0].watches_receipts == 1 and mall.minds[row].account >= 0:
        _watch(mall, row, unit, paid_fen, burned_fen, earned_centi, now_us)


@kernel
def _watch(mall: Mall, row: int, unit: int, paid_fen: int, burned_fen: int, earned_centi: int, now_us: int) -> None:
    """Take the points back that a rule forbids, hold others, and note the receipts that will be abused."""
    account = mall.minds[row].account
    suspect = mall.suspects[account]
    suspect.receipts += 1
    suspect.in_a_row = suspect.in_a_row + 1 if suspect.last_unit == unit else 1
    suspect.last_unit = unit
    attack = attack_of(mall, row)
    kept_centi = earned_centi
    rule = broken_rule(mall, suspect.receipts, suspect.in_a_row)
    if earned_centi > 0 and rule >= 0:
        fee_fen = worth_fen(earned_centi, mall.params[0].issue_fen)
        begin_chain(book_of(mall))
        refusal = claw_back(book_of(mall), now_us, account, POINTS_VOIDED, earned_centi, TransferReason.TAKEN_BACK, NONE)
        if refusal == Refusal.POSTED:  # nobody has these points: the merchant pays for none
            refusal = owe_back(mall, TREASURY, FIRST_TENANT + unit, fee_fen, TransferReason.ISSUE_FEE_RETURNED, now_us)
        if chain_holds(mall, refusal):
            mall.terms[unit].fee_fen -= fee_fen
            kept_centi = 0
            mall.errands[row].earned_centi = 0  # whoever brings the receipt back does not lose them again
            note_taken(mall, rule, attack, earned_centi)
    held = NONE
    if kept_centi > 0 and mall.params[0].points_hold_us > 0:
        held = hold_points(mall, account, kept_centi, now_us)
        note_taken(mall, Rule.HOLD, attack, kept_centi)
    rows = mall.watched[Watched.DEEDS]
    if attack != Attack.NONE and rows < DEEDS_MAX:
        deed = mall.deeds[rows]
        deed.time_us = now_us
        deed.paid_fen = paid_fen
        deed.burned_fen = burned_fen
        deed.earned_centi = kept_centi
        deed.account = account
        deed.unit = unit
        deed.attack = attack
        deed.held = held
        deed.held_id = mall.pendings[held].id if held != NONE else NONE
        mall.watched[Watched.DEEDS] = rows + 1


@kernel
def is_to_be_farmed(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether the receipt that was just written will be brought back by one who farms refunds."""
    rows = mall.watched[Watched.DEEDS]
    if mall.params[0].watches_receipts == 0 or rows == 0:
        return False
    deed = mall.deeds[rows - 1]
    return deed.attack == Attack.REFUND_FARMING and deed.account == mall.minds[row].account and deed.time_us == now_us


@kernel
def broken_rule(mall: Mall, receipts: int, in_a_row: int) -> int:
    """Return the Rule about receipts that an account breaks with this one, -1 when none."""
    params = mall.params[0]
    if params.receipts_most > 0 and receipts > params.receipts_most:
        return Rule.RECEIPTS
    if params.in_a_row_most > 0 and in_a_row > params.in_a_row_most:
        return Rule.IN_A_ROW
    return -1


@kernel
def note_taken(mall: Mall, rule: int, attack: int, centi: int) -> None:
    """Count what a rule took, by who it was from: the truth, which no rule sees."""
    mall.watched[Watched.TIMES + RULES * attack + rule] += 1
    mall.watched[Watched.CENTI + RULES * attack + rule] += centi


@kernel
def hold_points(mall: Mall, account: int, centi: int, now_us: int) -> int:
    """Set points aside until their time; return the slot of the pending transfer, NONE when the books refuse it."""
    until_us = now_us + mall.book_counts[Count.MIDNIGHT_US] + mall.params[0].points_hold_us
    refusal = reserve(book_of(mall), now_us, account, POINTS_VOIDED, centi, TransferReason.TAKEN_BACK, until_us)
    return mall.book_counts[Count.LAST_PENDING] if refusal == Refusal.POSTED else NONE


@kernel
def attack_of(mall: Mall, row: int) -> int:
    """Return the Attack of a member who walks in the mall: a property of the person, not of the day."""
    if mall.minds[row].resident < 0:
        return Attack.NONE
    draw = uniform(mall.keys[Stream.ABUSE], mall.minds[row].resident, 0)
    if draw < mall.params[0].refund_farmers_to:
        return Attack.REFUND_FARMING
    if draw < mall.params[0].double_spenders_to:
        return Attack.DOUBLE_SPENDING
    if draw < mall.params[0].ring_members_to:
        return Attack.SELF_REFERRAL
    return Attack.NONE
