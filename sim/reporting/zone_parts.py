"""Where people spent a run's time, zone by zone: the part of a run that a comparison's maps are drawn from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

ZONES = "time by zone, person-minutes"


def zone_minutes(folder: Path) -> dict[str, float]:
    """Return whole person-minutes, of all days of a finished run, by "level id/number of the zone in the plan".

    Nothing where the run wrote no curves. A run of several days names no levels: there the names begin with the slash.
    """
    path = folder / "curves.json"
    if not path.is_file():
        return {}
    zones = json.loads(path.read_text(encoding="utf-8"))["zones"]
    levels = zones.get("level") or [""] * len(zones["person_s"])
    pairs = enumerate(zip(levels, zones["person_s"], strict=True))
    return {f"{level}/{number}": float(round(person_s / 60)) for number, (level, person_s) in pairs}


def minutes_by_number(parts: Mapping[str, float], zones: int) -> np.ndarray:
    """Return (Z) person-minutes in the plan's order of zones; raises KeyError where a zone of the plan is missing."""
    numbered = {int(name.rpartition("/")[2]): minutes for name, minutes in parts.items()}
    return np.array([numbered[number] for number in range(zones)], float)
