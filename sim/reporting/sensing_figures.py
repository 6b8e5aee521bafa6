"""The charts and maps of what the mall's systems could know: error, truth beside estimate, reach of a push."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import HEAT_LABEL, HEAT_MAX, extent_of
from sim.reporting.plan_drawing import draw_level_map

PAGE_IN = 10.6
EDGES_M = (0, 2, 3, 4, 5, 7, 10, 15, 30)  # classes of the error map: finer where a decision turns on it
ERROR_MAP = "YlGnBu"  # pale is exact, dark is wrong: reads the same in grey
TELLING = ((0.5, "half within"), (0.75, "three in four within"), (0.95, "all but one in twenty within"))
_OUTLINE = re.compile(r' d="[^"]*"')
_CLIPPED = re.compile(r' clip-path="[^"]*"')
_NUMBER = re.compile(r"(\d+\.\d)\d+")


def error_curve(error_m: Sequence[float], share: Sequence[float]) -> str:
    """Draw which share of the fixes lies within which distance of the truth, with median, 75th and 95th percentile marked."""
    errors, shares = np.asarray(error_m, float), np.asarray(share, float)
    last_m = max(1.25 * float(np.interp(0.95, shares, errors)), 0.5)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot(errors, shares, color=MAIN, linewidth=1.6)
        for level, words in TELLING:
            at_m = float(np.interp(level, shares, errors))
            axes.plot([at_m, at_m], [0, level], color=SECOND, linewidth=0.8, linestyle=(0, (2, 2)))
            axes.plot(at_m, level, marker="o", markersize=4, color=SECOND)
            right = at_m < 0.55 * last_m
            axes.annotate(
                f"{words} {at_m:.1f} m", (at_m, level), xytext=(9 if right else -7, -13 if right else 6),
                textcoords="offset points", ha="left" if right else "right", color=INK,
            )  # fmt: skip
        axes.set(
            xlim=(0, last_m),
            ylim=(0, 1.08),
            xlabel="distance between where a phone was and where it was put, m",
            ylabel="fixes",
        )
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0])

    return draw(5.2, 2.8, paint)


def push_reach(radius_m: Sequence[float], precision: Sequence[float | None], recall: Sequence[float | None]) -> str:
    """Draw, by the radius of a push, which share of those it went to stood within it, and which share of those within it got it."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = np.arange(len(radius_m))
        for offset, values, color, label in (
            (-0.2, precision, MAIN, "of those addressed, truly within"),
            (0.2, recall, SECOND, "of those truly within, addressed"),
        ):
            heights = [value or 0.0 for value in values]
            axes.bar(places + offset, heights, width=0.36, color=color, label=label)
            for place, value in zip(places, values, strict=True):
                text = "–" if value is None else f"{100 * value:.0f}"
                axes.text(place + offset, (value or 0.0) + 0.02, text, ha="center", va="bottom", size=7.5, color=INK)
        axes.set_xticks(places, [f"{radius:g} m" for radius in radius_m])
        axes.set(xlabel="radius of a push around a store", ylabel="phones", ylim=(0, 1.12))
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0])
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2, handlelength=1.2, columnspacing=1.4)

    return draw(5.2, 2.8, paint)


def truth_beside_estimate(
    compiled: CompiledPlan, levels: Sequence[int], true_relative: np.ndarray, estimated_relative: np.ndarray
) -> str:
    """Draw a row of three maps for each level: the time that people spent on its zones, what positioning made of it, the difference.

    Both arrays are per zone of the plan, relative to the mall's mean.
    """
    difference = estimated_relative - true_relative
    reach = max(1.0, float(np.ceil(2 * np.nanquantile(np.abs(difference), 0.98)) / 2))
    heads = ("True", "As positioning saw it", "Difference: seen minus true")

    def paint(figure: Figure) -> None:
        grid = _panels(figure, compiled, levels, 3)
        for row, level in enumerate(levels):
            for column, values in enumerate((true_relative, estimated_relative, difference)):
                limits, colours = ((-reach, reach), "RdBu_r") if column == 2 else ((0.0, HEAT_MAX), "YlOrRd")
                draw_level_map(grid[row, column], compiled, level, zone_values=values, cmap=colours, limits=limits)
                _same_window(grid[row, column], compiled, levels, level)
                if row == 0:
                    grid[row, column].set_title(heads[column], size=9, color=INK)
            _name_level(grid[row, 0], compiled.level_names[level])
        heat, gap = ScalarMappable(Normalize(0.0, HEAT_MAX), "YlOrRd"), ScalarMappable(Normalize(-reach, reach), "RdBu_r")
        _bar(figure, heat, grid[:, :2], HEAT_LABEL)
        _bar(figure, gap, grid[:, 2:], "too little seen   –   too much seen")

    return _light(draw(PAGE_IN, _height_in(compiled, levels, 3), paint))


