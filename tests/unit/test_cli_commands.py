"""What single commands read from their words, and what they leave on disk."""

from __future__ import annotations

import datetime
import io
import json

import pytest

from sim import cli, cli_arms, cli_run, cli_verify, paths
from sim.cli_output import UsageError
from sim.config import RunConfig
from sim.errors import ConfigError
from sim.progress import Progress, instant_text

pytestmark = pytest.mark.plain


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        ("[none,escalator_outage]", ["none", "escalator_outage"]),
        ('[none,"seed=2 population.car_share=0.5"]', ["none", "seed=2 population.car_share=0.5"]),
        ("none, b ,c", ["none", "b", "c"]),
        ("""['a=[1,2]', none]""", ["a=[1,2]", "none"]),
    ],
)
def test_arms_are_split_at_commas_outside_quotes(text, arms):
    assert cli_arms.arm_names(text) == arms


@pytest.mark.parametrize("text", ["", "[]", "[none]", "[none,none]"])
def test_fewer_than_two_different_arms_are_refused(text):
    with pytest.raises(UsageError):
        cli_arms.arm_names(text)


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        (None, "mine names none"),
        ("[none]", "['none'] under `arms` of mine"),
        ("[none, none]", "['none', 'none']"),
        ("[none, nine]", "nine"),
    ],
)
def test_a_scenarios_own_arms_are_checked_like_those_of_the_command_line(tmp_path, monkeypatch, capsys, arms, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    wanted = "" if arms is None else f"arms: {arms}\n"
    (tmp_path / "scenarios" / "mine.yaml").write_text(f"# @package _global_\nquestion: why?\n{wanted}", encoding="utf-8")

    code = cli.main(["compare", "mine", "replications=2"])

    assert code == 2
    assert said in capsys.readouterr().err


def test_a_scenario_that_names_its_arms_needs_none_on_the_command_line():
    assert cli_arms.arms_of("wifi_vs_none", []) == ["sensing=none", "sensing=mall_wifi"]


@pytest.mark.parametrize(
    "words", [["arms=[none,sensing.identity.portal=false]", "{key}"], ["""arms=[none,"sensing.identity.portal=false {key}"]"""]]
)
def test_a_comparison_that_continues_a_run_is_refused_before_the_first_run(tmp_path, monkeypatch, capsys, words):
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier" / "manifest.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    key = f"sensing.identity.continue_from={tmp_path / 'earlier'}"

    code = cli.main(["compare", "corner_day", "replications=2", *(word.replace("{key}", key) for word in words)])

    said = capsys.readouterr().err
    assert code == 2
    assert "sensing.identity.continue_from: must be empty in a comparison" in said
    assert "galleria run" in said
    assert not (tmp_path / "outputs").exists()


def test_several_overrides_of_an_arm_are_parted_by_blanks():
    assert cli_arms._split_overrides("a.b=1 c=[1, 2] d=x y") == ["a.b=1", "c=[1, 2]", "d=x y"]


def test_numbers_for_a_family_of_cases_keep_their_kind():
    words = ["people=100", "width_m=0.9", "patience=null", "room_m=[8,5]", "service=exponential", "wide=true"]

    assert cli_verify._parameters(words) == {
        "people": 100, "width_m": 0.9, "patience": None, "room_m": [8, 5], "service": "exponential", "wide": True,
    }  # fmt: skip


@pytest.mark.parametrize("word", ["people", "=3", "people=NaN", "people=Infinity"])
def test_what_is_no_number_for_a_case_is_refused(word):
    with pytest.raises(UsageError):
        cli_verify._parameters([word])


def test_two_runs_of_one_second_get_folders_of_their_own(tmp_path):
    now = datetime.datetime(2026, 11, 21, 14, 5, 9)

    folders = [paths.new_output_folder(now, tmp_path) for _ in range(3)]

    assert [folder.relative_to(tmp_path).as_posix() for folder in folders] == [
        "2026-11-21/14-05-09", "2026-11-21/14-05-09-2", "2026-11-21/14-05-09-3",
    ]  # fmt: skip


def test_a_folder_with_files_that_are_no_run_is_never_cleared(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    for overwrite in (False, True):
        with pytest.raises(UsageError):
            cli_run.output_folder(tmp_path, overwrite)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_overwriting_deletes_only_what_the_earlier_runs_manifest_lists(tmp_path):
    outside = tmp_path / "outside.txt"
    folder = tmp_path / "run"
    folder.mkdir()
    for path in (outside, folder / "kpis.json", folder / "notes.txt"):
        path.write_text("x")
    (folder / "manifest.json").write_text(json.dumps({"files": {"kpis.json": "0", "../outside.txt": "0"}}))

    with pytest.raises(UsageError, match="overwrite"):
        cli_run.output_folder(folder, False)
    cli_run.output_folder(folder, True)

    assert outside.exists()
    assert sorted(path.name for path in folder.iterdir()) == ["notes.txt"]


def test_a_dry_run_runs_nothing_and_says_what_it_would_cost(tmp_path, monkeypatch, capsys):
    (tmp_path / "floorplans" / "desk").mkdir(parents=True)
    (tmp_path / "floorplans" / "desk" / "levels.geojson").write_text("{}")
    monkeypatch.chdir(tmp_path)

    assert cli.main(["run", "everyday", "floorplan=desk", "population.visits_per_day=1000", "--dry-run", "--json"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert printed["expected"]["visits"] == round(1000 * printed["config"]["population"]["weekday_factors"][5])
    assert printed["expected"]["seconds"] > 0
    assert not (tmp_path / "outputs").exists()


def test_a_dry_run_of_a_network_names_its_plans_and_how_many_malls_have_each(capsys):
    assert cli.main(["run", "corner_day", "malls=3", "--dry-run"]) == 0

    printed = capsys.readouterr().out
    assert "# floor plans: corner_mall (3 malls)" in printed
    assert " 0 MB of disk" not in printed


def test_the_expected_time_follows_the_newest_finished_run(tmp_path, monkeypatch):
    folder = tmp_path / "outputs" / "2026-11-21" / "14-05-09"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"shoppers_per_s": 50_000.0, "engine_s": 1.0}))
    monkeypatch.chdir(tmp_path)

    visits, seconds, _, basis = cli_run.estimate(RunConfig())

    assert seconds == pytest.approx(cli_run.START_S + cli_run.BESIDES_ENGINE * visits / 50_000)
    assert "14-05-09" in basis


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("population.car_share", "confidence"),
        ("car_share", "population.car_share"),
        ("queue_wait_s_p95", "KPI"),
        ("everyday", "scenario"),
        ("cinema", "category"),
        ("PARKED", "search time"),
    ],
)
def test_everything_with_a_name_can_be_explained(capsys, name, says):
    assert cli.main(["explain", name]) == 0
    assert says in capsys.readouterr().out


