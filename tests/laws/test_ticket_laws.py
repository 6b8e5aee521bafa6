"""Tickets drawn from afar: nobody is lost, the order is one, and what nobody uses changes nobody's day."""

from __future__ import annotations

import hashlib

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.events import EventKind
from sim.units import US_PER_MIN, US_PER_S
from tests.engine_days import CLOSES_US, COLUMNS, END_US, corner_mall, day_config, opened, parties

BAKERY = 0  # its tables, in the small mall of three stores
LOOK_US = 60 * US_PER_S


def busy_bakery(**tickets: float) -> RunConfig:
    """Return a Saturday on which the bakery has four tables, all of one size, for three hundred visits."""
    config = day_config(300.0)
    config.categories["cafe"].tables = True
    config.food.counter.m2_per_seat, config.food.counter.table_shares = 5.5, [0.0, 0.0, 1.0, 0.0]
    config.population.car_share = 0.0  # the app also pays for parking
    config.food.rating_weight = 0.0  # ratings are read in the app too
    config.categories["cafe"].appeal = 5.0
    config.choice.meal_share = 0.9
    config.queues.tickets.wait_s_min = 60.0
    for name, value in tickets.items():
        setattr(config.queues.tickets, name, value)
    return config


def a_day(
    config: RunConfig, *, uses_app: int = 1, tickets: int = 1, is_shown: int = 0, stops_us: tuple[int, ...] = ()
) -> tuple[dict[str, np.ndarray], Crowd]:
    """Return the events of a day on which operations look at tickets every minute, and the crowd when all is over."""
    compiled, taken = corner_mall(), []
    crowd: Crowd = opened(compiled, config, taken)
    visitors = parties(config, compiled)
    crowd.admit(visitors._replace(uses_app=np.full(visitors.number.size, uses_app, np.int8)))
    crowd.controls.takes_tickets[BAKERY] = tickets
    crowd.controls.station_is_shown[BAKERY] = is_shown
    crowd.controls.shown_wait_s[BAKERY] = 900.0
    for look_us in sorted({*range(600 * US_PER_MIN, CLOSES_US, LOOK_US), *stops_us}):
        crowd.advance_to(look_us)
        if look_us % LOOK_US == 0:
            crowd.switched(look_us)
    crowd.advance_to(CLOSES_US)
    crowd.controls.mall_is_open[0] = 0
    crowd.controls.unit_is_open[:] = 0
    crowd.switched(CLOSES_US)
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    return {name: np.concatenate([getattr(part.events, name) for part in taken]) for name in COLUMNS}, crowd


def digest(events: dict[str, np.ndarray]) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(column).tobytes() for column in events.values())).hexdigest()


def count(events: dict[str, np.ndarray], kind: EventKind) -> int:
    return int((events["kind"] == kind).sum())


def test_every_ticket_is_shown_at_the_line_or_void_and_everybody_goes_home():
    events, crowd = a_day(busy_bakery())

    holders: dict[int, str] = {}
    ends = []
    for kind, visit, place in zip(events["kind"], events["visit"], events["place"], strict=True):
        if kind == EventKind.TICKET_TAKEN:
            assert holders.setdefault(int(visit), "holds") == "holds"
        elif kind == EventKind.TICKET_VOID:
            assert holders.pop(int(visit)) == "holds"
            ends.append("void")
        elif kind in (EventKind.QUEUE_JOINED, EventKind.BALKED) and place == BAKERY and holders.pop(int(visit), ""):
            ends.append("shown")
    assert holders == {}
    assert len(ends) == count(events, EventKind.TICKET_TAKEN) > 20
    assert ends.count("shown") > 20
    assert crowd.mall.stations["tickets"].sum() == 0
    assert crowd.mall.stations["ticket_head"][BAKERY] == crowd.mall.stations["ticket_tail"][BAKERY] == -1
    assert crowd.people_inside == 0
    assert count(events, EventKind.ARRIVED) == count(events, EventKind.LEFT)


