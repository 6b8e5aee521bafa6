"""Where the bays of a car park are: aisles side by side between a front lane and a back lane, generated from the number of bays.

No format of floor plans that is read here draws single bays. The ramp's foot is at the front lane's end, before the first aisle; the
lobby is at the middle of the front lane. Walks are scaled so that their mean is the plan's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.schema.parking import ParkingConfig

BAY_M = 2.5  # width of a bay
AISLE_PITCH_M = 17.0  # a lane of 6 m and bays of 5.5 m on both sides
CAR_M = 7.5  # of lane that a car in a queue takes


class Layout(NamedTuple):
    """The bays of one car park in order of floor, aisle and distance from the front lane."""

    bay_aisle: np.ndarray  # int32
    bay_drive_m: np.ndarray  # from its aisle's front end
    bay_walk_m: np.ndarray  # to the lobby
    aisle_floor: np.ndarray  # int32
    aisle_drive_m: np.ndarray  # from the ramp's foot to its front end
    aisle_length_m: np.ndarray
    floor_lobby_aisle: np.ndarray  # int32 the aisle nearest to the lobby, -1 on a floor without bays


def layout_of(bays: int, walk_m: float, parking: ParkingConfig) -> Layout:
    """Return the lay-out of a car park of so many bays, whose mean walk is `walk_m`."""
    of_floor = [bays // parking.levels + (floor < bays % parking.levels) for floor in range(parking.levels)]
    bay_aisle: list[int] = []
    bay_drive: list[float] = []
    bay_walk: list[float] = []
    aisle_floor: list[int] = []
    aisle_drive: list[float] = []
    lengths: list[float] = []
    lobbies: list[int] = []
    for floor, count in enumerate(of_floor):
        aisles = -(-count // parking.aisle_bays)
        lobbies.append(len(aisle_floor) + (aisles - 1) // 2 if aisles else -1)
        for aisle in range(aisles):
            here = count // aisles + (aisle < count % aisles)
            along_m = BAY_M * (np.arange(here) // 2 + 0.5)
            across_m = AISLE_PITCH_M * abs(aisle - (aisles - 1) / 2)
            bay_aisle += [len(aisle_floor)] * here
            bay_drive += along_m.tolist()
            bay_walk += (across_m + along_m + floor * parking.floor_walk_m).tolist()
            aisle_floor.append(floor)
            aisle_drive.append(AISLE_PITCH_M * aisle)
            lengths.append(BAY_M * -(-here // 2))
    walks_m = np.array(bay_walk, float)
    if walks_m.size:
        walks_m *= walk_m / walks_m.mean()
    return Layout(
        np.array(bay_aisle, np.int32), np.array(bay_drive, float), walks_m, np.array(aisle_floor, np.int32),
        np.array(aisle_drive, float), np.array(lengths, float), np.array(lobbies, np.int32),
    )  # fmt: skip


def reserved_bays(layout: Layout, share: float) -> np.ndarray:
    """Return which bays are reserved: this share of them, those with the shortest walk."""
    chosen = np.zeros(layout.bay_walk_m.size, bool)
    chosen[np.argsort(layout.bay_walk_m, kind="stable")[: round(share * chosen.size)]] = True
    return chosen