def test_every_parameter_is_listed_with_meaning_range_source_and_confidence(capsys):
    assert cli.main(["list", "parameters", "--json"]) == 0

    records = json.loads(capsys.readouterr().out)
    assert len(records) > 100
    for record in records:
        assert record["meaning"], record["name"]
        assert record["source"], record["name"]
        assert record["confidence"] in "HML-", record["name"]


def test_scenarios_are_listed_with_question_expectation_and_rows(capsys):
    assert cli.main(["list", "scenarios", "--json"]) == 0

    for record in json.loads(capsys.readouterr().out):
        assert record["question"].endswith("?")
        assert record["expects"]
        assert record["covers"]


def test_a_plan_of_ones_own_hides_a_bundled_one_of_the_same_name(tmp_path, monkeypatch):
    (tmp_path / "floorplans" / "riverside_mall").mkdir(parents=True)
    (tmp_path / "floorplans" / "riverside_mall" / "levels.geojson").write_text("{}")
    monkeypatch.chdir(tmp_path)

    assert paths.find_floorplan("riverside_mall") == tmp_path / "floorplans" / "riverside_mall"
    with pytest.raises(ConfigError, match="did you mean 'riverside_mall'"):
        paths.find_floorplan("riverside_mal")


def test_progress_shows_clock_people_and_time_left_on_a_terminal_and_nothing_elsewhere():
    terminal, pipe = io.StringIO(), io.StringIO()
    shown, silent = Progress("day", terminal, wanted=True), Progress("day", pipe)
    shown.started_s -= 10

    shown(52_200_000_000, 8412, 0.5)
    silent(52_200_000_000, 8412, 0.5)

    assert "14:30" in terminal.getvalue()
    assert "8,412 inside" in terminal.getvalue()
    assert "0:10 left" in terminal.getvalue()
    assert pipe.getvalue() == ""
    shown.close()
    assert terminal.getvalue().endswith("\r")


def test_progress_of_several_days_says_which_day_it_is_until_its_last_customers_are_home():
    hour_us = 3_600_000_000

    assert instant_text(14 * hour_us, 1) == "14:00"
    assert instant_text(14 * hour_us, 7) == "day 1 of 7, 14:00"
    assert instant_text(25 * hour_us, 7) == "day 1 of 7, 25:00"
    assert instant_text(24 * hour_us + 10 * hour_us, 7) == "day 2 of 7, 10:00"


def test_a_week_takes_as_many_visits_as_its_days_and_more_disk_than_its_report():
    week = RunConfig(days=7)

    visits, seconds, megabytes, _ = cli_run.estimate(week)

    assert visits == pytest.approx(7 * week.population.visits_per_day, rel=0.01)
    assert seconds > cli_run.estimate(RunConfig())[1]
    assert megabytes > cli_run.estimate(RunConfig())[2]


@pytest.mark.parametrize(("hours", "said"), [(15, "no day was over"), (24 + 15, "hold the days before")])
def test_a_stopped_run_of_several_days_says_what_can_be_read(hours, said):
    assert said in cli_run.stopped_at(RunConfig(days=3), hours * 3_600_000_000)
