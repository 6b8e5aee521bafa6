"""Demand that is pooled: people put their names down, and when enough have, a deep offer becomes theirs; otherwise nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from agents.policies.giving import Gives, liked_more
from agents.policies.policy import Tools, name_of, reachable
from sim.decisions_of_policies import EndOffer, PolicyDecision
from sim.promos import Reach
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN

TRADES = ("restaurant", "leisure")


class PooledDemand(Gives):
    """A list of a trade opens; putting one's name down is taking something of no worth. At the threshold the stores of the trade give it worth."""

    name: ClassVar[str] = "pooled_demand"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Open lists, ask people, and close each list when it is full or its time is up."""
        settings = self.settings
        trades, threshold, window_us = settings.trades or TRADES, settings.threshold, round(settings.window_min * US_PER_MIN)
        taste_least = settings.taste_least
        if not self.is_time(tools):
            return []
        decisions: list[PolicyDecision] = []
        people = self.chosen(reachable(tools, profiles, Reach.PUSH), tools)
        taste = liked_more(profiles, people, tools.now_us) if people.size else np.zeros((0, len(tools.public.unit_ids)))
        pools: dict[str, dict[str, Any]] = self.today.setdefault("pools", {})
        for trade in trades:
            units = tools.public.units_of(trade)
            if not units.size:
                continue
            pool = pools.setdefault(
                trade, {"number": 0, "opened_us": tools.now_us, "asked": np.zeros(0, np.int64), "filled": 0}
            )
            list_name, made = self.offered(
                tools, f"{trade}:list:{pool['number']}", units.tolist(), off_share=0.0, budget="", until_us=pool["opened_us"] + window_us,
                life_us=window_us,
            )  # fmt: skip
            decisions += made
            names = tools.used.get(list_name, (0, 0, 0))[0]
            is_over = tools.now_us + 1 >= pool["opened_us"] + window_us
            if names >= threshold or is_over:
                decisions.append(EndOffer(list_name))
                if names >= threshold:
                    name, made = self.offered(tools, f"{trade}:{pool['number']}", units.tolist(), claims_most=names)
                    decisions += [*made, *self.send(pool["asked"], name, because=f"{names} names on the list")]
                    pool["filled"] += 1
                pool.update(number=pool["number"] + 1, opened_us=tools.now_us, asked=np.zeros(0, np.int64))
                continue
            likes = taste[:, units].mean(axis=1) >= taste_least
            asked = people[likes & ~np.isin(people, pool["asked"])]
            decisions += self.send(
                asked, list_name, because=f"list of {name_of(trade)}", features={"names": np.full(asked.size, float(names))}
            )
            pool["asked"] = np.union1d(pool["asked"], asked)
            people, taste = people[~np.isin(people, asked)], taste[~np.isin(people, asked)]
        return decisions
