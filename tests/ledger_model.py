"""A ledger in plain Python that decides by itself what is refused, to hold the kernels against: no arrays, no undo list, no free slots."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from sim.ledger.accounts import POINTS_EXPIRED, TransferReason
from sim.ledger.records import NEVER_US, NO_LIMIT, Refusal, State
from sim.ledger.replay import Known, Replay, Row

MOST = 2**60


class Model:
    """Accounts with limits; an operation returns a Refusal and appends to `rows` what it has posted."""

    def __init__(self, accounts: Sequence[Known], limits: Sequence[int], may_owe: Sequence[bool]) -> None:
        self.replay = Replay(list(accounts))
        self.limits, self.may_owe = list(limits), list(may_owe)
        self.closed_us = [NEVER_US] * len(self.limits)
        self.rows: list[Row] = []
        self.expires_of: dict[int, int] = {}  # of pending transfers
        self.last_us = 0
        self.how_settled: dict[int, int] = {}
        self.chain = -1

    # What an operation may be refused for.
    def why_not(self, now: int, debit: int, credit: int, amount: int) -> int:
        accounts, balances = self.replay.accounts, self.replay.balances
        if amount <= 0:
            return Refusal.AMOUNT_NOT_POSITIVE
        if amount > MOST:
            return Refusal.OVERFLOW
        if not (0 <= debit < len(accounts) and 0 <= credit < len(accounts)):
            return Refusal.UNKNOWN_ACCOUNT
        if debit == credit:
            return Refusal.SAME_ACCOUNT
        if accounts[debit].currency != accounts[credit].currency:
            return Refusal.WRONG_CURRENCY
        if now < self.last_us:
            return Refusal.OUT_OF_ORDER
        if now >= min(self.closed_us[debit], self.closed_us[credit]):
            return Refusal.ACCOUNT_CLOSED
        if balances[debit] - amount < -MOST or balances[credit] + amount > MOST:
            return Refusal.OVERFLOW
        return Refusal.POSTED

    def available(self, account: int) -> int:
        return self.replay.balances[account] - self.replay.reserved[account] + self.limits[account]

    def due(self, account: int, now: int) -> int:
        over = sum(left for expires, left in self.replay.lots.get(account, []) if expires <= now)
        return max(0, over - self.replay.reserved[account])

    def write(
        self, now: int, debit: int, credit: int, amount: int, reason: int, state: int, of: int = -1, expires: int = NEVER_US
    ) -> int:
        number = self.replay.rows
        chain = number if self.chain < 0 else self.chain
        row = Row(
            number, now, debit, credit, self.replay.accounts[debit].currency, amount, TransferReason(reason).name.lower(), chain, state, of,
            expires,
        )  # fmt: skip
        self.replay.take([row])
        self.rows.append(row)
        self.last_us = now
        return int(Refusal.POSTED)

    def expire(self, now: int, account: int) -> int:
        due = self.due(account, now)
        if not due:
            return int(Refusal.POSTED)
        refusal = self.why_not(now, account, POINTS_EXPIRED, due)
        return refusal or self.write(now, account, POINTS_EXPIRED, due, TransferReason.EXPIRED, State.POSTED)

    # Operations.
    def issue(self, now: int, debit: int, credit: int, amount: int, reason: int, expires: int, of: int) -> int:
        refusal = self.why_not(now, debit, credit, amount) or self.expire(now, debit)
        if not refusal and self.limits[debit] != NO_LIMIT and self.available(debit) < amount:
            refusal = Refusal.INSUFFICIENT
        return int(refusal) or self.write(now, debit, credit, amount, reason, State.POSTED, of, expires)

    def claw_back(self, now: int, debit: int, credit: int, amount: int, reason: int, of: int) -> int:
        refusal = self.why_not(now, debit, credit, amount) or self.expire(now, debit)
        if not refusal and not self.may_owe[debit] and self.limits[debit] != NO_LIMIT and self.available(debit) < amount:
            refusal = Refusal.INSUFFICIENT
        return int(refusal) or self.write(now, debit, credit, amount, reason, State.POSTED, of)

    def reserve(self, now: int, debit: int, credit: int, amount: int, reason: int, expires: int) -> int:
        refusal = self.why_not(now, debit, credit, amount) or self.expire(now, debit)
        if not refusal and self.limits[debit] != NO_LIMIT and self.available(debit) < amount:
            refusal = Refusal.INSUFFICIENT
        if not refusal and self.replay.reserved[debit] + amount > MOST:
            refusal = Refusal.OVERFLOW
        if refusal:
            return int(refusal)
        self.expires_of[self.replay.rows] = expires
        return self.write(now, debit, credit, amount, reason, State.PENDING, -1, expires)

    def settle(self, now: int, pending: int, state: int, amount: int = 0) -> int:
        if pending not in self.replay.waiting:
            how = self.how_settled.get(pending)
            codes = {
                State.POST: Refusal.ALREADY_POSTED,
                State.VOID: Refusal.ALREADY_VOIDED,
                State.EXPIRE: Refusal.ALREADY_EXPIRED,
            }
            return int(codes[State(how)] if how is not None else Refusal.UNKNOWN_PENDING)
        waiting = self.replay.waiting[pending]
        if now < self.last_us:
            return int(Refusal.OUT_OF_ORDER)
        reason = TransferReason.ADJUSTED
        if state == State.POST:
            if now >= self.expires_of[pending]:
                return int(Refusal.ALREADY_EXPIRED)
            if amount <= 0:
                return int(Refusal.AMOUNT_NOT_POSITIVE)
            if amount > waiting.amount:
                return int(Refusal.EXCEEDS_PENDING)
            refusal = self.why_not(now, waiting.debit, waiting.credit, amount)
            if refusal:
                return int(refusal)
        self.how_settled[pending] = state
        moved = amount if state == State.POST else waiting.amount
        return self.write(now, waiting.debit, waiting.credit, moved, reason, state, pending)

    def sweep(self, now: int, slot_of: Mapping[int, int]) -> None:
        """Let expire what is over; of pending transfers that are over together, the ledger releases slot by slot."""
        over = [each for each in self.replay.waiting if self.expires_of[each] <= now]
        for pending in sorted(over, key=slot_of.__getitem__):
            self.settle(now, pending, State.EXPIRE)
        for account in range(len(self.limits)):
            self.expire(now, account)

    def has_pending(self, account: int) -> bool:
        return any(account in (waiting.debit, waiting.credit) for waiting in self.replay.waiting.values())

    def close(self, now: int, account: int) -> int:
        if now < self.last_us:
            return int(Refusal.OUT_OF_ORDER)
        if now >= self.closed_us[account]:
            return int(Refusal.ACCOUNT_CLOSED)
        if self.has_pending(account):
            return int(Refusal.HAS_PENDING)
        if self.replay.balances[account] or self.replay.owed[account]:
            return int(Refusal.NOT_EMPTY)
        self.closed_us[account] = now
        return int(Refusal.POSTED)

    def merge(self, now: int, gone: int, kept: int) -> int:
        if gone == kept:
            return int(Refusal.SAME_ACCOUNT)
        if now >= min(self.closed_us[gone], self.closed_us[kept]):
            return int(Refusal.ACCOUNT_CLOSED)
        if self.has_pending(gone):
            return int(Refusal.HAS_PENDING)

        def moves() -> int:
            refusal = self.expire(now, gone)
            owed = self.replay.owed[gone]
            if not refusal and owed:
                refusal = self.claw_back(now, kept, gone, owed, TransferReason.MERGED, -1)
            for expires, left in [tuple(lot) for lot in self.replay.lots.get(gone, [])]:
                refusal = refusal or self.issue(now, gone, kept, left, TransferReason.MERGED, expires, -1)
            return int(refusal or self.close(now, gone))

        return self.chained([moves])

    def chained(self, operations: Sequence[Any]) -> int:
        kept = copy.deepcopy((self.replay, self.rows, self.expires_of, self.last_us, self.how_settled, self.closed_us))
        self.chain = self.replay.rows
        failed = 0
        for operation in operations:
            failed = failed or operation()
        self.chain = -1
        if failed:
            self.replay, self.rows, self.expires_of, self.last_us, self.how_settled, self.closed_us = kept
        return int(failed)
