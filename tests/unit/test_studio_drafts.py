"""A draft is a small scenario: only its differences, every mistake at once, and a file that no earlier one is lost to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from sim import config_files, paths
from sim.errors import ConfigError
from sim.studio import catalogue, plans, scenarios
from sim.studio.checks import checked, differences_of
from sim.studio.drafts import Draft, read_draft, text_of
from tests.studio_sessions import session

pytest.importorskip("starlette", reason="the planner's page needs the extra studio: pip install -e .[studio]")
pytestmark = [pytest.mark.plain, pytest.mark.filterwarnings("ignore")]

QUARTER = Draft("everyday", floorplan="quarter_mall")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of one's own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines_of(draft, **more):
    return yaml.safe_load(text_of(draft, **more))


def problems(mistake):
    return {problem.place: problem.rule for problem in mistake.value.problems}


def test_a_draft_without_differences_is_its_base():
    found = checked(Draft("everyday"))

    assert found["differences"] == []
    assert found["problems"] == []
    assert set(lines_of(Draft("everyday"))) == {"question", "expects", "defaults"}


def test_a_file_holds_the_differences_and_nothing_else():
    found = lines_of(Draft("everyday", policies=["meal_push"], overrides={"population.visits_per_day": 20_000}))

    assert found["defaults"] == ["everyday"]
    assert found["policies"] == ["meal_push"]
    assert found["population"] == {"visits_per_day": 20_000}
    assert set(found) == {"question", "expects", "defaults", "policies", "population"}


def test_differences_are_those_that_a_run_would_have_measures_too():
    found = checked(Draft("corner_day", policies=["queue_display"], overrides={"population.car_share": 0.5}))

    keys = {each["key"]: (each["from"], each["to"]) for each in found["differences"]}
    assert keys["policies"] == ([], ["queue_display"])
    assert keys["population.car_share"] == (0.35, 0.5)
    assert len(keys) > 2  # what the measure sets


def test_tenants_are_called_by_name_and_a_swap_is_said():
    found = lines_of(Draft("everyday", floorplan="quarter_mall", moves=[{"tenant": "L1-17", "to": "L1-28"}]))

    assert found["layout"]["moves"] == [{"tenant": "Pebbleton Perfumes", "to": "Ardenne & Co", "swap": True}]


def test_moves_follow_each_other():
    there_and_back = [{"tenant": "L1-17", "to": "L1-28"}, {"tenant": "L1-28", "to": "L1-17"}]
    written = lines_of(Draft("everyday", floorplan="quarter_mall", moves=there_and_back))["layout"]["moves"]

    assert [move["tenant"] for move in written] == ["Pebbleton Perfumes"] * 2


def test_the_moves_of_a_scenario_are_shown_as_units_and_taken_back_by_an_empty_list():
    shown = catalogue.scenario_of("move_a_tenant")["moves"]
    again = lines_of(Draft("move_a_tenant", moves=shown))
    without = checked(Draft("move_a_tenant", moves=[]))

    assert shown == [{"tenant": "L1-17", "to": "L1-28"}]
    assert again["layout"]["moves"] == [{"tenant": "Pebbleton Perfumes", "to": "Ardenne & Co", "swap": True}]
    assert [each["key"] for each in without["differences"]] == ["layout.moves"]


def test_what_cannot_be_is_said_at_once_by_key():
    found = checked(Draft("everyday", policies=["nope"], overrides={"population.car_share": 7, "choice.browse_share": -1}))
    moved = checked(Draft("everyday", floorplan="quarter_mall", moves=[{"tenant": "L1-17", "to": "L1-01"}, {"tenant": "L9-1", "to": "L1-02"}]))  # fmt: skip

    assert {each["place"] for each in found["problems"]} == {"population.car_share", "choice.browse_share"}
    assert all(each["way_out"] for each in found["problems"])
    assert len(moved["problems"]) >= 2
    assert checked(Draft("everyday", policies=["nope"]))["problems"][0]["place"] == "policies"


def test_an_access_point_on_a_level_that_is_none_is_refused():
    found = checked(Draft("everyday", floorplan="quarter_mall", access_points=[{"level": "L9", "x_m": 60.0, "y_m": 40.0}]))

    assert [(each["place"], each["way_out"]) for each in found["problems"]] == [
        ("layout.access_points[0].level", "write one of P1, L1, L2")
    ]


def test_an_access_point_outside_the_building_is_refused():
    found = checked(Draft("everyday", floorplan="quarter_mall", access_points=[{"level": "L1", "x_m": -500.0, "y_m": 0.0}]))

    assert "inside the building" in found["problems"][0]["rule"]


@pytest.mark.parametrize(
    "given",
    [
        None, [], {}, {"base": 3}, {"base": "nope"}, {"base": "../everyday"}, {"base": "everyday", "policies": "none"},
        {"base": "everyday", "moves": [{"tenant": "a"}]}, {"base": "everyday", "moves": [{"tenant": "a", "to": 2}]},
        {"base": "everyday", "access_points": [{"level": "L1", "x_m": True, "y_m": 0}]}, {"base": "everyday", "floorplan": "/etc"},
        {"base": "everyday", "floorplan": "../../etc"}, {"base": "everyday", "overrides": {"a.b": 1}},
        {"base": "everyday", "overrides": {"population": 1, "population.car_share": 1}}, {"base": "everyday", "overrides": {"hydra.run": 1}},
        {"base": "everyday", "overrides": {"name": "x"}}, {"base": "everyday", "overrides": {"seed": {}}}, {"base": "everyday", "more": 1},
    ],
)  # fmt: skip
def test_what_is_no_draft_is_refused_with_reasons(given):
    with pytest.raises(ConfigError) as caught:
        read_draft(given)

    assert all(problem.rule and problem.way_out for problem in caught.value.problems)


@pytest.mark.parametrize("value", ["${oc.env:HOME}", "???", "\n- x: y # z"])
def test_text_stays_text(value):
    found = checked(Draft("everyday", overrides={"sensing.identity.roll_out_starts": value}))

    assert yaml.safe_load(found["yaml"])["sensing"]["identity"]["roll_out_starts"] == value
    assert found["problems"]


def test_a_name_that_says_something_else_in_a_file_stays_a_name(monkeypatch):
    import dataclasses

    plan = plans.read_plan(paths.find_floorplan("quarter_mall"))
    hostile = "x}\n- {tenant: y, to: z"
    plan.tenants = [dataclasses.replace(each, name=hostile) if each.unit == "L1-17" else each for each in plan.tenants]
    monkeypatch.setattr("sim.studio.drafts.read_plan", lambda path: plan)

    written = lines_of(Draft("everyday", floorplan="quarter_mall", moves=[{"tenant": "L1-17", "to": "L1-28"}]))

    assert written["layout"]["moves"] == [{"tenant": "L1-17", "to": "Ardenne & Co", "swap": True}]


@pytest.mark.parametrize("base", ["everyday", "move_a_tenant", "a_year", "points_alliance"])
def test_a_draft_of_any_scenario_composes_to_that_scenario(base):
    assert differences_of(config_files.compose(base), scenarios.composed(text_of(Draft(base)))) == []


def test_a_saved_scenario_is_one_that_the_command_line_finds(home):
    draft = Draft("corner_day", overrides={"population.visits_per_day": 150})

    found = scenarios.Saved().save("quiet_corner", "Is it quiet?", draft, False)

    assert found["command"] == "galleria run scenarios/quiet_corner.yaml"
    assert (home / "scenarios" / "quiet_corner.yaml").read_text(encoding="utf-8") == found["yaml"]
    config = config_files.compose("quiet_corner")
    assert (config.name, config.question, config.population.visits_per_day) == ("quiet_corner", "Is it quiet?", 150)
    assert config.arms == ["corner_day", "quiet_corner"]
    assert [path.name for path in (home / "scenarios").iterdir()] == ["quiet_corner.yaml"]


@pytest.mark.parametrize("name", ["everyday", "corner_day", "../x", "a/b", "", "A", "x.yaml", "x" * 70, None, 3, ".hidden"])
def test_a_name_that_is_taken_or_none_is_refused(home, name):
    with pytest.raises(ConfigError):
        scenarios.Saved().save(name, "", Draft("corner_day", overrides={"seed": 2}), True)

    assert not (home / "scenarios").exists()


def test_an_earlier_file_is_replaced_only_when_asked(home):
    saved = scenarios.Saved()
    saved.save("mine", "first", Draft("corner_day", overrides={"seed": 2}), False)

    with pytest.raises(ConfigError) as caught:
        saved.save("mine", "second", Draft("corner_day", overrides={"seed": 3}), False)
    saved.save("mine", "third", Draft("corner_day", overrides={"seed": 3}), True)

    assert "exists" in problems(caught)["name"]
    assert config_files.compose("mine").question == "third"


def test_of_two_clicks_on_save_one_saves_and_the_other_is_told(home):
    body = {"name": "mine", "question": "q", "draft": {"base": "corner_day", "overrides": {"seed": 2}}}
    with session() as (client, _), ThreadPoolExecutor(6) as clicks:
        answers = list(clicks.map(lambda _: client.post("/api/save", json=body).status_code, range(6)))
        replaced = client.post("/api/save", json={**body, "overwrite": True}).status_code

    assert sorted(answers) == [200, 409, 409, 409, 409, 409]
    assert replaced == 200


def test_two_drafts_that_are_run_at_once_have_files_of_their_own(home):
    saved = scenarios.Saved()
    with ThreadPoolExecutor(6) as clicks:
        found = set(clicks.map(lambda seed: saved.source_of(Draft("corner_day", overrides={"seed": seed})), range(100, 106)))

    assert found == {f"outputs/drafts/corner_day_{number}.yaml" for number in range(1, 7)}


def test_a_run_has_a_replay_only_where_it_is_asked_for(home):
    assert scenarios.run_words("corner_day", True, home) == ["run", "corner_day", "recording=replay", "--out", str(home)]
    for not_asked in (None, False, "yes", 1, ["--help"]):
        assert scenarios.run_words("corner_day", not_asked, home) == ["run", "corner_day", "--out", str(home)]


def test_nothing_is_written_through_a_link(home, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (home / "scenarios").symlink_to(elsewhere)

    with pytest.raises(ConfigError):
        scenarios.Saved().save("mine", "", Draft("corner_day", overrides={"seed": 2}), True)

    assert list(elsewhere.iterdir()) == []


def test_a_draft_with_mistakes_is_not_saved(home):
    with pytest.raises(ConfigError):
        scenarios.Saved().save("mine", "", Draft("corner_day", overrides={"population.car_share": 7}), False)

    assert not (home / "scenarios").exists()


def test_a_run_is_of_the_saved_file_of_a_draft_or_of_the_base(home):
    saved, changed = scenarios.Saved(), Draft("corner_day", overrides={"seed": 2})

    before = [saved.source_of(draft) for draft in (Draft("corner_day"), changed, changed, Draft("corner_day", overrides={"seed": 3}))]  # fmt: skip
    saved.save("mine", "", changed, False)

    assert before == ["corner_day", "outputs/drafts/corner_day_1.yaml", "outputs/drafts/corner_day_1.yaml", "outputs/drafts/corner_day_2.yaml"]  # fmt: skip
    assert saved.source_of(changed) == "scenarios/mine.yaml"
    (home / "scenarios" / "mine.yaml").write_text("question: another\n", encoding="utf-8")
    assert saved.source_of(changed) == "outputs/drafts/corner_day_1.yaml"


def test_a_comparison_is_between_the_base_and_the_draft(home):
    words = scenarios.compare_words(Draft("corner_day"), "scenarios/mine.yaml", 5, home)

    assert words[:4] == ["compare", "corner_day", "arms=[corner_day,mine]", "replications=5"]
    for source, replications in (("corner_day", 5), ("scenarios/mine.yaml", 1), ("scenarios/mine.yaml", True), ("x", "5")):
        with pytest.raises(ConfigError):
            scenarios.compare_words(Draft("corner_day"), source, replications, home)


def test_a_scenario_with_the_name_of_a_policy_is_called_by_its_path(home):
    words = scenarios.compare_words(Draft("meal_push"), "outputs/drafts/meal_push_1.yaml", 5, home)

    assert words[1].endswith("scenarios/meal_push.yaml")
    assert "arms" not in lines_of(Draft("corner_day"), name="")


def test_the_page_is_told_what_there_is():
    with session() as (client, _):
        start = client.get("/api/start").json()
        plan = client.get("/api/plan/corner_mall").json()
        wrong = client.get("/api/plan/nowhere")

    assert {"everyday", "corner_day"} <= {each["name"] for each in start["scenarios"]}
    assert {"corner_mall", "quarter_mall"} <= {each["name"] for each in start["floorplans"]}
    kinds = {"number", "integer", "choice", "switch", "text"}
    keys = [*start["parameters"], *(key for policy in start["policies"] for key in policy["keys"])]
    assert {key["kind"] for key in keys} == kinds
    assert all(key["choices"] for key in keys if key["kind"] == "choice")
    assert not [key["key"] for key in keys if key["kind"] in ("number", "integer") and isinstance(key["default"], str)]
    assert {each["good"] for each in start["kpis"]} == {1, -1, 0}
    assert [level["id"] for level in plan["levels"]] == ["L1", "L2"]
    assert sum(unit["is_let"] for unit in plan["units"]) == 3
    assert plan["problems"] == []
    assert wrong.status_code == 400
    assert wrong.json()["problems"][0]["way_out"]


def test_a_plan_with_problems_is_shown_with_them(home):
    folder = home / "floorplans" / "broken"
    folder.mkdir(parents=True)
    for path in paths.find_floorplan("corner_mall").iterdir():
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text.replace("bakery", "bakry") if path.suffix == ".csv" else text, encoding="utf-8")

    found = plans.plan_of("broken")

    assert {problem["weight"] for problem in found["problems"]} >= {"error"}
    assert all(problem["rule"] for problem in found["problems"])
