"""What a run says of families and of parties that part, against its own log."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from sim import api
from sim.config_files import compose
from sim.reporting.topics.parties import TOPIC
from sim.units import US_PER_MIN

WILLING = (
    "sensing=none", "population.visits_per_day=150", "parties.splits_share=1", "parties.bracelet=true", "desks.playground.at=L1-outfitters",
    "desks.playground.share=0.6", "recording.report=true",
)  # fmt: skip


@pytest.fixture(scope="module")
def willing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parties")
    api.run(compose("corner_day", list(WILLING)), folder)
    log = pq.read_table(folder / "events.parquet").to_pydict()
    rows = list(zip(log["time_us"], log["kind"], log["visit"], log["value"], log["people"]))
    return json.loads((folder / "kpis.json").read_text()), rows, folder


def test_the_stay_and_spend_of_families_are_those_of_the_log(willing):
    kpis, rows, _ = willing

    families = {visit for _, kind, visit, _, _ in rows if kind == "FAMILY_CAME"}
    lead_of = {value: visit for _, kind, visit, value, _ in rows if kind == "SPLIT"}
    came = {visit: time_us for time_us, kind, visit, _, _ in rows if kind == "ARRIVED"}
    left = {visit: time_us for time_us, kind, visit, _, _ in rows if kind == "LEFT"}
    spent = sum(value for _, kind, visit, value, _ in rows if kind == "PURCHASED" and lead_of.get(visit, visit) in families)
    assert len(families) > 10
    assert kpis["family_visits_share"] == pytest.approx(len(families) / len(came))
    assert kpis["family_dwell_min_mean"] == pytest.approx(sum(left[v] - came[v] for v in families) / len(families) / US_PER_MIN)
    assert kpis["family_spend_fen_mean"] == pytest.approx(spent / len(families))


def test_waits_for_ones_own_people_are_those_of_the_log(willing):
    kpis, rows, _ = willing

    kept = [value for _, kind, _, value, _ in rows if kind == "MEETING_KEPT"]
    assert kpis["rejoin_wait_s_mean"] == pytest.approx(sum(kept) / len(kept) / 1e6)
    assert kpis["parts_away"] == sum(kind == "SPLIT" for _, kind, *_ in rows) == sum(kind == "REJOINED" for _, kind, *_ in rows)
    assert kpis["parts_away_people_max"] > 1


def test_footfall_counts_whole_parties(willing):
    kpis, rows, _ = willing

    assert kpis["footfall_visits"] == sum(kind == "ARRIVED" for _, kind, *_ in rows)
    assert kpis["footfall_people"] == sum(people for _, kind, _, _, people in rows if kind == "ARRIVED")


def test_the_report_says_it_and_shows_it(willing):
    kpis, _, folder = willing

    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f"In {kpis['parts_away']:,} cases" in page
    assert (folder / "figures" / "parties_away.svg").exists()


def test_a_day_on_which_nobody_parts_says_nothing_of_it():
    assert TOPIC.words({kpi.name: None for kpi in TOPIC.kpis}, {}) == []
