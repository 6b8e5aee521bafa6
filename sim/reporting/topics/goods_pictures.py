"""Pictures of goods: what became of the wishes of each trade's customers."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, MUTED, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span
from sim.reporting.picture import Picture

LEAST_WISHES = 20  # of a trade; fewer have no share worth a bar


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    lines = [line for line in curves["trades"] if line["wanted"] >= LEAST_WISHES]
    if not lines:
        return []
    most = max(lines, key=lambda line: (line["out"] + line["misfit"]) / line["wanted"])
    picture = Picture(
        "figures/goods_wishes.svg", "goods", "What stores' customers wanted, per 100 entries, and what of it stock and fit lost, by trade.",
        f"Stacked bars for {len(lines)} trades; most is lost in {most['trade']}: {100 * (most['out'] + most['misfit']) / most['wanted']:.1f} % of the wishes.",
    )  # fmt: skip
    return [(picture, _wishes(lines))]


def _wishes(lines: list[dict[str, Any]]) -> str:
    names = [line["trade"].replace("_", " ") for line in lines]
    entries = np.array([max(line["entries"], 1) for line in lines], float)
    out, misfit, wanted = (
        np.array([line[name] for line in lines], float) * 100 / entries for name in ("out", "misfit", "wanted")
    )

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        left = np.zeros(len(lines))
        for width, label, color in (
            (wanted - out - misfit, "taken to the till", MAIN),
            (out, "not there", SECOND),
            (misfit, "did not fit", MUTED),
        ):
            axes.barh(range(len(lines)), width, left=left, height=0.7, color=color, label=label)
            left += width
        axes.set_yticks(range(len(lines)), names)
        axes.invert_yaxis()
        axes.set_xlabel("wishes per 100 entries")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2, handlelength=1.2, columnspacing=1.4)

    return draw(5.2, 0.6 + 0.24 * max(len(lines), 4), paint)
