"""Whether to burn points: what members do with them at the till, and what they buy for before and after.

Points are money of another pocket: they pile up until their worth here and now exceeds a mental cost of the member's own (Stourm et
al. 2015). Whoever is near that reward, or has just had it, buys for a little more (Dorotic et al. 2014).
"""

from __future__ import annotations

import numpy as np

from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import inlined, kernel
from sim.ledger.records import NONE
from sim.random_streams import standard_normal

CENTIPOINTS = 100  # in a point


@kernel
def points_wanted(available: int, price_fen: int, face_fen: int, cost_fen: float, recent: int, windfall_bonus: float) -> int:
    """Return the whole points that a member would burn on a price: all that it takes, or none while their worth is below the cost.

    `recent` of them have come on this visit and count for more. Never fewer with more points, recent or not, with a higher price, or
    with a lower cost.
    """
    usable = min(available, price_fen // face_fen)
    if usable <= 0:
        return 0
    worth_fen = face_fen * (usable + windfall_bonus * min(max(recent, 0), usable))
    return usable if worth_fen >= cost_fen else 0


@inlined
def begin_with_points(mall: Mall, row: int) -> None:
    """Remember what a member holds on its coming."""
    mind = mall.minds[row]
    mind.held_centi = 0 if mind.account == NONE else mall.accounts[mind.account].balance


@inlined
def available_centi(mall: Mall, account: int) -> int:
    """Return the centi-points of an account that are not reserved."""
    return mall.accounts[account].balance - mall.accounts[account].reserved


@kernel
def points_to_burn_centi(mall: Mall, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Return how many centi-points a member would spend on a price here and now; the draw is that of its visit to this store."""
    mind = mall.minds[row]
    if mind.account == NONE or mall.terms[unit].takes_part == 0:
        return 0
    available = available_centi(mall, mind.account)
    if available < CENTIPOINTS:
        return 0
    params = mall.params[0]
    shopper = mall.shoppers[row]
    cost_fen = float(mind.burn_cost_fen) / params.run_pressure
    if params.gift_trades >> mall.units[unit].category & 1 == 1:
        cost_fen *= params.gift_factor
    if params.burn_spread > 0.0:
        cost_fen *= np.exp(params.burn_spread * standard_normal(mall.keys[Stream.BURN], shopper.number, shopper.visits))
    recent = (available - mind.held_centi) // CENTIPOINTS
    return CENTIPOINTS * points_wanted(
        available // CENTIPOINTS, price_fen, params.face_fen, cost_fen, recent, params.windfall_bonus
    )


@inlined
def spending_factor(mall: Mall, row: int) -> float:
    """Return by what factor a member buys for more than it would without points; exactly 1 for everybody else."""
    mind = mall.minds[row]
    if mind.account == NONE:
        return 1.0
    params = mall.params[0]
    if mind.has_burned == 1:
        return 1.0 + params.after_lift
    near_fen = params.near_share * mind.burn_cost_fen
    is_near = mind.held_centi > 0 and mind.held_centi >= near_fen  # a centi-point is worth a fen
    return 1.0 + params.near_lift if is_near and params.has_points == 1 else 1.0


@inlined
def take_note_of_member(mall: Mall, row: int, unit: int, paid_fen: int, burned_fen: int, now_us: int) -> None:
    """Note whether the buyer was a member, and whether anybody could know."""
    mind = mall.minds[row]
    if mind.is_member == 0:
        return
    if mind.account == NONE or mall.terms[unit].takes_part == 0:
        note(mall, row, now_us, EventKind.MEMBER_UNSEEN, unit, paid_fen)
        return
    note(mall, row, now_us, EventKind.MEMBER_PAID, unit, paid_fen)
    mind.recognised += 1
    if burned_fen > 0:
        mind.has_burned = 1
