"""How many people live in the catchment of a mall."""

from __future__ import annotations

from sim.config import RunConfig


def residents_expected(config: RunConfig) -> int:
    """Return the people of the catchment: as many as given, else as the visits of an average day need; whole households may add a few."""
    catchment = config.catchment
    return max(1, catchment.residents or round(catchment.residents_per_visit * config.population.visits_per_day))
