"""Records of points: each tenant's terms with what it has given and taken, receipts to be returned, and the parameters of all."""

from __future__ import annotations

import numpy as np

TERMS = np.dtype(
    [
        ("takes_part", "i1"),
        ("issued_centi", "i8"), ("taken_back_centi", "i8"), ("gifts_centi", "i8"), ("fee_fen", "i8"),
        ("burned_centi", "i8"), ("burned_fen", "i8"), ("redeemed_fen", "i8"),
    ],
    align=True,
)  # fmt: skip
# of a unit: takes_part: 1 while its tenant gives points and takes them; the others are sums of the day: issued_centi: points that its
# receipts earned; taken_back_centi: of these, by refunds; gifts_centi: gift points; fee_fen: what it owes for what it issued; burned_centi,
# burned_fen: points spent at its tills less those given back, and their face value; redeemed_fen: what it is owed for them.
RECEIPT_FIELDS = [  # of ERRAND: what a party's last receipt did in points
    ("earned_centi", "i8"), ("gifts_centi", "i8"), ("earning", "i8"), ("burned_centi", "i8"), ("burned_fen", "i8"),
]  # fmt: skip
# earning: factor by which the receipt earned, in millionths, so that a refund can be reckoned by the same terms
SEAT_RECEIPT_FIELDS = [(f"seats_{name}", kind) for name, kind in RECEIPT_FIELDS]  # of ERRAND: the same of its seats of a show
RETURN = np.dtype(
    [("visit", "i8"), ("price_fen", "i8"), ("account", "i4"), ("unit", "i4"), *RECEIPT_FIELDS, ("is_settled", "i1")], align=True
)
# a member's receipt that will be brought back: is_settled: 1 once its points have gone both ways
POINTS_PARAMS = [  # of PARAMS
    ("points_on", "i4"), ("redeems", "i4"), ("fen_per_point", "i8"), ("fen_per_gift_point", "i8"), ("face_fen", "i8"), ("issue_fen", "i8"), ("redemption_fen", "i8"),
    ("burn_least_centi", "i8"), ("burn_most_centi", "i8"), ("burn_most_ppm", "i8"), ("points_last_us", "i8"), ("parks_on_points_share", "f8"),
]  # fmt: skip
# fen_per_point: paid for one point earned; face_fen, issue_fen, redemption_fen: what a point is worth at the till, costs who issues it,
# brings who takes it; points_last_us: from today's midnight until points of today expire.
