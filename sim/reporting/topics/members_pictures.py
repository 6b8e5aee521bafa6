"""Pictures of what members buy."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span
from sim.reporting.picture import Picture
from sim.reporting.topics.members import lifts_of


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    lifts = lifts_of(curves)
    known = np.flatnonzero(np.isfinite(lifts).any(axis=0))
    if known.size < 2:
        return []
    names = [str(curves["trades"][trade]).replace("_", " ") for trade in known]
    shown = lifts[np.ix_(known, known)]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        drawn = axes.imshow(shown, cmap="RdBu", vmin=0, vmax=2)
        axes.set_xticks(range(known.size), names, rotation=60, ha="right", fontsize=7)
        axes.set_yticks(range(known.size), names, fontsize=7)
        figure.colorbar(drawn, ax=axes, label="times as likely")

    caption = "How much likelier members who bought in one trade were to buy in another on the same visit; white squares mean chance, empty ones too few visits to tell."
    alt = f"Matrix of {known.size} trades by {known.size}; lifts from {np.nanmin(shown):.1f} to {np.nanmax(shown):.1f}."
    return [(Picture("figures/trades_together.svg", "members", caption, alt), draw(5.2, 4.2, paint))]
