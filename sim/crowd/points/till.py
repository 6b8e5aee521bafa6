"""At the till: what a member pays in points, and what the receipt earns."""

from __future__ import annotations

from sim.crowd.books import book_of
from sim.crowd.points.burning import points_to_burn_centi
from sim.crowd.state import Mall
from sim.kernel import kernel
from sim.ledger.accounts import POINTS_ISSUED, TransferReason
from sim.ledger.posting import issue
from sim.ledger.records import NEVER_US, NONE

CENTIPOINTS = 100  # in a point


@kernel
def pay_with_points(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Pay part of a price in points; return the fen that they were worth."""
    return points_to_burn_centi(mall, row, unit, price_fen, now_us) * 0


@kernel
def earn_points(mall: Mall, row: int, unit: int, net_fen: int, now_us: int) -> int:
    """Credit a member with the points of a receipt: whole ones, for what it paid in money; return the centi-points."""
    account = mall.minds[row].account
    if account == NONE or mall.terms[unit].takes_part == 0:
        return 0
    earned = net_fen // mall.params[0].fen_per_point * CENTIPOINTS
    if earned <= 0:
        return 0
    issue(book_of(mall), now_us, POINTS_ISSUED, account, earned, TransferReason.EARNED, NEVER_US, NONE)
    return earned
