"""Figures of a comparison, each a matplotlib figure: the forest of KPIs, who wins and loses, effects by hour and by level."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.reporting.comparison_summary import BETTER, MOVED, WORSE
from sim.reporting.comparison_wording import MINUS, amount, change, label_of, part_name, share, share_between
from sim.reporting.figure_colours import GRID, INK, MAIN, MUTED, PAPER, SECOND
from sim.reporting.figure_style import figure_of
from sim.reporting.kpi_catalogue import BY_NAME, GROUPS

FOREST_WIDTH_IN, ROW_IN, HEAD_IN, FOOT_IN = 8.6, 0.21, 0.3, 0.5
FOREST_SPLIT = (0.32, 0.37, 0.31)  # names, intervals, numbers
LEAST_AXIS, MOST_AXIS = (
    0.005,
    1.0,
)  # shares of the baseline: an axis never shows less than half a percent nor more than all of it
NAME_MOST = 38  # letters of a name beside a bar
BARS_WIDTH_IN, BARS_HEAD_IN, BARS_FOOT_IN = 7.2, 0.1, 0.5
BARS_SPLIT = (0.34, 0.42)  # names, bars; numbers have the rest
_LOOK = {
    BETTER: ("o", MAIN, "surely better"),
    WORSE: ("s", SECOND, "surely worse"),
    MOVED: ("D", INK, "surely different, neither good nor bad"),
}
_DASHES = FuncFormatter(lambda value, _: f"{value:,.6f}".rstrip("0").rstrip(".").replace("-", MINUS))
_PERCENT = FuncFormatter(lambda value, _: f"{'+' if value > 0 else ''}{100 * value:,.4g} %".replace("-", MINUS))


def forest(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw KPIs below each other, in groups: difference as a share of the baseline's mean, with its 95 % interval.

    `rows` are the KPI records of `comparison_summary.summary_of` with `share_low` known, in the catalogue's order. What is beyond the
    axis ends in an arrow head; its numbers stand to the right all the same.
    """
    lines = _with_groups(rows)
    limit = axis_limit(rows)

    def paint(figure: Figure) -> None:
        height_in = _forest_in(lines)
        axes = figure.add_axes((FOREST_SPLIT[0], FOOT_IN / height_in, FOREST_SPLIT[1], 1 - (HEAD_IN + FOOT_IN) / height_in))
        axes.set_xlim(-1.06 * limit, 1.06 * limit)
        axes.set_ylim(len(lines) - 0.4, -0.6)
        axes.axvline(0, color=MUTED, linewidth=0.8)
        for place, line in enumerate(lines):
            if isinstance(line, str):
                _words(axes, -FOREST_SPLIT[0] / FOREST_SPLIT[1], place, line, weight="bold")
            else:
                _forest_row(axes, place, line, limit)
        _forest_frame(axes, limit)

    return figure_of(FOREST_WIDTH_IN, _forest_in(lines), paint, layout="none")


def axis_limit(rows: Sequence[Mapping[str, Any]]) -> float:
    """Return where the forest's axis ends: it holds four of five intervals whole, so that one wild KPI does not flatten the others."""
    reach = sorted(max(abs(row["share_low"]), abs(row["share_high"])) for row in rows)
    enough = reach[min(len(reach) - 1, math.ceil(0.8 * len(reach)) - 1)] if reach else LEAST_AXIS
    return min(max(1.05 * enough, LEAST_AXIS), MOST_AXIS)


def _with_groups(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | str]:
    """Return the rows with the title of its group before the first of each."""
    found: list[Mapping[str, Any] | str] = []
    for group, title in (*GROUPS.items(), ("", "Of plug-ins")):
        members = [row for row in rows if (BY_NAME[row["name"]].group if row["name"] in BY_NAME else "") == group]
        found += [title, *members] if members else []
    return found


def _forest_in(lines: Sequence[object]) -> float:
    return HEAD_IN + FOOT_IN + ROW_IN * len(lines)


def _forest_row(axes: Axes, place: int, row: Mapping[str, Any], limit: float) -> None:
    marker, colour, _ = _LOOK.get(row["tone"], ("o", MUTED, ""))
    sure = row["tone"] in _LOOK
    low, high, middle = (max(-limit, min(limit, row[key])) for key in ("share_low", "share_high", "share"))
    axes.plot([low, high], [place, place], color=colour, linewidth=2.2 if sure else 1.2, solid_capstyle="butt")
    if row["share_low"] < -limit:
        axes.plot(-limit, place, marker="<", markersize=5, color=colour)
    if row["share_high"] > limit:
        axes.plot(limit, place, marker=">", markersize=5, color=colour)
    if abs(row["share"]) <= limit:
        fill = colour if sure else PAPER
        axes.plot(middle, place, marker=marker, markersize=5.5, markerfacecolor=fill, markeredgecolor=colour)
    _words(axes, -FOREST_SPLIT[0] / FOREST_SPLIT[1] + 0.03, place, _short(label_of(row["name"])), colour=INK if sure else MUTED)
    numbers = share(row["share"]), f"({share_between(row['share_low'], row['share_high'])})"
    _words(axes, 1.24, place, numbers[0], colour=INK if sure else MUTED, weight="bold" if sure else "normal", align="right")
    _words(axes, 1.26, place, numbers[1], colour=MUTED)


