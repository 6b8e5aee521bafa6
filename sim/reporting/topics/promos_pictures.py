"""Pictures of messages and offers."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span
from sim.reporting.picture import Picture

MOST = 6  # policies shown


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    funnel, steps = np.asarray(curves["funnel"], np.int64), curves["steps"]
    shown = [index for index in np.argsort(-funnel.sum(axis=1), kind="stable").tolist() if funnel[index].any()][:MOST]

    def paint(figure: Figure) -> None:
        all_axes = np.atleast_1d(figure.subplots(len(shown), 1, sharex=True))
        for axes, index in zip(all_axes, shown, strict=True):
            places = np.arange(len(steps))[::-1]
            axes.barh(places, funnel[index], 0.7, color=[MAIN, MAIN, MAIN, SECOND, SECOND])
            for place, count in zip(places.tolist(), funnel[index].tolist(), strict=True):
                axes.annotate(f"{count:,}", (count, place), (4, 0), textcoords="offset points", va="center", fontsize=7.5)
            axes.set_yticks(places, steps)
            axes.set_title(curves["policies"][index], loc="left", fontsize=8)
            axes.grid(visible=False, axis="y")
            axes.set_xlim(0, 1.15 * max(1, int(funnel[shown].max())))
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        all_axes[-1].set_xlabel("messages; offers taken and used")

    said = "; ".join(
        f"{curves['policies'][index]}: "
        + ", ".join(f"{count:,} {step}" for step, count in zip(steps, funnel[index].tolist(), strict=True))
        for index in shown
    )
    caption = "What became of messages and offers, by policy: sent, come through, opened (blue), taken, used (orange). One scale for all."
    return [
        (
            Picture("figures/promos.svg", "promos", caption, f"Bar charts by policy. {said}."),
            draw(5.2, 0.5 + 1.5 * len(shown), paint),
        )
    ]
