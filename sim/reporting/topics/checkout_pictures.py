"""Pictures of paying: the mix and its times, and what the time at a till consists of."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import CLOCK, Span
from sim.reporting.picture import Picture
from sim.reporting.topics.checkout_kpis import IN_WORDS

LEAST_SERVED = 20  # an hour with fewer customers at tills has no mean worth a bar


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    found = [
        (
            Picture(
                "figures/paying_mix.svg", "checkout",
                "How people paid, and how long that took them at a till (a method that nobody used there has no time).",
                "Bars: share of payments by each method; beside them, the mean time to pay by it.",
            ),
            _mix(curves),
        ),
        (
            Picture(
                "figures/paying_time.svg", "checkout",
                f"What a customer's time at tills and self-checkouts consists of, by hour (hours with at least {LEAST_SERVED} customers).",
                "Stacked bars by hour: mean time in line, scanning and packing, paying.",
            ),
            _parts(curves, span),
        ),
    ]  # fmt: skip
    if curves["onboarding"]:
        alt = "Bars by hour: parties that paid by phone for the first time."
        picture = Picture("figures/paying_adopters.svg", "checkout", "Parties won for paying by phone, by hour.", alt)
        found.append((picture, _adopters(curves, span)))
    return found


def _mix(curves: dict[str, Any]) -> str:
    payments = np.asarray(curves["payments"], float)
    names = [IN_WORDS[name] for name in curves["methods"]]
    percent = 100 * payments / payments.sum()
    times_s = [value or 0.0 for value in curves["pay_s_mean"]]

    def paint(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, values, color, label, digits in (
            (left, percent, MAIN, "% of payments", 1),
            (right, times_s, SECOND, "s to pay, mean", 1),
        ):
            bars = axes.barh(range(len(names)), values, height=0.7, color=color)
            axes.bar_label(bars, [f"{value:.{digits}f}" if value else "" for value in values], padding=2, fontsize=7.5)
            axes.set_xlabel(label)
            axes.grid(visible=False)
            axes.set_xticks([])
            axes.margins(x=0.18)
        left.set_yticks(range(len(names)), names)
        left.invert_yaxis()

    return draw(5.2, 2.4, paint)


def _parts(curves: dict[str, Any], span: Span) -> str:
    hours = np.arange(span.start // 60, min(span.end // 60, len(curves["till_served"])))
    is_told = np.array([curves["till_served"][hour] >= LEAST_SERVED for hour in hours.tolist()], bool)
    parts = (
        ("till_pay_s_mean", "paying", SECOND),
        ("till_handling_s_mean", "scanning, packing", MAIN),
        ("till_wait_s_mean", "in line", MUTED),
    )

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        below = np.zeros(hours.size)
        for key, label, color in parts:
            values = np.array([curves[key][hour] or 0.0 for hour in hours.tolist()], float) * is_told
            axes.bar(hours * 60 + 5, values, width=50, align="edge", bottom=below, color=color, label=label)
            below += values
        axes.set_ylabel("s per customer")
        axes.set_xlim(span.start, span.end)
        axes.set_xticks(range(span.start, span.end + 1, 120))
        axes.xaxis.set_major_formatter(CLOCK)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2, handlelength=1.2, columnspacing=1.4)

    return draw(5.2, 2.4, paint)


def _adopters(curves: dict[str, Any], span: Span) -> str:
    hours = np.arange(span.start // 60, min(span.end // 60, len(curves["adopters"])))

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar(hours * 60 + 5, np.asarray(curves["adopters"], float)[hours], width=50, align="edge", color=MAIN)
        axes.set_ylabel("parties an hour")
        axes.set_xlim(span.start, span.end)
        axes.set_xticks(range(span.start, span.end + 1, 120))
        axes.xaxis.set_major_formatter(CLOCK)

    return draw(5.2, 2.2, paint)
