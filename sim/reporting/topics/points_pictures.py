"""Pictures of the points economy: points by hour, by trade, and who pays whom."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import INK, MAIN, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _hours, _legend_above, _time_axis
from sim.reporting.picture import Picture

CENTIPOINTS = 100  # in a point


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    found = []
    if np.any(curves.get("issued_points_by_hour", ())) or np.any(curves.get("burned_points_by_hour", ())):  # of one day only
        found.append(_by_hour(curves, span))
    if curves["trades"]:
        found.append(_by_trade(curves["trades"]))
    if curves["net_fen"]:
        found.append(_accounts(curves["net_fen"]))
    return found


def _by_hour(curves: dict[str, Any], span: Span) -> tuple[Picture, str]:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        minutes, issued = _hours(curves["issued_points_by_hour"], span)
        _, burned = _hours(curves["burned_points_by_hour"], span)
        axes.bar(minutes + 17, issued, width=24, color=MAIN, label="earned")
        axes.bar(minutes + 43, burned, width=24, color=SECOND, label="spent")
        axes.set_ylabel("points")
        _legend_above(axes, 2)
        _time_axis(axes, span)

    caption = "Points that members earned and spent, hour by hour; points for parking are among those spent."
    alt = f"Bars by hour; {sum(curves['issued_points_by_hour']):,.0f} points earned and {sum(curves['burned_points_by_hour']):,.0f} spent."
    return Picture("figures/points_by_hour.svg", "points", caption, alt), draw(5.2, 2.4, paint)


def _by_trade(lines: list[dict[str, Any]]) -> tuple[Picture, str]:
    lines = sorted(lines, key=lambda line: -line["issued_centi"])

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        rows = np.arange(len(lines))
        for offset, name, label, color in ((-0.2, "issued_centi", "earned", MAIN), (0.2, "burned_centi", "spent", SECOND)):
            points = [line[name] / CENTIPOINTS for line in lines]
            axes.barh(rows + offset, points, height=0.38, color=color, label=label)
        axes.set_yticks(rows, [line["trade"].replace("_", " ") for line in lines])
        axes.invert_yaxis()
        axes.set_xlabel("points")
        _legend_above(axes, 2)

    caption = "Points earned and spent at the tenants of each trade."
    alt = f"Bars for {len(lines)} trades; most points are earned in {lines[0]['trade'].replace('_', ' ')}."
    return Picture("figures/points_by_trade.svg", "points", caption, alt), draw(5.2, 0.6 + 0.26 * max(len(lines), 4), paint)


def _accounts(lines: list[dict[str, Any]]) -> tuple[Picture, str]:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        net_yuan = [line["net_fen"] / 100 for line in lines]
        axes.barh(range(len(lines)), net_yuan, height=0.7, color=[MAIN if net > 0 else SECOND for net in net_yuan])
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_yticks(range(len(lines)), [line["tenant"][:28] for line in lines])
        axes.invert_yaxis()
        axes.set_xlabel("yuan received for points taken, less paid for points issued")

    caption = "Tenants' accounts with the alliance, the largest: above zero it got more for points that it took than it paid for those it issued."
    alt = f"Bars for {len(lines)} tenants, from {min(line['net_fen'] for line in lines) / 100:,.0f} to ¥{max(line['net_fen'] for line in lines) / 100:,.0f}."
    return Picture("figures/points_accounts.svg", "points", caption, alt), draw(5.2, 0.6 + 0.24 * max(len(lines), 4), paint)
