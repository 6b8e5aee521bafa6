"""The Mesa model: tenants and the operator, who review what the sensors report; SimPy calls `review`, Mesa's own clock is never used."""

from __future__ import annotations

from dataclasses import dataclass

import mesa
import numpy as np

from agents.operator import Operator
from agents.tenant import Tenant
from sim.decisions import Decision
from sim.sensing.observations import Observations


@dataclass(frozen=True)
class TenantFacts:
    """What a tenant knows of itself."""

    index: int  # among the plan's units
    unit_id: str
    name: str
    servers: int  # tills with everybody on duty
    service_s_mean: float
    has_tables: bool


class MallModel(mesa.Model):
    """Everybody who decides; shoppers are not Mesa agents."""

    def __init__(self, tenants: list[TenantFacts], entrance_ids: tuple[str, ...], every_s: float) -> None:
        super().__init__()
        self.every_s = every_s
        self.operator = Operator(self, entrance_ids)
        self.tenants = {facts.unit_id: Tenant(self, facts) for facts in tenants}

    def review(self, now_us: int, observations: Observations) -> list[tuple[str, Decision]]:
        """Let everybody look at the observations since the last review; return (decider, decision) pairs."""
        sales = observations.kind == "sale"
        tills, sold = np.unique(observations.sensor[sales], return_counts=True)
        decisions: list[tuple[str, Decision]] = []
        for till, customers in zip(tills, sold, strict=True):
            tenant = self.tenants[str(till).removeprefix("till:")]
            on_duty = int(observations.servers_on_duty[tenant.facts.index])
            decisions += [(tenant.name, decision) for decision in tenant.review(int(customers), on_duty)]
        decisions += [(self.operator.name, decision) for decision in self.operator.review(now_us, observations)]
        return decisions

    def close(self) -> None:
        """Let go of the agents: Mesa 3.3.1 keeps every model alive through a class-level table (`Agent._ids`)."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
