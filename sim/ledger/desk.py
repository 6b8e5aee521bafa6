"""A programme's books behind a desk: accounts by name, transfers that stand or fall together, obligations, and what is known of receipts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.ledger import doors
from sim.ledger.accounts import (
    CLEARING_OPERATOR,
    CLEARING_TENANT,
    CLEARING_TREASURY,
    FIRST_TENANT,
    OPERATOR,
    OUTSIDE,
    TREASURY,
    Currency,
    TransferReason,
    first_clearing,
)
from sim.ledger.ledger import Ledger
from sim.ledger.programme import Programme
from sim.ledger.records import NEVER_US, NONE, Count, Refusal

JOURNAL_ROWS = 1 << 16
ROOM_ROWS = 1 << 12  # for one operation
HAND_OVER_ALL = JOURNAL_ROWS + 1  # more than there is room for


class Refused(Exception):
    """An operation is refused, with a code for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Receipt:
    """What is left of a purchase after refunds."""

    member: str
    merchant: str
    at_us: int
    lines: tuple[tuple[str, int], ...]  # (category, fen paid in money)
    points_centi: int
    gifts_centi: int
    sale: int  # ids of transfers, NONE
    earned: int
    refunds: int = 0  # of it that stand


@dataclass(frozen=True)
class Refund:
    """What a refund took off a receipt."""

    of: str
    lines: tuple[int, ...]  # fen of each
    points_centi: int
    gifts_centi: int


@dataclass(frozen=True)
class Waiting:
    """A redemption that is reserved."""

    slot: int
    transfer: int
    merchant: str
    centi: int


