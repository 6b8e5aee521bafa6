"""What a search file may say, and the one message that names all that is wrong in it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.cli import main
from sim.config import RunConfig
from sim.errors import ConfigError, GalleriaError
from sim.experiments.losers import TENANTS
from sim.experiments.optimise import continuous
from sim.experiments.optimise.access_points import redundant_first
from sim.experiments.optimise.changes import Change, changed, moved_by
from sim.experiments.optimise.space import Option, Variable, read_search, with_parameters
from sim.experiments.optimise.surrogate import Swap
from sim.experiments.optimise.trials import Trials
from sim.experiments.optimise.verdict import judge
from sim.experiments.optimise.winner import in_words, winner_yaml, with_overrides
from sim.experiments.replicate import Replicated
from sim.floorplan.compile import compile_plan
from sim.paths import bundled_root
from sim.plan_arrays import AccessPoints
from tests.plan_samples import sound_plan

pytestmark = pytest.mark.plain


def read(tmp_path, text, config=None, objective=None):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return read_search(path, config or RunConfig(), objective)


def problems_in(tmp_path, text):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    return [str(problem).removeprefix(str(tmp_path / "mine.yaml")) for problem in caught.value.problems]


def test_every_bundled_search_can_be_read():
    files = sorted((bundled_root() / "scenarios" / "search").glob("*.yaml"))

    assert files
    for path in files:
        assert read_search(path, RunConfig()).name == path.stem


def test_a_layout_search_says_what_may_change_and_the_better_way_comes_with_the_kpi(tmp_path):
    search = read(
        tmp_path,
        "what: layout\nobjective: queue_wait_s_mean\nfresh_pairs: 7\nswaps: {trades: [fashion], levels: [F1], at_most: 3}\n"
        "options:\n  - {name: two ups, connectors: [{id: up, direction: both}], vacate: [F1-0]}\n",
    )

    assert (search.direction, search.sign, search.fresh_pairs) == ("lower", -1, 7)
    assert search.swaps is not None
    assert (search.swaps.trades, search.swaps.levels, search.swaps.at_most) == (("fashion",), ("F1",), 3)
    assert search.options == (Option("two ups", {"connectors": [{"id": "up", "direction": "both"}], "vacate": ["F1-0"]}),)


def test_all_mistakes_of_a_layout_search_come_together_with_their_lines(tmp_path):
    found = problems_in(
        tmp_path,
        "what: layout\nobjective: mall_incom_fen\nswap: {}\nfresh_pairs: 1\nswaps: {trades: [fashon], similar_area_share: 2.0}\n"
        "options:\n  - {name: a, doors: [{unit: F1-0, shift: 3}]}\n  - {doors: []}\n  - {name: a, wall: 3}\n",
    )

    text = "\n".join(found)
    assert ":3: swap: there is no key here of this name (found 'swap'); did you mean 'swaps'?" in text
    assert (
        ":2: objective: there is no KPI to optimise of this name (found 'mall_incom_fen'); did you mean 'mall_income_fen'?"
        in text
    )
    assert ":4: fresh_pairs: must be from 2 to 1000 (found 1)" in text
    assert "there is no trade of this name (found 'fashon'); did you mean 'fashion'?" in text
    assert "similar_area_share: must be from 0.05 to 1 (found 2)" in text
    assert "there is no key 'shift' in 'layout.doors[0]'" in text
    assert "is a section with a name and what changes" in text
    assert "there is no key here of this name (found 'wall')" in text
    assert "each needs a name of its own" in text
    assert len(found) == 9


def test_parameters_have_their_documented_ranges_unless_beyond_is_written(tmp_path):
    text = "what: parameters\nobjective: sales_fen\nparameters:\n"
    inside = read(
        tmp_path, text + "  - {key: population.car_share, low: 0.1, high: 0.5}\n  - {key: desks.parcel.staff, high: 9}\n"
    )
    choice = read(tmp_path, text + "  - {key: online.accounts.takes_wechat}\n")

    assert inside.variables[0] == Variable("population.car_share", 0.1, 0.5)
    assert inside.variables[1] == Variable("desks.parcel.staff", 0, 9, is_integer=True)
    assert choice.variables[0].choices == (False, True)
    (found,) = problems_in(tmp_path, text + "  - {key: population.car_share, low: 0.1, high: 1.5}\n")
    assert "lies outside the documented range of population.car_share, 0 to 1 (found 1.5)" in found
    assert "beyond: true" in found
    beyond = read(tmp_path, text + "  - {key: population.car_share, low: 0.1, high: 1.5, beyond: true}\n")
    assert beyond.variables[0].high == 1.5


def test_all_mistakes_of_a_parameter_search_come_together(tmp_path):
    found = problems_in(
        tmp_path,
        "what: parameters\nobjective: cold_area_share\nparameters:\n  - {key: population.car_shar}\n  - {key: desks.parcel.staff, low: 2.5}\n"
        "  - {key: population.car_share, low: 0.5, high: 0.2}\n  - {key: online.accounts.takes_wechat, low: 1}\n  - {low: 3}\n",
    )

    text = "\n".join(found)
    assert "did you mean 'population.car_share'?" in text
    assert "must be a whole number (found 2.5)" in text
    assert "low must be below high" in text
    assert "a choice has no range" in text
    assert "is a section with a key" in text
    assert len(found) == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("what: tenants\n", "there is no kind of search of this name"),
        ("what: layout\nobjective: sales_fen\n", "nothing may change"),
        ("what: parameters\nobjective: sales_fen\n", "must be a list of parameters"),
        ("what: layout\nobjective: dwell_min_mean\nswaps: {}\ndirection: up\n", "must be higher or lower"),
        ("what: access_points\nobjective: position_error_m_mean\noff: 0\n", "must be from 1 to 10000"),
    ],
)
def test_what_no_search_can_make_sense_of_is_refused(tmp_path, text, said):
    assert said in "\n".join(problems_in(tmp_path, text))


def test_the_objective_of_the_command_line_takes_the_place_of_the_files_own(tmp_path):
    search = read(tmp_path, "what: layout\nobjective: sales_fen\nswaps: {}\n", objective="mall_income_fen")

    assert search.objective == "mall_income_fen"


def test_other_values_leave_the_configuration_that_they_came_from_alone():
    config = RunConfig()

    other = with_parameters(config, {"desks.parcel.staff": 7})

    assert other.desks.parcel.staff == 7
    assert config.desks.parcel.staff == RunConfig().desks.parcel.staff


def test_the_winner_is_a_scenario_of_its_differences_alone():
    config = RunConfig()
    swap = Change("F1-0 <-> F2-1", swap=Swap("F1-0", "F2-1", 3.0))
    door = Change("door", option=Option("door", {"doors": [{"unit": "F1-1", "shift_m": 3.0}]}))
    base = with_overrides({"defaults": ["everyday", "_self_"], "arms": ["a", "b"]}, ["population.visits_per_day=900"])

    text = winner_yaml(base, config, changed(config, [swap, door]), {"desks.parcel.staff": 3}, "What?")

    assert text.splitlines() == [
        "# @package _global_",
        "defaults: [everyday, _self_]",
        "population: {visits_per_day: 900}",
        "question: What?",
        "layout:",
        "  moves:",
        "  - {tenant: F1-0, to: F2-1, swap: true}",
        "  doors:",
        "  - {unit: F1-1, shift_m: 3.0}",
        "desks:",
        "  parcel: {staff: 3}",
    ]


def test_words_say_who_moves_where_and_what_became_of_its_sales():
    compiled = compile_plan(sound_plan())
    one, other = compiled.unit_ids[0], compiled.unit_ids[3]
    swap = Change("x", swap=Swap(one, other, 0.0))

    lines = in_words(compiled, [swap], {"a.b": 2}, {one: [100_000, 100_200], other: [50_000, 50_100]})

    assert lines[0].startswith(f"{compiled.tenant_names[0]}, {compiled.tenant_categories[0]}: from {one} (")
    assert lines[0].endswith("sales 1,000 -> 1,002 yuan a day")
    assert lines[1].endswith("sales 500 -> 501 yuan a day")
    assert lines[2] == "a.b = 2"


def test_sales_are_compared_tenant_by_tenant_wherever_they_are():
    """Files of a run name tenants by the unit that they are in: after a swap a tenant's sales stand under its new unit."""
    swap = Change("x", swap=Swap("A", "B", 0.0))

    def make(wanted):
        sales = {"as it is": {"A": 100.0, "B": 7.0, "C": 1.0}, "winner": {"A": 8.0, "B": 110.0, "C": 1.0}}
        runs = {(arm, number): {"sales_fen": 1.0 + number} for (arm, _), number in wanted}
        return Replicated(runs, (), {key: {TENANTS: dict(sales[key[0]])} for key in runs})

    config = RunConfig()
    _, comparison = judge(Trials(make, "sales_fen"), config, changed(config, [swap]), 3, 0.0, moved_by([swap]))

    assert comparison["sales_of_tenants_fen"] == {"A": [100.0, 110.0], "B": [7.0, 8.0], "C": [1.0, 1.0]}
    assert comparison["losers"][0]["down_share"] == 0.0


