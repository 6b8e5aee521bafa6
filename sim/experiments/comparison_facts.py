"""What a comparison's page tells besides KPIs: settings that differ, names of tenants, where people are; maps are drawn on the way."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.experiments.paired import Paired, paired_difference
from sim.experiments.replicate import Arm
from sim.floorplan.cache import compiled_for
from sim.plan_arrays import CompiledPlan
from sim.reporting.comparison_summary import summary_of
from sim.reporting.comparison_wording import setting
from sim.reporting.files import plain, write_atomically
from sim.reporting.zone_parts import ZONES, minutes_by_number

UNTOLD = ("name", "question", "expects", "covers", "arms", "calibrate", "recording", "engine")  # change no day
VISIBLE = 0.1  # of the scale's end: smaller differences have no colour that one sees
Key = tuple[str, int]
Parts = Mapping[str, Mapping[str, float]]
Record = dict[str, Any]


def facts_for_page(
    arms: Sequence[Arm], replications: Sequence[int], parts: Mapping[Key, Parts], found: Record, folder: Path
) -> Record:
    """Return what to add to comparison.json for its page: `summary`, `differs`, `tenant_names` and `maps`; draw the maps into figures/.

    Runs that left nothing of their zones have no maps.
    """
    (baseline, config), *others = arms
    added: Record = {
        "summary": summary_of(found),
        "differs": {arm: differences(config, each) for arm, each in others},
        "tenant_names": {},
        "maps": [],
    }
    if all(parts.get((arm, number), {}).get(ZONES) for arm, _ in arms for number in replications):
        plans = {arm: compiled_for(each) for arm, each in arms}
        added["tenant_names"] = dict(zip(plans[baseline].unit_ids, plans[baseline].tenant_names, strict=True))
        for place, (arm, _) in enumerate(others, start=1):
            minutes = tuple(_minutes_a_day(plans[name], of, name, replications, parts) for name, of in (arms[0], arms[place]))
            added["maps"] += _maps_of(place, (baseline, arm), (plans[baseline], plans[arm]), minutes, folder)
    return added


def unlike_the_baseline(arms: Sequence[Arm]) -> list[str]:
    """Return a caution for each arm that is of another mall, other days or more people besides what else it changes: that is in its differences."""
    (_, config), *others = arms
    found = []
    for arm, each in others:
        pairs = (
            ("floor plan", config.floorplan, each.floorplan),
            ("first day", config.date, each.date),
            ("number of days", config.days, each.days),
            ("number of visits a day", config.population.visits_per_day, each.population.visits_per_day),
        )
        unlike = [f"{what} ({setting(theirs)} for {setting(ours)})" for what, ours, theirs in pairs if ours != theirs]
        if unlike and len(differences(config, each)) > len(unlike):
            found.append(f"arm {arm!r} has another {' and '.join(unlike)}: its differences are not of one measure alone")
    return found


def differences(first: RunConfig, second: RunConfig) -> list[Record]:
    """Return the settings in which two configurations differ, as key, baseline and arm; what changes no day is left out."""
    left, right = _flat(dataclasses.asdict(first)), _flat(dataclasses.asdict(second))
    keys = [key for key in dict.fromkeys([*left, *right]) if left.get(key) != right.get(key)]
    return [{"key": key, "baseline": plain(left.get(key)), "arm": plain(right.get(key))} for key in keys]


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, inner in value.items():
        if prefix or name not in UNTOLD:
            found |= _flat(inner, f"{prefix}{name}.") if isinstance(inner, dict) else {f"{prefix}{name}": inner}
    return found


def _maps_of(
    place: int, names: tuple[str, str], both: tuple[CompiledPlan, CompiledPlan], minutes: tuple[np.ndarray, ...], folder: Path
) -> list[Record]:
    """Draw each level with the baseline and with one arm; return a record for each, the top level first."""
    from sim.reporting import comparison_maps as maps  # matplotlib is half a second
    from sim.reporting.figure_style import svg_of

    before, after = minutes
    sure = _sure_difference(before, after) if _has_same_zones(*both) else None
    density = maps.per_m2(both[0], before.mean(axis=0)), maps.per_m2(both[1], after.mean(axis=0))
    shown = None if sure is None else maps.per_m2(both[1], sure)
    ends = maps.scales(*density, shown)
    records = []
    for level, level_id in enumerate(both[0].level_ids):
        if level_id not in both[1].level_ids or both[1].level_ids.index(level_id) != level:
            continue
        here = both[0].arrays.zone_level == level
        people = paired_difference(_on(before, here), _on(after, both[1].arrays.zone_level == level))
        file = f"figures/map_{place}_{level + 1:02d}.svg"
        write_atomically(folder / file, maps.small(svg_of(maps.before_and_after(both, level, density, shown, names, ends))))
        seen = shown is None or bool((np.abs(np.nan_to_num(shown[here])) >= VISIBLE * ends[1]).any())
        record = _record(names[1], both[0], level, people, None if sure is None else sure[here])
        records.append({**record, "is_visible": seen, "file": file})
    return records[::-1]


def _record(arm: str, plan: CompiledPlan, level: int, people: Paired, sure: np.ndarray | None) -> Record:
    area_m2 = plan.arrays.zone_area_m2[plan.arrays.zone_level == level]
    floor = float(area_m2.sum()) or 1.0
    shares = (None, None) if sure is None else (float(area_m2[sure > 0].sum()) / floor, float(area_m2[sure < 0].sum()) / floor)
    return {
        "arm": arm,
        "level": plan.level_ids[level],
        "name": plan.level_names[level],
        "unit": "person-minutes",
        "baseline_mean": people.baseline_mean,
        "arm_mean": people.arm_mean,
        "difference_mean": people.difference_mean,
        "ci_low": people.ci_low,
        "ci_high": people.ci_high,
        "gains_share": shares[0],  # of the level's floor, by zones whose own interval leaves out zero
        "loses_share": shares[1],
    }


def _minutes_a_day(
    plan: CompiledPlan, config: RunConfig, arm: str, replications: Sequence[int], parts: Mapping[Key, Parts]
) -> np.ndarray:
    """Return (replications, zones) person-minutes a day of an arm."""
    zones = plan.arrays.zone_level.size
    return np.array([minutes_by_number(parts[arm, number][ZONES], zones) / config.days for number in replications])


def _on(minutes: np.ndarray, here: np.ndarray) -> list[float]:
    return [math.fsum(row) for row in minutes[:, here].tolist()]


def _sure_difference(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return (Z) mean differences, NaN where a zone's own interval holds zero."""
    found = []
    for first, second in zip(before.T.tolist(), after.T.tolist(), strict=True):
        pair = paired_difference(first, second)
        sure = pair.ci_low is not None and pair.ci_high is not None and (pair.ci_low > 0 or pair.ci_high < 0)
        found.append(pair.difference_mean if sure else np.nan)
    return np.array(found)


def _has_same_zones(first: CompiledPlan, second: CompiledPlan) -> bool:
    return all(
        np.array_equal(getattr(first.arrays, name), getattr(second.arrays, name))
        for name in ("zone_level", "zone_x_m", "zone_y_m", "zone_area_m2")
    )
