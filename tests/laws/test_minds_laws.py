"""What goes on in shoppers: everybody has an opinion once, money and vetoes bind, hunger and effort do what they say, and what is idle changes nothing."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.minds_built import pulls_of
from sim.crowd.needs import MOOD_DRAW, SATED_BITS, SATED_MOST, SIT_DRAW, VETO_DRAW
from sim.crowd.tallies import Counted
from sim.events import Change, EventKind, Reason
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.standing import even_standing
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.visitors import NEVER_US, TASTES, UNLIMITED_FEN, Visitors, empty_visitors
from tests.engine_days import CLOSES_US, END_US, corner_mall, day_config, live, opened, parties

OUTFITTERS, BISTRO = 1, 0
BAKERY = 0
VISITS = 90.0
MOODS = (EventKind.VISIT_JUDGED, EventKind.WAIT_FELT)


@cache
def bistro():
    return load_compiled(find_floorplan("bistro"))


def visitors_of(config: RunConfig, **columns) -> Visitors:
    return parties(config, corner_mall())._replace(**columns)


def tasteful(config: RunConfig) -> Visitors:
    """Return parties with tastes of their own."""
    visitors = parties(config, corner_mall())
    taste = np.random.default_rng(5).normal(size=(visitors.number.size, TASTES)).astype(np.float32)
    return visitors._replace(taste=taste)


def day(config: RunConfig, visitors: Visitors):
    return live(corner_mall(), config, [visitors])


def of(lived, kind: EventKind, name: str = "value") -> np.ndarray:
    return lived.events[name][lived.events["kind"] == kind]


def changes(lived, change: Change) -> int:
    return int(np.count_nonzero(of(lived, EventKind.PLAN_CHANGED) == change))


def dwell_us(lived) -> dict[int, int]:
    came = dict(
        zip(of(lived, EventKind.ARRIVED, "visit").tolist(), of(lived, EventKind.ARRIVED, "time_us").tolist(), strict=True)
    )
    left = zip(of(lived, EventKind.LEFT, "visit").tolist(), of(lived, EventKind.LEFT, "time_us").tolist(), strict=True)
    return {visit: time_us - came[visit] for visit, time_us in left}


def test_everybody_who_comes_judges_the_visit_once_whether_let_in_or_not():
    config, taken = day_config(VISITS), []
    crowd = opened(corner_mall(), config, taken)
    crowd.admit(visitors_of(config))
    crowd.advance_to(15 * US_PER_HOUR)
    crowd.controls.entrance_is_open[:] = 0
    crowd.advance_to(16 * US_PER_HOUR)
    crowd.controls.entrance_is_open[:] = 1
    crowd.advance_to(CLOSES_US)
    crowd.controls.mall_is_open[0] = 0
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    kind, visit, value = (np.concatenate([getattr(part.events, name) for part in taken]) for name in ("kind", "visit", "value"))
    outcomes = np.concatenate([part.outcomes for part in taken])
    judged, refused = visit[kind == EventKind.VISIT_JUDGED], visit[kind == EventKind.TURNED_AWAY]

    gone = np.isin(kind, [EventKind.LEFT, EventKind.TURNED_AWAY, EventKind.PARKING_BALKED])
    assert refused.size > 0
    assert sorted(judged.tolist()) == sorted(visit[gone].tolist()) == sorted(outcomes["number"].tolist())
    assert np.array_equal(outcomes["number"], judged)
    assert np.array_equal((1000 * outcomes["satisfaction"]).astype(np.int64), value[kind == EventKind.VISIT_JUDGED])
    is_refused = np.isin(outcomes["number"], refused)
    assert ((outcomes["satisfaction"] >= 0) & (outcomes["satisfaction"] <= 1)).all()
    assert outcomes["satisfaction"][is_refused].mean() < outcomes["satisfaction"][~is_refused].mean() - 0.2
    assert (outcomes["stores"][is_refused] == 0).all()


def test_nobody_spends_more_than_they_have_and_whoever_has_enough_is_never_held_back():
    config = day_config(VISITS)
    rich = day(config, visitors_of(config, budget_fen=np.full(visitors_of(config).number.size, UNLIMITED_FEN)))
    poor = day(config, visitors_of(config, budget_fen=np.full(visitors_of(config).number.size, 1)))
    mall_films = of(poor, EventKind.SEAT_SOLD).size  # bought before anybody has looked at a price tag

    assert changes(rich, Change.UNAFFORDABLE) == 0
    assert of(rich, EventKind.PURCHASED).size > 20
    assert of(poor, EventKind.PURCHASED).size <= mall_films
    assert changes(poor, Change.UNAFFORDABLE) > 20


@pytest.mark.parametrize(("hungry_h", "is_open", "meals"), [(12.0, 1, 1), (13.4, 1, 0), (12.0, 0, 0)])
def test_a_party_eats_at_meal_times_once_it_is_hungry_where_it_is_let_in(hungry_h, is_open, meals):
    config, taken = RunConfig(seed=3), []
    config.choice.browse_share = config.choice.impulse_share = 0.0
    config.choice.wrong_turn_share = config.choice.orientation_share = 0.0
    crowd = opened(bistro(), config, taken)
    crowd.controls.unit_is_open[BISTRO] = is_open
    crowd.admit(
        empty_visitors(1)._replace(
            number=np.array([77]),
            arrive_us=np.array([12 * US_PER_HOUR + 5 * US_PER_MIN]),
            stay_s=np.array([7200.0]),
            hungry_us=np.array([int(hungry_h * US_PER_HOUR)]),
        )
    )
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    kind, value = (np.concatenate([getattr(part.events, name) for part in taken]) for name in ("kind", "value"))
    outcome = np.concatenate([part.outcomes for part in taken])[0]

    assert np.count_nonzero(value[kind == EventKind.STORE_ENTERED] == Reason.MEAL) == meals
    assert outcome["has_eaten"] == (kind == EventKind.PURCHASED).any() == meals
    assert outcome["left_us"] - outcome["arrived_us"] < (2 if meals else 0.5) * US_PER_HOUR
    gave_up = (kind == EventKind.PLAN_CHANGED) & (value == Change.MEAL_GIVEN_UP)
    assert np.count_nonzero(gave_up) == (1 - is_open)


def test_a_snack_that_is_not_to_be_had_costs_no_meal_and_is_thought_of_again_later():
    config, taken = day_config(VISITS), []
    config.choice.browse_share = 1.0
    three_us = 15 * US_PER_HOUR
    visitors = visitors_of(config)
    at_three = (visitors.arrive_us > three_us) & (visitors.arrive_us < three_us + 60 * US_PER_MIN)
    chosen = Visitors(*(column[at_three] for column in visitors))
    hungry = chosen._replace(
        hungry_us=np.full(chosen.number.size, three_us), stay_s=np.full(chosen.number.size, 7200.0),
        splits=np.zeros(chosen.number.size, np.int8),
    )  # fmt: skip
    crowd = opened(corner_mall(), config, taken)
    crowd.controls.unit_is_open[BAKERY] = 0
    crowd.admit(hungry)
    crowd.advance_to(three_us + 65 * US_PER_MIN)
    inside = np.isin(crowd.mall.shoppers["number"], hungry.number) & (crowd.mall.shoppers["choices"] > 0)

    assert inside.sum() > 2
    assert (crowd.mall.minds["meals_given_up"][inside] == 0).all()
    assert (crowd.mall.shoppers["has_eaten"][inside] == 0).all()
    assert (crowd.mall.minds["hungry_us"][inside] > three_us + 65 * US_PER_MIN).all()


def test_nobody_enters_for_a_need_that_it_has_not_however_often_it_is_misled_and_turns_aside():
    config = day_config(VISITS)
    config.choice.wrong_turn_share, config.choice.browse_share, config.choice.impulse_share = 1.0, 0.9, 0.5
    config.choice.navigation_factor = 1.0
    visitors = visitors_of(config)
    nobodys = np.full_like(visitors.needs, -1)
    lived = day(config, visitors._replace(needs=nobodys, splits=np.zeros(visitors.number.size, np.int8)))
    entered = of(lived, EventKind.STORE_ENTERED)

    assert of(lived, EventKind.MISLED).size > 20
    assert np.count_nonzero(entered == Reason.IMPULSE) > 20
    assert np.count_nonzero(entered == Reason.NEED) == 0


def test_whoever_has_been_in_a_cafe_has_had_enough_of_cafes_and_of_nothing_else():
    config, taken = day_config(VISITS), []
    visitors = visitors_of(config)
    crowd = opened(corner_mall(), config, taken)
    crowd.admit(visitors._replace(splits=np.zeros(visitors.number.size, np.int8)))
    crowd.advance_to(15 * US_PER_HOUR)
    rows = np.flatnonzero((crowd.mall.shoppers["visits"] > 0) & np.isin(crowd.mall.shoppers["number"], visitors.number))
    shops = crowd.mall.shoppers[rows]
    levels = crowd.mall.minds["sated"][rows][:, None] >> (SATED_BITS * np.arange(len(CATEGORIES))) & SATED_MOST
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    kind, visit, place, time_us = (
        np.concatenate([getattr(part.events, name) for part in taken]) for name in ("kind", "visit", "place", "time_us")
    )
    trade_of = crowd.mall.units["category"]

    for shopper, level in zip(shops, levels, strict=True):
        left = (kind == EventKind.STORE_LEFT) & (visit == shopper["number"]) & (time_us < 15 * US_PER_HOUR)
        assert set(np.flatnonzero(level).tolist()) == set(trade_of[place[left]].tolist())
    assert (levels[:, CATEGORIES.index("cafe")] > 0).any()


@pytest.mark.plain
def test_no_draw_of_a_partys_needs_has_two_uses_however_often_it_chooses():
    deviate = {2 * MOOD_DRAW, 2 * MOOD_DRAW + 1}  # a normal takes two counts
    assert min(deviate) > VETO_DRAW > SIT_DRAW + 1_000_000


def test_effort_sends_people_home_earlier_and_no_effort_of_others_does():
    config, mild = day_config(VISITS), day_config(VISITS)
    config.minds.fatigue.usual_m_per_min, config.minds.fatigue.tire_min_per_km = 0.0, 240.0
    config.minds.fatigue.sit_share = mild.minds.fatigue.sit_share = 0.0
    mild.minds.fatigue.tire_min_per_km = 0.0
    stay_s = np.full(visitors_of(config).number.size, 600.0)  # so short that it ends before the mall has nothing left to see
    tired, fresh = (dwell_us(day(each, visitors_of(each, stay_s=stay_s))) for each in (config, mild))

    shorter = [tired[visit] < fresh[visit] for visit in fresh if tired[visit] != fresh[visit]]
    assert sum(tired.values()) < sum(fresh.values())
    assert np.mean(shorter) > 0.8  # a few stay longer, because others are gone


def test_effort_that_moves_nothing_is_the_same_whatever_it_is():
    one, other = day_config(VISITS), day_config(VISITS)
    one.minds.fatigue.tire_min_max = 0.0
    other.minds.fatigue.tire_min_per_km = 0.0
    assert day(one, visitors_of(one)).digest == day(other, visitors_of(other)).digest


def test_one_of_several_can_keep_a_party_out_of_every_store_and_nobody_vetoes_alone():
    config = day_config(VISITS)
    config.minds.appeal.veto_at = 10.0
    lived = day(config, tasteful(config))
    entered = lived.events["kind"] == EventKind.STORE_ENTERED
    by_wish = entered & (lived.events["value"] != Reason.SHOW)

    assert (lived.events["people"][by_wish] == 1).all()
    assert by_wish.any()
    assert changes(lived, Change.VETOED) > 20
    vetoes = lived.events["visit"][(lived.events["kind"] == EventKind.PLAN_CHANGED) & (lived.events["value"] == Change.VETOED)]
    assert vetoes.size <= lived.crowd.mall.counts[Counted.CHOICES]
    assert (of(lived, EventKind.PLAN_CHANGED, "people")[of(lived, EventKind.PLAN_CHANGED) == Change.VETOED] > 1).all()


def test_tastes_that_nobody_has_change_no_byte_and_tastes_that_people_have_do():
    bold = day_config(VISITS)
    bold.minds.appeal.taste_utility, bold.minds.appeal.veto_at = 3.0, 5.0
    config = day_config(VISITS)

    nobodys = np.zeros((visitors_of(config).number.size, TASTES), np.float32)
    assert day(bold, visitors_of(bold, taste=nobodys)).digest == day(config, visitors_of(config, taste=nobodys)).digest
    assert day(bold, tasteful(bold)).digest != day(config, tasteful(config)).digest


def test_what_people_think_of_a_visit_changes_nothing_that_day_and_waits_cost_sympathy():
    patient, strict = day_config(VISITS), day_config(VISITS)
    strict.minds.satisfaction.wait_min_scale = 0.1
    strict.minds.satisfaction.uninformed_factor = 2.0
    calm, cross = day(patient, visitors_of(patient)), day(strict, visitors_of(strict))

    for name, column in calm.events.items():
        same = ~np.isin(calm.events["kind"], MOODS)
        assert np.array_equal(column[same], cross.events[name][~np.isin(cross.events["kind"], MOODS)]), name
    before, after = (
        dict(zip(of(lived, EventKind.VISIT_JUDGED, "visit"), of(lived, EventKind.VISIT_JUDGED), strict=True))
        for lived in (calm, cross)
    )
    felt = dict(zip(of(calm, EventKind.WAIT_FELT, "visit"), of(calm, EventKind.WAIT_FELT), strict=True))
    assert any(felt.values())
    assert all(after[visit] < before[visit] if felt[visit] > US_PER_MIN else after[visit] <= before[visit] for visit in before)


def test_a_full_store_makes_a_party_look_for_another_of_its_trade_and_miss_what_there_is_none_of():
    config, taken = day_config(VISITS), []
    crowd = opened(corner_mall(), config, taken)
    crowd.mall.units["room_people"][OUTFITTERS] = 0
    together = np.zeros(visitors_of(config).number.size, np.int8)  # nobody parts: what one of several missed is the party's
    crowd.admit(visitors_of(config, splits=together))
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    kind, value, visit = (np.concatenate([getattr(part.events, name) for part in taken]) for name in ("kind", "value", "visit"))
    planned = visit[(kind == EventKind.PLAN_CHANGED) & (value == Change.REPLANNED)]
    missed = visit[(kind == EventKind.PLAN_CHANGED) & (value == Change.NONE_THERE)]
    outcomes = np.concatenate([part.outcomes for part in taken])

    assert planned.size > 5
    assert np.isin(planned, missed).mean() > 0.8  # the others' time was up, or they came twice
    assert (outcomes["misses"][np.isin(outcomes["number"], missed)] > 0).all()


@pytest.mark.plain
def test_a_stores_own_days_have_a_mean_of_one_and_the_spread_that_was_asked_for():
    config, luck = RunConfig(), []
    for ordinal in range(400):
        date = np.datetime64("2026-01-01") + ordinal
        pulls = pulls_of(corner_mall(), dataclasses.replace(config, date=str(date)), even_standing(3))
        luck.append(np.exp(pulls["log_pull"]))
    found = np.concatenate(luck)

    cv = config.minds.appeal.store_day_cv
    assert abs(found.mean() - 1) < 4 * cv / np.sqrt(found.size)
    assert abs(found.std() - cv) < 4 * cv / np.sqrt(found.size)  # of a log-normal: a little more than 1 / sqrt(2 n)
    assert abs(np.corrcoef(np.array(luck)[:, 0], np.array(luck)[:, 1])[0, 1]) < 4 / np.sqrt(400)


@pytest.mark.plain
def test_a_brand_keeps_its_mean_appeal_whatever_tastes_are():
    config = RunConfig()
    config.minds.appeal.store_day_cv = 0.0
    from sim.crowd.brands import brands_of

    pulls, brands = pulls_of(corner_mall(), config, even_standing(3)), brands_of(corner_mall(), config)
    taste = np.random.default_rng(1).normal(size=(200_000, TASTES))
    odds = np.exp(config.minds.appeal.taste_utility * taste @ brands.T / np.sqrt(TASTES) - pulls["correction"])

    assert np.all(np.abs(odds.mean(axis=0) - 1) < 4 * odds.std(axis=0) / np.sqrt(len(taste)))
    assert np.all(pulls["log_pull"] == 0.0)


def test_nobody_is_hungry_where_nobody_eats():
    config = day_config(VISITS)
    config.choice.meal_share = 0.0
    assert (visitors_of(config).hungry_us == NEVER_US).all()
    lived = day(config, visitors_of(config))
    assert not np.isin(of(lived, EventKind.STORE_ENTERED), [Reason.MEAL, Reason.TICKET]).any()
