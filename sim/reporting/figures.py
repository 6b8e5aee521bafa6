"""The single charts and maps of a run, each as the text of an SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN
from sim.reporting.figure_colours import INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.plan_drawing import draw_level_map
from sim.units import US_PER_MIN

_THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.10g}")
CLOCK = FuncFormatter(lambda minutes, _: f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}")
HEAT_MAX = 4.0  # zones with more than this many times the mall's mean look alike, else one door would bleach the whole map
HEAT_LABEL = "times the mall's mean"
MAP_WIDTH_IN, MAP_HEIGHT_IN_MAX = 9.6, 7.5
MAP_FLATTEST = 0.16  # height / width of the flattest map, which still has room for its scale
NAME_PT = 5.5


@dataclass(frozen=True)
class Span:
    """The part of the day that pictures show, and the mall's hours, in minutes after midnight."""

    start: int
    end: int
    opens: int
    closes: int


def span_of(curves: dict[str, Any], opens_us: int, closes_us: int) -> Span:
    """Return the hours in which something happened, the opening hours included, in whole hours."""
    opens, closes = opens_us // US_PER_MIN, closes_us // US_PER_MIN
    busy = np.flatnonzero(np.asarray(curves["people_inside"])) * BIN_MIN
    start = min(opens, int(busy[0]) if busy.size else opens)
    end = max(closes, int(busy[-1]) + BIN_MIN if busy.size else closes)
    return Span(start // 60 * 60, -(-end // 60) * 60, opens, closes)


def _time_axis(axes: Axes, span: Span) -> None:
    axes.set_xlim(span.start, span.end)
    step = 60 * max(1, round((span.end - span.start) / 60 / 7))
    axes.set_xticks(range(span.start, span.end + 1, step))
    axes.xaxis.set_major_formatter(CLOCK)
    axes.yaxis.set_major_formatter(_THOUSANDS)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_ylim(bottom=0)
    for minute in (span.opens, span.closes):
        axes.axvline(minute, color=MUTED, linewidth=0.7, linestyle=(0, (2, 3)))


def _legend_above(axes: Axes, columns: int) -> None:
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, borderaxespad=0.2, handlelength=1.2, columnspacing=1.4
    )


