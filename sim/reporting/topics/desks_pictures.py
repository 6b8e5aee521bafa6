"""Pictures of desks and bags."""

from __future__ import annotations

from typing import Any

from sim.plan_arrays import CompiledPlan
from sim.reporting.figures import Span
from sim.reporting.picture import Picture


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    return []
