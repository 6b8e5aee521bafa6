"""Looking for the way: who knows it walks as before, who has the app errs no more than without it, and every mistake is mended."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd.tallies import Counted
from sim.events import EventKind
from tests.engine_days import Lived, corner_mall, day_config, live, parties


def wandering(share: float) -> Lived:
    """Return a day on which a share of errands goes wrong first and as many parties stop to look for the way."""
    config, compiled = day_config(), corner_mall()
    config.choice.wrong_turn_share = config.choice.orientation_share = share
    return live(compiled, config, [parties(config, compiled)])


@pytest.fixture(scope="module")
def lost() -> Lived:
    return wandering(1.0)


def of_kind(day: Lived, kind: EventKind) -> dict[str, np.ndarray]:
    rows = day.events["kind"] == kind
    return {name: column[rows] for name, column in day.events.items()}


def test_nobody_errs_where_everybody_knows_the_way():
    day = wandering(0.0)

    assert of_kind(day, EventKind.MISLED)["visit"].size == 0
    assert day.tallies.counts[Counted.ORIENTING_US] == 0


def test_the_wrong_store_is_another_one_on_the_level_of_the_wanted_one(lost):
    wrong = of_kind(lost, EventKind.MISLED)
    level = corner_mall().arrays.unit_level

    assert wrong["visit"].size > 100
    assert (wrong["place"] != wrong["value"]).all()
    assert (level[wrong["place"]] == level[wrong["value"]]).all()


def test_who_sees_its_mistake_goes_on_to_the_store_it_wanted(lost):
    """Unless something on the way catches its eye, or its time is up; congestion and lines aside, that is the next store it comes to."""
    wrong = of_kind(lost, EventKind.MISLED)
    came = np.isin(lost.events["kind"], (EventKind.STORE_ENTERED, EventKind.STORE_REFUSED))
    visit, place, time_us = (lost.events[name][came] for name in ("visit", "place", "time_us"))
    went = 0
    for number, wanted, at_us in zip(wrong["visit"], wrong["place"], wrong["time_us"], strict=True):
        later = np.flatnonzero((visit == number) & (time_us >= at_us))
        went += later.size > 0 and place[later[0]] == wanted

    assert went > 0.95 * wrong["visit"].size


def test_nobody_is_lost_for_good(lost):
    assert of_kind(lost, EventKind.STRANDED)["visit"].size == 0
    assert np.array_equal(np.sort(of_kind(lost, EventKind.ARRIVED)["visit"]), np.sort(of_kind(lost, EventKind.LEFT)["visit"]))


def test_with_the_app_only_some_err_of_those_who_would_without_and_nobody_looks_longer():
    """One errand a visit, without lines or crowds, so that both days have the same errands; 0.3 of 0.5 x 400 errs: 60, sd 7."""
    erred, looked_us = [], []
    for navigates in (0, 1):
        config, compiled = day_config(), corner_mall()
        config.choice.wrong_turn_share, config.choice.orientation_share = 0.5, 0.5
        config.choice.browse_share = config.choice.meal_share = config.choice.impulse_share = 0.0
        config.movement.congestion = False
        here = parties(config, compiled)
        here.needs[:, 1:] = -1
        day = live(compiled, config, [here._replace(navigates=np.full_like(here.navigates, navigates))])
        erred.append(set(of_kind(day, EventKind.MISLED)["visit"].tolist()))
        looked_us.append(int(day.tallies.counts[Counted.ORIENTING_US]))

    assert erred[1] < erred[0]
    assert 0.15 < len(erred[1]) / len(erred[0]) < 0.45
    assert 0 < looked_us[1] < 0.5 * looked_us[0]
