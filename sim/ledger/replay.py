"""The journal replayed by another implementation: plain Python, a row at a time, holding every invariant as it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.ledger.accounts import CURRENCY_WORDS, TransferReason
from sim.ledger.records import NEVER_US, State

COMPLAINTS_KEPT = 20


class Row(NamedTuple):
    """A transfer as the journal tells it, accounts by number, currency and reason by word."""

    id: int
    time_us: int
    debit: int
    credit: int
    currency: str
    amount: int
    reason: str
    chain: int
    state: int
    of: int  # -1 for none
    expires_us: int  # NEVER_US for none


class Known(NamedTuple):
    """What is known of an account before anything has moved."""

    name: str
    kind: str
    currency: str
    has_lots: bool = False
    opened_us: int = -NEVER_US
    closed_us: int = NEVER_US


def rows_of(transfers: np.ndarray) -> list[Row]:
    """Return TRANSFER records as rows."""
    columns = [transfers[name].tolist() for name in Row._fields]
    columns[4] = [CURRENCY_WORDS[currency] for currency in columns[4]]
    columns[6] = [TransferReason(reason).name.lower() for reason in columns[6]]
    return [Row(*row) for row in zip(*columns, strict=True)]


@dataclass
class Waiting:
    """A pending transfer that has not been settled."""

    debit: int
    credit: int
    amount: int


@dataclass
class Replay:
    """Accounts and lots as the rows so far leave them; what broke a rule stands in `complaints`."""

    accounts: Sequence[Known]
    balances: list[int] = field(init=False)
    reserved: list[int] = field(init=False)
    owed: list[int] = field(init=False)
    lots: dict[int, list[list[int]]] = field(default_factory=dict)  # [expires_us, remaining] in order of expiry, then of issue
    waiting: dict[int, Waiting] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    rows: int = 0
    broken: int = 0
    _last_us: int = -NEVER_US
    _chain: int = -1  # of the row before
    _chain_fen: int = 0  # rows of it that move money
    _chain_burned: int = 0  # points that members redeem in it

    def __post_init__(self) -> None:
        """Begin with nothing anywhere."""
        self.balances, self.reserved, self.owed = ([0] * len(self.accounts) for _ in range(3))

    def take(self, rows: Iterable[Row]) -> None:
        """Apply rows in the order of the journal."""
        for row in rows:
            self._check(row)
            self._apply(row)
            self.rows += 1

    def finish(self) -> None:
        """Hold what can only be held at the end."""
        self._end_chain()
        for currency in {account.currency for account in self.accounts}:
            total = sum(balance for balance, account in zip(self.balances, self.accounts) if account.currency == currency)
            self._must(total == 0, f"I1: balances in {currency} add up to {total}, not 0")
        net = sum(balance for balance, account in zip(self.balances, self.accounts) if account.kind == "clearing")
        self._must(net == 0, f"I8: the net positions of the clearing add up to {net}, not 0")
        for account, lots in self.lots.items():
            held = sum(lot[1] for lot in lots)
            self._must(
                self.balances[account] == held - self.owed[account],
                f"I4: {self.accounts[account].name} holds {self.balances[account]}, its lots {held}, and it owes {self.owed[account]}",
            )

    def _must(self, holds: bool, complaint: str) -> None:
        if not holds:
            self.broken += 1
            if len(self.complaints) < COMPLAINTS_KEPT:
                self.complaints.append(complaint)

    def _check(self, row: Row) -> None:
        """Hold the row against what it may be, before it is applied."""
        debit, credit = self.accounts[row.debit], self.accounts[row.credit]
        self._must(row.id == self.rows, f"I6: transfer {row.id} stands where {self.rows} should")
        self._must(row.amount > 0, f"transfer {row.id} moves {row.amount}")
        self._must(row.debit != row.credit, f"transfer {row.id} debits and credits {debit.name}")
        self._must(
            debit.currency == credit.currency == row.currency,
            f"I1: transfer {row.id} of {row.currency} is between {debit.currency} and {credit.currency}",
        )
        self._must(row.time_us >= self._last_us, f"I11: transfer {row.id} is before the one that precedes it")
        for account in (debit, credit):
            self._must(
                account.opened_us <= row.time_us <= account.closed_us,
                f"I11: transfer {row.id} is before {account.name} was opened, or after it was closed",
            )
        if row.currency != "fen":
            kinds = {debit.kind, credit.kind}
            self._must(
                not kinds & {"tenant", "clearing", "operator", "outside"}, f"I13: transfer {row.id} gives points to a merchant"
            )
        self._last_us = row.time_us
        if row.chain != self._chain:
            self._end_chain()
            self._must(row.chain == row.id, f"I6: the chain {row.chain} begins with transfer {row.id}")
            self._chain, self._chain_fen, self._chain_burned = row.chain, 0, 0
        self._chain_fen += row.currency == "fen"
        if row.reason == "burned" and row.currency == "centi-points" and row.state in (State.POSTED, State.POST):
            self._chain_burned += row.amount

    def _end_chain(self) -> None:
        self._must(
            not self._chain_burned or self._chain_fen > 0,
            f"I13: {self._chain_burned} centi-points are redeemed in chain {self._chain} without an obligation in money",
        )

    def _apply(self, row: Row) -> None:
        if row.state == State.POSTED:
            self._move(row, self.reserved[row.debit])
        elif row.state == State.PENDING:
            self.waiting[row.id] = Waiting(row.debit, row.credit, row.amount)
            self.reserved[row.debit] += row.amount
        else:
            self._settle(row)

    def _settle(self, row: Row) -> None:
        found = self.waiting.pop(row.of, None)
        self._must(
            found is not None, f"transfer {row.id} settles {row.of}, which is not pending: settled before, or never made"
        )
        if found is None:
            return
        self.settled.add(row.of)
        self._must(
            (found.debit, found.credit) == (row.debit, row.credit) and row.amount <= found.amount,
            f"transfer {row.id} settles {row.of} for other accounts or more",
        )
        self.reserved[row.debit] -= found.amount
        if row.state == State.POST:
            self._move(row, 0)

    def _move(self, row: Row, kept: int) -> None:
        debit, credit = row.debit, row.credit
        if self.accounts[debit].has_lots:
            self._take(debit, row, kept)
        if self.accounts[credit].has_lots:
            self._add(credit, row)
        self.balances[debit] -= row.amount
        self.balances[credit] += row.amount

    def _take(self, account: int, row: Row, reserved: int) -> None:
        skipped = max(0, min(reserved, self.balances[account] - row.amount))
        is_free, rest, kept = skipped == reserved, row.amount, []
        for lot in self.lots.get(account, []):
            passed = min(skipped, lot[1])
            taken = min(rest, lot[1] - passed)
            if row.reason == "expired":
                self._must(not taken or lot[0] <= row.time_us, f"I2: transfer {row.id} lets expire what is not over")
            elif row.state == State.POSTED and is_free:
                self._must(not taken or lot[0] > row.time_us, f"I2: transfer {row.id} spends what had expired")
            skipped, rest = skipped - passed, rest - taken
            lot[1] -= taken
            if lot[1]:
                kept.append(lot)
        self.lots[account] = kept
        self.owed[account] += rest
        self._must(
            not rest or row.reason not in ("expired", "closed_out"),
            f"I3: transfer {row.id} takes {rest} more from {self.accounts[account].name} than it holds",
        )

    def _add(self, account: int, row: Row) -> None:
        repaid = min(row.amount, self.owed[account])
        self.owed[account] -= repaid
        if row.amount == repaid:
            return
        lots = self.lots.setdefault(account, [])
        at = len(lots)
        while at and lots[at - 1][0] > row.expires_us:
            at -= 1
        if at and lots[at - 1][0] == row.expires_us:
            lots[at - 1][1] += row.amount - repaid
        else:
            lots.insert(at, [row.expires_us, row.amount - repaid])
