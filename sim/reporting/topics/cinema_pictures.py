"""Pictures of cinemas: how full each show was, who sat where, and when people went in and came out."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import GRID, INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import CLOCK, Span
from sim.reporting.picture import Picture
from sim.reporting.topics.cinema import clock

FILLS = "YlOrRd"
DARK = 0.55  # shows fuller than this have light letters


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    shows, seat_map = curves["shows"], curves["seat_map"]
    shares = [show["sold"] / show["seats"] for show in shows]
    taken, seats = sum(seat_map["is_taken"]), len(seat_map["is_taken"])
    out = np.asarray(curves["out_of_halls_people"])
    worst = int(np.argmax(out))
    return [
        (
            Picture(
                "figures/cinema_shows.svg", "cinema", "The day's shows by hall, each with the share of its seats that was sold.",
                f"Timetable of {len(shows)} shows coloured by the share of seats sold, from {100 * min(shares):.0f} to {100 * max(shares):.0f} %.",
            ),
            _programme(shows),
        ),
        (
            Picture(
                "figures/cinema_seats.svg", "cinema",
                f"Who sat where: the {clock(seat_map['starts_min'])} show in hall {seat_map['hall']} of {seat_map['cinema']}.",
                f"Seats of one hall in rows before the screen; {taken} of {seats} are taken, the middle rows first.",
            ),
            _seats(seat_map),
        ),
        (
            Picture(
                "figures/cinema_pulse.svg", "cinema", "People who went into the halls and who came out of them, every five minutes.",
                f"Two curves over the day; most people, {int(out[worst])}, came out in the five minutes before {clock(curves['minutes'][worst])}.",
            ),
            _pulse(curves, span),
        ),
    ]  # fmt: skip


def _programme(shows: list[dict[str, Any]]) -> str:
    """Draw every show as a bar in its hall's row, coloured by the share of seats sold."""
    rows = sorted({(show["cinema"], show["hall"]) for show in shows})
    one_cinema = len({cinema for cinema, _ in rows}) == 1
    names = [f"hall {hall}" if one_cinema else f"{cinema}, {hall}" for cinema, hall in rows]
    fullest = max(0.01, *(show["sold"] / show["seats"] for show in shows))
    scale = Normalize(0.0, 100.0 * fullest)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for show in shows:
            share = show["sold"] / show["seats"]
            row, length = rows.index((show["cinema"], show["hall"])), show["ends_min"] - show["starts_min"]
            axes.barh(
                row, length, 0.78, show["starts_min"], color=colormaps[FILLS](share / fullest), edgecolor=GRID, linewidth=0.6
            )
            light = share > DARK * fullest
            axes.text(
                show["starts_min"] + length / 2, row, f"{100 * share:.0f}", ha="center", va="center", size=7,
                color="#ffffff" if light else "#1a1a1a",
            )  # fmt: skip
        axes.set_yticks(range(len(rows)), names)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        _clock_axis(axes, min(show["starts_min"] for show in shows), max(show["ends_min"] for show in shows))
        bar = figure.colorbar(ScalarMappable(scale, colormaps[FILLS]), ax=axes, pad=0.01, aspect=18)
        bar.set_label("seats sold, %")
        bar.outline.set_visible(False)

    return draw(7.4, max(1.5, 0.9 + 0.27 * len(rows)), paint)


def _seats(seat_map: dict[str, Any]) -> str:
    """Draw a hall's seats from above, the screen at the top."""
    columns, taken = seat_map["columns"], seat_map["is_taken"]
    rows = -(-len(taken) // columns)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axis("off")
        for seat, is_taken in enumerate(taken):
            row, column = divmod(seat, columns)
            face, edge = (MAIN, MAIN) if is_taken else ("none", MUTED)
            box = FancyBboxPatch(
                (column + 0.14, row + 0.2), 0.72, 0.6, boxstyle="round,pad=0,rounding_size=0.2", linewidth=0.8, facecolor=face, edgecolor=edge
            )  # fmt: skip
            axes.add_patch(box)
        axes.plot([columns * 0.12, columns * 0.88], [-0.7, -0.7], color=INK, linewidth=2.5, solid_capstyle="round")
        axes.text(columns / 2, -1.0, "screen", ha="center", va="bottom", color=MUTED)
        axes.text(
            columns / 2, rows + 0.25, f"taken {sum(taken)}, free {len(taken) - sum(taken)}", ha="center", va="top", color=MUTED
        )
        axes.set(xlim=(-0.2, columns + 0.2), ylim=(rows + 1.2, -2.0), aspect="equal")

    return draw(5.2, 5.2 * (rows + 3.2) / (columns + 0.4), paint)


def _pulse(curves: dict[str, Any], span: Span) -> str:
    """Draw who goes in above the axis and who comes out below it."""
    minutes = np.asarray(curves["minutes"]) - 2.5
    into, out = (np.asarray(curves[f"{way}_halls_people"], float) for way in ("into", "out_of"))
    some_in, some_out = np.flatnonzero(into), np.flatnonzero(out)
    last = max(span.end, int(minutes[some_out[-1]]) + 5 if some_out.size else 0)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar(minutes[some_in], into[some_in], 5, color=MAIN, label="go in")
        axes.bar(minutes[some_out], -out[some_out], 5, color=SECOND, label="come out")
        axes.axhline(0, color=MUTED, linewidth=0.7)
        axes.set_ylabel("people in five minutes")
        axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.0f}")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2, handlelength=1.2)
        _clock_axis(axes, span.start, last)

    return draw(7.4, 2.4, paint)


def _clock_axis(axes: Axes, start_min: int, end_min: int) -> None:
    start, end = start_min // 60 * 60, -(-end_min // 60) * 60
    axes.set_xlim(start, end)
    axes.set_xticks(range(start, end + 1, 60 * max(1, round((end - start) / 60 / 8))))
    axes.xaxis.set_major_formatter(CLOCK)
