"""Composition: scenario, groups and command line make one checked configuration, or one message with every mistake."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import config_files
from sim.config import RunConfig, parameters_of
from sim.config_files import as_yaml, compose, record_of
from sim.config_keys import all_keys, guess_of
from sim.errors import ConfigError

pytestmark = pytest.mark.plain


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder of one's own with a plan called `desk`; scenarios are written by the tests."""
    (tmp_path / "floorplans" / "desk").mkdir(parents=True)
    (tmp_path / "floorplans" / "desk" / "levels.geojson").write_text("{}")
    (tmp_path / "scenarios").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(desk, text, name="mine"):
    (desk / "scenarios" / f"{name}.yaml").write_text("# @package _global_\nquestion: why?\nfloorplan: desk\n" + text)


def mistakes_of(*arguments, scenario="mine"):
    with pytest.raises(ConfigError) as raised:
        compose(scenario, arguments)
    assert raised.value.exit_code == 2
    return str(raised.value)


def test_a_scenario_changes_what_it_names_and_nothing_else(desk):
    write(desk, "population: {car_share: 0.5}\n")

    config = compose("mine")

    plain = RunConfig()
    plain.population.car_share = 0.5
    plain.name, plain.question, plain.floorplan = "mine", "why?", "desk"
    assert config == plain


def test_the_command_line_wins_over_the_scenario_and_the_scenario_over_a_group(desk):
    write(desk, "defaults:\n  - population: us_regional\npopulation: {stay_min_mean: 70}\n")

    assert compose("mine").population.car_share == 0.9
    assert compose("mine").population.stay_min_mean == 70
    assert compose("mine", ["population.stay_min_mean=60", "population=china_mixed_use"]).population.stay_min_mean == 60
    assert compose("mine", ["population=china_mixed_use"]).population.car_share == 0.35


def test_a_scenario_can_build_on_another(desk):
    write(desk, "population: {car_share: 0.5, visits_per_day: 10}\n", "base")
    write(desk, "defaults: [base]\npopulation: {visits_per_day: 20}\n")

    config = compose("mine")

    assert (config.population.car_share, config.population.visits_per_day, config.name) == (0.5, 20, "mine")


def test_a_scenario_that_builds_on_itself_is_refused(desk):
    write(desk, "defaults: [mine]\n")

    assert "cannot build on itself" in mistakes_of()


def test_a_scenario_can_be_a_path_with_any_name(desk):
    path = desk / "my study, no. 1.yaml"
    path.write_text("question: why?\nfloorplan: desk\nseed: 9\n")

    config = compose(str(path))

    assert (config.seed, config.name) == (9, "my study, no. 1")


@pytest.mark.parametrize("hours", ["10:00", '"10:00"', "600"])
def test_ten_o_clock_is_read_alike_quoted_or_not_in_a_file_and_on_the_command_line(desk, hours):
    write(desk, f"operations: {{hours: {{opens: {hours}}}}}\n")

    assert compose("mine").operations.hours.opens == "10:00"
    assert compose("mine", [f"operations.hours.opens={hours}"]).operations.hours.opens == "10:00"


@pytest.mark.parametrize(("typed", "read"), [("09:30", "09:30"), ("9:30", "09:30"), ('"09:30"', "09:30")])
def test_half_past_nine_is_read_alike(desk, typed, read):
    write(desk, f"operations: {{hours: {{opens: {typed}, closes: 24:00}}}}\n")

    assert compose("mine").operations.hours.opens == read
    assert compose("mine").operations.hours.closes == "24:00"
    assert compose("mine", [f"operations.hours.opens={typed}"]).operations.hours.opens == read


