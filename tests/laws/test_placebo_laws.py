"""Laws of the placebo: members drawn anew are a hash's share, nobody else is touched, and nothing changes on average."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from agents.arrivals import comers_of, luck_of, numbers_of
from agents.population import Residents
from sim.api import residents_for
from sim.config import RunConfig
from sim.config_files import compose

pytestmark = pytest.mark.plain


def placebo(share: float, salt: int = 0) -> RunConfig:
    return compose("corner_day", [f"population.redraw_share={share}", f"population.redraw_salt={salt}"])


@cache
def residents() -> Residents:
    return residents_for(placebo(0.0))


def redrawn(config: RunConfig) -> np.ndarray:
    everybody = np.arange(residents().key.size)
    return np.flatnonzero(luck_of(config, residents(), everybody) != residents().key)


def test_the_share_of_members_that_is_redrawn_is_the_wanted_one():
    """Within 4.5 standard errors: a false alarm in 150,000 runs."""
    members = int(np.count_nonzero(residents().is_member))

    found = redrawn(placebo(0.2))

    assert abs(found.size - 0.2 * members) < 4.5 * math.sqrt(members * 0.2 * 0.8)
    assert np.all(residents().is_member[found] > 0)


def test_a_larger_share_keeps_everybody_of_a_smaller_one_and_a_salt_picks_others():
    few, many, others = redrawn(placebo(0.1)), redrawn(placebo(0.3)), redrawn(placebo(0.1, salt=1))

    assert np.isin(few, many).all()
    assert np.isin(few, others).mean() < 0.5


def test_whoever_is_not_redrawn_comes_as_before_on_the_same_visit():
    config, everybody = placebo(0.3), np.arange(residents().key.size)
    leaning = np.ones(everybody.size)
    untouched = np.setdiff1d(everybody, redrawn(config))

    before, after = (comers_of(each, residents(), leaning).resident for each in (placebo(0.0), config))

    assert np.array_equal(np.intersect1d(before, untouched), np.intersect1d(after, untouched))
    assert np.array_equal(numbers_of(config, residents(), untouched), numbers_of(placebo(0.0), residents(), untouched))
    assert not np.array_equal(before, after)


def test_as_many_of_the_redrawn_come_as_before_on_average():
    """Over 30 salts, all members redrawn: within 4.5 standard errors of a sum of independent chances."""
    leaning = np.ones(residents().key.size)
    members = residents().is_member > 0
    expected = float(residents().visits_per_day[members].sum())

    counts = [np.count_nonzero(members[comers_of(placebo(1.0, salt), residents(), leaning).resident]) for salt in range(30)]

    assert abs(np.mean(counts) - expected) < 4.5 * math.sqrt(expected / 30)
