"""Pictures of the alliance."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, MUTED
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above
from sim.reporting.picture import Picture


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the picture of who is in by trade, and its SVG; `curves` are those of the topic."""
    tenants, tenants_in = np.array(curves["tenants"]), np.array(curves["tenants_in"])

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        rows = np.arange(tenants.size)
        axes.barh(rows, tenants, color=MUTED, height=0.7, label="tenants")
        axes.barh(rows, tenants_in, color=MAIN, height=0.7, label="in the alliance")
        axes.set_yticks(rows, curves["trades"])
        axes.invert_yaxis()
        axes.set_xlabel("tenants")
        _legend_above(axes, 2)

    caption = "Tenants of each trade, and how many of them are in the alliance."
    alt = f"Bars of {tenants.size} trades: {int(tenants_in.sum())} of {int(tenants.sum())} tenants are in the alliance."
    return [(Picture("figures/alliance.svg", "alliance", caption, alt), draw(5.2, 3.2, paint))]
