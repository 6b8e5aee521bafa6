"""The page around a plan drawing: title, colours, key of the signs, and the list of names that did not fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from sim.categories import CATEGORIES
from sim.plan_arrays import CompiledPlan, RideKind
from sim.reporting import plan_marks

# Light fills under dark names; related trades have related hues. The name in every room carries the meaning, colour only helps.
CATEGORY_COLOURS = {
    "fashion": "#c9b6e4",
    "footwear": "#e0d4f2",
    "beauty": "#f6c9de",
    "accessories": "#e3b1cf",
    "electronics": "#a9c9ea",
    "home": "#d3c6a4",
    "books": "#ece3b4",
    "kids": "#fbe08a",
    "sport": "#9fd6cb",
    "supermarket": "#8fc98b",
    "department": "#b9dca4",
    "restaurant": "#f2a07e",
    "fast_food": "#f8c69c",
    "cafe": "#dcb894",
    "cinema": "#8ea3d2",
    "leisure": "#b5dcec",
    "services": "#d6d6da",
}
FLOOR, STRUCTURE, WALL, VOID, PARKING, BAYS = "#fbf9f4", "#d5d3ce", "#6f6c66", "#e6eef3", "#eef1f4", "#d6dce2"
PAGE_LEAST_IN, PAGE_MOST_IN = 14.0, 22.0
EDGE_IN = 0.6
HEAD_IN, LEGEND_IN = 0.95, 0.85
LIST_LINE_IN, LIST_COLUMNS = 0.15, 7
POINTS_PER_IN = 72.0


def draw_head(figure: Figure, compiled: CompiledPlan, level: int, units: Sequence[int], height_in: float) -> None:
    """Write the plan's and the level's name, and how much there is on it."""
    width_in = float(figure.get_figwidth())
    arrays = compiled.arrays
    top = 1 - 0.42 / height_in
    title = f"{compiled.name.replace('_', ' ').title()} · {compiled.level_names[level]}"
    figure.text(EDGE_IN / width_in, top, title, fontsize=20, fontweight="bold", va="center", color=plan_marks.INK)
    walkable_m2 = float(arrays.zone_area_m2[arrays.zone_level == level].sum())
    words = [f"level {compiled.level_ids[level]}"]
    if units:
        words.append(f"{len(units)} tenants on {float(arrays.unit_area_m2[list(units)].sum()):,.0f} m²")
    words.append(f"{walkable_m2:,.0f} m² of walkable floor")
    figure.text(EDGE_IN / width_in, top - 0.36 / height_in, "   ·   ".join(words), fontsize=11, va="center", color="#55524d")


def draw_legend(
    figure: Figure, compiled: CompiledPlan, level: int, units: Sequence[int], list_in: float, height_in: float
) -> None:
    """Draw the colours of the categories that the level has, and the signs."""
    width_in = float(figure.get_figwidth())
    axes = figure.add_axes((EDGE_IN / width_in, list_in / height_in, 1 - 2 * EDGE_IN / width_in, LEGEND_IN / height_in))
    axes.set_xlim(0, width_in - 2 * EDGE_IN)
    axes.set_ylim(0, LEGEND_IN)
    axes.set_axis_off()
    here = [name for name in CATEGORIES if any(compiled.tenant_categories[unit] == name for unit in units)]
    for place, name in enumerate(here):
        x = place * (width_in - 2 * EDGE_IN) / max(len(here), 14)
        axes.plot(
            x + 0.1, 0.58, marker="s", markersize=11, color=CATEGORY_COLOURS[name], markeredgecolor=WALL, markeredgewidth=0.6
        )
        axes.text(x + 0.26, 0.58, name.replace("_", " "), fontsize=9, va="center", color=plan_marks.INK)
    plan_marks.draw_key(axes, 0.1, 0.24, _signs_on(compiled, level))


def _signs_on(compiled: CompiledPlan, level: int) -> list[str]:
    """Return the signs that a level's picture shows, in the key's order."""
    arrays = compiled.arrays
    touching = (arrays.ride_from_level == level) | (arrays.ride_to_level == level)
    kinds = set(arrays.connector_kind[arrays.ride_connector[touching]].tolist())
    entrances = np.flatnonzero(arrays.entrance_level == level)
    cars = np.isin(entrances, arrays.parking_entrance)
    shown = {
        "up": RideKind.ESCALATOR in kinds,
        "down": RideKind.ESCALATOR in kinds,
        "lift": RideKind.LIFT in kinds,
        "stairs": RideKind.STAIRS in kinds,
        "entrance": bool((~cars).any()),
        "door": bool((arrays.unit_level == level).any()),
        "car": bool(cars.any()),
    }
    return [sign for sign, here in shown.items() if here]


def draw_list(figure: Figure, compiled: CompiledPlan, listed: Sequence[int], list_in: float, height_in: float) -> None:
    """Write the names that did not fit, in columns."""
    width_in = float(figure.get_figwidth())
    rows = -(-len(listed) // LIST_COLUMNS)
    for place, unit in enumerate(listed):
        column, row = divmod(place, rows)
        x = EDGE_IN / width_in + column * (1 - 2 * EDGE_IN / width_in) / LIST_COLUMNS
        y = (list_in - 0.1 - LIST_LINE_IN * row) / height_in
        figure.text(x, y, f"{place + 1}  {compiled.tenant_names[unit]}", fontsize=8, va="center", color=plan_marks.INK)
