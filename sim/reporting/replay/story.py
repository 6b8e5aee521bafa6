"""What a replay tells beside positions: who came, what was bought and read, how full car parks are, and 500 visits in full."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.categories import CATEGORIES
from sim.events import EventKind
from sim.promos import FATE_SLOTS, Fate
from sim.reporting.replay.journal import line_of
from sim.reporting.replay.notes import FOLLOWED, followed_words
from sim.reporting.replay.pack import Block
from sim.reporting.replay.source import Source
from sim.reporting.replay.thin import GRID_M, TICK_US, Keypoints
from sim.units import US_PER_MIN
from sim.visitors import Purpose

MEMBER, BY_CAR, WITH_CHILDREN, PART = 1, 2, 4, 8
NO_PURPOSE = 255
HAPPENED = {  # what pops up on the plan, and makes offers held
    EventKind.MESSAGE_READ: 0, EventKind.COUPON_CLAIMED: 1, EventKind.COUPON_USED: 2, EventKind.COUPON_LAPSED: 3,
}  # fmt: skip


def add_visits(block: Block, source: Source) -> None:
    """Add the columns of visits: numbers, what they are for, and marks (MEMBER, BY_CAR, WITH_CHILDREN, PART)."""
    events, rows = source.events, source.number.size
    purpose, marks = np.full(rows, NO_PURPOSE, np.uint8), np.zeros(rows, np.uint8)

    def of(kind: EventKind) -> tuple[np.ndarray, np.ndarray]:
        at = np.flatnonzero(events.kind == kind)
        whose = source.row_of(events.visit[at])
        return at[whose >= 0], whose[whose >= 0]

    at, whose = of(EventKind.VISIT_JUDGED)
    purpose[whose] = events.place[at]
    at, whose = of(EventKind.ARRIVED)
    marks[whose[events.value[at] == 1]] |= BY_CAR
    for kind, mark in (
        (EventKind.FAMILY_CAME, WITH_CHILDREN),
        (EventKind.MEMBER_CAME, MEMBER),
        (EventKind.MEMBER_PAID, MEMBER),
    ):
        marks[of(kind)[1]] |= mark
    if source.notes:
        whose = source.row_of(source.notes["number"])
        seen = whose >= 0
        purpose[whose[seen]] = source.notes["purpose"][seen]
        marks[whose[seen & (source.notes["is_member"] > 0)]] |= MEMBER
    at, whose = of(EventKind.SPLIT)
    parts = source.row_of(events.value[at])
    purpose[parts[parts >= 0]] = purpose[whose[parts >= 0]]
    marks[parts[parts >= 0]] |= PART
    block.plain("number_low", (source.number & 0xFFFFFFFF).astype(np.uint32))
    block.plain("number_high", (source.number >> 32).astype(np.uint32))
    block.plain("purpose", purpose)
    block.plain("marks", marks)


def add_sales(block: Block, source: Source) -> None:
    """Add what was bought, in order of visit and time."""
    events = source.events
    at = np.flatnonzero(events.kind == EventKind.PURCHASED)
    rows = source.row_of(events.visit[at])
    at, rows = at[rows >= 0], rows[rows >= 0]
    order = np.lexsort((at, rows))
    at, rows = at[order], rows[order]
    block.whole("sale_visit", np.diff(rows, prepend=0))
    block.whole("sale_tick", np.maximum(events.time_us[at] - source.first_us[rows], 0) // TICK_US)
    block.whole("sale_unit", events.place[at])
    block.whole("sale_fen", np.maximum(events.value[at], 0))


def add_happened(block: Block, source: Source) -> None:
    """Add messages read and coupons taken, used and lapsed, in order of time."""
    events = source.events
    is_unread = (events.kind == EventKind.MESSAGE_READ) & (events.value % FATE_SLOTS < Fate.OPENED)
    at = np.flatnonzero(np.isin(events.kind, list(HAPPENED)) & ~is_unread)
    rows = source.row_of(events.visit[at])
    at, rows = at[rows >= 0], rows[rows >= 0]
    codes = np.array([HAPPENED[EventKind(kind)] for kind in events.kind[at].tolist()], np.uint8)
    block.whole("happened_tick", np.diff(events.time_us[at] // TICK_US, prepend=0))
    block.whole("happened_visit", rows)
    block.plain("happened_what", codes)
    block.whole("happened_which", np.maximum(events.place[at], 0))


def add_parking(block: Block, source: Source) -> None:
    """Add how many bays of each car park are taken at the end of each minute, car park by car park."""
    events, names = source.events, source.compiled.parking_ids
    index = {name: nth for nth, name in enumerate(names)}
    of_word = np.array([index.get(word.rpartition(":")[0], -1) for word in events.words] + [-1])
    minutes = int(events.time_us.max(initial=0)) // US_PER_MIN + 1
    taken = np.zeros((len(names), minutes), np.int64)
    for kind, sign in ((EventKind.BAY_TAKEN, 1), (EventKind.BAY_LEFT, -1)):
        at = np.flatnonzero(events.kind == kind)
        park = of_word[events.place_word[at]]
        np.add.at(taken, (park[park >= 0], events.time_us[at][park >= 0] // US_PER_MIN), sign)
    block.signed("parked_cars", np.diff(np.cumsum(taken, axis=1), axis=1, prepend=0).ravel())


def people_inside(points: Keypoints) -> list[int]:
    """Return how many people are in the mall at the end of each minute."""
    if not points.tick.size:
        return []
    people = points.people.astype(np.int64) % 128
    is_first = np.concatenate([[True], points.visit[1:] != points.visit[:-1]])
    is_last = np.concatenate([points.visit[1:] != points.visit[:-1], [True]])
    more = np.where(is_last, 0, people) - np.where(is_first, 0, np.concatenate([[0], people[:-1]]))
    changes = np.zeros(int(points.tick.max()) * TICK_US // US_PER_MIN + 2, np.int64)
    np.add.at(changes, points.tick.astype(np.int64) * TICK_US // US_PER_MIN, more)
    return [int(inside) for inside in np.cumsum(changes)]


def followed_of(source: Source) -> np.ndarray:
    """Return the rows of the visits that are told in full, ascending: drawn by number among those located where any were."""
    rows = source.row_of(np.unique(source.fixes["visit"])) if source.fixes else np.arange(source.number.size)
    rows = rows[rows >= 0]
    words = followed_words(source.number[rows])
    return np.sort(rows[np.argsort(words, kind="stable")[:FOLLOWED]])


def add_fixes(block: Block, source: Source, followed: np.ndarray, corner_m: tuple[float, float]) -> None:
    """Add where the followed were believed to be, visit by visit."""
    rows = source.row_of(source.fixes["visit"]) if source.fixes else np.zeros(0, np.int64)
    at = np.flatnonzero(np.isin(rows, followed))
    at = at[np.lexsort((source.fixes["time_us"][at], rows[at]))] if at.size else at
    columns = {name: source.fixes[name][at] if at.size else np.zeros(0) for name in ("time_us", "level", "x_m", "y_m")}
    counts = np.searchsorted(rows[at], followed, "right") - np.searchsorted(rows[at], followed)
    block.whole("fix_count", counts)
    block.whole("fix_tick", columns["time_us"] // TICK_US)
    block.plain("fix_level", columns["level"].astype(np.uint8))
    for axis, corner in (("x", corner_m[0]), ("y", corner_m[1])):
        block.signed(f"fix_{axis}", np.rint((columns[f"{axis}_m"] - corner) / GRID_M))


def journals(source: Source, followed: np.ndarray) -> list[dict[str, Any]]:
    """Return what is known of each followed visit: what it brought, and what befell it."""
    events, compiled = source.events, source.compiled
    whose = source.row_of(events.visit)
    at = np.flatnonzero(np.isin(whose, followed))
    at = at[np.lexsort((at, whose[at]))]
    starts = np.searchsorted(whose[at], followed)
    ends = np.searchsorted(whose[at], followed, "right")
    tenant = dict(zip(compiled.unit_ids, compiled.tenant_names, strict=True))
    brought = _brought(source, followed)
    found = []
    for nth, row in enumerate(followed.tolist()):
        lines = []
        for index in at[starts[nth] : ends[nth]].tolist():
            word = events.words[events.place_word[index]] if events.place_word[index] >= 0 else ""
            place = tenant.get(word.rpartition(":")[2], word)
            line = line_of(
                int(events.time_us[index]), int(events.kind[index]), place, int(events.place[index]), int(events.value[index]), source.offers
            )  # fmt: skip
            if line:
                lines.append([line[0] // TICK_US, *line[1:]])
        found.append({"visit": row, "lines": lines, **brought.get(row, {})})
    return found


def _brought(source: Source, followed: np.ndarray) -> dict[int, dict[str, Any]]:
    notes = source.notes
    if not notes:
        return {}
    rows = source.row_of(notes["number"])
    needs = np.stack([notes[name] for name in sorted(name for name in notes if name.startswith("need_"))], axis=1)
    return {
        int(rows[at]): {
            "agenda": [CATEGORIES[need] for need in needs[at].tolist() if need >= 0],
            "points_centi": int(notes["points_centi"][at]),
            "is_member": bool(notes["is_member"][at]),
        }
        for at in np.flatnonzero(np.isin(rows, followed)).tolist()
    }


PURPOSES = [purpose.name.lower().replace("_", " ") for purpose in Purpose]
