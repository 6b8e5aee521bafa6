"""What the crowd posts for members from outside its kernels: a bonus on arrival, and receipts brought back at the end of the day."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sim.crowd.books import book_of
from sim.crowd.points.owing import owe
from sim.crowd.points.receipts import worth_fen
from sim.crowd.points.returning import settle_returns
from sim.crowd.points.till import chain_holds
from sim.crowd.points.wallets import Wallets
from sim.crowd.state import Mall, Meta
from sim.errors import LedgerError
from sim.kernel import entry, referred
from sim.ledger.accounts import OPERATOR, POINTS_ISSUED, TREASURY, TransferReason
from sim.ledger.ledger import Ledger
from sim.ledger.posting import begin_chain, transfer
from sim.ledger.records import NONE, Count, Refusal
from sim.visitors import NOBODY, Visitors

ROOM = 64  # members whose accounts are opened at once: the journal has room for a row each


class HasBooks(Protocol):
    """What is asked of the crowd."""

    mall: Mall
    returned: list[np.ndarray]  # RETURN records that have left the buffer

    def make_room(self) -> None: ...

    def make_room_in_books(self) -> None: ...


class AdmitsMembers(HasBooks, Protocol):
    """What is asked of the crowd when members come."""

    ledger: Ledger
    wallets: Wallets

    @property
    def now_us(self) -> int: ...


def accounts_of(crowd: AdmitsMembers, visitors: Visitors) -> np.ndarray:
    """Return the account (int32) of each party whose visit is a member's, NONE of the others; a newcomer's is opened, a guest's is lent."""
    found = np.where(visitors.account >= 0, visitors.account, NONE).astype(np.int32)
    if crowd.mall.params[0].points_on == 0:
        return found
    members = np.flatnonzero((visitors.is_member == 1) & (visitors.resident != NOBODY) & (visitors.shows_card == 1))
    counts = crowd.ledger.book.book_counts  # the night before may have posted at this day's first hours
    now_us = max(crowd.now_us, int(counts[Count.LAST_US] - counts[Count.MIDNIGHT_US]))
    for first in range(0, members.size, ROOM):
        crowd.make_room_in_books()
        few = members[first : first + ROOM]
        found[few] = crowd.ledger.members(visitors.resident[few], visitors.points_centi[few], now_us)
    give_bonuses(crowd, found, visitors.bonus_centi, now_us)
    if crowd.wallets.make_room(len(crowd.ledger.names)):
        crowd.mall = crowd.mall._replace(held=crowd.wallets.held, suspects=crowd.wallets.suspects)
    return found


def give_bonuses(crowd: HasBooks, accounts: np.ndarray, bonus_centi: np.ndarray, now_us: int) -> None:
    """Give members the bonus of their tier; raises LedgerError when the books refuse it."""
    for row in np.flatnonzero((bonus_centi > 0) & (accounts != NONE)).tolist():
        crowd.make_room_in_books()
        if give_bonus(crowd.mall, int(accounts[row]), int(bonus_centi[row]), now_us) == 0:
            raise LedgerError(
                f"the books refuse the bonus of {int(bonus_centi[row])} centi-points to account {int(accounts[row])}"
            )


@entry
def give_bonus(mall: Mall, account: int, centi: int, now_us: int) -> int:
    """Give a bonus that the mall owes the treasury for as any issuer does, both or neither; return 1, or 0 when it is refused.

    These points do not expire.
    """
    mall = referred(mall)
    begin_chain(book_of(mall))
    refusal = transfer(book_of(mall), now_us, POINTS_ISSUED, account, centi, TransferReason.TIER_BONUS)
    if refusal == Refusal.POSTED:
        fee_fen = worth_fen(centi, mall.params[0].issue_fen)
        refusal = owe(mall, OPERATOR, TREASURY, fee_fen, TransferReason.ISSUE_FEE, now_us)
    return 1 if chain_holds(mall, refusal) else 0


def take_returns_back(crowd: HasBooks, now_us: int) -> np.ndarray:
    """Let points of receipts that are brought back go both ways; return these as RETURN records."""
    crowd.returned.append(np.array(crowd.mall.returns[: crowd.mall.meta[Meta.RETURN_ROWS]]))
    returns = np.concatenate(crowd.returned).view(np.recarray)
    crowd.returned.clear()
    crowd.mall.meta[Meta.RETURN_ROWS] = 0
    settled = 0
    while settled < returns.size:
        crowd.make_room_in_books()
        crowd.make_room()
        settled = settle_returns(crowd.mall, returns, settled, now_us)
    return returns
