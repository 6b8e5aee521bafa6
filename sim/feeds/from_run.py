"""Turns a simulated day into the feed that a real mall would send, and spoils it on request, for trying what takes feeds in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.errors import ConfigError, GalleriaError, Problem
from sim.feeds.records import CADENCE_US, FIX_RADIUS_CM_MOST
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.reporting.recorder import read_columns
from sim.units import US_PER_MIN

SENT = (
    "people_in",
    "people_out",
    "sale",
    "bays_taken",
    "plate_in",
    "plate_out",
)  # of observations.parquet; the rest names people
COUNT_MISS_SHARE = 0.03  # people whom a count of a whole level misses: that of door counters (parameters 6)


class Feed(NamedTuple):
    """Columns of equal length, in order of `came_us`."""

    came_us: np.ndarray  # int64 when the twin hears of it
    time_us: np.ndarray  # int64 when it was
    sensor: np.ndarray  # text
    kind: np.ndarray  # text
    subject: np.ndarray  # int64
    value: np.ndarray  # int64


@dataclass(frozen=True)
class Damage:
    """How a feed is spoilt: shares of records, and by how much the late ones come late."""

    dropped: float = 0.0
    duplicated: float = 0.0
    absurd: float = 0.0
    late: float = 0.0
    late_min: float = 10.0


def damage_of(text: str) -> Damage:
    """Return the damage that "dropped=0.05,late=0.1" describes; raises ConfigError with all that is wrong."""
    found: dict[str, float] = {}
    problems = []
    names = tuple(Damage.__dataclass_fields__)
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        most = 600.0 if name == "late_min" else 1.0
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if name not in names:
            problems.append(Problem(name, value, f"must be one of {', '.join(names)}", "for instance dropped=0.05"))
        elif not 0 <= number <= most:
            problems.append(Problem(name, value, f"must be a number from 0 to {most:g}", f"for instance {name}={most / 20:g}"))
        else:
            found[name] = number
    if problems:
        raise ConfigError.of("--damage", problems)
    return Damage(**found)


def feed_of_run(folder: Path, compiled: CompiledPlan) -> Feed:
    """Return what the sensors of a finished run would have sent: doors, tills, gates and bays as they reported, people on each level
    and parties waiting before each store every five minutes; where the run kept fixes, of each address the latest in five minutes.

    Levels are counted from the events with the misses of door counters; lines from the events, exactly. Raises GalleriaError
    where the run kept no events.
    """
    manifest = _manifest(folder)
    if not (folder / "events.parquet").is_file():
        rule = "a run whose events are kept is needed"
        raise GalleriaError.of(folder, [Problem("events.parquet", "", rule, "run it again with recording.events=visits")])
    observed, events = (read_columns(folder / name) for name in ("observations.parquet", "events.parquet"))
    fixes = read_columns(folder / "fixes.parquet") if (folder / "fixes.parquet").is_file() else None
    return feed_of_tables(observed, events, compiled, int(manifest["seed"]), fixes)


def feed_of_tables(
    observed: Mapping[str, np.ndarray],
    events: Mapping[str, np.ndarray],
    compiled: CompiledPlan,
    seed: int,
    fixes: Mapping[str, np.ndarray] | None = None,
) -> Feed:
    """Return the same of the columns of observations.parquet, events.parquet and fixes.parquet; `seed` is the run's."""
    kind = observed["kind"].astype(str)
    kept = np.isin(kind, SENT)
    parts = [
        (observed["time_us"][kept], observed["sensor"].astype(str)[kept], kind[kept], observed["value"][kept]),
        *_counted(events, compiled, seed),
    ]
    told = [(*part[:3], np.zeros(part[0].size, np.int64), part[3]) for part in parts]
    if fixes is not None:
        told.append(_fixes(fixes, compiled))
    time_us, sensor, kinds, subject, value = (np.concatenate(columns) for columns in zip(*told, strict=True))
    order = np.lexsort((subject, kinds, sensor, time_us))
    time_us = time_us[order].astype(np.int64)
    return Feed(time_us.copy(), time_us, sensor[order], kinds[order], subject[order], value[order].astype(np.int64))


def spoilt(feed: Feed, damage: Damage, seed: int) -> Feed:
    """Return the feed with records lost, doubled, made absurd and delayed, by addressed draws."""
    number = np.arange(feed.time_us.size, dtype=np.int64)

    def chosen(what: str, share: float) -> np.ndarray:
        return np.asarray(uniforms(stream_key(seed, f"feed {what}"), number, 0) < share)

    is_late, is_absurd = chosen("late", damage.late), chosen("absurd", damage.absurd)
    came_us = feed.came_us + np.where(is_late, round(damage.late_min * US_PER_MIN), 0)
    value = np.where(is_absurd, -1 - feed.value * 1000, feed.value)
    kept = ~chosen("dropped", damage.dropped)
    rows = np.concatenate([number[kept], number[kept & chosen("duplicated", damage.duplicated)]])
    rows = rows[np.lexsort((rows, came_us[rows]))]
    return Feed(came_us[rows], feed.time_us[rows], feed.sensor[rows], feed.kind[rows], feed.subject[rows], value[rows])


