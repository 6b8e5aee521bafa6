"""The people of the catchment, in households: who they are on every day, whether they come or not."""

from agents.population.kinds import HOUSEHOLD_MAX, Income, LifeCycle, Mode, Residents, Role, Stage
from agents.population.synthesis import residents_of, with_rates_of

__all__ = [
    "HOUSEHOLD_MAX",
    "Income",
    "LifeCycle",
    "Mode",
    "Residents",
    "Role",
    "Stage",
    "residents_of",
    "with_rates_of",
]
