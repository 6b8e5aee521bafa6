"""Records of desks and lounges: what a unit's VENUE says of one, the desks themselves, and the hands that work for them."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Desk(IntEnum):
    """Kinds of desks; there is at most one of each."""

    PARCEL = 0  # where bags handed in at stores are picked up on the way out
    LOUNGE = 1
    CAR_WASH = 2
    PLAYGROUND = 3
    INFORMATION = 4


DESK = np.dtype(
    [
        ("share", "f8"),  # of those it is for who want it; at the parcel desk, of those with bags enough
        ("rests_share", "f8"),  # of the time there that is not taken from the rest of the visit
        ("price_fen", "i8"), ("cost_fen", "i8"),  # of one use, paid by the party, paid by the mall; a delivery at the parcel desk
        ("work_us", "i8"),  # of a hand at one job, walking not counted
        ("patience_us", "i8"),  # longest wait for bags that are still on their way
        ("extends_us", "i8"),  # by which a party stays longer once its children are looked after
        ("closes_us", "i8"),
        ("unit", "i4"), ("station", "i4"), ("is_open", "i4"), ("vips_only", "i4"), ("first_hand", "i4"), ("end_hand", "i4"),
        ("present", "i4"), ("places", "i4"),  # children there, and how many are looked after at once
    ],
    align=True,
)  # fmt: skip
HAND = np.dtype([("free_us", "i8"), ("jobs", "i8")], align=True)  # a porter, or a bay of the car wash
DESK_FIELDS = [("desk", "i4"), ("bag_fen", "i8")]  # bag_fen: what fills a bag there, 0 where nothing is carried away
DESK_PARAMS = [
    ("desks", "i4"), ("parcel_from_bags", "i4"), ("parcel_to_home", "i4"), ("parcel_free_from_fen", "i8"), ("parcel_mislaid_share", "f8"),
    ("parcel_fee_factor", "f8"), ("bags_at_ease", "f8"), ("bags_slow_share", "f8"), ("bags_tire_us", "i8"), ("own_recall_us", "i8"),
]  # fmt: skip
