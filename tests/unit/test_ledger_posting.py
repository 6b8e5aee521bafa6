"""The ledger's kernels by hand: pending transfers, chains, lots, claw-backs."""

from __future__ import annotations

import datetime

import pytest

from sim.kernel import entry, referred
from sim.ledger import posting
from sim.ledger.accounts import OUTSIDE, POINTS_ISSUED, POINTS_REDEEMED, Currency, TransferReason
from sim.ledger.ledger import Ledger
from sim.ledger.records import NEVER_US, NONE, Book, Count, Refusal, State

pytestmark = pytest.mark.plain
DAY = 86_400_000_000


@entry
def reserved(book: Book, now_us: int, debit: int, credit: int, amount: int) -> int:
    book = referred(book)
    return posting.reserve(book, now_us, debit, credit, amount, TransferReason.BURNED, NEVER_US)


@entry
def posted(book: Book, now_us: int, slot: int, pending_id: int, amount: int) -> int:
    book = referred(book)
    return posting.post_pending(book, now_us, slot, pending_id, amount)


@entry
def released(book: Book, now_us: int, slot: int, pending_id: int, state: int) -> int:
    book = referred(book)
    return posting.release_pending(book, now_us, slot, pending_id, state)


@entry
def issued(book: Book, now_us: int, account: int, amount: int, expires_us: int) -> int:
    book = referred(book)
    return posting.issue(book, now_us, POINTS_ISSUED, account, amount, TransferReason.EARNED, expires_us, NONE)


@entry
def clawed(book: Book, now_us: int, account: int, amount: int) -> int:
    book = referred(book)
    return posting.claw_back(book, now_us, account, POINTS_REDEEMED, amount, TransferReason.CLAWED_BACK, NONE)


@entry
def chained(book: Book, first: int, second: int, amount: int) -> int:
    book = referred(book)
    posting.begin_chain(book)
    posting.transfer(book, 0, POINTS_ISSUED, first, 7, TransferReason.EARNED)
    posting.transfer(book, 0, first, POINTS_REDEEMED, amount, TransferReason.BURNED)
    posting.transfer(book, 0, POINTS_ISSUED, second, 9, TransferReason.EARNED)
    return posting.end_chain(book)


def opened(*points: int) -> tuple[Ledger, list[int]]:
    ledger = Ledger(["a", "b"], 1000)
    ledger.begin_day(datetime.date(2026, 6, 1), 0)
    accounts = [
        ledger.open(f"member:{number}", Currency.POINTS, limit=0, has_lots=True, may_owe=True) for number in range(len(points))
    ]
    for account, centi in zip(accounts, points, strict=True):
        if centi:
            assert issued(ledger.book, 0, account, centi, NEVER_US) == Refusal.POSTED
    return ledger, accounts


def lots_of(ledger: Ledger, account: int) -> list[int]:
    found, lot = [], ledger.book.accounts[account].first_lot
    while lot != NONE:
        found.append(int(ledger.book.lots[lot].remaining))
        lot = ledger.book.lots[lot].next
    return found


def test_a_second_reserve_beyond_the_balance_is_refused_while_the_first_is_pending():
    ledger, (member,) = opened(100)
    book, counts = ledger.book, ledger.book.book_counts

    assert reserved(book, 1, member, POINTS_REDEEMED, 60) == Refusal.POSTED
    slot, pending_id = int(counts[Count.LAST_PENDING]), int(counts[Count.POSTED]) - 1
    assert reserved(book, 2, member, POINTS_REDEEMED, 60) == Refusal.INSUFFICIENT
    assert released(book, 3, slot, pending_id, State.VOID) == Refusal.POSTED
    assert released(book, 3, slot, pending_id, State.VOID) == Refusal.ALREADY_VOIDED
    assert reserved(book, 4, member, POINTS_REDEEMED, 60) == Refusal.POSTED


def test_a_part_of_a_pending_transfer_releases_the_rest_at_once():
    ledger, (member,) = opened(100)
    book, counts = ledger.book, ledger.book.book_counts
    reserved(book, 1, member, POINTS_REDEEMED, 60)
    slot, pending_id = int(counts[Count.LAST_PENDING]), int(counts[Count.POSTED]) - 1

    assert posted(book, 2, slot, pending_id, 61) == Refusal.EXCEEDS_PENDING
    assert posted(book, 2, slot, pending_id, 40) == Refusal.POSTED
    assert (ledger.balance(member), int(book.accounts[member].reserved)) == (60, 0)
    assert posted(book, 2, slot, pending_id, 20) == Refusal.ALREADY_POSTED


def test_a_chain_with_a_refused_transfer_leaves_nothing_behind():
    ledger, (one, other) = opened(10, 0)
    before = int(ledger.book.book_counts[Count.POSTED])

    assert chained(ledger.book, one, other, 18) == Refusal.INSUFFICIENT
    assert (ledger.balance(one), ledger.balance(other), lots_of(ledger, one)) == (10, 0, [10])
    assert ledger.book.book_counts[Count.POSTED] == before
    assert chained(ledger.book, one, other, 17) == Refusal.POSTED
    assert (ledger.balance(one), ledger.balance(other)) == (0, 9)
    assert len(set(ledger.journal["chain"][-3:].tolist())) == 1


def test_the_lot_that_expires_first_is_spent_first_whenever_it_was_issued():
    ledger, (member,) = opened(0)
    issued(ledger.book, 0, member, 50, 200 * DAY)
    issued(ledger.book, 1, member, 30, 30 * DAY)

    ledger.post(2, member, POINTS_REDEEMED, 40, TransferReason.BURNED)
    assert lots_of(ledger, member) == [40]


def test_what_is_clawed_back_beyond_the_balance_is_owed_and_repaid_first():
    ledger, (member,) = opened(200)
    ledger.post(1, member, POINTS_REDEEMED, 200, TransferReason.BURNED)

    assert clawed(ledger.book, 2, member, 200) == Refusal.POSTED
    assert (ledger.balance(member), int(ledger.book.accounts[member].owed)) == (-200, 200)
    issued(ledger.book, 3, member, 300, NEVER_US)
    assert (ledger.balance(member), int(ledger.book.accounts[member].owed), lots_of(ledger, member)) == (100, 0, [100])


def test_points_and_money_do_not_mix():
    ledger, (member,) = opened(5)

    with pytest.raises(Exception, match="wrong currency"):
        ledger.post(1, member, OUTSIDE, 1, TransferReason.BURNED)
