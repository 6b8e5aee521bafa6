"""The page of a comparison says what its numbers say, in one file that loads nothing and that no name can make run."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import HOSTILE_NAME, made_up_plan

from sim.config import RunConfig
from sim.experiments import comparison_facts
from sim.experiments.compare import comparison_of
from sim.experiments.comparison_facts import differences, facts_for_page, unlike_the_baseline
from sim.experiments.losers import SATISFACTION, SPENDING, TENANTS
from sim.experiments.replicate import Replicated
from sim.reporting import comparison_figures, comparison_files
from sim.reporting.comparison_summary import summary_of, tone_of
from sim.reporting.comparison_wording import amount, chance, change, share, times
from sim.reporting.files import json_text, write_json
from sim.reporting.kpi import UNITS
from sim.reporting.manifest import write_manifest
from sim.reporting.wording import number, percent, whole
from sim.reporting.zone_parts import ZONES, zone_minutes

pytestmark = pytest.mark.plain
ARM, SAME = f"move {HOSTILE_NAME}", "same"
DAYS = range(1, 7)
SWINGS = (3.0, -2.0, 1.0, -3.0, 2.0, -1.0)
PROVENANCE = {
    "version": "0.1.0",
    "seed": 7,
    "arms": {"none": "00", ARM: "11"},
    "packages": {"numpy": "2"},
    "command": f"galleria compare '{HOSTILE_NAME}'",
}


@pytest.fixture(scope="module")
def plan():
    made = made_up_plan(names={0: HOSTILE_NAME, 1: "</text><script>x</script>"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison_facts, "compiled_for", lambda config: made)
        yield made


def arms(**changes):
    base = RunConfig(name="everyday", seed=7)
    return [("none", base), (ARM, dataclasses.replace(base, **{"policies": [HOSTILE_NAME], **changes})), (SAME, base)]


def runs(plan, days=DAYS):
    """Six days: sales surely rise by 50, waits surely rise, walking surely changes, baskets leave zero only by themselves."""
    kpis, parts = {}, {}
    zones = plan.arrays.zone_area_m2.size
    for day, swing in zip(days, SWINGS, strict=True):
        base = {
            "sales_fen": 10_000.0 + swing,
            "queue_wait_s_mean": 60.0,
            "walk_m_mean": 500.0,
            "basket_fen_mean": 80.0,
            "dwell_min_mean": 90.0,
        }
        moved = {
            "sales_fen": 10_050.0 + 1.2 * swing,
            "queue_wait_s_mean": 70.0 + swing / 100,
            "walk_m_mean": 450.0 + swing / 10,
            "basket_fen_mean": 84.0 + 1.1 * swing,
            "dwell_min_mean": 90.0 + swing,
        }
        for arm, values in (("none", base), (ARM, moved), (SAME, base)):
            kpis[arm, day] = values
            extra = 30.0 if arm == ARM else 0.0
            minutes = {f"L/{zone}": 100.0 + day + (extra if zone == 0 else 0.0) for zone in range(zones)}
            sales = {unit: 500.0 + (extra + swing if unit == plan.unit_ids[0] else 0.0) for unit in plan.unit_ids}
            parts[arm, day] = {TENANTS: sales, SPENDING: {"purpose:meal": 50.0 + extra}, SATISFACTION: {}, ZONES: minutes}
    return Replicated(kpis, (), parts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("comparison")


@pytest.fixture(scope="module")
def found(plan, folder):
    made = runs(plan)
    comparison = comparison_of(arms(), DAYS, made)
    return comparison | facts_for_page(arms(), DAYS, made.parts, comparison, folder)


@pytest.fixture(scope="module")
def page(found, folder):
    comparison_files.write(folder, found, PROVENANCE)
    return (folder / "comparison.html").read_text(encoding="utf-8")


class Tags(HTMLParser):
    """Collects tags, what stands in each section, and the values of table cells."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.values, self.words, self._section, self._silent = [], [], {}, "", 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        self._section = found["id"] if tag == "section" else self._section
        self._silent += tag in ("script", "style", "svg")  # the ticks of an axis are nobody's result
        if found.get("data-v"):
            self.values.append(float(found["data-v"]))

    def handle_endtag(self, tag):
        self._silent -= tag in ("script", "style", "svg")

    def handle_data(self, data):
        if not self._silent:
            self.words[self._section] = self.words.get(self._section, "") + data + " "


def numbers_in(value):
    if isinstance(value, dict):
        return [number for inner in value.values() for number in numbers_in(inner)]
    if isinstance(value, list):
        return [len(value), *(number for inner in value for number in numbers_in(inner))]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def digits(text):
    return re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e-\d+)?", text)


