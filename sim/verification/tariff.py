"""A car park's tariff: the fee of a stay against counting its started parts, exactly."""

from __future__ import annotations

from typing import Any

from sim.config import RunConfig
from sim.crowd.cars.exits_built import fen_of, tariff_of
from sim.crowd.cars.tariff import fee_fen
from sim.schema.tariff import TariffRowConfig
from sim.units import US_PER_MIN, US_PER_S
from sim.verification.parameters import Parameter, number, numbers
from sim.verification.records import Record, equal

MEANING = "the fee of a stay: free period, started parts, the most for a day"
DAY_S = 86_400
# 30 minutes free, 5 yuan for each started hour, at most 40 for each started 24 hours from entry
POINTS_YUAN = {
    0: 0,
    1800: 0,
    1801: 5,
    3600: 5,
    3601: 10,
    28_800: 40,
    28_801: 40,
    86_400: 40,
    86_401: 45,
    90_000: 45,
    172_800: 80,
}
PARAMETERS: dict[str, Parameter] = {
    "seconds": numbers(tuple(POINTS_YUAN), "lengths of stays, from entry to payment", 0, 10 * 365 * DAY_S),
    "free_min": number(30.0, "stay that costs nothing, its last instant included", 0, 1440),
    "price_yuan": number(5.0, "price of each started part", 0, 1e6),
    "per_min": number(60.0, "length of a part", 1, 1440),
    "cap_yuan": number(40.0, "most for each started 24 hours, 0 for none", 0, 1e6),
    "validated_min": number(0.0, "part of the stay that receipts make free", 0, 1e6),
}
STANDARD: tuple[dict[str, Any], ...] = (
    {},
    {"free_min": 0, "cap_yuan": 0},
    {"per_min": 15, "price_yuan": 1.5, "cap_yuan": 60, "seconds": [899, 900, 901, 1801, 36_000, 36_001, 200_000]},
    {"validated_min": 60, "seconds": [0, 1801, 3600, 3601, 7200, 7201, 90_000, 90_001]},
)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the fee of each stay."""
    config = RunConfig()
    tariff = config.parking.tariff
    tariff.rows = [TariffRowConfig(price_yuan=values["price_yuan"], per_min=values["per_min"])]
    rows, free_us, cap_fen = tariff_of(config), round(values["free_min"] * US_PER_MIN), fen_of(values["cap_yuan"])
    validated_us = round(values["validated_min"] * US_PER_MIN)
    found = []
    for stay_s in values["seconds"]:
        fee = int(fee_fen(round(stay_s * US_PER_S), validated_us, rows, free_us, cap_fen))
        found.append(
            equal(f"a stay of {stay_s:g} s", "yuan", counted_fen(stay_s, values) / 100, fee / 100, quantity="fee_yuan")
        )
    return found


def run_points() -> list[Record]:
    """Return the fees of eleven stays against numbers worked out by hand."""
    config = RunConfig()
    rows = tariff_of(config)
    return [
        equal(
            f"a stay of {stay_s} s, by hand",
            "yuan",
            yuan,
            int(fee_fen(stay_s * US_PER_S, 0, rows, 30 * US_PER_MIN, 4000)) / 100,
        )
        for stay_s, yuan in POINTS_YUAN.items()
    ]


def counted_fen(stay_s: float, values: dict[str, Any]) -> int:
    """Return the fee by walking through the stay, part after part and day after day."""
    due_s = stay_s - 60 * values["validated_min"]
    if stay_s <= 60 * values["free_min"]:
        return 0
    total_fen, day_s = 0, 0.0
    while day_s < due_s:
        day_fen, part_s = 0, 0.0
        while part_s < DAY_S and day_s + part_s < due_s:
            day_fen += round(100 * values["price_yuan"])
            part_s += 60 * values["per_min"]
        total_fen += min(day_fen, round(100 * values["cap_yuan"])) if values["cap_yuan"] else day_fen
        day_s += DAY_S
    return total_fen
