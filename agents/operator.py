"""The mall's operator: keeps the people inside in view, by the door counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.decisions import Decision
from sim.sensing.observations import Observations

if TYPE_CHECKING:
    from agents.mall import MallModel


class Operator(mesa.Agent):
    """Knows what the counters know; an estimate of the people inside drifts with their errors."""

    def __init__(self, model: MallModel, entrance_ids: tuple[str, ...]) -> None:
        super().__init__(model)
        self.name = "operator"
        self.entrance_ids = entrance_ids
        self.people_inside_estimated = 0
        self.people_inside_estimated_max = 0

    def review(self, now_us: int, observations: Observations) -> list[Decision]:
        """Bring the estimate up to date; no rule of the operator's own is in force yet, policies will bring them."""
        came = int(observations.value[observations.kind == "people_in"].sum())
        left = int(observations.value[observations.kind == "people_out"].sum())
        self.people_inside_estimated += came - left
        self.people_inside_estimated_max = max(self.people_inside_estimated_max, self.people_inside_estimated)
        return []
