"""What a run says of the earlier one that it is to continue from, when that one will not do."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.config import RunConfig
from sim.earlier_run import TABLES, begin_sensing
from sim.errors import ConfigError
from sim.plan_arrays import CompiledPlan
from sim.reporting.files import sha256_of
from sim.reporting.manifest import write_manifest
from sim.reporting.recorder import Recorder
from sim.sensing.identity.members import Members
from sim.sensing.identity.stitching import IdentityGraph
from sim.sensing.insight.profiles import Profiles
from tests.located_plan import located_plan

pytestmark = pytest.mark.plain
PLAN: CompiledPlan = located_plan()


def config_of(folder):
    config = RunConfig(date="2026-11-22")
    config.sensing.positioning.method = "off"
    config.sensing.identity.continue_from = str(folder)
    return config


def earlier_run(folder, tables=TABLES, recording="visits", **changed):
    """Write the files of a run of the day before that matter here; `changed` are facts of its manifest."""
    config = config_of("")
    recorder = Recorder(folder, PLAN, (), recording)
    columns = (
        Members(config).columns(),
        IdentityGraph().columns(),
        Profiles(PLAN.unit_ids, PLAN.tenant_categories, config.sensing.profiles).columns(),
    )
    for name, values in zip(TABLES, columns, strict=True):
        if name in tables:
            recorder.keep_table(name, values)
    recorder.close()
    folder.mkdir(exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"recording": recording}))
    write_manifest(folder, {"seed": config.seed, "date": "2026-11-21", "floorplan_sha256": PLAN.digest, **changed})
    return folder


def begun(folder):
    return begin_sensing(PLAN, config_of(folder), np.zeros(0, np.int8), 0)[1]


def problems_with(folder):
    with pytest.raises(ConfigError) as refused:
        begun(folder)
    assert refused.value.exit_code == 2
    assert str(folder) in str(refused.value)
    return [(problem.place, f"{problem.rule} {problem.value} {problem.way_out}") for problem in refused.value.problems]


def test_a_sound_earlier_run_is_taken_with_the_digests_of_its_three_files(tmp_path):
    folder = earlier_run(tmp_path / "run")

    assert begun(folder) == {name: sha256_of(folder / name) for name in TABLES}


def test_no_earlier_run_leaves_no_digests():
    assert begun("") == {}


def test_all_that_is_wrong_with_an_earlier_run_is_told_at_once(tmp_path):
    folder = earlier_run(tmp_path / "run", tables=TABLES[1:], seed=7, date="2026-11-22", floorplan_sha256="another")
    (folder / TABLES[1]).write_bytes(b"changed")
    (folder / TABLES[2]).unlink()

    found = problems_with(folder)

    assert [place for place, _ in found[:3]] == ["sensing.identity.continue_from"] * 3
    assert [place for place, _ in found[3:]] == list(TABLES)
    for (_, words), said in zip(
        found, ("seed", "floor plan", "day before", "must name it", "another SHA-256", "no such file"), strict=True
    ):
        assert said in words


@pytest.mark.parametrize("name", TABLES)
def test_a_table_with_other_columns_is_refused_by_name_even_where_its_digest_is_right(tmp_path, name):
    folder = earlier_run(tmp_path / "run", tables=[table for table in TABLES if table != name])
    recorder = Recorder(folder, PLAN, (), "visits")
    recorder.keep_table(name, {"something": np.zeros(2)})
    recorder.close()
    write_manifest(folder, {"seed": 1, "date": "2026-11-21", "floorplan_sha256": PLAN.digest})

    assert [place for place, _ in problems_with(folder)] == [name]


def test_a_run_that_recorded_nothing_is_named_with_the_key_to_set(tmp_path):
    ((place, words),) = problems_with(earlier_run(tmp_path / "run", tables=(), recording="none"))

    assert place == "recording.events"
    assert "recording.events=visits" in words


@pytest.mark.parametrize("files", [None, [], "x"])
def test_a_foreign_manifest_is_the_users_mistake_and_no_defect(tmp_path, files):
    (tmp_path / "manifest.json").write_text(json.dumps({"files": files}))

    assert len(problems_with(tmp_path)) == 6