def test_the_summary_tells_better_worse_different_and_chance_apart(found):
    of_arm = next(each for each in found["summary"] if each["arm"] == ARM)

    assert of_arm["better"] == ["sales_fen"]
    assert of_arm["worse"] == ["queue_wait_s_mean"]
    assert of_arm["moved"] == ["walk_m_mean"]
    assert of_arm["not_shown"] == 1
    assert of_arm["compared"] == 5


def test_a_difference_that_only_its_own_interval_shows_may_be_chance():
    entry = {"verdict": "no difference seen", "better": "higher", "difference_mean": 2.0, "ci_low": 0.5, "ci_high": 3.5}

    assert tone_of(entry) == "may be chance"
    assert tone_of({**entry, "ci_low": -0.5}) == "not shown"
    assert tone_of({**entry, "difference_mean": 0.0, "ci_low": 0.0, "ci_high": 0.0}) == "the same"
    assert tone_of({**entry, "verdict": "unknown"}) == "unknown"


def test_swapping_the_arms_turns_better_into_worse(plan):
    made, (first, second, _) = runs(plan), arms()

    (ahead,) = summary_of(comparison_of([first, second], DAYS, made))
    (back,) = summary_of(comparison_of([second, first], DAYS, made))

    assert (ahead["better"], ahead["worse"], ahead["moved"]) == (back["worse"], back["better"], back["moved"])


def test_a_variance_reduction_of_nine_tenths_saves_ten_times_the_days(found):
    entry = {**found["kpis"][0], "variance_reduction": 0.9}

    (arm,) = summary_of({"kpis": [entry]})

    assert arm["kpis"][0]["days_factor"] == pytest.approx(10.0)


def test_every_number_of_the_page_stands_in_the_comparison(found, page):
    exact = numbers_in(json.loads(json_text(found)))
    shown = {"95", "5"}  # the confidence, as interval and as error
    for value in exact:
        for text in (*(word(unit, value) for unit in (*UNITS, "fen a visit", "") for word in (amount, change)), share(value), chance(value), times(value), whole(value), number(value, 1), percent(value)):  # fmt: skip
            shown |= set(digits(text))

    read = Tags(page)

    assert set(read.values) <= set(map(float, exact))
    for section in ("summary", "money", "parts", "precision"):
        assert set(digits(read.words.get(section, "").replace(HOSTILE_NAME, ""))) <= shown, section


def test_hostile_names_of_arms_tenants_and_policies_are_inert(page):
    read = Tags(page)

    scripts = [attributes for tag, attributes in read.tags if tag == "script"]
    assert len(scripts) == 1
    assert not any(tag in ("img", "iframe", "object", "embed", "link", "base", "form") for tag, _ in read.tags)
    assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)
    assert HOSTILE_NAME not in page
    assert HOSTILE_NAME in read.words["summary"]


