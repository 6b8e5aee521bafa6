"""Records of referral: who has brought each resident, and the parameters of what comes back."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Brought(IntEnum):
    """How somebody has come to be referred."""

    NOT = 0
    JOINED = 1  # at a merchant, which has recruited it
    LABELLED = 2  # by a merchant at which it bought as a member
    FRIEND = 3  # by a member whose tale it had heard before its first visit


class Rule(IntEnum):
    """Who counts as having brought a member; words as in referral.rule."""

    FIRST_TOUCH = 0
    LAST_TOUCH = 1


REFERRAL = np.dtype(
    [("since_us", "i8"), ("returned_fen", "i8"), ("unit", "i4"), ("teller", "i4"), ("friend", "i4"), ("how", "i1")], align=True
)
# of a resident: since_us: since the run's first midnight; returned_fen: what has come back to who brought it; unit: of the merchant,
# NONE; teller: row of the resident who told, NONE; friend: that one's account today, NONE while it has none.
REFERRAL_PARAMS = [  # of PARAMS
    ("referral_life_us", "i8"), ("referral_cap_fen", "i8"), ("referrer_ppm", "i8"), ("referred_ppm", "i8"),
    ("seller_pays", "i8"), ("operator_pays", "i8"), ("alliance_pays", "i8"), ("label_share", "f8"), ("referral_rule", "i4"),
    ("referral_accounts", "i4"),
]  # fmt: skip
# referral_cap_fen: NO_CAP_FEN where there is none; referral_accounts: the first of the merchants' accounts of points, NONE where fees are money
NO_CAP_FEN = 2**60
