"""The crowd as a Mesa user sees it: the verbs of an AgentSet over arrays, and Mesa's own collector of data."""

from __future__ import annotations

import mesa
import numpy as np
import pytest
from mesa import DataCollector

from agents.shopper_columns import COLUMNS, OUTSIDE, Seen, present_rows
from agents.shopper_view import Shopper, ShopperView
from sim.crowd.positions import places_of
from sim.crowd.state import Doing
from sim.errors import EngineError
from sim.units import US_PER_HOUR
from tests.engine_days import corner_mall, day_config, opened, parties

NOON = 13 * US_PER_HOUR


@pytest.fixture(scope="module")
def seen():
    """A small mall at one o'clock."""
    config, compiled = day_config(400.0), corner_mall()
    crowd = opened(compiled, config, [])
    crowd.admit(parties(config, compiled, 660, 780))
    crowd.advance_to(NOON)
    return Seen(crowd, compiled, places_of(compiled.arrays), config.seed, NOON)


@pytest.fixture
def view(seen):
    return ShopperView(seen, present_rows(seen.mall), 1)


def test_every_party_inside_is_there_once(view, seen):
    inside = view.select(lambda shopper: shopper.level != "")

    assert len(inside) > 10
    assert len(np.unique(view.number)) == len(view)
    people = inside.agg("people", np.sum)
    waiting_outside = view.select(lambda shopper: np.isin(shopper.state, ["entering_mall", "leaving_mall"])).agg(
        "people", np.sum
    )
    assert people - waiting_outside <= seen.crowd.people_inside <= view.agg("people", np.sum)


def test_every_column_is_as_long_as_the_view_and_cannot_be_written(view):
    for name in COLUMNS:
        column = view.get(name)
        assert column.shape == (len(view),), name
        with pytest.raises(ValueError, match="read-only"):
            column[:1] = column[:1]


def test_looking_changes_no_bit_of_the_crowd(view, seen):
    before = {name: array.tobytes() for name, array in seen.mall._asdict().items()}

    for name in COLUMNS:
        view.get(name)
    view.shuffle().sort("waited_s").select(lambda shopper: shopper.people > 1).groupby("state")

    assert {name: array.tobytes() for name, array in seen.mall._asdict().items()} == before


def test_whoever_stands_on_a_level_stands_within_the_plan(view):
    inside = view.select(lambda shopper: shopper.level != "")
    arrays = corner_mall().arrays

    assert np.isfinite(inside.x_m).all()
    assert arrays.node_x_m.min() - 30 <= inside.x_m.min() <= inside.x_m.max() <= arrays.node_x_m.max() + 30
    in_car = view.select(lambda shopper: shopper.level == "")
    assert set(in_car.state) <= {
        doing.name.lower() for doing in (*OUTSIDE, Doing.IN_LINE, Doing.IN_SERVICE)
    }  # the last two at a gate
    assert np.isnan(in_car.x_m).all()


def test_whoever_is_in_a_store_stands_within_its_walls(view):
    stores = view.select(lambda shopper: shopper.unit != "")
    compiled = corner_mall()

    assert len(stores) > 5
    for shopper in stores:
        ring = compiled.unit_rings[compiled.unit_ids.index(shopper.unit)][0]
        assert ring[:, 0].min() <= shopper.x_m <= ring[:, 0].max()
        assert ring[:, 1].min() <= shopper.y_m <= ring[:, 1].max()


def test_a_condition_is_asked_once_and_the_same_for_one_shopper_and_for_all(view):
    def is_large(shopper):
        return shopper.people >= 2

    chosen = view.select(is_large)

    assert [shopper.unique_id for shopper in view if is_large(shopper)] == chosen.number.tolist()
    assert len(view.select(at_most=3)) == 3
    assert len(view.select(at_most=0.5)) == len(view) // 2
    assert set(view.select(state="browsing").state) == {"browsing"}
    with pytest.raises(TypeError, match="booleans"):
        view.select(lambda shopper: shopper.people)


def test_verbs_agree_with_plain_lists(view):
    people = [shopper.people for shopper in view]

    assert view.get("people").tolist() == people == view.map("people") == view.map(lambda shopper: shopper.people)
    assert view.agg("people", [min, max, np.mean]) == [min(people), max(people), np.mean(people)]
    assert view.sort("people", ascending=True).people.tolist() == sorted(people)
    assert view.sort("state").state.tolist() == sorted(view.state.tolist(), reverse=True)
    assert {name: len(part) for name, part in view.groupby("people").items()} == {
        each: people.count(each) for each in set(people)
    }
    assert view.get(["number", "people"])["people"].tolist() == people
    assert view[1].unique_id == view[-len(view) + 1].unique_id == view.number[1]
    assert len(view[2:5]) == 3
    numbers: list[int] = []
    view.do(lambda shopper: numbers.append(shopper.unique_id))
    assert numbers == view["number"].tolist()


def test_a_shuffle_is_another_order_of_the_same_and_the_same_each_time(view):
    shuffled = view.shuffle()

    assert shuffled.number.tolist() != view.number.tolist()
    assert sorted(shuffled.number) == sorted(view.number)
    assert shuffled.number.tolist() == view.shuffle().number.tolist()
    assert shuffled.people.tolist() == [dict(zip(view.number, view.people, strict=True))[number] for number in shuffled.number]


def test_a_column_that_there_is_not_is_told_with_those_that_there_are(view):
    with pytest.raises(AttributeError, match="no column 'mood'; there are number, people"):
        view.get("mood")
    with pytest.raises(AttributeError, match="no column 'mood'"):
        _ = view[0].mood
    with pytest.raises(EngineError, match="cannot be changed"):
        view.set("people", 3)


def test_a_view_is_over_when_the_look_is_and_what_was_taken_stays(seen):
    view = ShopperView(seen, present_rows(seen.mall), 1)
    people = view.people

    view.close()

    assert view.people is people
    with pytest.raises(EngineError, match="look is over"):
        view.get("x_m")


def test_mesas_collector_collects_from_a_view(view):
    collector = DataCollector(
        model_reporters={"shoppers": lambda mall: len(mall.agents), "people": lambda mall: mall.agg("people", np.sum)},
        agent_reporters={"state": "state", "waited_s": "waited_s"},
        agenttype_reporters={Shopper: {"people": "people"}},
    )

    collector.collect(view)

    model = collector.get_model_vars_dataframe()
    assert model["shoppers"].tolist() == [len(view)]
    assert model["people"].tolist() == [view.agg("people", np.sum)]
    agents = collector.get_agent_vars_dataframe()
    assert agents.index.get_level_values("AgentID").tolist() == view.number.tolist()
    assert agents["state"].tolist() == view.state.tolist()
    assert collector.get_agenttype_vars_dataframe(Shopper)["people"].tolist() == view.people.tolist()


def test_an_empty_mall_is_an_empty_view(seen):
    view = ShopperView(seen, np.zeros(0, np.int64), 1)

    assert len(view) == 0
    assert list(view) == []
    assert view.groupby("state") == {}
    assert view.agg("people", np.sum) == 0


def test_a_state_is_a_word_for_each_thing_that_a_party_can_do():
    assert len({doing.name.lower() for doing in Doing}) == len(Doing)
    assert mesa.__version__ >= "3.3.1"
