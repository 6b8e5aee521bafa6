"""The line between tills and ledger by the clock: when it is down, and what is settled once it is back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.points.gateway_records import HINDRANCES, Hindrance
from sim.crowd.points.receipts import worth_fen
from sim.errors import ConfigError, Problem
from sim.events import EventKind
from sim.ledger.accounts import CLEARING_TENANT, FIRST_TENANT
from sim.ledger.clearing import settle_stand_in, stood_in_for
from sim.ledger.records import Count
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_DAY, US_PER_MIN, minutes_from_hours


@dataclass
class LineOutage:
    """Cuts the tills of some units off the ledger at `next_us`, and joins them again after `lasts_us`."""

    crowd: Crowd
    units: np.ndarray
    lasts_us: int
    rank: int
    next_us: int | None
    is_over: bool = True

    def act(self, now_us: int) -> None:
        """Cut off, or join again and settle what was stood in for."""
        self.is_over = not self.is_over
        self.crowd.mall.gateways["is_up"][self.units] = int(self.is_over)
        if self.is_over:
            settle_stood_in(self.crowd, now_us)
        self.next_us = None if self.is_over else now_us + self.lasts_us


def settle_stood_in(crowd: Crowd, now_us: int) -> None:
    """Post what was stood in for, in the order of its requests; what has waited too long is void, and the merchant bears it."""
    book, units = crowd.ledger.book, len(crowd.ledger.unit_ids)
    time_us = now_us + int(book.book_counts[Count.MIDNIGHT_US])
    for points, money in stood_in_for(book, int(book.book_counts[Count.PENDINGS])):
        crowd.make_room_in_books()
        book = crowd.ledger.book
        unit = int(book.pendings["credit"][money]) - FIRST_TENANT
        unit -= units + CLEARING_TENANT if unit >= units else 0  # on its account of obligations
        if crowd.mall.gateways["is_up"][unit] == 0:
            continue
        centi, fen = int(book.pendings["amount"][points]), int(book.pendings["amount"][money])
        is_in_time = time_us < int(book.pendings["expires_us"][money])
        ids = int(book.pendings["id"][points]), int(book.pendings["id"][money])
        if settle_stand_in(book, now_us, points, ids[0], money, ids[1], is_in_time) != 0:
            is_in_time = False  # the books do not allow it any more
            refusal = settle_stand_in(book, now_us, points, ids[0], money, ids[1], is_in_time)
            assert refusal == 0
        if not is_in_time:
            terms = crowd.mall.terms[unit]
            terms["burned_centi"] -= centi
            terms["burned_fen"] -= worth_fen(centi, int(crowd.mall.params["face_fen"][0]))
            terms["redeemed_fen"] -= worth_fen(centi, int(crowd.mall.params["redemption_fen"][0]))
            crowd.note_of_unit(now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * fen + Hindrance.VOIDED)


def line_outages_of(
    crowd: Crowd, compiled: CompiledPlan, config: RunConfig, until_us: int, first_rank: int = 700
) -> list[LineOutage]:
    """Return the day's outages: the scheduled one and those at random; raises ConfigError for units that the plan lacks."""
    gateway = config.clearing.gateway
    units = len(compiled.unit_ids)
    found = []
    names = [name.strip() for name in gateway.down_at.split(",") if name.strip()]
    missing = [name for name in names if name not in compiled.unit_ids]
    if missing:
        rule = f"floor plan {compiled.name!r} has no unit of this id"
        way_out = f"`galleria floorplan show {compiled.name}` lists them, {compiled.unit_ids[0]!r} for instance"
        raise ConfigError.of("scenario", [Problem("clearing.gateway.down_at", repr(name), rule, way_out) for name in missing])
    lasts_us = round(gateway.down_min * US_PER_MIN)
    if gateway.down_from:
        at = np.array([compiled.unit_ids.index(name) for name in names] or range(units), np.int64)
        starts_us = minutes_from_hours(gateway.down_from) * US_PER_MIN
        found.append(LineOutage(crowd, at, min(lasts_us, until_us - starts_us), first_rank, starts_us))
    for starts_us, lasts_us in _at_random(config, int(crowd.ledger.book.book_counts[Count.MIDNIGHT_US]) // US_PER_DAY):
        lasts_us = min(lasts_us, until_us - starts_us)
        found.append(LineOutage(crowd, np.arange(units), lasts_us, first_rank + len(found), starts_us))
    return found


def _at_random(config: RunConfig, day: int) -> list[tuple[int, int]]:
    """Return starts and lengths of the day's random outages: a Poisson process, what would begin before the last is over left out."""
    gateway = config.clearing.gateway
    mean_us = gateway.outage_min_mean * US_PER_MIN
    found: list[tuple[int, int]] = []
    key, time_us, count = stream_key(config.seed, "gateway outages"), 0.0, 0
    while gateway.outages_per_day > 0:
        gap, length = -np.log(uniforms(key, np.array([day, day]), np.array([2 * count, 2 * count + 1])))
        time_us += float(gap) * US_PER_DAY / gateway.outages_per_day
        count += 1
        if time_us >= US_PER_DAY:
            break
        starts_us, lasts_us = math.floor(time_us), max(1, math.floor(float(length) * mean_us))
        if not found or starts_us > sum(found[-1]):
            found.append((starts_us, lasts_us))
    return found
