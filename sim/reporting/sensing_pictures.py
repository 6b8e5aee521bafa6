"""Which pictures of what the mall could know a run gets, and what they say in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.plan_arrays import CompiledPlan
from sim.reporting import sensing_figures
from sim.reporting.picture import Picture

LEVELS_MAX = 8
VISITED_SHARE = 0.002  # of the mall's person-time; a level with less has no map of its own


def sensing_pictures(sensed: dict[str, Any], compiled: CompiledPlan) -> list[tuple[Picture, str]]:
    """Return the pictures of a run's `curves.json["sensing"]` with their SVG; none of what was not sensed."""
    return [*_error_pictures(sensed), *_push_pictures(sensed), *_zone_pictures(sensed, compiled)]


def _error_pictures(sensed: dict[str, Any]) -> list[tuple[Picture, str]]:
    curve = sensed.get("error_cdf")
    if not curve or not curve["error_m"]:
        return []
    marks = [float(np.interp(level, curve["share"], curve["error_m"])) for level, _ in sensing_figures.TELLING]
    alt = (
        f"Curve of the share of fixes by their distance from the truth: half within {marks[0]:.1f} m, "
        f"three in four within {marks[1]:.1f} m, 95 % within {marks[2]:.1f} m."
    )
    caption = "How far from the truth phones were put: the share of fixes that lie within a distance."
    return [(Picture("figures/position_error.svg", "sensing", caption, alt), sensing_figures.error_curve(curve["error_m"], curve["share"]))]  # fmt: skip


def _push_pictures(sensed: dict[str, Any]) -> list[tuple[Picture, str]]:
    table = sensed.get("push")
    if not table or not table["radius_m"]:
        return []
    rows = [
        f"at {radius:g} m {_percent(right)} truly within, {_percent(reached)} of those within addressed"
        for radius, right, reached in zip(table["radius_m"], table["precision"], table["recall"], strict=True)
    ]
    caption = (
        "A message to all phones that seem to be within a radius of a store: how many of those addressed truly stood there, and how "
        "many of those that stood there were addressed."
    )
    svg = sensing_figures.push_reach(table["radius_m"], table["precision"], table["recall"])
    return [(Picture("figures/push_reach.svg", "sensing", caption, f"Bars by radius: {'; '.join(rows)}."), svg)]


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.0f} %"


def _zone_pictures(sensed: dict[str, Any], compiled: CompiledPlan) -> list[tuple[Picture, str]]:
    zones = sensed.get("zones")
    if not zones:
        return []
    true, seen = (relative_heat(compiled, zones[name]) for name in ("person_s_true", "person_s_estimated"))
    levels = _visited_levels(compiled, np.asarray(zones["person_s_true"], float))
    if not levels:
        return []
    names = ", ".join(compiled.level_names[level] for level in levels)
    made = [
        (
            Picture(
                "figures/hot_cold_seen.svg", "sensing_map", "Hot and cold floor: true, as positioning saw it, and the difference",
                f"Plans of {names}, three of each: floor zones coloured by the time that followed phones spent there, by the time that "
                f"positioning put them there, and by the difference; {_worst(compiled, true, seen)}.",
            ),
            sensing_figures.truth_beside_estimate(compiled, levels, true, seen),
        )
    ]  # fmt: skip
    error_m = np.array([np.nan if value is None else value for value in zones.get("error_m_median", [])], float)
    if np.isfinite(error_m).any():
        low, high = np.nanquantile(error_m, [0.1, 0.9])
        picture = Picture(
            "figures/error_by_zone.svg", "sensing_map", "Median error of the fixes of phones in each zone",
            f"Plans of {names}; floor zones coloured by the median error of positions there; four zones in five lie between "
            f"{low:.1f} and {high:.1f} m.",
        )  # fmt: skip
        made.append((picture, sensing_figures.error_map(compiled, levels, error_m)))
    return made


def relative_heat(compiled: CompiledPlan, person_s: Sequence[float]) -> np.ndarray:
    """Return person-time per m2 of each zone relative to the mall's mean; zeros where nobody was."""
    area_m2 = np.maximum(compiled.arrays.zone_area_m2, 1e-9)
    total = np.asarray(person_s, float)
    mean = total.sum() / area_m2.sum() if area_m2.size else 0.0
    return total / area_m2 / mean if mean > 0 else np.zeros(area_m2.size)


def _visited_levels(compiled: CompiledPlan, person_s: np.ndarray) -> list[int]:
    """Return the levels where people were, the busiest ones where there are many, top level first."""
    spent = np.bincount(compiled.arrays.zone_level, person_s, len(compiled.level_ids))
    busiest = np.argsort(-spent, kind="stable")[:LEVELS_MAX].tolist()
    return sorted((level for level in busiest if spent[level] > VISITED_SHARE * spent.sum()), reverse=True)


def _worst(compiled: CompiledPlan, true: np.ndarray, seen: np.ndarray) -> str:
    """Say where positioning went wrong most."""
    zone = int(np.argmax(np.abs(seen - true)))
    level = compiled.level_names[compiled.arrays.zone_level[zone]]
    return f"it errs most in a zone on {level}, {seen[zone]:.1f} instead of {true[zone]:.1f} times the mall's mean"
