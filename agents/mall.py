"""The Mesa model: tenants and the operator, who review what the sensors report; SimPy calls `review`, Mesa's own clock is never used."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np

from agents.operator import Operator
from agents.tenant import Tenant
from sim.decisions import Decision
from sim.schema.management import ManagementConfig
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
    key: int = 0  # the unit's own address
    opens_min: int = 0  # by the plan, in minutes after midnight
    closes_min: int = 24 * 60


class MallModel(mesa.Model):
    """Everybody who decides; shoppers are not Mesa agents. It is carried from day to day."""

    def __init__(
        self, tenants: list[TenantFacts], entrance_ids: tuple[str, ...], every_s: float, closes_us: int, rules: ManagementConfig
    ) -> None:
        super().__init__()
        self.every_s, self.closes_us = every_s, closes_us
        self.sends_home = rules.send_home_below > 0
        self.operator = Operator(self, entrance_ids, rules)
        self.tenants = {facts.unit_id: Tenant(self, facts, rules) for facts in tenants}
        self.shown_stars = np.zeros(len(tenants))  # what the mall shows today, as anybody can read it; 0 for nothing

    def read(self, shown_stars: np.ndarray, is_new: np.ndarray) -> None:
        """Take notice of this morning's stars, and of new businesses, which begin with a diary of their own."""
        self.shown_stars = shown_stars.copy()
        for tenant in [each for each, new in zip(self.tenants.values(), is_new.tolist(), strict=True) if new]:
            tenant.open_diary()

    def review(self, now_us: int, observations: Observations) -> list[tuple[str, Decision]]:
        """Let everybody look at the observations since the last review; return (decider, decision) pairs.

        The first review after closing ends the day: it also brings what is decided for tomorrow.
        """
        decisions: list[tuple[str, Decision]] = []
        for tenant, (customers, sales_fen) in self._sales(observations):
            on_duty = int(observations.servers_on_duty[tenant.facts.index])
            decisions += [(tenant.name, decision) for decision in tenant.review(now_us, customers, sales_fen, on_duty)]
        decisions += [(self.operator.name, decision) for decision in self.operator.review(now_us, observations)]
        if now_us >= self.closes_us:
            decisions += self._close_day(observations)
        return decisions

    def _sales(self, observations: Observations) -> list[tuple[Tenant, tuple[int, int]]]:
        """Return what each tenant's own till says: customers and fen; also of tills that say nothing, where that sends somebody home."""
        is_sale = observations.kind == "sale"
        tills, which = np.unique(observations.sensor[is_sale], return_inverse=True)
        customers = np.bincount(which, minlength=tills.size)
        fen = np.zeros(tills.size, np.int64)
        np.add.at(fen, which, observations.value[is_sale])
        sold = {
            str(till).removeprefix("till:"): (int(count), int(amount))
            for till, count, amount in zip(tills, customers, fen, strict=True)
        }
        asked = self.tenants if self.sends_home else sold
        return [(self.tenants[unit_id], sold.get(unit_id, (0, 0))) for unit_id in asked]

    def _close_day(self, observations: Observations) -> list[tuple[str, Decision]]:
        decisions: list[tuple[str, Decision]] = []
        for tenant in self.tenants.values():
            on_duty = int(observations.servers_on_duty[tenant.facts.index])
            decisions += [(tenant.name, decision) for decision in tenant.close_day(on_duty)]
        decided = self.operator.close_day(list(self.tenants), self.shown_stars)
        return decisions + [(self.operator.name, decision) for decision in decided]

    def state(self) -> dict[str, Any]:
        """Return what it must be given back to go on as if nothing had happened."""
        operator = {name: copy.copy(getattr(self.operator, name)) for name in _OF_OPERATOR}
        return {"tenants": {unit: copy.deepcopy(each.diary) for unit, each in self.tenants.items()}, "operator": operator}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` has returned."""
        for unit, diary in state["tenants"].items():
            self.tenants[unit].diary = copy.deepcopy(diary)
        for name in _OF_OPERATOR:
            setattr(self.operator, name, copy.copy(state["operator"][name]))

    def close(self) -> None:
        """Let go of the agents: Mesa 3.3.1 keeps every model alive through a class-level table (`Agent._ids`)."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)


_OF_OPERATOR = ("people_inside_estimated", "people_inside_estimated_max", "closed", "warned", "days")
