"""The desk of a run's policies: makes those that are active, hands each what it may see, and gathers what they decide."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from agents.policies.at_home import AtHome
from agents.policies.catalogue import BY_NAME, maker_of
from agents.policies.design import Design
from agents.policies.policy import Policy, PublicMap, Tools
from sim.calendar import day_of
from sim.config import RunConfig
from sim.decisions_of_home import HomeDecision
from sim.decisions_of_policies import PolicyDecision
from sim.errors import ConfigError, Problem
from sim.forecasting.bills import Forecaster, SeasonalNaive
from sim.forecasting.ensemble import Ensemble
from sim.home import Members
from sim.opening import mall_hours_min
from sim.operations.policies import Seen
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stable_key
from sim.schema.policies.coupons import units_named_by
from sim.sensing.present import nobody_present
from sim.timetable import timetable_of
from sim.units import US_PER_MIN

Maker = Callable[[Any], Policy]
FORECASTER = "(forecaster)"  # beside the names of policies, in what is kept


class Desk:
    """The active policies, in order of their names; it lives on from day to day."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan, own: Mapping[str, Maker] | None = None) -> None:
        """Make the policies, whose names are those of the catalogue or of `own`."""
        own = own or {}
        self._config, self._compiled = config, compiled
        self.public = public_map(config, compiled)
        self.design = Design(config.policy.design, config.seed, self.public)
        problems = [
            Problem(place, unit, "must be the id of a unit that has a tenant", "tenants.csv names them in its column unit")
            for place, unit in units_named_by(config.policy)
            if unit not in compiled.unit_ids and place.split(".")[1] in config.policies
        ]
        if problems:
            raise ConfigError.of("the configuration", problems)
        self.forecaster: Forecaster = (
            Ensemble(compiled.unit_ids, compiled.tenant_categories)
            if config.policy.forecaster == "ensemble"
            else SeasonalNaive(compiled.unit_ids)
        )
        self.policies: dict[str, Policy] = {}
        for name in sorted(set(config.policies)):
            if name in own:
                self.policies[name] = own[name](dict(config.policy.own.get(name, {})))
            elif BY_NAME[name].make:
                self.policies[name] = maker_of(BY_NAME[name])(getattr(config.policy, name, None))

    def rehouse(self, compiled: CompiledPlan) -> None:
        """Know the plan in which tenants have changed rooms."""
        self._compiled, self.public = compiled, public_map(self._config, compiled)

    @property
    def looks_home(self) -> bool:
        """Whether any policy addresses people at home."""
        return any(isinstance(policy, AtHome) for policy in self.policies.values())

    def at_home(
        self, today: RunConfig, members: Members, used: dict[str, tuple[int, int, int]]
    ) -> Sequence[tuple[str, HomeDecision]]:
        """Return what policies decide in the morning about people at home."""
        date = datetime.date.fromisoformat(today.date)
        opens_min, closes_min = mall_hours_min(today)
        tools = Tools(
            0, opens_min * US_PER_MIN, closes_min * US_PER_MIN, self.public, day_of(today, date), tuple(timetable_of(self._compiled, today)),
            nobody_present(), used, today.seed ^ (stable_key(today.date) & 0xFFFFFFFF),
        )  # fmt: skip
        return [
            (name, decision)
            for name, policy in self.policies.items()
            if isinstance(policy, AtHome)
            for decision in policy.at_home(members, tools)
        ]

    def begin_day(self, today: RunConfig) -> Callable[[Seen], Sequence[tuple[str, PolicyDecision]]] | None:
        """Return who reviews on a day; None when nobody does."""
        if not self.policies:
            return None
        date = datetime.date.fromisoformat(today.date)
        opens_min, closes_min = mall_hours_min(today)
        day, timetable = day_of(today, date), tuple(timetable_of(self._compiled, today))

        def tools_at(now_us: int, seen: Seen | None) -> Tools:
            present, used = (nobody_present(), {}) if seen is None else (seen.present, seen.used)
            offers = {} if seen is None else seen.offers
            return Tools(
                now_us, opens_min * US_PER_MIN, closes_min * US_PER_MIN, self.public, day, timetable, present, used,
                today.seed ^ (stable_key(today.date) & 0xFFFFFFFF), self.forecaster, offers=offers,
                receipts=() if seen is None else seen.receipts,
            )  # fmt: skip

        self.forecaster.begin_day(day)
        for policy in self.policies.values():
            policy.begin_day(tools_at(0, None))

        def review(seen: Seen) -> Sequence[tuple[str, PolicyDecision]]:
            people = seen.observations.people
            assert people is not None
            tools = tools_at(seen.now_us, seen)
            return [
                (name, self.design.assigned(decision, people, tools))
                for name, policy in self.policies.items()
                for decision in policy.review(seen.observations, people, tools)
            ]

        return review

    def state(self) -> dict[str, Any]:
        """Return what they must be given back to go on."""
        return {name: policy.state() for name, policy in self.policies.items()} | {FORECASTER: self.forecaster.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` has returned; a policy that was not there begins anew."""
        for name, policy in self.policies.items():
            if name in state:
                policy.restore(state[name])
        self.forecaster.restore(state[FORECASTER])


def public_map(config: RunConfig, compiled: CompiledPlan) -> PublicMap:
    """Return what anybody can read of the mall."""
    from sim.crowd.station_plans import cashiers_of

    arrays = compiled.arrays
    door = arrays.door_node[arrays.unit_door_start[:-1]]
    prices = np.array([100.0 * config.categories[trade].basket_yuan_mean for trade in compiled.tenant_categories])
    return PublicMap(
        compiled.unit_ids, compiled.tenant_names, compiled.tenant_categories, arrays.node_level[door], arrays.node_x_m[door],
        arrays.node_y_m[door], arrays.unit_area_m2, compiled.entrance_ids, prices,
        np.array([cashiers_of(compiled, config, unit)[0] for unit in range(len(compiled.unit_ids))], np.int64),
    )  # fmt: skip
