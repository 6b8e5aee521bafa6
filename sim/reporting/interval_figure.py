"""The picture of many intervals of one quantity whose truth is known: which of them hold it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from matplotlib.figure import Figure

from sim.reporting.figure_colours import MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.files import write_atomically

SIZE_IN = (7.2, 3.4)  # inches


class Interval(Protocol):
    """One interval."""

    @property
    def baseline_mean(self) -> float:
        """The mean that the difference is shown as a share of."""
        ...

    @property
    def difference_mean(self) -> float:
        """The middle."""
        ...

    @property
    def half_width(self) -> float | None:
        """Half of it; None where there is none."""
        ...


def write_intervals(path: Path, intervals: Sequence[Interval], truth: float = 0.0) -> None:
    """Write an SVG: each interval of a difference of sales upright, in order of their middles, those that miss `truth` in another colour."""
    write_atomically(path, draw(*SIZE_IN, lambda figure: _paint(figure, intervals, truth)))


def _paint(figure: Figure, intervals: Sequence[Interval], truth: float) -> None:
    axes = figure.subplots()
    rows = sorted(intervals, key=lambda each: each.difference_mean / each.baseline_mean)
    missed = 0
    for place, each in enumerate(rows):
        middle, half = each.difference_mean / each.baseline_mean, (each.half_width or 0.0) / abs(each.baseline_mean)
        misses = abs(middle - truth) > half
        missed += misses
        axes.plot(
            [place, place], [100 * (middle - half), 100 * (middle + half)], color=SECOND if misses else MAIN, linewidth=1.1
        )
        axes.plot([place], [100 * middle], ".", color=SECOND if misses else MAIN, markersize=2.5)
    axes.axhline(100 * truth, color=MUTED, linewidth=0.8)
    axes.set_xlabel("A/A comparisons, in order of the difference that each finds")
    axes.set_ylabel("difference of sales, % of the baseline's")
    axes.set_title(
        f"95 % intervals: {len(rows) - missed} of {len(rows)} hold the truth, which is no difference", loc="left", fontsize=9
    )
