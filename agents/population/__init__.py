"""The people of the catchment, in households: who they are on every day, whether they come or not."""

from agents.population.kinds import (
    CODES_MAX,
    HOUSEHOLD_MAX,
    Household,
    Income,
    LifeCycle,
    Mode,
    Residents,
    Role,
    Stage,
    empty_residents,
)
from agents.population.synthesis import residents_of, visits_of_residents, with_rates_of

__all__ = [
    "CODES_MAX",
    "HOUSEHOLD_MAX",
    "Household",
    "Income",
    "LifeCycle",
    "Mode",
    "Residents",
    "Role",
    "Stage",
    "empty_residents",
    "residents_of",
    "visits_of_residents",
    "with_rates_of",
]
