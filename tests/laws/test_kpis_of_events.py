"""KPIs agree with a plain reading of the log, event by event, and do not depend on how the log came."""

from __future__ import annotations

import math
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import log_of, made_up_day, made_up_plan, made_up_tallies, part_of, station_names

from sim.config import RunConfig
from sim.crowd.tallies import empty_tallies
from sim.events import EventKind, EventLog, Reason
from sim.reporting.curves import curves, tenant_rows
from sim.reporting.files import json_text, plain
from sim.reporting.kpi_catalogue import KPIS
from sim.reporting.kpis import Books, compute, nearest_rank
from sim.reporting.recorder import Recorder
from sim.reporting.topics import cars, cinema, food, lines, ratings, targets
from sim.units import US_PER_S

PLAN = made_up_plan()
NAMES = station_names(PLAN)


def books_of(log: EventLog, cuts: tuple[int, ...] = (), tallies=None) -> Books:
    recorder = Recorder(Path("unused"), PLAN, NAMES, "none")
    edges = [0, *sorted(cuts), int(log.count[0])]
    for start, end in pairwise(edges):
        recorder.take(part_of(log, start, end))
    return Books(RunConfig(), PLAN, recorder.sums, tallies or made_up_tallies(PLAN))


def events_of(log: EventLog) -> list[tuple[int, int, int, int, int, int]]:
    return list(zip(*(getattr(log, name).tolist() for name in EventLog._fields[:-1]), strict=True))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 1500), max_size=5))
