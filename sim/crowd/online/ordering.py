"""Ordering from the line: who would wait long at a till has the thing sent home, or set aside for later, and goes."""

from __future__ import annotations

import numpy as np

from sim.crowd.online.records import Course, Scene, Way
from sim.crowd.queues import expected_wait_s
from sim.crowd.state import Mall, Stream
from sim.events import Reason
from sim.kernel import kernel
from sim.random_streams import uniform

THINKS, CHOOSES = 4 << 20, 5 << 20  # first counts of a party's draws of Stream.ONLINE, by the store entered
PEOPLE = 1 << 32  # numbers of orders made in the mall lie beside each other for the stores that a party enters


@kernel
def orders_instead(mall: Mall, row: int, till: int, now_us: int) -> bool:
    """Return whether the party orders what it holds, rather than wait at a till; a logit of the wait against the fee, and against coming back.

    Where it has no line to wait in there is nothing to think about; who goes without standing in line leaves room to those who stay.
    """
    shopper = mall.shoppers[row]
    params = mall.params[0]
    wait_s = expected_wait_s(mall.stations, till)
    if wait_s <= 0.0 or mall.errands[row].uses_app == 0 or params.orders >= mall.orders.size:
        return False
    key = mall.keys[Stream.ONLINE]
    if uniform(key, shopper.number, THINKS + shopper.visits) >= params.in_line_share:
        return False
    mind = mall.minds[row]
    less = params.line_us_weight * 1e6 * wait_s
    fee = params.fee_weight * mind.price_sensitivity * params.deliver_fee_fen
    deliver = np.exp(params.in_line_deliver - fee + less) if params.delivery_on == 1 else 0.0
    collect = np.exp(params.in_line_collect + less) if params.collects_on == 1 and mind.order < 0 else 0.0
    draw = uniform(key, shopper.number, CHOOSES + shopper.visits) * (1.0 + deliver + collect)
    if draw < 1.0:
        return False
    is_brought = draw < 1.0 + deliver
    order = mall.orders[params.orders]
    if not is_brought:
        mind.order = np.int32(params.orders)
    params.orders += 1
    order.number = shopper.number ^ (np.int64(shopper.visits) * PEOPLE)
    order.placed_us = now_us
    order.visit = -1 if is_brought else shopper.number
    order.resident = mind.resident
    order.amount_fen = shopper.amount_fen
    order.distance_km = -1.0
    order.unit = shopper.unit
    order.branch = -1
    order.article = -1
    order.account = mind.account
    order.people = shopper.people
    order.way = Way.DELIVER if is_brought else Way.COLLECT
    order.scene = Scene.IN_LINE
    order.course = Course.MEANT
    shopper.amount_fen = 0
    if shopper.reason == Reason.NEED:
        mind.finds += 1
    return True
