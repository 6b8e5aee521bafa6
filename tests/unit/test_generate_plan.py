"""The default mall: that it is what the parameters say and resembles the real one."""

from __future__ import annotations

import csv
import math
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.categories import CATEGORIES
from sim.errors import ConfigError
from sim.floorplan.check import problems_of
from sim.floorplan.generate import generate_plan
from sim.floorplan.generate_parameters import GenerateParameters, trade_areas
from sim.floorplan.generate_terms import TERMS
from sim.floorplan.plan import FloorPlan
from sim.floorplan.read_galleria import read_galleria
from sim.floorplan.repair import canonical

ROOT = Path(__file__).parents[2]
JOY_CITY_UNITS = ROOT.parent / "shared" / "data" / "joy_city" / "derived" / "joy_city_units.csv"


@cache
def default_plan() -> FloorPlan:
    return generate_plan(GenerateParameters())


def test_the_default_mall_has_five_shop_floors_300_tenants_and_4800_bays() -> None:
    plan = default_plan()

    assert [level.ordinal for level in plan.levels] == [-3, -2, -1, 0, 1, 2, 3, 4]
    assert len(plan.tenants) == 300
    assert sum(park.bays for park in plan.parking) == 4800
    assert 70_000 <= sum(tenant.floor_area_m2 or 0.0 for tenant in plan.tenants) <= 90_000
    assert set(Counter(tenant.category for tenant in plan.tenants)) == set(CATEGORIES)


def test_the_shipped_riverside_mall_is_the_default_mall() -> None:
    assert read_galleria(ROOT / "floorplans" / "riverside_mall") == canonical(default_plan())


def test_the_shipped_corner_mall_has_three_stores_and_no_problem() -> None:
    plan = read_galleria(ROOT / "floorplans" / "corner_mall")

    assert len(plan.tenants) == 3
    assert problems_of(plan) == []


def test_floor_areas_are_distributed_as_in_the_real_mall() -> None:
    """Largest gap between the two distribution functions below 0.1; two samples of 300 and 257 of one law stay below 0.116 at 95 %."""
    ours = np.sort([tenant.floor_area_m2 or 0.0 for tenant in default_plan().tenants])
    grid = np.linspace(24.0, 4000.0, 2000)
    real = np.zeros(grid.size)
    total = sum(trade.tenants for trade in trade_areas().values())
    for trade in trade_areas().values():
        real += trade.tenants / total * np.interp(grid, trade.quantile_areas_m2, trade.quantile_levels)

    gap = np.abs(np.searchsorted(ours, grid, side="right") / ours.size - real)

    assert gap[grid > 45.0].max() < 0.1


def test_trades_have_the_real_malls_shares_of_tenants() -> None:
    counts = Counter(tenant.category for tenant in default_plan().tenants)
    food = sum(counts[name] for name in ("restaurant", "fast_food", "cafe"))

    assert food / 300 == pytest.approx(74 / 257, abs=0.01)
    assert counts["kids"] / 300 == pytest.approx(24 / 257, abs=0.01)


def test_every_shop_has_three_metres_of_frontage_and_a_door_that_fits_it() -> None:
    plan = default_plan()
    floor = {level.id: level.walkable for level in plan.levels}
    for unit in plan.units:
        if unit.kind == "store":
            frontage_m = unit.polygon.boundary.intersection(floor[unit.level].buffer(0.02)).length

            assert frontage_m >= 3.0, unit.id
            assert all(1.5 <= door.width_m <= 8.0 for door in unit.doors), unit.id


def test_escalators_rise_at_thirty_degrees() -> None:
    height_m = {level.id: level.height_m for level in default_plan().levels}
    for connector in default_plan().connectors:
        if connector.kind == "escalator":
            foot, head = connector.stops
            run_m = math.dist((foot.x_m, foot.y_m), (head.x_m, head.y_m))
            slope_deg = math.degrees(math.atan2(abs(height_m[head.level] - height_m[foot.level]), run_m))

            assert slope_deg == pytest.approx(30.0, abs=0.5)


def test_every_car_park_leads_to_a_lobby_from_which_lifts_and_escalators_go_up() -> None:
    plan = default_plan()
    entrances = {entrance.id: entrance for entrance in plan.entrances}
    for park in plan.parking:
        assert entrances[park.entrance].kind == "car_park"
        assert entrances[park.entrance].level == park.level
        kinds = {connector.kind for connector in plan.connectors if park.level in {stop.level for stop in connector.stops}}
        assert {"lift", "escalator"} <= kinds


