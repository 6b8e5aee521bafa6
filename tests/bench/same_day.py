"""Figures by which a sceptic sees that engine and peers lived through the same day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.events import EventKind

# What one unit of an engine event's value is, in the peers' unit.
VALUE_SCALE = {
    "store_left": 1e-6,
    "service_started": 1e-6,
    "service_ended": 1e-6,
    "reneged": 1e-6,
    "boarded": 1e-6,
    "left": 1e-3,
    "unparked": 1e-6,
}
DECIMALS = {"visits": 0, "people": 0}


def figures_of_engine(events: Any) -> dict[str, float]:
    """Return the figures of a compiled crowd's events."""
    kinds = {kind.name.lower(): np.flatnonzero(events.kind == kind) for kind in EventKind}
    return _figures({
        name: (events.time_us[rows] / 1e6, events.visit[rows], events.people[rows], events.value[rows] * VALUE_SCALE.get(name, 1.0))
        for name, rows in kinds.items()
    })  # fmt: skip


def figures_of_peer(events: Iterable[tuple[float, str, int, int, int, float]]) -> dict[str, float]:
    """Return the figures of a peer's list of events."""
    by_kind: dict[str, list[tuple[float, int, int, float]]] = {kind.name.lower(): [] for kind in EventKind}
    for time_s, kind, visit, people, _, value in events:
        by_kind[kind].append((time_s, visit, people, value))
    return _figures(
        {kind: tuple(np.array(column, float) for column in zip(*rows)) or (np.zeros(0),) * 4 for kind, rows in by_kind.items()}
    )


def _figures(of: dict[str, tuple[np.ndarray, ...]]) -> dict[str, float]:
    """Each kind comes as (time_s, visit, people, value)."""
    came_s, came, people, _ = of["arrived"]
    left_s, left, _, walked_m = of["left"]
    order, order_left = np.argsort(came), np.argsort(left)
    _, first, second = np.intersect1d(came[order], left[order_left], return_indices=True)
    stays_s = left_s[order_left][second] - came_s[order][first]
    visits = max(came.size, 1)
    waits_s = of["service_started"][3]
    found = {
        "visits": came.size,
        "people": people.sum(),
        "stay min": stays_s.mean() / 60 if stays_s.size else 0.0,
        "walked m a visit": walked_m.sum() / visits,
        "wrong turns a visit": of["misled"][0].size / visits,
        "rides a visit": of["boarded"][0].size / visits,
        "wait before a ride s": of["boarded"][3].mean() if of["boarded"][3].size else 0.0,
        "stores entered a visit": of["store_entered"][0].size / visits,
        "min in a store": of["store_left"][3].mean() / 60 if of["store_left"][3].size else 0.0,
        "purchases a visit": of["purchased"][0].size / visits,
        "yuan a visit": of["purchased"][3].sum() / 100 / visits,
        "served at tills, tables, gates a visit": of["service_started"][0].size / visits,
        "wait there s": waits_s.mean() if waits_s.size else 0.0,
        "gave up waiting a 1,000 visits": 1000 * of["reneged"][0].size / visits,
        "stores found full a 1,000 visits": 1000 * of["store_refused"][0].size / visits,
        "parked a visit": of["parked"][0].size / visits,
        "events logged a visit": sum(rows[0].size for rows in of.values()) / visits,
    }
    return {name: float(value) for name, value in found.items()}
