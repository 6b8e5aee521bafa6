"""Records of orders placed online, of who works on them, and of a thing that is sought."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Way(IntEnum):
    """How an order gets to its owner."""

    COLLECT = 0
    DELIVER = 1
    GIFT = 2  # somebody else's, who collects it


class Scene(IntEnum):
    """Where somebody thinks of ordering."""

    HOME = 0
    ON_THE_WAY = 1
    IN_LINE = 2
    NIGHT = 3


class Course(IntEnum):
    """How far an order has come; from DONE on it is over."""

    MEANT = 0  # its time has not come
    WORKED_ON = 1
    READY = 2  # to be collected
    UNDERWAY = 3
    COLLECTED = 4
    DELIVERED = 5
    LAPSED = 6  # nobody came for it: given back
    REFUNDED = 7  # not there, or too late: given back


class Seeks(IntEnum):
    """How a search for a thing stands."""

    NOT = 0
    LATER = 1  # will find out that it needs it
    NOW = 2
    GOING = 3  # to a store that may have it
    HAS = 4
    GAVE_UP = 5


DONE = Course.COLLECTED
ORDER = np.dtype(
    [
        ("number", "i8"), ("placed_us", "i8"), ("ready_us", "i8"), ("due_us", "i8"), ("visit", "i8"), ("resident", "i8"), ("amount_fen", "i8"),
        ("distance_km", "f8"), ("unit", "i4"), ("branch", "i4"), ("article", "i4"), ("people", "i4"), ("account", "i4"),
        ("way", "i1"), ("scene", "i1"), ("course", "i1"), ("instead", "i1"), ("is_first", "i1"), ("comes_for_it", "i1"), ("at_till", "i1"),
    ],
    align=True,
)  # fmt: skip
# number: address of its draws; visit: number of the visit that is to collect it, -1 for none; branch: the unit that works on it, -1 until one
# does; article: the item set aside of its shelf, -1 for none; instead: 1 where it takes a visit's place; is_first: 1 where who collects has never been
# here; comes_for_it: 1 where nothing else brings it; at_till: 1 while somebody of the tills works on it.
ONLINE_PARAMS: list[tuple[str, str]] = [
    ("has_online", "i4"), ("orders", "i8"), ("orders_planned", "i8"), ("order_pick_us", "f8"), ("order_at_till", "i4"), ("order_handover_us", "i8"),
    ("order_waits_us", "i8"), ("order_looks_share", "f8"), ("order_returns_share", "f8"), ("order_fee_ppm", "i8"),
    ("picks_at_till", "i4"), ("delivery_on", "i4"), ("courier_us_per_km", "f8"), ("courier_stop_us", "i8"), ("deliver_promised_us", "i8"),
    ("deliver_late_us", "i8"), ("dispatch", "i4"), ("deliver_fee_fen", "i8"), ("deliver_cost_fen", "i8"), ("deliver_gift_fen", "i8"),
    ("in_line_on", "i4"), ("in_line_share", "f8"), ("in_line_deliver", "f8"), ("in_line_collect", "f8"), ("collects_on", "i4"), ("line_us_weight", "f8"),
    ("fee_weight", "f8"), ("seek_share", "f8"), ("seek_scope", "i4"), ("seek_tries", "i4"), ("seek_fen", "i8"), ("runner_us", "i8"), ("runner_fen", "i8"),
]  # fmt: skip
ONLINE_FIELDS = [
    ("order", "i4"), ("errand", "i1"), ("got_order", "i1"), ("seeks", "i1"), ("seek_tries", "i4"), ("seek_unit", "i4"), ("seek_us", "i8"),
]  # of MIND  # fmt: skip
# order: index of what it is to collect, -1; errand: Errand; got_order: 1 once it has it; seek_us: when it finds out what it needs


class Errand(IntEnum):
    """Where a party is with what it is to collect."""

    NOT_YET = 0
    WAITS = 1  # in the store, until it is ready
    AT_SHELF = 2
    IN_LINE = 3  # at the tills
    LOOKS_ROUND = 4  # having got it
    OVER = 5


class Scope(IntEnum):
    """What tells who has a thing; its names in lower case are the values of online.search.scope."""

    NONE = 0
    STORES = 1
    DELIVERY = 2


class Dispatch(IntEnum):
    """Which store works on an order that is delivered; its names in lower case are the values of online.delivery.dispatch."""

    CHOSEN = 0
    BRAND = 1
    TRADE = 2