def test_several_outages_are_a_list_of_records(desk):
    write(desk, "")

    config = compose("mine", ["operations.outages=[{asset: a, starts: 14:00, lasts_s: 60}, {asset: b}]"])

    assert [(outage.asset, outage.starts, outage.lasts_s) for outage in config.operations.outages] == [
        ("a", "14:00", 60.0),
        ("b", "14:00", 5400.0),
    ]


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("populaton.size=3", "a key of 'population'"),
        ("populaton.car_share=0.3", "did you mean 'population.car_share'"),
        ("movement.congeston=false", "did you mean 'movement.congestion'"),
        ("congestion=false", "did you mean 'movement.congestion'"),
        ("operations.hours.open=9:00", "did you mean 'operations.hours.opens'"),
        ("categories.fashon.appeal=2", "did you mean 'categories.fashion.appeal'"),
        ("operations.outages=[{aset: x}]", "did you mean 'operations.outages.asset'"),
        ("parking.balk_queue=-3", "must be at least 0"),
        ("population.car_share=1.5", "must be at most 1"),
        ("population.visits_per_day=.nan", "population.visits_per_day"),
        ("population.visits_per_day=inf", "must be at most"),
        ("seed=1.5", "must be a whole number"),
        ("seed=many", "must be a whole number"),
        ("movement.congestion=3", "must be true or false"),
        ("population=3", "no option of population"),
        ("population={car_share: 2}", "must be at most 1"),
        ("population.weekday_factors=[1,2]", "must have 7 values"),
        ("population.weekday_factors=3", "must be a list"),
        ("operations.hours=3", "is a section"),
        ("operations.hours.opens=25:00", "09:30"),
        ("operations.hours.closes=09:00", "must come after operations.hours.opens (10:00)"),
        ("operations.staffing.peak_ends=11:00", "must come after operations.staffing.peak_starts (11:30)"),
        ("choice.lunch_starts=14:00", "must come before choice.lunch_ends (13:30)"),
        ("population.free_speed_mps_min=2.5", "must be at most free_speed_mps_max (2.2)"),
        ("sensing.phones.probe_s_median=400", "sensing.phones.probe_s_median: must be at most probe_s_p95 (300)"),
        ("sensing.phones.probe_s_p95=50", "sensing.phones.probe_s_p95: must be at least probe_s_median (60)"),
        ("date=2026-02-30", "calendar"),
        ("recording.events=all", "must be one of none, visits, edges"),
        ("floorplan=dask", "did you mean 'desk'"),
        ("population=us_regionl", "did you mean 'us_regional'"),
        ("seed=1,2", "one run takes one value"),
        ("seed=range(1,3)", "one run takes one value"),
        ("+x=1", "neither added nor deleted"),
        ("~seed=1", "neither added nor deleted"),
        ("seed", "key=value"),
        ("name=[a", "cannot be read"),
        ("operations.outages.0.asset=x", "replaced as a whole"),
        ("operations.outages[0].asset=x", "replaced as a whole"),
        ("name=${oc.env:HOME}", "resolvers are refused"),
        ("name=${eval:1}", "resolvers are refused"),
        ("hydra.job.name=x", "composing machinery"),
        ("hydra/launcher=x", "composing machinery"),
        ("operations.outages=[{asset: a, starts: 14:00},{asset: a, starts: 15:00}]", "another outage of 'a' lasts until later"),
        ("sensing.identity.roll_out_starts=soon", "must be a day of the calendar, or empty"),
        ("sensing.identity.continue_from=nowhere", "sensing.identity.continue_from: must be the folder of a finished run"),
        ("operations.outages=[{_target_: os.system}]", "never name code"),
        ("population._target_=os.system", "never name code"),
        ("scenarios=everyday", "first word"),
        ("defaults=[x]", "first word"),
    ],
)
def test_a_mistake_on_the_command_line_is_named_with_its_words_and_the_way_out(desk, override, words):
    write(desk, "")

    message = mistakes_of(override)

    assert words in message
    assert f"command line: {override}" in message


def test_all_mistakes_of_files_and_command_line_come_together(desk):
    write(desk, "population: {car_share: 3, sise: 1}\nparking: {balk_queue: -1}\nseed: x\n")

    message = mistakes_of("movement.congeston=true", "population.step_free_share=2")

    assert message.splitlines()[0].endswith("6 problems")
    assert "mine.yaml:4: population.car_share" in message
    assert "mine.yaml:5: parking.balk_queue" in message
    assert "mine.yaml:6: seed" in message


@pytest.mark.parametrize(
    "text",
    [
        "x: {_target_: os.system}\n",
        "operations:\n  outages: [{_target_: subprocess.Popen, _args_: [touch, boom]}]\n",
        "defaults: [{/hydra/callbacks: x}]\n",
        "defaults: ['../../etc/passwd']\n",
        "defaults: [{population: ../x}]\n",
        "name: ${oc.env:GALLERIA_CANARY}\n",
        "name: !!python/object/apply:os.getcwd []\n",
    ],
)
def test_a_file_cannot_name_code_the_environment_or_another_folder(desk, monkeypatch, text):
    monkeypatch.setenv("GALLERIA_CANARY", "s3cret")
    write(desk, text)
    before = sorted(desk.rglob("*"))

    message = mistakes_of()

    assert "s3cret" not in message
    assert "mine.yaml:" in message
    assert sorted(desk.rglob("*")) == before


def test_an_unknown_scenario_lists_what_there_is_and_the_nearest(desk):
    write(desk, "")

    message = mistakes_of(scenario="everydy")

    assert "did you mean 'everyday'" in message
    assert "`galleria list scenarios`" in message


