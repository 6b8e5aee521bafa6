"""The fingerprint of events on real malls: one run has one, whatever the level of recording; a change is found where it is."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim import api, cli, config_files
from sim.events import EventKind
from sim.experiments.event_print import BLOCK, EVENTS, HEAD, ROW, EventPrint, compact, first_difference, in_words, problem_of

FEW = ["population.visits_per_day=60", "recording.report=false"]


class Names:
    """Stands for the names of places of a run."""

    @staticmethod
    def word(kind, place):
        return f"unit {place}"


def log_of(number, change_at=None):
    """Return a log of as many events, in which one has another value."""
    rows = np.zeros(number, ROW)
    rows["time_us"] = np.arange(number) * 1_000_000
    rows["visit"], rows["people"], rows["kind"] = np.arange(number) % 7, 2, EventKind.PURCHASED
    if change_at is not None:
        rows["value"][change_at] = 5
    return rows


def printed(rows, batch, days=1):
    """Return the fingerprint of a log handed over in batches, as often as there are days."""
    found = EventPrint()
    for _ in range(days):
        for start in range(0, rows.size, batch):
            part = rows[start : start + batch]
            log = SimpleNamespace(count=np.array([part.size, 0]), **{name: part[name] for name in ROW.names})
            found.take(SimpleNamespace(events=log))
        found.tell(SimpleNamespace(recorder=SimpleNamespace(names=Names)), None)
    return found.close()


@pytest.mark.plain
@pytest.mark.parametrize("batch", [1, 7, BLOCK, HEAD + 1, 10_000])
def test_a_fingerprint_does_not_depend_on_how_events_were_handed_over(batch):
    rows = log_of(1500)

    assert printed(rows, batch) == printed(rows, 1500)


@pytest.mark.plain
@pytest.mark.parametrize("at", [0, 1, BLOCK - 1, HEAD - 1])
def test_a_change_in_the_head_is_found_exactly_and_both_events_are_told(at):
    found = first_difference(compact(printed(log_of(1500), 100)), printed(log_of(1500, at), 100))

    assert (found["event"], found["block"]) == (at + 1, 1)
    assert found["before"].endswith(f"visit {at % 7} (2 people): PURCHASED unit 0, value 0")
    assert found["now"].endswith("value 5")


@pytest.mark.plain
@pytest.mark.parametrize("at", [HEAD, HEAD + BLOCK - 1, 1499])
def test_a_change_beyond_the_head_is_found_in_its_block(at):
    found = first_difference(compact(printed(log_of(1500), 100)), printed(log_of(1500, at), 100))

    start = at // BLOCK * BLOCK
    assert (found["event"], found["block"], found["before"]) == (start + 1, BLOCK, None)
    assert found["begins"] == f"00:{start // 60:02d}:{start % 60:02d}"
    assert found["now"].startswith(found["begins"])


@pytest.mark.plain
@pytest.mark.parametrize(
    ("then", "now"), [(1500, 1400), (1400, 1500), (HEAD + BLOCK, HEAD), (HEAD, HEAD + 1), (3, 2), (2, 3), (0, 1)]
)
def test_a_log_that_ends_earlier_or_later_differs(then, now):
    kept = compact(printed(log_of(then), 100))

    found = first_difference(kept, printed(log_of(now), 100))

    assert found is not None
    assert first_difference(kept, printed(log_of(then), 100)) is None
    assert min(then, now) - BLOCK < found["event"] <= min(then, now) + 1


@pytest.mark.plain
def test_events_of_a_later_day_are_told_with_their_day():
    rows = log_of(HEAD)

    found = first_difference(compact(printed(rows, 100)), printed(rows, 100, days=2))

    assert found["now"].startswith("day 2 00:00:00")


@pytest.mark.plain
def test_a_fingerprint_that_was_cut_is_told():
    kept = compact(printed(log_of(600), 100))

    assert problem_of(kept) == ""
    for damaged in (
        {**kept, "head": kept["head"][:40]},
        {**kept, "rows": 9},
        {**kept, "blocks": "ab"},
        {},
        None,
        {**kept, "begins": 3},
    ):
        assert problem_of(damaged)


@pytest.mark.compiled
def test_a_real_run_has_one_fingerprint_at_every_level_of_recording_and_its_head_is_the_log(tmp_path):
    without = api.run_printed(config_files.compose("corner_day", [*FEW, "recording.events=none"]), tmp_path / "none")
    found = api.run_printed(config_files.compose("corner_day", FEW), tmp_path / "visits")

    assert found.kpis == without.kpis
    events = found.kpis[EVENTS]
    table = pq.read_table(tmp_path / "visits" / "events.parquet").to_pylist()
    assert events["rows"] == len(table) > HEAD
    assert [in_words(row).split(": ")[1] for row in events["head"]] == [
        f"{row['kind']} {row['place_id'] or row['place']}, value {row['value']}" for row in table[:HEAD]
    ]
    assert [row[1] for row in events["starts"]] == [row["time_us"] for row in table[::BLOCK]]


@pytest.mark.compiled
def test_days_in_a_row_are_one_log(tmp_path):
    found = api.run_printed(config_files.compose("corner_day", [*FEW, "days=2"]), tmp_path).kpis[EVENTS]

    assert {row[0] for row in found["starts"]} == {0, 1}


@pytest.mark.compiled
@pytest.mark.slow
def test_corner_day_is_as_its_baseline_says_and_slower_walkers_are_named(tmp_path, capsys):
    assert cli.main(["check", "corner_day", "--out", str(tmp_path / "same")]) == 0
    assert "corner_day  identical" in capsys.readouterr().out

    words = ["check", "corner_day", "population.free_speed_mps_mean=1.2", "--out", str(tmp_path / "slow")]
    assert cli.main(words) == 1
    said = capsys.readouterr().out
    assert "parking_walk_s_mean" in said
    assert "The first event that differs (replication 1" in said
    assert "configuration: population" in said
