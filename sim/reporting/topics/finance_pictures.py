"""Pictures of the accounts of the programme."""

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
    """Return the pictures and their SVG; `curves` are those of the topic. A month alone needs none."""
    months = curves["months"]
    if len(months) < 2:
        return []
    series = (
        ("liability_cost_fen", "at cost", MAIN),
        ("liability_fair_fen", "at fair value", SECOND),
        ("deferred_fen", "deferred revenue", MUTED),
    )

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = np.arange(len(months))
        for name, label, colour in series:
            axes.plot(
                places, [row[name] / 1e5 for row in months], color=colour, marker="o", markersize=3, linewidth=1.3, label=label
            )
        axes.set_xticks(places, [row["month"] for row in months], rotation=45)
        axes.set_ylabel("thousand yuan")
        axes.set_ylim(0, None)
        _legend_above(axes, 3)

    last = months[-1]
    caption = "What points that are out cost at the end of each month, and the revenue deferred for them."
    alt = f"Line chart over {len(months)} months; at the end ¥{last['liability_cost_fen'] / 100:,.0f} at cost."
    return [(Picture("figures/finance.svg", "finance", caption, alt), draw(5.2, 2.4, paint))]