def _forest_frame(axes: Axes, limit: float) -> None:
    axes.set_yticks([])
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(5, symmetric=True))
    axes.xaxis.set_major_formatter(_PERCENT)
    axes.set_xlim(-1.06 * limit, 1.06 * limit)
    axes.set_xlabel("difference to the baseline, % of its mean, with 95 % interval")
    marks = [
        Line2D([], [], linestyle="", marker=marker, color=colour, label=words, markersize=5.5)
        for marker, colour, words in _LOOK.values()
    ]
    marks.append(
        Line2D(
            [], [], linestyle="", marker="o", color=MUTED, markerfacecolor=PAPER, label="not shown to differ", markersize=5.5
        )
    )
    axes.legend(
        handles=marks,
        loc="lower left",
        bbox_to_anchor=(-FOREST_SPLIT[0] / FOREST_SPLIT[1], 1.0),
        ncols=4,
        handletextpad=0.2,
        columnspacing=1.2,
    )


def _words(axes: Axes, x: float, place: int, text: str, colour: str = INK, weight: str = "normal", align: str = "left") -> None:
    """Write beside the axes; x is a share of their width, place a row."""
    axes.text(x, place, text, transform=axes.get_yaxis_transform(), va="center", ha=align, color=colour, fontweight=weight, clip_on=False)  # fmt: skip


def bars(effects: Sequence[Mapping[str, Any]], names: Mapping[str, str], unit: str, axis: str) -> Figure:
    """Draw one horizontal bar for each effect, the largest gain on top: mean difference, interval where known, numbers beside.

    `effects` have name, difference_mean and p_adjusted; ci_low, ci_high and baseline_mean where known. `names` are what to write for
    a name.
    """
    ordered = sorted(effects, key=lambda each: (-each["difference_mean"], each["name"]))
    height_in = BARS_HEAD_IN + BARS_FOOT_IN + 0.25 * len(ordered)

    def paint(figure: Figure) -> None:
        axes = figure.add_axes(
            (BARS_SPLIT[0], BARS_FOOT_IN / height_in, BARS_SPLIT[1], 1 - (BARS_HEAD_IN + BARS_FOOT_IN) / height_in)
        )
        for place, each in enumerate(ordered):
            colour, solid = _of_effect(each)
            axes.barh(place, _scaled(unit, each["difference_mean"]), height=0.62, color=colour, alpha=1.0 if solid else 0.35)
            if each.get("ci_low") is not None:
                ends = [_scaled(unit, each["ci_low"]), _scaled(unit, each["ci_high"])]
                axes.plot(ends, [place, place], color=INK, linewidth=1.0)
        axes.axvline(0, color=MUTED, linewidth=0.8)
        words = [_short(part_name(each["name"], names)) for each in ordered]
        axes.set_yticks(range(len(ordered)), words)
        axes.tick_params(axis="y", labelcolor=INK)
        axes.invert_yaxis()
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(_DASHES)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel(axis or "difference")
        for place, each in enumerate(ordered):
            _words(axes, 1.02, place, _beside(each, unit), colour=MUTED)

    return figure_of(BARS_WIDTH_IN, height_in, paint, layout="none")


def _beside(each: Mapping[str, Any], unit: str) -> str:
    base, unit = each.get("baseline_mean"), unit.partition(" ")[0]  # "a visit" stands below the axis
    return change(unit, each["difference_mean"]) + (f" of {amount(unit, base)}" if base is not None else "")


def by_hour(effects: Sequence[Mapping[str, Any]], unit: str, axis: str) -> Figure:
    """Draw the mean difference in each hour of the day, with its interval; `effects` are named by their hour, as "9" or "09:00"."""
    ordered = sorted(effects, key=lambda each: hour_of(each["name"]))

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for each in ordered:
            hour = hour_of(each["name"])
            colour, solid = _of_effect(each)
            axes.bar(hour + 0.5, _scaled(unit, each["difference_mean"]), width=0.78, color=colour, alpha=1.0 if solid else 0.35)
            if each.get("ci_low") is not None:
                axes.plot(
                    [hour + 0.5] * 2, [_scaled(unit, each[end]) for end in ("ci_low", "ci_high")], color=INK, linewidth=1.0
                )
        axes.axhline(0, color=MUTED, linewidth=0.8)
        first, last = hour_of(ordered[0]["name"]), hour_of(ordered[-1]["name"]) + 1
        step = max(1, round((last - first) / 8))
        axes.set_xticks(range(first, last + 1, step), [f"{hour:02d}:00" for hour in range(first, last + 1, step)])
        axes.yaxis.set_major_formatter(_DASHES)
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.set_ylabel(axis or "difference")

    return figure_of(5.2, 2.5, paint)


def hour_of(name: str) -> int:
    """Return the hour that an effect is named by: of "9", "09:00" or "weekend 09:00" it is 9."""
    digits = name.strip().rpartition(" ")[2].partition(":")[0]
    return int(digits) if digits.isdigit() else 0


def _of_effect(each: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the colour of an effect, and whether it is more than chance: the pale ones are not."""
    p_value = each.get("p_adjusted")
    return (MAIN if each["difference_mean"] >= 0 else SECOND), p_value is not None and p_value < 0.05


def _scaled(unit: str, value: float) -> float:
    """Return a value in the unit of an axis: yuan for fen, percentage points for shares."""
    return value / 100 if unit.startswith("fen") else 100 * value if unit == "share" else value


def _short(text: str) -> str:
    return text if len(text) <= NAME_MOST else f"{text[: NAME_MOST - 1]}…"
