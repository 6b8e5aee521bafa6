"""Pictures of a floor plan: every level with its tenants named, and level maps coloured by a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PathCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from sim.plan_arrays import CompiledPlan
from sim.reporting import plan_marks, plan_page
from sim.reporting.plan_labels import FONT, Label, fit_label
from sim.reporting.plan_page import (
    BAYS,
    CATEGORY_COLOURS,
    EDGE_IN,
    FLOOR,
    HEAD_IN,
    LEGEND_IN,
    LIST_COLUMNS,
    LIST_LINE_IN,
    PAGE_LEAST_IN,
    PAGE_MOST_IN,
    PARKING,
    POINTS_PER_IN,
    STRUCTURE,
    VOID,
    WALL,
)

COLOUR_MAP = "cividis"  # perceptually even and the same to colour-blind eyes
PNG_DPI = 130
POINTS_PER_M_MOST = 9.0
SIGNED = ("Escalators", "Lifts", "Stairs")  # rooms whose sign says what they are
STRUCTURE_PT_MOST = 7.0  # names of rooms that are no shops stay in the background
# text stays text in the SVG, so that it can be searched and set by the reader; ids are seeded so that bytes repeat
STYLE: Any = {"svg.hashsalt": "galleria", "svg.fonttype": "none", "font.family": FONT, "path.simplify": False}


@dataclass(frozen=True)
class Page:
    """What a level's picture shows: corners in metres, and how many points a metre is."""

    low: np.ndarray
    high: np.ndarray
    points_per_m: float
    width_in: float


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
    page = page_of(compiled)
    written = []
    with mpl.rc_context(STYLE):
        for level, level_id in enumerate(compiled.level_ids):
            figure = _level_figure(compiled, level, page, values)
            written += save_figure(figure, folder, f"{compiled.name}_{level_id}", formats)
    return written


def save_figure(figure: Figure, folder: Path, name: str, formats: Sequence[str]) -> list[Path]:
    """Write a figure in each format, with nothing of the moment in it; return the files."""
    written = []
    for form in formats:
        path = folder / f"{name}.{form}".replace(" ", "_").replace("/", "_")
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
    norm: Normalize | None = None,
) -> ScalarMappable:
    """Draw a level as a hot and cold map: zones, and units if given, by value; units without a value are grey.

    `zone_values` and `unit_values` are per zone and per unit of the whole plan; NaN is drawn empty. Pass the same `limits`, or
    the same `norm`, to compare levels. A colour bar appears where `label` is given.
    """
    arrays = compiled.arrays
    zones = np.flatnonzero(arrays.zone_level == level)
    units = np.flatnonzero(arrays.unit_level == level)
    shown = [np.asarray(values, float)[of] for values, of in ((zone_values, zones), (unit_values, units)) if values is not None]
    finite = np.concatenate([np.zeros(0), *(values[np.isfinite(values)] for values in shown)])
    low, high = limits or ((float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0))
    scale = ScalarMappable(norm or Normalize(low, high if high > low else low + 1.0), cmap)
    for rings in compiled.structure_rings[level]:
        plan_marks.fill(axes, rings, facecolor="#e8e7e4", edgecolor="none", zorder=1)
    for polygon in compiled.walkable_rings[level]:
        plan_marks.fill(axes, polygon, facecolor="white", edgecolor="none", zorder=1)
    _fill_by_value(axes, [compiled.zone_rings[zone] for zone in zones], zone_values, zones, scale, 2, None)
    _fill_by_value(axes, [compiled.unit_rings[unit] for unit in units], unit_values, units, scale, 3, "#dddcd8")
    for polygon in compiled.walkable_rings[level]:
        plan_marks.fill(axes, polygon, facecolor="none", edgecolor=WALL, linewidth=0.5, zorder=4)
    frame(axes, *_bounds(compiled, [level], 2.0))
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
    numbers = np.full(members.size, np.nan) if values is None else np.asarray(values, float)[members]
    known = np.isfinite(numbers).tolist()
    outlines = [plan_marks.outline_of(rings) for rings in shapes]
    empty = [outline for outline, is_known in zip(outlines, known, strict=True) if not is_known]
    if plain and empty:  # one path for all of them: a picture of many stores takes half the room
        style = {"facecolor": plain, "edgecolor": "white", "linewidth": 0.35}
        axes.add_patch(PathPatch(Outline.make_compound_path(*empty), zorder=order, **style))
    full = [outline for outline, is_known in zip(outlines, known, strict=True) if is_known]
    if full:
        colours = [scale.to_rgba(np.asarray(number)) for number in numbers[np.isfinite(numbers)]]
        # an edge of the fill's own colour hides the hairlines between neighbours
        edges = ["white" if plain else colour for colour in colours]
        axes.add_collection(PathCollection(full, facecolors=colours, edgecolors=edges, linewidths=0.35, zorder=order))


