"""The catalogue: every entry can be made, says how it loses, has a scenario that exists, and all rows of the mission are reached."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from agents.policies.catalogue import ENTRIES, maker_of
from agents.policies.reference import as_markdown
from sim import config_files, paths
from sim.reporting.kpi_catalogue import BY_NAME

pytestmark = pytest.mark.plain
ROOT = Path(__file__).resolve().parents[2]
records = functools.cache(config_files.scenario_records)
BASELINES = ("idle", "random")
ROWS = {
    *(f"B{n}" for n in range(7, 14)), *(f"C{n}" for n in range(1, 18)), *(f"D{n}" for n in range(3, 7)), *(f"E{n}" for n in range(4, 9)),
    *(f"F{n}" for n in range(3, 10)), *(f"G{n}" for n in range(1, 8)), *(f"I{n}" for n in range(5, 12)), *(f"J{n}" for n in range(1, 6)),
    *(f"J{n}" for n in range(7, 11)),
}  # fmt: skip


def test_the_reference_page_is_what_the_catalogue_says():
    written = (ROOT / "docs" / "reference" / "policies.md").read_text(encoding="utf-8")

    assert written == as_markdown(), "write it anew: see CONTRIBUTING.md"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_acts_by_code_or_by_settings_and_tells_how_it_can_lose(entry):
    assert len(entry.does) > 20
    assert len(entry.loses) > 20
    if entry.make:
        assert maker_of(entry).name == entry.name
    else:
        assert entry.name in paths.group_files("measures")


@pytest.mark.slow
@pytest.mark.parametrize("entry", [each for each in ENTRIES if each.name not in BASELINES], ids=lambda entry: entry.name)
def test_an_entry_has_a_scenario_in_which_it_can_be_switched_on_and_off(entry):
    found = {record.name: record for record in records()}

    assert entry.scenario in found
    assert found[entry.scenario].expects
    on = config_files.compose(entry.scenario, [f"policies=[{entry.name}]"])
    off = config_files.compose(entry.scenario, ["policies=[]"])
    assert on != off


def test_every_policy_names_a_kpi_that_tells_of_it():
    answered_beside_a_run = "site_selection"  # `galleria site` tells; a day is as it would be without it

    assert [entry.name for entry in ENTRIES if not entry.shows] == [*BASELINES, answered_beside_a_run]
    assert {entry.shows for entry in ENTRIES if entry.shows} <= set(BY_NAME)


def test_every_row_of_the_mission_that_is_a_policys_is_reached_by_a_scenario():
    covered = {row for record in records() for row in record.covers}

    assert covered >= ROWS, sorted(ROWS - covered)


def test_no_two_entries_have_a_name_in_common():
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
