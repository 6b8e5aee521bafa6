"""Records of ways to pay."""

from __future__ import annotations

import numpy as np

FOOD_RETAIL = ("supermarket",)  # trades for which the Bundesbank's times of food retail hold
METHODS = 6  # ways to pay; those in food retail follow in the same order
METHOD = np.dtype(
    [
        ("pay_s_mean", "f8"),  # over all amounts
        ("small_factor", "f8"), ("large_factor", "f8"),  # of it: up to params.cash_small_fen, from params.cash_large_fen on
        ("fee_ppm", "i8"),
    ],
    align=True,
)  # fmt: skip
CHECKOUT_FIELDS = [
    ("self_station", "i4"),
    ("guide_station", "i4"),
    ("has_teacher", "i4"),
]  # of a VENUE; -1: it has no such station
CHECKOUT_PARAMS: list[tuple[str, str]] = [
    ("pay_mu", "f8"),  # of the log-normal spread of a payment's time about its mean
    ("pay_sigma", "f8"),
    ("pay_s_fixed", "f8"),  # whatever the method; 0: the method's own
    ("cash_small_fen", "f8"),
    ("cash_large_fen", "f8"),
    ("price_cut_ppm", "i8"),  # for payments by phone
    ("phone_switch_share", "f8"),
    ("self_slowness", "f8"),
    ("self_basket_fen", "i8"),
    ("self_share_phone", "f8"),
    ("self_share_card", "f8"),
    ("onboarding", "i4"),
    ("teaching_starts_us", "i8"),
    ("teaching_ends_us", "i8"),
    ("adopt_share_taught", "f8"),
    ("adopt_share_alone", "f8"),
    ("taught_s", "f8"),
    ("alone_s", "f8"),
    ("gift_fen", "i8"),
    ("first_pay_factor", "f8"),
    ("first_pay_decay", "f8"),
    ("tablet_saved_share", "f8"),
    ("delivery_fen", "i8"),
]
