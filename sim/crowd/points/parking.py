"""Parking by points: a member without receipts pays with points what others pay in money, where it holds enough and wants to."""

from __future__ import annotations

from sim.crowd.books import book_of
from sim.crowd.points.owing import is_hindered, owe
from sim.crowd.points.receipts import CENTIPOINTS, worth_fen
from sim.crowd.points.till import chain_holds, held_centi
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.ledger.accounts import OPERATOR, POINTS_REDEEMED, TREASURY, TransferReason
from sim.ledger.posting import begin_chain, transfer
from sim.ledger.records import NONE, Refusal
from sim.random_streams import uniform

PARKS_ON_POINTS = 1 << 40  # count of the draw, beyond those of stores


@kernel
def parks_on_points(mall: Mall, row: int, fee_fen: int, now_us: int) -> bool:
    """Pay a parking fee in points, all of it or nothing, not while points are suspended or rationed; the treasury owes the mall for them in the same chain."""
    account, params, shopper = mall.minds[row].account, mall.params[0], mall.shoppers[row]
    if account == NONE or params.redeems == 0 or is_hindered(mall) or mall.errands[row].spent_fen > 0:
        return False
    centi = (fee_fen * CENTIPOINTS + params.face_fen - 1) // params.face_fen
    if centi > held_centi(mall, account) or centi < params.burn_least_centi or centi > params.burn_most_centi:
        return False
    if uniform(mall.keys[Stream.BURN], shopper.number, PARKS_ON_POINTS) >= params.parks_on_points_share:
        return False
    begin_chain(book_of(mall))
    refusal = transfer(book_of(mall), now_us, account, POINTS_REDEEMED, centi, TransferReason.BURNED)
    if refusal == Refusal.POSTED:
        redeemed_fen = worth_fen(centi, params.redemption_fen)
        refusal = owe(mall, TREASURY, OPERATOR, redeemed_fen, TransferReason.REDEMPTION, now_us)
    if not chain_holds(mall, refusal):
        return False
    note(mall, row, now_us, EventKind.PARKING_PAID_IN_POINTS, shopper.parking, centi)
    return True
