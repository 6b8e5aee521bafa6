"""Pictures of lines, displays and tickets."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above, _time_axis
from sim.reporting.picture import Picture


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    found = []
    if sum(curves.get("judged", [])):
        shown = Picture(
            "figures/lines_shown.svg", "lines", "Waits shown at tables and waits had, by the half hour of coming to the line",
            "Curves of the mean wait shown and the mean wait had over the day, and of the parties waiting for tables.",
        )  # fmt: skip
        errors = Picture(
            "figures/lines_errors.svg", "lines", "How wrong the waits shown were",
            "Histogram of the wait shown less the wait had, in minutes.",
        )  # fmt: skip
        found += [(shown, _shown(curves, span)), (errors, _errors(curves))]
    if sum(curves.get("ticket_waits", [])):
        tickets = Picture(
            "figures/lines_tickets.svg", "lines", "Parties with a ticket: time in line, and time since drawing it",
            "Histogram of the time that parties with a ticket stood in line and of the time from drawing it to sitting down.",
        )  # fmt: skip
        found.append((tickets, _tickets(curves)))
    if not found:
        meals = Picture(
            "figures/lines_meals.svg", "lines", "Parties that sat down to a meal, in each half hour",
            "Bars of the parties seated in each half hour of the day.",
        )  # fmt: skip
        found.append((meals, _meals(curves, span)))
    return found


def _shown(curves: dict[str, Any], span: Span) -> str:
    judged = np.array(curves["judged"]) > 0
    minutes = np.array(curves["half_hours"])[judged] + 15

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        waiting = axes.twinx()
        waiting.fill_between([0, *curves["minutes"]], [0, *curves["waiting"]], color=MUTED, alpha=0.18, linewidth=0)
        waiting.set_ylabel("parties waiting for a table (grey)")
        waiting.set_ylim(bottom=0)
        waiting.grid(visible=False)
        waiting.spines["right"].set_visible(False)
        axes.set_zorder(waiting.get_zorder() + 1)
        for key, color, label in (("shown_min", MAIN, "wait shown"), ("realised_min", SECOND, "wait had")):
            axes.plot(
                minutes, np.array(curves[key])[judged], color=color, linewidth=1.5, marker="o", markersize=2.5, label=label
            )
        axes.set_ylabel("mean wait, min")
        _legend_above(axes, 2)
        _time_axis(axes, span)

    return draw(5.2, 2.4, paint)


def _errors(curves: dict[str, Any]) -> str:
    edges = curves["error_edges_min"]
    names = [f"< {edges[0]}", *(f"{low} to {high}" for low, high in zip(edges, edges[1:], strict=False)), f"> {edges[-1]}"]
    right = edges.index(-2) + 1

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        colors = [MAIN if index == right else SECOND if index < right else MUTED for index in range(len(names))]
        axes.bar(range(len(names)), curves["errors"], width=0.86, color=colors)
        axes.set_xticks(range(len(names)), names, fontsize=6.5, rotation=40, ha="right")
        axes.set_ylabel("parties seated")
        axes.set_xlabel("wait shown less wait had, min (left: promised too little)")

    return draw(5.2, 2.6, paint)


def _tickets(curves: dict[str, Any]) -> str:
    edges = curves["wait_edges_min"]
    names = [f"< {edges[0]}", *(f"{low}-{high}" for low, high in zip(edges, edges[1:], strict=False)), f"> {edges[-1]}"]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = np.arange(len(names))
        axes.bar(places - 0.21, curves["ticket_waits"], width=0.4, color=MAIN, label="stood in line")
        axes.bar(places + 0.21, curves["ticket_totals"], width=0.4, color=SECOND, label="since drawing the ticket")
        axes.set_xticks(places, names, fontsize=7.5)
        axes.set_xlabel("minutes")
        axes.set_ylabel("parties seated")
        _legend_above(axes, 2)

    return draw(5.2, 2.4, paint)


def _meals(curves: dict[str, Any], span: Span) -> str:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar(np.array(curves["half_hours"]) + 2, curves["meal_starts"], width=26, align="edge", color=MAIN)
        axes.set_ylabel("meals begun in half an hour")
        _time_axis(axes, span)

    return draw(5.2, 2.4, paint)
