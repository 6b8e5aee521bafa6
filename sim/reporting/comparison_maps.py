"""Maps of where people are: a level with the baseline, with an arm, and what floor surely gains or loses between them."""

from __future__ import annotations

import re

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_colours import MAIN, SECOND
from sim.reporting.figure_style import figure_of
from sim.reporting.figures import extent_of
from sim.reporting.plan_drawing import draw_level_map, frame

WIDTH_IN, TITLE_IN, EDGE_IN = 9.6, 0.3, 0.1
BUSY = 0.98  # the scale ends where one zone in fifty is busier
LOSES_AND_GAINS = LinearSegmentedColormap.from_list("loses and gains", [SECOND, "#f2cdbd", "#ffffff", "#c3d9e6", MAIN])
PER_M2 = "person-minutes a day per m²"


def per_m2(compiled: CompiledPlan, minutes: np.ndarray) -> np.ndarray:
    """Return (Z) person-minutes per square metre of each zone."""
    return np.asarray(minutes / np.maximum(compiled.arrays.zone_area_m2, 1e-9))


def scales(before: np.ndarray, after: np.ndarray, difference: np.ndarray | None) -> tuple[float, float]:
    """Return where the scale of both maps ends, and that of the difference; one wild zone does not bleach the others."""
    both = np.concatenate([before, after])
    most = float(np.quantile(both, BUSY)) if both.size else 1.0
    known = np.abs(difference[np.isfinite(difference)]) if difference is not None else np.zeros(0)
    return most or 1.0, (float(np.quantile(known, BUSY)) if known.size else 1.0) or 1.0


def before_and_after(
    plans: tuple[CompiledPlan, CompiledPlan],
    level: int,
    values: tuple[np.ndarray, np.ndarray],
    difference: np.ndarray | None,
    names: tuple[str, str],
    ends: tuple[float, float],
) -> Figure:
    """Draw a level of the baseline and of an arm side by side, and below them the difference.

    `values` are (Z) per plan, in person-minutes per m2; `difference` is (Z) with NaN where it is not more than chance, or None where
    the two plans have different zones. `ends` are those of `scales`.
    """
    low, high = extent_of(plans[0], [level])
    flatness = float((high[1] - low[1]) / max(high[0] - low[0], 1e-9))
    small_in, large_in = (
        (WIDTH_IN - 1) / 2 * flatness + TITLE_IN,
        (WIDTH_IN - 1) * flatness + TITLE_IN if difference is not None else 0.0,
    )
    height_in = small_in + large_in + EDGE_IN

    def paint(figure: Figure) -> None:
        heights = [small_in, large_in] if difference is not None else [small_in]
        rows = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)
        upper = rows[0, 0].subplots(1, 2)
        for axes, compiled, shown, name in zip(upper, plans, values, names, strict=True):
            draw_level_map(axes, compiled, level, zone_values=shown, cmap="YlOrRd", limits=(0.0, ends[0]))
            _titled(axes, name, low, high)
        scale = ScalarMappable(Normalize(0.0, ends[0]), "YlOrRd")
        rows[0, 0].colorbar(scale, ax=upper, label=PER_M2, shrink=0.7, pad=0.01, extend="max", aspect=14)
        if difference is not None:
            lower = rows[1, 0].subplots()
            draw_level_map(lower, plans[1], level, zone_values=difference, cmap=LOSES_AND_GAINS, limits=(-ends[1], ends[1]))  # type: ignore[arg-type]
            _titled(lower, f"{names[1]} less {names[0]}", low, high)
            change = ScalarMappable(Normalize(-ends[1], ends[1]), LOSES_AND_GAINS)
            rows[1, 0].colorbar(change, ax=lower, label=PER_M2, shrink=0.8, pad=0.01, extend="both", aspect=22)

    return figure_of(WIDTH_IN, height_in, paint)


def small(svg: str) -> str:
    """Return the SVG of a map with places rounded to a hundredth of a point, which halves it."""
    return re.sub(r"(\.\d\d)\d+", r"\1", svg)


def _titled(axes: Axes, title: str, low: np.ndarray, high: np.ndarray) -> None:
    frame(axes, low, high)
    axes.set_title(title if len(title) <= 60 else f"{title[:59]}…", fontsize=9, loc="left")