def test_a_broken_scenario_does_not_hide_the_others_from_the_list(desk):
    (desk / "scenarios" / "broken.yaml").write_text("a: [1\n")

    assert "cannot be read" in record_of("broken", desk / "scenarios" / "broken.yaml").question


def test_composing_twice_gives_the_same_and_leaves_hydra_as_it_was(desk):
    write(desk, "")
    from hydra.core.config_store import ConfigStore

    first = compose("mine", ["seed=5"])
    groups = set(ConfigStore.instance().repo)

    assert compose("mine", ["seed=5"]) == first
    assert compose("mine").seed == 1
    assert set(ConfigStore.instance().repo) == groups
    assert "schema.yaml" not in groups


def test_a_file_that_was_edited_is_composed_anew(desk):
    write(desk, "population: {car_share: 0.5}\n")
    before = compose("mine", ["seed=5"])
    (desk / "conf" / "population").mkdir(parents=True)
    (desk / "conf" / "population" / "ours.yaml").write_text("# ours\nstay_min_mean: 50\n")
    compose("mine", ["population=ours"])

    write(desk, "population: {car_share: 0.4}\n")
    (desk / "conf" / "population" / "ours.yaml").write_text("# ours\nstay_min_mean: 40\n")

    assert before.population.car_share == 0.5
    assert compose("mine", ["seed=5"]).population.car_share == 0.4
    assert compose("mine", ["population=ours"]).population.stay_min_mean == 40


def test_what_becomes_of_a_configuration_is_nothing_to_the_next_one(desk):
    write(desk, "operations: {outages: [{asset: a}]}\n")
    first = compose("mine", ["seed=5"])
    untouched = repr(first)

    first.population.car_share = 0.01
    first.operations.outages[0].asset = "b"
    first.policies.append("wait_estimate")
    first.categories.clear()

    assert repr(compose("mine", ["seed=5"])) == untouched


@pytest.mark.parametrize(
    "words",
    [
        ["population.car_share=1", "seed=3", 'name="a, b"', "operations.hours.opens=600"],
        ["population.car_share=0.4", "population={car_share: 0.3}"],
        ["population={car_share: 0.3}", "population.car_share=0.4"],
        ["population.car_share=0.4", "population=us_regional"],
        ["seed=3", "seed=4"],
        ["policies=[anchors_subsidy]", "layout.anchors.turnover_rent_share=0.03", "seed=2"],
    ],
    ids=" ".join,
)
def test_a_configuration_varied_from_a_remembered_one_is_the_one_that_hydra_composes(words, monkeypatch):
    remembered = compose("corner_day", words)
    monkeypatch.setattr(config_files, "_remembered", config_files._composed)

    assert repr(compose("corner_day", words)) == repr(remembered)


def test_a_composed_configuration_written_out_composes_to_itself(desk):
    write(desk, "population: {car_share: 0.5}\n")
    config = compose("mine", ["operations.outages=[{asset: a}]"])
    (desk / "again.yaml").write_text(as_yaml(config))

    assert compose("again.yaml") == config


def test_every_documented_default_is_within_its_own_range():
    from sim.config import problems_of

    assert problems_of(RunConfig()) == []
    assert {parameter.key for parameter in parameters_of(RunConfig())} <= set(all_keys())


def test_only_what_somebody_changed_differs_from_its_default():
    """Two sections of one class can have defaults of their own: counters are not restaurants."""
    config = RunConfig(seed=7)
    config.food.counter.m2_per_seat = 9.0

    changed = [parameter.key for parameter in parameters_of(config) if parameter.value != parameter.default]

    assert changed == ["seed", "food.counter.m2_per_seat"]


@settings(max_examples=60)
@given(st.sampled_from([key for key in all_keys() if len(key.rsplit(".", 1)[-1]) > 5]), st.integers(1, 4))
def test_a_key_with_one_letter_missing_is_guessed(key, position):
    head, _, leaf = key.rpartition(".")
    typed = f"{head}.{leaf[:position]}{leaf[position + 1 :]}".lstrip(".")

    assert typed in all_keys() or "did you mean" in guess_of(typed)


def test_nothing_of_the_environment_stands_in_what_is_written_out(desk):
    write(desk, "")
    text = as_yaml(compose("mine"))

    assert not any(value in text for name, value in os.environ.items() if len(value) > 12 and "/" in value)
    assert yaml.safe_load(text)["name"] == "mine"


def test_threads_that_compose_at_once_get_what_they_ask_for():
    names = ["everyday", "corner_day"] * 4
    alone = {name: compose(name) for name in set(names)}

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(compose, names)) == [alone[name] for name in names]