def _bounds(compiled: CompiledPlan, levels: Sequence[int], margin_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of everything on some levels."""
    rings = [ring for level in levels for polygon in compiled.walkable_rings[level] for ring in polygon]
    rings += [ring for level in levels for polygon in compiled.structure_rings[level] for ring in polygon]
    rings += [
        compiled.unit_rings[unit][0] for unit in range(len(compiled.unit_ids)) if compiled.arrays.unit_level[unit] in levels
    ]
    rings += [ring for level in levels if compiled.outline_rings for ring in compiled.outline_rings[level]]
    for park, park_rings in enumerate(compiled.parking_rings):
        if compiled.arrays.entrance_level[compiled.arrays.parking_entrance[park]] in levels:
            rings += park_rings
    points = np.vstack(rings)
    return points.min(axis=0) - margin_m, points.max(axis=0) + margin_m


def frame(axes: Axes, low: np.ndarray, high: np.ndarray) -> None:
    """Show what lies between two corners, to scale and without axes."""
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_aspect("equal")
    axes.set_axis_off()


def page_of(compiled: CompiledPlan) -> Page:
    """Return one page for all levels, so that they can be laid over each other; smaller plans take smaller pages."""
    levels = range(len(compiled.level_ids))
    low, high = _bounds(compiled, levels, 0.0)
    margin_m = min(14.0, max(4.0, 0.07 * float(high[0] - low[0])))
    low, high = low - margin_m, high + margin_m
    span_m = float(high[0] - low[0])
    width_in = min(max(span_m * POINTS_PER_M_MOST / POINTS_PER_IN + 2 * EDGE_IN, PAGE_LEAST_IN), PAGE_MOST_IN)
    points_per_m = min((width_in - 2 * EDGE_IN) * POINTS_PER_IN / span_m, POINTS_PER_M_MOST)
    spare_m = ((width_in - 2 * EDGE_IN) * POINTS_PER_IN / points_per_m - span_m) / 2
    spare = np.array([spare_m, 0.0])
    return Page(low - spare, high + spare, points_per_m, width_in)


def _level_figure(compiled: CompiledPlan, level: int, page: Page, values: Mapping[str, float] | None) -> Figure:
    """Return the picture of one level."""
    units = [int(unit) for unit in np.flatnonzero(compiled.arrays.unit_level == level)]
    labels = {unit: fit_label(compiled.tenant_names[unit], compiled.unit_rings[unit][0], page.points_per_m) for unit in units}
    listed = [unit for unit in units if labels[unit] is None]
    plan_in = float(page.high[1] - page.low[1]) * page.points_per_m / POINTS_PER_IN
    list_in = (0.35 + LIST_LINE_IN * -(-len(listed) // LIST_COLUMNS)) if listed else 0.0
    height_in = HEAD_IN + plan_in + LEGEND_IN + list_in
    figure = Figure(figsize=(page.width_in, height_in))
    FigureCanvasAgg(figure)
    axes = figure.add_axes(
        (EDGE_IN / page.width_in, (LEGEND_IN + list_in) / height_in, 1 - 2 * EDGE_IN / page.width_in, plan_in / height_in)
    )
    _draw_rooms(axes, compiled, level, page)
    scale = _unit_scale(values)
    for unit in units:
        value = values.get(compiled.unit_ids[unit]) if values is not None else None
        colour = (
            CATEGORY_COLOURS[compiled.tenant_categories[unit]]
            if value is None or scale is None
            else scale.to_rgba(np.asarray(value))
        )
        plan_marks.fill(axes, compiled.unit_rings[unit], facecolor=colour, edgecolor=WALL, linewidth=0.9, zorder=4)
        plan_marks.draw_doors(axes, compiled, unit, page.points_per_m)
    _draw_labels(axes, compiled, labels, listed, page)
    _draw_parking(axes, compiled, level)
    plan_marks.draw_rides(axes, compiled, level, page.points_per_m)
    plan_marks.draw_entrances(axes, compiled, level, page.points_per_m)
    frame(axes, page.low, page.high)
    if scale is not None:
        figure.colorbar(scale, ax=axes, shrink=0.5, pad=0.005)
    plan_page.draw_head(figure, compiled, level, units, height_in)
    plan_page.draw_legend(figure, compiled, level, units, list_in, height_in)
    plan_page.draw_list(figure, compiled, listed, list_in, height_in)
    draw_scale_and_north(axes, page)
    return figure


def draw_scale_and_north(axes: Axes, page: Page) -> None:
    """Draw a scale bar of about a seventh of the page, and where north is."""
    span_m = float(page.high[0] - page.low[0])
    length_m = min((4.0, 10.0, 20.0, 50.0, 100.0, 200.0), key=lambda length: abs(length - span_m / 7))
    plan_marks.draw_scale(axes, page.low[0] + 3.0, page.low[1] + 3.0, length_m)
    plan_marks.draw_north(axes, page.high[0] - 6.0, page.low[1] + 3.0, 0.035 * span_m)


def _unit_scale(values: Mapping[str, float] | None) -> ScalarMappable | None:
    if not values:
        return None
    low, high = min(values.values()), max(values.values())
    return ScalarMappable(Normalize(low, high if high > low else low + 1.0), COLOUR_MAP)


def _draw_rooms(axes: Axes, compiled: CompiledPlan, level: int, page: Page) -> None:
    """Draw the building, its floor, its structure and the openings in its floor."""
    if compiled.outline_rings:
        plan_marks.fill(
            axes, compiled.outline_rings[level], facecolor="#bdbab3", edgecolor=plan_marks.INK, linewidth=1.2, zorder=1
        )
    for polygon in compiled.walkable_rings[level]:
        plan_marks.fill(axes, polygon, facecolor=FLOOR, edgecolor=WALL, linewidth=0.7, zorder=2)
    names = compiled.structure_names[level] if compiled.structure_names else ("",) * len(compiled.structure_rings[level])
    for rings, name in zip(compiled.structure_rings[level], names, strict=True):
        if name == "Void":
            plan_marks.fill(axes, rings, facecolor=VOID, edgecolor=WALL, linewidth=1.0, linestyle=(0, (4, 2)), zorder=3)
            x_m, y_m = (rings[0].min(axis=0) + rings[0].max(axis=0)) / 2
            axes.text(
                x_m, y_m, "open to below", fontsize=7, style="italic", color="#5b7486", ha="center", va="center", zorder=4
            )
        else:
            plan_marks.fill(axes, rings, facecolor=STRUCTURE, edgecolor=WALL, linewidth=0.5, zorder=3)
            label = fit_label(name, rings[0], page.points_per_m) if name and name not in SIGNED else None
            if label is not None:
                place: Any = {"rotation": label.turn_deg, "rotation_mode": "anchor", "ha": "center", "va": "center"}
                size_pt = min(label.size_pt, STRUCTURE_PT_MOST)
                axes.text(label.x_m, label.y_m, label.text, fontsize=size_pt, color=WALL, linespacing=1.1, zorder=4, **place)


def _draw_labels(
    axes: Axes, compiled: CompiledPlan, labels: Mapping[int, Label | None], listed: Sequence[int], page: Page
) -> None:
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
        gates = int(arrays.parking_gates[park])
        words = f"Car park {park_id}\n{arrays.parking_bays[park]} bays, {gates} gate{'s' if gates > 1 else ''}"
        node = arrays.entrance_node[entrance]
        x_m, y_m = arrays.node_x_m[node], arrays.node_y_m[node] + 9.0
        if compiled.parking_rings and compiled.parking_rings[park]:
            rings = compiled.parking_rings[park]
            plan_marks.fill(axes, rings, facecolor=PARKING, edgecolor=BAYS, linewidth=0.0, hatch="||", zorder=2)
            plan_marks.fill(axes, rings, facecolor="none", edgecolor=WALL, linewidth=0.8, zorder=2)
            top = float(max(ring[:, 1].max() for ring in rings))
            left, right = float(min(ring[:, 0].min() for ring in rings)), float(max(ring[:, 0].max() for ring in rings))
            y_m = (y_m + top) / 2
            x_m = x_m if left < x_m < right else (left + right) / 2
        box = {"facecolor": "white", "edgecolor": "none", "pad": 2.5}
        axes.text(x_m, y_m, words, fontsize=11, color=plan_marks.CAR, ha="center", va="center", bbox=box, zorder=9)
