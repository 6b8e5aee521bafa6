"""What the crowd posts for members from outside its kernels: a bonus on arrival, and receipts brought back at the end of the day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from sim.crowd.points.receipts import worth_fen
from sim.crowd.points.returning import settle_returns
from sim.crowd.points.wallets import Wallets
from sim.crowd.state import Mall, Meta
from sim.ledger.accounts import OPERATOR, POINTS_ISSUED, TREASURY, TransferReason
from sim.ledger.ledger import Ledger
from sim.ledger.records import NONE, Count
from sim.visitors import NOBODY, Visitors

ROOM = 64  # members whose accounts are opened at once: the journal has room for a row each
Post = Callable[[int, int, int, int, int], None]  # (now_us, debit, credit, amount, reason)


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

    def transfer(self, now_us: int, debit: int, credit: int, amount: int, reason: int) -> None: ...


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
    give_bonuses(crowd.transfer, found, visitors.bonus_centi, int(crowd.mall.params[0].issue_fen), now_us)
    if crowd.wallets.make_room(len(crowd.ledger.names)):
        crowd.mall = crowd.mall._replace(held=crowd.wallets.held, suspects=crowd.wallets.suspects)
    return found


def give_bonuses(post: Post, accounts: np.ndarray, bonus_centi: np.ndarray, issue_fen: int, now_us: int) -> None:
    """Give members the bonus of their tier, which the mall pays for as any issuer does; these points do not expire."""
    for row in np.flatnonzero((bonus_centi > 0) & (accounts != NONE)).tolist():
        centi = int(bonus_centi[row])
        post(now_us, POINTS_ISSUED, int(accounts[row]), centi, TransferReason.TIER_BONUS)
        fee_fen = int(worth_fen(centi, issue_fen))
        if fee_fen > 0:
            post(now_us, OPERATOR, TREASURY, fee_fen, TransferReason.ISSUE_FEE)


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
