"""Bags: what a party carries, what that does to it, and handing them in for porters to bring to the parcel desk."""

from __future__ import annotations

import numpy as np

from sim.crowd.books import transfer
from sim.crowd.state import Mall, Stream
from sim.crowd.venues.desk_records import Desk
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.ledger.accounts import OPERATOR, OUTSIDE, TransferReason
from sim.random_streams import uniform

BAGS_OF_PURCHASE_MAX = 6
SLOWEST = 0.5  # of its own speed that a laden party keeps at least
MISLAID_DRAW = 1 << 20  # where the draws of single hand-ins begin; 0 is the party's own inclination
CUT_OFF_S = 900.0  # a porter's walk where no connector runs just now: round by the back


@kernel
def carry_away(mall: Mall, row: int, now_us: int) -> None:
    """Take what was just bought, hand it in if one does, and feel the weight of what is left."""
    bag_fen = mall.venues[mall.shoppers[row].unit].bag_fen
    if bag_fen == 0:
        return
    errand = mall.errands[row]
    errand.bags += min((mall.shoppers[row].amount_fen + bag_fen - 1) // bag_fen, BAGS_OF_PURCHASE_MAX)
    if mall.desks[Desk.PARCEL].unit >= 0 and errand.bags >= mall.params[0].parcel_from_bags and _hands_in(mall, row):
        _hand_in(mall, row, now_us)
    feel_bags(mall, row, now_us)


@kernel
def feel_bags(mall: Mall, row: int, now_us: int) -> None:
    """Set the party's speed by its bags; bags that it has not had in hand before end its visit earlier."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    params = mall.params[0]
    burden = max(0.0, errand.bags - params.bags_at_ease * shopper.people)
    if burden == 0.0 and errand.bags_felt == 0.0:
        return
    shopper.speed_mps = errand.unladen_mps * max(SLOWEST, 1.0 - params.bags_slow_share * burden)
    if burden > errand.bags_felt:
        shopper.stay_until_us -= np.int64(params.bags_tire_us * (burden - errand.bags_felt))
        errand.bags_felt = burden


@kernel
def _hands_in(mall: Mall, row: int) -> bool:
    """Return whether the party gives its bags away; one draw of its own, so that a fee only ever deters."""
    desk = mall.desks[Desk.PARCEL]
    is_free = mall.errands[row].spent_fen >= mall.params[0].parcel_free_from_fen or desk.price_fen == 0
    share = desk.share if is_free else desk.share * mall.params[0].parcel_fee_factor
    return desk.is_open == 1 and uniform(mall.keys[Stream.BAGS], mall.shoppers[row].number, 0) < share


@kernel
def _hand_in(mall: Mall, row: int, now_us: int) -> None:
    """The store labels the bags, a porter is called, a fee is paid below the free spend."""
    shopper = mall.shoppers[row]
    errand = mall.errands[row]
    desk = mall.desks[Desk.PARCEL]
    note(mall, row, now_us, EventKind.BAGS_HANDED_IN, shopper.unit, errand.bags)
    if errand.spent_fen < mall.params[0].parcel_free_from_fen:
        settle(mall, row, now_us, desk.unit, desk.price_fen)
    if uniform(mall.keys[Stream.BAGS], shopper.number, MISLAID_DRAW + errand.hand_ins) < mall.params[0].parcel_mislaid_share:
        errand.bags_mislaid += errand.bags
    errand.hand_ins += 1
    errand.has_asked_for_bags = 0
    errand.bags_held += errand.bags
    errand.bags = 0
    walk_s = min(mall.hop_s[0, desk.unit, shopper.unit] + mall.hop_s[0, shopper.unit, desk.unit], CUT_OFF_S)
    work_us = desk.work_us + np.int64(1e6 * walk_s)
    errand.bags_ready_us = max(errand.bags_ready_us, take_hand(mall, desk.first_hand, desk.end_hand, work_us, now_us))
    note(mall, row, now_us, EventKind.PORTER_SENT, shopper.unit, work_us)


@kernel
def take_hand(mall: Mall, first: int, end: int, work_us: int, now_us: int) -> int:
    """Give a job to the hand that is free first and return when it is done: several servers, one line in order of arrival."""
    best = soonest_hand(mall, first, end)
    hand = mall.hands[best]
    hand.free_us = max(now_us, hand.free_us) + work_us
    hand.jobs += 1
    return hand.free_us


@kernel
def soonest_hand(mall: Mall, first: int, end: int) -> int:
    """Return the hand that is free first, of equal ones the first."""
    best = first
    for other in range(first + 1, end):
        if mall.hands[other].free_us < mall.hands[best].free_us:
            best = other
    return best


@kernel
def send_home(mall: Mall, row: int, now_us: int, bags: int) -> None:
    """Bags that the party does not take along will be brought to its home, at the mall's cost."""
    desk = mall.desks[Desk.PARCEL]
    note(mall, row, now_us, EventKind.BAGS_DELIVERED, desk.unit, bags)
    settle(mall, row, now_us, desk.unit, -desk.cost_fen)
    mall.errands[row].bags_held -= bags


@kernel
def settle(mall: Mall, row: int, now_us: int, unit: int, to_mall_fen: int) -> None:
    """Move money between the party and the mall, or from the mall to the world, and note it at the desk's unit."""
    if to_mall_fen == 0:
        return
    transfer(mall, OUTSIDE, OPERATOR, to_mall_fen, TransferReason.DESK_FEE, now_us)
    transfer(mall, OPERATOR, OUTSIDE, -to_mall_fen, TransferReason.DESK_COST, now_us)
    note(mall, row, now_us, EventKind.DESK_PAID, unit, to_mall_fen)
