"""KPI regression on a stand-in for a mall: verdicts, two stages, baselines that cannot be used, reports, changelog."""

from __future__ import annotations

import dataclasses
import json
import sys
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.config import PopulationConfig, RunConfig
from sim.errors import ConfigError, EngineError
from sim.experiments import baselines, check_reports, kept_runs, replicate
from sim.experiments import check as checking
from sim.experiments.baselines import path_beside, read_baseline
from sim.experiments.check import Case, check, update
from sim.experiments.engines import Runner, engine_for
from sim.experiments.equivalence import equivalence_p, margin_of, pairs_needed
from sim.experiments.results_change import append_to, changelog_beside, line_of

pytestmark = pytest.mark.plain
SIZE = 4  # replications, and as many in reserve
FAKE = '''
import hashlib, json
from types import SimpleNamespace

def noise(seed, word):
    """A number from -1 to 1 that depends on the seed alone."""
    return int.from_bytes(hashlib.sha256(f"{seed} {word}".encode()).digest()[:4], "big") / 2**31 - 1

def run(config, folder):
    """Stand in for a mall: `expects` says in what it is another."""
    change = json.loads(config.expects or "{}")
    seed, luck = config.seed, change.get("luck", "")
    if change.get("fails"):
        raise MemoryError("no room")
    with open(config.question, "a") as notes:
        notes.write(f"{seed}\\n")
    visits = 10_000 + 500 * noise(seed, "visits" + luck)
    kpis = {"footfall_visits": visits * change.get("visits", 1), "sales_fen": 1000 * visits + 1e5 * noise(seed, "sales" + luck)}
    kpis["conversion_share"] = 0.5 + 0.2 * noise(seed, "conversion" + change.get("conversion", luck))
    kpis["till_wait_s_mean"] = change.get("wait")
    if change.get("early"):  # what moves on the first seeds only
        kpis["purchases"] = 700 + (100 + seed % 7 if seed in change["early"] else 0) + noise(seed, "purchases")
    else:
        kpis["purchases"] = 700 + noise(seed, "purchases")
    kpis.update(change.get("more", {}))
    for name in change.get("less", ()):
        del kpis[name]
    row = [0, 36_000_000_000 + seed % 1000, "ARRIVED", 17, 2, "street", change.get("event", 0)]
    print_ = {"rows": 1, "sha256": str(row), "head": [row], "blocks": ["00000000"], "starts": [row]}
    return SimpleNamespace(kpis={**kpis, "events": print_})
'''


