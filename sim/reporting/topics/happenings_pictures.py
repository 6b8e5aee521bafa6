"""The picture of happenings: how many people are at events in the hall."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _line, _time_axis
from sim.reporting.picture import Picture


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the picture and its SVG, nothing where nobody was at an event; `curves` are those of the topic."""
    there = curves["there"]
    if not np.any(there):
        return []

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        _line(axes, [BIN_MIN * (bin_ + 1) for bin_ in range(len(there))], there)
        axes.set_ylabel("people")
        _time_axis(axes, span)

    caption = "People at events in the hall, every five minutes."
    alt = f"Line chart of people at events over the day; at most {int(np.max(there)):,} at the end of five minutes."
    return [(Picture("figures/happenings.svg", "happenings", caption, alt), draw(5.2, 2.4, paint))]
