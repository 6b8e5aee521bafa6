"""Pictures of referral."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above
from sim.reporting.picture import Picture

MOST = 12  # merchants shown


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    paid = np.array(curves["paid_fen"], np.int64)
    if not paid.any():
        return []
    best = np.argsort(-paid, kind="stable")[:MOST]
    best = best[paid[best] > 0][::-1]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = np.arange(best.size)
        axes.barh(places + 0.2, paid[best] / 100, 0.4, color=MAIN, label="came back to it")
        given = np.array(curves["points_centi"], np.int64)
        axes.barh(places - 0.2, given[best] / 100, 0.4, color=SECOND, label="points of its own sales")
        axes.set_yticks(places, [curves["units"][unit] for unit in best.tolist()])
        axes.set_xlabel("yuan; points at a yuan each")
        _legend_above(axes, 2)

    top = int(best[-1])
    caption = "What came back to merchants for members they had brought, against points that others got of their own sales."
    alt = f"Bar chart of the {best.size} merchants that got most; {curves['units'][top]} got ¥{paid[top] / 100:,.0f}."
    return [(Picture("figures/referral.svg", "referral", caption, alt), draw(5.2, 0.8 + 0.28 * best.size, paint))]
