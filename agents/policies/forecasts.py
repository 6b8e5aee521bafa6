"""Offers where few guests are expected: issued by a forecast for as many as there is room for, and stopped when the house fills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.giving import Gives, liked_more, metres_to, rows_of, units_named
from agents.policies.policy import Tools, reachable
from sim.decisions_of_policies import EndOffer, PolicyDecision
from sim.promos import Reach
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN

NEAR_M = 100.0  # by which distance halves how much somebody is worth asking; engineering judgement


class ForecastCoupons(Gives):
    """Compare the bills that are expected in the next stretch with what the tables could take; offer the difference, and no more."""

    name: ClassVar[str] = "forecast_coupons"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Forecast, offer where it is quiet, end what is out where it is not."""
        settings = self.settings
        units = units_named(tools.public, settings.units, "restaurant")
        horizon_us, turn_us = round(settings.horizon_min * US_PER_MIN), settings.turn_min * US_PER_MIN
        low, high, asked_per_place = settings.load_low, settings.load_high, settings.messages_per_place
        turns, stop_at = settings.usual_turns, settings.stop_bills
        tools.forecaster.see(tools.now_us, observations)
        if not self.is_time(tools):
            return []
        sold = tools.forecaster.sold()
        people = self.chosen(reachable(tools, profiles, Reach.PUSH), tools)
        taste = liked_more(profiles, people, tools.now_us) if people.size else np.zeros((0, len(tools.public.unit_ids)))
        decisions: list[PolicyDecision] = []
        out: dict[int, str] = self.today.setdefault("out", {})
        for unit in units.tolist():
            places = int(tools.public.seats[unit]) * horizon_us / turn_us
            until_us = min(tools.now_us + horizon_us, tools.closes_us)
            expected = tools.forecaster.expected(unit, tools.now_us, until_us, turns * int(tools.public.seats[unit]))
            load = expected / places if places else 1.0
            is_full = load >= high or (stop_at > 0 and sold[unit] >= stop_at)
            if is_full and unit in out:
                decisions.append(EndOffer(out.pop(unit)))
            free = int(high * places - expected)
            if is_full or load >= low or free <= 0:
                continue
            asked = self._worth_asking(people, taste[:, unit], unit, asked_per_place * free, tools)
            if not asked.size:
                continue
            what = f"{tools.public.unit_ids[unit]}:{tools.now_us // horizon_us}"
            name, made = self.offered(tools, what, (unit,), claims_most=free)
            out[unit] = name
            features = {"load": np.full(asked.size, load), "expected": np.full(asked.size, expected)}
            decisions += [
                *made,
                *self.send(asked, name, because=f"{expected:.1f} bills expected for {places:.0f} places", features=features),
            ]
            is_left = ~np.isin(people, asked)
            people, taste = people[is_left], taste[is_left]
        return decisions

    @staticmethod
    def _worth_asking(people: np.ndarray, taste: np.ndarray, unit: int, most: float, tools: Tools) -> np.ndarray:
        """Return those who like the store most and are nearest to it; ties by number."""
        if not people.size:
            return people
        away_m = metres_to(tools.public, tools.present, rows_of(tools.present, people), unit)
        worth = taste / (1.0 + np.where(np.isinf(away_m), 10 * NEAR_M, away_m) / NEAR_M)
        best = np.argsort(-worth, kind="stable")[: int(most)]
        return np.sort(people[best])
