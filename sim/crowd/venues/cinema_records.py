"""Records of cinemas: what a unit's VENUE says of one, its shows and their seats, and parameters of all."""

from __future__ import annotations

import numpy as np

CINEMA_FIELDS = [("show_start", "i4"), ("show_end", "i4"), ("box_office", "i4")]
SHOW = np.dtype(
    [
        ("starts_us", "i8"), ("ends_us", "i8"), ("price_fen", "i8"), ("unit", "i4"), ("hall", "i4"),
        ("seat_start", "i4"), ("seats", "i4"), ("sold", "i4"), ("inside", "i4"),
    ],
    align=True,
)  # fmt: skip
SEAT = np.dtype([("visit", "i8"), ("row", "i4"), ("column", "i4")], align=True)  # visit: who has it, -1 when nobody has
CINEMA_PARAMS: list[tuple[str, str]] = []
