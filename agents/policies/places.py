"""Where people are seen, door by door, as the platform believes; and the doors themselves as anybody can read them from the map."""

from __future__ import annotations

import numpy as np

from agents.policies.policy import PublicMap, Tools

LEVEL_M = 60.0  # that a change of level counts as in a walk; engineering judgement, confidence L


def nearest_doors(public: PublicMap, level: np.ndarray, x_m: np.ndarray, y_m: np.ndarray) -> np.ndarray:
    """Return the unit (int64) whose door is nearest to each place on its level, -1 where there is none."""
    found = np.full(level.size, -1, np.int64)
    for floor in np.unique(level[level >= 0]):
        here, units = np.flatnonzero(level == floor), np.flatnonzero(public.level == floor)
        if units.size:
            away_m2 = (x_m[here, None] - public.x_m[units]) ** 2 + (y_m[here, None] - public.y_m[units]) ** 2
            found[here] = units[np.argmin(away_m2, axis=1)]
    return found


def seen_at(tools: Tools) -> np.ndarray:
    """Return the unit (int64) by whose door each person inside was last seen, or in which; -1 for those never located."""
    present = tools.present
    nearest = nearest_doors(tools.public, present.level, present.x_m, present.y_m)
    return np.where(present.unit >= 0, present.unit, nearest).astype(np.int64)


def walk_m(public: PublicMap, unit: int, units: np.ndarray) -> np.ndarray:
    """Return about how far units are from one, as the crow flies and with something for a change of level."""
    straight_m = np.hypot(public.x_m[units] - public.x_m[unit], public.y_m[units] - public.y_m[unit])
    return np.asarray(straight_m + LEVEL_M * np.abs(public.level[units] - public.level[unit]))


def in_order_of_heat(seen: np.ndarray) -> np.ndarray:
    """Return all units, the coldest first; of those seen alike, the first of the map."""
    return np.argsort(seen, kind="stable")


def place_or_largest(public: PublicMap, at: str) -> str:
    """Return a place that is named, else the largest store."""
    return at or public.unit_ids[int(np.argmax(public.area_m2))]
