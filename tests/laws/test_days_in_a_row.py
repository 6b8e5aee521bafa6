"""Days in a row: each is the day that it would be by itself, as long as nobody remembers; files, sums and digests agree."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from agents.membership import Memory
from sim import api
from sim.config_files import compose
from sim.days import DaysInARow
from sim.errors import ConfigError
from sim.reporting.files import sha256_of
from sim.reporting.kpi_catalogue import KPIS
from sim.reporting.over_days import LAST, how
from sim.units import US_PER_DAY

DAYS = 3
QUIET = ("population.visits_per_day=60", "recording.report=false", "sensing.positioning.method=off")
NO_SHELVES = "goods.items_per_store=0"  # shelves are carried over night


def config_of(*overrides, days=DAYS):
    return compose("corner_day", [*QUIET, f"days={days}", *overrides])


def run(folder, *overrides, days=DAYS):
    return api.run(config_of(*overrides, days=days), folder)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Three days in a row."""
    return run(tmp_path_factory.mktemp("days"))


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory):
    """The same three days in a row, of which nobody keeps a memory, in a mall without shelves."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("learn", "enrol"):
            patch.setattr(Memory, name, lambda *_: None)
        patch.setattr(Memory, "visit_factor", lambda memory, _: np.ones(memory.visits.size))
        return run(tmp_path_factory.mktemp("forgotten"), NO_SHELVES)


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    """The same three days, each run by itself."""
    dates = ("2026-11-21", "2026-11-22", "2026-11-23")
    return [run(tmp_path_factory.mktemp(date), f"date={date}", NO_SHELVES, days=1) for date in dates]


def column_of_tenants(result, name):
    lines = (result.folder / "tenants.csv").read_text().splitlines()
    place = lines[0].split(",").index(name)
    return [float(line.split(",")[place]) for line in lines[1:]]


def table_of(result, name):
    return pq.read_table(result.folder / name).to_pydict()


def test_each_day_is_the_one_it_would_be_by_itself(forgotten, single):
    days = table_of(forgotten, "days.parquet")

    assert days["footfall_visits"] == [result.kpis["footfall_visits"] for result in single]
    assert days["events_content_sha256"] == [result.manifest["events_content_sha256"] for result in single]


def test_kpis_that_add_up_are_the_sums_of_the_days(forgotten, single):
    for name in ("footfall_visits", "sales_fen", "purchases"):
        assert forgotten.kpis[name] == sum(result.kpis[name] for result in single)
    assert forgotten.kpis["people_inside_max"] == max(result.kpis["people_inside_max"] for result in single)
    assert forgotten.kpis["unique_members"] is None


def test_ratios_are_those_of_all_days_together(lived):
    visits, days, kpis = table_of(lived, "visits.parquet"), table_of(lived, "days.parquet"), lived.kpis

    assert kpis["basket_fen_mean"] == pytest.approx(kpis["sales_fen"] / kpis["purchases"])
    assert kpis["people_per_visit_mean"] == pytest.approx(kpis["footfall_people"] / kpis["footfall_visits"])
    assert kpis["satisfaction_mean"] == pytest.approx(np.mean(visits["satisfaction"]), abs=1e-3)
    assert kpis["dwell_min_mean"] == pytest.approx(np.average(days["dwell_min_mean"], weights=days["footfall_visits"]))
    assert kpis["dwell_min_mean"] != pytest.approx(np.mean(days["dwell_min_mean"]))


def test_the_reference_names_every_column_of_the_days(lived):
    text = (Path(__file__).parents[2] / "docs/reference/outputs.md").read_text(encoding="utf-8")
    own = [name for name in table_of(lived, "days.parquet") if name not in {kpi.name for kpi in KPIS}]

    assert len(own) > 40
    assert [name for name in own if f"`{name}`" not in text] == []


def test_every_visit_stands_in_the_file_of_visits_on_its_own_day(lived):
    visits, days = table_of(lived, "visits.parquet"), table_of(lived, "days.parquet")

    arrived_on = np.array(visits["arrived_us"]) // US_PER_DAY
    assert np.bincount(arrived_on, minlength=DAYS).tolist() == days["visits_ended"]
    assert [days["date"][day] for day in arrived_on.tolist()] == visits["date"]
    assert (np.array(visits["left_us"]) >= np.array(visits["arrived_us"])).all()


def test_the_journal_of_all_days_balances_and_is_that_of_the_sales(lived):
    transfers, days = table_of(lived, "transfers.parquet"), table_of(lived, "days.parquet")
    reason, amount = np.array(transfers["reason"]), np.array(transfers["amount"])

    assert transfers["id"] == list(range(len(transfers["id"])))
    net_fen = amount[reason == "sale"].sum() - amount[reason == "refund"].sum()
    in_points_fen = round(100 * sum(column_of_tenants(lived, "points_redeemed")))  # a point is a yuan
    assert net_fen + in_points_fen == sum(days["sales_fen"]) == lived.kpis["sales_fen"]
    assert sum(json.loads((lived.folder / "run.json").read_text())["balances_fen"].values()) == 0


def test_the_tenants_sales_are_those_of_all_days(lived):
    assert sum(column_of_tenants(lived, "sales_fen")) == lived.kpis["sales_fen"]


def test_points_of_all_days_are_in_the_books_of_tenants_and_on_the_page(lived):
    days, points = table_of(lived, "days.parquet"), json.loads((lived.folder / "curves.json").read_text())["points"]

    assert (
        sum(column_of_tenants(lived, "points_fee_fen"))
        == lived.kpis["points_issue_fees_fen"]
        == sum(days["points_issue_fees_fen"])
        > 0
    )
    assert points["held"]["outstanding_centi"] == 100 * lived.kpis["points_outstanding"] == 100 * days["points_outstanding"][-1]
    assert points["today"]["issued_centi"] == 100 * lived.kpis["points_issued"] == 100 * sum(days["points_issued"])


def test_the_same_days_have_the_same_bytes(lived, tmp_path):
    again = run(tmp_path)

    names = [name for name in again.manifest["files"] if name != "run.json"]
    assert "visits.parquet" in names
    assert {name: again.manifest["files"][name] for name in names} == {name: lived.manifest["files"][name] for name in names}
    assert again.manifest["events_content_sha256"] == lived.manifest["events_content_sha256"]


def test_the_manifest_vouches_for_every_file(lived):
    assert all(sha256_of(lived.folder / name) == digest for name, digest in lived.manifest["files"].items())
    assert api.load(lived.folder).kpis == json.loads(json.dumps(lived.kpis))


def test_days_that_were_over_can_be_read_when_a_later_one_is_stopped(tmp_path, monkeypatch):
    whole_day = DaysInARow.one_day

    def stopped(self, number, *more):
        if number == 2:
            raise KeyboardInterrupt
        return whole_day(self, number, *more)

    monkeypatch.setattr(DaysInARow, "one_day", stopped)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)

    days, visits = (pq.read_table(tmp_path / name).to_pydict() for name in ("days.parquet", "visits.parquet"))
    assert len(days["date"]) == 2
    assert len(visits["date"]) == sum(days["visits_ended"])
    assert not (tmp_path / "manifest.json").exists()
    assert not list(tmp_path.rglob("*.part"))


def test_half_a_day_leaves_nothing(tmp_path):
    def stop(time_us, *_):
        if time_us > US_PER_DAY + 15 * 3_600_000_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.run(config_of(), tmp_path, progress=stop)

    assert [path.name for path in (tmp_path / "days").iterdir()] == ["2026-11-21"]
    assert len(pq.read_table(tmp_path / "days.parquet")) == 1


def test_members_met_on_a_day_are_known_on_the_next(lived):
    first, last = (
        pq.read_table(lived.folder / "days" / date / "members.parquet").to_pydict() for date in ("2026-11-21", "2026-11-23")
    )

    assert set(first["member"]) <= set(last["member"])
    assert len(last["member"]) > len(first["member"])


def test_a_rainy_day_keeps_every_party_that_a_dry_one_with_fewer_cars_has_on_foot(tmp_path):
    visits = {}
    for weather in ("dry", "rain"):
        result = run(tmp_path / weather, f"calendar.weather={weather}", "population.car_share=0.0", "recording=none")
        visits[weather] = set(table_of(result, "visits.parquet")["number"])

    assert visits["rain"] < visits["dry"]


@pytest.mark.plain
@pytest.mark.parametrize("days", ["0", "-3", "4000", "many"])
def test_a_wrong_number_of_days_is_refused(days):
    with pytest.raises(ConfigError) as refused:
        config_of(days=days)
    assert refused.value.exit_code == 2


@pytest.mark.plain
def test_every_kpi_says_how_days_make_one_of_it():
    rules = {kpi.name: how(kpi) for kpi in KPIS}

    assert rules["footfall_visits"] == "sum"
    assert rules["queue_wait_s_p95"] == "mean of the days"
    assert rules["members_total"] == LAST
    assert rules["people_inside_max"] == "largest"
    assert rules["profit_per_cover_fen"] == "mean weighted by people served food"
