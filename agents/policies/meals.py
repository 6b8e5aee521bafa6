"""A push near a meal: to whoever was last located near a restaurant that it seems to like, while it is time to eat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.giving import Gives, liked_more, metres_to, rows_of, units_named
from agents.policies.policy import Tools, reachable
from sim.categories import FOOD
from sim.decisions_of_policies import PolicyDecision
from sim.promos import Reach
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN, minutes_from_hours


class MealPush(Gives):
    """Geofence, clock and taste: the offer of the restaurant that suits each best among those near its last fix, which may be wrong."""

    name: ClassVar[str] = "meal_push"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Find whom to tell of which restaurant."""
        settings = self.settings
        units = units_named(tools.public, settings.units, *(settings.trades or FOOD))
        windows = ((settings.lunch_starts, settings.lunch_ends), (settings.dinner_starts, settings.dinner_ends))
        now_min = tools.now_us // US_PER_MIN
        is_meal = any(minutes_from_hours(first) <= now_min < minutes_from_hours(last) for first, last in windows)
        people = self.chosen(reachable(tools, profiles, Reach.PUSH), tools) if self.is_time(tools) else np.zeros(0, np.int64)
        radius_m, least, by = settings.radius_m, settings.taste_least, settings.by
        if not is_meal or not people.size or not units.size:
            return []
        rows = rows_of(tools.present, people)
        away_m = np.stack([metres_to(tools.public, tools.present, rows, unit) for unit in units.tolist()], axis=1)
        taste = liked_more(profiles, people, tools.now_us)[:, units]
        if by == "anybody":
            best = (tools.uniforms("meal_push anywhere", people, tools.review) * units.size).astype(np.int64)
            is_told = np.ones(people.size, bool)
        else:
            fit = np.where(away_m <= radius_m, taste if by == "taste" else 1.0 / (1.0 + away_m), -1.0)
            best = fit.argmax(axis=1)
            at = np.arange(people.size)
            is_told = (fit[at, best] >= 0) & ((taste[at, best] >= least) | (by != "taste"))
        decisions: list[PolicyDecision] = []
        for index in np.unique(best[is_told]).tolist():
            those = np.flatnonzero(is_told & (best == index))
            name, made = self.offered(tools, tools.public.unit_ids[units[index]], (int(units[index]),))
            features = {"away_m": away_m[those, index], "taste": taste[those, index]}
            decisions += [*made, *self.send(people[those], name, because=f"meal, {by}", features=features)]
        return decisions
