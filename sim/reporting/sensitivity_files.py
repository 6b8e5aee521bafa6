"""Writes what a sensitivity study leaves besides its JSON: the samples as Parquet, a tornado chart, and the indices as a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.reporting.figure_colours import GRID, INK, MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.files import appearing_whole, write_atomically

SHOWN_MAX = 25
_THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.10g}")


def write_files(folder: Path, told: Mapping[str, Any], samples: Mapping[str, Sequence[Any]]) -> None:
    """Write sensitivity.parquet (a row for each sample), tornado.svg and indices.svg."""
    with appearing_whole(folder / "sensitivity.parquet") as temporary:
        pq.write_table(pa.table({name: pa.array(list(values)) for name, values in samples.items()}), temporary)
    write_atomically(folder / "tornado.svg", tornado(told))
    write_atomically(folder / "indices.svg", indices(told))


def tornado(told: Mapping[str, Any]) -> str:
    """Return the SVG of what each parameter does alone, from one end of its range to the other, widest first."""
    rows = sorted(told["parameters"], key=lambda entry: (-entry["swing"], entry["name"]))[:SHOWN_MAX]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.grid(False, axis="y")
        axes.grid(True, axis="x", color=GRID, linewidth=0.6)
        for row, entry in enumerate(rows):
            for place, end in enumerate(entry["ends"]):
                color = MAIN if place == len(entry["ends"]) - 1 else SECOND if place == 0 else MUTED
                axes.barh(row, end["change"], left=told["base"], height=0.62, color=color, alpha=0.9)
            for end, is_left in _outermost(entry["ends"]):
                axes.annotate(
                    _short(end["value"]), (told["base"] + end["change"], row), xytext=(-3 if is_left else 3, 0),
                    textcoords="offset points", ha="right" if is_left else "left", va="center", size=7, color=INK,
                )  # fmt: skip
        axes.axvline(told["base"], color=INK, linewidth=0.9)
        axes.set_yticks(range(len(rows)), [f"{entry['name']}  ({_short(entry['base'])})" for entry in rows], size=8)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.xaxis.set_major_formatter(_THOUSANDS)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.margins(x=0.16)
        axes.set_xlabel(f"{told['kpi']}, {told['unit']}; one parameter at a time, line: the scenario as it is")

    return draw(8.2, 1.0 + 0.32 * len(rows), paint)


def indices(told: Mapping[str, Any]) -> str:
    """Return the SVG of the indices with their intervals: mu* and sigma of Morris, or S1 and ST of Sobol."""
    first, second = ("mu_star", "sigma") if told["method"] == "morris" else ("st", "s1")
    labels = {
        "mu_star": "mu*: mean size of the effect",
        "sigma": "sigma: how much it varies with the others",
        "st": "total",
        "s1": "alone",
    }
    rows = told["parameters"][:SHOWN_MAX]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.grid(False, axis="y")
        axes.grid(True, axis="x", color=GRID, linewidth=0.6)
        for offset, key, color in ((-0.19, first, MAIN), (0.19, second, SECOND)):
            places = [row + offset for row in range(len(rows))]
            widths = [entry[f"{key}_half_width"] or 0.0 if f"{key}_half_width" in entry else 0.0 for entry in rows]
            values = [entry[key] or 0.0 for entry in rows]
            axes.barh(places, values, height=0.36, color=color, alpha=0.9, label=labels[key])
            if any(widths):
                axes.errorbar(values, places, xerr=widths, fmt="none", ecolor=INK, elinewidth=0.8)
        axes.set_yticks(range(len(rows)), [entry["name"] for entry in rows], size=8)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.xaxis.set_major_formatter(_THOUSANDS)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.legend(loc="lower right")
        unit = f"{told['unit']} over the whole range" if told["method"] == "morris" else "share of the variance"
        axes.set_xlabel(f"{told['kpi']}: {unit}, {100 * told['confidence']:.0f} % intervals")

    return draw(8.2, 1.1 + 0.4 * len(rows), paint)


def _outermost(ends: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], bool]]:
    """Return the ends that reach furthest, and whether each is named on the left."""
    low, high = min(ends, key=lambda end: end["change"]), max(ends, key=lambda end: end["change"])
    return [(low, True), (high, False)] if low is not high else [(low, False)]


def _short(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
