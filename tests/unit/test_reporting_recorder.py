"""The recorder writes what happened, once, the same however it is told."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import HOSTILE_NAME, log_of, made_up_day, made_up_plan, part_of, station_names

from sim.events import EventKind, SegmentKind, SegmentLog
from sim.reporting import recorder as recorder_module
from sim.reporting.files import sha256_of
from sim.reporting.recorder import Recorder, read_columns


def recorded(folder: Path, log, cuts=(), level="visits") -> Recorder:
    plan = made_up_plan()
    recorder = Recorder(folder, plan, station_names(plan), level)
    edges = [0, *cuts, int(log.count[0])]
    for start, end in pairwise(edges):
        recorder.take(part_of(log, start, end))
    recorder.close()
    return recorder


def test_events_come_back_as_they_were_logged(tmp_path):
    log = made_up_day(made_up_plan())

    recorded(tmp_path, log)

    table = pq.read_table(tmp_path / "events.parquet")
    for name in ("time_us", "visit", "people", "place", "value"):
        assert np.array_equal(table[name].to_numpy(), getattr(log, name)), name
    assert table["kind"].to_pylist() == [EventKind(kind).name for kind in log.kind]
    assert table.schema.metadata[b"galleria_schema_version"] == b"1"


def test_a_place_is_named_by_the_table_of_its_kind(tmp_path):
    kinds = [
        (EventKind.PARKED, 0, "P1"),
        (EventKind.ARRIVED, 1, "garage_door"),
        (EventKind.STORE_ENTERED, 7, "u007"),
        (EventKind.QUEUE_JOINED, 2, "tables:u002"),
        (EventKind.REROUTED, 0, "escalator_1"),
        (EventKind.BOARDED, 0, "escalator_1:L1>L2"),
        (EventKind.STRANDED, 1, "L2:0"),
        (EventKind.STRANDED, -1, None),
    ]
    plan = made_up_plan()
    recorder = Recorder(tmp_path, plan, station_names(plan), "visits")
    named = [(time_us, int(kind), 5, 1, place, 0) for time_us, (kind, place, _) in enumerate(kinds)]

    recorder.take(log_of(named))
    recorder.close()

    assert pq.read_table(tmp_path / "events.parquet")["place_id"].to_pylist() == [name for _, _, name in kinds]


def test_a_unit_and_its_station_may_share_a_name(tmp_path):
    plan = made_up_plan()
    recorder = Recorder(tmp_path, plan, list(plan.unit_ids), "visits")

    recorder.take(log_of([(1, EventKind.STORE_ENTERED, 1, 1, 3, 0), (2, EventKind.QUEUE_JOINED, 1, 1, 3, 0)]))
    recorder.close()

    assert pq.read_table(tmp_path / "events.parquet")["place_id"].to_pylist() == ["u003", "u003"]
    assert recorder.stations.unit.tolist() == list(range(12))


def test_how_often_the_engine_stops_changes_no_byte(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder_module, "GROUP_ROWS", 1000)
    log = made_up_day(made_up_plan(), visits=300)

    whole = recorded(tmp_path / "whole", log)
    parts = recorded(tmp_path / "parts", log, cuts=(1, 1, 700, 1003, 2999))

    assert int(log.count[0]) > 3000
    assert sha256_of(tmp_path / "whole" / "events.parquet") == sha256_of(tmp_path / "parts" / "events.parquet")
    assert whole.events_content_sha256 == parts.events_content_sha256


def test_one_changed_value_changes_the_content_digest(tmp_path):
    log = made_up_day(made_up_plan())
    before = recorded(tmp_path / "a", log).events_content_sha256
    log.value[17] += 1

    assert recorded(tmp_path / "b", log).events_content_sha256 != before


def test_the_content_digest_does_not_depend_on_the_level_of_recording(tmp_path):
    log = made_up_day(made_up_plan())

    digests = {recorded(tmp_path / level, log, level=level).events_content_sha256 for level in ("none", "visits", "edges")}

    assert len(digests) == 1
    assert not (tmp_path / "none" / "events.parquet").exists()


def test_the_log_may_be_reused_as_soon_as_it_is_taken(tmp_path):
    log = made_up_day(made_up_plan())
    kept = log.time_us.copy()
    plan = made_up_plan()
    recorder = Recorder(tmp_path, plan, station_names(plan), "visits")

    recorder.take(log)
    log.time_us[:] = -1
    recorder.close()

    assert np.array_equal(pq.read_table(tmp_path / "events.parquet")["time_us"].to_numpy(), kept)


def test_no_file_has_its_name_before_it_is_whole(tmp_path):
    plan = made_up_plan()
    recorder = Recorder(tmp_path, plan, station_names(plan), "visits")
    recorder.take(made_up_day(plan))

    assert not (tmp_path / "events.parquet").exists()
    recorder.close()
    assert [path.name for path in tmp_path.iterdir()] == ["events.parquet"]


def test_a_day_without_events_has_an_empty_file(tmp_path):
    recorded(tmp_path, log_of([]))

    assert pq.read_table(tmp_path / "events.parquet").num_rows == 0


def test_recording_into_a_finished_folder_makes_it_unfinished(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")

    recorded(tmp_path, log_of([]))

    assert not (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize(("level", "kept"), [("visits", False), ("edges", True)])
def test_segments_are_kept_at_level_edges_only(tmp_path, level, kept):
    plan = made_up_plan()
    columns = {name: np.arange(3) for name in SegmentLog._fields[:-1]}
    types = {"start_us": np.int64, "end_us": np.int64, "visit": np.int64, "people": np.int8, "kind": np.int8, "place": np.int32}
    arrays = [values.astype(types.get(name, np.float32)) for name, values in columns.items()]
    recorder = Recorder(tmp_path, plan, station_names(plan), level)

    recorder.take_segments(SegmentLog(*arrays, np.array([3])))
    recorder.close()

    assert (tmp_path / "segments.parquet").exists() is kept
    if kept:
        table = pq.read_table(tmp_path / "segments.parquet")
        assert table["kind"].to_pylist() == [kind.name for kind in SegmentKind][:3]


def test_observations_keep_the_names_of_their_sensors(tmp_path):
    plan = made_up_plan(names={0: HOSTILE_NAME})
    recorder = Recorder(tmp_path, plan, station_names(plan), "visits")

    recorder.take_observations(
        {
            "time_us": np.arange(3),
            "sensor": np.array(["door:b", "door:a", "door:b"]),
            "kind": np.array(["in", "in", "out"]),
            "subject": np.array([0, 7, 2**62]),
            "value": np.ones(3),
        }
    )
    recorder.close()

    table = pq.read_table(tmp_path / "observations.parquet")
    assert table["sensor"].to_pylist() == ["door:b", "door:a", "door:b"]
    assert table["subject"].to_pylist() == [0, 7, 2**62]
    assert table["value"].to_pylist() == [1, 1, 1]


def test_a_table_kept_in_a_run_is_read_back_as_it_was(tmp_path):
    plan = made_up_plan()
    recorder = Recorder(tmp_path, plan, station_names(plan), "none")
    columns = {"member": np.array([3, 2**62]), "channel": np.array(["app", HOSTILE_NAME]), "weight": np.array([0.5, np.nan])}

    recorder.keep_table("members.parquet", columns)
    recorder.close()

    found = read_columns(tmp_path / "members.parquet")
    assert list(found) == list(columns)
    assert all(np.array_equal(found[name], columns[name], equal_nan=name == "weight") for name in columns)
