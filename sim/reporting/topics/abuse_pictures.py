"""The picture of abuse: what each attack got, and what rules stopped of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above
from sim.reporting.picture import Picture

FEN = 100


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the picture and its SVG; none where nobody tried anything."""
    rows = [(one["name"], one["got_fen"] / FEN, sum(one["stopped_fen"].values()) / FEN) for one in curves["attacks"]]
    if not rows:
        return []

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        at = np.arange(len(rows))
        axes.barh(at - 0.2, [got for _, got, _ in rows], 0.36, color=MAIN, label="got")
        axes.barh(at + 0.2, [stopped for _, _, stopped in rows], 0.36, color=SECOND, label="stopped by rules")
        axes.set_yticks(at, [name for name, _, _ in rows])
        axes.invert_yaxis()
        axes.set_xlabel("yuan")
        _legend_above(axes, 2)

    caption = "What each kind of abuse got out of the programme, and what rules kept from it."
    alt = "Bar chart of abuse: " + ", ".join(f"{name} got ¥{got:,.0f}, {stopped:,.0f} stopped" for name, got, stopped in rows)
    return [(Picture("figures/abuse.svg", "abuse", caption, alt), draw(5.2, 1.2 + 0.4 * len(rows), paint))]
