"""Pictures of what people at home made of coupons."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from sim.home import REDEEMED_OF_O2O
from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, MUTED
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above
from sim.reporting.picture import Picture

_LABELS = ("< 0.5 km", "0.5-1", "1-2", "2-3", "> 3 km")


def pictures(curves: dict[str, Any], _: CompiledPlan, __: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    claimed, redeemed = curves["claimed_in"], curves["redeemed_in"]
    if not sum(claimed):
        return []
    shares = [100 * used / taken if taken else 0.0 for used, taken in zip(redeemed, claimed, strict=True)]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = range(len(_LABELS))
        axes.bar([place - 0.2 for place in places], shares, 0.4, color=MAIN, label="this run")
        axes.bar([place + 0.2 for place in places], 100 * REDEEMED_OF_O2O, 0.4, color=MUTED, label="a million real coupons")
        axes.set_xticks(list(places), _LABELS)
        axes.set_ylabel("% of coupons used")
        _legend_above(axes, 2)

    caption = "Coupons taken at home that have been used so far, by distance of the home."
    said = ", ".join(f"{label} {share:.1f} %" for label, share in zip(_LABELS, shares, strict=True))
    return [
        (
            Picture("figures/home_redeemed.svg", "home", caption, f"Bar chart of coupons used by distance: {said}."),
            draw(5.2, 2.4, paint),
        )
    ]