def _manifest(folder: Path) -> Mapping[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        raise GalleriaError.of(
            folder, [Problem("manifest.json", "", "a finished run has one", "name the folder of a run that ended")]
        )
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


Part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _fixes(
    fixes: Mapping[str, np.ndarray], compiled: CompiledPlan
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return of each address the latest fix in every span of the cadence: when, level as sensor, kind, address, radius (cm)."""
    span = fixes["time_us"] // CADENCE_US
    order = np.lexsort((fixes["time_us"], fixes["subject"], span))
    span, subject = span[order], fixes["subject"][order]
    is_last = np.append((span[1:] != span[:-1]) | (subject[1:] != subject[:-1]), True) if order.size else np.zeros(0, bool)
    rows = order[is_last]
    names = np.array([f"wifi:{name}" for name in compiled.level_ids])
    radius_cm = np.clip(np.rint(100.0 * fixes["radius_m"][rows]), 0, FIX_RADIUS_CM_MOST).astype(np.int64)
    kind = np.full(rows.size, "fix")
    return fixes["time_us"][rows], names[fixes["level"][rows]], kind, fixes["subject"][rows].astype(np.int64), radius_cm


def _counted(events: Mapping[str, np.ndarray], compiled: CompiledPlan, seed: int) -> list[Part]:
    """Return people on each level and parties waiting at each unit at every multiple of the cadence."""
    time_us = events["time_us"]
    if not time_us.size:
        return []
    ticks = np.arange(time_us[0] // CADENCE_US + 1, time_us[-1] // CADENCE_US + 2) * CADENCE_US
    kind = events["kind"].astype(str)
    return [*_levels(events, kind, compiled, ticks, seed), *_lines(events, kind, compiled, ticks)]


def _levels(
    events: Mapping[str, np.ndarray], kind: np.ndarray, compiled: CompiledPlan, ticks: np.ndarray, seed: int
) -> list[Part]:
    arrays = compiled.arrays
    moves = (
        ("ARRIVED", arrays.entrance_level, 1),
        ("LEFT", arrays.entrance_level, -1),
        ("BOARDED", arrays.ride_from_level, -1),
        ("BOARDED", arrays.ride_to_level, 1),
    )
    parts = []
    for level, name in enumerate(compiled.level_ids):
        when, change = [], []
        for word, level_of, sign in moves:
            rows = np.flatnonzero(kind == word)
            rows = rows[level_of[events["place"][rows]] == level]
            when.append(events["time_us"][rows])
            change.append(sign * events["people"][rows].astype(np.int64))
        true = _at(ticks, np.concatenate(when), np.concatenate(change))
        draw = uniforms(stream_key(seed, f"count of level {name}"), ticks // CADENCE_US, 0)
        spread = np.sqrt(3 * true * COUNT_MISS_SHARE * (1 - COUNT_MISS_SHARE)) * (2 * draw - 1)  # as wide as a binomial's sd
        seen = np.clip(np.rint(true * (1 - COUNT_MISS_SHARE) + spread), 0, true).astype(np.int64)
        parts.append((ticks, np.full(ticks.size, f"level:{name}"), np.full(ticks.size, "people"), seen))
    return parts


def _lines(events: Mapping[str, np.ndarray], kind: np.ndarray, compiled: CompiledPlan, ticks: np.ndarray) -> list[Part]:
    parts = []
    place_id = events["place_id"].astype(str)
    known = {name: number for number, name in enumerate(compiled.unit_ids)}
    joins, leaves = kind == "QUEUE_JOINED", np.isin(kind, ("SERVICE_STARTED", "RENEGED"))
    rows = np.flatnonzero(joins | leaves)
    unit = np.array([known.get(name.removeprefix("table:"), -1) for name in place_id[rows].tolist()], np.int64)
    for number in np.unique(unit[unit >= 0]).tolist():
        here = rows[unit == number]
        waiting = np.maximum(_at(ticks, events["time_us"][here], np.where(joins[here], 1, -1)), 0)
        sensor = np.full(ticks.size, f"line:{compiled.unit_ids[number]}")
        parts.append((ticks, sensor, np.full(ticks.size, "waiting"), waiting))
    return parts


def _at(ticks: np.ndarray, when_us: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return the sum of the changes before each tick."""
    order = np.argsort(when_us, kind="stable")
    sums = np.concatenate([[0], np.cumsum(change[order])])
    found: np.ndarray = sums[np.searchsorted(when_us[order], ticks, side="left")]
    return found
