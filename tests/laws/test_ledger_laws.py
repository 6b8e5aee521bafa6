"""The ledger's kernels against a plain model, over random programmes: the same refusals, the same rows, the same accounts and lots."""

from __future__ import annotations

import datetime
import os

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.ledger import doors
from sim.ledger.accounts import (
    OPERATOR,
    OUTSIDE,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_VOIDED,
    TREASURY,
    Currency,
    TransferReason,
)
from sim.ledger.ledger import Ledger
from sim.ledger.records import NEVER_US, NO_LIMIT, Count, Refusal, State
from sim.ledger.replay import Known, Replay, rows_of
from tests.ledger_model import Model

DAY = 86_400_000_000
# Each run of `make test-all` (HYPOTHESIS_PROFILE=searching) tries others, and more.
COMPILED = 2500 if os.environ.get("HYPOTHESIS_PROFILE") == "searching" else 600
PROGRAMMES = int(os.environ.get("PROGRAMMES", "200")) if os.environ.get("NUMBA_DISABLE_JIT") else COMPILED
MEMBERS = 2
JOURNAL_ROWS = 4000

who = st.integers(0, MEMBERS - 1)
amounts = st.one_of(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12), st.sampled_from([0, -1, 100, 2**60, 2**60 + 1]))
expiries = st.sampled_from([NEVER_US, 1, 1, 2, 2, 3])  # days
OPERATIONS = {
    "earn": st.tuples(st.just("earn"), who, amounts, expiries),
    "burn": st.tuples(st.just("burn"), who, amounts),
    "pay": st.tuples(
        st.just("pay"), st.sampled_from([OUTSIDE, OPERATOR, TREASURY]), st.sampled_from([OUTSIDE, OPERATOR, 999, -1]), amounts
    ),
    "claw": st.tuples(st.just("claw"), who, amounts),
    "give": st.tuples(st.just("give"), who, who, amounts),
    "reserve": st.tuples(st.just("reserve"), who, amounts, expiries),
}
SETTLING = {
    "post": st.tuples(st.just("post"), st.integers(0, 3), st.integers(0, 12)),
    "void": st.tuples(st.just("void"), st.integers(0, 3)),
}
links = st.one_of(*OPERATIONS.values(), *SETTLING.values())
steps = st.one_of(
    *OPERATIONS.values(),
    *SETTLING.values(),
    st.tuples(st.just("wait"), st.sampled_from([-1, 1, DAY // 2, DAY, DAY])),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("merge"), who, who),
    st.tuples(st.just("close"), who),
    st.tuples(st.just("chain"), st.lists(links, min_size=1, max_size=5)),
    st.tuples(st.just("hand over")),
)


class Both:
    """The kernels and the model, side by side."""

    def __init__(self) -> None:
        self.ledger = Ledger(["a"], JOURNAL_ROWS)
        self.ledger.begin_day(datetime.date(2026, 6, 1), 0)
        self.members = [
            self.ledger.open(f"member:{each}", Currency.POINTS, limit=0, has_lots=True, may_owe=True) for each in range(MEMBERS)
        ]
        table = self.ledger.accounts_table()
        known = [
            Known(str(name), str(kind), str(currency), bool(lots))
            for name, kind, currency, lots in zip(
                table["name"], table["kind"], table["currency"], table["has_lots"], strict=True
            )
        ]
        limits = [0 if account.has_lots else NO_LIMIT for account in known]
        self.model = Model(known, limits, [account.has_lots for account in known])
        self.now = 0
        self.slots: list[tuple[int, int]] = []  # slot and id of pending transfers that were made, the last four
        self.seen: list[object] = []
        self.compared = 0  # rows of the journal in the ledger's hands
        for opening in (
            ("earn", 0, 12, 1),
            ("earn", 0, 12, 2),
            ("earn", 0, 12, NEVER_US),
            ("earn", 1, 12, 2),
            ("reserve", 0, 5, 2),
        ):
            self.act(opening)

    def act(self, step: tuple) -> None:
        what, *given = step
        book, counts = self.ledger.book, self.ledger.book.book_counts
        if what == "wait":
            self.now += given[0]
            return
        if what == "hand over":
            self.seen += rows_of(self.ledger.journal)
            self.ledger.forget_journal()
            self.compared = 0
            return
        if what == "sweep":
            slot_of = {int(pending.id): slot for slot, pending in enumerate(book.pendings[: counts[Count.PENDINGS]])}
            doors.expire_pendings(book, self.now, 0)
            doors.expire_lots(book, self.now, 0)
            self.model.sweep(self.now, slot_of)
        elif what == "merge":
            gone, kept = (self.members[each] for each in given)
            assert doors.merge_one(book, self.now, gone, kept) == self.model.merge(self.now, gone, kept)
        elif what == "close":
            account = self.members[given[0]]
            assert doors.close_one(book, self.now, account) == self.model.close(self.now, account)
        elif what == "chain":
            made = list(self.slots)
            pairs = [self.pair(link) for link in given[0]]
            doors.begin_chain(book)
            refusals = [kernel() for kernel, _ in pairs]
            refusal = doors.end_chain(book)
            assert refusal == self.model.chained([model for _, model in pairs])
            assert refusal == next((each for each in refusals if each), 0)
            if refusal:
                self.slots = made
        else:
            kernel, model = self.pair(step)
            assert kernel() == model(), step
        assert counts[Count.CHAIN] == -1
        self.compare()

    def pair(self, step: tuple):
        """Return the same operation on both, as functions of nothing that return a Refusal."""
        what, *given = step
        book, counts, now, model = self.ledger.book, self.ledger.book.book_counts, self.now, self.model
        if what == "earn":
            account, expires = self.members[given[0]], given[2] if given[2] == NEVER_US else given[2] * DAY
            order = (now, POINTS_ISSUED, account, given[1], TransferReason.EARNED, expires, -1)
            return lambda: doors.issue_one(book, *order), lambda: model.issue(*order)
        if what in ("burn", "give", "pay"):
            debit = given[0] if what == "pay" else self.members[given[0]]
            credit = {"burn": POINTS_REDEEMED, "give": self.members[given[1] % MEMBERS], "pay": given[1]}[what]
            order = (now, debit, credit, given[-1], TransferReason.ADJUSTED)
            return lambda: doors.post_one(book, *order), lambda: model.issue(*order, NEVER_US, -1)
        if what == "claw":
            order = (now, self.members[given[0]], POINTS_VOIDED, given[1], TransferReason.CLAWED_BACK, -1)
            return lambda: doors.claw_back_one(book, *order), lambda: model.claw_back(*order)
        if what == "reserve":
            expires = given[2] if given[2] == NEVER_US else given[2] * DAY
            order = (now, self.members[given[0]], POINTS_REDEEMED, given[1], TransferReason.ADJUSTED, expires)

            def reserve() -> int:
                refusal = doors.reserve_one(book, *order)
                if refusal == Refusal.POSTED:
                    self.slots = [*self.slots, (int(counts[Count.LAST_PENDING]), int(counts[Count.POSTED]) - 1)][-4:]
                return refusal

            return reserve, lambda: model.reserve(*order)
        found: list[tuple[int, int]] = []

        def settle() -> int:
            found.append(self.slots[given[0]] if given[0] < len(self.slots) else (0, -7))
            slot, pending = found[0]
            if book.pendings[slot].id != pending:
                found[0] = (slot, -7)  # the slot has been used again: nobody knows the old one any more
            if what == "post":
                return doors.post_pending_one(book, now, slot, found[0][1], given[1])
            return doors.release_one(book, now, slot, found[0][1], State.VOID)

        def settle_model() -> int:
            return model.settle(now, found[0][1], State.POST if what == "post" else State.VOID, given[-1]) if found else 0

        return settle, settle_model

    def compare(self) -> None:
        """The same new rows, and of every account the same balance, reserve, debt and lots; no invariant broken."""
        journal = self.ledger.journal
        assert len(self.seen) + len(journal) == len(self.model.rows)
        assert rows_of(journal[self.compared :]) == self.model.rows[len(self.seen) + self.compared :]
        self.compared = len(journal)
        accounts, replay = self.ledger.book.accounts, self.model.replay
        used = slice(0, len(self.ledger.names))
        for name in ("balance", "reserved", "owed"):
            wanted = replay.balances if name == "balance" else getattr(replay, name)
            assert accounts[name][used].tolist() == wanted, name
        lots = self.ledger.book.lots[: self.ledger.book.book_counts[Count.LOTS]]
        lots = lots[lots["remaining"] > 0]
        self.compare_lots(lots["account"], lots["expires_us"], lots["remaining"], dict(zip(self.members, self.members)))
        assert not replay.complaints

    def compare_lots(self, accounts: np.ndarray, expires_us: np.ndarray, centi: np.ndarray, known: dict[int, object]) -> None:
        """Every member's lots, by expiry; `known` says as what the accounts call a member."""
        for member in self.members:
            mine = accounts == known[member]
            held: dict[int, int] = {}
            for expires, left in zip(expires_us[mine].tolist(), centi[mine].tolist(), strict=True):
                held[expires] = held.get(expires, 0) + left
            assert held == {expires: left for expires, left in self.model.replay.lots.get(member, [])}

    def compare_files(self) -> None:
        """The whole journal, from its first row on, and the table of lots as files hold them."""
        assert [*self.seen, *rows_of(self.ledger.journal)] == self.model.rows
        lots = self.ledger.lots_table()
        self.compare_lots(lots["account"], lots["expires_us"], lots["held_centi"], dict(enumerate(self.ledger.names)))


@settings(max_examples=PROGRAMMES, deadline=None)
@given(st.lists(steps, min_size=1, max_size=25))
@example(
    [
        ("earn", 0, 1, NEVER_US),
        ("reserve", 0, 1, 1),
        ("void", 0),
        ("wait", 86_400_000_000),
        *3 * [("earn", 0, 1, NEVER_US)],
        ("reserve", 0, 1, 1),
        ("sweep",),
    ]
)  # two that are over together, the later one in the earlier slot
def test_kernels_and_a_plain_model_agree_on_every_refusal_row_balance_and_lot(programme):
    both = Both()

    for step in programme:
        both.act(step)
    both.compare_files()
    both.model.replay.finish()

    assert not both.model.replay.complaints
    replayed = Replay(both.model.replay.accounts)
    replayed.take(both.model.rows)
    assert replayed.balances == both.model.replay.balances
    no_slot_is_lost(both.ledger)


def no_slot_is_lost(ledger: Ledger) -> None:
    """Every slot of a lot is in one list: its account's, where it holds something or stands behind one that does, or the free ones."""
    book, counts = ledger.book, ledger.book.book_counts
    seen: list[int] = []
    for account in range(counts[Count.ACCOUNTS]):
        chain = linked(book.lots, int(book.accounts[account].first_lot))
        assert not chain or (book.lots[chain[0]].remaining > 0 and chain[-1] == book.accounts[account].last_lot)
        assert all(book.lots[each].issued > 0 and book.lots[each].account == account for each in chain)
        order = [(int(book.lots[each].expires_us), int(book.lots[each].month)) for each in chain]
        assert order == sorted(order)
        seen += chain
    seen += linked(book.lots, int(counts[Count.LOT_FREE]))
    assert sorted(seen) == list(range(counts[Count.LOTS]))
    free = linked(book.pendings, int(counts[Count.PENDING_FREE]))
    pending = np.flatnonzero(book.pendings["state"][: counts[Count.PENDINGS]] == State.PENDING).tolist()
    assert sorted([*free, *pending]) == list(range(counts[Count.PENDINGS]))


def linked(rows: np.ndarray, first: int) -> list[int]:
    found: list[int] = []
    while first != -1:
        assert first not in found
        found.append(first)
        first = int(rows[first].next)
    return found
