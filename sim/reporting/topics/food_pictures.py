"""Pictures of restaurants: tables and the waiting list over the day, and what each restaurant earns by its guests."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN, BINS
from sim.reporting.figure_colours import MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import CLOCK, Span
from sim.reporting.picture import Picture

RESTAURANTS_LEAST = 5  # fewer make no cloud


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    minutes = BIN_MIN * (1 + np.arange(BINS))
    in_use, listed = np.asarray(curves["in_use"]), np.asarray(curves["listed"])
    fullest = int(in_use.argmax())
    found = [
        (
            Picture(
                "figures/food_tables.svg", "food", "Tables in use, and parties on the waiting list, every five minutes.",
                f"Line chart: of {curves['tables']:,} tables at most {in_use[fullest]:,} are in use, at {_clock(int(minutes[fullest]))}; "
                f"at most {listed.max():,} parties wait for one.",
            ),
            _tables(minutes, in_use, listed, curves["tables"], span),
        )
    ]  # fmt: skip
    lines = [line for line in curves["restaurants"] if line["covers"] > 0]
    if len(lines) >= RESTAURANTS_LEAST:
        losing = sum(line["profit_fen"] < 0 for line in lines)
        picture = Picture(
            "figures/food_profit.svg", "food", "Each restaurant's profit by its guests, both per seat.",
            f"Scatter chart of {len(lines)} restaurants: {losing} of them lose money; the one with most guests a seat has "
            f"{max(line['covers'] / line['seats'] for line in lines):.1f}.",
        )  # fmt: skip
        found.append((picture, _profits(lines)))
    return found


def _legend_above(axes: Axes) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2, handlelength=1.4, columnspacing=1.4)


def _hours_below(axes: Axes, span: Span) -> None:
    axes.set_xlim(span.start, span.end)
    axes.set_xticks(range(span.start, span.end + 1, 60 * max(1, round((span.end - span.start) / 60 / 7))))
    axes.xaxis.set_major_formatter(CLOCK)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _tables(minutes: np.ndarray, in_use: np.ndarray, listed: np.ndarray, tables: int, span: Span) -> str:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([0, *minutes], [0, *in_use], color=MAIN, linewidth=1.5, label="tables in use")
        axes.fill_between([0, *minutes], [0, *in_use], color=MAIN, alpha=0.12, linewidth=0)
        axes.plot([0, *minutes], [0, *listed], color=SECOND, linewidth=1.5, linestyle="dashed", label="parties on the list")
        axes.axhline(tables, color=MUTED, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.annotate("all tables", (span.start, tables), xytext=(3, 2), textcoords="offset points", color=MUTED, fontsize=7.5)
        axes.set_ylabel("tables, parties")
        _legend_above(axes)
        _hours_below(axes, span)
        axes.set_ylim(0, max(1.12 * tables, axes.get_ylim()[1]))

    return draw(5.2, 2.4, paint)


def _profits(lines: list[dict[str, Any]]) -> str:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for trade, color, marker in (("restaurant", MAIN, "o"), ("", SECOND, "^")):
            here = [line for line in lines if (line["trade"] == "restaurant") == bool(trade)]
            covers = [line["covers"] / line["seats"] for line in here]
            profit = [line["profit_fen"] / 100 / line["seats"] for line in here]
            label = "restaurants" if trade else "quick service"
            axes.scatter(covers, profit, s=16, color=color, marker=marker, alpha=0.75, linewidths=0, label=label)
        axes.axhline(0, color=MUTED, linewidth=0.8)
        axes.set_xlabel("guests a seat and day")
        axes.set_ylabel("profit a seat, yuan")
        axes.set_xlim(left=0)
        _legend_above(axes)

    return draw(5.2, 2.6, paint)
