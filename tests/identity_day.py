"""A made-up day of visits, as the log-in page, the app and the tills see it: arrivals, purchases and leavings without a crowd."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from agents.digital import app_states, navigates, phones_of
from agents.parties import Persons, party_sizes
from sim.catchment import residents_expected
from sim.config import RunConfig
from sim.events import EventKind, EventLog
from sim.random_streams import draw_words, stable_key, stream_key, uniforms
from sim.sensing.identity.identity import Identity, Known, address_of
from sim.sensing.observations import ObservedRows, together
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.visitors import Phones, Visitors, empty_visitors

UNITS = tuple(f"u{index:02d}" for index in range(40))
TRADES = ("fashion", "cafe", "restaurant", "cinema")
STREET = SimpleNamespace(
    unit_ids=UNITS,
    tenant_categories=TRADES * 10,
    arrays=SimpleNamespace(unit_key=np.array([stable_key(name) for name in UNITS])),
)
OPENS_US, CLOSES_US, END_US = (hour * US_PER_HOUR for hour in (10, 22, 26))


@dataclass(frozen=True)
class Day:
    """Who came, what happened, and what the mall's systems made of it."""

    visitors: Visitors
    phones: Phones
    log: EventLog
    identity: Identity
    rows: ObservedRows
    associated: tuple[np.ndarray, np.ndarray]
    profiles: np.ndarray  # of the phones associated, when they were

    def rows_of(self, sensor: str, kind: str) -> ObservedRows:
        """Return the rows of one kind."""
        which = (self.rows.sensor == sensor) & (self.rows.kind == kind)
        return ObservedRows(*(column[which] for column in self.rows))


def visitors_of(config: RunConfig, visits: int) -> Visitors:
    """Return a Saturday's parties, spread evenly over the opening hours; a third come by car."""
    number = (draw_words(stream_key(config.seed, f"made-up day {config.date}"), np.arange(visits), 0) >> np.uint64(1)).astype(
        np.int64
    )
    arrive_us = OPENS_US + (np.arange(visits) + 0.5) * (CLOSES_US - OPENS_US - US_PER_HOUR) / visits
    found = empty_visitors(visits)._replace(
        number=number,
        arrive_us=arrive_us.astype(np.int64),
        people=party_sizes(config.population.party_lambda_weekend, _draw("people", number)),
        stay_s=60.0 + 6000.0 * _draw("stay", number),
        parking=np.where(_draw("car", number) < 1 / 3, 0, -1).astype(np.int32),
    )
    first = first_of(config, number)
    app = app_states(config, first, members_among(config, first))
    return found._replace(navigates=navigates(config, number, app))


def first_of(config: RunConfig, number: np.ndarray, ordinal: np.ndarray | int = 0) -> np.ndarray:
    """Return which resident a person of each visit is: most come seldom, some often."""
    return (_draw("resident", number, ordinal) ** 1.6 * residents_expected(config)).astype(np.int64)


def members_among(config: RunConfig, residents: np.ndarray) -> np.ndarray:
    """Return who is a member already (int8): digital.member_share of all residents."""
    return (_draw("member", residents) < config.digital.member_share).astype(np.int8)


def persons_of(config: RunConfig, visitors: Visitors) -> Persons:
    """Return the people of the parties who are old enough for a phone, all of them residents, whose number is their address too."""
    party = np.repeat(np.arange(visitors.number.size, dtype=np.int32), visitors.people)
    ordinal = np.arange(party.size) - np.repeat(np.cumsum(visitors.people) - visitors.people, visitors.people)
    has_phone = (ordinal == 0) | (_draw("adult", visitors.number[party], ordinal) < config.digital.adult_share)
    party, ordinal = party[has_phone], ordinal[has_phone]
    resident = first_of(config, visitors.number[party], ordinal)
    plate_key = first_of(config, visitors.number)[party]
    is_member = members_among(config, resident)
    app = app_states(config, resident, is_member)
    return Persons(party, ordinal.astype(np.int8), resident, resident, is_member, app, plate_key)


