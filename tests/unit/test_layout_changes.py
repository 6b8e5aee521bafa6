"""Changes of a drawing: who may go where, what moves with a tenant, doors, escalators, kiosks, the mix; and every refusal at once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from agents.mall_choice import choice_factor, likeness
from agents.site_choice import forecasts
from sim.api import residents_for
from sim.categories import CATEGORIES
from sim.config import RunConfig, problems_of
from sim.errors import ConfigError
from sim.floorplan.cache import load_compiled
from sim.floorplan.check import problems_of as problems_of_plan
from sim.floorplan.compile import compile_plan, digest_of
from sim.floorplan.layout import offer_m2, with_layout
from sim.floorplan.read import read_plan
from sim.opening import tenant_hours_min
from sim.paths import find_floorplan
from sim.plan_swaps import swapped
from sim.random_streams import stable_key
from sim.schema.layout import (
    AnchorsConfig,
    CandidateConfig,
    ConnectorConfig,
    DoorConfig,
    LayoutConfig,
    LettingConfig,
    MixConfig,
    MoveConfig,
    PopUpConfig,
    PullConfig,
    SignConfig,
    TradeShareConfig,
    drawing_changes,
)
from sim.schema.membership import CompetitorConfig
from tests.engine_days import corner_mall
from tests.plan_samples import sound_plan

pytestmark = pytest.mark.plain
SWAP = MoveConfig("F1-0", "F2-1", swap=True)


def changed(layout, plan=None):
    return with_layout(plan or sound_plan(), layout, "sample")


def corner_plan():
    return read_plan(find_floorplan("corner_mall"))


def refusals(layout, plan=None):
    with pytest.raises(ConfigError) as caught:
        changed(layout, plan)
    return caught.value


def test_a_swap_moves_all_that_is_the_tenants_and_leaves_the_floor_where_it_is():
    plan = sound_plan()
    plan.tenants[0] = dataclasses.replace(plan.tenants[0], floor_area_m2=170.0, turnover_rent_share=0.2, staff=7)

    after, changes = changed(LayoutConfig(moves=[SWAP]), plan)
    there = {tenant.unit: tenant for tenant in after.tenants}
    assert (there["F2-1"].name, there["F2-1"].staff, there["F2-1"].turnover_rent_share) == ("Shop F1-0", 7, 0.2)
    assert (there["F1-0"].floor_area_m2, there["F2-1"].floor_area_m2) == (170.0, None)
    assert {(change["place"], change["from"]) for change in changes} == {("F2-1", "F1-0"), ("F1-0", "F2-1")}


def test_draws_belong_to_the_tenant_and_go_where_it_goes():
    before, after = (compile_plan(plan) for plan in (sound_plan(), changed(LayoutConfig(moves=[SWAP]))[0]))

    key = dict(zip(after.unit_ids, after.arrays.unit_key.tolist(), strict=True))
    assert (key["F2-1"], key["F1-0"]) == (stable_key("F1-0"), stable_key("F2-1"))
    assert key["F1-1"] == before.arrays.unit_key[before.unit_ids.index("F1-1")]


def test_a_swap_made_twice_is_the_drawing_again():
    after, changes = changed(LayoutConfig(moves=[SWAP, SWAP]))

    assert digest_of(after) == digest_of(sound_plan())
    assert changes == []


def test_a_layout_that_changes_nothing_is_found_under_the_drawings_own_digest():
    layout = LayoutConfig(signs=[SignConfig(at="entrances")], sign_factor=0.1)

    assert drawing_changes(layout) == {}
    assert drawing_changes(LayoutConfig(mix=MixConfig(after_years=3.0, churn_share=0.0))) == {}


def test_a_move_into_a_unit_too_small_says_how_small_and_which_is_not():
    error = refusals(LayoutConfig(moves=[MoveConfig("Corner Screen", "L1-bakery", swap=True)]), corner_plan())

    assert error.exit_code == 2
    assert "140 m2" in str(error)
    assert "which has 480 m2 and needs 80% of it" in str(error)
    assert "layout.least_area_share" in str(error)


def test_a_smaller_unit_is_taken_where_the_planner_says_that_it_will_do():
    layout = LayoutConfig(moves=[MoveConfig("L1-outfitters", "L1-bakery", swap=True)], least_area_share=0.7)

    after, _ = changed(layout, corner_plan())
    assert {tenant.unit: tenant.name for tenant in after.tenants}["L1-bakery"] == "Cornerstone Outfitters"


def test_all_that_cannot_be_is_refused_in_one_message():
    layout = LayoutConfig(
        let=[LettingConfig("F1-0", "books"), LettingConfig("F1-wc", "books")],
        vacate=["nobody"],
        moves=[MoveConfig("F1-1", "F1-0"), MoveConfig("F1-1", "F1-wc"), MoveConfig("F1-1", "F1-1")],
        doors=[DoorConfig("F1-0", "close"), DoorConfig("F1-0", shift_m=15.0), DoorConfig("F1-0", door=3)],
        connectors=[ConnectorConfig("lift"), ConnectorConfig("none")],
        pop_ups=[PopUpConfig(level="F9"), PopUpConfig(level="F1", x_m=5, y_m=5), PopUpConfig(level="F1", x_m=20, y_m=11.6)],
    )

    problems = refusals(layout).problems
    assert [problem.place for problem in problems] == [
        "layout.let[0].unit", "layout.let[1].unit", "layout.vacate[0]", "layout.moves[0].to", "layout.moves[1].to",
        "layout.moves[2].to", "layout.doors[0]", "layout.doors[1].shift_m", "layout.doors[2].door", "layout.connectors[0].id",
        "layout.connectors[1].id", "layout.pop_ups[0].level", "layout.pop_ups[1]", "layout.pop_ups[2]",
    ]  # fmt: skip
    assert all(problem.way_out for problem in problems)


def test_keys_out_of_range_are_named_before_any_plan_is_read():
    config = RunConfig()
    config.layout = LayoutConfig(
        let=[LettingConfig("a", "bookz")], doors=[DoorConfig("a", "slide")], connectors=[ConnectorConfig("a", "left")],
        pop_ups=[PopUpConfig(width_m=0.0, weekdays=[7])], mix=MixConfig(targets=[TradeShareConfig("books", 0.7), TradeShareConfig("kids", 0.7)]),
    )  # fmt: skip

    places = [problem.place for problem in problems_of(config)]
    for place in (
        "doors[0].does",
        "connectors[0].direction",
        "let[0].trade",
        "pop_ups[0].width_m",
        "pop_ups[0].weekdays",
        "mix.targets",
    ):
        assert f"layout.{place}" in places


def test_an_escalator_that_is_turned_carries_the_other_way_and_one_that_stands_carries_both():
    turned = compile_plan(changed(LayoutConfig(connectors=[ConnectorConfig("up", "down")]))[0])
    standing = compile_plan(changed(LayoutConfig(connectors=[ConnectorConfig("up", "both")]))[0])

    def ways(compiled):
        rides = compiled.arrays.ride_connector == compiled.connector_ids.index("up")
        return sorted(
            zip(compiled.arrays.ride_from_level[rides].tolist(), compiled.arrays.ride_to_level[rides].tolist(), strict=True)
        )

    assert ways(turned) == [(1, 0)]
    assert ways(standing) == [(0, 1), (1, 0)]
    assert changed(LayoutConfig(connectors=[ConnectorConfig("up", "up")]))[1] == []


def test_a_door_goes_along_its_wall_as_seen_from_the_hall():
    plan, _ = changed(
        LayoutConfig(doors=[DoorConfig("F1-0", shift_m=4.0), DoorConfig("F1-1", "open", shift_m=-6.0, width_m=1.5)])
    )

    doors = {unit.id: unit.doors for unit in plan.units}
    assert [(door.x_m, door.y_m) for door in doors["F1-0"]] == [(6.0, 10.0)]  # whoever looks south has the west to the right
    assert [(door.x_m, door.width_m) for door in doors["F1-1"]] == [(30.0, 2.0), (36.0, 1.5)]


def test_a_kiosk_takes_the_floor_that_it_stands_on_and_is_a_store():
    before, after = (
        compile_plan(plan)
        for plan in (sound_plan(), changed(LayoutConfig(pop_ups=[PopUpConfig(level="F2", x_m=10, y_m=14)]))[0])
    )

    ground, upper = (float(np.sum(after.arrays.zone_area_m2[after.arrays.zone_level == level])) for level in (0, 1))
    assert float(np.sum(before.arrays.zone_area_m2[before.arrays.zone_level == 1])) - upper == pytest.approx(12.0, abs=0.01)
    assert ground == pytest.approx(float(np.sum(before.arrays.zone_area_m2[before.arrays.zone_level == 0])))
    assert len(after.unit_ids) == len(before.unit_ids) + 1
    assert not problems_of_plan(changed(LayoutConfig(pop_ups=[PopUpConfig(level="F1", is_widest=True)]))[0])


def test_a_kiosk_trades_on_its_weekdays_only():
    plan, _ = changed(LayoutConfig(pop_ups=[PopUpConfig("stall", "F1", 20, 14, weekdays=[5])]))
    compiled, config = compile_plan(plan), RunConfig()
    stall = compiled.unit_ids.index("stall")

    open_min = {}
    for date in ("2026-11-21", "2026-11-22"):  # a Saturday and a Sunday
        config.date = date
        opens, closes = tenant_hours_min(compiled, config)[stall]
        open_min[date] = closes - opens
    assert open_min == {"2026-11-21": 720, "2026-11-22": 0}


def test_more_churn_keeps_everybody_who_went_before_and_targets_draw_the_mix_to_them():
    kids = [TradeShareConfig("kids", 0.5)]
    let = []
    for years in (0.5, 1.0, 4.0, 30.0):
        mix = MixConfig(after_years=years, anchor_m2=1e6, targets=kids)
        let.append({change["place"] for change in changed(LayoutConfig(mix=mix))[1]})

    assert let[0] <= let[1] <= let[2] <= let[3]
    assert len(let[3]) == 4
    after, _ = changed(LayoutConfig(mix=MixConfig(after_years=30.0, targets=kids)))
    assert [tenant.category for tenant in after.tenants] == ["kids"] * 4
    as_before, _ = changed(LayoutConfig(mix=MixConfig(after_years=30.0)))
    assert {tenant.category for tenant in as_before.tenants} <= {"fashion", "restaurant"}
    assert not changed(LayoutConfig(mix=MixConfig(after_years=30.0, anchor_m2=200.0, targets=kids)))[
        1
    ]  # leases of anchors are long


def test_an_anchor_asked_for_more_than_it_bears_leaves_and_one_asked_for_less_pays_that():
    mix = MixConfig(anchor_m2=150.0)
    pays, _ = changed(LayoutConfig(mix=mix, anchors=AnchorsConfig(turnover_rent_share=0.03)))
    left, changes = changed(LayoutConfig(mix=mix, anchors=AnchorsConfig(turnover_rent_share=0.06)))

    assert {tenant.turnover_rent_share for tenant in pays.tenants} == {0.03}
    assert left.tenants == []
    assert {change["what"] for change in changes} == {"vacated"}


def test_less_floor_draws_fewer_and_the_same_mix_as_elsewhere_draws_fewer_still():
    pull, alike = PullConfig(), PullConfig(others_mix=[TradeShareConfig("fashion", 1.0)])
    drawn = compile_plan(sound_plan())
    plan, changes = changed(LayoutConfig(vacate=["F1-1", "F2-1"]))  # the restaurants
    less = dataclasses.replace(compile_plan(plan), layout_changes=tuple(changes), drawn_offer_m2=offer_m2(sound_plan()))

    assert choice_factor(pull, drawn) == 1.0
    assert choice_factor(pull, less) == pytest.approx(0.5 * 9 / 8.5)  # a (1 + R) / (a + R) by hand
    assert choice_factor(PullConfig(outside=0.0), less) == 1.0  # who has nowhere else to go comes
    assert choice_factor(alike, less) < choice_factor(pull, less)
    books = dataclasses.replace(alike, others_mix=[TradeShareConfig("books", 1.0)])
    assert choice_factor(books, less) == choice_factor(pull, less)


def test_likeness_is_one_of_the_same_mix_and_nothing_of_another():
    one = np.zeros(len(CATEGORIES))
    one[0] = 3.0

    assert likeness(one, 2 * one) == pytest.approx(1.0)
    assert likeness(one, np.roll(one, 1)) == likeness(one, 0 * one) == 0.0


def test_tenants_that_change_rooms_overnight_and_back_leave_the_plan_as_it_was():
    compiled = load_compiled(find_floorplan("quarter_mall"))
    once = swapped(compiled, [("L1-03", "L2-10"), ("L1-03", "L1-04")])
    again = swapped(once, [("L1-03", "L1-04"), ("L1-03", "L2-10")])

    for name in compiled.arrays._fields:
        assert np.array_equal(getattr(again.arrays, name), getattr(compiled.arrays, name)), name
    room = once.unit_ids.index("L1-04"), compiled.unit_ids.index("L2-10")
    assert once.arrays.unit_area_m2[room[0]] == compiled.arrays.unit_area_m2[room[1]]
    assert once.arrays.unit_key[room[0]] == compiled.arrays.unit_key[room[0]]
    assert np.array_equal(np.sort(once.arrays.door_node), np.sort(compiled.arrays.door_node))
    assert np.array_equal(once.rooms.room == room[0], compiled.rooms.room == room[1])


def site_config(**rules):
    config = RunConfig(seed=5, floorplan="corner_mall")
    config.population.visits_per_day = 300.0
    config.membership.competitors = [CompetitorConfig(distance_km=6.0, bearing_deg=90.0)]
    config.layout.site.candidates = [
        CandidateConfig("near", 0.5, 0.0, 800.0), CandidateConfig("far", 12.0, 180.0, 800.0), CandidateConfig("near again", 0.5, 0.0, 800.0),
    ]  # fmt: skip
    for name, value in rules.items():
        setattr(config.layout.site, name, value)
    return config


def test_a_new_store_takes_from_the_mall_what_it_does_not_win_elsewhere_and_most_next_door():
    config = site_config(new_trips_share=0.0)
    near, far, again = forecasts(config, corner_mall(), residents_for(config))

    for each in (near, far):
        assert 0.0 < each.cannibalised < each.visits
    assert near.cannibalised > far.cannibalised
    assert dataclasses.astuple(near)[1:] == dataclasses.astuple(again)[1:]
    config.membership.competitors = []
    alone = forecasts(config, corner_mall(), residents_for(config))[0]
    assert alone.visits == pytest.approx(alone.cannibalised)  # with nobody else there is nobody else to win from


def test_members_overrate_every_site_because_they_come_more_often_and_weights_mend_most_of_it():
    config = site_config()
    for each in forecasts(config, corner_mall(), residents_for(config)):
        assert each.members_visits > 1.5 * each.visits
        assert abs(each.weighted_visits - each.visits) < 0.3 * abs(each.members_visits - each.visits)


def test_a_distance_that_does_not_matter_divides_trips_by_floor_alone():
    """Huff with exponent 0: 800 m2 beside a mall of 3200 and a rival as large make 0.25 / 2.25 of trips."""
    config = site_config(distance_exponent=0.0, mall_area_m2=3200.0, new_trips_share=0.0)
    residents = residents_for(config)
    trips = 2.0 * float(np.sum(residents.visits_per_day, dtype=np.float64))

    assert forecasts(config, corner_mall(), residents)[1].visits == pytest.approx(trips * 0.25 / 2.25, rel=1e-6)
