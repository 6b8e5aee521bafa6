"""What a snapshot refuses: another version, another plan, a byte that was altered, keys that cannot change; and what a fork does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim import api, cli, resuming
from sim.config_files import compose
from sim.errors import ConfigError, EngineError, GalleriaError
from sim.reporting.files import sha256_of
from sim.reporting.recorder import GroupedFile
from sim.saved.configs import config_of, plain_config
from sim.saved.names import checkpoint_of, snapshots_of
from sim.saved.snapshot import read_snapshot
from sim.units import US_PER_HOUR

pytestmark = pytest.mark.compiled
ROOT = Path(__file__).resolve().parents[2]
SMALL = ("population.visits_per_day=60", "recording.report=false", "sensing.positioning.method=off")
NOON_US = 12 * US_PER_HOUR


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The folder of a small day that was saved at noon."""
    folder = tmp_path_factory.mktemp("small") / "run"
    api.run(compose("corner_day", list(SMALL)), folder, save_at=[NOON_US])
    return folder


@pytest.fixture
def kept(small, tmp_path):
    """A copy of its snapshot."""
    return Path(shutil.copytree(snapshots_of(small)[0], tmp_path / "kept"))


def refused(folder: Path) -> str:
    with pytest.raises(GalleriaError) as caught:
        read_snapshot(folder, ("day",))
    return str(caught.value)


def with_fact(folder: Path, **facts) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))
    return folder


@pytest.mark.parametrize("name", ["state.json", "arrays.npz", "config.json", "digested.rest.parquet"])
def test_one_altered_byte_is_told_with_the_file_it_is_in(kept, name):
    data = bytearray((kept / name).read_bytes())
    data[len(data) // 2] ^= 1
    (kept / name).write_bytes(bytes(data))

    assert f"{name}: must be as the manifest says it was written" in refused(kept)


def test_a_missing_file_is_told_and_so_is_a_snapshot_that_was_never_finished(kept, tmp_path):
    (kept / "arrays.npz").unlink()

    assert "arrays.npz: the manifest names it" in refused(kept)
    assert "written last" in refused(tmp_path)


def test_a_snapshot_of_another_schema_program_or_library_is_told_once_with_the_way_out(kept):
    for facts, words in (
        ({"schema": 99}, "schema"),
        ({"basis_sha256": "0" * 64}, "program"),
        ({"packages": {"numpy": "0.1"}}, "numpy 0.1"),
    ):
        found = refused(with_fact(Path(shutil.copytree(kept, kept.with_name(words))), **facts))

        assert "1 problem\n" in found
        assert words in found


def test_a_snapshot_of_another_plan_is_refused(kept, tmp_path):
    with pytest.raises(GalleriaError, match="floor plan 'corner_mall' has changed"):
        resuming.resume(with_fact(kept, floorplan_sha256="0" * 64), tmp_path / "out")


def test_what_is_no_class_of_ours_is_never_made(kept, tmp_path):
    state = json.loads((kept / "state.json").read_text())
    node = next(node for node in state["nodes"] if node.get("class") == "sim.world:World")
    node["class"] = "subprocess:Popen"
    (kept / "state.json").write_text(json.dumps(state))
    facts = json.loads((kept / "manifest.json").read_text())
    with_fact(kept, files=facts["files"] | {"state.json": sha256_of(kept / "state.json")})

    with pytest.raises(GalleriaError, match="subprocess:Popen"):
        resuming.resume(kept, tmp_path / "out")


def test_the_command_line_says_it_in_one_message_and_leaves_nothing(kept, tmp_path, capsys):
    with_fact(kept, schema=99)

    code = cli.main(["resume", str(kept), "--out", str(tmp_path / "out")])

    assert code == 2
    assert "this version reads schema 1 (found 99)" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_all_keys_that_cannot_change_are_told_together(small, tmp_path):
    with pytest.raises(ConfigError) as caught:
        resuming.resume(
            snapshots_of(small)[0], tmp_path, ["population.visits_per_day=9", "policy.every_s=600", "policies=[meal_push]"]
        )

    assert [problem.place for problem in caught.value.problems] == [
        "command line: population.visits_per_day", "command line: policy.every_s"
    ]  # fmt: skip


def test_policies_of_settings_alone_and_of_the_morning_cannot_be_switched_within_a_day(small, tmp_path):
    with pytest.raises(ConfigError) as caught:
        resuming.resume(snapshots_of(small)[0], tmp_path, ["policies=[signs,leaflets,meal_push]"])

    assert [problem.place for problem in caught.value.problems] == ["policies: leaflets", "policies: signs"]


def test_a_fork_changes_nothing_before_its_instant_and_something_after(tmp_path):
    day = compose("corner_day", [*SMALL, "policies=[random]", "recording.events=visits"])
    api.run(day, tmp_path / "with", save_at=[15 * US_PER_HOUR])

    resuming.resume(snapshots_of(tmp_path / "with")[0], tmp_path / "without", ["policies=[]"])

    rows = {name: pq.read_table(tmp_path / name / "events.parquet").to_pylist() for name in ("with", "without")}
    before = {name: [row for row in found if row["time_us"] < 15 * US_PER_HOUR] for name, found in rows.items()}
    assert before["with"] == before["without"]
    told = {name: json.loads((tmp_path / name / "run.json").read_text()) for name in rows}
    assert told["without"]["policies"] == []


def test_a_policy_can_be_switched_on_at_an_instant(small, tmp_path):
    result = resuming.resume(snapshots_of(small)[0], tmp_path / "fork", ["policies=[meal_push]"])

    assert result.manifest["experiment"]["policies"] == ["meal_push"]
    assert result.kpis["footfall_visits"] == api.load(small).kpis["footfall_visits"]


def test_an_instant_outside_the_day_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="must come after 00:00:00"):
        api.run(compose("corner_day", list(SMALL)), tmp_path, save_at=[27 * US_PER_HOUR])


