"""Whoever only looks changes nothing; whoever decides nothing, too; and what is decided acts in the mall and in its books."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import mesa
import numpy as np
import pyarrow.parquet as pq
import pytest
from mesa import DataCollector

from agents.reputation import Reputation
from sim import api
from sim.config_files import compose
from sim.crowd.engine import Crowd
from sim.errors import ConfigError
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, TransferReason
from sim.operations.hours import hours_of
from sim.operations.tomorrow import Standing
from sim.standing import even_standing
from sim.units import US_PER_HOUR
from tests.engine_days import END_US, corner_mall, day_config, opened, parties

pytestmark = pytest.mark.compiled
QUICK = ("recording.report=false", "sensing.positioning.every_s=300", "population.visits_per_day=120")


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.parquet"))}


@pytest.fixture(scope="module")
def unwatched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unwatched")
    return api.run(compose("corner_day", [*QUICK]), folder), digests(folder)


def test_a_watched_day_has_the_bytes_of_an_unwatched_one(unwatched, tmp_path):
    people = []

    def look(view):
        people.append((view.time_s, view.agg("people", np.sum), view.x_m, view.satisfaction))

    result = api.run(compose("corner_day", [*QUICK]), tmp_path, watch=look, watch_every_s=97.0)

    assert digests(tmp_path) == unwatched[1]
    assert result.kpis == unwatched[0].kpis
    assert [time_s for time_s, *_ in people] == [36000.0 + 97.0 * look for look in range(12 * 3600 // 97 + 1)]
    assert max(count for _, count, *_ in people) > 5


def test_a_mesa_model_steps_through_the_day_and_collects(unwatched, tmp_path):
    class Watcher(mesa.Model):
        def __init__(self):
            super().__init__()
            self.shoppers = None
            self.collected = DataCollector({"parties": lambda model: len(model.shoppers)})

        def step(self):
            self.collected.collect(self)

    watcher = Watcher()
    api.run(compose("corner_day", [*QUICK]), tmp_path, watch=watcher, watch_every_s=1800.0)

    assert digests(tmp_path) == unwatched[1]
    frame = watcher.collected.get_model_vars_dataframe()
    assert len(frame) == 25
    assert watcher.steps == 25
    assert frame["parties"].max() > 3


def test_a_cadence_that_is_none_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="watch_every_s"):
        api.run(compose("corner_day", [*QUICK]), tmp_path, watch=len, watch_every_s=0.0)


def test_rules_under_which_nobody_decides_anything_change_no_byte(unwatched, tmp_path):
    idle = ["management.promotion_yuan_per_day=500", "management.promotes_below=0", "management.people_limit=100000",
            "management.price_factor_max=2", "ratings.own_trust=0.1", "ratings.fraud.tenants_share=1"]  # fmt: skip

    api.run(compose("corner_day", [*QUICK, *idle]), tmp_path)

    assert digests(tmp_path) == unwatched[1]


def test_shown_stars_are_written_down_each_morning_and_move_no_draw_of_who_does_not_read(unwatched, tmp_path):
    shown = ["ratings.display=bayesian", "ratings.at_start=30", "ratings.weight=0", "food.rating_weight=0"]
    api.run(compose("corner_day", [*QUICK, *shown]), tmp_path)

    log = pq.read_table(tmp_path / "events.parquet")
    kinds = np.array(log["kind"].to_pylist())
    assert (kinds == "STARS_SHOWN").sum() == (kinds == "STARS_DESERVED").sum() == len(corner_mall().unit_ids)
    stars = np.array(log["value"].to_pylist())[kinds == "STARS_SHOWN"]
    reputation = Reputation(compose("corner_day", [*QUICK, *shown]), corner_mall())
    assert stars.tolist() == np.rint(1000 * reputation.standing["shown_stars"]).tolist()


def day(standing):
    """Return a day of the small mall in which its tenants stand so and everybody rates."""
    config, compiled, taken = day_config(300.0), corner_mall(), []
    config.ratings.share = 1.0
    crowd = opened(compiled, config, taken)
    crowd.mall.standing[:] = standing
    crowd.admit(parties(config, compiled))
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    events = {name: np.concatenate([getattr(part.events, name) for part in taken]) for name in ("kind", "place", "value")}
    return SimpleNamespace(events=events, transfers=np.concatenate([part.transfers for part in taken]))


def amounts(lived, unit):
    sales = lived.transfers[lived.transfers["reason"] == TransferReason.SALE]
    return np.sort(sales["amount"][sales["credit"] == FIRST_TENANT + unit])


def test_dearer_prices_make_dearer_baskets_and_sour_ratings():
    units = len(corner_mall().unit_ids)
    plain, dear = even_standing(units), even_standing(units)
    dear["price_factor"][1] = 1.2

    before, after = day(plain), day(dear)

    one, other = amounts(before, 1), amounts(after, 1)
    assert other.sum() / other.size == pytest.approx(
        1.2 * one.sum() / one.size, rel=0.15
    )  # who is put off by it was no average customer
    assert stars(after, 1) < stars(before, 1) - 0.1


def stars(lived, unit):
    """Return the mean of a unit's ratings."""
    is_rated = (lived.events["kind"] == 55) & (lived.events["place"] == unit)
    return lived.events["value"][is_rated].mean() / 1000


