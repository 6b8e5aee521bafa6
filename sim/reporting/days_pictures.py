"""The pictures of several days: one day after another, the mean day, and where people were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.plan_arrays import CompiledPlan
from sim.reporting import figures, programme_days
from sim.reporting.figure_colours import INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.files import write_atomically
from sim.reporting.picture import Picture
from sim.reporting.pictures import map_pictures
from sim.reporting.topics import points_pictures
from sim.reporting.topics.every_picture import topic_pictures

Row = dict[str, Any]
LIFE_CYCLE = ("potential", "new", "loyal", "lost")  # columns `residents_<state>` where memory tells them
BARS_UP_TO = 62  # days; more become a line


def save(
    folder: Path, rows: Sequence[Row], days: dict[str, Any], compiled: CompiledPlan, opens_us: int, closes_us: int
) -> list[Picture]:
    """Write figures/*.svg into the run's folder; return the pictures in the order of the report."""
    made = [
        _by_day(rows, "visits", "Visits by day; weekends and holidays stand out.", "visits", _of("footfall_visits", 1)),
        _by_day(rows, "sales", "Tenants' sales by day.", "sales, thousand yuan", _of("sales_fen", 1e-5)),
        _by_day(rows, "satisfaction", "Mean satisfaction of the day's visits, 0 to 1.", "satisfaction", _of("satisfaction", 1)),
    ]  # fmt: skip
    if any(row["queue_wait_s_p95"] for row in rows):
        caption = "The wait at tills and for tables that one in twenty exceeds, by day."
        made.append(_by_day(rows, "waits", caption, "wait, min", _of("queue_wait_s_p95", 1 / 60)))
    if any(row["points_outstanding"] for row in rows):
        made.append(
            _by_day(rows, "points", "Points that members hold at the end of each day.", "points", _of("points_outstanding", 1))
        )
    if days.get("points"):
        made += points_pictures.pictures(days["points"], compiled, figures.Span(0, 0, 0, 0))
    if "alliance_share" in rows[0]:
        caption = "Tenants that are in the alliance in the evening of each day, of all tenants."
        made.append(_by_day(rows, "alliance", caption, "tenants in, %", _of("alliance_share", 100)))
    made += _life_cycle(rows)
    made += _mean_days(days, opens_us, closes_us)
    told = {topic.name: days.get(topic.name) for topic in programme_days.TOPICS}
    made += topic_pictures(told, compiled, figures.span_of({"people_inside": []}, opens_us, closes_us))
    made += map_pictures(days, compiled)
    for picture, svg in made:
        write_atomically(folder / picture.file, svg)
    return [picture for picture, _ in made]


def _of(name: str, scale: float) -> Callable[[Row], float]:
    return lambda row: float("nan") if row[name] is None else scale * row[name]


def _by_day(rows: Sequence[Row], name: str, caption: str, unit: str, value: Callable[[Row], float]) -> tuple[Picture, str]:
    days = _numbers(rows)
    values = np.array([value(row) for row in rows])
    special = np.array([bool(row["is_weekend"]) for row in rows])

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        if len(rows) <= BARS_UP_TO:
            axes.bar(days[~special], values[~special], width=0.8, color=MAIN, label="weekday")
            axes.bar(days[special], values[special], width=0.8, color=SECOND, label="weekend, holiday")
        else:
            axes.plot(days, values, color=MAIN, linewidth=0.8)
            axes.plot(days[special], values[special], ".", color=SECOND, markersize=2.5, label="weekend, holiday")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2, handlelength=1.2)
        axes.set_ylabel(unit)
        _date_axis(axes)

    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    alt = f"{caption} Between {low:,.2f} and {high:,.2f} {unit}."
    return Picture(f"figures/days_{name}.svg", "days", caption, alt), draw(5.2, 2.4, paint)


def _numbers(rows: Sequence[Row]) -> np.ndarray:
    """Return the dates as matplotlib counts them."""
    return np.asarray(dates.date2num([row["date"] for row in rows]))  # type: ignore[no-untyped-call]


def _date_axis(axes: Axes) -> None:
    locator = dates.AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_ylim(bottom=0)


def _life_cycle(rows: Sequence[Row]) -> list[tuple[Picture, str]]:
    """Draw how many residents are in which state of their life with the mall, where memory tells it."""
    names = [name for name in LIFE_CYCLE if f"residents_{name}" in rows[0]]
    if not names:
        return []
    days = _numbers(rows)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for name, color in zip(names, (MUTED, SECOND, MAIN, INK), strict=False):
            axes.plot(days, [row[f"residents_{name}"] for row in rows], color=color, linewidth=1.3, label=name)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, borderaxespad=0.2, handlelength=1.2)
        axes.set_ylabel("residents")
        _date_axis(axes)

    caption = (
        "Residents at the end of each day: potential ones have never come, new ones a few times, loyal ones keep coming, lost ones have "
        "stayed away for long."
    )
    return [(Picture("figures/days_residents.svg", "days", caption, caption), draw(5.2, 2.4, paint))]


def _mean_days(days: dict[str, Any], opens_us: int, closes_us: int) -> list[tuple[Picture, str]]:
    found = []
    for kind, words in (("weekday", "weekday"), ("weekend", "day of a weekend or holiday")):
        if days["days"][kind]:
            curves = {**days[kind], "minutes": days["minutes"]}
            span = figures.span_of({"people_inside": np.rint(curves["people_inside"])}, opens_us, closes_us)
            caption = f"People inside on the mean {words}, every five minutes."
            picture = Picture(f"figures/inside_{kind}.svg", "day", caption, caption)
            found.append((picture, figures.inside(curves, span)))
    return found
