"""Pictures of parking fees, the way out of the car parks, and the car parks' day beside those of real garages."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN
from sim.reporting.figure_colours import INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import CLOCK, Span
from sim.reporting.picture import Picture
from sim.reporting.topics.car_money import FEE_CLASS_FEN, FEE_CLASSES, GARAGES

_PLACES = (("in_app", "on the phone", MAIN), ("by_plate", "by the plate", MUTED), ("at_machine", "at a machine", INK), ("at_gate", "at the gate", SECOND))  # fmt: skip


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    beside = " Thin: Saturdays of two real garages, whose shops open an hour or two earlier." if curves["is_saturday"] else ""
    return [
        (
            Picture("figures/car_day.svg", "car_money", f"Cars as a share of all bays, and cars that park and leave in each hour.{beside}",
                    "Curve of cars over the day as a share of bays, above bars of cars that park and leave by hour."),
            car_day(curves, span),
        ),
        (
            Picture("figures/exit_delay.svg", "car_money", "Time lost to paying and to lines at the exit, without loading and driving, by the hour of leaving.",
                    "Bars of the mean delay at the exit and of the delay that one in twenty exceeds, by hour."),
            exit_delay(curves, span),
        ),
        (
            Picture("figures/parking_fees.svg", "car_money", "Payments for parking by amount, and how they were made.",
                    "Stacked bars of the number of payments by amount."),
            fees(curves),
        ),
    ]  # fmt: skip


def _clock_axis(axes: Axes, span: Span) -> None:
    axes.set_xlim(span.start, span.end)
    step = 60 * max(1, round((span.end - span.start) / 60 / 7))
    axes.set_xticks(range(span.start, span.end + 1, step))
    axes.xaxis.set_major_formatter(CLOCK)
    axes.set_ylim(bottom=0)
    for minute in (span.opens, span.closes):
        axes.axvline(minute, color=MUTED, linewidth=0.7, linestyle=(0, (2, 3)))


def _legend(axes: Axes, columns: int) -> None:
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, borderaxespad=0.2, handlelength=1.2, columnspacing=1.4
    )


def car_day(curves: dict[str, Any], span: Span) -> str:
    """Draw the share of bays taken, with two real garages on a Saturday, and comings and goings of cars below."""
    wide = Span(min(span.start, 6 * 60), span.end, span.opens, span.closes)

    def paint(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        percent = 100 * np.asarray(curves["cars"], float) / max(curves["bays"], 1)
        upper.plot(
            BIN_MIN * np.arange(1, percent.size + 1),
            percent,
            color=MAIN,
            linewidth=1.7,
            label=f"this mall ({curves['bays']:,} bays)",
        )
        if curves["is_saturday"]:
            for (name, shares), stroke in zip(GARAGES.items(), ("solid", "dashed"), strict=True):
                upper.plot(
                    [60 * hour for hour in shares],
                    [100 * share for share in shares.values()],
                    color=SECOND,
                    linewidth=0.9,
                    linestyle=stroke,
                    label=name,
                )
        upper.axhline(100, color=MUTED, linewidth=0.8, linestyle=(0, (4, 2)))
        upper.set_ylabel("% of bays")
        hours = np.arange(wide.start // 60, wide.end // 60)
        for offset, key, color, label in ((4, "cars_in", MAIN, "park"), (31, "cars_out", SECOND, "leave")):
            lower.bar(60 * hours + offset, np.asarray(curves[key])[hours], width=25, align="edge", color=color, label=label)
        lower.set_ylabel("cars an hour")
        for axes, columns in ((upper, 1), (lower, 2)):
            _clock_axis(axes, wide)
            _legend(axes, columns)

    return draw(5.2, 4.2, paint)


def exit_delay(curves: dict[str, Any], span: Span) -> str:
    """Draw the mean delay at the exit and the one that one in twenty exceeds, by hour."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        hours = np.arange(span.start // 60, min(span.end // 60, len(curves["exit_delay_s_mean"])))
        for key, width, offset, alpha, label in (
            ("exit_delay_s_p95", 50, 5, 0.25, "one in twenty needs longer"), ("exit_delay_s_mean", 30, 15, 1.0, "mean"),
        ):  # fmt: skip
            delay_s = [curves[key][hour] or 0.0 for hour in hours.tolist()]
            axes.bar(60 * hours + offset, delay_s, width=width, align="edge", color=MAIN, alpha=alpha, label=label)
        axes.set_ylabel("delay at the exit, s")
        _legend(axes, 2)
        _clock_axis(axes, span)

    return draw(5.2, 2.2, paint)


def fees(curves: dict[str, Any]) -> str:
    """Draw how many payments were of which amount, and how they were made."""
    step_yuan = FEE_CLASS_FEN // 100
    names = [f"to ¥{step_yuan * top}" for top in range(1, FEE_CLASSES)] + [f"over ¥{step_yuan * (FEE_CLASSES - 1)}"]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        below = np.zeros(FEE_CLASSES)
        for key, label, color in _PLACES:
            payments = np.asarray(curves["payments"][key], float)[1:]
            axes.bar(range(FEE_CLASSES), payments, bottom=below, width=0.86, color=color, label=label)
            below += payments
        axes.set_xticks(range(FEE_CLASSES), names, fontsize=6.5)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.set_ylabel("payments")
        _legend(axes, 4)

    return draw(5.2, 2.4, paint)
