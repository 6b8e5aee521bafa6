"""What drivers are told of free bays: counts at the aisles, or a bay in the app; as late and as wrong as the sensors are."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.crowd.state import Mall
from sim.kernel import entry, kernel, referred
from sim.random_streams import uniform
from sim.units import US_PER_HOUR

HELD_US = 300_000_000  # the app sends nobody else to a bay for five minutes after it has sent somebody; engineering judgement
TRUSTED_BAYS = 3  # free bays that a sign must show for drivers to count on one; engineering judgement


class Information(IntEnum):
    """What there is: PARAMS.parking_information, and `parking.information` in lower case."""

    NONE = 0
    SIGNS = 1
    APP = 2


@entry
def read_bay_sensors(mall: Mall, now_us: int, wrong_share: float, key: np.uint64) -> None:
    """Let an operation have the bays shown."""
    mall = referred(mall)
    show_bays(mall, now_us, wrong_share, key)


@kernel
def show_bays(mall: Mall, now_us: int, wrong_share: float, key: np.uint64) -> None:
    """Read all bay sensors into signs and app. A sensor that errs shows the opposite, for an hour."""
    for aisle in range(mall.aisles.size):
        shown = 0
        for bay in range(mall.aisles[aisle].bay_start, mall.aisles[aisle].bay_end):
            here = mall.bays[bay]
            is_free = 1 if here.visit < 0 else 0
            if wrong_share > 0.0 and uniform(key, here.key, now_us // US_PER_HOUR) < wrong_share:
                is_free = 1 - is_free
            if here.is_reserved == 1 and mall.params[0].is_reserving == 1:
                is_free = 0
            here.shown_free = is_free
            shown += is_free
        mall.aisles[aisle].shown_free = shown


@kernel
def bay_told(mall: Mall, row: int, floor: int, now_us: int) -> int:
    """Return the bay that the app sends a party to: of those shown free the least drive and walk; -1 without an app or such a bay."""
    if mall.params[0].parking_information != Information.APP:
        return -1
    best = -1
    best_s = np.inf
    drive_mps, walk_mps = mall.params[0].drive_mps, mall.shoppers[row].speed_mps
    for aisle in range(mall.floors[floor].aisle_start, mall.floors[floor].aisle_end):
        here = mall.aisles[aisle]
        if here.shown_free == 0:
            continue
        for bay in range(here.bay_start, here.bay_end):
            there = mall.bays[bay]
            time_s = (here.drive_m + there.drive_m) / drive_mps + there.walk_m / walk_mps
            if there.shown_free == 1 and time_s < best_s and now_us - there.sent_us >= HELD_US:
                best_s = time_s
                best = bay
    if best >= 0:
        mall.bays[best].sent_us = now_us
    return best


@kernel
def sign_told(mall: Mall, floor: int, walk_mps: float) -> int:
    """Return the aisle to which signs send: of those that show enough free bays the least drive and walk to its middle.

    Where none shows enough, the one that shows most; -1 without signs or where they show none.
    """
    if mall.params[0].parking_information != Information.SIGNS:
        return -1
    best = -1
    best_s = np.inf
    most = 0
    for aisle in range(mall.floors[floor].aisle_start, mall.floors[floor].aisle_end):
        here = mall.aisles[aisle]
        shown = min(here.shown_free, TRUSTED_BAYS)
        if shown < max(most, 1):
            continue
        middle = mall.bays[(here.bay_start + here.bay_end) // 2]
        time_s = (here.drive_m + middle.drive_m) / mall.params[0].drive_mps + middle.walk_m / walk_mps
        if shown > most or time_s < best_s:
            best_s = time_s
            best = aisle
        most = shown
    return best
