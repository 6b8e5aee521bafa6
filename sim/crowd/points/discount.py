"""A price cut for members: the same money as points, given at once."""

from __future__ import annotations

from sim.crowd.checkout.methods import price_cut_fen
from sim.crowd.state import Mall
from sim.crowd.tallies import Counted
from sim.kernel import inlined
from sim.ledger.records import NONE


@inlined
def member_discount_fen(mall: Mall, row: int, price_fen: int) -> int:
    """Return what is taken off a price for a member that shows who it is, and count it."""
    ppm = mall.params[0].discount_ppm
    if ppm == 0 or mall.minds[row].account == NONE:
        return 0
    cut_fen = price_cut_fen(price_fen, ppm)
    mall.counts[Counted.MEMBER_DISCOUNT_FEN] += cut_fen
    return cut_fen
