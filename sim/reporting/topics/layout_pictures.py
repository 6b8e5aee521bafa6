"""Pictures of the layout: each changed level before and after."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.plan_arrays import CompiledPlan
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span
from sim.reporting.layout_drawing import changed_levels, paint, size_in
from sim.reporting.picture import Picture


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; the plan as drawn is in the cache."""
    before = load_compiled(find_floorplan(curves["floorplan"]))
    return [_level(before, compiled, level) for level in changed_levels(before, compiled)]


def _level(before: CompiledPlan, after: CompiledPlan, level: int) -> tuple[Picture, str]:
    def put(figure: Figure) -> None:
        paint(figure, before, after, level)

    name = after.level_names[level]
    caption = f"{name} as drawn and as changed. Red: who left or moved away; blue: who came, with arrows; brown: doors and escalators."
    alt = f"Two plans of {name}, before and after {len(after.layout_changes)} changes of layout in the mall."
    return Picture(f"figures/layout_{level + 1:02d}.svg", "layout", caption, alt), draw(*size_in(before, level), put)