def test_the_page_asks_nothing_of_the_network(page):
    without_names = re.sub(r'xmlns(:\w+)?="http://www\.w3\.org/[^"]*"', "", page)

    assert "http" not in without_names.replace("http-equiv", "")
    assert "default-src 'none'" in page
    for tag, attributes in Tags(page).tags:
        for name in ("href", "src", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/png")), (tag, attributes)


def test_every_section_has_a_link_and_every_figure_words_for_who_cannot_see_it(page):
    read = Tags(page)

    sections = [attributes["id"] for tag, attributes in read.tags if tag == "section"]
    links = [attributes["href"][1:] for tag, attributes in read.tags if tag == "a" and attributes.get("class") != "skip"]
    assert sections == links
    assert {"summary", "cautions", "forest", "parts", "maps", "kpis", "provenance"} <= set(sections)
    pictures = [attributes for tag, attributes in read.tags if tag == "svg"]
    assert pictures
    assert all(each.get("role") == "img" and len(each.get("aria-label", "")) > 20 for each in pictures)
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_an_arm_like_the_baseline_is_said_to_be_the_same_and_gets_no_forest(page):
    assert "Nothing differs at all" in page
    assert Tags(page).words["forest"].count(SAME) == 0


def test_effects_and_reasons_are_told_where_the_comparison_has_them_and_skipped_where_not(found, page, tmp_path):
    effect = {
        "arm": ARM,
        "baseline_mean": 100.0,
        "arm_mean": 130.0,
        "difference_mean": 30.0,
        "ci_low": 20.0,
        "ci_high": 40.0,
        "p_adjusted": 0.001,
    }
    effects = [{**effect, "kind": "sales by hour, fen", "name": f"{hour:02d}:00"} for hour in (10, 11)]
    effects += [
        {**effect, "kind": "level", "unit": "person-min", "name": "Level <2>"},
        {**effect, "kind": "tenant", "unit": "fen", "name": "u001"},
    ]

    more = {**found, "maps": [], "effects": effects, "why": [{"arm": ARM, "words": [f"First {HOSTILE_NAME} differs."]}]}
    comparison_files.write(tmp_path, more, PROVENANCE)
    told = (tmp_path / "comparison.html").read_text(encoding="utf-8")

    assert 'id="effects"' not in page
    assert 'id="why"' not in page
    assert "Sales by hour: difference, yuan" in told
    assert "Level &lt;2&gt;" in told
    assert f"First {HOSTILE_NAME} differs." in Tags(told).words["why"]


def test_the_page_made_anew_is_the_page_that_was(found, page, folder):
    write_json(folder / "comparison.json", found)
    write_manifest(folder, PROVENANCE)

    comparison_files.remake(folder)

    assert (folder / "comparison.html").read_text(encoding="utf-8") == page


def test_the_order_in_which_runs_finished_changes_nothing(plan, tmp_path):
    made = runs(plan)
    backwards = dict(reversed(made.parts.items()))
    comparison = comparison_of(arms(), DAYS, made)

    first, second = (facts_for_page(arms()[:2], DAYS, parts, comparison, tmp_path) for parts in (made.parts, backwards))

    assert json_text(first) == json_text(second)


def test_floor_that_gains_on_every_day_is_on_the_map_and_no_other(found, plan):
    area_m2, level = plan.arrays.zone_area_m2, plan.arrays.zone_level
    here = level == level[0]
    by_level = {(each["arm"], each["level"]): each for each in found["maps"]}

    gained = by_level[ARM, plan.level_ids[int(level[0])]]

    assert gained["gains_share"] == pytest.approx(float(area_m2[0] / area_m2[here].sum()))
    assert gained["difference_mean"] == pytest.approx(30.0)
    assert all(
        each["gains_share"] == each["loses_share"] == 0 and not each["is_visible"]
        for each in found["maps"]
        if each["arm"] == SAME
    )


def test_arms_of_other_zones_have_maps_but_none_of_the_difference(plan, monkeypatch, tmp_path):
    other = dataclasses.replace(plan, arrays=plan.arrays._replace(zone_x_m=plan.arrays.zone_x_m + 1.0))
    monkeypatch.setattr(comparison_facts, "compiled_for", lambda config: other if config.policies else plan)
    made = runs(plan)

    added = facts_for_page(arms()[:2], DAYS, made.parts, comparison_of(arms()[:2], DAYS, made), tmp_path)

    assert all(each["gains_share"] is None for each in added["maps"] if each["arm"] == ARM)
    assert any(each["arm"] == ARM for each in added["maps"])


def test_settings_that_differ_are_named_and_those_that_change_no_day_are_not():
    base = RunConfig(name="one", question="A?")
    other = dataclasses.replace(
        base, name="two", question="B?", population=dataclasses.replace(base.population, visits_per_day=9.0)
    )

    assert differences(base, other) == [
        {"key": "population.visits_per_day", "baseline": base.population.visits_per_day, "arm": 9.0}
    ]
    assert differences(base, base) == []


def test_an_arm_of_another_mall_is_cautioned_against_unless_that_is_what_is_compared():
    (caution,) = unlike_the_baseline(arms(floorplan="corner_mall"))

    assert "floor plan (corner_mall for riverside_mall)" in caution
    assert unlike_the_baseline(arms()) == []
    assert unlike_the_baseline(arms(floorplan="corner_mall", policies=[])) == []


def test_one_wild_kpi_does_not_flatten_the_others():
    rows = [{"share_low": -0.02, "share_high": 0.02}] * 9 + [{"share_low": 5.0, "share_high": 9.0}]

    assert comparison_figures.axis_limit(rows) == pytest.approx(0.021)
    assert comparison_figures.axis_limit([]) > 0


def test_a_run_of_several_days_names_no_levels_and_has_zones_all_the_same(tmp_path):
    write_json(tmp_path / "curves.json", {"zones": {"person_s": [120, 60]}})

    assert zone_minutes(tmp_path) == {"/0": 2.0, "/1": 1.0}
    assert zone_minutes(tmp_path / "nowhere") == {}
    assert np.array_equal(comparison_facts.minutes_by_number({"/1": 1.0, "/0": 2.0}, 2), [2.0, 1.0])
