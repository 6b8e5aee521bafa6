"""What a run tells while it goes on: lines of JSON with its progress, and where people are."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from sim.progress import instant_text
from sim.random_streams import stream_key, uniforms
from sim.reporting.files import plain
from sim.units import US_PER_S

EVERY_S = 0.25  # of wall time, between two lines of a kind
POINTS_MAX = 600  # of a level
WAITS = ("in_line",)
INSIDE_UNIT = (
    "browsing", "in_line", "in_service", "waiting_for_food", "eating", "waiting_for_show", "watching", "at_desk", "away",
)  # fmt: skip
SHOWN_KEY = stream_key(0, "shown on the live map")  # a matter of looks, the same for every seed


class LiveLines:
    """Writes a line for whoever reads; takes the place of `sim.progress.Progress`. A reader that has gone stops nothing."""

    def __init__(self, stream: TextIO, days: int = 1) -> None:
        self.stream, self.days = stream, days
        self._told_s: dict[str, float] = {}
        self._share = 0.0
        self._is_heard = True

    def __call__(self, time_us: int, people_inside: int, share_done: float) -> None:
        """Tell where the simulated day has got to; `share_done` is 0 to 1."""
        self._progress(share_done, f"{instant_text(time_us, self.days)}, {people_inside:,} people inside")

    def count(self, done: int, total: int, noun: str = "runs") -> None:
        """Tell how many of many pieces of work are done."""
        self._progress(done / max(total, 1), f"{done} of {total} {noun}")

    def look(self, view: Any) -> None:
        """Tell what an agents.shopper_view.ShopperView shows, unless the last look is hardly over."""
        if self._is_due("frame"):
            self.tell("frame", **frame_of(view))

    def done(self, folder: Path, kpis: dict[str, Any], comparison: dict[str, Any] | None = None) -> None:
        """Tell that all is finished, and where it is."""
        report, replay = (folder / name for name in ("report.html" if comparison is None else "comparison.html", "replay.html"))
        files = {name: str(path) if path.is_file() else None for name, path in (("report", report), ("replay", replay))}
        self.tell("done", folder=str(folder), kpis=kpis, comparison=comparison, **files)

    def close(self) -> None:
        """Do nothing: what was told stays."""

    def tell(self, kind: str, **facts: Any) -> None:
        """Write one line."""
        if not self._is_heard:
            return
        try:
            self.stream.write(json.dumps(plain({"kind": kind, **facts}), separators=(",", ":"), allow_nan=False) + "\n")
            self.stream.flush()
        except BrokenPipeError:
            self._is_heard = False
            # What is buffered would be written again when the process ends, and fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())

    def _progress(self, share: float, text: str) -> None:
        share = round(min(max(share, 0.0), 1.0), 4)
        if self._is_due("progress") or share == 1 > self._share:
            self._share = share
            self.tell("progress", share=share, text=text)

    def _is_due(self, kind: str) -> bool:
        now_s = time.monotonic()
        if now_s - self._told_s.get(kind, -EVERY_S) < EVERY_S:
            return False
        self._told_s[kind] = now_s
        return True


def frame_of(view: Any) -> dict[str, Any]:
    """Return where people are at the instant of a view: a sample of each level's parties, people in units, parties in line, cars."""
    level, unit, people, state = (view.get(name) for name in ("level", "unit", "people", "state"))
    luck = uniforms(SHOWN_KEY, view.get("number"), 0)  # the same parties in every frame, as long as they stay
    levels = {}
    for name in np.unique(level[level != ""]).tolist():
        here = np.flatnonzero(level == name)
        here = here[np.argsort(luck[here], kind="stable")][:POINTS_MAX]
        levels[name] = np.column_stack((view.get("x_m")[here], view.get("y_m")[here])).round(1).tolist()
    return {
        "time_us": round(view.time_s * US_PER_S),
        "inside": int(people[level != ""].sum()),
        "levels": levels,
        "units": _sums(unit[np.isin(state, INSIDE_UNIT)], people[np.isin(state, INSIDE_UNIT)]),
        "queues": _sums(unit[np.isin(state, WAITS)], np.ones(int(np.isin(state, WAITS).sum()), np.int64)),
        "cars": view.cars,
    }


def _sums(places: np.ndarray, amounts: np.ndarray) -> dict[str, int]:
    """Return the sum of the amounts at each place that has a name."""
    names, which = np.unique(places, return_inverse=True)
    totals = np.bincount(which, amounts, names.size)
    return {name: int(total) for name, total in zip(names.tolist(), totals.tolist(), strict=True) if name}
