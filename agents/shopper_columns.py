"""What a view says of each shopper: columns by name, with their units, computed from the crowd's arrays when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.crowd.agenda import PRIORITIES, ROW_BITS, ROW_MASK
from sim.crowd.engine import Crowd
from sim.crowd.positions import Places, positions_at
from sim.crowd.state import Doing, Mall, Meta
from sim.crowd.tracks import IN_UNIT
from sim.events import SegmentKind, SegmentLog
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_S
from sim.visitors import Character, Purpose

OUTSIDE = (
    Doing.SEARCHING_BAY, Doing.WALKING_FROM_CAR, Doing.WALKING_TO_CAR, Doing.DRIVING, Doing.WALKING_TO_MACHINE,
)  # fmt: skip


def present_rows(mall: Mall) -> np.ndarray:
    """Return the rows of parties on their visit, in their cars too; not of cars that stand there since last night, with nobody."""
    return np.flatnonzero((mall.shoppers["doing"] != Doing.NOTHING) & (mall.shoppers["people"] > 0))


@dataclass
class Seen:
    """What a view looks at."""

    crowd: Crowd
    compiled: CompiledPlan
    places: Places
    seed: int
    now_us: int
    _positions: dict[bytes, tuple[np.ndarray, ...]] = field(default_factory=dict)

    @property
    def mall(self) -> Mall:
        """The crowd's arrays."""
        return self.crowd.mall

    @cached_property
    def ends_us(self) -> np.ndarray:
        """When what each row does will end, by its live entry in the agenda; now where that is open."""
        mall = self.mall
        found = np.full(mall.shoppers.size, self.now_us, np.int64)
        entries = mall.heap[: mall.meta[Meta.AGENDA_SIZE]]
        row = entries[:, 2] & ROW_MASK
        is_live = (mall.shoppers["serial"][row] == entries[:, 2] >> ROW_BITS) & (mall.shoppers["has_entry"][row] == 1)
        found[row[is_live]] = entries[is_live, 0] // PRIORITIES
        return found

    def positions(self, rows: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return x_m, y_m and level of each row; nan and -1 of who is in a car or on the way to it.

        Of a walk through several legs of one zone only the last is known; who is on one before stands at the last one's beginning, which
        is less than a zone's length away.
        """
        address = rows.tobytes()
        if address not in self._positions:
            now_us = np.full(rows.size, self.now_us, np.int64)
            x_m, y_m, level = positions_at(self.places, self._segments(rows), np.arange(rows.size), now_us)
            doing, unit = self.mall.shoppers["doing"][rows], self.mall.shoppers["unit"][rows]
            at_gate = np.isin(doing, (Doing.IN_LINE, Doing.IN_SERVICE)) & (unit < 0)
            is_outside = np.isin(doing, OUTSIDE) | at_gate
            x_m[is_outside], y_m[is_outside], level[is_outside] = np.nan, np.nan, -1
            self._positions[address] = (x_m, y_m, level)
        return self._positions[address]

    def _segments(self, rows: np.ndarray) -> SegmentLog:
        """Return a segment of each row that holds its place now."""
        mall, shoppers = self.mall, self.mall.shoppers[rows]
        doing, unit, piece = shoppers["doing"], shoppers["unit"], np.maximum(shoppers["piece"], 0)
        piece_m = mall.pieces["m"][piece] if mall.pieces.size else np.zeros(rows.size)
        walks, rides = doing == Doing.WALKING, doing == Doing.RIDING
        is_inside = (unit >= 0) & np.isin(doing, IN_UNIT)
        at_border = np.isin(doing, (Doing.CROSSING, Doing.BLOCKED)) & (shoppers["leg"] >= 0)
        cases = [walks, rides, is_inside, at_border]
        kinds = (SegmentKind.WALKING, SegmentKind.RIDING, SegmentKind.INSIDE_UNIT)
        end_us = np.where(walks | rides, self.ends_us[rows], self.now_us + 1)
        stride_us = np.int64(US_PER_S * piece_m / np.maximum(shoppers["pace_mps"], 1e-3))
        end_m = np.where(rides, mall.rides["length_m"][np.maximum(shoppers["ride"], 0)] if mall.rides.size else 0.0, piece_m)
        standing_at = -1 - shoppers["node"]
        return SegmentLog(
            start_us=np.where(walks, end_us - stride_us, shoppers["since_us"]), end_us=end_us, visit=np.array(shoppers["number"]),
            people=np.array(shoppers["people"]), kind=np.select(cases[:3], kinds, SegmentKind.STANDING).astype(np.int8),
            place=np.select(cases, [piece, shoppers["ride"], unit, piece], standing_at).astype(np.int32),
            from_m=np.where(at_border, piece_m, 0.0).astype(np.float32), to_m=end_m.astype(np.float32),
            side=np.array(shoppers["side"]), tracker=np.array(shoppers["tracker"]), count=np.array([rows.size]),
        )  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of a view."""

    meaning: str
    of: Callable[[Seen, np.ndarray], Any]


def _words(names: list[str]) -> np.ndarray:
    return np.array([name.lower() for name in names])


def _shopper(name: str) -> Callable[[Seen, np.ndarray], Any]:
    return lambda seen, rows: seen.mall.shoppers[name][rows]


def _mind(name: str) -> Callable[[Seen, np.ndarray], Any]:
    return lambda seen, rows: seen.mall.minds[name][rows]


def _names(names: tuple[str, ...], indices: np.ndarray) -> np.ndarray:
    """Return the name of each index, "" of a negative one."""
    table = np.array([*names, ""])
    return table[np.where((indices >= 0) & (indices < len(names)), indices, -1)]


def _waited_s(seen: Seen, rows: np.ndarray) -> np.ndarray:
    shoppers = seen.mall.shoppers[rows]
    now_waiting = np.where(shoppers["doing"] == Doing.IN_LINE, seen.now_us - shoppers["joined_us"], 0)
    return (seen.mall.minds["waited_us"][rows] + now_waiting) / US_PER_S


_STATES, _PURPOSES, _CHARACTERS = (_words([each.name for each in kind]) for kind in (Doing, Purpose, Character))

COLUMNS = {
    "number": Column("the visit's number, an address", _shopper("number")),
    "people": Column("people in the party, or in this part of it", _shopper("people")),
    "children": Column("of them", _mind("children")),
    "purpose": Column("what the visit is for", lambda seen, rows: _PURPOSES[seen.mall.minds["purpose"][rows]]),
    "character": Column("how its first adult is with others", lambda seen, rows: _CHARACTERS[seen.mall.minds["character"][rows]]),
    "is_member": Column("whether the resident is a member", lambda seen, rows: seen.mall.minds["is_member"][rows] == 1),
    "resident": Column("row of the resident, -1 of a walk-in", _mind("resident")),
    "came_by_car": Column("whether it came by car", lambda seen, rows: seen.mall.shoppers["parking"][rows] >= 0),
    "uses_app": Column("whether it looks at the mall's app", lambda seen, rows: seen.mall.errands["uses_app"][rows] == 1),
    "state": Column("what it is doing", lambda seen, rows: _STATES[seen.mall.shoppers["doing"][rows]]),
    "unit": Column("the store that it is in, or empty", lambda seen, rows: _names(seen.compiled.unit_ids, seen.mall.shoppers["unit"][rows])),
    "goal": Column("the store that it wants to go to, or empty", lambda seen, rows: _names(seen.compiled.unit_ids, seen.mall.shoppers["goal"][rows])),
    "level": Column("the level that it is on, or empty", lambda seen, rows: _names(seen.compiled.level_ids, seen.positions(rows)[2])),
    "x_m": Column("east, in the plan's metres", lambda seen, rows: seen.positions(rows)[0]),
    "y_m": Column("north, in the plan's metres", lambda seen, rows: seen.positions(rows)[1]),
    "inside_s": Column("time since its arrival", lambda seen, rows: (seen.now_us - seen.mall.shoppers["arrived_us"][rows]) / US_PER_S),
    "waited_s": Column("time in lines so far, the present one included", _waited_s),
    "walked_m": Column("way so far, up to the last node", _shopper("walked_m")),
    "stores": Column("stores entered so far", _shopper("visits")),
    "purchases": Column("purchases so far", _mind("purchases")),
    "spent_yuan": Column("money spent so far", lambda seen, rows: seen.mall.errands["spent_fen"][rows] / 100),
    "budget_yuan": Column("money that it will not spend more than", lambda seen, rows: seen.mall.minds["budget_fen"][rows] / 100),
    "fatigue": Column("how tired it is", _mind("fatigue")),
    "satisfaction": Column("what it would think of its visit if it ended now, 0 to 1", lambda seen, rows: seen.crowd.satisfaction_at(rows, seen.now_us)),
}  # fmt: skip
