"""A ledger that lives on from day to day: its accounts by name, room for more, and the doors by which Python posts."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.errors import LedgerError
from sim.ledger import doors
from sim.ledger.accounts import FIRST_TENANT, FIXED, Currency, account_names
from sim.ledger.clearing import ClearingHouse
from sim.ledger.digest import JournalDigest
from sim.ledger.doors import post_one
from sim.ledger.records import (
    ACCOUNT,
    LOT,
    NEVER_US,
    NO_LIMIT,
    NONE,
    PENDING,
    Book,
    Count,
    Refusal,
    book_records,
    empty_book,
)
from sim.ledger.tables import accounts_table, lots_table
from sim.units import US_PER_DAY

ROOM = 256  # free slots of each kind before anything is posted
UNDO_ROWS = 1 << 14


@dataclass
class Ledger:
    """The accounts of a mall: what every ledger has, its tenants, and its members by row of the catchment's residents.

    Instants given are of the day that `begin_day` has begun. The journal fills `book.transfers`; whoever posts hands it over and
    calls `forget_journal` before it is full.
    """

    unit_ids: Sequence[str]
    journal_rows: int
    has_gifts: bool = field(
        default=False, init=False
    )  # whether members have an account of gift points after that of their points
    book: Book = field(init=False)
    names: list[str] = field(init=False)  # by account
    clearing: ClearingHouse = field(init=False)
    digest: JournalDigest = field(init=False, default_factory=JournalDigest)  # of what has been handed over
    _account_of: np.ndarray = field(init=False)  # int32 by resident, NONE

    def __post_init__(self) -> None:
        """Open the accounts that are there from the start."""
        names = account_names(self.unit_ids)
        self.book = empty_book(2 * len(names) + ROOM, 4 * ROOM, ROOM, self.journal_rows, UNDO_ROWS)
        self.names = []
        self.clearing = ClearingHouse(len(self.unit_ids))
        self._account_of = np.full(0, NONE, np.int32)
        currencies = [currency for _, currency in FIXED]
        for index, name in enumerate(names):
            self.open(name, currencies[index] if index < FIRST_TENANT else Currency.FEN)

    def begin_day(self, date: datetime.date, days_before: int) -> None:
        """From here on instants are of this day, the run's `days_before`-th after its first."""
        self.book.book_counts[Count.MIDNIGHT_US] = days_before * US_PER_DAY
        self.book.book_counts[Count.MONTH] = 12 * date.year + date.month - 1

    def open(
        self,
        name: str,
        currency: Currency,
        *,
        limit: int = NO_LIMIT,
        has_lots: bool = False,
        may_owe: bool = False,
        opened_us: int = -NEVER_US,
    ) -> int:
        """Open an account and return its number."""
        self.make_room()
        number = int(self.book.book_counts[Count.ACCOUNTS])
        self.book.accounts[number] = (
            0, 0, 0, limit, opened_us, NEVER_US, NONE, NONE, int(currency), int(has_lots), int(may_owe)
        )  # fmt: skip
        self.book.book_counts[Count.ACCOUNTS] = number + 1
        self.names.append(name)
        return number

    def members(self, residents: np.ndarray, opening_centi: np.ndarray, now_us: int) -> np.ndarray:
        """Return the accounts of residents who are members (int32), opened where they have none yet, with what they hold from before.

        The journal needs room for a row each.
        """
        if residents.size and int(residents.max()) >= self._account_of.size:
            more = np.full(int(residents.max()) + 1, NONE, np.int32)
            more[: self._account_of.size] = self._account_of
            self._account_of = more
        new = np.flatnonzero(self._account_of[residents] == NONE)
        if new.size:
            _, first = np.unique(residents[new], return_index=True)
            new = new[np.sort(first)]
            self.clearing.opened_centi += int(opening_centi[new].sum())
            self._open_members(residents[new], np.ascontiguousarray(opening_centi[new], np.int64), now_us)
        return self._account_of[residents]

    def _open_members(self, residents: np.ndarray, opening_centi: np.ndarray, now_us: int) -> None:
        step = 2 if self.has_gifts else 1
        while self.make_room(step * residents.size):
            pass
        counts = self.book.book_counts
        now_us = max(now_us, int(counts[Count.LAST_US] - counts[Count.MIDNIGHT_US]))  # a day's last hours are after midnight
        first = int(counts[Count.ACCOUNTS])
        rows = self.book.accounts[first : first + step * residents.size]
        rows["opened_us"], rows["closed_us"] = now_us + counts[Count.MIDNIGHT_US], NEVER_US
        rows["first_lot"] = rows["last_lot"] = NONE
        rows["currency"], rows["has_lots"], rows["may_owe"] = int(Currency.POINTS), 1, 1
        rows["currency"][1::2] = int(Currency.GIFTS) if self.has_gifts else int(Currency.POINTS)
        counts[Count.ACCOUNTS] = first + rows.size
        kinds = ("member", "gifts")[:step]
        self.names.extend(f"{kind}:{resident}" for resident in residents.tolist() for kind in kinds)
        self._account_of[residents] = np.arange(first, first + rows.size, step, dtype=np.int32)
        if opening_centi.any():
            refusal = doors.open_balances(self.book, now_us, self._account_of[residents], opening_centi)
            _refuse(refusal, "points from before of new members")

    def known_accounts(self, residents: np.ndarray) -> np.ndarray:
        """Return the accounts of residents (int32), NONE of those who have none yet."""
        found = np.full(residents.size, NONE, np.int32)
        is_known = residents < self._account_of.size
        found[is_known] = self._account_of[residents[is_known]]
        return found

    def open_members(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the residents who have accounts, ascending, and these accounts (both int64)."""
        rows = np.flatnonzero(self._account_of != NONE)
        return rows, self._account_of[rows].astype(np.int64)

    def balances_of(self, residents: int) -> np.ndarray:
        """Return the centi-points that each of so many residents holds (int64)."""
        found = np.zeros(residents, np.int64)
        known = np.flatnonzero(self._account_of != NONE)
        found[known] = self.book.accounts["balance"][self._account_of[known]]
        return found

    def has_account(self, residents: int) -> np.ndarray:
        """Return which of so many residents have an account (bool)."""
        found = np.zeros(residents, bool)
        found[np.flatnonzero(self._account_of != NONE)] = True
        return found

    def balance(self, account: int) -> int:
        """Return what an account holds."""
        return int(self.book.accounts["balance"][account])

    @property
    def account_of(self) -> np.ndarray:
        """The account of each resident (int32), NONE of those who have none, as far as the last who has one."""
        return self._account_of

    @property
    def days_before(self) -> int:
        """Days of the run before the one that has begun."""
        return int(self.book.book_counts[Count.MIDNIGHT_US]) // US_PER_DAY

    @property
    def balances_fen(self) -> np.ndarray:
        """The balance of every account that is kept in money, 0 of the others (int64)."""
        accounts = self.book.accounts[: self.book.book_counts[Count.ACCOUNTS]]
        return np.where(accounts["currency"] == Currency.FEN, accounts["balance"], 0)

    def balances_fen_by_name(self) -> dict[str, int]:
        """Return the balance of each account that is kept in money."""
        kept = self.book.accounts["currency"][: len(self.names)] == Currency.FEN
        balances_fen = self.balances_fen
        return {self.names[index]: int(balances_fen[index]) for index in np.flatnonzero(kept).tolist()}

    def lots_table(self) -> dict[str, np.ndarray]:
        """Return the lots that are held: columns of lots.parquet."""
        resident_of = np.full(len(self.names), NONE, np.int64)
        known = np.flatnonzero(self._account_of != NONE)
        resident_of[self._account_of[known]] = known
        return lots_table(self.book, self.names, resident_of)

    def accounts_table(self) -> dict[str, np.ndarray]:
        """Return all accounts in order of their numbers: columns of accounts.parquet."""
        return accounts_table(self.book, self.names)

    def expire(self) -> bool:
        """Let lots and pending transfers that are over now (since the day began, or the last transfer) expire; False: flush and call again."""
        self.make_room()
        counts = self.book.book_counts
        now_us = max(0, int(counts[Count.LAST_US] - counts[Count.MIDNIGHT_US]))
        if doors.expire_pendings(self.book, now_us, 0) < counts[Count.PENDINGS]:
            return False
        return bool(doors.expire_lots(self.book, now_us, 0) == counts[Count.ACCOUNTS])

    def post(self, now_us: int, debit: int, credit: int, amount: int, reason: int) -> None:
        """Post a transfer; raises LedgerError when the books refuse it."""
        self.make_room()
        refusal = post_one(self.book, now_us, debit, credit, amount, int(reason))
        _refuse(refusal, f"transfer of {amount} from account {debit} to {credit}")

    def make_room(self, more: int = 0) -> bool:
        """Double what is nearly full, the journal left out, `more` accounts and lots being about to come; return whether arrays have changed."""
        counts, book = self.book.book_counts, self.book
        grown = {
            "accounts": _with_room(book.accounts, int(counts[Count.ACCOUNTS]) + more, ACCOUNT),
            "lots": _with_room(book.lots, int(counts[Count.LOTS]) + more, LOT),
            "pendings": _with_room(book.pendings, int(counts[Count.PENDINGS]), PENDING),
        }
        changed = {name: rows for name, rows in grown.items() if rows is not getattr(book, name)}
        if changed:
            self.book = book._replace(**changed)
        return bool(changed)

    @property
    def journal(self) -> np.ndarray:
        """TRANSFER records that have not been handed over."""
        return self.book.transfers[: self.book.book_counts[Count.ROWS]]

    def forget_journal(self) -> None:
        """The journal has been handed over."""
        assert self.book.book_counts[Count.CHAIN] == NONE, "a chain is open: what it has posted may yet be taken back"
        self.digest.take(self.journal)
        self.clearing.take(self.journal)
        self.clearing.forget_journal()
        self.book.book_counts[Count.ROWS] = 0

    @property
    def journal_sha256(self) -> str:
        """The digest of all transfers that have been handed over."""
        return self.digest.hexdigest()

    def state(self) -> dict[str, np.ndarray]:
        """Return all of the ledger as arrays, to go on from elsewhere; the journal must have been handed over."""
        counts = self.book.book_counts
        assert counts[Count.ROWS] == 0
        used = {"accounts": Count.ACCOUNTS, "lots": Count.LOTS, "pendings": Count.PENDINGS}
        return {
            **{name: np.array(getattr(self.book, name)[: counts[count]]) for name, count in used.items()},
            "counts": counts.copy(),
            "names": np.array(self.names, np.str_),
            "account_of": self._account_of.copy(),
            **self.digest.state(),
        }

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Become the ledger whose state it was; it must have the same tenants."""
        used = {name: state[name] for name in ("accounts", "lots", "pendings")}
        counts = self.book.book_counts
        counts[:] = 0  # what is here is of no interest
        counts[[Count.ACCOUNTS, Count.LOTS, Count.PENDINGS]] = [rows.size for rows in used.values()]
        while self.make_room():
            pass
        for name, rows in used.items():
            getattr(self.book, name)[: rows.size] = rows
        self.book.book_counts[:] = state["counts"]
        self.names = [str(name) for name in state["names"]]
        self._account_of = state["account_of"].astype(np.int32)
        self.digest.restore(state)


def _refuse(refusal: int, what: str) -> None:
    if refusal != Refusal.POSTED:
        raise LedgerError(f"{what} refused: {Refusal(refusal).name.lower().replace('_', ' ')}")


def _with_room(rows: np.ndarray, used: int, dtype: np.dtype) -> np.ndarray:  # type: ignore[type-arg]
    if used + ROOM <= rows.size:
        return rows
    more = book_records(2 * rows.size + ROOM, dtype)
    more[: rows.size] = rows
    return more
