"""Pictures of desks and bags."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN
from sim.reporting.figure_colours import INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above, _line, _time_axis
from sim.reporting.picture import Picture

_COLOURS = {"parcel": MAIN, "playground": SECOND, "lounge": MUTED, "car_wash": INK, "information": SECOND}
_STROKES = {"car_wash": "dashed", "information": "dotted"}


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    minutes = [BIN_MIN * (bin_ + 1) for bin_ in range(len(next(iter(curves["waiting"].values()))))]
    found = [_lines(curves["waiting"], minutes, span)]
    if curves["bags_held"] is not None and np.any(curves["bags_held"]):
        found.append(_held(curves["bags_held"], minutes, span))
    return found


def _lines(waiting: dict[str, Any], minutes: list[int], span: Span) -> tuple[Picture, str]:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for kind, parties in waiting.items():
            axes.step(
                [0, *minutes],
                [0, *parties],
                where="post",
                color=_COLOURS[kind],
                linestyle=_STROKES.get(kind, "solid"),
                linewidth=1.3,
                label=kind.replace("_", " "),
            )
        axes.set_ylabel("parties in line")
        _legend_above(axes, 3)
        _time_axis(axes, span)
        axes.set_ylim(0, max(2.0, axes.get_ylim()[1]))

    longest = max(int(np.max(parties)) for parties in waiting.values())
    caption = "Parties in line at desks and lounges, every five minutes."
    alt = f"Line chart of parties in line at {', '.join(kind.replace('_', ' ') for kind in waiting)}; the longest line is {longest}."
    return Picture("figures/desk_lines.svg", "desks", caption, alt), draw(5.2, 2.4, paint)


def _held(held: Any, minutes: list[int], span: Span) -> tuple[Picture, str]:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        _line(axes, minutes, held)
        axes.set_ylabel("bags")
        _time_axis(axes, span)

    caption = "Bags handed in that were neither picked up nor sent home, every five minutes."
    alt = f"Line chart of bags held over the day; at most {int(np.max(held)):,} at the end of five minutes."
    return Picture("figures/bags_held.svg", "desks", caption, alt), draw(5.2, 2.4, paint)
