"""Results in Python: frames of both libraries, tables with their texts as meant, effects by name, and what is refused."""

from __future__ import annotations

import json

import pytest

import sim
from sim import calls
from sim.errors import GalleriaError
from sim.experiments.replicate import Arm
from sim.reporting.files import write_json
from sim.reporting.manifest import write_manifest
from sim.reporting.results import Comparison, RunResult
from sim.reporting.tables import frame_of, record_table
from sim.reporting.uplift_data import UpliftData

pytestmark = pytest.mark.plain


def row(name, arm, difference, verdict="higher", p_adjusted=0.01):
    return {
        "name": name, "unit": "fen", "arm": arm, "baseline_mean": 100.0, "arm_mean": 100.0 + difference, "difference_mean": difference,
        "ci_low": difference - 1, "ci_high": difference + 1, "p_adjusted": p_adjusted, "verdict": verdict, "better": "higher",
        "p_value": 0.001, "pairs": 3, "variance_reduction": 0.9,
    }  # fmt: skip


def comparison(folder, arms=("none", "a"), **more):
    rows = [row("sales_fen", arm, 10.0 * place) for place, arm in enumerate(arms) if place]
    facts = {
        "scenario": "s",
        "baseline": "none",
        "replications": 3,
        "arms": [{"name": arm} for arm in arms],
        "kpis": rows,
        **more,
    }
    return Comparison(facts, folder)


@pytest.fixture
def finished(tmp_path):
    (tmp_path / "tenants.csv").write_text("unit,tenant,sales_fen\na,'=SUM(A1),5\nb,Plain,7\n", encoding="utf-8")
    write_json(tmp_path / "kpis.json", {"sales_fen": 12, "wait_s_p95": None})
    write_manifest(tmp_path, {"schema": 1})
    return RunResult(tmp_path, {"sales_fen": 12, "footfall_visits": 3, "parking_search_s_mean": None}, {"schema": 1})


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_kpis_are_rows_with_unit_and_meaning_in_either_library(finished, library):
    pytest.importorskip(library, reason=f"pip install {library}")

    frame = finished.kpis_frame(library)

    assert list(frame["name"]) == ["sales_fen", "footfall_visits", "parking_search_s_mean"]
    assert list(frame["unit"])[:2] == ["fen", "visits"]
    assert list(frame["value"])[:2] == [12.0, 3.0]


def test_a_tenant_whose_name_was_made_safe_for_spreadsheets_has_its_own_name_in_a_table(finished):
    assert finished.table("tenants").column("tenant").to_pylist() == ["=SUM(A1)", "Plain"]
    assert finished.table("tenants").column("sales_fen").to_pylist() == [5, 7]


def test_a_table_that_was_not_recorded_is_one_message_with_those_that_were(finished):
    with pytest.raises(GalleriaError, match=r"one of tenants .*'events'.*recording=visits"):
        finished.events()


def test_an_unknown_library_or_figure_is_one_message(finished, tmp_path):
    with pytest.raises(GalleriaError, match="one of pandas, polars"):
        finished.kpis_frame("excel")
    with pytest.raises(GalleriaError, match="one of forest"):
        comparison(tmp_path).figure("pie")


def test_a_library_that_is_missing_is_one_message_with_the_command(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "polars", None)

    with pytest.raises(GalleriaError, match="pip install polars"):
        frame_of(record_table([{"a": 1}]), "polars")


def test_columns_keep_their_kind_and_what_has_several_is_text():
    table = record_table([{"n": 1, "x": 1, "m": 1, "l": [1]}, {"n": None, "x": 0.5, "m": "b", "l": None}])

    assert table.column("n").to_pylist() == [1, None]
    assert table.column("x").to_pylist() == [1.0, 0.5]
    assert table.column("m").to_pylist() == ["1", "b"]
    assert table.column("l").to_pylist() == ["[1]", None]


