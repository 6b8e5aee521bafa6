"""What participants of the alliance owe each other: paid at once, or kept as obligations until the clearing settles them."""

from __future__ import annotations

from sim.crowd.books import book_of
from sim.crowd.state import Mall
from sim.kernel import inlined, kernel
from sim.ledger.accounts import CLEARING_OPERATOR, CLEARING_TENANT, CLEARING_TREASURY, FIRST_TENANT, OPERATOR
from sim.ledger.entering import is_available
from sim.ledger.posting import transfer
from sim.ledger.records import NO_LIMIT


@kernel
def owe(mall: Mall, debtor: int, creditor: int, amount_fen: int, reason: int, now_us: int) -> int:
    """Let one money account (operator, treasury, a tenant) owe another; return a Refusal. Nothing is owed where it is nothing."""
    if amount_fen <= 0 or debtor == creditor:
        return 0
    return transfer(book_of(mall), now_us, owing_account(mall, debtor), owing_account(mall, creditor), amount_fen, reason)


@kernel
def owe_back(mall: Mall, debtor: int, creditor: int, amount_fen: int, reason: int, now_us: int) -> int:
    """Let one owe another what corrects an earlier posting, which no limit refuses; return a Refusal."""
    holder = mall.accounts[owing_account(mall, debtor)]
    limit = holder.limit
    holder.limit = NO_LIMIT
    refusal = owe(mall, debtor, creditor, amount_fen, reason, now_us)
    holder.limit = limit
    return refusal


@inlined
def owing_account(mall: Mall, account: int) -> int:
    """Return the account on which a participant's obligations move: its money where everything is paid at once."""
    if mall.params[0].clears_later == 0:
        return account
    first = FIRST_TENANT + mall.params[0].units
    if account >= FIRST_TENANT:
        return first + CLEARING_TENANT + account - FIRST_TENANT
    return first + (CLEARING_OPERATOR if account == OPERATOR else CLEARING_TREASURY)


@kernel
def can_owe(mall: Mall, debtor: int, amount_fen: int) -> bool:
    """Return whether the books would let a participant owe so much more."""
    return is_available(book_of(mall), owing_account(mall, debtor), amount_fen)


@inlined
def is_hindered(mall: Mall) -> bool:
    """Return whether nothing can be paid in points alone: they are suspended, or rationed to a share of a price."""
    return mall.params[0].points_suspended == 1 or mall.params[0].points_price_share < 1.0
