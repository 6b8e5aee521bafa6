"""Records of car parks, their floors, aisles and bays."""

from __future__ import annotations

import numpy as np

CAR_PARK = np.dtype(
    [
        ("walk_m", "f8"), ("cars", "i4"), ("bays", "i4"), ("entrance", "i4"), ("gate_in", "i4"), ("gate_out", "i4"),
        ("aisle_start", "i4"), ("aisle_end", "i4"), ("pay_machine", "i4"),
        ("floor_start", "i4"), ("floor_end", "i4"), ("reserved", "i4"), ("in_reserved", "i4"),
    ],
    align=True,
)  # fmt: skip
# cars: between the entry and the exit gate; in_reserved: cars that stand in one of the `reserved` bays.
FLOOR = np.dtype(
    [
        ("ramp_free_us", "i8"), ("ramp_s", "f8"), ("park", "i4"), ("aisle_start", "i4"), ("aisle_end", "i4"), ("lobby_aisle", "i4"),
        ("cars", "i4"), ("lanes_room", "i4"), ("ramp_cars", "i4"), ("ramp_room", "i4"), ("line_head", "i4"), ("line_tail", "i4"),
    ],
    align=True,
)  # fmt: skip
# ramp: the one that leads to the floor; cars: that drive on it or back into a bay; line: cars on the ramp that wait for the lanes to clear.
AISLE = np.dtype(
    [
        ("drive_m", "f8"), ("length_m", "f8"), ("park", "i4"), ("floor", "i4"), ("bay_start", "i4"), ("bay_end", "i4"), ("free", "i4"),
        ("shown_free", "i4"),
    ],
    align=True,
)  # fmt: skip
# drive_m: from the ramp's foot along the front lane to the aisle's front end.
BAY = np.dtype(
    [
        ("visit", "i8"), ("key", "i8"), ("sent_us", "i8"), ("drive_m", "f8"), ("walk_m", "f8"), ("aisle", "i4"), ("is_reserved", "i4"),
        ("shown_free", "i4"),
    ],
    align=True,
)  # fmt: skip
# visit: -1 free; drive_m: from the aisle's front end; walk_m: to the mall's door; sent_us: when the app last sent somebody there.
PARKING_PARAMS: list[tuple[str, str]] = [
    ("drive_mps", "f8"), ("hunt_belief", "f8"), ("hunt_gain_m", "f8"), ("manoeuvre_in_us", "i8"), ("manoeuvre_out_us", "i8"), ("balk_after_us", "i8"),
    ("ramp_headway_us", "i8"), ("parking_information", "i4"), ("is_reserving", "i4"),
]  # fmt: skip