def test_a_day_with_a_process_of_ones_own_is_refused_with_the_unit_it_serves(tmp_path):
    def serve_of(env):
        def serve(guest):
            guest.begin()
            yield env.timeout(1)
            guest.hand_back()

        return serve

    with pytest.raises(EngineError, match="L1-outfitters: is served by a SimPy process"):
        api.run(compose("corner_day", list(SMALL)), tmp_path, services={"L1-outfitters": serve_of}, save_at=[NOON_US])


def test_a_configuration_comes_back_as_it_was():
    for scenario in ("everyday", "points_exchange", "which_coupon"):
        config = compose(scenario)

        assert config_of(json.loads(json.dumps(plain_config(config)))) == config


def test_a_file_that_was_kept_half_way_is_the_file_that_was_not(tmp_path):
    schema = pa.schema([("time_us", pa.int64()), ("place", pa.dictionary(pa.int32(), pa.string()))])

    def rows(first: int):
        words = pa.array([f"word {number % 7}" for number in range(first, first + 90)]).dictionary_encode()
        return pa.Table.from_arrays([pa.array(range(first, first + 90)), words], schema=schema)

    whole, again, resumed = (GroupedFile(tmp_path / f"{name}.parquet", schema, 100) for name in ("whole", "again", "resumed"))
    for first in range(0, 540, 90):
        whole.append(rows(first))
        again.append(rows(first))
        if first == 270:
            again.keep(tmp_path / "kept.parquet")
    resumed.take_back(tmp_path / "kept.parquet")
    for first in (360, 450):
        resumed.append(rows(first))
    for file in (whole, again, resumed):
        file.close()

    assert len({(tmp_path / f"{name}.parquet").read_bytes() for name in ("whole", "again", "resumed")}) == 1


def days_of(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "sim", *more, "--out", str(folder)]


@pytest.mark.slow
def test_days_in_a_row_survive_being_killed(tmp_path):
    words = ["run", "corner_day", *SMALL, "days=4", "--checkpoint-every", "0"]
    setting = os.environ | {"PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        days_of(tmp_path / "killed", *words), cwd=ROOT, env=setting, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until_s = time.monotonic() + 120
    while checkpoint_of(tmp_path / "killed") is None and running.poll() is None and time.monotonic() < until_s:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not (tmp_path / "killed" / "manifest.json").exists(), "it had ended before it could be killed"
    whole = api.run(compose("corner_day", [*SMALL, "days=4"]), tmp_path / "whole")

    result = resuming.resume_days(tmp_path / "killed")

    assert result.kpis == whole.kpis
    files = {name: sha256 for name, sha256 in result.manifest["files"].items() if name != "run.json"}
    assert files == {name: sha256 for name, sha256 in whole.manifest["files"].items() if name != "run.json"}
    assert checkpoint_of(tmp_path / "killed") is None
