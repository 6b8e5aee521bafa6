"""The picture of programmes outside: points that came and went, by programme."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above
from sim.reporting.picture import Picture

CENTI = 100


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the picture and its SVG; none where nothing was exchanged."""
    rows = [one for one in curves["programmes"] if one["out_centi"] or one["in_centi"]]
    if not rows:
        return []

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        at = np.arange(len(rows))
        axes.barh(at - 0.2, [one["in_centi"] / CENTI for one in rows], 0.36, color=MAIN, label="points got for units")
        axes.barh(at + 0.2, [one["out_centi"] / CENTI for one in rows], 0.36, color=SECOND, label="points given for units")
        axes.set_yticks(at, [one["name"] for one in rows])
        axes.invert_yaxis()
        axes.set_xlabel("points")
        _legend_above(axes, 2)

    caption = "Points that members got for units of programmes outside, and gave for them."
    alt = "Bar chart of points exchanged with programmes outside, in and out: " + ", ".join(
        f"{one['name']} {one['in_centi'] / CENTI:,.0f} in, {one['out_centi'] / CENTI:,.0f} out" for one in rows
    )
    return [(Picture("figures/partners_points.svg", "partners", caption, alt), draw(5.2, 1.2 + 0.4 * len(rows), paint))]
