"""The cadence on which agents review what they observed; applies what they decide, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sim.crowd.engine import Crowd
from sim.decisions import Decision, OpenEntrance, SetStaff, Tomorrow, Verdict
from sim.operations.tomorrow import refusal
from sim.plan_arrays import CompiledPlan
from sim.sensing.observations import Observations

Decide = Callable[[int, Observations], list[tuple[str, Decision]]]


@dataclass
class Reviews:
    """Every `every_us`: reads the sensors, asks the deciders, applies their decisions in order of (name, index)."""

    crowd: Crowd
    compiled: CompiledPlan
    observe: Callable[[int], Observations]
    decide: Decide
    every_us: int
    until_us: int
    next_us: int | None
    price_range: tuple[float, float] = (1.0, 1.0)  # that a tenant may choose from
    rank: int = 50
    verdicts: list[Verdict] = field(default_factory=list)

    def act(self, now_us: int) -> None:
        """Hold one review."""
        decisions = self.decide(now_us, self.observe(now_us))
        has_switched = False
        for _, (decider, decision) in sorted(enumerate(decisions), key=lambda item: (item[1][0], item[0])):
            refused_because = self._apply(decision)
            self.verdicts.append(Verdict(now_us, decider, decision, refused_because))
            has_switched = has_switched or not (refused_because or isinstance(decision, Tomorrow))
        if has_switched:
            self.crowd.switched(now_us)
        following_us = now_us + self.every_us
        self.next_us = following_us if following_us < self.until_us else None

    def _apply(self, decision: Decision) -> str:
        """Throw the switch; return why not, or nothing."""
        if isinstance(decision, SetStaff):
            return self._set_staff(decision)
        if isinstance(decision, Tomorrow):
            return refusal(decision, self.compiled, self.price_range)
        return self._open_entrance(decision)

    def _set_staff(self, decision: SetStaff) -> str:
        if decision.unit_id not in self.compiled.unit_ids:
            return f"no unit {decision.unit_id!r}"
        station = self.compiled.unit_ids.index(decision.unit_id)
        if self.crowd.station_names[station].startswith("table:"):
            return f"{decision.unit_id} seats its guests at tables, whoever is on duty"
        most = int(self.crowd.full_servers[station])
        if not 0 <= decision.servers <= most:
            return f"{decision.servers} servers asked for, the unit has {most}"
        self.crowd.controls.servers_open[station] = decision.servers
        self.crowd.has_own_staff[station] = True
        return ""

    def _open_entrance(self, decision: OpenEntrance) -> str:
        if decision.entrance_id not in self.compiled.entrance_ids:
            return f"no entrance {decision.entrance_id!r}"
        self.crowd.controls.entrance_is_open[self.compiled.entrance_ids.index(decision.entrance_id)] = int(decision.is_open)
        return ""