def test_a_comparison_is_what_its_file_says_and_finds_effects_by_name(tmp_path):
    found = comparison(tmp_path)

    assert json.loads(json.dumps(found)) == found
    assert found.effect("sales_fen").difference_mean == 10.0
    assert found.effect("sales_fen", "a").verdict == "higher"
    assert found.arms == ("none", "a")


def test_with_several_arms_one_must_be_named(tmp_path):
    found = comparison(tmp_path, ("none", "a", "b"))

    assert found.effect("sales_fen", "b").difference_mean == 20.0
    with pytest.raises(GalleriaError, match="one of 'a', 'b'"):
        found.effect("sales_fen")
    with pytest.raises(GalleriaError, match="one of 'a', 'b'"):
        found.figure("forest", "none")


def test_an_unknown_kpi_is_one_message_with_those_that_are_compared(tmp_path):
    with pytest.raises(GalleriaError, match="here are sales_fen"):
        comparison(tmp_path).effect("salse_fen")


def test_the_page_of_a_comparison_counts_what_is_more_than_chance_and_escapes_names(tmp_path):
    rows = [row("sales_fen", "<b>", 5.0), row("footfall_visits", "<b>", 0.0, "no difference seen", 1.0)]

    shown = comparison(tmp_path, ("none", "<b>"), kpis=rows)._repr_html_()

    assert "1 of 2 differences are more than chance" in shown
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown


def test_the_forest_has_a_row_for_each_kpi_that_is_known(tmp_path):
    rows = [
        row("sales_fen", "a", 5.0),
        {**row("footfall_visits", "a", 1.0), "ci_low": None},
        row("mall_income_fen", "a", 900.0),
    ]

    figure = comparison(tmp_path, kpis=rows).figure("forest")

    assert len(figure.axes[0].lines) - 1 == 2 * 2  # an interval and a point each, beside the line of no difference


def test_loading_tells_comparisons_uplift_and_runs_apart(tmp_path):
    for kind, file in (("comparison", "comparison.json"), ("uplift", "uplift.json"), (None, "kpis.json")):
        folder = tmp_path / str(kind)
        folder.mkdir()
        write_json(folder / file, {"baseline": "none", "sales_fen": 1})
        write_manifest(folder, {"schema": 1, **({"kind": kind} if kind else {})})

    kinds = [type(sim.load(tmp_path / name)) for name in ("comparison", "uplift", "None")]

    assert kinds == [Comparison, UpliftData, RunResult]


def test_a_folder_without_manifest_is_no_finished_one(tmp_path):
    with pytest.raises(GalleriaError, match=r"manifest\.json"):
        sim.load(tmp_path)


def test_the_log_of_an_uplift_that_was_not_exported_says_how_to_export_it(tmp_path):
    with pytest.raises(GalleriaError, match="export=true"):
        UpliftData(tmp_path, {}).feedback()


def test_a_run_is_not_written_over_something(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(GalleriaError, match="must be a new or an empty folder"):
        sim.run("corner_day", out=tmp_path)


def test_configurations_take_no_overrides_and_no_names_of_arms(monkeypatch, tmp_path):
    config = calls.config_files.compose("corner_day")

    with pytest.raises(GalleriaError, match="takes no overrides"):
        sim.run(config, "seed=3")
    with pytest.raises(GalleriaError, match="have their arms and overrides in them"):
        sim.compare([("a", config), ("b", config)], "seed=3", out=tmp_path)


def test_arms_by_name_are_those_of_the_command_line(monkeypatch, tmp_path):
    asked: list[Arm] = []
    monkeypatch.setattr(calls.api, "compare", lambda configs, *rest, **more: asked.extend(configs) or {"kpis": []})

    sim.compare("corner_day", "seed=4", arms=["none", "idle", "services.payment_s_mean=60"], out=tmp_path)

    assert [arm for arm, _ in asked] == ["none", "idle", "services.payment_s_mean=60"]
    assert [config.policies for _, config in asked] == [[], ["idle"], []]
    assert [config.services.payment_s_mean for _, config in asked][2] == 60
    assert {config.seed for _, config in asked} == {4}
