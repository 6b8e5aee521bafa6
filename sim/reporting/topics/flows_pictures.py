"""The picture of the ways between stores: bands from the trade that parties came from to the trade they went on to."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span
from sim.reporting.picture import Picture

TRADES_SHOWN = 11  # the others are put together, so that every label has its line
COLOURED = 8  # bands between trades that stand out
GAP = 0.012  # between two trades, of the height
BLOCK = 0.018  # width of a trade's block, of the width


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the picture and its SVG; `curves` are those of the topic."""
    names, steps = _grouped(curves)
    caption = (
        "Where parties went on to, by trade: left the store they came from, right the next one. The widest bands between trades are coloured; "
        "grey above: came in, and left the mall."
    )
    inner = steps[1:, 1:]
    first = np.unravel_index(int(np.argmax(inner)), inner.shape)
    alt = (
        f"Bands between trades; the widest leads from {names[1 + first[0]]} to {names[1 + first[1]]}, {int(inner[first]):,} times; "
        f"the visit was over after {int(steps[1:, 0].sum()):,} of {int(steps[1:].sum()):,} stores."
    )
    return [(Picture("figures/flows.svg", "flows", caption, alt), draw(9.6, 6.4, lambda figure: _paint(figure, names, steps)))]


def _grouped(curves: dict[str, Any]) -> tuple[list[str], np.ndarray]:
    """Return names and steps: outside first, then trades by how much they are gone to, the small ones put together last."""
    steps = np.asarray(curves["by_trade"], np.int64)
    trades = len(curves["trades"])
    order = np.argsort(-steps[:, :trades].sum(axis=0), kind="stable").tolist()
    shown, rest = order[:TRADES_SHOWN], order[TRADES_SHOWN:]
    groups = [[trades], *([each] for each in shown), *([rest] if rest else [])]
    names = ["outside", *(curves["trades"][each].replace("_", " ") for each in shown), *(["other trades"] if rest else [])]
    return names, np.array([[steps[np.ix_(here, there)].sum() for there in groups] for here in groups], np.int64)


def _paint(figure: Figure, names: list[str], steps: np.ndarray) -> None:
    axes: Axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-0.3, 1.3), ylim=(1.06, -0.03))
    steps = steps.copy()
    steps[0, 0] = 0
    scale = (1 - GAP * (len(names) - 1)) / max(int(steps.sum()), 1)
    left, right = _tops(steps.sum(axis=1), scale), _tops(steps.sum(axis=0), scale)
    inner = np.sort(steps[1:, 1:], axis=None)[::-1]
    least = inner[min(COLOURED, inner.size) - 1]
    at_left, at_right = left.copy(), right.copy()
    for here in range(len(names)):
        for there in range(len(names)):
            height = steps[here, there] * scale
            if height > 0:
                stands_out = here > 0 and there > 0 and steps[here, there] >= max(least, 1)
                colour, alpha = ((SECOND if here == there else MAIN), 0.55) if stands_out else (MUTED, 0.16)
                axes.add_patch(
                    PathPatch(_band(at_left[here], at_right[there], height), facecolor=colour, alpha=alpha, linewidth=0)
                )
            at_left[here] += height
            at_right[there] += height
    for x, tops, sums, side, outside in (
        (0.0, left, steps.sum(axis=1), -1, "came in"),
        (1.0, right, steps.sum(axis=0), 1, "left the mall"),
    ):
        for place, name in enumerate([outside, *names[1:]]):
            height = sums[place] * scale
            corner = x - BLOCK if side < 0 else x
            axes.add_patch(Rectangle((corner, tops[place]), BLOCK, height, facecolor=MUTED if place == 0 else INK, linewidth=0))
            spot = (x + side * (BLOCK + 0.012), tops[place] + height / 2)
            axes.text(*spot, f"{name}  {sums[place]:,}", ha="right" if side < 0 else "left", va="center", color=INK, size=8.5)
    axes.text(0.0, 1.045, "from", ha="center", va="center", color=MUTED)
    axes.text(1.0, 1.045, "to", ha="center", va="center", color=MUTED)


def _tops(sums: np.ndarray, scale: float) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(sums[:-1] * scale + GAP)])


def _band(left: float, right: float, height: float) -> Outline:
    corners = [
        (0, left),
        (0.5, left),
        (0.5, right),
        (1, right),
        (1, right + height),
        (0.5, right + height),
        (0.5, left + height),
        (0, left + height),
    ]
    curve = [Outline.CURVE4] * 3
    return Outline([*corners, (0, left)], [Outline.MOVETO, *curve, Outline.LINETO, *curve, Outline.CLOSEPOLY])
