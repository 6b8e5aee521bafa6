"""KPIs of days small enough to reckon by hand; the catalogue and its page."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import log_of, made_up_plan, station_names

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.tallies import Counted, empty_tallies
from sim.errors import ConfigError
from sim.events import EventKind, Reason
from sim.plan_arrays import AccessPoints
from sim.reporting.cautions import cautions
from sim.reporting.kpi_catalogue import DIRECTIONS, GROUPS, KPIS, UNITS, as_markdown, kpi_named
from sim.reporting.kpis import Books, cold_area_share, compute
from sim.reporting.recorder import Recorder
from sim.reporting.rents import TURNOVER_RENT_SHARES, rents_fen
from sim.reporting.wording import kpi_text
from sim.units import US_PER_MIN, US_PER_S

ROOT = Path(__file__).parents[2]
MINIMUM_SET = [
    "footfall_visits",
    "footfall_people",
    "unique_members",
    "dwell_min_mean",
    "stores_per_visit_mean",
    "capture_share",
    "conversion_share",
    "basket_fen_mean",
    "sales_fen",
    "sales_fen_per_m2",
    "turnover_rent_fen",
    "mall_income_fen",
    "tenant_margin_fen_p10",
    "policy_cost_fen",
    "policy_cost_owner_fen",
    "policy_net_benefit_fen",
    "footfall_hhi",
    "cold_area_share",
    "los_d_or_worse_share",
    "density_per_m2_max",
    "walk_m_mean",
    "queue_wait_s_mean",
    "queue_wait_s_p95",
    "queue_abandon_share",
    "covers",
    "food_waste_fen",
    "seat_occupancy_share",
    "parking_search_s_mean",
    "parking_balk_share",
    "parking_exit_delay_s_mean",
    "parking_occupancy_share_max",
    "wifi_connect_share",
    "portal_member_share",
    "position_coverage_share",
    "position_error_m_mean",
    "position_error_m_median",
    "position_error_m_p75",
    "position_error_m_p95",
    "floor_right_share",
    "zone_right_share",
    "store_attribution_share",
    "store_attribution_precision_share",
    "push_range_precision_share",
    "push_range_recall_share",
    "cold_area_share_estimated",
    "recognised_share",
    "friends_near_pairs",
    "members_total",
    "members_new",
    "members_active",
    "duplicate_profiles_share",
    "false_members_share",
    "sales_known_share",
    "push_sent",
    "push_open_share",
    "push_opt_out_share",
    "coupons_issued",
    "coupons_redeemed",
    "coupon_redemption_share",
    "coupon_cost_fen",
    "coupon_roi",
    "uplift_true_fen",
    "uplift_estimated_fen",
    "points_issued",
    "points_burned",
    "points_outstanding",
    "points_liability_fen",
    "points_breakage_share_est",
    "clearing_latency_s_p95",
    "clearing_imbalance_fen",
    "alliance_merchants_share",
    "merchant_roi_p10",
    "referral_points_share",
    "satisfaction_mean",
]


def kpis_of(rows, plan=None, tallies=None, offered=None):
    plan = plan or made_up_plan()
    recorder = Recorder(Path("unused"), plan, station_names(plan), "none")
    recorder.take(log_of(rows))
    tallies = tallies or empty_tallies(len(plan.zone_rings), len(plan.unit_ids), len(plan.unit_ids))
    return compute(Books(RunConfig(), plan, recorder.sums, tallies, offered))


def test_a_visit_reckoned_by_hand():
    minute = US_PER_MIN
    rows = [
        (0, EventKind.GATE_REACHED, 1, 2, 0, 0),
        (minute, EventKind.PARKED, 1, 2, 0, 50 * US_PER_S),
        (2 * minute, EventKind.ARRIVED, 1, 2, 1, 1),
        (3 * minute, EventKind.STORE_ENTERED, 1, 2, 0, Reason.NEED),
        (8 * minute, EventKind.QUEUE_JOINED, 1, 2, 0, 1),
        (9 * minute, EventKind.SERVICE_STARTED, 1, 2, 0, minute),
        (10 * minute, EventKind.PURCHASED, 1, 2, 0, 20_000),
        (10 * minute, EventKind.STORE_LEFT, 1, 2, 0, 7 * minute),
        (12 * minute, EventKind.STORE_ENTERED, 1, 2, 2, Reason.MEAL),
        (12 * minute, EventKind.QUEUE_JOINED, 1, 2, 2, 4),
        (15 * minute, EventKind.RENEGED, 1, 2, 2, 3 * minute),
        (20 * minute, EventKind.LEFT, 1, 2, 1, 640_000),
        (25 * minute, EventKind.UNPARKED, 1, 2, 0, 30 * US_PER_S),
        (26 * minute, EventKind.PARKING_BALKED, 2, 1, 0, 400),
    ]

    kpis = kpis_of(rows)

    assert kpis["footfall_visits"] == 1
    assert kpis["footfall_people"] == 2
    assert kpis["dwell_min_mean"] == 18.0
    assert kpis["stores_per_visit_mean"] == 2.0
    assert kpis["conversion_share"] == 0.5
    assert kpis["sales_fen"] == 20_000
    assert kpis["turnover_rent_fen"] == 1_400  # fashion pays 7 %
    assert kpis["walk_m_mean"] == 640.0
    assert kpis["queue_wait_s_mean"] == 120.0
    assert kpis["queue_wait_s_p95"] == 180.0
    assert kpis["till_abandon_share"] == 0.0
    assert kpis["table_abandon_share"] == 1.0
    assert kpis["covers"] == 0
    assert kpis["footfall_hhi"] == 0.5
    assert kpis["parking_search_s_mean"] == 50.0
    assert kpis["parking_balk_share"] == 0.5
    assert kpis["parking_exit_delay_s_mean"] == 30.0
    assert kpis["parking_occupancy_share_max"] == 1 / 400


def test_people_seated_at_tables_are_covers_and_those_at_tills_are_not():
    rows = [(1, EventKind.SERVICE_STARTED, 1, 4, 2, 0), (2, EventKind.SERVICE_STARTED, 2, 3, 0, 0)]

    assert kpis_of(rows)["covers"] == 4


def test_a_quarter_of_the_floor_without_people_is_cold():
    person_us = np.array([0, 10, 10, 10], np.int64)

    assert cold_area_share(person_us, np.full(4, 25.0)) == 0.25


def test_cold_floor_is_a_share_of_area_not_of_zones():
    assert cold_area_share(np.array([0, 100], np.int64), np.array([90.0, 10.0])) == 0.9


def test_space_kpis_come_from_person_time():
    plan = made_up_plan()
    tallies = empty_tallies(len(plan.zone_rings), 12, 12)
    tallies.zone_person_us[12, :] = 80
    tallies.zone_crowded_us[0] = 64
    tallies.zone_people_max[3] = 9
    tallies.counts[Counted.GRIDLOCK_BREAKS] = 4

    kpis = kpis_of([], plan, tallies)

    assert kpis["los_d_or_worse_share"] == 64 / (80 * 16)
    assert kpis["density_per_m2_max"] == 9 / 45.0
    assert kpis["cold_area_share"] == 0.0
    assert kpis["gridlock_breaks"] == 4


def test_tables_in_use_are_known_when_the_run_says_how_many_there_were():
    plan = made_up_plan()
    tallies = empty_tallies(len(plan.zone_rings), 12, 12)
    tallies.station_busy_us[2] = 30

    assert kpis_of([], plan, tallies)["seat_occupancy_share"] is None
    assert kpis_of([], plan, tallies, np.full(12, 20))["seat_occupancy_share"] == 30 / 60  # units 2, 6 and 10 have tables


def test_a_tenant_pays_the_higher_of_base_and_turnover_rent():
    terms = [{"rent_fen_per_year": 365_000, "turnover_rent_share": 0.1}, {"rent_fen_per_year": None, "turnover_rent_share": ""}]
    plan = dataclasses.replace(made_up_plan(units_per_level=1), tenants=tuple(terms))

    base, turnover = rents_fen(plan, np.array([30_000, 10_050], np.int64))

    assert base.tolist() == [1000, 0]
    assert turnover.tolist() == [2000, 804]  # 3,000 less the base; beauty pays 8 %


def test_what_was_sensed_is_among_the_kpis_and_the_rest_of_sensing_is_null():
    plan = made_up_plan()
    recorder = Recorder(Path("unused"), plan, station_names(plan), "none")
    sensed = {"position_error_m_p75": 4.25, "friends_near_pairs": 0}
    tallies = empty_tallies(len(plan.zone_rings), len(plan.unit_ids), len(plan.unit_ids))

    config = RunConfig()
    config.points.is_on = False  # whose KPIs are nothing rather than unknown where there are points
    kpis = compute(Books(config, plan, recorder.sums, tallies, sensed=sensed))

    of_sensors = {kpi.name for kpi in KPIS if kpi.null_where}
    assert {name: kpis[name] for name in of_sensors if kpis[name] is not None} == sensed
    assert {kpi.name for kpi in KPIS if kpi.group == "sensing"} <= of_sensors


@pytest.mark.parametrize("name", ["unheard_of", "footfall_visits"])
def test_sensors_may_not_claim_a_kpi_that_is_not_theirs(name):
    plan = made_up_plan()
    recorder = Recorder(Path("unused"), plan, station_names(plan), "none")
    tallies = empty_tallies(len(plan.zone_rings), len(plan.unit_ids), len(plan.unit_ids))

    with pytest.raises(AssertionError, match=name):
        compute(Books(RunConfig(), plan, recorder.sums, tallies, sensed={name: 1}))


def test_an_error_of_metres_is_shown_to_the_decimetre_and_a_long_walk_is_not():
    assert kpi_text("position_error_m_p75", 4.25) == "4.2\u00a0m"
    assert kpi_text("walk_m_mean", 640.4) == "640\u00a0m"


def test_every_trade_has_a_turnover_share():
    assert tuple(TURNOVER_RENT_SHARES) == CATEGORIES


def test_the_catalogue_holds_the_minimum_set_under_its_fixed_names():
    names = [kpi.name for kpi in KPIS]

    assert set(MINIMUM_SET) <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.name)
def test_a_kpi_says_all_there_is_to_say(kpi):
    assert kpi.unit in UNITS
    assert kpi.direction in DIRECTIONS
    assert kpi.group in GROUPS
    assert kpi.label
    assert kpi.definition.endswith(".")
    for word in ("fen", "share", "min", "s", "m"):  # a unit in a name is the unit
        if word in kpi.name.split("_") and f"{word}_per" not in kpi.name:
            assert kpi.unit == word, word


def test_a_misspelt_kpi_is_answered_with_the_nearest_name():
    with pytest.raises(ConfigError, match="did you mean queue_wait_s_p95"):
        kpi_named("queue_wait_p95")


def test_the_reference_page_of_kpis_is_the_catalogue():
    assert (ROOT / "docs" / "reference" / "kpis.md").read_text(encoding="utf-8") == as_markdown()


def test_a_plan_without_access_points_is_named_as_the_reason_why_nobody_was_located(tmp_path):
    plan = made_up_plan()
    heard = AccessPoints(*(np.zeros(1) for _ in AccessPoints._fields))
    said = {}
    for name, points, method in (
        ("bare", None, "surrogate"),
        ("drawn", heard, "surrogate"),
        ("law", None, "law"),
        ("off", None, "off"),
    ):
        config = RunConfig()
        config.sensing.positioning.method = method
        recorder = Recorder(tmp_path / name, plan, station_names(plan), "none")
        tallies = empty_tallies(len(plan.zone_rings), len(plan.unit_ids), len(station_names(plan)))
        books = Books(config, dataclasses.replace(plan, access_points=points), recorder.sums, tallies)
        said[name] = any("no access points" in found["text"] for found in cautions(books, compute(books)))

    assert said == {"bare": True, "drawn": False, "law": False, "off": False}


def test_a_caution_names_the_trades_that_turned_most_people_back(tmp_path):
    plan = made_up_plan()
    recorder = Recorder(tmp_path, plan, station_names(plan), "none")
    rows = [
        (US_PER_S * number, EventKind.STORE_REFUSED, number, 1, unit, 1)
        for number, unit in enumerate([2, 2, 2, 6, 6, 0, 1, 1, 1, 1])
    ]
    recorder.take(log_of(rows))
    tallies = empty_tallies(len(plan.zone_rings), len(plan.unit_ids), len(station_names(plan)))
    books = Books(RunConfig(), plan, recorder.sums, tallies)

    told = next(found["text"] for found in cautions(books, compute(books)) if "turned back" in found["text"])

    assert told.endswith("most often by trade: beauty 4, restaurant 3, fast food 2.")