@pytest.fixture
def mall(tmp_path, monkeypatch):
    """Give what runs, holds against the baseline and writes one; `change` says in what the code has become another."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "fake_mall.py").write_text(FAKE)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "day.yaml").write_text("question: what?\n")
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    monkeypatch.setattr(replicate, "engine_for", here)
    for module in (replicate, baselines):  # which read all sources, at every check
        monkeypatch.setattr(module, "basis_of", lambda digests: "of the code")
    monkeypatch.setattr(kept_runs, "write_config", lambda folder, config: None)  # a second of YAML for each scenario
    for module in (checking, baselines):
        monkeypatch.setattr(module, "git_commit", lambda: "a commit")
    return Mall(tmp_path)


@contextmanager
def here(runner):
    """Run all in this process, which is what most of these tests need; with workers where a runner asks for several."""
    if (runner.workers or 1) > 1:
        with engine_for(runner) as engine:
            yield engine
        return
    source = Path(next(folder for folder in sys.path if (Path(folder) / "fake_mall.py").is_file())) / "fake_mall.py"
    module = {}
    exec(source.read_text(), module)

    def answers(jobs):
        for key, config in jobs.items():
            try:
                yield key, (dict(module["run"](config, None).kpis), "")
            except MemoryError as trouble:
                yield key, (None, f"MemoryError: {trouble}")

    yield SimpleNamespace(answers=answers)


class Mall:
    def __init__(self, folder):
        self.folder, self.path = folder, folder / "scenarios" / "day.yaml"
        self.baseline = path_beside(self.path)
        self.notes = folder / "notes"

    def case(self, *, with_baseline=True, name="day", **change):
        population = PopulationConfig(visits_per_day=100)
        config = RunConfig(
            name="day", question=str(self.notes), expects=json.dumps(change) if change else "", population=population
        )
        return Case(name, self.path, config, (), read_baseline(self.baseline) if with_baseline else None)

    def update(self, reason="first", with_baseline=False, **change):
        case = self.case(with_baseline=with_baseline, **change)
        return update(
            [case], (SIZE, SIZE), reason, self.folder / f"update {sorted(change)}", Runner("fake_mall:run", workers=1)
        )

    def check(self, out="", workers=1, is_strict=False, **change):
        runner = Runner("fake_mall:run", workers=workers)
        return check([self.case(**change)], self.folder / f"check {out}{sorted(change)}", runner, is_strict=is_strict)

    def made(self):
        return len(self.notes.read_text().splitlines()) if self.notes.exists() else 0


def verdicts(found):
    return {each["name"]: each["verdict"] for each in found["scenarios"][0]["kpis"]}


def kpi(found, name):
    return next(each for each in found["scenarios"][0]["kpis"] if each["name"] == name)


def test_the_same_code_is_identical_in_every_kpi_and_runs_no_fresh_seed(mall):
    mall.update()
    before = mall.made()

    found = mall.check()

    assert found["passed"]
    assert found["scenarios"][0]["verdict"] == "identical"
    assert set(verdicts(found).values()) == {"identical"}
    assert found["scenarios"][0]["first_difference"] is None
    assert mall.made() - before == SIZE


def test_what_a_check_says_depends_neither_on_workers_nor_on_what_was_made_before(mall):
    mall.update()
    several = mall.check("a", workers=2, visits=1.05)

    again = mall.check("a", visits=1.05)
    alone = mall.check("b", visits=1.05)

    assert several == again == alone
    assert (mall.folder / "check a['visits']" / "check.json").read_bytes() == (
        mall.folder / "check b['visits']" / "check.json"
    ).read_bytes()


def test_a_moved_kpi_fails_with_what_fresh_seeds_say_and_the_first_event_that_differs(mall):
    mall.update()
    before = mall.made()

    found = mall.check(visits=1.05, event=1)

    assert not found["passed"]
    assert mall.made() - before == 2 * SIZE
    assert {name for name, verdict in verdicts(found).items() if verdict == "moved"} == {"footfall_visits"}
    assert verdicts(found)["sales_fen"] == "exact"
    moved = kpi(found, "footfall_visits")
    assert moved["p_adjusted"] < 0.05
    assert moved["p_confirmed"] < 0.05
    assert moved["ci_low"] < 0.05 * moved["baseline_mean"] < moved["ci_high"]
    told = check_reports.event_sentence(found["scenarios"][0])
    assert "10:00:00" in told
    assert "visit 17 (2 people): ARRIVED street, value 0. Now:" in told
    assert told.endswith("value 1.")


def test_a_move_too_small_to_mean_anything_is_within_tolerance(mall):
    mall.update()

    found = mall.check(visits=1.001)

    assert found["passed"]
    assert verdicts(found)["footfall_visits"] == "within tolerance"


def test_a_margin_of_ones_own_makes_the_same_move_count(mall):
    mall.update()
    record = json.loads(mall.baseline.read_text())
    mall.baseline.write_text(json.dumps({**record, "margins": {"footfall_visits": 1.0}}))

    found = mall.check(visits=1.001)

    assert verdicts(found)["footfall_visits"] == "moved"


def test_other_luck_moves_nothing_and_says_how_many_pairs_would_decide(mall):
    mall.update()

    found = mall.check(conversion="other")

    assert found["passed"]
    undecided = kpi(found, "conversion_share")
    assert undecided["verdict"] == "undecided"
    assert undecided["pairs_needed"] > 8
    assert f"about {undecided['pairs_needed']:,} pairs would decide" in check_reports.sentence(undecided)
    assert not mall.check(is_strict=True, conversion="other")["passed"]


def test_what_moves_on_the_first_seeds_alone_is_not_failed(mall):
    mall.update()
    early = read_baseline(mall.baseline).seeds[:SIZE]

    found = mall.check(early=early)

    assert found["passed"]
    assert found["scenarios"][0]["is_confirmed_on_fresh_seeds"]
    assert verdicts(found)["purchases"] == "exact"


def test_a_kpi_that_is_gone_or_has_become_known_fails_and_a_new_one_does_not(mall):
    mall.update()

    assert verdicts(mall.check(less=["purchases"]))["purchases"] == "gone"
    known = kpi(mall.check(wait=3.0), "till_wait_s_mean")
    assert (known["verdict"], known["note"]) == ("moved", "it was null and is known now")
    new = mall.check(more={"something_fen": 3})
    assert (new["passed"], verdicts(new)["something_fen"]) == (True, "new")


def test_the_same_code_with_other_numbers_fails_as_not_repeatable(mall):
    mall.update()
    (mall.folder / "code" / "fake_mall.py").write_text(FAKE.replace("500 * noise", "501 * noise"))

    found = mall.check()

    assert not found["passed"]
    assert found["scenarios"][0]["verdict"] == "not repeatable"


def test_another_version_of_a_library_is_named(mall):
    mall.update()
    record = json.loads(mall.baseline.read_text())
    record["made"]["packages"]["numpy"] = "1.0"
    mall.baseline.write_text(json.dumps(record))

    found = mall.check(visits=1.001)

    assert any(text.startswith("numpy 1.0 -> ") for text in found["scenarios"][0]["differs"])
    assert "configuration: expects" in found["scenarios"][0]["differs"]


def test_a_run_that_fails_twice_is_named_and_fails_the_check(mall):
    mall.update()

    with pytest.raises(EngineError, match=r"day, replication 1: the run must end .found MemoryError: no room"):
        mall.check(fails=1)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[: len(text) // 2], "is damaged"),
        (lambda text: text.replace('"schema": 1', '"schema": 7'), "this version reads baselines of schema 1 (found 7)"),
        (lambda text: text.replace('"purchases": [', '"purchases": [1'), "its values are not those that were written"),
        (lambda text: text.replace('"reserve": 4', '"reserve": 7'), "seeds, reserve, digests and values do not fit together"),
        (lambda text: text.replace('"rows": 1', '"rows": 2'), "events: its parts do not fit together"),
        (lambda text: text.replace('"margins": {}', '"margins": {"sales": 1}'), "margins.sales: there is no such KPI"),
        (lambda text: text.replace('"margins": {}', '"margins": {"sales_fen": -1}'), "must be a number of at least 0"),
        (lambda text: "[1, 2]", "is damaged"),
    ],
)  # fmt: skip
def test_a_baseline_that_cannot_be_used_gets_one_message(mall, spoil, said):
    mall.update()
    mall.baseline.write_text(spoil(mall.baseline.read_text()))

    with pytest.raises(ConfigError) as caught:
        read_baseline(mall.baseline)

    assert said in str(caught.value)
    assert len(caught.value.problems) == 1
    assert str(mall.baseline) in str(caught.value)


def test_a_missing_baseline_and_another_seed_are_told_with_the_way_out(mall):
    with pytest.raises(ConfigError, match=r"has no baseline yet.*galleria check day --update --reason"):
        read_baseline(mall.baseline)
    mall.update()
    case = mall.case()
    other = dataclasses.replace(case, config=dataclasses.replace(case.config, seed=2))

    with pytest.raises(ConfigError, match="must have the seed of its baseline"):
        check([other], mall.folder / "out", Runner("fake_mall:run", workers=1))
    assert not (mall.folder / "out").exists()


def test_a_baseline_written_and_read_is_the_same_and_a_second_update_writes_the_same_bytes(mall):
    mall.update()
    first = mall.baseline.read_bytes()

    found = mall.update("first", with_baseline=True)

    assert mall.baseline.read_bytes() == first
    assert (found["baselines"][0]["is_new"], found["baselines"][0]["is_changed"]) == (False, False)
    assert read_baseline(mall.baseline).kpis["till_wait_s_mean"] == (None,) * (2 * SIZE)


def test_an_update_says_what_has_moved_and_keeps_margins(mall):
    mall.update()
    record = json.loads(mall.baseline.read_text())
    mall.baseline.write_text(json.dumps({**record, "margins": {"footfall_visits": 3.0}}))

    found = mall.update("more visits come", with_baseline=True, visits=1.05)

    assert found["baselines"][0]["is_changed"]
    assert [each["name"] for each in found["baselines"][0]["moved"]] == ["footfall_visits"]
    assert read_baseline(mall.baseline).margins == {"footfall_visits": 3.0}
    line = line_of("more visits\ncome.", found["baselines"])
    assert line == "- **Results change** more visits come. Moved in `day`: footfall_visits +5.0%."
    assert mall.check(visits=1.05)["passed"]


def test_the_line_is_added_at_the_end_of_what_is_unreleased(tmp_path):
    (tmp_path / "scenarios").mkdir()
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(
        "# Changelog\n\n## 0.2.0 (unreleased)\n\n- **New** A thing\n  in two lines.\n\n## 0.1.0\n\n- **New** All.\n"
    )

    assert changelog_beside(tmp_path / "scenarios" / "day.baseline.json") == changelog
    append_to(changelog, "- **Results change** Why.")

    assert changelog.read_text() == (
        "# Changelog\n\n## 0.2.0 (unreleased)\n\n- **New** A thing\n  in two lines.\n- **Results change** Why.\n\n"
        "## 0.1.0\n\n- **New** All.\n"
    )
    changelog.write_text("# Changelog\n\n## 0.1.0\n")
    assert changelog_beside(tmp_path / "scenarios" / "day.baseline.json") is None


def test_junit_has_a_case_for_each_kpi_and_fails_those_that_moved(mall):
    mall.update()

    root = ET.fromstring(check_reports.junit(mall.check(visits=1.05, conversion="other", event=1)))

    (suite,) = root
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    skipped = [case.get("name") for case in suite if case.find("skipped") is not None]
    assert (failed, skipped) == (["footfall_visits"], ["conversion_share"])
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped"), root.get("failures")) == ("6", "1", "1", "1")
    assert "first event that differs" in (suite.find("testcase/failure").text or "")


def test_annotations_stand_at_the_scenario_and_on_one_line_each(mall, monkeypatch):
    mall.update()
    found = mall.check(visits=1.05, conversion="other", event=1)
    monkeypatch.chdir(mall.folder)

    error, warning = check_reports.github_annotations(found)

    assert error.startswith("::error file=scenarios/day.yaml,title=day%3A 1 KPI moved::footfall_visits moved: ")
    assert "%0AThe first event that differs" in error
    assert warning.startswith("::warning file=scenarios/day.yaml,title=day%3A 1 KPI undecided::conversion_share undecided")
    assert "\n" not in error + warning
    assert check_reports.github_annotations(mall.check()) == []


def test_the_summary_names_scenarios_and_what_moved(mall):
    mall.update()

    text = check_reports.markdown(mall.check(visits=1.05))

    assert text.startswith("### galleria check **failed**")
    assert "| day | moved | 1 moved, 4 exact | configuration: expects |" in text
    assert "| footfall_visits |" in text
    assert "0.25%" in text


def test_names_cannot_break_out_of_the_summary():
    assert check_reports._cell("a|b\n<img>`") == r"a\|b \<img\>\`"


@pytest.mark.parametrize(("ratio", "pairs"), [(0.5, 35), (0.25, 138), (0.2, 215), (0.1, 857)])
def test_pairs_needed_are_those_of_the_published_formula(ratio, pairs):
    assert pairs_needed([-1.0, 1.0, 0.0], ratio) == pairs  # of spread 1


def test_two_one_sided_tests_agree_with_statsmodels():
    weightstats = pytest.importorskip("statsmodels.stats.weightstats")
    differences = [0.3, -0.1, 0.25, 0.02, -0.2, 0.11, 0.4, 0.05]

    for margin in (0.05, 0.2, 0.4):
        reference = weightstats.DescrStatsW(differences).ttost_mean(-margin, margin)[0]
        assert equivalence_p(differences, margin) == pytest.approx(reference, rel=1e-9)


def test_differences_that_do_not_vary_are_judged_by_their_size():
    assert equivalence_p([0.3, 0.3], 0.4) == 0.0
    assert equivalence_p([0.5, 0.5], 0.4) == 1.0
    assert equivalence_p([0.3], 0.4) is None


@pytest.mark.parametrize(
    ("name", "mean", "margin"),
    [("sales_fen", 1e6, 5000.0), ("conversion_share", 0.5, 0.002), ("queue_wait_s_mean", 4.0, 0.5), ("queue_wait_s_mean", 400.0, 2.0), ("no_kpi", 0.0, 0.0)],
)  # fmt: skip
def test_a_margin_is_half_a_per_cent_or_what_nobody_sees(name, mean, margin):
    assert margin_of(name, mean, {}) == pytest.approx(margin)
    assert margin_of(name, mean, {name: 7.0}) == 7.0


def test_values_are_kept_to_ten_digits_and_whole_numbers_to_all():
    assert baselines.rounded(123456789012345) == 123456789012345
    assert baselines.rounded(1 / 3) == 0.3333333333
    assert baselines.rounded(float("nan")) is None


def test_the_file_has_a_line_for_each_kpi(mall):
    mall.update()

    lines = [line for line in mall.baseline.read_text().splitlines() if line.startswith('  "')]

    assert len(lines) == 5
    assert Path(mall.baseline).name == "day.baseline.json"
