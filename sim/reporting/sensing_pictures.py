"""Which pictures of what the mall could know a run gets, and what they say in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.plan_arrays import CompiledPlan
from sim.reporting import sensing_figures
from sim.reporting.picture import Picture

LEVELS_MAX = 8
VISITED_SHARE = 0.002  # of all phones located; a level with fewer has no map


def sensing_pictures(sensed: dict[str, Any], compiled: CompiledPlan) -> list[tuple[Picture, str]]:
    """Return the pictures of a run's `curves.json["sensing"]` (see `Judgement.curves`) with their SVG; none of what was not sensed."""
    return [*_error_pictures(sensed), *_push_pictures(sensed), *_zone_pictures(sensed, compiled)]


def _error_pictures(sensed: dict[str, Any]) -> list[tuple[Picture, str]]:
    points = [point for point in sensed.get("error_cdf", ()) if point["error_m"] is not None]
    if not points:
        return []
    error_m, share = [point["error_m"] for point in points], [point["share"] for point in points]
    marks = [float(np.interp(level, share, error_m)) for level, _ in sensing_figures.TELLING]
    picture = Picture(
        "figures/position_error.svg", "sensing", "How far from the truth phones were put: the share of fixes on the right level by distance.",
        f"Curve of the share of fixes by their distance from the truth: half within {marks[0]:.1f} m, three in four within "
        f"{marks[1]:.1f} m, 95 % within {marks[2]:.1f} m.",
    )  # fmt: skip
    return [(picture, sensing_figures.error_curve(error_m, share))]


def _push_pictures(sensed: dict[str, Any]) -> list[tuple[Picture, str]]:
    rows = sensed.get("push", ())
    if not any(row["precision_share"] is not None for row in rows):
        return []
    radii, right, reached = ([row[name] for row in rows] for name in ("radius_m", "precision_share", "recall_share"))
    words = [
        f"at {radius:g} m {_percent(precision)} of those addressed stood within, {_percent(recall)} of those within were addressed"
        for radius, precision, recall in zip(radii, right, reached, strict=True)
    ]
    picture = Picture(
        "figures/push_reach.svg", "sensing", "A message to all phones that seem to be within a radius of a store's door: how many of those "
        "addressed truly stood there, and how many of those that stood there were addressed.",
        f"Bars by radius: {'; '.join(words)}.",
    )  # fmt: skip
    return [(picture, sensing_figures.push_reach(radii, right, reached))]


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.0f} %"


def _zone_pictures(sensed: dict[str, Any], compiled: CompiledPlan) -> list[tuple[Picture, str]]:
    if "zone_fixes_per_m2_true" not in sensed:
        return []
    true_per_m2, seen_per_m2 = (_numbers(sensed[f"zone_fixes_per_m2_{which}"]) for which in ("true", "estimated"))
    levels = _visited_levels(compiled, true_per_m2)
    if not levels:
        return []
    true, seen = relative_to_mean(compiled, true_per_m2), relative_to_mean(compiled, seen_per_m2)
    names = ", ".join(compiled.level_names[level] for level in levels)
    made = [
        (
            Picture(
                "figures/hot_cold_seen.svg", "sensing_map", "Hot and cold floor: where phones were, where positioning put them, the difference",
                f"Plans of {names}, three of each: floor zones coloured by how often phones truly were there when they were located, by how "
                f"often positioning put them there, and by the difference; {_worst(compiled, true, seen)}.",
            ),
            sensing_figures.truth_beside_estimate(compiled, levels, true, seen),
        )
    ]  # fmt: skip
    zones_m, stores_m = _numbers(sensed["error_m_median_by_zone"]), _numbers(sensed["error_m_median_by_store"])
    known = np.concatenate([zones_m, stores_m])
    if np.isfinite(known).any():
        low_m, high_m = np.nanquantile(known, [0.1, 0.9])
        picture = Picture(
            "figures/error_by_place.svg", "sensing_map", "Median error of the positions of phones in each zone and store",
            f"Plans of {names}; floor zones and stores coloured by the median error of the positions of phones there; four in five lie "
            f"between {low_m:.1f} and {high_m:.1f} m.",
        )  # fmt: skip
        made.append((picture, sensing_figures.error_map(compiled, levels, zones_m, stores_m)))
    return made


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], float)


def relative_to_mean(compiled: CompiledPlan, per_m2: np.ndarray) -> np.ndarray:
    """Return densities of zones relative to the mall's mean density; zeros where nobody was."""
    area_m2 = np.where(np.isfinite(per_m2), compiled.arrays.zone_area_m2, 0.0)
    mean = float(np.nansum(per_m2 * area_m2)) / max(float(area_m2.sum()), 1e-9)
    return per_m2 / mean if mean > 0 else np.zeros(per_m2.size)


def _visited_levels(compiled: CompiledPlan, per_m2: np.ndarray) -> list[int]:
    """Return the levels where phones were, the busiest ones where there are many, top level first."""
    located = np.nan_to_num(per_m2) * compiled.arrays.zone_area_m2
    of_level = np.bincount(compiled.arrays.zone_level, located, len(compiled.level_ids))
    busiest = np.argsort(-of_level, kind="stable")[:LEVELS_MAX].tolist()
    return sorted((level for level in busiest if of_level[level] > VISITED_SHARE * of_level.sum()), reverse=True)


def _worst(compiled: CompiledPlan, true: np.ndarray, seen: np.ndarray) -> str:
    """Say where positioning went wrong most."""
    gap = np.nan_to_num(np.abs(seen - true))
    zone = int(np.argmax(gap))
    if gap[zone] < 0.05:
        return "it errs nowhere by a tenth of the mall's mean"
    level = compiled.level_names[compiled.arrays.zone_level[zone]]
    return f"it errs most in a zone on {level}, {seen[zone]:.1f} instead of {true[zone]:.1f} times the mall's mean"
