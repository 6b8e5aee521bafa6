"""A tenant: watches its own till and calls in a colleague when the till cannot keep up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.decisions import SetStaff

if TYPE_CHECKING:
    from agents.mall import MallModel, TenantFacts

BUSY_SHARE = 0.85  # of the servers' time; above it lines grow without end (queueing theory), so a manager opens a till


class Tenant(mesa.Agent):
    """The business in one unit."""

    def __init__(self, model: MallModel, facts: TenantFacts) -> None:
        super().__init__(model)
        self.facts = facts
        self.name = f"tenant:{facts.unit_id}"

    def review(self, customers: int, on_duty: int) -> list[SetStaff]:
        """Return a call for one more server when the customers of the last review kept those on duty busy."""
        if self.facts.has_tables or not 0 < on_duty < self.facts.servers:
            return []
        busy_share = customers * self.facts.service_s_mean / (on_duty * self.model.every_s)
        return [SetStaff(self.facts.unit_id, on_duty + 1)] if busy_share >= BUSY_SHARE else []
