"""One record of a feed, and what each sensor of a mall may say: the rule by which absurd records are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN

CADENCE_US = 5 * US_PER_MIN  # how often counters report, where a feed does not say
DOOR_FLOW_PER_MIN = (
    200.0  # people through one metre of door in a minute: 3.3 per (m s), above every measured door (parameters 1)
)
PEOPLE_PER_M2 = 6.0  # more do not stand on a floor (jam density of parameters 1, rounded up)
SALE_FEN_MOST = 100_000_000  # one bill; a million yuan
WAITING_MOST = 5_000  # parties before one till or restaurant
WAIT_S_MOST = 6 * 3600
FIX_RADIUS_CM_MOST = 20_000  # a fix that may be 200 m off says nothing of a mall
NUMBER_MOST = 2**62


class Record(NamedTuple):
    """A row of observations.parquet: when, which sensor, what it reports, about whom (0 nobody), and the number."""

    time_us: int  # since local midnight of the first day of whoever reads the feed
    sensor: str
    kind: str
    subject: int
    value: int


@dataclass(frozen=True)
class Rule:
    """What one kind of one sensor may say."""

    low: int
    most: int
    cadence_us: int | None  # how often it reports, None for things that happen when they happen
    is_repeatable: bool  # two equal records at one instant may both be true
    needs_subject: bool = False  # is about somebody


def rules_of(compiled: CompiledPlan) -> dict[tuple[str, str], Rule]:
    """Return the rule of each sensor and kind that a mall can have: doors, levels, Wi-Fi, tills, gates, bays, lines."""
    arrays = compiled.arrays
    rules: dict[tuple[str, str], Rule] = {}
    for name, width_m in zip(compiled.entrance_ids, arrays.entrance_width_m.tolist(), strict=True):
        most = max(round(DOOR_FLOW_PER_MIN * width_m * CADENCE_US / US_PER_MIN), 1)
        for kind in ("people_in", "people_out"):
            rules[f"door:{name}", kind] = Rule(0, most, CADENCE_US, False)
    for level, name in enumerate(compiled.level_ids):
        area_m2 = float(
            arrays.zone_area_m2[arrays.zone_level == level].sum() + arrays.unit_area_m2[arrays.unit_level == level].sum()
        )
        rules[f"wifi:{name}", "fix"] = Rule(0, FIX_RADIUS_CM_MOST, None, False, needs_subject=True)
        rules[f"level:{name}", "people"] = Rule(0, max(round(PEOPLE_PER_M2 * area_m2), 1), CADENCE_US, False)
    for name in compiled.unit_ids:
        rules[f"till:{name}", "sale"] = Rule(1, SALE_FEN_MOST, None, True)
        rules[f"till:{name}", "paid"] = Rule(1, SALE_FEN_MOST, None, True)
        rules[f"line:{name}", "waiting"] = Rule(0, WAITING_MOST, CADENCE_US, False)
        rules[f"line:{name}", "wait_s"] = Rule(0, WAIT_S_MOST, CADENCE_US, False)
    for name, bays in zip(compiled.parking_ids, arrays.parking_bays.tolist(), strict=True):
        rules[f"bays:{name}", "bays_taken"] = Rule(0, int(bays), CADENCE_US, False)
        for kind in (
            "plate_in",
            "plate_out",
            "ticket",
            "exit_without_entry",
            "duplicate_plate",
            "ticket_lost",
            "receipt_refused",
        ):
            rules[f"gate:{name}", kind] = Rule(0, NUMBER_MOST, None, False)
    return rules


def rule_for(rules: Mapping[tuple[str, str], Rule], record: Record) -> Rule | str:
    """Return the rule for a record, or in words why the mall has no such sensor."""
    found = rules.get((record.sensor, record.kind))
    if found is not None:
        return found
    if any(sensor == record.sensor for sensor, _ in rules):
        return f"{record.sensor} does not report {record.kind!r}"
    return f"the mall has no sensor {record.sensor!r}"