def _hours(values: Sequence[float | None], span: Span) -> tuple[np.ndarray, np.ndarray]:
    hours = np.arange(span.start // 60, min(span.end // 60, len(values)))
    return hours * 60, np.array([values[hour] or 0 for hour in hours.tolist()], float)


def _line(axes: Axes, minutes: Sequence[int], values: Sequence[float], color: str = MAIN, label: str | None = None) -> None:
    axes.plot([0, *minutes], [0, *values], color=color, linewidth=1.5, label=label)
    axes.fill_between([0, *minutes], [0, *values], color=color, alpha=0.12, linewidth=0)


def inside(curves: dict[str, Any], span: Span) -> str:
    """Draw how many people are inside, every five minutes."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        _line(axes, curves["minutes"], curves["people_inside"])
        axes.set_ylabel("people inside")
        _time_axis(axes, span)

    return draw(5.2, 2.4, paint)


def comings(curves: dict[str, Any], span: Span) -> str:
    """Draw people arriving and leaving in each hour."""
    return _pairs(curves, span, ("arrivals_people", "arrive"), ("departures_people", "leave"), "people an hour")


def trade(curves: dict[str, Any], span: Span) -> str:
    """Draw store entries and purchases in each hour."""
    return _pairs(curves, span, ("store_entries", "enter a store"), ("purchases", "buy"), "parties an hour")


def _pairs(curves: dict[str, Any], span: Span, first: tuple[str, str], second: tuple[str, str], unit: str) -> str:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for offset, color, (key, label) in ((4, MAIN, first), (31, SECOND, second)):
            minutes, people = _hours(curves[key], span)
            axes.bar(minutes + offset, people, width=25, align="edge", color=color, label=label)
        axes.set_ylabel(unit)
        _legend_above(axes, 2)
        _time_axis(axes, span)

    return draw(5.2, 2.4, paint)


def sales(curves: dict[str, Any], span: Span) -> str:
    """Draw sales in each hour, in thousands of yuan."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        minutes, fen = _hours(curves["sales_fen"], span)
        axes.bar(minutes + 5, fen / 100_000, width=50, align="edge", color=MAIN)
        axes.set_ylabel("sales, thousand yuan an hour")
        _time_axis(axes, span)

    return draw(5.2, 2.4, paint)


def parking(curves: dict[str, Any], span: Span) -> str:
    """Draw the parked cars of every car park as a share of its bays, every five minutes."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        colors, strokes = (MAIN, SECOND, MUTED, INK), ("solid", "dashed", "dotted")
        for index, (name, park) in enumerate(curves["parking"].items()):
            percent = 100 * np.asarray(park["cars"], float) / max(park["bays"], 1)
            label = f"{name} ({park['bays']:,} bays)"
            axes.plot(
                [0, *curves["minutes"]],
                [0, *percent],
                color=colors[index % 4],
                linestyle=strokes[index // 4 % 3],
                linewidth=1.5,
                label=label,
            )
        axes.axhline(100, color=SECOND, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.set_ylabel("cars parked, % of bays")
        _legend_above(axes, 3)
        _time_axis(axes, span)
        axes.set_ylim(0, max(105.0, axes.get_ylim()[1]))

    return draw(5.2, 2.4, paint)


def waiting(curve: dict[str, Any], minutes: Sequence[int], span: Span) -> str:
    """Draw how many parties stand in line at once, every five minutes."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        _line(axes, minutes, curve["waiting"])
        axes.set_ylabel("parties waiting")
        _time_axis(axes, span)

    return draw(5.2, 2.2, paint)


def wait_by_hour(curve: dict[str, Any], span: Span) -> str:
    """Draw the mean wait and the wait that one in twenty exceeds, by the hour of joining."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        minutes, high = _hours(curve["wait_s_p95"], span)
        _, mean = _hours(curve["wait_s_mean"], span)
        axes.bar(minutes + 5, high / 60, width=50, align="edge", color=MAIN, alpha=0.25, label="one in twenty waits longer")
        axes.bar(minutes + 15, mean / 60, width=30, align="edge", color=MAIN, label="mean")
        axes.set_ylabel("wait, min")
        _legend_above(axes, 2)
        _time_axis(axes, span)

    return draw(5.2, 2.2, paint)


def wait_histogram(curve: dict[str, Any]) -> str:
    """Draw how many waits above zero fall into each class; the edges are named, since classes grow wider with the wait."""
    names = [_edge_name(edge_s) for edge_s in curve["histogram_edges_s"]]
    counts = list(curve["histogram"])
    last = max((index for index, count in enumerate(counts) if count), default=0) + 1

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar([index + 0.04 for index in range(last)], counts[:last], width=0.92, align="edge", color=MAIN)
        shown = names[: last + 1]  # the last class has no upper edge
        axes.set_xticks(range(len(shown)), shown, fontsize=7.5)
        axes.yaxis.set_major_formatter(_THOUSANDS)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.set_ylabel("waits")
        axes.set_xlabel("wait, between these edges: classes grow wider to the right")

    return draw(5.2, 2.2, paint)


def _edge_name(edge_s: int) -> str:
    return f"{edge_s}\ns" if edge_s < 60 else f"{edge_s / 60:g}\nmin"


def level_map(compiled: CompiledPlan, level: int, zone_values: np.ndarray) -> str:
    """Draw a level with its zones coloured by how much time people spent there, relative to the mall's mean.

    All levels of a mall have one scale and show the same stretch from left to right.
    """
    mall, here = extent_of(compiled, range(len(compiled.level_ids))), extent_of(compiled, [level])
    width = mall[1][0] - mall[0][0]
    middle, height = (here[0][1] + here[1][1]) / 2, max(here[1][1] - here[0][1], MAP_FLATTEST * width)
    points_per_m = min(MAP_WIDTH_IN * 72 / width, MAP_HEIGHT_IN_MAX * 72 / (mall[1][1] - mall[0][1]))

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        draw_level_map(axes, compiled, level, zone_values=zone_values, cmap="YlOrRd", label=HEAT_LABEL, limits=(0.0, HEAT_MAX))
        axes.set(xlim=(mall[0][0], mall[1][0]), ylim=(middle - height / 2, middle + height / 2))
        _name_units(axes, compiled, level, points_per_m)

    return draw(MAP_WIDTH_IN + 1, height * points_per_m / 72 + 0.1, paint)


def extent_of(compiled: CompiledPlan, levels: Iterable[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower left and the upper right corner of what stands on some levels, with a margin."""
    rings = []
    for level in levels:
        polygons = [*compiled.walkable_rings[level], *compiled.structure_rings[level]]
        polygons += [compiled.unit_rings[unit] for unit in np.flatnonzero(compiled.arrays.unit_level == level)]
        rings += [ring for polygon in polygons for ring in polygon]
    corners = np.concatenate(rings) if rings else np.array([[0.0, 0.0], [10.0, 10.0]])
    return corners.min(axis=0) - 2.0, corners.max(axis=0) + 2.0


def _name_units(axes: Axes, compiled: CompiledPlan, level: int, points_per_m: float) -> None:
    """Write the names that lie within their units, so that a reader recognises the place."""
    for unit in np.flatnonzero(compiled.arrays.unit_level == level).tolist():
        name, outer = compiled.tenant_names[unit], Outline(compiled.unit_rings[unit][0])
        x_m, y_m = float(compiled.arrays.unit_x_m[unit]), float(compiled.arrays.unit_y_m[unit])
        # 0.58 em a letter on average, a whole em for each character of the scripts beyond.
        em = sum(0.58 if character < "\u2e80" else 1.0 for character in name)
        half_width, half_height = em * NAME_PT / points_per_m / 2, NAME_PT / points_per_m / 2
        box = [(x_m + half_width * side, y_m + half_height * up) for side in (-1, 0, 1) for up in (-1, 1)]
        if outer.contains_points(box).all():
            axes.text(x_m, y_m, name, size=NAME_PT, ha="center", va="center", color=INK, zorder=6)
