"""Records of offers: what a catalogue holds, what members hold of it, and what a till's watch counts of an account."""

from __future__ import annotations

import numpy as np

WALLET_MAX = 3  # offers that a member holds at once
DEEDS_MAX = 4096  # receipts of adversaries between two looks at them

OFFER = np.dtype(
    [
        ("price_centi", "i8"), ("off_fen", "i8"), ("from_fen", "i8"), ("valid_us", "i8"), ("stock", "i8"), ("cost_fen", "i8"),
        ("worth_fen", "i8"), ("value_fen", "f8"), ("unit", "i4"), ("funder", "i4"), ("is_gift", "i1"),
    ],
    align=True,
)  # fmt: skip
# price_centi: 0 for an offer that nobody can buy and somebody else hands out; worth_fen: of its price as cash; value_fen: as members see
# it; unit: of the merchant that takes it, -1 for every one; funder: account, or FUNDED_BY_MERCHANT.
FUNDED_BY_MERCHANT = -2
HELD = np.dtype([("until_us", "i8"), ("offer", "i4")], align=True)
# until_us: since the run's first midnight; its own instant is outside.
SUSPECT = np.dtype([("receipts", "i4"), ("in_a_row", "i4"), ("last_unit", "i4")], align=True)
# of an account today: receipts; of them, at one merchant without another in between.
DEED = np.dtype(
    [
        ("time_us", "i8"), ("paid_fen", "i8"), ("burned_fen", "i8"), ("earned_centi", "i8"), ("held_id", "i8"), ("account", "i4"), ("unit", "i4"),
        ("held", "i4"), ("attack", "i1"),
    ],
    align=True,
)  # fmt: skip
# held, held_id: slot and id of the pending transfer that holds what it earned, NONE where nothing does.
OFFER_PARAMS = [  # of PARAMS
    ("offers", "i4"), ("look_share", "f8"), ("offer_weight", "f8"), ("keep_utility", "f8"), ("offer_pull_utility", "f8"),
    ("watches_receipts", "i4"), ("receipts_most", "i4"), ("in_a_row_most", "i4"), ("points_hold_us", "i8"), ("refund_farmers_to", "f8"),
    ("double_spenders_to", "f8"), ("ring_members_to", "f8"),
]  # fmt: skip