def test_whoever_stands_in_line_is_seated_by_the_instant_of_joining_or_of_drawing_the_ticket():
    events, _ = a_day(busy_bakery(no_show_share=0.3))
    drawn: dict[int, int] = {}
    standing: dict[int, int] = {}
    overtaken = 0

    for time_us, kind, visit, place in zip(
        *(events[name].tolist() for name in ("time_us", "kind", "visit", "place")), strict=True
    ):
        if kind == EventKind.TICKET_TAKEN:
            drawn[visit] = time_us
        elif kind == EventKind.TICKET_VOID:
            drawn.pop(visit)
        elif place != BAKERY:
            continue
        elif kind == EventKind.QUEUE_JOINED:
            mine_us = drawn.pop(visit, time_us)
            overtaken += sum(other_us > mine_us for other_us in standing.values())
            standing[visit] = mine_us
        elif kind == EventKind.RENEGED:
            del standing[visit]
        elif kind == EventKind.SERVICE_STARTED:
            mine_us = standing.pop(visit)
            assert all(mine_us <= other_us for other_us in standing.values())
    assert overtaken > 0


def test_tickets_and_displays_that_nobody_looks_at_change_no_byte():
    config = busy_bakery()
    config.queues.displays.audience = "app"

    plain = a_day(config, uses_app=0, tickets=0)[0]

    assert digest(a_day(config, uses_app=0, tickets=1)[0]) == digest(plain)
    assert digest(a_day(config, uses_app=0, tickets=0, is_shown=1)[0]) == digest(plain)
    assert digest(a_day(config, uses_app=1, tickets=0)[0]) == digest(plain)


def test_how_often_the_clock_stops_and_the_log_is_flushed_changes_no_byte():
    config = busy_bakery()
    config.queues.displays.audience = "app"
    plain = digest(a_day(config, is_shown=1)[0])

    assert digest(a_day(config, is_shown=1, stops_us=tuple(range(36_000_000_007, CLOSES_US, 977_000_003)))[0]) == plain
    config.engine.log_rows = 1000
    assert digest(a_day(config, is_shown=1)[0]) == plain


def test_whoever_ignores_every_call_or_comes_too_late_loses_its_place_and_no_more():
    ignored, _ = a_day(busy_bakery(no_show_share=1.0))
    in_a_hurry = busy_bakery(grace_s=0.0, lead_s=0.0, walk_s_default=0.0, no_show_share=0.0)
    in_a_hurry.population.visits_per_day = 500.0
    hurried, _ = a_day(in_a_hurry)

    called = ignored["kind"] == EventKind.TICKET_CALLED
    assert count(ignored, EventKind.TICKET_VOID) >= called.sum() > 0
    assert count(hurried, EventKind.TICKET_VOID) > 0
    assert count(hurried, EventKind.ARRIVED) == count(hurried, EventKind.LEFT)


def test_a_wait_shown_that_nobody_would_bear_turns_away_all_who_read_it_and_none_else():
    config = busy_bakery()
    config.queues.displays.audience = "app"
    compiled, taken = corner_mall(), []
    crowd = opened(compiled, config, taken)
    visitors = parties(config, compiled)
    crowd.admit(visitors._replace(uses_app=(visitors.number % 2).astype(np.int8)))
    crowd.controls.station_is_shown[BAKERY], crowd.controls.shown_wait_s[BAKERY] = 1, 1e8
    crowd.advance_to(CLOSES_US)
    crowd.finish(CLOSES_US)
    events = {name: np.concatenate([getattr(part.events, name) for part in taken]) for name in COLUMNS}

    at_bakery = events["place"] == BAKERY
    joined = set(events["visit"][at_bakery & (events["kind"] == EventKind.QUEUE_JOINED)].tolist())
    deterred = set(events["visit"][events["kind"] == EventKind.DETERRED].tolist())
    readers = set(visitors.number[visitors.number % 2 == 1].tolist())
    assert joined
    assert joined.isdisjoint(readers)
    assert deterred <= readers


def test_only_who_can_eat_later_puts_a_meal_off_and_never_more_often_than_allowed():
    config = busy_bakery()
    config.queues.shifting.flexible_share, config.queues.shifting.times_max = 1.0, 2
    config.queues.shifting.incentive = 3.0
    events, _ = a_day(config, uses_app=0, tickets=0)
    config.queues.shifting.flexible_share = 0.0
    rigid, _ = a_day(config, uses_app=0, tickets=0)

    put_off = events["kind"] == EventKind.MEAL_PUT_OFF
    visits, times = np.unique(events["visit"][put_off], return_counts=True)
    assert visits.size > 0
    assert times.max() <= 2
    assert (events["value"][put_off] == 45 * US_PER_MIN).all()
    assert count(rigid, EventKind.MEAL_PUT_OFF) == 0
