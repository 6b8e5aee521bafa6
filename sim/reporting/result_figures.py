"""The figures that results in Python give: a run's day by the hour, a comparison's differences with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import GalleriaError, Problem
from sim.reporting.figure_colours import INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import STYLE
from sim.reporting.figures import CLOCK
from sim.reporting.kpi_catalogue import BY_NAME

FEN_PER_YUAN = 100
ROW_IN = 0.19  # height of a row of the forest
FOREST_SHARE_MAX = (
    0.5  # of the baseline's mean: longer intervals end at the edge, so that one wild KPI does not flatten the others
)


def run_figure(name: str, curves: Mapping[str, Any]) -> Figure:
    """Return a figure of a run by its name; raises GalleriaError for one that there is not."""
    return _painted(name, {"hours": _hours, "inside": _inside}, curves, (7.0, 2.6))


def comparison_figure(name: str, rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Return a figure of an arm's rows of comparison.json by its name; raises GalleriaError for one that there is not."""
    known = [row for row in rows if row["ci_low"] is not None and row["baseline_mean"]]
    return _painted(name, {"forest": _forest}, known, (7.0, 0.9 + ROW_IN * max(1, len(known))))


def _painted(name: str, by_name: Mapping[str, Callable[[Axes, Any], None]], data: Any, size_in: tuple[float, float]) -> Figure:
    if name not in by_name:
        raise GalleriaError.of("figures", [Problem("figure", repr(name), f"one of {', '.join(by_name)}", "name one of them")])
    settings: Any = {**STYLE, "figure.facecolor": "white"}
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=size_in, layout="constrained")
        by_name[name](figure.subplots(), data)
    return figure


def _hours(axes: Axes, curves: Mapping[str, Any]) -> None:
    """Visits that come, and sales, by hour."""
    visits, fen = np.array(curves["arrivals_visits"], float), np.array(curves["sales_fen"], float)
    busy = np.flatnonzero((visits > 0) | (fen > 0))
    hours = np.arange(busy[0], busy[-1] + 1) if busy.size else np.arange(0)
    axes.bar(hours - 0.2, visits[hours], 0.38, color=MAIN, label="visits that come")
    axes.set_ylabel("visits an hour")
    beside = axes.twinx()
    beside.bar(hours + 0.2, fen[hours] / FEN_PER_YUAN, 0.38, color=SECOND, label="sales")
    beside.set_ylabel("yuan an hour")
    axes.set_xlabel("hour of the day")
    axes.figure.legend(loc="outside upper right", ncols=2)


def _inside(axes: Axes, curves: Mapping[str, Any]) -> None:
    """How many people are inside, every five minutes."""
    axes.plot(curves["minutes"], curves["people_inside"], color=MAIN)
    axes.xaxis.set_major_formatter(CLOCK)
    axes.set_ylabel("people inside")


def _forest(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    """Differences as a share of the baseline's mean, with 95 % intervals; pale: no more than chance, all corrected for their number."""
    for place, row in enumerate(rows):
        scale = abs(row["baseline_mean"])
        low, middle, high = (
            min(max(row[end] / scale, -FOREST_SHARE_MAX), FOREST_SHARE_MAX) for end in ("ci_low", "difference_mean", "ci_high")
        )
        colour = INK if row["verdict"] in ("higher", "lower") else MUTED
        axes.plot([low, high], [place, place], color=colour, linewidth=1.5)
        axes.plot([middle], [place], "o", color=colour, markersize=3.5)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.set_yticks(range(len(rows)), [BY_NAME[row["name"]].label if row["name"] in BY_NAME else row["name"] for row in rows])
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:+.0%}")
    axes.set_xlabel("difference, as a share of the baseline's mean")
