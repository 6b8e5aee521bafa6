"""Pictures of what is ordered online."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import INK, MAIN, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above
from sim.reporting.picture import Picture

_SCENES = ("at home", "on the way", "in a line", "the night before")
_WAYS = (("collected", MAIN), ("delivered", SECOND), ("gift", INK))


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    orders = np.array(curves["by_channel"], np.int64)
    if not orders.any():
        return []

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        left = np.zeros(orders.shape[0], np.int64)
        for way, (label, colour) in enumerate(_WAYS):
            axes.barh(np.arange(orders.shape[0]), orders[:, way], 0.6, left=left, color=colour, label=label)
            left += orders[:, way]
        axes.set_yticks(np.arange(orders.shape[0]), _SCENES)
        axes.set_xlabel("orders")
        _legend_above(axes, 3)

    most = int(orders.sum(axis=1).argmax())
    caption = "Orders placed online, by where they were thought of and how they get to their owners."
    alt = f"Bar chart of {int(orders.sum()):,} orders by scene; most were made {_SCENES[most]}."
    return [(Picture("figures/online_channels.svg", "online", caption, alt), draw(5.2, 2.2, paint))]
