"""Charts of a live twin's day: what was believed, measured and foretold of one quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.reporting.figure_colours import INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import CLOCK
from sim.units import US_PER_MIN

WIDE_IN, SMALL_IN = (9.2, 3.1), (5.2, 2.5)  # inches
Course = Mapping[str, Any]


def fan_chart(course: Course, opens_us: int, closes_us: int, label: str, factor: float = 1.0) -> str:
    """Draw a quantity up to now as members and sensors have it, and from now on as it is foretold; values times `factor`."""
    believed = _table(course["believed"], factor)
    now_min = believed[-1, 0]
    ahead = [(rows[-1], key) for key, rows in sorted(course["foretold"].items()) if rows]
    # The last forecast of each length is of now only while the day goes on.
    fan = _table([row for row, key in ahead if abs(row[0] / US_PER_MIN - key - now_min) < 1], factor)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.fill_between(believed[:, 0], believed[:, 3], believed[:, 4], color=MAIN, alpha=0.2, linewidth=0)
        axes.plot(believed[:, 0], believed[:, 2], color=MAIN, linewidth=1.5, label="as the twin has it, with its 90 % interval")
        axes.plot(believed[:, 0], believed[:, 1], color=INK, marker="o", markersize=3, linestyle="none", label="measured")
        if len(fan):
            joined = np.vstack([believed[-1, [0, 2, 3, 4]], fan])
            axes.fill_between(joined[:, 0], joined[:, 2], joined[:, 3], color=SECOND, alpha=0.18, linewidth=0)
            axes.plot(
                joined[:, 0],
                joined[:, 1],
                color=SECOND,
                linewidth=1.5,
                linestyle=(0, (4, 2)),
                label="foretold, with its 90 % interval",
            )
            axes.axvline(now_min, color=MUTED, linewidth=0.8)
        _finish(axes, opens_us, closes_us, label)

    return draw(*WIDE_IN, paint)


def kept_chart(course: Course, ahead_min: int, opens_us: int, closes_us: int, label: str, factor: float = 1.0) -> str:
    """Draw what was foretold so long before beside what was measured then; what lay outside the interval in another colour."""
    foretold, believed = _table(course["foretold"][ahead_min], factor), _table(course["believed"], factor)
    rows = {minute: index for index, minute in enumerate(foretold[:, 0].tolist())}
    pairs = [(row[0], row[1], rows.get(row[0])) for row in believed.tolist()]
    known = [(minute, value, foretold[index]) for minute, value, index in pairs if index is not None and value == value]
    outside = [(minute, value) for minute, value, row in known if not row[2] <= value <= row[3]]
    within = [(minute, value) for minute, value, row in known if row[2] <= value <= row[3]]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.fill_between(foretold[:, 0], foretold[:, 2], foretold[:, 3], color=MAIN, alpha=0.2, linewidth=0)
        axes.plot(foretold[:, 0], foretold[:, 1], color=MAIN, linewidth=1.2, label=f"foretold {ahead_min} min before")
        axes.plot(*_columns(within), color=INK, marker="o", markersize=2.6, linestyle="none", label="measured")
        if outside:
            axes.plot(*_columns(outside), color=SECOND, marker="D", markersize=4, linestyle="none", label="outside")
        _finish(axes, opens_us, closes_us, label)

    return draw(*SMALL_IN, paint)


def _finish(axes: Axes, opens_us: int, closes_us: int, label: str) -> None:
    start, end = opens_us // US_PER_MIN // 60 * 60, -(-closes_us // US_PER_MIN // 60) * 60
    axes.set_xlim(start, end)
    axes.set_xticks(range(start, end + 1, 60 * max(1, round((end - start) / 60 / 7))))
    axes.xaxis.set_major_formatter(CLOCK)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_ylim(bottom=0)
    axes.set_ylabel(label)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2, handlelength=1.4, columnspacing=1.4)


def _table(rows: Sequence[Sequence[float | None]], factor: float) -> np.ndarray:
    """Return rows as an array, the first column in minutes after midnight, NaN for nothing."""
    width = len(rows[0]) if rows else 4
    table = np.array([[np.nan if value is None else value for value in row] for row in rows], float).reshape(-1, width)
    table[:, 0] /= US_PER_MIN
    table[:, 1:] *= factor
    return table


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [minute for minute, _ in points], [value for _, value in points]
