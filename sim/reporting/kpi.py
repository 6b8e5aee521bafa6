"""What is said of one KPI: its fixed name, its unit, which way is better, what it means, why a run may not know it."""

from __future__ import annotations

from dataclasses import dataclass

UNITS = ("visits", "people", "min", "h", "s", "m", "m2", "per m2", "fen", "share", "count", "points", "index", "ratio", "days")
DIRECTIONS = ("higher", "lower", "neither")


@dataclass(frozen=True)
class Kpi:
    """One line of the catalogue."""

    name: str
    unit: str
    direction: str  # the better way, for a planner: higher, lower or neither
    group: str
    label: str  # in a planner's words
    definition: str
    unknown: str = ""  # why no run knows it yet; empty when runs do
    null_where: str = ""  # which runs do not know it, although others do: it comes from sensors that a run can do without

    @property
    def is_known(self) -> bool:
        """Whether a run can have a value."""
        return not self.unknown
