"""The unknowns of a member: factors on what the scenario says, which wander between quarters of an hour and which the filter moves."""

from __future__ import annotations

from math import log, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.calendar import luck_cv
from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.state import Doing, Role
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_words, stream_key, uniforms
from sim.units import US_PER_DAY, US_PER_MIN, minutes_from_hours
from sim.visitors import NEVER_US, Visitors


class Law(NamedTuple):
    """How a factor's logarithm wanders: an autoregressive process with this standard deviation and this memory."""

    sd: float
    hours: float  # after which a deviation has shrunk to 1 / e of itself


# Engineering judgement: wide enough for a day that nothing foretold (an event draws half as many again), narrow enough that a quarter of
# an hour's counts, which are good to a tenth, are not mistaken for it. Deviations last as long as what causes them: a few hours.
LAWS = {
    "on_foot": Law(0.30, 4.0),
    "by_car": Law(0.25, 4.0),
    "stay": Law(0.10, 6.0),
    "meals": Law(0.15, 4.0),
    "service": Law(0.12, 6.0),
    "basket": Law(0.10, 6.0),
}
DOOR = Law(0.15, 4.0)
MEANINGS = {
    "on_foot": "how often people come on foot",
    "by_car": "how often people come by car",
    "stay": "how long they mean to stay",
    "meals": "share who eat here",
    "service": "times of service at tills and tables",
    "basket": "what they spend at a purchase",
}
FACTOR_LEAST, FACTOR_MOST = 0.2, 5.0  # beyond these the counters are broken, not the mall
HUNGER_WITHIN_US = 60 * US_PER_MIN  # of those who eat here although the scenario has them eat elsewhere


class Unknowns:
    """The order of the row of unknowns: LAWS, a factor for each entrance, the pull of each unit; all logarithms."""

    def __init__(self, compiled: CompiledPlan, config: RunConfig) -> None:
        """Lay the row out."""
        doors, units = len(compiled.entrance_ids), len(compiled.unit_ids)
        self.dials = np.arange(len(LAWS))
        self.doors = len(LAWS) + np.arange(doors)
        self.pulls = len(LAWS) + doors + np.arange(units)
        self.size = len(LAWS) + doors + units
        laws = [*LAWS.values(), *([DOOR] * doors)]
        self._sd = np.array([law.sd for law in laws])
        self._kept = np.exp(-0.25 / np.array([law.hours for law in laws]))
        self._luck_sd = sqrt(log(1 + luck_cv(config) ** 2))
        self.wanders = np.arange(len(laws))

    def at_first(self, seed: int, member: int, pulls: np.ndarray) -> np.ndarray:
        """Return a member's row in the morning: what wanders by its law and the day's own luck, pulls (float64, U) as its stores have them."""
        row = np.concatenate([self._sd * self._normals(seed, member, 0), pulls])
        luck = ndtri(uniforms(stream_key(seed, "twin luck"), np.array([member]), 0))[0]
        row[:2] += self._luck_sd * luck
        return row

    def wandered(self, row: np.ndarray, seed: int, member: int, quarter: int) -> np.ndarray:
        """Return the row a quarter of an hour later; draws are addressed by member and quarter of the day."""
        found = row.copy()
        step = self._sd * np.sqrt(1.0 - self._kept**2) * self._normals(seed, member, 1 + quarter)
        found[self.wanders] = self._kept * row[self.wanders] + step
        return self.held(found)

    def held(self, row: np.ndarray) -> np.ndarray:
        """Return the row within what a factor can be."""
        found = row.copy()
        found[self.wanders] = np.clip(row[self.wanders], log(FACTOR_LEAST), log(FACTOR_MOST))
        return found

    def _normals(self, seed: int, member: int, count: int) -> np.ndarray:
        address = draw_words(stream_key(seed, "twin wander"), np.array([member]), count)
        return np.asarray(ndtri(uniforms(address, self.wanders, 0)))


class Turned:
    """Turns the dials of one mall: what its people bring is changed on coming, of those inside what is still before them."""

    def __init__(self, crowd: Crowd, config: RunConfig) -> None:
        """Note what the scenario has."""
        self._config = config
        self._key = stream_key(config.seed, "twin meals")
        self.base_service_s = crowd.mall.stations["service_s_mean"].copy()
        self._slows = np.isin(crowd.mall.stations["role"], (Role.TILL, Role.TABLE, Role.SELF_CHECKOUT, Role.KITCHEN))
        self.factors = dict.fromkeys(LAWS, 1.0)

    def turn(self, crowd: Crowd, factors: dict[str, float], log_pulls: np.ndarray, now_us: int) -> None:
        """Set the factors that act inside: service, stay and basket of who is here, and the pulls of units."""
        mall, before = crowd.mall, self.factors
        mall.stations["service_s_mean"] = np.where(self._slows, self.base_service_s * factors["service"], self.base_service_s)
        mall.pulls["log_pull"][:] = log_pulls
        here = mall.shoppers["doing"] != Doing.NOTHING
        left_us = mall.shoppers["stay_until_us"][here] - now_us
        longer = np.where(left_us > 0, (left_us * (factors["stay"] / before["stay"])).astype(np.int64), left_us)
        mall.shoppers["stay_until_us"][here] = now_us + longer
        mall.shoppers["spend_scale"][here] *= factors["basket"] / before["basket"]
        self.factors = dict(factors)

    def described(self, visitors: Visitors) -> Visitors:
        """Return the parties of a batch as the dials have them."""
        factors = self.factors
        return visitors._replace(
            stay_s=visitors.stay_s * factors["stay"],
            spend_scale=visitors.spend_scale * factors["basket"],
            budget_fen=np.maximum(1, visitors.budget_fen * factors["basket"]).astype(np.int64),
            hungry_us=self._hunger(visitors),
        )

    def _hunger(self, visitors: Visitors) -> np.ndarray:
        """Return when parties will be hungry: of those who eat here fewer, or of the others some, by a draw of their own."""
        factor, share = self.factors["meals"], self._config.choice.meal_share
        draw = uniforms(self._key, visitors.number, 0)
        eats = visitors.hungry_us < NEVER_US
        if factor < 1.0:
            return np.where(eats & (draw >= factor), NEVER_US, visitors.hungry_us)
        more = min((factor - 1.0) * share / max(1.0 - share, 1e-9), 1.0)
        in_us = (uniforms(self._key, visitors.number, 1) * HUNGER_WITHIN_US).astype(np.int64)
        at_us = visitors.arrive_us + in_us
        return np.where(~eats & (draw < more) & self._is_meal_time(at_us), at_us, visitors.hungry_us)

    def _is_meal_time(self, at_us: np.ndarray) -> np.ndarray:
        choice, found = self._config.choice, np.zeros(at_us.size, bool)
        for meal in ("lunch", "dinner"):
            starts, ends = (minutes_from_hours(getattr(choice, f"{meal}_{end}")) * US_PER_MIN for end in ("starts", "ends"))
            found |= (at_us % US_PER_DAY >= starts) & (at_us % US_PER_DAY < ends)
        return found
