"""The picture of the comparison with what is known: when people came, and when they were expected to."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above, _time_axis
from sim.reporting.picture import Picture


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the picture and its SVG; `curves` are those of the topic."""
    starts = curves["starts_min"]
    came, known = ([100 * share for share in curves[name]] for name in ("arrivals_share", "profile_share"))

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.stairs(came, starts, fill=True, color=MAIN, alpha=0.35, label="this day")
        axes.stairs(known, starts, color=SECOND, linewidth=1.5, linestyle="dashed", label="known profile")
        axes.set_ylabel("% of the day's arrivals")
        _legend_above(axes, 2)
        _time_axis(axes, span)

    gap = max(abs(first - second) for first, second in zip(came, known))
    caption = (
        "Share of the day's arrivals in each twelfth of the opening hours, this day and the profile that is known of such days."
    )
    alt = f"Step chart of the shares of arrivals in twelve parts of the day beside the known profile; the largest gap is {gap:.1f} points."
    return [(Picture("figures/targets_profile.svg", "targets", caption, alt), draw(5.2, 2.4, paint))]