def log_of(visitors: Visitors) -> EventLog:
    """Return arrivals, two purchases of each party somewhere in its stay, and leavings."""
    number = visitors.number
    stay_us = (visitors.stay_s * 1e6).astype(np.int64)
    events = [(visitors.arrive_us, EventKind.ARRIVED, 0 * number, 0 * number)]
    for purchase in range(2):
        unit = (_draw("unit", number, purchase) * len(UNITS)).astype(np.int64)
        fen = 100 + (_draw("fen", number, purchase) * 30_000).astype(np.int64)
        bought_us = visitors.arrive_us + (_draw("when", number, purchase) * stay_us).astype(np.int64)
        events.append((bought_us, EventKind.PURCHASED, unit, fen))
    events.append((visitors.arrive_us + stay_us, EventKind.LEFT, 0 * number, 0 * number))
    time_us, place, value = (np.concatenate([event[column] for event in events]) for column in (0, 2, 3))
    kind = np.repeat([int(event[1]) for event in events], number.size).astype(np.int8)
    visit, people = np.tile(number, len(events)), np.tile(visitors.people.astype(np.int8), len(events))
    order = np.lexsort((visit, time_us))
    columns = (time_us, kind, visit, people, place.astype(np.int32), value)
    return EventLog(*(column[order] for column in columns), np.array([order.size, 0]))


def lived(
    config: RunConfig,
    visits: int = 4000,
    known: Known | None = None,
    every_min: int = 30,
    batch_min: int = 60,
    tick_min: int | None = None,
    visitors: Visitors | None = None,
    is_on: np.ndarray | None = None,
    switch: Callable[[int], None] = lambda now_us: None,
) -> Day:
    """Let the day happen: a batch every `batch_min`, a reading every `every_min`, associations asked for every `tick_min`.

    `is_on`: the switches of the access points, which `switch` may change after what was asked for at an instant.
    """
    visitors = visitors_of(config, visits) if visitors is None else visitors
    log, reads, joined = log_of(visitors), [], []
    _lock(visitors, log)
    identity = Identity(config, STREET, known, is_on)  # type: ignore[arg-type]
    done = admitted = followed = 0
    addresses, profiles = np.zeros(0, np.int64), []
    for now_us in range(OPENS_US, END_US, (tick_min or every_min) * US_PER_MIN):
        if (now_us - OPENS_US) % (batch_min * US_PER_MIN) == 0:
            until = int(np.searchsorted(visitors.arrive_us, now_us + batch_min * US_PER_MIN))
            batch = Visitors(*(column[admitted:until] for column in visitors))
            phones, admitted = phones_of(config, batch, persons_of(config, batch)), until
            _lock(phones)
            rows = np.where(phones.wifi_on == 1, followed + np.arange(phones.party.size), -1).astype(np.int32)
            identity.admit(batch, phones, rows)
            followed += phones.party.size
            addresses = np.concatenate([addresses, address_of(phones.key)])
        end = int(np.searchsorted(log.time_us, now_us))
        identity.take(log, done, end)
        done = end
        joined.append(identity.associated(now_us))
        profiles.append(identity.profile_of(addresses[joined[-1][0]]))
        if (now_us - OPENS_US) % (every_min * US_PER_MIN) == 0:
            reads.append(identity.read(now_us))
        switch(now_us)
    identity.take(log, done, int(log.count[0]))
    joined.append(identity.associated(END_US))
    profiles.append(identity.profile_of(addresses[joined[-1][0]]))
    reads.append(identity.read(END_US))
    phones = phones_of(config, visitors, persons_of(config, visitors))
    associated = (np.concatenate([rows for rows, _ in joined]), np.concatenate([at_us for _, at_us in joined]))
    return Day(visitors, phones, log, identity, together(reads), associated, np.concatenate(profiles))


def configured(date: str = "2026-11-21", **identity: Any) -> RunConfig:
    """Return the defaults with some keys of sensing.identity changed."""
    config = RunConfig(seed=3, date=date)
    return dataclasses.replace(
        config, sensing=dataclasses.replace(config.sensing, identity=dataclasses.replace(config.sensing.identity, **identity))
    )


def _draw(purpose: str, number: np.ndarray, count: np.ndarray | int = 0) -> np.ndarray:
    return uniforms(stream_key(0, f"made-up {purpose}"), number, count)


def _lock(*batches: Any) -> None:
    for column in (column for batch in batches for column in batch):
        column.setflags(write=False)