def test_a_lift_takes_about_twelve_seconds_a_level_and_no_two_of_a_bank_keep_step() -> None:
    lifts = [connector for connector in default_plan().connectors if connector.kind == "lift"]
    cycles_s = {lift.id: lift.cycle_s for lift in lifts}

    for lift in lifts:
        assert lift.cycle_s / (2 * (len(lift.stops) - 1)) == pytest.approx(12.0, abs=0.5), lift.id
        assert 13 <= lift.capacity_people <= 21
    for bank in {name[:-1] for name in cycles_s}:
        of_bank = [cycle_s for name, cycle_s in cycles_s.items() if name.startswith(bank)]
        assert len(set(of_bank)) == len(of_bank) == 2


def test_every_level_but_the_top_one_has_a_pair_of_escalators_to_the_next_in_each_group() -> None:
    """The outage scenario stops two of them by name, so that the names are part of the plan."""
    levels = [level.id for level in sorted(default_plan().levels, key=lambda level: level.ordinal)]
    escalators = {connector.id for connector in default_plan().connectors if connector.kind == "escalator"}

    assert escalators == {
        f"escalator-{group}-{below}-{above}-{way}"
        for group in "abc"
        for below, above in pairwise(levels)
        for way in ("up", "down")
    }


def test_a_lobby_holds_the_queues_of_a_busy_quarter_of_an_hour() -> None:
    """A tenth of a car park's people in 15 minutes, all of them standing in the lobby, leave 1 m2 for each."""
    for level in default_plan().levels:
        if level.ordinal < 0:
            bays = sum(park.bays for park in default_plan().parking if park.level == level.id)
            assert level.walkable is not None
            assert level.walkable.area >= 0.1 * bays * 2.05


def test_gates_take_more_cars_than_come_in_the_busiest_hour() -> None:
    """A gate takes 450 cars/h at 8 s each; on the default Saturday 0.66 cars an hour come for each bay at the peak."""
    for park in default_plan().parking:
        assert park.gates >= 2
        assert 0.66 * park.bays <= 0.75 * 450 * park.gates, park.id


def test_the_articles_merchants_are_there() -> None:
    by_name = {tenant.name: tenant for tenant in default_plan().tenants}
    fashion = [
        tenant for tenant in default_plan().tenants if tenant.category == "fashion" and (tenant.floor_area_m2 or 0.0) > 1400
    ]

    assert by_name["Forno Vivace Pizza"].category == "restaurant"
    assert fashion


def test_sales_come_to_about_150_yuan_a_visit_at_40000_visits_a_day() -> None:
    sales_yuan = sum(tenant.sales_fen_per_year or 0 for tenant in default_plan().tenants) / 100

    assert 110 <= sales_yuan / (40_000 * 365) <= 170
    assert set(TERMS) == set(CATEGORIES)


def test_another_seed_moves_shops_but_not_walls() -> None:
    other = generate_plan(GenerateParameters(seed=8))

    assert [level.outline.area for level in other.levels if level.outline] == pytest.approx(
        [level.outline.area for level in default_plan().levels if level.outline], rel=0.01
    )
    assert [tenant.name for tenant in other.tenants] != [tenant.name for tenant in default_plan().tenants]


def test_an_anchor_that_shares_a_line_with_the_box_around_it_is_still_a_room() -> None:
    """Found by search: cut from a box bent the other way, this anchor came out as a polygon and a line."""
    plan = generate_plan(
        GenerateParameters(
            name="bent_mall", seed=0, floors=4, tenants=44, parking_levels=0, parking_bays=0, cinema=False,
            food_court=False, entrances=1, stairs=0, bend_deg=-30.0,
        )
    )  # fmt: skip

    assert problems_of(plan) == []
    assert {unit.polygon.geom_type for unit in plan.units} == {"Polygon"}


def test_all_bad_parameters_are_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        generate_plan(GenerateParameters(name="a/b", floors=99, gallery_m=2.0, parking_levels=0))

    assert {problem.place for problem in caught.value.problems} >= {"name", "floors", "gallery_m", "parking_bays"}


def test_the_area_table_is_that_of_the_real_mall() -> None:
    if not JOY_CITY_UNITS.exists():
        pytest.skip(f"needs {JOY_CITY_UNITS}")
    areas: dict[str, list[float]] = {}
    with JOY_CITY_UNITS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            areas.setdefault(row["class_inferred"], []).append(float(row["area_m2"]))

    for name, trade in trade_areas().items():
        assert trade.tenants == len(areas[name])
        assert trade.quantile_areas_m2 == pytest.approx(np.quantile(areas[name], trade.quantile_levels), abs=0.051)
