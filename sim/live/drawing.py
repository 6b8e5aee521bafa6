"""The plan and the people on it as SVG: the floor once, the people at every look, and the curve of how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sim.live.day import STATES, Frame
from sim.plan_arrays import CompiledPlan

MARGIN_M = 2.0


def levels_shown(compiled: CompiledPlan) -> list[int]:
    """Return the levels that people walk on, the top one first."""
    return [level for level in reversed(range(len(compiled.level_ids))) if compiled.walkable_rings[level]]


def view_box(compiled: CompiledPlan, level: int) -> tuple[float, float, float, float]:
    """Return left, top, width and height of a level in metres, north up: y is turned over, as screens count downwards."""
    rings = [*_walls(compiled, level), *(ring for polygon in compiled.walkable_rings[level] for ring in polygon)]
    corners = np.concatenate(rings)
    low, high = corners.min(axis=0) - MARGIN_M, corners.max(axis=0) + MARGIN_M
    return float(low[0]), float(-high[1]), float(high[0] - low[0]), float(high[1] - low[1])


def floor_svg(compiled: CompiledPlan, level: int) -> str:
    """Return a level's floor and rooms; colours come from the page's style."""
    floor = _path(ring for polygon in compiled.walkable_rings[level] for ring in polygon)
    rooms = _path(_walls(compiled, level))
    inner = f'<path class="floor" d="{floor}"/><path class="rooms" d="{rooms}"/>'
    return _svg(compiled, level, inner, 'aria-hidden="true"')


def people_svg(compiled: CompiledPlan, level: int, frame: Frame | None) -> str:
    """Return the parties on a level, a dot each, by what they are doing; `frame` is None before the first look."""
    inner, words = "", "nobody has been looked at yet"
    if frame is not None:
        here = frame.level == level
        groups = [here & (frame.group == group) for group in range(len(STATES))]
        inner = "".join(_dots(group, frame.x_m[rows], frame.y_m[rows]) for group, rows in enumerate(groups))
        words = ", ".join(f"{int(rows.sum())} {name}" for name, rows in zip(STATES, groups, strict=True))
    return _svg(compiled, level, inner, f'role="img" aria-label="Parties on this level: {words}"')


def curve_svg(name: str, time_s: Sequence[float], values: Sequence[float], unit: str) -> str:
    """Return the curve of a number over the day so far, in the report's style and the page's colours."""
    from sim.reporting.figure_colours import MAIN
    from sim.reporting.figure_style import draw
    from sim.reporting.figures import CLOCK
    from sim.reporting.inline_svg import inline_svg

    def paint(figure: Any) -> None:
        axes = figure.subplots()
        minutes = [each / 60 for each in time_s]
        axes.plot(minutes, values, color=MAIN, linewidth=1.5)
        axes.fill_between(minutes, values, color=MAIN, alpha=0.12, linewidth=0)
        axes.xaxis.set_major_formatter(CLOCK)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}")
        axes.set_ylabel(unit)
        axes.set_ylim(bottom=min(0.0, *values))

    return inline_svg(draw(4.6, 1.7, paint), name, f"Curve of {unit}: {values[-1]:,.4g} at the last look", recolour=True)


def _walls(compiled: CompiledPlan, level: int) -> list[np.ndarray]:
    units = np.flatnonzero(compiled.arrays.unit_level == level).tolist()
    rings = [ring for unit in units for ring in compiled.unit_rings[unit]]
    return rings + [ring for polygon in compiled.structure_rings[level] for ring in polygon]


def _path(rings: Iterable[np.ndarray]) -> str:
    return "".join("M" + "L".join(f"{x:.1f} {-y:.1f}" for x, y in ring.tolist()) + "Z" for ring in rings)


def _dots(group: int, x_m: np.ndarray, y_m: np.ndarray) -> str:
    """Return dots as one path of strokes without length: thousands cost little."""
    strokes = "".join(f"M{x:.1f} {-y:.1f}h0" for x, y in zip(x_m.tolist(), y_m.tolist(), strict=True))
    return f'<path class="dots g{group}" d="{strokes or "M0 0"}"/>'


def _svg(compiled: CompiledPlan, level: int, inner: str, more: str) -> str:
    box = " ".join(f"{each:.1f}" for each in view_box(compiled, level))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" {more}>{inner}</svg>'