class Desk:
    """The ledger of a programme, and what its files call things."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.merchants = {each.id: index for index, each in enumerate(programme.merchants)}
        self.ledger = Ledger(list(self.merchants), JOURNAL_ROWS)
        self.ledger.book.book_counts[Count.MIDNIGHT_US] = 0
        self.account_of = {name: index for index, name in enumerate(self.ledger.names)}
        self.takes_part = {each.id: each.is_in for each in programme.merchants}
        self.receipts: dict[str, Receipt] = {}
        self.refunds: dict[str, Refund] = {}
        self.waiting: dict[str, Waiting] = {}
        self.reversed: dict[str, bool] = {}
        self.rows_of: dict[str, tuple[int, int]] = {}  # ids of the transfers of an operation: from, to
        self.links_of: dict[str, tuple[str, ...]] = {}  # the operations of a chain
        self.chain_of: dict[str, str] = {}  # the chain of which an operation is a part
        self.merged_into: dict[int, int] = {}  # accounts that are closed, and where what they held is now
        self.failed: set[str] = set()  # operations that were refused
        self.kept: list[np.ndarray] = []  # of the journal that has been handed over
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        self.is_closed = False
        self.at_us = 0
        self._open_books()

    def _open_books(self) -> None:
        self._limit(TREASURY, self.programme.treasury_limit_fen)
        for index, merchant in enumerate(self.programme.merchants):
            self._limit(FIRST_TENANT + index, merchant.limit_fen)
        self.set_clock(0)
        openings = [(TREASURY, self.programme.treasury_opening_fen)]
        openings += [(FIRST_TENANT + index, merchant.opening_fen) for index, merchant in enumerate(self.programme.merchants)]
        for account, fen in openings:
            if fen:
                self.ledger.post(0, OUTSIDE, account, fen, TransferReason.PREFUNDED)
        for name, centi in self.programme.members.items():
            self.hand_over(ROOM_ROWS)
            self.open_member(name, centi)

    def _limit(self, account: int, limit_fen: int | None) -> None:
        if limit_fen is not None:
            self.ledger.book.accounts["limit"][account] = limit_fen

    def open_member(self, name: str, centi: int = 0) -> int:
        """Open a member's account of cash points."""
        account = self._open(f"member:{name}", Currency.POINTS)
        if centi:
            doors.open_balances(self.ledger.book, self.at_us, np.array([account], np.int32), np.array([centi]))
        return account

    def _open(self, name: str, currency: Currency) -> int:
        account = self.ledger.open(name, currency, limit=0, has_lots=True, may_owe=True, opened_us=self.at_us)
        self.account_of[name] = account
        return account

    def set_clock(self, at_us: int) -> None:
        """From here on it is this instant; lots are of the local month."""
        self.at_us = at_us
        date = self.programme.date_of(at_us)
        self.ledger.book.book_counts[Count.MONTH] = 12 * date.year + date.month - 1

    def hand_over(self, rows: int) -> None:
        """Make sure that the journal has room for so many rows, and every array for what is to come."""
        while self.ledger.make_room(min(rows, 1000)):
            pass
        if self.ledger.journal.size + rows > self.ledger.book.transfers.size:
            self.kept.append(np.array(self.ledger.journal))
            self.ledger.forget_journal()

    def journal(self) -> np.ndarray:
        """Return every transfer so far."""
        return np.concatenate([*self.kept, np.array(self.ledger.journal)])

    # Names.
    def member(self, name: str) -> int:
        """Return the account of a member's cash points."""
        account = self.account_of.get(f"member:{name}")
        if account is None:
            raise Refused("unknown_member")
        return account

    def gifts(self, name: str) -> int:
        """Return the account of a member's gift points, opened where there is none yet."""
        self.member(name)
        account = self.account_of.get(f"gifts:{name}")
        return self._open(f"gifts:{name}", Currency.GIFTS) if account is None else account

    def heir(self, account: int) -> int:
        """Return the account that stands for one today: that of the member with whom its own was merged, or itself."""
        while account in self.merged_into:
            account = self.merged_into[account]
        return account

    def tenant(self, merchant: str, *, takes_part: bool = True) -> int:
        """Return a merchant's account of money."""
        if merchant not in self.merchants:
            raise Refused("unknown_merchant")
        if takes_part and not self.takes_part[merchant]:
            raise Refused("merchant_not_in_programme")
        return FIRST_TENANT + self.merchants[merchant]

    # Transfers.
    def move(
        self, debit: int, credit: int, amount: int, reason: TransferReason, expires_us: int = NEVER_US, of: int = NONE
    ) -> int:
        """Post a transfer; return its id, NONE of nothing."""
        if amount == 0:
            return NONE
        return self.posted(doors.issue_one(self.ledger.book, self.at_us, debit, credit, amount, int(reason), expires_us, of))

    def take_back(self, debit: int, credit: int, amount: int, reason: TransferReason, of: int) -> int:
        """Claw an amount back, which may leave a debt."""
        if amount == 0:
            return NONE
        return self.posted(doors.claw_back_one(self.ledger.book, self.at_us, debit, credit, amount, int(reason), of))

    def posted(self, refusal: int) -> int:
        """Return the id of the transfer that was just posted; raise what it was refused for."""
        if refusal != Refusal.POSTED:
            raise Refused(Refusal(refusal).name.lower())
        return int(self.ledger.book.book_counts[Count.POSTED]) - 1

    def owe(self, debtor: int, creditor: int, fen: int, reason: TransferReason) -> None:
        """Let the treasury or a merchant owe another: paid at once, or kept until the cycle ends."""
        if not self.programme.is_realtime:
            debtor, creditor = self.obligations_of(debtor), self.obligations_of(creditor)
        self.move(debtor, creditor, fen, reason)

    def obligations_of(self, account: int) -> int:
        """Return the account of a participant's obligations."""
        first = first_clearing(len(self.merchants))
        if account == OPERATOR:
            return first + CLEARING_OPERATOR
        return first + (CLEARING_TREASURY if account == TREASURY else CLEARING_TENANT + account - FIRST_TENANT)

    def net_positions(self) -> dict[int, int]:
        """Return what each participant is owed less what it owes, by its account of money."""
        participants = [TREASURY, *range(FIRST_TENANT, FIRST_TENANT + len(self.merchants)), OPERATOR]
        return {account: self.ledger.balance(self.obligations_of(account)) for account in participants}

    # What is known, and forgotten again where a chain fails.
    def note(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """Set what is known under a key; None forgets it."""
        self._undo.append((table, key, table.get(key)))
        _set(table, key, value)

    def begin(self) -> None:
        """Begin what stands or falls together."""
        self._undo = []
        doors.begin_chain(self.ledger.book)

    def end(self, refused: str) -> str:
        """End it; return why it was refused, empty where it was not."""
        if refused:
            codes = {code.name.lower(): code for code in Refusal}
            doors.fail_chain(self.ledger.book, int(codes.get(refused, Refusal.LINKED_FAILED)))
        failed = doors.end_chain(self.ledger.book)
        if failed == Refusal.POSTED:
            return ""
        for table, key, value in reversed(self._undo):
            _set(table, key, value)
        return refused or Refusal(failed).name.lower()


def _set(table: dict[Any, Any], key: Any, value: Any) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value


def matched(nets: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Return payments (from, to, amount) that bring net positions to nothing, in their order: one fewer than participants at most."""
    payers = [[account, -net] for account, net in nets if net < 0]
    receivers = [[account, net] for account, net in nets if net > 0]
    found = []
    while payers and receivers:
        amount = min(payers[0][1], receivers[0][1])
        found.append((payers[0][0], receivers[0][0], amount))
        for side in (payers, receivers):
            side[0][1] -= amount
            if not side[0][1]:
                side.pop(0)
    return found
