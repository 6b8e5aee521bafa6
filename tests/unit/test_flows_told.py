"""Flows between stores: every entry is a step from somewhere, whatever the batches; what begins outside ends outside."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import log_of, made_up_day, made_up_plan, station_names

from sim.events import EventKind, EventLog, Reason
from sim.reporting.day_sums import DaySums
from sim.reporting.event_schema import Columns
from sim.reporting.stations import stations_of
from sim.reporting.topics.flows import Sums, words

pytestmark = pytest.mark.plain
PLAN = made_up_plan()


def sums_of(log: EventLog, batches: int = 1) -> DaySums:
    sums = DaySums(PLAN, stations_of(station_names(PLAN), PLAN))
    used = int(log.count[0])
    edges = np.linspace(0, used, batches + 1).astype(int)
    for first, last in zip(edges, edges[1:], strict=False):
        sums.take(Columns(*(getattr(log, name)[first:last] for name in Columns._fields)))
    return sums


def flows_of(log: EventLog, batches: int = 1) -> Sums:
    found = sums_of(log, batches).topics["flows"]
    assert isinstance(found, Sums)
    return found


def test_every_entry_is_a_step_into_its_store():
    sums = sums_of(made_up_day(PLAN))
    flows = sums.topics["flows"]

    assert (flows.steps[:, :-1].sum(axis=0) == sums.unit["entries"]).all()


def test_as_many_visits_come_from_outside_as_go_there_once_all_have_left():
    sums = sums_of(made_up_day(PLAN))
    steps = sums.topics["flows"].steps

    assert steps[-1].sum() == steps[:, -1].sum() == sums.events[EventKind.LEFT] > 0


@pytest.mark.parametrize("batches", [2, 7, 400])
def test_steps_do_not_depend_on_the_batches(batches):
    log = made_up_day(PLAN)

    assert (flows_of(log, batches).steps == flows_of(log).steps).all()


def test_a_visit_steps_from_store_to_store_in_order_and_a_desk_is_no_store():
    rows = [
        (1, EventKind.ARRIVED, 5, 1, 0, 0),
        (2, EventKind.STORE_ENTERED, 5, 1, 3, Reason.NEED),
        (3, EventKind.STORE_ENTERED, 5, 1, 7, Reason.DESK),
        (4, EventKind.STORE_ENTERED, 5, 1, 1, Reason.BROWSE),
        (5, EventKind.LEFT, 5, 1, 0, 0),
    ]
    steps = flows_of(log_of(rows)).steps

    outside = len(PLAN.unit_ids)
    assert sorted(zip(*np.nonzero(steps), strict=True)) == [(1, outside), (3, 1), (outside, 3)]


def test_a_coupon_is_put_down_to_the_store_of_the_receipt_that_follows_across_batches():
    rows = [
        (1, EventKind.COUPON_USED, 5, 1, 0, 700),
        (1, EventKind.COUPON_USED, 5, 1, 0, 50),
        (1, EventKind.PURCHASED, 6, 1, 4, 9_000),
        (2, EventKind.PURCHASED, 5, 1, 2, 5_000),
        (3, EventKind.PURCHASED, 5, 1, 4, 5_000),
    ]
    for batches in (1, 2, 5):
        coupons_fen = sums_of(log_of(rows), batches).unit["coupons_fen"]
        assert coupons_fen[2] == coupons_fen.sum() == 750


def test_a_day_without_steps_says_nothing():
    assert words({}, {}) == []


def test_what_a_part_of_a_party_enters_first_comes_from_no_door():
    rows = [
        (1, EventKind.ARRIVED, 5, 2, 0, 0),
        (2, EventKind.STORE_ENTERED, 5, 2, 3, Reason.NEED),
        (3, EventKind.STORE_ENTERED, 99, 1, 1, Reason.NEED),
        (4, EventKind.STORE_ENTERED, 99, 1, 2, Reason.BROWSE),
        (5, EventKind.LEFT, 5, 2, 0, 0),
    ]
    steps = flows_of(log_of(rows)).steps

    outside = len(PLAN.unit_ids)
    assert sorted(zip(*np.nonzero(steps), strict=True)) == [(1, 2), (3, outside), (outside, 3)]
