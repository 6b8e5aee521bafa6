"""Encodes a finished run for its replay: plan, keypoints and story as one block of text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.categories import CATEGORIES
from sim.crowd.positions import STROLL_KEY, places_of
from sim.plan_arrays import CompiledPlan
from sim.reporting.plan_page import CATEGORY_COLOURS
from sim.reporting.replay import story
from sim.reporting.replay.pack import Block
from sim.reporting.replay.source import read_source
from sim.reporting.replay.thin import GRID_M, TICK_US, TIME_TOLERANCE_US, TOLERANCE_M, Keypoints, thin
from sim.units import US_PER_MIN

REPLAY_VERSION = 1
EDGE_M = 5.0  # around the plan


@dataclass(frozen=True)
class Encoded:
    """One run as a page carries it."""

    text: str  # base64 of gzip (sim/reporting/replay/pack.py)
    name: str
    date: str
    visits: int
    keypoints: int
    segments: int


def encode(folder: Path, compiled: CompiledPlan) -> Encoded:
    """Encode the run of a folder; raises GalleriaError where it kept no trajectories."""
    source = read_source(folder, compiled)
    corner_m = _corner_m(compiled)
    points = thin(places_of(compiled.arrays), source.spans, source.waits, corner_m)
    followed = story.followed_of(source)
    block = Block()
    _add_keypoints(block, points, source.number.size)
    story.add_visits(block, source)
    story.add_sales(block, source)
    story.add_happened(block, source)
    story.add_parking(block, source)
    story.add_fixes(block, source, followed, corner_m)
    _add_rings(block, compiled)
    words = {
        "version": REPLAY_VERSION,
        "run": {name: source.run[name] for name in ("name", "question", "date", "mall", "policies", "command", "opens_us", "closes_us")},
        "scale": {"tick_us": TICK_US, "grid_m": GRID_M, "corner_m": corner_m, "within_m": TOLERANCE_M, "within_us": TIME_TOLERANCE_US},
        "stroll_key": [int(STROLL_KEY) >> 32, int(STROLL_KEY) & 0xFFFFFFFF],
        "plan": _plan(compiled),
        "inside": story.people_inside(points),
        "followed": story.journals(source, followed),
        "has_fixes": bool(source.fixes),
        "purposes": story.PURPOSES,
        "offers": list(source.offers),
        "visits": int(source.number.size),
        "minutes": int(source.events.time_us.max(initial=0)) // US_PER_MIN + 1,
    }  # fmt: skip
    return Encoded(
        block.text(words),
        str(source.run["name"]),
        str(source.run["date"]),
        source.number.size,
        points.tick.size,
        source.spans.visit.size,
    )


def _corner_m(compiled: CompiledPlan) -> tuple[float, float]:
    arrays = compiled.arrays
    x_m = np.concatenate([arrays.node_x_m, arrays.ring_x_m])
    y_m = np.concatenate([arrays.node_y_m, arrays.ring_y_m])
    return float(np.floor(x_m.min() - EDGE_M)), float(np.floor(y_m.min() - EDGE_M))


def _add_keypoints(block: Block, points: Keypoints, visits: int) -> None:
    """Add keypoints column by column: the first of each visit by itself, the others by what changes."""
    is_first = np.concatenate([[True], points.visit[1:] != points.visit[:-1]])[: points.visit.size]
    first, other = np.flatnonzero(is_first), np.flatnonzero(~is_first)
    block.whole("keypoint_count", np.bincount(points.visit, minlength=visits))
    block.whole("start_tick", np.diff(points.tick[first], prepend=0))
    block.whole("start_x", points.x[first])
    block.whole("start_y", points.y[first])
    for name, add in (("tick", block.whole), ("x", block.signed), ("y", block.signed)):
        column = getattr(points, name).astype(np.int64)
        add(f"step_{name}", column[other] - column[other - 1])
    block.plain("look", points.look)
    block.plain("people", points.people)
    block.whole("stay_unit", points.place[points.people >= 128])


def _add_rings(block: Block, compiled: CompiledPlan) -> None:
    """Add the units' outlines as strolls see them, to the last bit."""
    arrays = compiled.arrays
    block.plain("ring_start", arrays.unit_ring_start.astype(np.int32))
    for name in ("ring_x_m", "ring_y_m", "unit_x_m", "unit_y_m"):
        block.plain(name, getattr(arrays, name).astype(np.float64))


def _plan(compiled: CompiledPlan) -> dict[str, Any]:
    """Return what the page draws of the plan, in metres."""
    arrays = compiled.arrays

    def rings(found: Any) -> list[list[float]]:
        return [np.round(ring, 2).ravel().tolist() for ring in found]

    levels = [
        {
            "name": compiled.level_names[level],
            "id": compiled.level_ids[level],
            "floor": [rings(polygon) for polygon in compiled.walkable_rings[level]],
            "structure": [rings(polygon) for polygon in compiled.structure_rings[level]],
            "outline": rings(compiled.outline_rings[level]) if compiled.outline_rings else [],
        }
        for level in range(len(compiled.level_ids))
    ]
    units = [
        {
            "name": compiled.tenant_names[unit],
            "id": compiled.unit_ids[unit],
            "category": compiled.tenant_categories[unit],
            "level": int(arrays.unit_level[unit]),
            "area_m2": round(float(arrays.unit_area_m2[unit]), 1),
            "rings": rings(compiled.unit_rings[unit]),
        }
        for unit in range(len(compiled.unit_ids))
    ]
    entrance = arrays.parking_entrance
    parks = [
        {
            "name": park_id,
            "bays": int(arrays.parking_bays[park]),
            "level": int(arrays.entrance_level[entrance[park]]),
            "x_m": round(float(arrays.node_x_m[arrays.entrance_node[entrance[park]]]), 2),
            "y_m": round(float(arrays.node_y_m[arrays.entrance_node[entrance[park]]]), 2),
            "rings": rings(compiled.parking_rings[park]) if compiled.parking_rings else [],
        }
        for park, park_id in enumerate(compiled.parking_ids)
    ]
    colours = {category: CATEGORY_COLOURS.get(category, "#d6d6da") for category in CATEGORIES}
    return {"name": compiled.name, "levels": levels, "units": units, "parks": parks, "colours": colours}
