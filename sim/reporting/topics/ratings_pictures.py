"""Pictures of ratings."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above
from sim.reporting.picture import Picture


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the picture of shown against deserved stars and its SVG; `curves` are those of the topic."""
    shown, deserved, buys = np.array(curves["shown"]), np.array(curves["deserved"]), np.array(curves["buys"], bool)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        low = float(np.floor(min(shown.min(), deserved.min()) * 2) / 2)
        axes.plot([low, 5], [low, 5], color=MUTED, linewidth=0.8, linestyle=(0, (2, 3)))
        axes.plot(deserved[~buys], shown[~buys], "o", markersize=3.5, color=MAIN, label="honest")
        if buys.any():
            axes.plot(deserved[buys], shown[buys], "^", markersize=4.5, color=SECOND, label="buys ratings")
            _legend_above(axes, 2)
        axes.set_xlabel("stars deserved")
        axes.set_ylabel("stars shown")

    caption = "What the app shows of each tenant against what it deserves; on the line both are the same."
    alt = (
        f"Scatter of {shown.size} tenants: shown stars from {shown.min():.1f} to {shown.max():.1f}, deserved from {deserved.min():.1f} to "
        f"{deserved.max():.1f}; {int(buys.sum())} of them buy ratings."
    )
    return [(Picture("figures/ratings.svg", "ratings", caption, alt), draw(5.2, 3.2, paint))]
