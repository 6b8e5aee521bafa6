"""How many replications a wanted half-width takes: grammar, stopping, resuming, and what is said when it cannot be had."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.config import PopulationConfig, RunConfig
from sim.errors import ConfigError
from sim.experiments.compare import compare
from sim.experiments.engines import Runner
from sim.experiments.paired import paired_difference
from sim.experiments.precision import Target, precision_of, targets_of

pytestmark = pytest.mark.plain
FAKE = '''
from types import SimpleNamespace

def run(config, folder):
    """Stand in for a mall: sales vary by the seed, and the arm's own part of it by how many come."""
    with open(config.question, "a") as note:
        note.write("x")
    shared, own = config.seed % 1009, (config.seed // 1009) % 101
    visits = config.population.visits_per_day
    (folder / "tenants.csv").write_text("unit,level,sales_fen\\\\na,L1,%d\\\\n" % visits)
    return SimpleNamespace(kpis={"sales_fen": 100_000 + shared + own * (visits - 100) / 10, "till_wait_s_mean": None})
'''


@pytest.fixture
def runner(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "varied_mall.py").write_text(FAKE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    return Runner("varied_mall:run", workers=1)


def arms(tmp_path):
    return [
        (name, RunConfig(name=name, question=str(tmp_path / "notes"), population=PopulationConfig(visits_per_day=visits)))
        for name, visits in (("a", 100.0), ("b", 200.0))
    ]


def runs_made(tmp_path):
    return len((tmp_path / "notes").read_text())


def test_a_target_is_a_share_of_the_baseline_or_a_number_in_the_kpis_unit():
    assert targets_of("sales_fen<=1%, queue_wait_s_mean <= 2.5") == (
        Target("sales_fen", 0.01, True),
        Target("queue_wait_s_mean", 2.5, False),
    )
    assert targets_of("[sales_fen<=1%]") == targets_of("sales_fen<=1%")
    assert targets_of("") == ()


def test_all_wrong_targets_are_named_together_with_the_nearest_kpi():
    with pytest.raises(ConfigError) as caught:
        targets_of("sale_fen<=1%,sales_fen<1,footfall_visits<=0")

    assert [problem.value for problem in caught.value.problems] == ["'sale_fen'", "sales_fen<1", "footfall_visits<=0"]
    assert "'sales_fen'" in caught.value.problems[0].way_out


def test_the_spread_of_the_first_stage_counts_where_that_of_all_pairs_is_smaller():
    """Differences 0, 4 | 2, 2: the first stage has variance 8, all have 8/3; t(0.975, 1) is 12.706, and sqrt(8) / sqrt(4) is 1.4142."""
    found = paired_difference([0.0] * 4, [0.0, 4.0, 2.0, 2.0], first=2)

    assert found.half_width == pytest.approx(12.7062047 * 1.41421356, rel=1e-7)


def test_the_spread_of_all_pairs_counts_where_the_first_stage_saw_nothing():
    """Differences 0, 0 | 3, 5: a rare event that the first stage missed is not certain to be more than luck."""
    found = paired_difference([0.0] * 4, [0.0, 0.0, 3.0, 5.0], first=2)

    assert found.half_width == pytest.approx(12.7062047 * 6**0.5 / 2, rel=1e-7)  # variance of 0, 0, 3, 5 is 6
    assert found.p_value > 0.3


def test_runs_go_on_until_the_half_width_is_as_wanted_and_stop_there(tmp_path, runner):
    found = compare(arms(tmp_path), tmp_path / "out", 10, runner, until="sales_fen<=0.12%")

    target = found["precision"]["targets"][0]
    assert target["is_reached"]
    assert target["half_width"] <= target["half_width_wanted"] == pytest.approx(0.0012 * 100_500, rel=0.01)
    assert 10 < found["replications"] < 100
    entry = found["kpis"][0]
    assert entry["ci_high"] - entry["ci_low"] == pytest.approx(2 * target["half_width"])
    assert runs_made(tmp_path) == 2 * found["replications"]


def test_a_second_call_makes_no_run_and_the_same_bytes_and_a_looser_wish_fewer(tmp_path, runner):
    compare(arms(tmp_path), tmp_path / "out", 10, runner, until="sales_fen<=0.12%")
    before, made = (tmp_path / "out" / "comparison.json").read_bytes(), runs_made(tmp_path)

    compare(arms(tmp_path), tmp_path / "out", 10, runner, until="sales_fen<=0.12%")

    assert (tmp_path / "out" / "comparison.json").read_bytes() == before
    loose = compare(arms(tmp_path), tmp_path / "out", 10, runner, until="sales_fen<=5%")
    assert loose["replications"] == 10
    assert runs_made(tmp_path) == made


def test_a_limit_that_comes_first_is_said_with_the_number_it_would_take(tmp_path, runner):
    found = compare(arms(tmp_path), tmp_path / "out", 10, runner, until="sales_fen<=0.01%", max_replications=12)

    (target,) = found["precision"]["targets"]
    assert found["replications"] == 12
    assert not target["is_reached"]
    assert target["replications_needed"] > 100


def test_a_kpi_that_the_runs_do_not_know_stops_at_the_first_stage(tmp_path, runner):
    found = compare(arms(tmp_path), tmp_path / "out", 10, runner, until="till_wait_s_mean<=1")

    (target,) = found["precision"]["targets"]
    assert (found["replications"], target["half_width"], target["replications_needed"]) == (10, None, None)


def test_a_share_of_nothing_cannot_be_had():
    kpis = {(arm, n): {"sales_fen": 0.0 if arm == "a" else n % 3} for arm in "ab" for n in range(1, 11)}

    (record,) = precision_of(["a", "b"], kpis, 10, 10, [Target("sales_fen", 0.01, True)])

    assert (record["half_width_wanted"], record["replications_needed"], record["is_reached"]) == (0.0, None, False)


def test_a_first_stage_too_small_and_a_limit_below_it_are_refused_together(tmp_path, runner):
    with pytest.raises(ConfigError) as caught:
        compare(arms(tmp_path), tmp_path / "out", 5, runner, until="sales_fen<=1%", max_replications=3)

    assert [problem.place for problem in caught.value.problems] == ["replications", "max_replications"]


def test_the_table_has_a_row_for_each_arm_replication_and_kpi(tmp_path, runner):
    found = compare(arms(tmp_path), tmp_path / "out", 3, runner)

    table = pq.read_table(tmp_path / "out" / "comparison.parquet")
    rows = table.to_pylist()
    assert [(row["arm"], row["replication"], row["kpi"]) for row in rows] == [
        (arm, number, kpi) for arm in "ab" for number in (1, 2, 3) for kpi in ("sales_fen", "till_wait_s_mean")
    ]
    assert [row["seed"] for row in rows[:6:2]] == found["seeds"]
    assert {row["value"] for row in rows if row["kpi"] == "till_wait_s_mean"} == {None}
    assert (
        rows[0]["value"]
        == json.loads(next(Path(tmp_path / "out" / "runs").glob("a-*/00001.json")).read_text())["kpis"]["sales_fen"]
    )
    assert table.schema.metadata[b"galleria_schema_version"] == b"1"