def test_the_access_point_nearest_to_another_goes_first_and_levels_do_not_mix():
    compiled = compile_plan(sound_plan())
    x_m = np.array([0.0, 10.0, 11.0, 30.0, 0.5])
    level = np.array([0, 0, 0, 0, 1], np.int32)
    points = AccessPoints(np.arange(5), level, x_m, np.zeros(5), np.zeros(5), np.full(5, 5.0), np.zeros(5))
    compiled = dataclasses.replace(compiled, access_points=points, access_point_ids=("a", "b", "c", "d", "up"))

    assert redundant_first(compiled, ()) == ["b", "a", "c", "d", "up"]
    assert redundant_first(compiled, (compiled.level_ids[1],)) == ["up"]
    with pytest.raises(ConfigError, match="levels are"):
        redundant_first(compiled, ("attic",))


def test_without_optuna_one_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)

    with pytest.raises(GalleriaError, match=r"pip install 'galleria\[search\]'"):
        continuous._optuna()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["corner_day"], "say what may change: search=FILE"),
        (["corner_day", "search=more_rant"], "did you mean 'more_rent'?"),
        (["corner_day", "search=more_rent", "budget=no"], "budget must be a whole number"),
        (["corner_day", "search=more_rent", "kpi=rent"], "there is no KPI to optimise of this name"),
    ],
)
def test_what_is_typed_wrongly_gets_one_message_and_exit_code_2(capsys, words, said):
    assert main(["optimise", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
