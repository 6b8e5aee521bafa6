"""Records of restaurants: what a unit's VENUE says of one, its tables by size, its cooks and bookings, and parameters of all."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

RESTAURANT_FIELDS = [
    ("rating", "f8"), ("turn_growth", "f8"), ("order_share", "f8"), ("cook_s_base", "f8"), ("cook_s_per_head", "f8"),
    ("portions_left", "i8"), ("portions_used", "i8"), ("substitutes", "i8"), ("portions_lost", "i8"), ("dines", "i4"),
    ("table_start", "i4"), ("table_end", "i4"), ("cook_start", "i4"), ("cook_end", "i4"), ("booking_start", "i4"),
    ("booking_end", "i4"), ("bookings_most", "i4"), ("kitchen", "i4"),
]  # fmt: skip
TABLE = np.dtype(
    [("unit", "i4"), ("seats", "i4"), ("count", "i4"), ("taken", "i4")], align=True
)  # tables of one size in one restaurant
COOK = np.dtype([("free_us", "i8")], align=True)  # when all orders that the cook has are done
BOOKING = np.dtype([("slot_us", "i8"), ("table", "i4"), ("state", "i4")], align=True)  # table: the size kept for it
RESTAURANT_PARAMS: list[tuple[str, str]] = [
    ("order_ahead_share", "f8"), ("reservation_share", "f8"), ("no_show_share", "f8"), ("substitute_share", "f8"),
    ("substitute_spend", "f8"), ("substitute_work", "f8"), ("overload_orders", "f8"), ("overload_slope", "f8"),
    ("overload_most", "f8"), ("rating_start", "f8"), ("rating_best", "f8"), ("rating_share", "f8"), ("rating_memory", "f8"),
    ("rating_wait_s", "f8"), ("rating_cold_s", "f8"), ("rating_stock_out", "f8"), ("rating_weight", "f8"),
    ("hold_us", "i8"), ("grace_us", "i8"), ("seating", "i4"),
]  # fmt: skip


class Seating(IntEnum):
    """Who is called when a table gets free."""

    LONGEST_WAIT_THAT_FITS = 0
    BEST_FIT = 1  # the largest party that fits
    SELF_SEATING = 2  # parties take any free table that is large enough, in order of arrival


class Booked(IntEnum):
    """What became of a booking."""

    NOT = 0  # a free record
    OPEN = 1
    USED = 2


class Ordered(IntEnum):
    """What a party has ordered."""

    NOTHING = 0
    PREPARED = 1
    SUBSTITUTE = 2  # the prepared portions were gone
