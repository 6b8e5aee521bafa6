"""Pictures of what went on in shoppers."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above, _time_axis
from sim.reporting.picture import Picture

VISITS_MIN = 10  # of an hour, for a mean to be drawn


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    return [_distribution(np.asarray(curves["visits_by_satisfaction"])), _by_hour(curves, span)]


def _distribution(visits: np.ndarray) -> tuple[Picture, str]:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        width = 1.0 / visits.size
        axes.bar(width * (np.arange(visits.size) + 0.5), visits, width=0.9 * width, color=MAIN)
        axes.set_xlabel("satisfaction")
        axes.set_ylabel("visits")
        axes.set_xlim(0, 1)

    most = int(np.argmax(visits))
    caption = "Visits by what they were worth to those who made them, from 0 to 1."
    alt = f"Histogram of satisfaction; most visits lie between {most / visits.size:.2f} and {(most + 1) / visits.size:.2f}."
    return Picture("figures/satisfaction.svg", "minds", caption, alt), draw(5.2, 2.4, paint)


def _by_hour(curves: dict[str, Any], span: Span) -> tuple[Picture, str]:
    visits = np.asarray(curves["hour_visits"])
    hours = np.flatnonzero(visits >= VISITS_MIN)
    mood = np.asarray(curves["hour_thousandths"])[hours] / np.maximum(visits[hours], 1) / 1000
    effort_km = np.asarray(curves["hour_effort_m"])[hours] / np.maximum(visits[hours], 1) / 1000
    minutes = 60 * hours + 30

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot(minutes, mood, color=MAIN, marker="o", markersize=3, linewidth=1.3, label="satisfaction")
        axes.plot(minutes, effort_km, color=SECOND, marker="s", markersize=3, linewidth=1.3, label="effort, km walked")
        axes.set_ylabel("mean of visits that ended")
        _legend_above(axes, 2)
        _time_axis(axes, span)
        axes.set_ylim(0, max(1.0, axes.get_ylim()[1]))

    caption = "Mean satisfaction and effort not rested off, of the visits that ended in each hour."
    ends = f"from {mood.min():.2f} to {mood.max():.2f}" if mood.size else "unknown"
    alt = f"Line chart by hour; mean satisfaction lies {ends}."
    return Picture("figures/minds_by_hour.svg", "minds", caption, alt), draw(5.2, 2.4, paint)
