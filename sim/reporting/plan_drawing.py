"""Pictures of a floor plan: every level with its tenants named, and level maps coloured by a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PathCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from sim.categories import CATEGORIES
from sim.plan_arrays import CompiledPlan, RideKind
from sim.reporting import plan_marks
from sim.reporting.plan_labels import FONT, Label, fit_label

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
FLOOR, STRUCTURE, WALL, VOID, PARKING = "#fbf9f4", "#d5d3ce", "#6f6c66", "#e6eef3", "#eceff3"
COLOUR_MAP = "cividis"  # perceptually even and the same to colour-blind eyes
PAGE_IN = 22.0
EDGE_IN = 0.6
HEAD_IN, LEGEND_IN = 0.95, 0.85
LIST_LINE_IN, LIST_COLUMNS = 0.15, 7
POINTS_PER_IN = 72.0
PNG_DPI = 130
# text stays text in the SVG, so that it can be searched and set by the reader; ids are seeded so that bytes repeat
STYLE = {"svg.hashsalt": "galleria", "svg.fonttype": "none", "font.family": FONT, "path.simplify": False}


@dataclass(frozen=True)
class _Page:
    """What a level's picture shows: corners in metres, and how many points a metre is."""

    low: np.ndarray
    high: np.ndarray
    points_per_m: float


def draw_plan(
    compiled: CompiledPlan,
    folder: Path,
    formats: Sequence[str] = ("svg", "png"),
    values: Mapping[str, float] | None = None,
) -> list[Path]:
    """Draw every level into `folder`, as <plan>_<level>.<format>, and return the files.

    `values` colours the units that it names (by unit id) instead of their category. The same plan gives the same bytes of SVG.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = _page_of(compiled)
    written = []
    with mpl.rc_context(STYLE):
        for level, level_id in enumerate(compiled.level_ids):
            figure = _level_figure(compiled, level, page, values)
            for form in formats:
                path = folder / f"{compiled.name}_{level_id}.{form}".replace(" ", "_").replace("/", "_")
                metadata = {"Date": None} if form in ("svg", "pdf") else None
                figure.savefig(path, format=form, dpi=PNG_DPI, metadata=metadata, facecolor="white")
                written.append(path)
    return written


def draw_level_map(
    axes: Axes,
    compiled: CompiledPlan,
    level: int,
    zone_values: Sequence[float] | np.ndarray | None = None,
    unit_values: Sequence[float] | np.ndarray | None = None,
    cmap: str = COLOUR_MAP,
    label: str = "",
    limits: tuple[float, float] | None = None,
) -> ScalarMappable:
    """Draw a level as a hot and cold map: zones, and units if given, by value; units without a value are grey.

    `zone_values` and `unit_values` are per zone and per unit of the whole plan; NaN is drawn empty. Pass the same `limits` to
    compare levels. A colour bar appears where `label` is given.
    """
    arrays = compiled.arrays
    zones = np.flatnonzero(arrays.zone_level == level)
    units = np.flatnonzero(arrays.unit_level == level)
    shown = [np.asarray(values, float)[of] for values, of in ((zone_values, zones), (unit_values, units)) if values is not None]
    finite = np.concatenate([np.zeros(0), *(values[np.isfinite(values)] for values in shown)])
    low, high = limits or ((float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0))
    scale = ScalarMappable(Normalize(low, high if high > low else low + 1.0), cmap)
    for rings in compiled.structure_rings[level]:
        plan_marks.fill(axes, rings, facecolor="#e8e7e4", edgecolor="none", zorder=1)
    for polygon in compiled.walkable_rings[level]:
        plan_marks.fill(axes, polygon, facecolor="white", edgecolor="none", zorder=1)
    _fill_by_value(axes, [compiled.zone_rings[zone] for zone in zones], zone_values, zones, scale, 2, None)
    _fill_by_value(axes, [compiled.unit_rings[unit] for unit in units], unit_values, units, scale, 3, "#dddcd8")
    for polygon in compiled.walkable_rings[level]:
        plan_marks.fill(axes, polygon, facecolor="none", edgecolor=WALL, linewidth=0.5, zorder=4)
    _frame(axes, *_bounds(compiled, [level], 2.0))
    if label:
        axes.figure.colorbar(scale, ax=axes, label=label, shrink=0.8, pad=0.01)
    return scale


def _fill_by_value(
    axes: Axes,
    shapes: Sequence[Sequence[np.ndarray]],
    values: Sequence[float] | np.ndarray | None,
    members: np.ndarray,
    scale: ScalarMappable,
    order: int,
    plain: str | None,
) -> None:
    """Fill shapes by their values; those without a value take the plain colour, or none."""
    if not shapes:
        return
    numbers = np.full(members.size, np.nan) if values is None else np.asarray(values, float)[members]
    colours = [scale.to_rgba(number) if np.isfinite(number) else (plain or "none") for number in numbers]
    paths = [plan_marks.outline_of(rings) for rings in shapes]
    # an edge of the fill's own colour hides the hairlines between neighbours
    edges = ["white" if plain else colour for colour in colours]
    axes.add_collection(PathCollection(paths, facecolors=colours, edgecolors=edges, linewidths=0.35, zorder=order))


def _bounds(compiled: CompiledPlan, levels: Sequence[int], margin_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of everything on some levels."""
    rings = [ring for level in levels for polygon in compiled.walkable_rings[level] for ring in polygon]
    rings += [ring for level in levels for polygon in compiled.structure_rings[level] for ring in polygon]
    rings += [compiled.unit_rings[unit][0] for unit in range(len(compiled.unit_ids)) if compiled.arrays.unit_level[unit] in levels]
    rings += [ring for level in levels if compiled.outline_rings for ring in compiled.outline_rings[level]]
    points = np.vstack(rings)
    return points.min(axis=0) - margin_m, points.max(axis=0) + margin_m


