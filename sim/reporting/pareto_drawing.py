"""Draws arms by two KPIs at a time, as differences from the first arm with their intervals; the better corner is the upper right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.reporting.figure_colours import GRID, INK, MAIN, MUTED
from sim.reporting.figure_style import draw

PANELS_MAX = 6
NAME_SIGNS = 34
_THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.10g}")


def draw_fronts(told: Mapping[str, Any]) -> str:
    """Return the SVG of a front as pareto.json tells of it: one panel for each pair of KPIs, six at most."""
    pairs = list(combinations(range(len(told["kpis"])), 2))[:PANELS_MAX]
    columns = min(2, len(pairs))
    rows = math.ceil(len(pairs) / columns)

    def paint(figure: Figure) -> None:
        panels = figure.subplots(rows, columns, squeeze=False)
        for place, axes in enumerate(panels.flat):
            if place < len(pairs):
                _panel(axes, told, *pairs[place])
            else:
                axes.set_visible(False)

    return draw(5.6 * columns + (1.2 if columns == 1 else 0), 4.2 * rows, paint)


def _panel(axes: Axes, told: Mapping[str, Any], across: int, up: int) -> None:
    axes.grid(True, axis="x", color=GRID, linewidth=0.6)
    axes.axhline(0, color=MUTED, linewidth=0.7)
    axes.axvline(0, color=MUTED, linewidth=0.7)
    for entry in told["arms"]:
        x, y = entry["kpis"][across], entry["kpis"][up]
        is_open = entry["verdict"] != "dominated"
        color = MAIN if is_open else MUTED
        axes.errorbar(
            x["difference_mean"], y["difference_mean"],
            xerr=[[x["difference_mean"] - x["ci_low"]], [x["ci_high"] - x["difference_mean"]]],
            yerr=[[y["difference_mean"] - y["ci_low"]], [y["ci_high"] - y["difference_mean"]]],
            fmt="o", markersize=5, color=color, markerfacecolor=color if is_open else "none", elinewidth=0.8, alpha=1.0 if is_open else 0.8,
        )  # fmt: skip
        name = entry["arm"] if len(entry["arm"]) <= NAME_SIGNS else entry["arm"][: NAME_SIGNS - 3] + "..."
        axes.annotate(
            name, (x["difference_mean"], y["difference_mean"]), xytext=(5, 4), textcoords="offset points", size=7,
            color=INK if is_open else MUTED,
        )  # fmt: skip
    for index, axis, invert, label in (
        (across, axes.xaxis, axes.invert_xaxis, axes.set_xlabel),
        (up, axes.yaxis, axes.invert_yaxis, axes.set_ylabel),
    ):
        kpi = told["kpis"][index]
        axis.set_major_formatter(_THOUSANDS)
        axis.set_major_locator(MaxNLocator(5))
        label(f"{kpi['name']}, {kpi['unit']}, less that of {told['baseline']!r}\n({kpi['better']} is better)")
        if kpi["better"] == "lower":
            invert()
    axes.margins(0.12)
