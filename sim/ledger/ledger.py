"""A ledger that lives on from day to day: its accounts by name, room for more, and the doors by which Python posts."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.errors import LedgerError
from sim.kernel import entry, referred
from sim.ledger import posting
from sim.ledger.accounts import (
    FIRST_TENANT,
    FIXED,
    POINTS_ISSUED,
    Currency,
    TransferReason,
    account_names,
)
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
    book: Book = field(init=False)
    names: list[str] = field(init=False)  # by account
    _account_of: np.ndarray = field(init=False)  # int32 by resident, NONE

    def __post_init__(self) -> None:
        """Open the accounts that are there from the start."""
        names = account_names(self.unit_ids)
        self.book = empty_book(2 * len(names) + ROOM, 4 * ROOM, ROOM, self.journal_rows, UNDO_ROWS)
        self.names = []
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
        """Return the accounts of residents who are members (int32), opened where they have none yet, with what they hold from before."""
        if residents.size and int(residents.max()) >= self._account_of.size:
            more = np.full(int(residents.max()) + 1, NONE, np.int32)
            more[: self._account_of.size] = self._account_of
            self._account_of = more
        for resident, centi in zip(residents.tolist(), opening_centi.tolist(), strict=True):
            if self._account_of[resident] == NONE:
                account = self.open(f"member:{resident}", Currency.POINTS, limit=0, has_lots=True, may_owe=True)
                self._account_of[resident] = account
                if centi > 0:
                    self.post(now_us, POINTS_ISSUED, account, centi, TransferReason.OPENING)
        return self._account_of[residents]

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

    def balance(self, account: int) -> int:
        """Return what an account holds."""
        return int(self.book.accounts["balance"][account])

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
        """Return the lots that members hold, by resident, expiry and month: columns of points.parquet."""
        lots = self.book.lots[: self.book.book_counts[Count.LOTS]]
        held = lots[lots["remaining"] > 0]
        resident_of = np.full(len(self.names), NONE, np.int64)
        known = np.flatnonzero(self._account_of != NONE)
        resident_of[self._account_of[known]] = known
        member = resident_of[held["account"]]
        order = np.lexsort((held["month"], held["expires_us"], member))
        held, member = held[order], member[order]
        return {
            "member": member,
            "month": np.array([f"{month // 12:04d}-{month % 12 + 1:02d}" for month in held["month"].tolist()], "U7"),
            "issued_centi": held["issued"].copy(),
            "held_centi": held["remaining"].copy(),
        }

    def post(self, now_us: int, debit: int, credit: int, amount: int, reason: int) -> None:
        """Post a transfer; raises LedgerError when the books refuse it."""
        self.make_room()
        refusal = post_one(self.book, now_us, debit, credit, amount, int(reason))
        if refusal != Refusal.POSTED:
            words = Refusal(refusal).name.lower().replace("_", " ")
            raise LedgerError(f"transfer of {amount} from account {debit} to {credit} refused: {words}")

    def make_room(self) -> bool:
        """Double what is nearly full, the journal left out; return whether arrays have changed."""
        counts, book = self.book.book_counts, self.book
        grown = {
            "accounts": _with_room(book.accounts, int(counts[Count.ACCOUNTS]), ACCOUNT),
            "lots": _with_room(book.lots, int(counts[Count.LOTS]), LOT),
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
        self.book.book_counts[Count.ROWS] = 0


def _with_room(rows: np.ndarray, used: int, dtype: np.dtype) -> np.ndarray:  # type: ignore[type-arg]
    if used + ROOM <= rows.size:
        return rows
    more = book_records(2 * rows.size + ROOM, dtype)
    more[: rows.size] = rows
    return more


@entry
def post_one(book: Book, now_us: int, debit: int, credit: int, amount: int, reason: int) -> int:
    """Post one transfer from Python; return its Refusal."""
    book = referred(book)
    return posting.transfer(book, now_us, debit, credit, amount, reason)
