"""Tickets and displays by hand: when a party is called, when its place is lost, and what a display shows."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config import RunConfig, problems_of
from sim.crowd.engine import Crowd
from sim.crowd.state import Role
from sim.crowd.ticket_records import TicketState
from sim.events import EventKind
from sim.operations.displays import Displays, displays_of
from sim.operations.hours import hours_of
from sim.units import US_PER_S
from tests.engine_days import corner_mall, day_config, opened

BAKERY = 0
NOON_US = 12 * 3600 * US_PER_S


def two_tickets(servers: int, **tickets: float) -> Crowd:
    """Return a mall whose bakery has all tables taken, meals of 600 s, nobody in line, and tickets of two parties, rows 0 and 1."""
    config = day_config(1.0)
    config.categories["cafe"].tables = True
    config.queues.tickets.no_show_share = 0.0
    for name, value in tickets.items():
        setattr(config.queues.tickets, name, value)
    crowd = opened(corner_mall(), config, [])
    mall, here = crowd.mall, crowd.mall.stations[BAKERY]
    here.service_s_mean, here.servers_open, here.busy, here.takes_tickets = 600.0, servers, servers, 1
    here.ticket_head, here.ticket_tail, here.tickets = 0, 1, 2
    for row, (before, after) in enumerate([(-1, 1), (0, -1)]):
        mall.shoppers[row].number = row
        errand = mall.errands[row]
        errand.ticket_station, errand.ticket_state, errand.ticket_taken_us = BAKERY, TicketState.WAITING, NOON_US + row
        errand.ticket_walk_us, errand.ticket_prev, errand.ticket_next = 240 * US_PER_S, before, after
    return crowd


def looked_at(crowd: Crowd, second: int) -> list[tuple[int, int, int]]:
    """Return the (kind, visit, seconds) of the events that follow when operations look at tickets some seconds after noon."""
    before = int(crowd.recent().count[0])
    crowd.switched(NOON_US + second * US_PER_S)
    log = crowd.recent()
    return [
        (int(kind), int(visit), round(int(value) / US_PER_S))
        for kind, visit, value in zip(log.kind[before:], log.visit[before:], log.value[before:], strict=True)
    ]


def test_nobody_is_called_before_its_turn_is_within_walk_and_lead():
    """One table: the first turn is foretold in 600 s, the walk is 240 s; so the lead decides."""
    assert looked_at(two_tickets(1, lead_s=359.0), 10) == []
    assert looked_at(two_tickets(1, lead_s=360.0), 10) == [(EventKind.TICKET_CALLED, 0, 10)]


def test_whoever_has_a_ticket_before_one_counts_as_standing_before_one():
    """Two tables: turns are foretold in 300 and in 600 s."""
    assert looked_at(two_tickets(2, lead_s=60.0), 0) == [(EventKind.TICKET_CALLED, 0, 0)]
    assert looked_at(two_tickets(2, lead_s=359.0), 0) == [(EventKind.TICKET_CALLED, 0, 0)]
    assert [event[1] for event in looked_at(two_tickets(2, lead_s=360.0), 0)] == [0, 1]


def test_a_place_is_lost_when_walk_lead_and_grace_are_over_and_the_next_moves_up():
    crowd = two_tickets(1, lead_s=360.0, grace_s=100.0)
    looked_at(crowd, 0)

    assert looked_at(crowd, 700) == []
    assert looked_at(crowd, 701) == [(EventKind.TICKET_VOID, 0, 701), (EventKind.TICKET_CALLED, 1, 701)]
    assert crowd.mall.stations[BAKERY].tickets == 1
    assert crowd.mall.stations[BAKERY].ticket_head == crowd.mall.stations[BAKERY].ticket_tail == 1


def test_a_store_that_shuts_makes_all_its_tickets_void():
    crowd = two_tickets(1)
    crowd.controls.unit_is_open[BAKERY] = 0

    assert [event[:2] for event in looked_at(crowd, 5)] == [(EventKind.TICKET_VOID, 0), (EventKind.TICKET_VOID, 1)]
    assert crowd.mall.stations[BAKERY].tickets == 0


def test_who_loses_a_ticket_is_hungry_again_unless_it_did_not_mean_to_come():
    crowd = two_tickets(1)
    crowd.mall.shoppers["has_eaten"][:2] = 1
    crowd.mall.errands[1].ticket_state = TicketState.IGNORED
    crowd.controls.unit_is_open[BAKERY] = 0

    looked_at(crowd, 5)

    assert crowd.mall.shoppers["has_eaten"][:2].tolist() == [0, 1]


def display(**displays: object) -> tuple[Displays, Crowd]:
    """Return a display at the bakery, where three stand, one holds a ticket and both tables are taken for 600 s on average."""
    config = RunConfig()
    config.categories["cafe"].tables = True
    config.queues.displays.error_cv = 0.0
    config.queues.displays.estimator = "queue_length"
    for name, value in displays.items():
        setattr(config.queues.displays, name, value)
    crowd = opened(corner_mall(), config, [])
    here = crowd.mall.stations[BAKERY]
    assert here.role == Role.TABLE
    here.service_s_mean, here.servers_open, here.busy, here.waiting, here.tickets = 600.0, 2, 2, 3, 1
    here.last_wait_us = 777 * US_PER_S
    return displays_of(crowd, config.queues.displays, hours_of(crowd, corner_mall(), config)), crowd


@pytest.mark.parametrize(
    ("displays", "shown_s"),
    [
        ({}, 1500.0),
        ({"padding": 0.5, "rounding_s": 0.0}, 750.0),
        ({"padding": 0.5, "rounding_s": 600.0}, 600.0),
        ({"estimator": "last_started", "rounding_s": 0.0}, 777.0),
    ],
)
def test_a_display_shows_the_estimate_padded_and_rounded(displays, shown_s):
    shown, crowd = display(**displays)

    shown.act(NOON_US)

    assert crowd.controls.station_is_shown[BAKERY] == 1
    assert crowd.controls.shown_wait_s[BAKERY] == shown_s


def test_a_display_shows_no_wait_where_a_table_is_free_whatever_the_last_one_waited():
    shown, crowd = display(estimator="last_started")
    here = crowd.mall.stations[BAKERY]
    here.busy, here.waiting, here.tickets = 1, 0, 0

    shown.act(NOON_US)

    assert crowd.controls.shown_wait_s[BAKERY] == 0.0


def test_a_late_display_shows_what_was_estimated_before():
    shown, crowd = display(lag_s=120.0)

    shown.act(NOON_US)
    shown.act(NOON_US + 60 * US_PER_S)
    assert crowd.controls.station_is_shown[BAKERY] == 0
    crowd.mall.stations[BAKERY].waiting = 9
    shown.act(NOON_US + 120 * US_PER_S)
    assert crowd.controls.shown_wait_s[BAKERY] == 1500.0


def test_errors_of_displays_have_an_address_and_a_mean_of_one():
    shown, _ = display(error_cv=0.5)

    factors = np.array([shown._errors(second * US_PER_S)[0] for second in range(4000)])

    assert shown._errors(7 * US_PER_S)[0] == factors[7]
    # sd of the mean 0.5 / sqrt(4000) = 0.0079; 4.9 of them: a false alarm in a million
    assert abs(factors.mean() - 1.0) < 4.9 * 0.5 / np.sqrt(4000)


def test_a_lag_shorter_than_a_refresh_is_refused_by_name():
    config = RunConfig()
    config.queues.displays.lag_s = 30.0

    assert [problem.place for problem in problems_of(config)] == ["queues.displays.lag_s"]
