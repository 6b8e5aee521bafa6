"""From configuration to tariff, validation, pay machines and the parameters of exits."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.cars.exit_records import TARIFF, VALIDATION
from sim.crowd.state import Role, records
from sim.crowd.station_plans import StationPlan
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key
from sim.schema.tariff import DAY_MIN
from sim.units import US_PER_MIN


def tariff_of(config: RunConfig) -> Any:
    """Return the rows of the tariff as TARIFF records; each ends where the next begins unless it says otherwise."""
    rows = config.parking.tariff.rows
    found = records(len(rows), TARIFF)
    for index, row in enumerate(rows):
        following = rows[index + 1].from_min if index + 1 < len(rows) else DAY_MIN
        found[index].from_us = round(row.from_min * US_PER_MIN)
        found[index].to_us = round((row.to_min or following) * US_PER_MIN)
        found[index].part_us = max(1, round(row.per_min * US_PER_MIN))
        found[index].price_fen = fen_of(row.price_yuan)
    return found


def validation_of(config: RunConfig) -> Any:
    """Return the steps of validation as VALIDATION records."""
    steps = config.parking.tariff.validation
    found = records(len(steps), VALIDATION)
    for index, step in enumerate(steps):
        found[index].spend_fen, found[index].free_us = fen_of(step.spend_yuan), round(step.free_min * US_PER_MIN)
    return found


def fen_of(yuan: float) -> int:
    """Return whole fen of an amount that was checked to be so."""
    return round(100 * yuan)


def machine_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the pay machines of each car park, named "pay:<car park>"."""
    exits = config.parking.exits
    return [
        StationPlan(
            f"pay:{name}", Role.PAY_MACHINE, max(1, ceil(bays / exits.bays_per_machine)), exits.machine_s_mean,
            config.services.service_cv, place=park, balk_queue=exits.machine_balk_queue,
        )
        for park, (name, bays) in enumerate(zip(compiled.parking_ids, compiled.arrays.parking_bays.tolist(), strict=True))
    ]  # fmt: skip


def machine_numbers(compiled: CompiledPlan, index: dict[str, int]) -> np.ndarray:
    """Return the station that is each car park's pay machines."""
    return np.array([index[f"pay:{name}"] for name in compiled.parking_ids], np.int32)


def describe_exits(params: Any, config: RunConfig) -> None:
    """Write the parameters of exits into the one record of PARAMS."""
    exits, tariff = config.parking.exits, config.parking.tariff
    for name in (
        "app_pay_share", "plate_pay_share", "machine_pay_share", "gate_pay_s_mean", "machine_walk_s", "unread_s_mean", "lost_share",
        "lost_s_mean", "forget_share", "find_car_s_mean", "find_car_app_factor", "drive_off_s_mean",
        "ramp_cars",
    ):  # fmt: skip
        params[name] = getattr(exits, name)
    params.pay_cv = config.services.service_cv
    params.unread_share = config.sensing.gates.plate_miss_share
    params.unread_key = stream_key(config.seed, f"plate reader {EventKind.UNPARKED.name}")
    params.tariff_free_us, params.tariff_cap_fen = round(tariff.free_min * US_PER_MIN), fen_of(tariff.cap_yuan)
    params.pay_grace_us, params.lost_fee_fen = round(exits.grace_min * US_PER_MIN), fen_of(exits.lost_fee_yuan)