def test_batches_change_no_kpi_and_no_curve(seed, cuts):
    log = made_up_day(PLAN, visits=80, seed=seed)
    cuts = tuple(min(cut, int(log.count[0])) for cut in cuts)

    whole, parts = books_of(log), books_of(log, cuts)

    assert json_text(compute(whole)) == json_text(compute(parts))
    assert json_text(curves(whole)) == json_text(curves(parts))
    assert tenant_rows(whole) == tenant_rows(parts)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_visits_and_stays_agree_with_a_plain_reading(seed):
    log = made_up_day(PLAN, visits=60, seed=seed)
    arrived, stays_us, inside, most = {}, [], 0, 0
    for time_us, kind, visit, people, _, _ in events_of(log):
        if kind == EventKind.ARRIVED:
            arrived[visit] = time_us
            inside += people
        elif kind == EventKind.LEFT:
            stays_us.append(time_us - arrived[visit])
            inside -= people
        most = max(most, inside)

    kpis = compute(books_of(log, cuts=(200, 400)))

    assert kpis["footfall_visits"] == len(arrived)
    assert kpis["people_inside_max"] == most
    assert kpis["dwell_min_mean"] == pytest.approx(sum(stays_us) / len(stays_us) / 60e6, rel=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_queues_agree_with_a_plain_reading(seed):
    log = made_up_day(PLAN, visits=60, seed=seed)
    waits_us = {"till": [], "table": []}
    gave_up = {"till": 0, "table": 0}
    covers = 0
    for _, kind, _, people, place, value in events_of(log):
        if kind in (EventKind.SERVICE_STARTED, EventKind.RENEGED):
            name = "table" if NAMES[place].startswith("tables") else "till"
            waits_us[name].append(value)
            gave_up[name] += kind == EventKind.RENEGED
            covers += people if name == "table" and kind == EventKind.SERVICE_STARTED else 0
    every = sorted(waits_us["till"] + waits_us["table"])

    kpis = compute(books_of(log))

    assert kpis["queue_wait_s_mean"] == pytest.approx(sum(every) / len(every) / US_PER_S, rel=1e-12)
    assert kpis["queue_wait_s_p95"] == every[math.ceil(0.95 * len(every)) - 1] / US_PER_S
    assert kpis["table_abandon_share"] == gave_up["table"] / len(waits_us["table"])
    assert kpis["till_wait_s_mean"] == pytest.approx(sum(waits_us["till"]) / len(waits_us["till"]) / US_PER_S, rel=1e-12)
    assert kpis["covers"] == covers


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_tenants_add_up_to_the_mall(seed):
    books = books_of(made_up_day(PLAN, visits=60, seed=seed))

    kpis, rows, day = compute(books), tenant_rows(books), plain(curves(books))

    assert sum(row["sales_fen"] for row in rows) == kpis["sales_fen"] == sum(day["sales_fen"])
    assert sum(row["purchases"] for row in rows) == kpis["purchases"] == sum(day["purchases"])
    assert sum(row["turnover_rent_fen"] for row in rows) == kpis["turnover_rent_fen"]
    assert sum(row["reneged"] for row in rows) == sum(sum(queue["abandoned"]) for queue in day["queues"].values())
    assert sum(day["arrivals_visits"]) == kpis["footfall_visits"] == sum(day["arrivals_by_entrance"].values())
    assert day["people_inside"][-1] == 0
    assert day["queues"]["till"]["waiting"][-1] == 0


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_fullest_moment_of_a_car_park_is_exact(seed):
    log = made_up_day(PLAN, visits=80, seed=seed)
    cars = most = 0
    for _, kind, *_ in events_of(log):
        cars += (kind == EventKind.PARKED) - (kind == EventKind.UNPARKED)
        most = max(most, cars)

    assert compute(books_of(log))["parking_occupancy_share_max"] == most / 400


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=60), st.floats(0.01, 1.0))
def test_a_nearest_rank_is_a_value_that_enough_do_not_exceed(values, share):
    found = nearest_rank(np.array(values, np.int64), share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_a_day_on_which_nobody_comes_has_null_and_never_nan():
    books = books_of(log_of([]), tallies=empty_tallies(len(PLAN.zone_rings), 12, 12))

    kpis = compute(books)

    assert kpis["footfall_visits"] == 0
    assert kpis["dwell_min_mean"] is None
    assert kpis["queue_wait_s_p95"] is None
    assert "NaN" not in json_text(kpis)
    assert json_text(curves(books))


def test_a_party_still_inside_has_no_length_of_stay():
    rows = [
        (0, EventKind.ARRIVED, 7, 2, 0, 0),
        (10, EventKind.ARRIVED, 8, 3, 0, 0),
        (60_000_000, EventKind.LEFT, 8, 3, 0, 500_000),
    ]

    kpis = compute(books_of(log_of(rows), cuts=(1,)))

    assert kpis["dwell_min_mean"] == pytest.approx((60_000_000 - 10) / 60e6)
    assert kpis["walk_m_mean"] == 500.0
    assert kpis["people_inside_max"] == 5


def test_sums_too_large_for_a_double_stay_exact():
    large = 2**53 + 1
    rows = [(time, EventKind.PURCHASED, time, 1, 0, large) for time in range(3)]

    assert compute(books_of(log_of(rows)))["sales_fen"] == 3 * large


def test_every_kpi_of_the_catalogue_comes_out_in_its_order():
    kpis = compute(books_of(made_up_day(PLAN)))

    assert list(kpis) == [kpi.name for kpi in KPIS]
    assert all(kpis[kpi.name] is None for kpi in KPIS if not kpi.is_known)
    always = [kpi.name for kpi in KPIS if kpi.is_known and not kpi.null_where and kpi.name != "seat_occupancy_share"]
    # of these nothing happens on the made-up day: displays and tickets, kitchens and bookings, films, bays of one's own
    absent = {kpi.name for topic in (lines, food, cinema, cars, ratings, targets) for kpi in topic.TOPIC.kpis}
    assert [name for name in always if kpis[name] is None and name not in absent] == []


def test_shares_lie_between_nought_and_one_unless_they_say_so():
    kpis = compute(books_of(made_up_day(PLAN, visits=100)))

    for name, value in kpis.items():
        if name.endswith("_share") and value is not None and name != "capture_share":
            assert 0 <= value <= 1, name


def desk_day(cuts: tuple[int, ...] = ()) -> Books:
    """Return a day in a mall with a desk in the first store: a visit to the desk, then one to the store, and lines of all kinds."""
    minute = 60 * US_PER_S
    names = [*NAMES, "desk:parcel", f"self:{PLAN.unit_ids[0]}"]
    desk, own = len(NAMES), len(NAMES) + 1
    rows = [
        (600 * minute, EventKind.ARRIVED, 7, 2, 0, 0),
        (601 * minute, EventKind.STORE_ENTERED, 7, 2, 0, Reason.DESK),
        (602 * minute, EventKind.QUEUE_JOINED, 7, 2, desk, 0),
        (609 * minute, EventKind.SERVICE_STARTED, 7, 2, desk, 7 * minute),
        (611 * minute, EventKind.STORE_LEFT, 7, 2, 0, 10 * minute),
        (620 * minute, EventKind.STORE_ENTERED, 7, 2, 0, Reason.NEED),
        (622 * minute, EventKind.REJECTED, 7, 2, own, 5),
        (622 * minute, EventKind.BALKED, 7, 2, desk, 5),
        (623 * minute, EventKind.SERVICE_STARTED, 7, 2, 0, minute),
        (624 * minute, EventKind.STORE_LEFT, 7, 2, 0, 4 * minute),
        (630 * minute, EventKind.LEFT, 7, 2, 0, 0),
    ]
    log = log_of(rows)
    recorder = Recorder(Path("unused"), PLAN, names, "none")
    for start, end in pairwise([0, *cuts, len(rows)]):
        recorder.take(part_of(log, start, end))
    return Books(RunConfig(), PLAN, recorder.sums, empty_tallies(len(PLAN.zone_rings), len(PLAN.unit_ids), len(names)))


@pytest.mark.parametrize("cuts", [(), (2, 4), (1, 2, 3, 4, 5, 6)])
def test_who_comes_to_a_desk_neither_visits_nor_waits_in_the_store_around_it(cuts):
    books = desk_day(cuts)

    row, day = tenant_rows(books)[0], curves(books)

    assert (row["entries"], row["people"], row["dwell_min_mean"]) == (1, 2, 4.0)
    assert (row["waits"], row["wait_s_mean"], row["balked"]) == (1, 60.0, 1)
    assert sum(day["store_entries"]) == 1


def test_lines_at_tills_and_for_tables_are_counted_together_and_desks_apart():
    kpis = compute(desk_day())

    assert kpis["queue_wait_s_mean"] == kpis["queue_wait_s_p95"] == 60.0
    assert kpis["queue_balk_share"] == 1 / 2  # who found no place at the self-checkout, and who was served
