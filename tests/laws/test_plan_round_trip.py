"""Laws of the Galleria folder: what is written is read back exactly, and the same plan gives the same bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, box

from sim.categories import CATEGORIES
from sim.floorplan.plan import (
    CONNECTOR_KINDS,
    ENTRANCE_KINDS,
    UNIT_KINDS,
    AccessPoint,
    Connector,
    Door,
    Entrance,
    FloorPlan,
    Level,
    ParkingArea,
    Repair,
    Stop,
    Tenant,
    Unit,
)
from sim.floorplan.read_galleria import read_galleria
from sim.floorplan.repair import canonical, snapped_m
from sim.floorplan.write_galleria import files_of, write_plan
from tests.plan_samples import sound_plan

metres = st.floats(-5_000, 5_000)
positive = st.floats(0.01, 100)
names = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
ids = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).map(str.strip).filter(bool)
hours = st.one_of(st.none(), st.integers(0, 1440).map(lambda minutes: f"{minutes // 60:02d}:{minutes % 60:02d}"))
money = st.one_of(st.none(), st.integers(0, 10**12))


@st.composite
def shapes(draw):
    x, y = draw(metres), draw(metres)
    first = box(x, y, x + draw(positive) + 1, y + draw(positive) + 1)
    if draw(st.booleans()):
        return first
    return MultiPolygon([first, box(x + 500, y, x + 510, y + 10)])


@st.composite
def plans(draw):
    def some(strategy, key=lambda one: one.id):
        return draw(st.lists(strategy, max_size=3, unique_by=key))

    level_ids = draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    levels = [Level(one, draw(names), index - 1, draw(metres), draw(st.none() | shapes()), draw(st.none() | shapes()))
              for index, one in enumerate(level_ids)]  # fmt: skip
    level = st.sampled_from(level_ids)
    doors = st.lists(st.builds(Door, metres, metres, positive, st.booleans()), max_size=2).map(tuple)
    stops = st.lists(st.builds(Stop, level, metres, metres), min_size=1, max_size=4).map(tuple)
    units = some(st.builds(Unit, ids, level, names, shapes(), st.sampled_from(UNIT_KINDS), doors))
    tenants = st.builds(Tenant, names, st.sampled_from(CATEGORIES), ids, st.none() | st.floats(0, 1e6), money, money,
                        st.none() | st.floats(0, 1), hours, hours, st.none() | st.integers(0, 500))  # fmt: skip
    return FloorPlan(
        draw(names.filter(bool)), levels, units, some(tenants, lambda one: (one.unit, one.name)),
        some(st.builds(Connector, ids, st.sampled_from(CONNECTOR_KINDS), stops, positive, st.integers(1, 30), positive)),
        some(st.builds(Entrance, ids, level, metres, metres, positive, st.sampled_from(ENTRANCE_KINDS), st.none() | st.floats(0, 1))),
        some(st.builds(ParkingArea, ids, level, st.integers(0, 5000), ids, st.integers(1, 9), positive, st.none() | shapes())),
        some(st.builds(AccessPoint, ids, level, metres, metres, positive, st.floats(2.4, 6.0), st.floats(0, 30))),
        draw(names), draw(st.lists(st.builds(Repair, names, ids, names), max_size=3)),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(plans())
def test_what_is_written_is_read_back_exactly(plan):
    with tempfile.TemporaryDirectory() as folder:
        write_plan(plan, Path(folder))
        found = read_galleria(Path(folder))

    assert found == canonical(plan)


@settings(max_examples=40, deadline=None)
@given(plans())
def test_the_canonical_form_of_a_canonical_plan_is_itself(plan):
    assert canonical(canonical(plan)) == canonical(plan)


@settings(max_examples=40, deadline=None)
@given(plans(), st.randoms(use_true_random=False))
def test_the_order_of_features_changes_no_byte(plan, shuffle):
    before = files_of(canonical(plan))
    for features in (plan.levels, plan.units, plan.tenants, plan.connectors, plan.entrances, plan.parking, plan.access_points):
        shuffle.shuffle(features)

    assert files_of(canonical(plan)) == before


@given(metres, st.integers(-1000, 1000))
def test_a_shift_by_whole_metres_shifts_a_coordinate_exactly(coordinate, shift):
    assert snapped_m(snapped_m(coordinate) + shift) == snapped_m(coordinate) + shift
    assert abs(snapped_m(coordinate) - coordinate) <= 2.0**-11


def test_writing_twice_leaves_the_same_files_and_no_temporary_ones(tmp_path):
    write_plan(sound_plan(), tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_plan(sound_plan(), tmp_path)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    assert not any(name.startswith(".") for name in first)


def test_a_name_that_a_spreadsheet_would_run_is_quoted_in_the_file_and_read_back(tmp_path):
    plan = sound_plan()
    names = ["=HYPERLINK(1)", "+V.Beauty", "@sum", "'quoted", "'=both", "-1"]
    plan.tenants = [Tenant(name, "cafe", f"unit-{index}") for index, name in enumerate(names)]
    write_plan(plan, tmp_path)

    assert "\n'=HYPERLINK(1)," in (tmp_path / "tenants.csv").read_text()
    assert [tenant.name for tenant in read_galleria(tmp_path).tenants] == names
