"""Pictures of clearing: points taken and refused over the day, and what the treasury held."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN, BINS
from sim.reporting.figure_colours import INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above, _time_axis
from sim.reporting.picture import Picture

FEN_PER_YUAN = 100
MINUTES = [BIN_MIN * (bin_ + 1) for bin_ in range(BINS)]


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    found = []
    if np.any(curves["refused_fen"]):
        found.append(_refused(curves, span))
    if "treasury" in curves and np.any(curves["treasury"]["outstanding"]):
        found.append(_treasury(curves["treasury"], span))
    return found


def _refused(curves: dict[str, Any], span: Span) -> tuple[Picture, str]:
    taken, refused = (np.cumsum(curves[name]) / FEN_PER_YUAN for name in ("taken_fen", "refused_fen"))

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([0, *MINUTES], [0, *taken], color=MAIN, linewidth=1.4, label="taken")
        axes.plot([0, *MINUTES], [0, *refused], color=SECOND, linewidth=1.4, linestyle="dashed", label="refused")
        axes.set_ylabel("yuan since midnight")
        _legend_above(axes, 2)
        _time_axis(axes, span)

    caption = "Points that tills took, and points that members wanted to spend and could not, in yuan since midnight."
    alt = f"Two rising lines: ¥{taken[-1]:,.0f} of points taken, ¥{refused[-1]:,.0f} refused by the end of the day."
    return Picture("figures/points_refused.svg", "clearing", caption, alt), draw(5.2, 2.4, paint)


def _treasury(treasury: dict[str, Any], span: Span) -> tuple[Picture, str]:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for name, label, colour, stroke in (
            ("outstanding", "points outstanding", INK, "dotted"), ("cash", "cash", MAIN, "solid"), ("invested", "invested", MUTED, "dashed"),
        ):  # fmt: skip
            shown = np.asarray(treasury[name]) / FEN_PER_YUAN
            axes.plot(MINUTES, shown, color=colour, linestyle=stroke, linewidth=1.4, label=label)
        axes.set_ylabel("yuan")
        _legend_above(axes, 3)
        _time_axis(axes, span)

    caption = "What the treasury held in cash and investments, and the points outstanding at their face, every five minutes."
    alt = (
        f"Three lines over the day: cash ends at ¥{int(treasury['cash'][-1]) / FEN_PER_YUAN:,.0f}, investments at "
        f"{int(treasury['invested'][-1]) / FEN_PER_YUAN:,.0f}, points at {int(treasury['outstanding'][-1]) / FEN_PER_YUAN:,.0f}."
    )
    return Picture("figures/treasury.svg", "clearing", caption, alt), draw(5.2, 2.4, paint)
