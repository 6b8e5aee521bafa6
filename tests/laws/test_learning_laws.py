"""A day that stops for a learner is the same day, byte for byte; its rewards, budgets and endings hold."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest

gymnasium = pytest.importorskip("gymnasium", reason="the environment needs the extra learn: pip install -e .[learn]")
from gymnasium.utils.env_checker import check_env  # noqa: E402

from sim import api  # noqa: E402
from sim.learning import ENVIRONMENT  # noqa: E402
from sim.learning.coupons import Coupon, Coupons  # noqa: E402
from sim.learning.environment import MallEnv  # noqa: E402
from sim.random_streams import stream_key  # noqa: E402
from sim.world import World  # noqa: E402

pytestmark = pytest.mark.compiled
FEW = ["population.visits_per_day=60", "sensing.positioning.every_s=300"]
MENU = (None, Coupon("cafe", 0.5), Coupon("fashion", 0.9))


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def mall(**more):
    return MallEnv("which_coupon", more.pop("overrides", FEW), every_min=120.0, actions=MENU, **more)


def a_day(made, actions, seed=5):
    """Return rewards, sights and the true KPIs of a day on which the actions are taken in turn."""
    sight, _ = made.reset(seed=seed)
    sights, rewards, is_over, step = [sight], [], False, 0
    while not is_over:
        sight, reward, is_over, _, info = made.step(actions[step % len(actions)])
        sights.append(sight)
        rewards.append(reward)
        step += 1
    made.close()
    return rewards, sights, info["kpis"]


def kpis_of_a_day_without_stops(made, actions, seed_of_day, folder):
    config = dataclasses.replace(made.config, seed=seed_of_day)
    compiled, town, close = api.home_of(config)
    coupons = Coupons(compiled.unit_ids, tuple(compiled.tenant_categories), 200_000, 120 * 60_000_000)
    step = iter(range(1000))

    def review(seen):
        at = next(step)
        return coupons.decisions(MENU[actions[at % len(actions)]], seen, at == 0)

    people = dataclasses.replace(town.people_on(config), policies=review)
    try:
        return World(config, compiled, people, folder).run().kpis
    finally:
        close()


def test_a_day_that_stops_at_every_review_has_the_kpis_of_one_that_never_stops(own_folder):
    made = mall()
    _, _, stepped = a_day(made, [1, 2])
    seed_of_day = int(stream_key(5, "episode 0")) >> 2

    straight = kpis_of_a_day_without_stops(made, [1, 2], seed_of_day, own_folder / "straight")

    assert stepped == straight
    assert straight["sales_fen"] > 0


def test_the_same_seed_gives_the_same_rewards_and_another_one_gives_others():
    first, again, other = (a_day(mall(), [1, 2], seed) for seed in (5, 5, 6))

    assert first[0] == again[0]
    assert first[2] == again[2]
    assert all(np.array_equal(one[name], two[name]) for one, two in zip(first[1], again[1]) for name in one)
    assert first[0] != other[0]


def test_days_after_one_seed_are_different_days_in_a_fixed_order():
    made = mall()

    seeds = [made.reset(seed=seed)[1]["seed"] for seed in (9, None, 9, None)]

    assert seeds[:2] == seeds[2:]
    assert seeds[0] != seeds[1]
    made.close()


def test_the_uplift_of_sending_nothing_is_exactly_zero_in_every_interval():
    rewards, _, _ = a_day(mall(reward="uplift"), [0])

    assert rewards == [0.0] * 5


def test_the_uplift_of_a_day_is_its_tills_less_those_of_the_day_without_coupons():
    with_coupons, without = (sum(a_day(mall(), [action])[0]) for action in (2, 0))

    assert sum(a_day(mall(reward="uplift"), [2])[0]) == pytest.approx(with_coupons - without)


def test_coupons_never_cost_more_than_the_budget():
    sights = a_day(mall(budget_yuan=20.0, overrides=["population.visits_per_day=300"]), [1])[1]

    assert 0 < sum(float(sight["coupons"][2]) for sight in sights) <= 20.0


def test_an_environment_that_is_closed_leaves_no_thread_and_no_file(own_folder):
    threads, made = threading.active_count(), mall(reward="uplift")
    made.reset(seed=1)

    made.close()

    assert threading.active_count() == threads
    assert list(own_folder.glob("galleria-day-*")) == []


@pytest.mark.filterwarnings("error::UserWarning")
def test_gymnasiums_own_checker_has_no_complaint():
    made = gymnasium.make(ENVIRONMENT, overrides=FEW, every_min=240.0, actions=MENU)

    check_env(made.unwrapped, skip_render_check=True)

    made.close()


def test_a_step_before_a_day_asks_for_a_reset():
    made = mall()

    with pytest.raises(gymnasium.error.ResetNeeded, match="reset"):
        made.step(0)