def error_map(compiled: CompiledPlan, levels: Sequence[int], zones_m: np.ndarray, stores_m: np.ndarray) -> str:
    """Draw the median error of phones in each zone and store, all levels on one scale; zones and stores without fixes stay plain."""
    columns = min(2, len(levels))
    norm = BoundaryNorm(EDGES_M, 256, extend="max")
    scale = ScalarMappable(norm, ERROR_MAP)

    def paint(figure: Figure) -> None:
        grid = _panels(figure, compiled, levels, columns)
        for axes in grid.flat:
            axes.set_axis_off()
        for axes, level in zip(grid.flat, levels, strict=False):
            draw_level_map(axes, compiled, level, zones_m, stores_m, cmap=ERROR_MAP, norm=norm)
            _same_window(axes, compiled, levels, level)
            axes.set_title(compiled.level_names[level], size=9, color=INK, loc="left")
        _bar(figure, scale, grid, "median error, m")

    return _light(draw(PAGE_IN, _height_in(compiled, levels, columns), paint))


def _panels(figure: Figure, compiled: CompiledPlan, levels: Sequence[int], columns: int) -> np.ndarray:
    heights = _row_heights_m(compiled, levels, columns)
    grid: np.ndarray = figure.subplots(len(heights), columns, squeeze=False, gridspec_kw={"height_ratios": heights})
    return grid


def _row_heights_m(compiled: CompiledPlan, levels: Sequence[int], columns: int) -> list[float]:
    """Return the height of each row of maps: three maps of one level, or as many levels as there are columns."""
    a_row = 1 if columns == 3 else columns
    heights = [_window(compiled, levels, level)[1] for level in levels]
    return [max(heights[first : first + a_row]) for first in range(0, len(levels), a_row)]


def _window(compiled: CompiledPlan, levels: Sequence[int], level: int) -> tuple[float, float]:
    """Return the middle and the height that a level's map shows, in metres."""
    (left, _), (right, _) = extent_of(compiled, levels)
    (_, bottom), (_, top) = extent_of(compiled, [level])
    return (bottom + top) / 2, max(top - bottom, 0.2 * (right - left))


def _same_window(axes: Axes, compiled: CompiledPlan, levels: Sequence[int], level: int) -> None:
    (left, _), (right, _) = extent_of(compiled, levels)
    middle, height = _window(compiled, levels, level)
    axes.set(xlim=(left, right), ylim=(middle - height / 2, middle + height / 2))


def _height_in(compiled: CompiledPlan, levels: Sequence[int], columns: int) -> float:
    (left, _), (right, _) = extent_of(compiled, levels)
    heights = _row_heights_m(compiled, levels, columns)
    return sum(heights) / (right - left) * PAGE_IN / columns + 0.25 * len(heights) + 0.9


def _name_level(axes: Axes, name: str) -> None:
    axes.text(-0.02, 0.5, name, transform=axes.transAxes, rotation=90, ha="right", va="center", size=9, color=INK)


def _bar(figure: Figure, scale: ScalarMappable, grid: np.ndarray, label: str) -> None:
    bar = figure.colorbar(scale, ax=grid.ravel().tolist(), location="bottom", shrink=0.6, aspect=40, pad=0.02, label=label)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=2, color=MUTED)
    if not isinstance(scale.norm, BoundaryNorm):
        bar.locator = MaxNLocator(6)
        bar.update_ticks()


def _light(svg: str) -> str:
    """Return a picture with coordinates to a tenth of a point and nothing clipped: many small maps then take half the room."""
    return _OUTLINE.sub(lambda found: _NUMBER.sub(r"\1", found.group().replace("\n", "")), _CLIPPED.sub("", svg))
