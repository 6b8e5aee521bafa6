"""Records of car parks, their aisles and their bays."""

from __future__ import annotations

import numpy as np

CAR_PARK = np.dtype(
    [
        ("walk_m", "f8"), ("cars", "i4"), ("bays", "i4"), ("entrance", "i4"), ("gate_in", "i4"), ("gate_out", "i4"),
        ("aisle_start", "i4"), ("aisle_end", "i4"), ("pay_machine", "i4"),
    ],
    align=True,
)  # fmt: skip
AISLE = np.dtype([("drive_m", "f8"), ("park", "i4"), ("bay_start", "i4"), ("bay_end", "i4"), ("free", "i4")], align=True)
BAY = np.dtype(
    [("visit", "i8"), ("drive_m", "f8"), ("walk_m", "f8"), ("aisle", "i4"), ("is_reserved", "i4")], align=True
)  # visit: -1 free
PARKING_PARAMS: list[tuple[str, str]] = []
