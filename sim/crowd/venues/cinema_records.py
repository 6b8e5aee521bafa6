"""Records of cinemas: what a unit's VENUE says of one, its shows and their seats, and parameters of all."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.categories import CATEGORIES

CINEMA = CATEGORIES.index("cinema")


class Film(IntEnum):
    """How far a party has come with its film; kept in its errand."""

    UNKNOWN = 0  # has not thought of it
    LATER = 1  # a film is among its needs
    WANTED = 2  # on its way to buy seats at the cinema
    BOOKED = 3  # has seats
    OUT = 4  # the film is over; waits for its turn in the doorway
    DONE = 5  # has seen one, missed it, or wants none


CINEMA_FIELDS = [("show_start", "i4"), ("show_end", "i4"), ("box_office", "i4"), ("kiosk", "i4")]
SHOW = np.dtype(
    [
        ("starts_us", "i8"), ("ends_us", "i8"), ("price_fen", "i8"), ("key", "i8"), ("unit", "i4"), ("hall", "i4"),
        ("seat_start", "i4"), ("seats", "i4"), ("sold", "i4"), ("on_sale", "i4"), ("inside", "i4"),
    ],
    align=True,
)  # fmt: skip
# visit: who has it, -1 when nobody has; off_best: distance from the best seat of the hall, in widths of a seat, squared
SEAT = np.dtype([("visit", "i8"), ("off_best", "f8"), ("row", "i4"), ("column", "i4")], align=True)
CINEMA_PARAMS: list[tuple[str, str]] = [
    ("show_within_us", "i8"), ("show_evening_us", "i8"), ("show_doors_us", "i8"), ("show_late_us", "i8"), ("show_margin_us", "i8"),
    ("refund_cutoff_us", "i8"), ("show_utility", "f8"), ("show_evening_utility", "f8"), ("show_wait_us_scale", "f8"),
    ("show_price_fen", "f8"), ("show_price_fen_scale", "f8"), ("show_advance_share", "f8"), ("show_app_share", "f8"),
    ("show_kiosk_share", "f8"), ("refund_share", "f8"),
]  # fmt: skip
