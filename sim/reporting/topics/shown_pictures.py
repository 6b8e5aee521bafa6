"""Pictures of stores that were shown to people."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above
from sim.reporting.picture import Picture


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    return [_positions(curves["positions"]), _exposure(curves["shown"])] if curves["positions"] else []


def _positions(positions: list[dict[str, int]]) -> tuple[Picture, str]:
    opened, followed = ([row[name] / max(row["shown"], 1) for row in positions] for name in ("opened", "followed"))
    places = list(range(1, len(positions) + 1))

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar([place - 0.2 for place in places], opened, 0.4, color=MAIN, label="opened")
        axes.bar([place + 0.2 for place in places], followed, 0.4, color=SECOND, label="followed at once")
        axes.set_xlabel("place in the list")
        axes.set_ylabel("share of entries")
        axes.set_xticks(places)
        _legend_above(axes, 2)

    caption = "Share of the entries of lists that were opened and followed, by their place in the list."
    alt = f"Bar chart by place in the list; {100 * opened[0]:.0f} % of those at the top were opened, {100 * opened[-1]:.0f} % of the last."
    return Picture("figures/places_by_position.svg", "shown", caption, alt), draw(5.2, 2.4, paint)


def _exposure(shown: list[int]) -> tuple[Picture, str]:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.fill_between(range(1, len(shown) + 1), shown, step="mid", color=MAIN, linewidth=0)
        axes.set_xlabel("tenants, most shown first")
        axes.set_ylabel("entries")
        axes.set_xlim(1, max(len(shown), 2))
        axes.set_ylim(0, None)

    caption = "How often each tenant was shown, from the most to the least."
    alt = f"Falling area chart: the tenant shown most had {max(shown):,} entries, {sum(1 for count in shown if not count)} had none."
    return Picture("figures/exposure_of_tenants.svg", "shown", caption, alt), draw(5.2, 2.4, paint)
