"""What participants of the alliance owe each other: paid at once, or kept as obligations until the clearing settles them."""

from __future__ import annotations

from sim.crowd.books import book_of
from sim.crowd.state import Mall
from sim.kernel import kernel
from sim.ledger.posting import transfer


@kernel
def owe(mall: Mall, debtor: int, creditor: int, amount_fen: int, reason: int, now_us: int) -> int:
    """Let one money account (operator, treasury, a tenant) owe another; return a Refusal. Nothing is owed where it is nothing."""
    if amount_fen <= 0 or debtor == creditor:
        return 0
    return transfer(book_of(mall), now_us, debtor, creditor, amount_fen, reason)
