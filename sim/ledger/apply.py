"""Applies operations to a programme's ledger, each once: what it posts, or the code for which it is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.ledger import doors
from sim.ledger.acts import ACTS
from sim.ledger.desk import HAND_OVER_ALL, ROOM_ROWS, Desk, Refused
from sim.ledger.operations_file import Operation
from sim.ledger.programme import Programme
from sim.ledger.records import NONE, Count

UNITS = ("yuan", "points", "gift points")  # by Currency
ALONE = ("open", "expire", "join", "leave", "settle", "close_programme", "balance")  # these begin chains of their own, or none


@dataclass(frozen=True)
class Result:
    """What became of an operation."""

    id: str
    op: str
    status: str  # posted, exists or refused
    code: str  # ok, exists, or why it was refused
    transfers: tuple[int, ...] = ()
    balances: dict[str, str] = dataclasses.field(default_factory=dict)  # of the accounts that it touched


class Application:
    """A programme, and what has been applied to it."""

    def __init__(self, programme: Programme) -> None:
        self.programme, self.desk = programme, Desk(programme)
        self.results: list[Result] = []
        self._seen: dict[str, tuple[dict[str, Any], Result]] = {}
        self._cycle_ends_us = NONE

    def apply(self, operations: Sequence[Operation]) -> list[Result]:
        """Apply operations in their order; return the result of each, and of settlements that fell due between them."""
        before = len(self.results)
        for operation in operations:
            self.results.append(self._once(operation))
        return self.results[before:]

    def _once(self, operation: Operation) -> Result:
        known = self._seen.get(operation.id)
        if known is not None:
            return _again(operation, *known)
        result = self._act(operation)
        self._seen[operation.id] = (operation.fields(), result)
        if result.status == "posted":
            for link in operation.links:
                made = Result(link.id, link.op, "posted", "ok", tuple(range(*self.desk.rows_of[link.id])))
                self._seen[link.id] = (link.fields(), made)
        return result

    def _act(self, operation: Operation) -> Result:
        desk, counts = self.desk, self.desk.ledger.book.book_counts
        if operation.at_us < max(desk.at_us, int(counts[Count.LAST_US])):
            return Result(operation.id, operation.op, "refused", "out_of_order")
        if any(link.id in self._seen for link in operation.links):
            return Result(operation.id, operation.op, "refused", "link_exists")
        self._settle_cycles(operation.at_us)
        desk.set_clock(operation.at_us)
        self._sweep()
        first = int(counts[Count.POSTED])
        if operation.op in ALONE:
            code = self._tried(operation)
        else:
            desk.begin()
            links = operation.links or (operation,)
            desk.note(desk.links_of, operation.id, tuple(link.id for link in operation.links) or None)
            for link in operation.links:
                desk.note(desk.chain_of, link.id, operation.id)
            code = next((code for code in map(self._tried, links) if code), "")
            code = desk.end(code)
        last = int(counts[Count.POSTED])
        if code:
            self.desk.failed.add(operation.id)
            return Result(operation.id, operation.op, "refused", code)
        self.desk.rows_of[operation.id] = (first, last)
        touched = self._touched(first) if operation.op != "balance" else self._asked(operation.given)
        return Result(operation.id, operation.op, "posted", "ok", tuple(range(first, last)), touched)

    def _tried(self, operation: Operation) -> str:
        """Let one operation happen; return the code for which it is refused, or nothing."""
        first = int(self.desk.ledger.book.book_counts[Count.POSTED])
        try:
            if self.desk.is_closed and operation.op != "balance":
                raise Refused("programme_closed")
            ACTS[operation.op](self.desk, operation.id, operation.given)
        except Refused as refused:
            return refused.code
        self.desk.note(self.desk.rows_of, operation.id, (first, int(self.desk.ledger.book.book_counts[Count.POSTED])))
        return ""

    def _sweep(self) -> None:
        """Let expire what is over by now."""
        book, at_us = self.desk.ledger.book, self.desk.at_us
        self.desk.hand_over(ROOM_ROWS)
        while doors.expire_pendings(book, at_us, 0) < book.book_counts[Count.PENDINGS]:
            self.desk.hand_over(HAND_OVER_ALL)
        while doors.expire_lots(book, at_us, 0) < book.book_counts[Count.ACCOUNTS]:
            self.desk.hand_over(HAND_OVER_ALL)
        self.desk.hand_over(ROOM_ROWS)

    def _settle_cycles(self, until_us: int) -> None:
        """Settle at the first end of a cycle since the last operation; at later ones before the next nothing could be different."""
        if self.programme.is_realtime or self.desk.is_closed:
            return
        if self._cycle_ends_us == NONE:
            self._cycle_ends_us = until_us + self.programme.cycle_us
        if self._cycle_ends_us <= until_us:
            self.desk.set_clock(self._cycle_ends_us)
            self._sweep()
            first = int(self.desk.ledger.book.book_counts[Count.POSTED])
            code = self._tried(Operation(0, "", self._cycle_ends_us, "settle", {}))
            last = int(self.desk.ledger.book.book_counts[Count.POSTED])
            if code or last > first:
                status = "refused" if code else "posted"
                self.results.append(
                    Result("", "settle", status, code or "ok", tuple(range(first, last)), {} if code else self._touched(first))
                )
            self._cycle_ends_us += self.programme.cycle_us * ((until_us - self._cycle_ends_us) // self.programme.cycle_us + 1)

    def journal(self) -> np.ndarray:
        """Return every transfer so far, all handed over."""
        self.desk.hand_over(HAND_OVER_ALL)
        return self.desk.journal()

    def summary(self) -> dict[str, Any]:
        """Return the result of every operation, all balances, and the digest of the journal."""
        self.journal()
        ledger = self.desk.ledger
        accounts = [
            {
                "name": name,
                "currency": UNITS[int(ledger.book.accounts[account].currency)],
                "balance": self.balance_text(account),
            }
            for account, name in enumerate(ledger.names)
        ]
        record = {"transfers": ledger.digest.rows, "journal_sha256": ledger.journal_sha256}
        results = [{**dataclasses.asdict(each), "transfers": list(each.transfers)} for each in self.results]
        return {"programme": self.programme.name, "results": results, "accounts": accounts, "ledger": record}

    # Balances as text.
    def balance_text(self, account: int) -> str:
        """Return a balance as decimal text."""
        balance = self.desk.ledger.balance(account)
        return f"{'-' if balance < 0 else ''}{abs(balance) // 100}.{abs(balance) % 100:02d}"

    def _touched(self, first: int) -> dict[str, str]:
        rows = self.desk.ledger.journal
        rows = rows[rows["id"] >= first]
        touched = np.unique(np.concatenate([rows["debit"], rows["credit"]])).tolist()
        return {self.desk.ledger.names[account]: self.balance_text(account) for account in touched}

    def _asked(self, given: Any) -> dict[str, str]:
        names = [f"{kind}:{given[key]}" for key, kind in (("member", "member"), ("merchant", "tenant")) if key in given]
        names = names or [given["account"]] if "account" in given or names else list(self.desk.account_of)
        names += (
            [f"gifts:{given['member']}"] if "member" in given and f"gifts:{given['member']}" in self.desk.account_of else []
        )
        return {name: self.balance_text(self.desk.account_of[name]) for name in names}


def _again(operation: Operation, fields: dict[str, Any], first: Result) -> Result:
    """Return what becomes of an operation whose id has been there before."""
    now = operation.fields()
    for name in sorted({*fields, *now}):
        if fields.get(name) != now.get(name):
            return Result(operation.id, operation.op, "refused", f"exists_with_different_{name}")
    if first.status == "refused":
        return Result(operation.id, operation.op, "refused", "id_already_failed")
    return Result(operation.id, operation.op, "exists", "exists", first.transfers)