def test_a_better_store_gets_better_ratings_from_the_same_people():
    units = len(corner_mall().unit_ids)
    good = even_standing(units)
    good["quality"][1] = 4.6

    before, after = day(even_standing(units)), day(good)

    assert 0.3 < stars(after, 1) - stars(before, 1) <= 0.6
    assert np.array_equal(before.transfers, after.transfers)


def test_promotion_makes_a_store_more_likely_to_be_chosen_and_is_paid_in_the_morning():
    config, compiled = day_config(300.0), corner_mall()
    standing = even_standing(len(compiled.unit_ids))
    standing["promotion_fen"][1], standing["upkeep_fen"][0], standing["help_fen"][2] = 5000, 700, 900
    crowd = Crowd(compiled, config, lambda full: None, standing)

    Standing(crowd, False, 10 * US_PER_HOUR).act(10 * US_PER_HOUR)

    balances = crowd.ledger.balances_fen
    assert balances[OPERATOR] == 5000 - 900
    assert balances[FIRST_TENANT : FIRST_TENANT + 3].tolist() == [-700, -5000, 0]
    assert balances.sum() == 0
    standing["appeal_factor"][1] = 1.3
    boosted, usual = (Crowd(compiled, config, lambda full: None, each).mall.pulls["log_pull"] for each in (standing, None))
    gained = boosted - usual
    assert gained[1] == pytest.approx(np.log(1.3))
    assert not np.delete(gained, 1).any()


def test_decided_hours_lie_within_those_of_the_plan():
    config, compiled = day_config(10.0), corner_mall()
    standing = even_standing(len(compiled.unit_ids))
    standing["opens_min"][:3], standing["closes_min"][:3] = (0, 660, 700), (1440, 1200, 650)
    crowd = Crowd(compiled, config, lambda full: None, standing)

    hours = hours_of(crowd, compiled, config)

    planned = hours_of(Crowd(compiled, config, lambda full: None), compiled, config)
    assert hours.units_open_us[0] == planned.units_open_us[0]
    assert hours.units_close_us[0] == planned.units_close_us[0]
    assert (hours.units_open_us[1], hours.units_close_us[1]) == (11 * US_PER_HOUR, 20 * US_PER_HOUR)
    assert np.all(hours.units_open_us <= hours.units_close_us)


def test_a_day_teaches_what_was_rated_and_decided(tmp_path):
    config = compose("corner_day", [*QUICK, "ratings.share=1", "management.price_step=0.05", "management.price_trial_days=1"])
    compiled = corner_mall()
    deciders = api.Deciders(config, compiled)
    try:
        people = api.people(config, compiled, deciders)
        api.World(config, compiled, people, tmp_path).run()
    finally:
        deciders.close()

    assert people.standing["ratings"].sum() > 10
    assert set(np.round(people.standing["price_factor"], 3)) <= {0.95, 1.0, 1.05}
    assert np.any(people.standing["price_factor"] != 1.0)
