"""Phones made up by rule, and days on which sensors follow them, for tests of what they make of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.crowd.engine import Taken
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_words, stream_key, uniforms
from sim.sensing.positioning.fixes import Positioning
from sim.sensing.positioning.kit import Kit
from sim.sensing.positioning.methods import Scanned
from sim.sensing.positioning.phones import OFFSET_CLASSES, PhoneTable
from sim.units import US_PER_MIN
from sim.visitors import NEVER_US, Phones, Visitors, no_phones
from tests.engine_days import CLOSES_US, END_US, opened, parties

OPENS_US = 600 * US_PER_MIN
PHONE_KEY, HABIT_KEY = stream_key(0, "a phone of a test"), stream_key(0, "habits of a phone of a test")


def phones_of(visitors: Visitors, wifi_on_share: float = 0.85) -> Phones:
    """Return two phones for parties of two and more, one for the others."""
    count = np.minimum(visitors.people, 2).astype(np.int64)
    party = np.repeat(np.arange(count.size), count).astype(np.int32)
    ordinal = (np.arange(party.size) - np.repeat(np.cumsum(count) - count, count)).astype(np.int8)
    key = (draw_words(PHONE_KEY, visitors.number[party], ordinal) >> np.uint64(1)).view(np.int64)
    empty = no_phones()
    columns = {name: np.zeros(party.size, getattr(empty, name).dtype) for name in Phones._fields}
    columns |= {
        "party": party, "ordinal": ordinal, "key": key, "resident": key,
        "wifi_on": (uniforms(HABIT_KEY, key, 0) < wifi_on_share).astype(np.int8),
        "offset": ndtri(uniforms(HABIT_KEY, key, 1)), "dies_us": np.full(party.size, NEVER_US, np.int64),
    }  # fmt: skip
    return Phones(**columns)


def scans_on_the_floor(compiled: CompiledPlan, count: int, offset_db: float = 4.0, way_m: float = 0.0) -> Scanned:
    """Return scans of as many phones at places where people can be; `way_m` from where each was ten seconds before."""
    rooms = compiled.rooms
    assert rooms is not None
    _, rows, columns = rooms.room.shape
    member = np.flatnonzero(rooms.standing == np.arange(rows * columns).reshape(rows, columns))
    row = np.arange(count, dtype=np.int32)
    draws = [uniforms(HABIT_KEY, row, 2 + index) for index in range(5)]
    level, cell = np.divmod(member[(draws[0] * member.size).astype(np.int64)], rows * columns)
    x_m = rooms.origin_x_m + (cell % columns + draws[1]) * rooms.cell_m
    y_m = rooms.origin_y_m + (cell // columns + draws[2]) * rooms.cell_m
    angle = 2 * np.pi * draws[4]
    return Scanned(
        row, row.astype(np.int64), row.astype(np.int64), offset_db * ndtri(draws[3]), (draws[3] * OFFSET_CLASSES).astype(np.int8),
        level.astype(np.int32), x_m, y_m, x_m - way_m * np.cos(angle), y_m - way_m * np.sin(angle),
    )  # fmt: skip


@dataclass(frozen=True)
class Followed:
    """All fixes of a day with the truth beside them, and what else came of it."""

    fixes: dict[str, np.ndarray]  # FixRows' columns, and key, visit, true_level, true_x_m, true_y_m
    segments: np.ndarray  # state.SEGMENT records of the day, in the order in which they were handed over
    phones: PhoneTable


def follow(
    compiled: CompiledPlan, config: RunConfig, kit: Kit | None = None, joins_share: float = 0.5, batch_min: int = 60,
    releases: bool = True, pieces: int = 1,
) -> Followed:  # fmt: skip
    """Let a day happen and ask for the places of phones on the configured cadence; segments come in `pieces` at a time."""
    every_us = round(config.sensing.positioning.every_s * 1e6)
    table = PhoneTable(config, OPENS_US, OPENS_US + every_us)
    positioning = Positioning(compiled, config, kit or Kit(compiled, config), table)
    segments, left, ticks = [], [], []

    def take() -> None:
        found = crowd.recent_segments()
        for part in np.array_split(np.arange(found.size), pieces):
            if part.size:
                positioning.take(found[part[0] : part[-1] + 1])
        segments.append(np.array(found))

    def on_flush(taken: Taken) -> None:
        take()
        left.append(taken.events.visit[np.isin(taken.events.kind, (EventKind.LEFT, EventKind.TURNED_AWAY))].copy())

    crowd = opened(compiled, config, [])
    crowd._on_flush = on_flush
    whole = parties(config, compiled)
    now_us = OPENS_US
    while now_us < END_US:
        if now_us < CLOSES_US and (now_us - OPENS_US) % (batch_min * US_PER_MIN) == 0:
            crowd._flush()
            if releases and left:
                table.release(np.concatenate(left))
                left.clear()
            coming = (whole.arrive_us >= now_us) & (whole.arrive_us < now_us + batch_min * US_PER_MIN)
            batch = Visitors(*(column[coming] for column in whole))
            phones = phones_of(batch)
            trackers, rows = table.admit(batch, phones)
            table.associate(rows[phones.key % 1000 < 1000 * joins_share], now_us)
            crowd.admit(batch, trackers)
        now_us += every_us
        crowd.advance_to(now_us)
        take()
        crowd.forget_segments()
        if now_us == CLOSES_US:
            crowd.controls.mall_is_open[0] = 0
            crowd.controls.unit_is_open[:] = 0
            crowd.switched(now_us)
        tick = positioning.tick(now_us, crowd.open_segments(now_us))
        ticks.append({
            **tick.fixes._asdict(), "key": table.phones["key"][tick.rows], "visit": table.phones["visit"][tick.rows],
            "true_level": tick.true_level, "true_x_m": tick.true_x_m, "true_y_m": tick.true_y_m,
        })  # fmt: skip
    fixes = {name: np.concatenate([tick[name] for tick in ticks]) for name in ticks[0]}
    return Followed(fixes, np.concatenate(segments), table)