def _frame(axes: Axes, low: np.ndarray, high: np.ndarray) -> None:
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_aspect("equal")
    axes.set_axis_off()


def _page_of(compiled: CompiledPlan) -> _Page:
    """Return one page for all levels, so that they can be laid over each other."""
    low, high = _bounds(compiled, range(len(compiled.level_ids)), 14.0)
    points_per_m = (PAGE_IN - 2 * EDGE_IN) * POINTS_PER_IN / float(high[0] - low[0])
    return _Page(low, high, points_per_m)


def _level_figure(compiled: CompiledPlan, level: int, page: _Page, values: Mapping[str, float] | None) -> Figure:
    """Return the picture of one level."""
    units = [int(unit) for unit in np.flatnonzero(compiled.arrays.unit_level == level)]
    labels = {unit: fit_label(compiled.tenant_names[unit], compiled.unit_rings[unit][0], page.points_per_m) for unit in units}
    listed = [unit for unit in units if labels[unit] is None]
    plan_in = float(page.high[1] - page.low[1]) * page.points_per_m / POINTS_PER_IN
    list_in = (0.35 + LIST_LINE_IN * -(-len(listed) // LIST_COLUMNS)) if listed else 0.0
    height_in = HEAD_IN + plan_in + LEGEND_IN + list_in
    figure = Figure(figsize=(PAGE_IN, height_in))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((EDGE_IN / PAGE_IN, (LEGEND_IN + list_in) / height_in, 1 - 2 * EDGE_IN / PAGE_IN, plan_in / height_in))
    _draw_rooms(axes, compiled, level)
    scale = _unit_scale(values)
    for unit in units:
        value = values.get(compiled.unit_ids[unit]) if values is not None else None
        colour = CATEGORY_COLOURS[compiled.tenant_categories[unit]] if value is None or scale is None else scale.to_rgba(value)
        plan_marks.fill(axes, compiled.unit_rings[unit], facecolor=colour, edgecolor=WALL, linewidth=0.9, zorder=4)
        plan_marks.draw_doors(axes, compiled, unit, page.points_per_m)
    _draw_labels(axes, compiled, labels, listed, page)
    _draw_parking(axes, compiled, level)
    plan_marks.draw_rides(axes, compiled, level, page.points_per_m)
    plan_marks.draw_entrances(axes, compiled, level)
    _frame(axes, page.low, page.high)
    if scale is not None:
        figure.colorbar(scale, ax=axes, shrink=0.5, pad=0.005)
    _draw_head(figure, compiled, level, units, height_in)
    _draw_legend(figure, compiled, level, units, list_in, height_in)
    _draw_list(figure, compiled, listed, list_in, height_in)
    span_m = float(page.high[0] - page.low[0])
    length_m = min((10.0, 20.0, 50.0, 100.0, 200.0), key=lambda length: abs(length - span_m / 7))
    plan_marks.draw_scale(axes, page.low[0] + 3.0, page.low[1] + 3.0, length_m)
    plan_marks.draw_north(axes, page.high[0] - 6.0, page.low[1] + 3.0, 0.035 * span_m)
    return figure


def _unit_scale(values: Mapping[str, float] | None) -> ScalarMappable | None:
    if not values:
        return None
    low, high = min(values.values()), max(values.values())
    return ScalarMappable(Normalize(low, high if high > low else low + 1.0), COLOUR_MAP)


def _draw_rooms(axes: Axes, compiled: CompiledPlan, level: int) -> None:
    """Draw the building, its floor, its structure and the openings in its floor."""
    if compiled.outline_rings:
        plan_marks.fill(axes, compiled.outline_rings[level], facecolor="#bdbab3", edgecolor=plan_marks.INK, linewidth=1.2, zorder=1)
    for polygon in compiled.walkable_rings[level]:
        plan_marks.fill(axes, polygon, facecolor=FLOOR, edgecolor=WALL, linewidth=0.7, zorder=2)
    names = compiled.structure_names[level] if compiled.structure_names else ("",) * len(compiled.structure_rings[level])
    for rings, name in zip(compiled.structure_rings[level], names, strict=True):
        if name == "Void":
            plan_marks.fill(axes, rings, facecolor=VOID, edgecolor=WALL, linewidth=1.0, linestyle=(0, (4, 2)), zorder=3)
            x_m, y_m = (rings[0].min(axis=0) + rings[0].max(axis=0)) / 2
            axes.text(x_m, y_m, "open to below", fontsize=7, style="italic", color="#5b7486", ha="center", va="center", zorder=4)
        else:
            plan_marks.fill(axes, rings, facecolor=STRUCTURE, edgecolor=WALL, linewidth=0.5, zorder=3)


def _draw_labels(axes: Axes, compiled: CompiledPlan, labels: Mapping[int, Label | None], listed: Sequence[int], page: _Page) -> None:
    """Write the names into the rooms, and a number where a name does not fit."""
    numbers = {unit: number for number, unit in enumerate(listed, start=1)}
    for unit, fitted in labels.items():
        ring = compiled.unit_rings[unit][0]
        label = fitted or fit_label(str(numbers[unit]), ring, page.points_per_m, 4.0)
        if label is None:  # a kiosk on a very large plan: the number goes beside its middle
            label = Label(str(numbers[unit]), compiled.arrays.unit_x_m[unit], compiled.arrays.unit_y_m[unit], 4.5, 0.0)
        axes.text(
            label.x_m,
            label.y_m,
            label.text,
            fontsize=label.size_pt,
            rotation=label.turn_deg,
            rotation_mode="anchor",
            ha="center",
            va="center",
            linespacing=1.1,
            color=plan_marks.INK,
            fontweight="bold" if fitted is None else "normal",
            zorder=10,
        )


def _draw_parking(axes: Axes, compiled: CompiledPlan, level: int) -> None:
    """Draw the car parks of a level with their bays."""
    arrays = compiled.arrays
    for park, park_id in enumerate(compiled.parking_ids):
        entrance = arrays.parking_entrance[park]
        if entrance < 0 or arrays.entrance_level[entrance] != level:
            continue
        words = f"Car park {park_id}\n{arrays.parking_bays[park]} bays, {arrays.parking_gates[park]} gates"
        node = arrays.entrance_node[entrance]
        x_m, y_m = arrays.node_x_m[node], arrays.node_y_m[node] + 9.0
        if compiled.parking_rings and compiled.parking_rings[park]:
            plan_marks.fill(axes, compiled.parking_rings[park], facecolor=PARKING, edgecolor=WALL, linewidth=0.8, hatch="|||", zorder=2)
            top = float(compiled.parking_rings[park][0][:, 1].max())
            y_m = (y_m + top) / 2
        box = {"facecolor": "white", "edgecolor": "none", "pad": 2.5}
        axes.text(x_m, y_m, words, fontsize=11, color=plan_marks.CAR, ha="center", va="center", bbox=box, zorder=9)


def _draw_head(figure: Figure, compiled: CompiledPlan, level: int, units: Sequence[int], height_in: float) -> None:
    arrays = compiled.arrays
    top = 1 - 0.42 / height_in
    title = f"{compiled.name.replace('_', ' ').title()} · {compiled.level_names[level]}"
    figure.text(EDGE_IN / PAGE_IN, top, title, fontsize=20, fontweight="bold", va="center", color=plan_marks.INK)
    walkable_m2 = float(arrays.zone_area_m2[arrays.zone_level == level].sum())
    words = [f"level {compiled.level_ids[level]}"]
    if units:
        words.append(f"{len(units)} tenants on {float(arrays.unit_area_m2[list(units)].sum()):,.0f} m²")
    words.append(f"{walkable_m2:,.0f} m² of walkable floor")
    figure.text(EDGE_IN / PAGE_IN, top - 0.36 / height_in, "   ·   ".join(words), fontsize=11, va="center", color="#55524d")


def _draw_legend(
    figure: Figure, compiled: CompiledPlan, level: int, units: Sequence[int], list_in: float, height_in: float
) -> None:
    """Draw the colours of the categories that the level has, and the signs."""
    axes = figure.add_axes((EDGE_IN / PAGE_IN, list_in / height_in, 1 - 2 * EDGE_IN / PAGE_IN, LEGEND_IN / height_in))
    axes.set_xlim(0, PAGE_IN - 2 * EDGE_IN)
    axes.set_ylim(0, LEGEND_IN)
    axes.set_axis_off()
    here = [name for name in CATEGORIES if any(compiled.tenant_categories[unit] == name for unit in units)]
    for place, name in enumerate(here):
        x = place * (PAGE_IN - 2 * EDGE_IN) / max(len(here), 14)
        axes.plot(x + 0.1, 0.58, marker="s", markersize=11, color=CATEGORY_COLOURS[name], markeredgecolor=WALL, markeredgewidth=0.6)
        axes.text(x + 0.26, 0.58, name.replace("_", " "), fontsize=9, va="center", color=plan_marks.INK)
    plan_marks.draw_key(axes, 0.1, 0.24, _kinds_on(compiled, level))


def _kinds_on(compiled: CompiledPlan, level: int) -> set[RideKind]:
    arrays = compiled.arrays
    touching = (arrays.ride_from_level == level) | (arrays.ride_to_level == level)
    return {RideKind(int(kind)) for kind in arrays.connector_kind[arrays.ride_connector[touching]]}


def _draw_list(figure: Figure, compiled: CompiledPlan, listed: Sequence[int], list_in: float, height_in: float) -> None:
    """Write the names that did not fit, in columns."""
    rows = -(-len(listed) // LIST_COLUMNS)
    for place, unit in enumerate(listed):
        column, row = divmod(place, rows)
        x = EDGE_IN / PAGE_IN + column * (1 - 2 * EDGE_IN / PAGE_IN) / LIST_COLUMNS
        y = (list_in - 0.1 - LIST_LINE_IN * row) / height_in
        figure.text(x, y, f"{place + 1}  {compiled.tenant_names[unit]}", fontsize=8, va="center", color=plan_marks.INK)
