"""Sweeps before their first run: expanded in a fixed order by Hydra's own parser, composed, and refused with all mistakes at once."""

from __future__ import annotations

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from sim import config_files
from sim.config_keys import all_keys, kind_at
from sim.config_overrides import keys_of, read_scenarios, read_sweep
from sim.errors import ConfigError
from sim.experiments.sweep_plan import plan_of
from sim.reporting.manifest import config_sha256

pytestmark = pytest.mark.plain
CARS = "population.car_share"


def places(caught):
    return [problem.place for problem in caught.value.problems]


def outcome(compose):
    """Return the configuration, or what is wrong with it."""
    try:
        return compose()
    except ConfigError as mistake:
        return [str(problem) for problem in mistake.problems]


def test_the_last_override_varies_fastest_and_scenarios_slowest():
    plan = plan_of("corner_day,everyday", [f"{CARS}=0.5,0.25", "seed=range(1,3)"])

    assert [(run.number, run.scenario, run.values[CARS], run.config.seed) for run in plan.runs] == [
        (1, "corner_day", 0.5, 1), (2, "corner_day", 0.5, 2), (3, "corner_day", 0.25, 1), (4, "corner_day", 0.25, 2),
        (5, "everyday", 0.5, 1), (6, "everyday", 0.5, 2), (7, "everyday", 0.25, 1), (8, "everyday", 0.25, 2),
    ]  # fmt: skip


def test_every_run_is_what_composing_it_alone_gives_but_for_what_is_recorded():
    words = [
        f"{CARS}=0.5,0.25",
        "sensing=none,law_5m",
        "operations.hours.opens=09:30,600",
        "seed=7,8",
    ]

    plan = plan_of("corner_day", words)

    assert len(plan.runs) == 16
    for run in plan.runs[::7]:
        alone = config_files.compose("corner_day", [*run.overrides, "recording.events=none", "recording.report=false"])
        assert config_sha256(run.config) == config_sha256(alone)


def test_a_varied_configuration_is_the_composed_one_for_keys_of_every_kind():
    base = config_files.compose("corner_day", [])
    keys = [key for key in all_keys() if key.split(".")[0] not in ("recording", "categories", "policy", "network")]
    plain = [key for key in keys if kind_at(keys_of(key))[0] in (int, float, bool) and kind_at(keys_of(key))[1] is not None]
    for key in plain[:: len(plain) // 3]:
        value = kind_at(keys_of(key))[1]
        word = f"{key}={str(value).lower()}"
        assert outcome(lambda word=word: config_files.varied(base, [word])) == outcome(
            lambda word=word: config_files.compose("corner_day", [word])
        )


def test_values_are_those_that_hydra_enumerates():
    texts = [
        f"{CARS}=choice(0.1,0.2)",
        "seed=range(10,2,-3)",
        f"{CARS}=range(0,1,0.25)",
        "name='a, b',c",
        f"{CARS}=sort(0.3,0.1)",
    ]
    for text in texts:
        found, problems = read_sweep([text], 100)

        assert problems == []
        assert list(found[0].values) == list(OverridesParser.create().parse_override(text).sweep_string_iterator())


def test_a_glob_finds_scenarios_by_name():
    names, problems = read_scenarios("glob(wifi*)", 100)

    assert problems == []
    assert names == ["wifi_portal", "wifi_vs_none"]


def test_all_mistakes_of_the_words_are_told_at_once():
    words = [
        "population.visits_per_dy=1,2",
        "seed=",
        "days=range(1,1)",
        f"{CARS}=interval(0,1)",
        "date=glob(*)",
        "recording.report=true",
    ]

    with pytest.raises(ConfigError) as caught:
        plan_of("corner_dy,everyday", words)

    assert places(caught) == [
        "SCENARIO", "command line: population.visits_per_dy=2", "command line: seed=", "command line: days=range(1,1)",
        f"command line: {CARS}=interval(0,1)", "command line: date=glob(*)", "command line: recording.report",
    ]  # fmt: skip


def test_all_mistakes_of_the_configurations_are_told_before_any_run():
    with pytest.raises(ConfigError) as caught:
        plan_of("corner_day", [f"{CARS}=0.5,1.5,2", "seed=-1,3", "operations.hours.opens=25:00,09:00"])

    assert {problem.place.removeprefix("command line: ") for problem in caught.value.problems} == {
        f"{CARS}=1.5", f"{CARS}=2", "seed=-1", "operations.hours.opens=25:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scenarios", "words", "rule"),
    [
        ("corner_day", ["seed=range(1,10**9)"], "cannot be read"),
        ("corner_day", ["seed=range(1,1000000000000)"], "at most 50 values"),
        ("corner_day", ["seed=range(1,40)", f"{CARS}=0.1,0.2"], "at most 50 runs"),
        ("corner_day", ["seed=1,1"], "the same run"),
        ("corner_day", ["seed=1", "seed=2"], "given once"),
        ("corner_day", ["seed=shuffle(range(1,5))"], "the order of runs is fixed"),
        ("corner_day,scenarios/corner_day.yaml", [], "is the same run as"),
        ("corner_day", ["choice.lunch_starts=690,'11:30'"], "is the same run as"),
        ("", [], "has no value"),
        ("glob(no_such*)", [], "at least one value"),
        ("corner_day", ["malls=2"], "of one mall"),
    ],
)
def test_what_is_no_list_of_different_runs_is_refused_in_one_message(scenarios, words, rule):
    with pytest.raises(ConfigError) as caught:
        plan_of(scenarios, words, runs_max=50)

    assert len(caught.value.problems) == 1
    assert rule in str(caught.value)


def test_no_two_runs_are_kept_under_the_same_key():
    plan = plan_of("corner_day,everyday", [f"{CARS}=0.1,0.2", "seed=1,2", "days=1,2"])

    assert len({run.key for run in plan.runs}) == len(plan.runs) == 16


def test_the_order_of_overrides_changes_which_run_is_which_number_but_no_run():
    words = [f"{CARS}=0.1,0.2", "seed=1,2", "population.visits_per_day=150,160"]

    found = [{config_sha256(run.config) for run in plan_of("corner_day", order).runs} for order in (words, words[::-1])]

    assert all(each == found[0] for each in found)
