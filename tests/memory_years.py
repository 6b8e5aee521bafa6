"""Catchments with a memory, and days lived without the engine, for tests of what happens between visits."""

from __future__ import annotations

import dataclasses
import datetime
from types import SimpleNamespace

import numpy as np

from agents.membership import Memory
from agents.population import residents_of
from sim.config import RunConfig
from sim.crowd.mind import OUTCOME
from sim.lived import RATING, Lived
from sim.verification.memory import toy_days

FIRST = datetime.date(2026, 11, 21)


def config_of(residents=2000, **membership):
    """Return a configuration with about so many residents; `membership` replaces keys of that section."""
    config = RunConfig()
    config.population.visits_per_day = residents / 20
    config.membership = dataclasses.replace(config.membership, **membership)
    return config


def people_of(config, **changed):
    """Return residents with a memory; `changed` replaces columns of theirs."""
    residents = residents_of(config)._replace(**changed)
    return SimpleNamespace(residents=residents, memory=Memory(config, residents), config=config)


def live(people, days, satisfaction_sd=0.15, satisfaction_mean=None):
    """Live days in a row; return the people's summaries of them."""
    return [
        people.memory.summary(lived.date) for lived in toy_days(people, people.config, days, satisfaction_sd, satisfaction_mean)
    ]


def a_day(date, rows, satisfaction=0.75, spent_fen=0, ratings=()):
    """Return a day on which these residents came; `ratings` are (place in rows, unit, stars)."""
    outcomes = np.zeros(len(rows), OUTCOME)
    outcomes["resident"] = rows
    outcomes["number"] = 1000 + np.arange(len(rows))
    outcomes["satisfaction"] = satisfaction
    outcomes["spent_fen"] = spent_fen
    rated = np.zeros(len(ratings), RATING)
    for index, (place, unit, stars) in enumerate(ratings):
        rated[index] = 1000 + place, unit, stars
    return Lived(date, outcomes, rated)


def day(number):
    """Return the date of a day of the run, the first being 0."""
    return FIRST + datetime.timedelta(days=number)
