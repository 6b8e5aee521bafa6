"""The search on a mall that lives: tenants that change rooms in the arrays, and what a folder of a search holds."""

from __future__ import annotations

import csv
import dataclasses

import pytest

from sim import api
from sim.config import RecordingConfig
from sim.config_files import compose
from sim.experiments.optimise.changes import Change, changed
from sim.experiments.optimise.surrogate import Swap

pytestmark = pytest.mark.compiled
SWAP = Change("x", swap=Swap("L1-bakery", "L1-outfitters", 0.0))


def day():
    config = compose("corner_day", ["layout.least_area_share=0.5"])
    return dataclasses.replace(config, recording=RecordingConfig(events="none", report=False))


def sales_of(folder):
    with (folder / "tenants.csv").open(encoding="utf-8", newline="") as file:
        return {row["tenant"]: int(row["sales_fen"]) for row in csv.DictReader(file)}


def test_without_swaps_a_run_of_a_search_is_a_run(tmp_path):
    one, other = api.run(day(), tmp_path / "one"), api.run_rehoused(day(), tmp_path / "other")

    assert one.kpis == other.kpis


@pytest.mark.slow
def test_tenants_that_change_rooms_in_the_arrays_sell_as_those_of_the_drawing_do(tmp_path):
    """The same mall with units numbered otherwise, so that ties fall otherwise: sales of each tenant agree within a tenth."""
    config = changed(day(), [SWAP])

    drawn, arrays = api.run(config, tmp_path / "drawn"), api.run_rehoused(config, tmp_path / "arrays")

    assert drawn.kpis["layout_changes"] == arrays.kpis["layout_changes"] == 2
    assert drawn.kpis["footfall_visits"] == arrays.kpis["footfall_visits"]
    first, second = sales_of(tmp_path / "drawn"), sales_of(tmp_path / "arrays")
    assert set(first) == set(second)
    for tenant in first:
        assert first[tenant] == pytest.approx(second[tenant], rel=0.1)
