"""Pictures of a plan's Wi-Fi: every level coloured by cells, with its access points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure

from sim.config import RunConfig
from sim.plan_arrays import AccessPoints, CompiledPlan
from sim.reporting import plan_marks
from sim.reporting.files import write_json
from sim.reporting.plan_drawing import STYLE, Page, draw_scale_and_north, frame, page_of, save_figure
from sim.reporting.plan_page import EDGE_IN, FLOOR, HEAD_IN, POINTS_PER_IN, STRUCTURE, WALL
from sim.sensing.radio.coverage import GOOD_DBM, HEARD_LEAST, Coverage

LEGEND_IN = 0.95
BAR_IN = 0.16
BANDS = (("2.4 GHz", 0.0, 3.0, "^"), ("5 GHz", 3.0, 5.9, "o"), ("6 GHz", 5.9, 10.0, "s"))  # name, from, below, mark
DOT_PT = 6.5


@dataclass(frozen=True)
class Theme:
    """How one kind of map looks and what it says. Colours get darker with the number that the reader should notice, so that grey prints tell the same."""

    name: str  # of the files
    title: str
    label: str  # of the scale, with its unit
    edges: tuple[float, ...]  # of the classes
    colours: str
    extend: Literal["both", "max"]  # ends of the scale that are open

    def norm(self) -> BoundaryNorm:
        """Return the classes."""
        return BoundaryNorm(self.edges, 256, extend=self.extend)


STRENGTH = Theme(
    "strength", "Strength of the best access point", "mean strength of the best access point, dBm",
    (-80, -75, -70, -67, -63, -59, -55, -50, -45), "YlGnBu", "both",
)  # fmt: skip
ERROR = Theme("error", "Expected error of positions", "expected error (75th percentile) of positions, m", (0, 2, 3, 4, 5, 7, 10, 15, 30), "YlOrRd", "max")  # fmt: skip


def draw_coverage(
    compiled: CompiledPlan,
    coverage: Coverage,
    levels: Sequence[dict[str, Any]],
    config: RunConfig,
    folder: Path,
) -> list[Path]:
    """Draw each level by strength and by error, write coverage.json, and return the files; `levels` as `shares_of` gives them."""
    folder.mkdir(parents=True, exist_ok=True)
    survey, estimator = config.sensing.survey, config.sensing.positioning.estimator
    how = f"estimator {estimator}" + (f", {survey.kind} survey every {survey.spacing_m:g} m" if estimator == "knn" else "")
    strength = [
        f"{_percent(one['good_share'])} of the floor at {GOOD_DBM:g} dBm or better   ·   {_percent(one['three_heard_share'])} hears "
        f"{HEARD_LEAST} access points or more, other levels' included"
        for one in levels
    ]
    error = [
        f"{how}   ·   three in four phones within {_metres(one['error_m_p75'])} of the truth, {_percent(one['floor_right_share'])} put on the "
        f"right level   ·   simulated, one survey, seed {config.seed}, building {config.sensing.radio.building_seed}"
        for one in levels
    ]
    # A cell where nothing is heard is off the pale end of the scale, one where nothing can be located off the dark end.
    files = draw_cells(compiled, np.maximum(coverage.best_dbm, -999.0), STRENGTH, strength, folder)
    files += draw_cells(compiled, np.minimum(coverage.error_m_p75, 999.0), ERROR, error, folder)
    facts = {
        "plan": compiled.name, "seed": config.seed, "building_seed": config.sensing.radio.building_seed, "estimator": estimator, "good_dbm": GOOD_DBM, "levels": list(levels),
    }  # fmt: skip
    write_json(folder / "coverage.json", facts)
    return [*files, folder / "coverage.json"]


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.0f} %"


def _metres(value_m: float | None) -> str:
    return "no distance" if value_m is None else f"{value_m:.1f} m"


def draw_cells(
    compiled: CompiledPlan,
    values: np.ndarray,
    theme: Theme,
    notes: Sequence[str],
    folder: Path,
    formats: Sequence[str] = ("svg", "png"),
) -> list[Path]:
    """Draw every level coloured by the values of the room raster's cells (L, rows, cols), as <plan>_<level>_<theme>.<format>.

    `notes` is a line for each level. The same values give the same bytes of SVG.
    """
    page = page_of(compiled)
    written = []
    with mpl.rc_context(STYLE):
        for level, level_id in enumerate(compiled.level_ids):
            figure = _level_figure(compiled, level, page, values[level], theme, notes[level])
            written += save_figure(figure, folder, f"{compiled.name}_{level_id}_{theme.name}", formats)
    return written


def _level_figure(compiled: CompiledPlan, level: int, page: Page, values: np.ndarray, theme: Theme, note: str) -> Figure:
    rooms, access_points = compiled.rooms, compiled.access_points
    assert rooms is not None
    assert access_points is not None
    plan_in = float(page.high[1] - page.low[1]) * page.points_per_m / POINTS_PER_IN
    height_in = HEAD_IN + plan_in + LEGEND_IN
    figure = Figure(figsize=(page.width_in, height_in))
    FigureCanvasAgg(figure)
    inner = 1 - 2 * EDGE_IN / page.width_in
    axes = figure.add_axes((EDGE_IN / page.width_in, LEGEND_IN / height_in, inner, plan_in / height_in))
    _draw_rooms(axes, compiled, level)
    rows, columns = values.shape
    right, top = rooms.origin_x_m + columns * rooms.cell_m, rooms.origin_y_m + rows * rooms.cell_m
    axes.imshow(
        np.ma.masked_invalid(values), origin="lower", extent=(rooms.origin_x_m, right, rooms.origin_y_m, top), interpolation="nearest",
        cmap=theme.colours, norm=theme.norm(), zorder=3, aspect="equal",
    )  # fmt: skip
    _draw_access_points(axes, access_points, level)
    frame(axes, page.low, page.high)
    draw_scale_and_north(axes, page)
    _write_head(figure, compiled, level, theme, note)
    _draw_legend(figure, theme, access_points, level)
    return figure


def _draw_rooms(axes: Axes, compiled: CompiledPlan, level: int) -> None:
    """Draw the building below the cells and the walls of rooms above them."""
    if compiled.outline_rings:
        plan_marks.fill(axes, compiled.outline_rings[level], facecolor="#bdbab3", edgecolor=plan_marks.INK, linewidth=1.0, zorder=1)  # fmt: skip
    for polygon in compiled.walkable_rings[level]:
        plan_marks.fill(axes, polygon, facecolor=FLOOR, edgecolor="none", zorder=2)
        plan_marks.fill(axes, polygon, facecolor="none", edgecolor=plan_marks.INK, linewidth=0.9, zorder=5)
    for rings in compiled.structure_rings[level]:
        plan_marks.fill(axes, rings, facecolor=STRUCTURE, edgecolor=WALL, linewidth=0.5, zorder=4)
    for unit in np.flatnonzero(compiled.arrays.unit_level == level).tolist():
        plan_marks.fill(axes, compiled.unit_rings[unit], facecolor="none", edgecolor=WALL, linewidth=0.5, zorder=4)


def _draw_access_points(axes: Axes, access_points: AccessPoints, level: int) -> None:
    for _, low, high, mark in BANDS:
        here = (access_points.level == level) & (access_points.band_ghz >= low) & (access_points.band_ghz < high)
        axes.plot(
            access_points.x_m[here], access_points.y_m[here], linestyle="none", marker=mark, markersize=DOT_PT,
            color=plan_marks.INK, markeredgecolor="white", markeredgewidth=1.0, zorder=8,
        )  # fmt: skip


def _write_head(figure: Figure, compiled: CompiledPlan, level: int, theme: Theme, note: str) -> None:
    width_in, height_in = figure.get_size_inches()
    top = 1 - 0.42 / height_in
    title = f"{compiled.name.replace('_', ' ').title()} · {compiled.level_names[level]} · {theme.title}"
    figure.text(EDGE_IN / width_in, top, title, fontsize=18, fontweight="bold", va="center", color=plan_marks.INK)
    figure.text(EDGE_IN / width_in, top - 0.36 / height_in, note, fontsize=11, va="center", color="#55524d")


def _draw_legend(figure: Figure, theme: Theme, access_points: AccessPoints, level: int) -> None:
    width_in, height_in = figure.get_size_inches()
    bar_in = min(8.0, 0.55 * width_in)
    bar = figure.add_axes((EDGE_IN / width_in, 0.52 / height_in, bar_in / width_in, BAR_IN / height_in))
    drawn = figure.colorbar(
        ScalarMappable(theme.norm(), theme.colours), cax=bar, orientation="horizontal", extendfrac=0.06, ticks=theme.edges
    )
    drawn.set_label(theme.label, fontsize=10, color=plan_marks.INK)
    drawn.ax.tick_params(labelsize=9, length=3)
    drawn.outline.set_linewidth(0.4)
    axes = figure.add_axes(((EDGE_IN + bar_in + 0.5) / width_in, 0.3 / height_in, 1 - (2 * EDGE_IN + bar_in + 0.5) / width_in, 0.5 / height_in))  # fmt: skip
    axes.set_xlim(0, width_in - 2 * EDGE_IN - bar_in - 0.5)
    axes.set_ylim(0, 0.5)
    axes.set_axis_off()
    x_in = 0.1
    for name, low, high, mark in BANDS:
        count = int(((access_points.level == level) & (access_points.band_ghz >= low) & (access_points.band_ghz < high)).sum())
        if count:
            words = f"{count} access point{'s' * (count > 1)}, {name}"
            axes.plot(x_in, 0.3, marker=mark, markersize=DOT_PT + 1, color=plan_marks.INK, markeredgecolor="white")
            axes.text(x_in + 0.17, 0.3, words, fontsize=10, va="center", color=plan_marks.INK)
            x_in += 0.5 + 0.082 * len(words)
