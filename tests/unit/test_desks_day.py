"""A day with a parcel desk and an information desk as a planner sees it: hours, costs, indicators, words, pictures, mistakes."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from sim import api
from sim.config import problems_of
from sim.config_files import compose
from sim.reporting.topics.desks import TOPIC
from sim.units import US_PER_MIN

KEEN = (
    "sensing=none", "population.visits_per_day=100", "desks.parcel.at=L1-bakery", "desks.parcel.share=1", "desks.parcel.from_bags=1",
    "desks.parcel.free_from_yuan=0", "desks.information.at=L2-screen", "desks.information.share=0.5", "desks.bags.yuan_per_bag=150",
)  # fmt: skip


@pytest.fixture(scope="module")
def keen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desks")
    api.run(compose("corner_day", [*KEEN, "recording.report=true"]), folder)
    log = pq.read_table(folder / "events.parquet").to_pydict()
    rows = list(zip(log["time_us"], log["kind"], log["place_id"], log["value"]))
    return json.loads((folder / "kpis.json").read_text()), rows, folder


def test_indicators_of_bags_are_those_of_the_log(keen):
    kpis, rows, _ = keen

    of = {
        kind: sum(value for _, name, _, value in rows if name == kind)
        for kind in ("BAGS_HANDED_IN", "BAGS_COLLECTED", "BAGS_DELIVERED")
    }
    desk_us = sum(value for _, name, place, value in rows if (name, place) == ("SERVICE_ENDED", "desk:parcel"))
    porter_us = sum(value for _, name, _, value in rows if name == "PORTER_SENT")
    used = [value for _, name, place, value in rows if (name, place) == ("DESK_USED", "L1-bakery")]
    assert kpis["bags_handed_in"] == of["BAGS_HANDED_IN"] == of["BAGS_COLLECTED"] + of["BAGS_DELIVERED"] > 10
    assert kpis["bag_labour_min"] == pytest.approx((desk_us + porter_us) / US_PER_MIN)
    assert kpis["bag_pick_up_s_mean"] == pytest.approx(sum(used) / len(used) / 1e6)
    assert kpis["information_visits"] > 10
    assert kpis["lounge_visits"] is None


def test_the_people_of_desks_are_paid_for_all_their_hours(keen):
    kpis, rows, folder = keen

    used_fen = -sum(value for _, name, _, value in rows if name == "DESK_PAID" and value < 0)
    staff_fen = 12.5 * (2 + 3 + 1) * 3000  # hours, people at the two desks and porters, fen an hour
    assert kpis["desks_cost_fen"] == used_fen + staff_fen
    transfers = pq.read_table(folder / "transfers.parquet").to_pydict()
    paid_fen = sum(fen for fen, reason in zip(transfers["amount"], transfers["reason"]) if reason == "desk_cost")
    assert kpis["desks_cost_fen"] == paid_fen


def test_who_comes_to_a_desk_has_not_visited_the_store_around_it(keen):
    kpis, rows, _ = keen

    desk = 6  # sim.events.Reason.DESK
    shops = sum(name == "STORE_ENTERED" and value != desk for _, name, _, value in rows)
    assert sum(name == "STORE_ENTERED" and value == desk for _, name, _, value in rows) > 10
    assert kpis["stores_per_visit_mean"] == pytest.approx(shops / kpis["footfall_visits"])


def test_the_report_says_what_desks_did_and_shows_it(keen):
    kpis, _, folder = keen

    page = (folder / "report.html").read_text(encoding="utf-8")

    assert f"Parties handed in {kpis['bags_handed_in']:,} bags" in page
    assert (folder / "figures" / "desk_lines.svg").exists()
    assert (folder / "figures" / "bags_held.svg").exists()


def test_a_day_without_desks_says_nothing_of_them():
    assert TOPIC.words({kpi.name: None for kpi in TOPIC.kpis}, {}) == []


def test_desks_that_nobody_serves_are_refused_all_at_once():
    config = compose("corner_day", [])
    desks = config.desks
    desks.parcel.at = desks.lounge.at = desks.playground.at = "auto"
    desks.parcel.porters = desks.parcel.staff = desks.lounge.chairs = desks.playground.staff = 0
    desks.playground.share = 0.0

    found = [problem.place for problem in problems_of(config)]

    assert found == ["desks.parcel.staff", "desks.parcel.porters", "desks.lounge.chairs"]
