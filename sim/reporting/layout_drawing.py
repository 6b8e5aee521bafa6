"""Plans before and after a change of layout, with what has changed marked: outlines, arrows from old rooms to new ones, circles at escalators."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting import plan_marks
from sim.reporting.figures import extent_of
from sim.reporting.plan_drawing import STYLE, frame, save_figure
from sim.reporting.plan_labels import fit_label
from sim.reporting.plan_page import CATEGORY_COLOURS, FLOOR, STRUCTURE, WALL

GONE, CAME, TURNED = "#9b1b30", "#00508c", "#b85000"
WIDTH_IN = 9.6
NAME_IN = 0.45  # above each of the two plans


def changed_levels(before: CompiledPlan, after: CompiledPlan) -> list[int]:
    """Return the levels on which something has changed."""
    found = set()
    for change in after.layout_changes:
        for compiled in (before, after):
            for place in (str(change["place"]), str(change["from"])):
                found |= set(_levels_of(compiled, place))
    return sorted(found)


def _levels_of(compiled: CompiledPlan, place: str) -> list[int]:
    if place in compiled.unit_ids:
        return [int(compiled.arrays.unit_level[compiled.unit_ids.index(place)])]
    if place in compiled.connector_ids:
        rides = compiled.arrays.ride_connector == compiled.connector_ids.index(place)
        return sorted({*compiled.arrays.ride_from_level[rides].tolist(), *compiled.arrays.ride_to_level[rides].tolist()})
    return []


def draw_changes(
    before: CompiledPlan, after: CompiledPlan, folder: Path, formats: Sequence[str] = ("svg", "png")
) -> list[Path]:
    """Draw each changed level before and after into `folder`, as <plan>_<level>_changes.<format>; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with mpl.rc_context(STYLE):
        for level in changed_levels(before, after):
            figure = Figure(figsize=size_in(before, level))
            FigureCanvasAgg(figure)
            paint(figure, before, after, level)
            written += save_figure(figure, folder, f"{after.name}_{after.level_ids[level]}_changes", formats)
    return written


def size_in(before: CompiledPlan, level: int) -> tuple[float, float]:
    """Return the size of a picture of two plans, one above the other."""
    low, high = extent_of(before, [level])
    return WIDTH_IN, 2 * (NAME_IN + WIDTH_IN * float((high[1] - low[1]) / max(high[0] - low[0], 1e-9)))


def paint(figure: Figure, before: CompiledPlan, after: CompiledPlan, level: int) -> None:
    """Draw a level before and after, one above the other."""
    low, high = extent_of(before, [level])
    points_per_m = WIDTH_IN * 72 / float(high[0] - low[0])
    upper, lower = figure.subplots(2, 1)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.96, hspace=0.07)
    for axes, compiled, title in ((upper, before, "as drawn"), (lower, after, "as changed")):
        _paint_level(axes, compiled, level, points_per_m)
        frame(axes, low, high)
        axes.set_title(f"{compiled.level_names[level]}, {title}", fontsize=9, loc="left", color=plan_marks.INK)
    for change in after.layout_changes:
        what, place, came_from = (str(change[name]) for name in ("what", "place", "from"))
        if what == "moved":
            _outline(upper, before, level, came_from, GONE)
            _outline(lower, after, level, place, CAME)
            _arrow(lower, before, after, level, came_from, place)
        elif what == "vacated":
            _outline(upper, before, level, place, GONE)
        elif what.startswith("escalator"):
            _ring(lower, after, level, place)
        else:
            _outline(upper, before, level, place, GONE)
            _outline(lower, after, level, place, TURNED if what.startswith("door") else CAME)


def _paint_level(axes: Axes, compiled: CompiledPlan, level: int, points_per_m: float) -> None:
    for polygon in compiled.walkable_rings[level]:
        plan_marks.fill(axes, polygon, facecolor=FLOOR, edgecolor=WALL, linewidth=0.5, zorder=1)
    for rings in compiled.structure_rings[level]:
        plan_marks.fill(axes, rings, facecolor=STRUCTURE, edgecolor=WALL, linewidth=0.3, zorder=2)
    for unit in np.flatnonzero(compiled.arrays.unit_level == level).tolist():
        colour = CATEGORY_COLOURS[compiled.tenant_categories[unit]]
        plan_marks.fill(axes, compiled.unit_rings[unit], facecolor=colour, edgecolor=WALL, linewidth=0.5, zorder=3)
        plan_marks.draw_doors(axes, compiled, unit, min(points_per_m, 4.0))
        label = fit_label(compiled.tenant_names[unit], compiled.unit_rings[unit][0], points_per_m)
        if label is not None:
            axes.text(
                label.x_m, label.y_m, label.text, fontsize=min(label.size_pt, 6.0), rotation=label.turn_deg,
                rotation_mode="anchor", ha="center", va="center", linespacing=1.05, color=plan_marks.INK, zorder=8,
            )  # fmt: skip
    plan_marks.draw_rides(axes, compiled, level, min(points_per_m, 4.0))


def _outline(axes: Axes, compiled: CompiledPlan, level: int, place: str, colour: str) -> None:
    if place in compiled.unit_ids:
        unit = compiled.unit_ids.index(place)
        if compiled.arrays.unit_level[unit] == level:
            plan_marks.fill(axes, compiled.unit_rings[unit], facecolor="none", edgecolor=colour, linewidth=2.2, zorder=9)


def _arrow(axes: Axes, before: CompiledPlan, after: CompiledPlan, level: int, came_from: str, place: str) -> None:
    """Draw an arrow from the old room to the new one where both are on this level; else say from which level the tenant came."""
    if came_from not in before.unit_ids or place not in after.unit_ids:
        return
    old, new = before.unit_ids.index(came_from), after.unit_ids.index(place)
    if after.arrays.unit_level[new] != level:
        return
    end = (after.arrays.unit_x_m[new], after.arrays.unit_y_m[new])
    if before.arrays.unit_level[old] == level:
        start = (before.arrays.unit_x_m[old], before.arrays.unit_y_m[old])
        style = {"arrowstyle": "-|>", "mutation_scale": 14, "color": CAME, "linewidth": 1.3, "connectionstyle": "arc3,rad=0.2"}
        axes.annotate("", end, start, arrowprops=style, zorder=10)
        return
    name = before.level_names[int(before.arrays.unit_level[old])]
    axes.annotate(f"from {name}", end, (0, -9), textcoords="offset points", fontsize=6, color=CAME, ha="center", zorder=10)


def _ring(axes: Axes, compiled: CompiledPlan, level: int, place: str) -> None:
    arrays = compiled.arrays
    rides = np.flatnonzero(arrays.ride_connector == compiled.connector_ids.index(place))
    for node in {*arrays.ride_from_node[rides].tolist(), *arrays.ride_to_node[rides].tolist()}:
        if arrays.node_level[node] == level:
            axes.plot(
                arrays.node_x_m[node], arrays.node_y_m[node], marker="o", markersize=16, fillstyle="none", color=TURNED,
                markeredgewidth=2.0, zorder=10,
            )  # fmt: skip
