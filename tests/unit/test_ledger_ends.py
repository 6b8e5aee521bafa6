"""The ends of points by hand: lots that are over, what is reserved meanwhile, members that are merged, accounts that are closed."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from sim.errors import LedgerError
from sim.ledger import doors
from sim.ledger.accounts import (
    POINTS_BREAKAGE,
    POINTS_EXPIRED,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_VOIDED,
    Currency,
    TransferReason,
)
from sim.ledger.digest import JournalDigest
from sim.ledger.ledger import Ledger
from sim.ledger.records import NEVER_US, NONE, TRANSFER, Count, Refusal, State

DAY = 86_400_000_000
ADJUSTED = TransferReason.ADJUSTED


def opened(members: int = 2, journal_rows: int = 1000) -> tuple[Ledger, list[int]]:
    ledger = Ledger(["a", "b"], journal_rows)
    ledger.begin_day(datetime.date(2026, 6, 1), 0)
    return ledger, [
        ledger.open(f"member:{each}", Currency.POINTS, limit=0, has_lots=True, may_owe=True) for each in range(members)
    ]


def earn(ledger: Ledger, now_us: int, account: int, centi: int, expires_us: int = NEVER_US) -> None:
    assert doors.issue_one(ledger.book, now_us, POINTS_ISSUED, account, centi, TransferReason.EARNED, expires_us, NONE) == 0


def burn(ledger: Ledger, now_us: int, account: int, centi: int) -> Refusal:
    return Refusal(doors.post_one(ledger.book, now_us, account, POINTS_REDEEMED, centi, ADJUSTED))


def reserve(ledger: Ledger, now_us: int, account: int, centi: int, expires_us: int = NEVER_US) -> tuple[int, int]:
    assert doors.reserve_one(ledger.book, now_us, account, POINTS_REDEEMED, centi, ADJUSTED, expires_us) == Refusal.POSTED
    return int(ledger.book.book_counts[Count.LAST_PENDING]), int(ledger.book.book_counts[Count.POSTED]) - 1


def held(ledger: Ledger, account: int) -> list[tuple[int, int]]:
    lots = ledger.lots_table()
    mine = lots["account"] == ledger.names[account]
    return list(zip(lots["expires_us"][mine].tolist(), lots["held_centi"][mine].tolist(), strict=True))


def test_points_are_good_until_the_instant_before_they_expire_and_nobody_need_sweep_them_away():
    for now_us, refusal in ((DAY - 1, Refusal.POSTED), (DAY, Refusal.INSUFFICIENT)):
        ledger, (member, _) = opened()
        earn(ledger, 0, member, 100, DAY)

        assert burn(ledger, now_us, member, 100) == refusal
        assert ledger.balance(POINTS_EXPIRED) == (0 if refusal == Refusal.POSTED else 100)


def test_what_is_reserved_is_the_oldest_and_does_not_expire_until_it_is_released():
    ledger, (member, _) = opened()
    earn(ledger, 0, member, 100, DAY)
    earn(ledger, 0, member, 50)
    slot, pending = reserve(ledger, 1, member, 60)

    assert ledger.book.book_counts[Count.LAST_US] == 1
    assert burn(ledger, DAY, member, 51) == Refusal.INSUFFICIENT
    assert (ledger.balance(POINTS_EXPIRED), ledger.balance(member)) == (40, 110)
    assert burn(ledger, DAY, member, 50) == Refusal.POSTED
    assert held(ledger, member) == [(DAY, 60)]
    assert doors.post_pending_one(ledger.book, DAY, slot, pending, 45) == Refusal.POSTED
    assert ledger.expire()
    assert (ledger.balance(POINTS_EXPIRED), ledger.balance(member)) == (55, 0)


def test_a_direct_purchase_leaves_the_oldest_to_what_is_reserved():
    ledger, (member, _) = opened()
    earn(ledger, 0, member, 60, DAY)
    earn(ledger, 0, member, 40, 2 * DAY)
    reserve(ledger, 1, member, 60)

    assert burn(ledger, 2, member, 30) == Refusal.POSTED
    assert held(ledger, member) == [(DAY, 60), (2 * DAY, 10)]


def test_a_claw_back_takes_what_is_reserved_last_and_then_the_account_owes():
    ledger, (member, _) = opened()
    earn(ledger, 0, member, 60, DAY)
    earn(ledger, 0, member, 40, 2 * DAY)
    slot, pending = reserve(ledger, 1, member, 60)

    assert doors.claw_back_one(ledger.book, 2, member, POINTS_VOIDED, 70, ADJUSTED, NONE) == Refusal.POSTED
    assert held(ledger, member) == [(DAY, 30)]
    assert doors.post_pending_one(ledger.book, 3, slot, pending, 60) == Refusal.POSTED
    assert (ledger.balance(member), int(ledger.book.accounts[member].owed)) == (-30, 30)


def test_a_failed_chain_leaves_neither_a_lot_nor_the_hour_behind():
    ledger, (member, _) = opened()
    earn(ledger, 0, member, 5)
    before = {name: rows.copy() for name, rows in ledger.book._asdict().items()}

    doors.begin_chain(ledger.book)
    doors.issue_one(ledger.book, 9, POINTS_ISSUED, member, 7, TransferReason.EARNED, DAY, NONE)
    doors.begin_chain(ledger.book)  # inside the other
    assert burn(ledger, 9, member, 1000) == Refusal.INSUFFICIENT
    assert doors.end_chain(ledger.book) == Refusal.INSUFFICIENT
    assert burn(ledger, 9, member, 1) == Refusal.LINKED_FAILED
    assert doors.end_chain(ledger.book) == Refusal.INSUFFICIENT

    assert ledger.book.accounts.tolist() == before["accounts"].tolist()
    assert held(ledger, member) == [(NEVER_US, 5)]
    assert ledger.book.book_counts[Count.LAST_US] == before["book_counts"][Count.LAST_US]
    assert burn(ledger, 3, member, 1) == Refusal.POSTED  # at three o'clock, although the chain was at nine


def test_a_pending_transfer_is_over_at_its_instant_and_is_released_once():
    ledger, (member, _) = opened()
    earn(ledger, 0, member, 50)
    slot, pending = reserve(ledger, 0, member, 50, 10)

    assert doors.post_pending_one(ledger.book, 10, slot, pending, 50) == Refusal.ALREADY_EXPIRED
    assert burn(ledger, 10, member, 50) == Refusal.INSUFFICIENT
    assert doors.expire_pendings(ledger.book, 10, 0) == ledger.book.book_counts[Count.PENDINGS]
    assert doors.release_one(ledger.book, 10, slot, pending, State.VOID) == Refusal.ALREADY_EXPIRED
    assert burn(ledger, 10, member, 50) == Refusal.POSTED


def test_merging_keeps_each_lots_expiry_and_closes_the_account():
    ledger, (gone, kept) = opened()
    earn(ledger, 0, kept, 10, 2 * DAY)
    earn(ledger, 0, gone, 20, DAY)
    earn(ledger, 0, gone, 30)

    slot, pending = reserve(ledger, 1, gone, 5)
    assert doors.merge_one(ledger.book, 1, gone, kept) == Refusal.HAS_PENDING
    assert doors.release_one(ledger.book, 1, slot, pending, State.VOID) == Refusal.POSTED
    assert doors.merge_one(ledger.book, 1, gone, kept) == Refusal.POSTED
    assert held(ledger, kept) == [(DAY, 20), (2 * DAY, 10), (NEVER_US, 30)]
    assert doors.merge_one(ledger.book, 1, gone, kept) == Refusal.ACCOUNT_CLOSED
    assert [row.reason for row in ledger.journal[-2:]] == [TransferReason.MERGED] * 2


def test_a_debt_is_merged_too():
    ledger, (gone, kept) = opened()
    earn(ledger, 0, kept, 10)
    doors.claw_back_one(ledger.book, 0, gone, POINTS_VOIDED, 15, ADJUSTED, NONE)

    assert doors.merge_one(ledger.book, 1, gone, kept) == Refusal.POSTED
    assert (ledger.balance(kept), ledger.balance(gone), int(ledger.book.accounts[kept].owed)) == (-5, 0, 5)


def test_an_account_that_holds_owes_or_waits_for_something_is_not_closed():
    ledger, (member, _) = opened()
    earn(ledger, 0, member, 5)

    assert doors.close_one(ledger.book, 1, member) == Refusal.NOT_EMPTY
    slot, pending = reserve(ledger, 1, member, 5)
    assert doors.close_one(ledger.book, 1, member) == Refusal.HAS_PENDING
    assert doors.close_one(ledger.book, 1, POINTS_REDEEMED) == Refusal.HAS_PENDING
    assert doors.post_pending_one(ledger.book, 1, slot, pending, 5) == Refusal.POSTED
    assert doors.close_one(ledger.book, 1, member) == Refusal.POSTED
    assert burn(ledger, 1, member, 1) == Refusal.ACCOUNT_CLOSED
    assert doors.close_one(ledger.book, 1, member) == Refusal.ACCOUNT_CLOSED
    assert doors.close_one(ledger.book, 1, 10_000) == Refusal.UNKNOWN_ACCOUNT


def test_closing_out_a_programme_leaves_no_liability_and_no_debt():
    ledger, (one, other) = opened()
    earn(ledger, 0, one, 70)
    earn(ledger, 0, one, 30, DAY)
    doors.claw_back_one(ledger.book, 0, other, POINTS_VOIDED, 15, ADJUSTED, NONE)

    assert doors.close_out(ledger.book, DAY, 0) == len(ledger.names)
    assert [ledger.balance(each) for each in (one, other)] == [0, 0]
    assert (ledger.balance(POINTS_BREAKAGE), ledger.balance(POINTS_EXPIRED)) == (70 - 15, 30)
    assert held(ledger, one) == []


def test_a_full_journal_refuses_and_changes_nothing():
    ledger, (member, _) = opened(journal_rows=2)
    earn(ledger, 0, member, 5, DAY)
    earn(ledger, 0, member, 5, 2 * DAY)
    before = ledger.book.accounts.tobytes(), ledger.book.lots.tobytes()

    assert burn(ledger, 1, member, 7) == Refusal.JOURNAL_FULL
    with pytest.raises(LedgerError, match="journal full"):
        ledger.post(1, POINTS_ISSUED, member, 1, ADJUSTED)
    assert (ledger.book.accounts.tobytes(), ledger.book.lots.tobytes()) == before
    ledger.forget_journal()
    assert burn(ledger, DAY, member, 5) == Refusal.POSTED  # an expiry and a purchase: two rows
    assert ledger.journal["reason"].tolist() == [TransferReason.EXPIRED, ADJUSTED]


def test_a_ledger_that_is_restored_goes_on_as_if_nothing_had_been():
    def half(ledger: Ledger, members: list[int], now_us: int) -> None:
        earn(ledger, now_us, members[0], 30, 3 * DAY)
        reserve(ledger, now_us, members[0], 4)
        burn(ledger, now_us, members[0], 7)
        ledger.forget_journal()

    whole, members = opened()
    half(whole, members, 1)
    kept = whole.state()
    half(whole, members, 2)
    other = Ledger(["a", "b"], 1000)
    other.restore(kept)
    half(other, members, 2)

    assert other.journal_sha256 == whole.journal_sha256
    assert other.names == whole.names
    wanted, found = whole.state(), other.state()
    assert {name: wanted[name].tolist() for name in wanted} == {name: found[name].tolist() for name in found}


def test_the_digest_does_not_depend_on_how_the_journal_was_handed_over():
    journal = np.zeros(10_000, TRANSFER)
    for index, name in enumerate(TRANSFER.names):
        journal[name] = np.arange(journal.size) % (3 + index)
    found = set()
    for every in (1, 7, 5000, 10_000):
        digest = JournalDigest()
        for start in range(0, journal.size, every):
            digest.take(journal[start : start + every])
        found.add(digest.hexdigest())

    assert len(found) == 1
    journal["amount"][9_999] += 1
    digest = JournalDigest()
    digest.take(journal)
    assert digest.hexdigest() not in found
