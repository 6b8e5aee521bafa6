"""Today's visits: parties with size, pace, needs, time and money, each drawn by the visit's own number."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from agents.arrivals import Candidates, arrivals_between, rates_per_min, sources_of
from agents.digital import navigates
from agents.habits import with_habits
from agents.membership import Memory
from agents.population import Residents
from agents.visit_plans import planned, poisson_cdf
from sim.calendar import day_of
from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.visitors import Visitors, empty_visitors

PEOPLE_MAX = 6


class Visits:
    """The visits of one day, in batches of parties; a batch does not depend on which others were asked for."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan, residents: Residents, memory: Memory) -> None:
        self._residents, self._memory = residents, memory
        self._config, self._compiled = config, compiled
        self._plan = compiled.arrays
        self._sources = sources_of(compiled.arrays, config.population.car_share)
        self._rates = rates_per_min(config)

    @property
    def visits_expected(self) -> float:
        """The mean of the number of parties that come this day."""
        return float(self._rates.sum())

    def arrivals(self, from_min: int, to_min: int) -> Visitors:
        """Return the parties that arrive in the minutes [from_min, to_min) of the day."""
        found = arrivals_between(self._config.seed, self._config.date, self._sources, self._rates, from_min, to_min)
        return self._described(found)

    def _described(self, found: Candidates) -> Visitors:
        population = self._config.population
        is_weekend = day_of(self._config).is_weekend
        number = found.number
        people = party_sizes(
            population.party_lambda_weekend if is_weekend else population.party_lambda_weekday, self._draw("people", number)
        )
        visitors = empty_visitors(number.size)._replace(
            number=number,
            arrive_us=found.arrive_us,
            entrance=self._sources.entrance[found.source],
            parking=self._sources.parking[found.source],
            people=people,
            free_speed_mps=self._speeds_mps(number, people),
            spend_scale=np.exp(population.spend_sigma * ndtri(self._draw("spend", number)) - population.spend_sigma**2 / 2),
            step_free=(self._draw("step-free", number) < population.step_free_share).astype(np.int8),
        )
        visitors = visitors._replace(goal_entrance=self._walk_through(visitors), navigates=navigates(self._config, visitors))
        visitors = planned(self._config, self._compiled, visitors)
        return with_habits(self._config, visitors)

    def _draw(self, purpose: str, number: np.ndarray, count: int = 0) -> np.ndarray:
        return uniforms(stream_key(self._config.seed, purpose), number, count)

    def _speeds_mps(self, number: np.ndarray, people: np.ndarray) -> np.ndarray:
        """Return the party's pace: a truncated normal, less for company (Moussaid et al. 2010)."""
        population = self._config.population
        mean, sd = population.free_speed_mps_mean, max(population.free_speed_mps_sd, 1e-9)
        low, high = ndtr((np.array([population.free_speed_mps_min, population.free_speed_mps_max]) - mean) / sd)
        speed = mean + sd * ndtri(low + (high - low) * self._draw("speed", number))
        # a mean far outside the range leaves no share to draw from: everybody then walks at its nearer end
        speed = np.clip(np.nan_to_num(speed, nan=mean), population.free_speed_mps_min, population.free_speed_mps_max)
        slowed = speed - population.party_slowdown_mps * (people - 1)
        return np.maximum(slowed, population.free_speed_mps_min)

    def _walk_through(self, visitors: Visitors) -> np.ndarray:
        """Return the exit of those on foot who only walk through, -1 for everybody else."""
        doors = np.flatnonzero(self._plan.entrance_share > 0)
        if doors.size < 2:
            return np.full(visitors.number.size, -1, np.int32)
        walks = (self._draw("walk through", visitors.number) < self._config.population.walk_through_share) & (
            visitors.parking < 0
        )
        cdf = np.cumsum(self._plan.entrance_share[doors]) / self._plan.entrance_share[doors].sum()
        exit_by = doors[np.searchsorted(cdf[:-1], self._draw("exit", visitors.number))]
        return np.where(walks & (exit_by != visitors.entrance), exit_by, -1).astype(np.int32)


def party_sizes(lam: float, draws: np.ndarray) -> np.ndarray:
    """Return sizes 1 ... PEOPLE_MAX from a zero-truncated Poisson law (Moussaid et al. 2010)."""
    cdf = poisson_cdf(lam, PEOPLE_MAX)
    truncated = (cdf[1:] - cdf[0]) / (1 - cdf[0])
    return (1 + np.searchsorted(truncated[:-1], draws)).astype(np.int32)
