"""Records of a tariff and its validation, the parameters of exits, and the ways to pay for parking."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class PayPlace(IntEnum):
    """Where and how a driver pays for parking."""

    AT_GATE = 0
    IN_APP = 1  # on the phone, on the way to the car
    AT_MACHINE = 2  # in the lobby
    BY_PLATE = 3  # an account is debited as the gate reads the plate


class CarDraw(IntEnum):
    """Counts of a party's draws from Stream.CAR."""

    IN_APP = 100
    BY_PLATE = 101
    AT_MACHINE = 102
    GATE_PAY = 103  # a normal takes two addresses, at twice its count
    UNREAD = 110
    LOST = 111
    LOST_S = 112
    FORGETS = 113
    FIND_S = 114
    OVERNIGHT_ENTRY = 115
    OVERNIGHT_BAY = 116
    DRIVE_OFF = 117  # the same


TARIFF = np.dtype([("from_us", "i8"), ("to_us", "i8"), ("part_us", "i8"), ("price_fen", "i8")], align=True)
VALIDATION = np.dtype([("spend_fen", "i8"), ("free_us", "i8")], align=True)
EXIT_PARAMS: list[tuple[str, str]] = [
    ("app_pay_share", "f8"), ("plate_pay_share", "f8"), ("machine_pay_share", "f8"), ("gate_pay_s_mean", "f8"),
    ("pay_cv", "f8"), ("machine_walk_s", "f8"), ("unread_share", "f8"), ("unread_s_mean", "f8"), ("lost_share", "f8"),
    ("lost_s_mean", "f8"), ("forget_share", "f8"), ("find_car_s_mean", "f8"), ("find_car_app_factor", "f8"), ("drive_off_s_mean", "f8"),
    ("unread_key", "u8"), ("tariff_free_us", "i8"), ("tariff_cap_fen", "i8"), ("pay_grace_us", "i8"), ("lost_fee_fen", "i8"),
    ("ramp_cars", "i4"),
]  # fmt: skip
