"""What a finished run has left of which a replay is made: where everybody was, what happened, and who was followed closely."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from sim.errors import GalleriaError, Problem
from sim.events import EventKind, SegmentKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.events_file import Events, read_events
from sim.reporting.recorder import read_columns
from sim.reporting.replay.breaks import Spans, Waits
from sim.reporting.replay.notes import FIXES, VISITS
from sim.reporting.stations import GATE, stations_of

SEGMENTS, OFFERS = "segments.parquet", "offers.parquet"
AGAIN = "run it again with recording=replay"


@dataclass(frozen=True)
class Source:
    """A finished run, read. Visits are rows in the order of (their first instant inside, number)."""

    folder: Path
    compiled: CompiledPlan
    run: dict[str, Any]  # run.json
    number: np.ndarray  # (V) int64 the visits' numbers
    spans: Spans  # sorted by (visit, start); `visit` is the visit's row
    first_us: np.ndarray  # (V) int64
    last_us: np.ndarray  # (V) int64
    events: Events
    waits: Waits  # `visit` is the visit's row here
    notes: dict[str, np.ndarray] = field(default_factory=dict)  # of VISITS, empty where not kept
    fixes: dict[str, np.ndarray] = field(default_factory=dict)  # of FIXES, empty where not kept
    offers: tuple[str, ...] = ()  # names of the offers of policies, by number

    def row_of(self, numbers: np.ndarray) -> np.ndarray:
        """Return the rows of visits, -1 of those that were never seen inside."""
        order = np.argsort(self.number)
        at = np.minimum(np.searchsorted(self.number, numbers, sorter=order), max(self.number.size - 1, 0))
        if not self.number.size:
            return np.full(numbers.size, -1, np.int64)
        return np.where(self.number[order[at]] == numbers, order[at], -1)


def read_source(folder: Path, compiled: CompiledPlan) -> Source:
    """Read a run's folder; raises GalleriaError where it kept no trajectories."""
    folder = Path(folder)
    if not (folder / SEGMENTS).is_file():
        problem = Problem(SEGMENTS, "no such file", "a replay is made of trajectories (recording.events=edges)", AGAIN)
        raise GalleriaError.of(folder, [problem])
    columns = _segments(folder / SEGMENTS)
    number, row = np.unique(columns["visit"], return_inverse=True)
    first_us, last_us = np.full(number.size, 2**62), np.zeros(number.size, np.int64)
    np.minimum.at(first_us, row, columns["start_us"])
    np.maximum.at(last_us, row, columns["end_us"])
    order = np.lexsort((number, first_us))
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    rows = np.lexsort((columns["start_us"], rank[row]))
    # Each column goes as soon as it stands in its new order: together they are the most memory that a replay takes.
    spans = Spans(**{name: columns.pop(name)[rows] for name in Spans._fields})._replace(visit=rank[row][rows])
    events = read_events(folder)
    bare = Source(
        folder, compiled, json.loads((folder / "run.json").read_text(encoding="utf-8")), number[order], spans, first_us[order],
        last_us[order], events, Waits(*np.zeros((3, 0), np.int64)),
    )  # fmt: skip
    waits = _waits(bare)
    kept = {name: read_columns(folder / name) if (folder / name).is_file() else {} for name in (VISITS, FIXES, OFFERS)}
    offers = tuple(str(name) for name in kept[OFFERS].get("name", ()))
    return replace(bare, waits=waits, notes=kept[VISITS], fixes=kept[FIXES], offers=offers)


def _segments(path: Path) -> dict[str, np.ndarray]:
    """Return the columns of the table of segments, kinds as numbers."""
    file = pq.ParquetFile(path)
    parts: dict[str, list[np.ndarray]] = {name: [] for name in Spans._fields}
    for group in range(file.num_row_groups):
        table = file.read_row_group(group).combine_chunks()
        for name in Spans._fields:
            column = table[name]
            if name == "kind":
                whole = column.chunk(0) if column.num_chunks else column.combine_chunks()
                codes = np.array([SegmentKind[word] for word in whole.dictionary.to_pylist()], np.int8)
                parts[name].append(codes[whole.indices.to_numpy()])
            else:
                parts[name].append(column.to_numpy())
    return {name: np.concatenate(found) if found else np.zeros(0, np.int64) for name, found in parts.items()}


def _waits(source: Source) -> Waits:
    """Return from when to when parties stood in lines inside the mall, from their events."""
    events, last = source.events, int(source.last_us.max(initial=0))
    wanted = np.flatnonzero(np.isin(events.kind, [EventKind.QUEUE_JOINED, *_ENDS]))
    rows = source.row_of(events.visit[wanted])
    stations = stations_of(events.words, source.compiled)
    is_gate = stations.kind == GATE
    word = events.place_word[wanted]
    keep = (rows >= 0) & (word >= 0) & ~is_gate[word]
    wanted, rows = wanted[keep], rows[keep]
    order = np.lexsort((wanted, events.place_word[wanted], rows))
    wanted, rows = wanted[order], rows[order]
    word, joins = events.place_word[wanted], events.kind[wanted] == EventKind.QUEUE_JOINED
    # Of a party at a station, each joining ends with the next event there.
    at = np.flatnonzero(joins)
    has_next = at + 1 < wanted.size
    after = np.minimum(at + 1, max(wanted.size - 1, 0))
    is_same = has_next & (rows[after] == rows[at]) & (word[after] == word[at])
    from_us = events.time_us[wanted[at]]
    to_us = np.where(is_same, events.time_us[wanted[after]], last)
    order = np.lexsort((to_us, from_us, rows[at]))
    return Waits(rows[at][order], from_us[order], to_us[order])


_ENDS = (EventKind.SERVICE_STARTED, EventKind.RENEGED, EventKind.REJECTED)
