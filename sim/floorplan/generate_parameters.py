"""What a parametric mall is made from: its parameters, their ranges, and the areas of a real mall."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from sim.errors import Problem

AREA_DISTRIBUTION = Path(__file__).parent / "data" / "area_distribution.csv"

# (least, most) of every number; a mall outside them would not look or work like one
RANGES: dict[str, tuple[float, float]] = {
    "seed": (0, 2**63 - 1),
    "floors": (1, 10),
    "tenants": (10, 900),
    "parking_levels": (0, 4),
    "parking_bays": (0, 12_000),
    "entrances": (1, 8),
    "escalator_groups": (1, 4),
    "lift_banks": (1, 4),
    "stairs": (0, 4),
    "gallery_m": (6.0, 10.0),
    "void_m": (6.0, 24.0),
    "passage_m": (6.0, 10.0),
    "shop_depth_m": (20.0, 36.0),
    "bend_deg": (-60.0, 60.0),
    "floor_height_m": (4.0, 7.0),
    "access_point_spacing_m": (5.0, 40.0),
    "area_scale": (0.6, 1.6),
}
TENANTS_PER_FLOOR = (8, 130)


@dataclass(frozen=True)
class GenerateParameters:
    """A long mall with shops on both sides of a bent hall, cross passages to the street, and an anchor at each end."""

    name: str = "riverside_mall"
    seed: int = 7
    floors: int = 5  # shop floors, the ground floor first
    tenants: int = 300  # exactly so many
    parking_levels: int = 3  # below the ground floor
    parking_bays: int = 4800  # over all parking levels, for 22,000 cars on a Saturday; 0 where there are none
    atrium: bool = True  # voids in the middle of the upper floors, with galleries around
    anchors: bool = True  # a large tenant at each end of every floor
    cinema: bool = True  # on the top floor, as an anchor
    food_court: bool = True  # stalls around common tables, on the last floor but one
    entrances: int = 4  # from the street, at the ends of cross passages
    escalator_groups: int = 3  # each an up and a down escalator between consecutive floors; fewer where the hall is too short
    lift_banks: int = 3  # each of two lifts
    stairs: int = 2
    gallery_m: float = 8.0  # clear width beside the voids
    void_m: float = 13.0  # mean width of the voids
    passage_m: float = 8.0  # clear width of the cross passages
    shop_depth_m: float = 28.0  # from the hall to the service corridor
    bend_deg: float = 30.0  # by which the hall turns from one end to the other
    floor_height_m: float = 5.0
    access_point_spacing_m: float = 15.0  # the spacing that reaches a mean error of 4 m with fingerprints
    area_scale: float = 1.0  # of the tenants' floor areas, 1 as in the real mall

    def problems(self) -> Iterator[Problem]:
        """Yield what is out of range or cannot go together."""
        for key, (least, most) in RANGES.items():
            value = getattr(self, key)
            if not least <= value <= most:
                yield Problem(key, str(value), f"must be from {least:g} to {most:g}", "choose a value in that range")
        if not self.name or not all(letter.isalnum() or letter in "_- " for letter in self.name):
            yield Problem(
                "name", repr(self.name), "must be made of letters, digits, spaces, '-' and '_'", "choose another name"
            )
        least_shops, most_shops = TENANTS_PER_FLOOR
        if self.floors >= 1 and not least_shops <= self.tenants / self.floors <= most_shops:
            yield Problem(
                "tenants",
                f"{self.tenants} on {self.floors} floors",
                f"there must be {least_shops} to {most_shops} tenants a floor",
                f"ask for {least_shops * self.floors} to {most_shops * self.floors} tenants, or change floors",
            )
        elif self.entrances + self.stairs > self.passages:
            yield Problem(
                "entrances",
                f"{self.entrances} entrances and {self.stairs} stairs",
                f"a mall of this size has {self.passages} passages, each with an entrance or stairs at its end",
                "ask for fewer entrances or stairs, or more tenants a floor",
            )
        if self.parking_levels == 0 and self.parking_bays > 0:
            yield Problem(
                "parking_bays", str(self.parking_bays), "needs a parking level", "set parking_levels=1 or parking_bays=0"
            )

    @property
    def blocks_per_side(self) -> int:
        """How many blocks of shops, about six each, stand on each side of the hall."""
        return max(2, round((self.tenants / self.floors - 3) / 11.4))

    @property
    def passages(self) -> int:
        """How many cross passages leave the hall, one beside every block on both sides."""
        return 2 * (self.blocks_per_side + 1)


@dataclass(frozen=True)
class TradeAreas:
    """How many tenants of a trade the real mall has, and the quantiles of their floor areas."""

    trade: str
    tenants: int
    area_m2: float
    quantile_levels: tuple[float, ...]
    quantile_areas_m2: tuple[float, ...]

    def area_at(self, share: float) -> float:
        """Return the floor area that `share` of the trade's tenants do not exceed."""
        return float(np.interp(share, self.quantile_levels, self.quantile_areas_m2))


@cache
def trade_areas() -> dict[str, TradeAreas]:
    """Return the real mall's trades, by name, in the file's order."""
    lines = [line for line in AREA_DISTRIBUTION.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found: dict[str, TradeAreas] = {}
    for row in csv.DictReader(lines):
        levels = tuple(float(key[1:]) / 100 for key in row if key.startswith("q"))
        areas = tuple(float(value) for key, value in row.items() if key.startswith("q"))
        found[row["trade"]] = TradeAreas(row["trade"], int(row["tenants"]), float(row["area_m2"]), levels, areas)
    return found
