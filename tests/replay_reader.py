"""Reads replay.html as a page does, and draws (visit, instant) pairs with the truth to hold it against."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from sim.crowd.positions import places_of, positions_at
from sim.events import SegmentKind, SegmentLog
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.reporting.replay.breaks import QUEUEING
from sim.reporting.replay.pack import unpack
from sim.reporting.replay.thin import BEGINS, GRID_M, LEVEL_BITS, TICK_US, TIME_TOLERANCE_US, TOLERANCE_M


class Truth(NamedTuple):
    """Where visits were at instants: nearby in time too, since a keypoint's clock is coarse."""

    number: np.ndarray  # (n) int64
    time_us: np.ndarray  # (n) int64
    x_m: np.ndarray  # (n, 3) a tolerance earlier, at the instant, a tolerance later
    y_m: np.ndarray  # (n, 3)
    level: np.ndarray  # (n, 3)


def segments_of(run: Path) -> SegmentLog:
    """Return the segments of a run as they were logged."""
    table = pq.read_table(run / "segments.parquet")
    columns = {name: table[name].to_numpy() for name in table.column_names if name != "kind"}
    words = table["kind"].unify_dictionaries().combine_chunks()
    codes = np.array([SegmentKind[word] for word in words.dictionary.to_pylist()], np.int8)
    kind = codes[words.indices.to_numpy()]
    return SegmentLog(**columns, kind=kind, tracker=np.zeros(kind.size, np.int32), count=np.array([kind.size]))


def drawn_truth(run: Path, floorplan: str, pairs: int) -> Truth:
    """Draw pairs evenly over all the time that all visits spent inside."""
    segments, rng = segments_of(run), np.random.default_rng(7)
    lasts_us = segments.end_us - segments.start_us
    row = rng.choice(lasts_us.size, pairs, p=lasts_us / lasts_us.sum())
    time_us = segments.start_us[row] + (rng.random(pairs) * lasts_us[row]).astype(np.int64)
    order = np.lexsort((segments.start_us, segments.visit))
    places = places_of(load_compiled(find_floorplan(floorplan)).arrays)
    found = []
    for shift_us in (-TIME_TOLERANCE_US, 0, TIME_TOLERANCE_US):
        found.append(positions_at(places, segments, _row_at(segments, order, row, time_us + shift_us), time_us + shift_us))
    x_m, y_m, level = (np.stack(columns, axis=1) for columns in zip(*found, strict=True))
    return Truth(segments.visit[row], time_us, x_m, y_m, level)


def _row_at(segments: SegmentLog, order: np.ndarray, row: np.ndarray, time_us: np.ndarray) -> np.ndarray:
    """Return the segment in which the visit of each row is at an instant, the row itself where there is none."""
    found, whose = row.copy(), segments.visit[order]
    for index, (at, when) in enumerate(zip(row.tolist(), time_us.tolist(), strict=True)):
        visit = segments.visit[at]
        mine = order[np.searchsorted(whose, visit) : np.searchsorted(whose, visit, "right")]
        here = mine[(segments.start_us[mine] <= when) & (when < segments.end_us[mine])]
        if here.size:
            found[index] = here[-1]
    return found


def disagreements(truth: Truth, x_m: np.ndarray, y_m: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Return the pairs that are shown farther off than the tolerance, or on another floor, at all three instants."""
    away_m = np.hypot(truth.x_m - x_m[:, None], truth.y_m - y_m[:, None])
    away_m[truth.level != level[:, None]] = np.inf
    return np.flatnonzero(away_m.min(axis=1) > TOLERANCE_M + 1e-3)  # the page computes in single precision


class Page:
    """A replay's data."""

    def __init__(self, file: Path, floorplan: str) -> None:
        """Read the first run of the page."""
        text = re.search(r'<script type="text/plain">([^<]*)</script>', file.read_text(encoding="utf-8"))
        assert text is not None
        columns, self.words = unpack(text[1])
        self.columns = columns
        self.number = (columns["number_high"].astype(np.int64) << 32) | columns["number_low"].astype(np.int64)
        counts = columns["keypoint_count"]
        self.first = np.concatenate([[0], np.cumsum(counts)])
        self.look, self.people = columns["look"], columns["people"]
        for name in ("tick", "x", "y"):
            start = columns[f"start_{name}"]
            steps = np.zeros(int(counts.sum()), np.int64)
            is_first = np.zeros(steps.size, bool)
            is_first[self.first[:-1]] = True
            steps[~is_first] = columns[f"step_{name}"]
            whole = np.cumsum(steps)
            base = np.cumsum(start) if name == "tick" else start
            setattr(self, name, whole + np.repeat(base - whole[self.first[:-1]], counts))
        begins = self.people >= BEGINS
        stay = np.cumsum(begins) - 1
        self.unit = columns["stay_unit"][np.maximum(stay, 0)]
        self.stay_begin = np.flatnonzero(begins)[np.maximum(stay, 0)]
        self.places = places_of(load_compiled(find_floorplan(floorplan)).arrays)

    def where(self, number: int, time_us: int) -> tuple[float, float, int] | None:
        """Return where a visit is shown: x_m, y_m, level; None when it is not inside."""
        row = int(np.flatnonzero(self.number == number)[0])
        first, last = int(self.first[row]), int(self.first[row + 1]) - 1
        now = time_us / TICK_US
        if not self.tick[first] <= now < self.tick[last]:
            return None
        at = first + int(np.searchsorted(self.tick[first:last], now, "right")) - 1
        level, doing = int(self.look[at]) & 31, int(self.look[at]) >> LEVEL_BITS
        if (
            doing in (SegmentKind.INSIDE_UNIT, QUEUEING)
            and self.unit.size
            and self.tick[self.stay_begin[at]] >= self.tick[first]
        ):
            return self._strolling(number, at, time_us, level)
        span = self.tick[at + 1] - self.tick[at]
        share = (now - self.tick[at]) / span if span else 0.0
        corner_x, corner_y = self.words["scale"]["corner_m"]
        x = self.x[at] + share * (self.x[at + 1] - self.x[at])
        y = self.y[at] + share * (self.y[at + 1] - self.y[at])
        return float(x) * GRID_M + corner_x, float(y) * GRID_M + corner_y, level

    def _strolling(self, number: int, at: int, time_us: int, level: int) -> tuple[float, float, int]:
        begin_us = int(self.tick[self.stay_begin[at]]) * TICK_US
        columns = {
            "start_us": [begin_us], "end_us": [time_us + 1], "visit": [number], "people": [1], "kind": [SegmentKind.INSIDE_UNIT],
            "place": [int(self.unit[at])], "from_m": [0.0], "to_m": [0.0], "side": [0.0], "tracker": [0], "count": [1],
        }  # fmt: skip
        log = SegmentLog(**{name: np.array(values) for name, values in columns.items()})
        x_m, y_m, _ = positions_at(self.places, log, np.array([0]), np.array([time_us]))
        return float(x_m[0]), float(y_m[0]), level
