"""Laws of the cinema on whole days of a mall: seats, people and money are conserved; who does not go is left alone."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.categories import CATEGORIES
from sim.config import ShowConfig
from sim.events import Change, EventKind
from sim.ledger.accounts import FIRST_TENANT, TransferReason
from sim.timetable import timetable_of
from tests.engine_days import Lived, corner_mall, day_config, live, parties


def film_day(need_share: float = 4.0):
    """Return an ordinary Saturday on which many want a film."""
    config = day_config(300.0)
    config.categories["cinema"].need_share = need_share
    config.cinema.refund_share = 0.2
    return config


@cache
def a_day_of_films() -> Lived:
    config = film_day()
    return live(corner_mall(), config, [parties(config, corner_mall())])


def rows(lived: Lived, kind: EventKind) -> np.ndarray:
    return np.flatnonzero(lived.events["kind"] == kind)


def test_every_seat_sold_is_sat_in_missed_or_given_back():
    day = a_day_of_films()
    sold, back, missed = (rows(day, kind) for kind in (EventKind.SEAT_SOLD, EventKind.SEAT_REFUNDED, EventKind.SHOW_MISSED))
    entered = rows(day, EventKind.SHOW_ENTERED)

    assert sold.size > 30
    assert back.size > 0
    for show in range(6):
        count = [
            int(day.events["people"][found][day.events["place"][found] == show].sum())
            for found in (sold, back, missed, entered)
        ]
        assert count[0] == count[1] + count[2] + count[3]


def test_no_seat_is_sold_while_somebody_has_it_and_only_who_has_it_gives_it_back():
    day = a_day_of_films()
    holder: dict[tuple[int, int], int] = {}
    seats = timetable_of(corner_mall(), film_day())[0].hall.seats

    for kind, show, seat, visit in zip(
        *(day.events[name].tolist() for name in ("kind", "place", "value", "visit")), strict=True
    ):
        if kind == EventKind.SEAT_TAKEN:
            assert (show, seat) not in holder
            assert 0 <= seat < seats
            holder[show, seat] = visit
        elif kind == EventKind.SEAT_FREED:
            assert holder.pop((show, seat)) == visit


def test_an_audience_leaves_its_hall_at_one_instant_and_the_mall_before_the_day_ends():
    day = a_day_of_films()
    entered, left = rows(day, EventKind.SHOW_ENTERED), rows(day, EventKind.SHOW_LEFT)
    shows = timetable_of(corner_mall(), film_day())

    assert sorted(day.events["visit"][entered]) == sorted(day.events["visit"][left])
    assert all(day.events["time_us"][row] == shows[day.events["place"][row]].ends_us for row in left)
    assert day.crowd.people_inside == 0


def test_the_box_office_is_what_was_posted_less_what_was_paid_back():
    day = a_day_of_films()
    account = FIRST_TENANT + corner_mall().tenant_categories.index("cinema")
    journal = day.transfers

    into = journal["amount"][(journal["credit"] == account) & (journal["reason"] == TransferReason.SALE)].sum()
    back = journal["amount"][(journal["debit"] == account) & (journal["reason"] == TransferReason.REFUND)].sum()
    sold = day.events["value"][rows(day, EventKind.SEAT_SOLD)].sum()
    refunded = day.events["value"][rows(day, EventKind.SEAT_REFUNDED)].sum()

    here = day.events["place"] == account - FIRST_TENANT
    in_points = day.events["value"][here & (day.events["kind"] == EventKind.POINTS_BURNED)]  # a point is a yuan
    paid, given_back = in_points[in_points > 0].sum(), -in_points[in_points < 0].sum()
    assert [into + paid, back + given_back] == [sold * 3570, refunded * 3570]
    fees = journal["amount"][(journal["debit"] == account) & (journal["reason"] == TransferReason.PAYMENT_FEE)].sum()
    assert fees > 0
    terms = day.crowd.mall.terms[account - FIRST_TENANT]
    for_points = terms["redeemed_fen"] - terms["fee_fen"]
    assert day.crowd.ledger.balances_fen[account] == into - back - fees + for_points  # no fee comes back with a refund


def visits_of(lived: Lived, kind: EventKind) -> set[int]:
    return set(lived.events["visit"][rows(lived, kind)].tolist())


def test_a_film_seen_is_a_need_found_and_seats_alone_are_neither_found_nor_beside_the_list():
    day = a_day_of_films()
    people = parties(film_day(), corner_mall())
    only_film = ((people.needs >= 0).sum(axis=1) == 1) & (people.needs[:, 0] == CATEGORIES.index("cinema"))
    seen, closed = visits_of(day, EventKind.SHOW_LEFT), rows(day, EventKind.LIST_CLOSED)
    found = dict(zip(day.events["visit"][closed].tolist(), (day.events["value"][closed] % 100).tolist(), strict=True))
    wanted = [visit for visit in people.number[only_film].tolist() if visit in found]

    assert len(set(wanted) & seen) > 5
    assert len(set(wanted) - seen) > 5
    assert all(found[visit] == (visit in seen) for visit in wanted)


def test_whoever_wanted_a_film_and_finds_no_seat_or_loses_it_has_missed_it_once_and_nobody_who_has_seen_one():
    day = a_day_of_films()
    changed = rows(day, EventKind.PLAN_CHANGED)
    is_film = (day.events["place"][changed] == CATEGORIES.index("cinema")) & (day.events["value"][changed] == Change.UNMET)
    missed = day.events["visit"][changed[is_film]].tolist()
    lost = visits_of(day, EventKind.SHOW_MISSED) | visits_of(day, EventKind.SHOW_SOLD_OUT) - visits_of(day, EventKind.SEAT_SOLD)

    assert len(missed) == len(set(missed)) > 5
    assert lost <= set(missed)
    assert not set(missed) & visits_of(day, EventKind.SHOW_LEFT)


def test_what_is_paid_back_is_neither_spent_nor_bought():
    day = a_day_of_films()
    bought, back, later = (
        rows(day, kind) for kind in (EventKind.PURCHASED, EventKind.SALE_REFUNDED, EventKind.RETURN_FORESEEN)
    )
    value = day.events["value"]

    assert back.size > 0
    assert day.outcomes["purchases"].sum() == bought.size - back.size
    assert day.outcomes["spent_fen"].sum() == value[bought].sum() - value[back].sum() - value[later].sum()


def test_where_the_clock_stops_and_how_arrivals_are_batched_changes_nothing_that_happens():
    config, compiled = film_day(), corner_mall()
    halves = [parties(config, compiled, 600, 960), parties(config, compiled, 960, 1320)]

    stopped = live(
        compiled, config, halves, stops_us=range(0, 26 * 3600 * 10**6, 37 * 60 * 10**6), batch_ends_us=[960 * 60 * 10**6]
    )

    assert stopped.happened == a_day_of_films().happened


@pytest.mark.parametrize("change", ["stagger_min", "price_yuan", "kiosks", "late_min", "advance_share"])
def test_a_cinema_that_nobody_wants_changes_nobodys_day(change):
    digests = []
    for value in (None, {"stagger_min": 60.0, "price_yuan": 20.0, "kiosks": 9, "late_min": 1.0, "advance_share": 1.0}[change]):
        config = film_day(need_share=0.0)
        if value is not None:
            setattr(config.cinema, change, value)
        digests.append(live(corner_mall(), config, [parties(config, corner_mall())]).digest)

    assert digests[0] == digests[1]


def test_a_cheaper_film_is_seen_by_more_and_a_dearer_one_by_fewer():
    """The same people with the same draws: `price_yuan` of listed shows differs from what people are used to."""
    seen = []
    for price_yuan in (15.0, 35.7, 80.0):
        config = film_day()
        config.cinema.shows = [
            ShowConfig(starts=starts, price_yuan=price_yuan) for starts in ("12:00", "14:30", "17:00", "19:30")
        ]
        day = live(corner_mall(), config, [parties(config, corner_mall())])
        seen.append(len(set(day.events["visit"][rows(day, EventKind.SEAT_SOLD)].tolist())))

    assert seen[2] < seen[1] < seen[0]
