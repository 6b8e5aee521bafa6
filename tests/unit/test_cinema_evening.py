"""A few people, one film: which seats they get, who waits in the foyer, who is late, who is turned back."""

from __future__ import annotations

import numpy as np

from sim.crowd.engine import Crowd
from sim.crowd.venues.cinemas_built import off_best, seat_places
from sim.events import EventKind
from sim.ledger.accounts import PAYMENT_PLATFORM, TREASURY
from sim.timetable import Hall
from sim.units import US_PER_MIN
from sim.visitors import PayMethod
from tests.cinema_days import END_US, evening, film_config, film_goers, of_kind, one_hall

SEVEN, HALF_PAST = 19 * 60, 19 * 60 + 30


def in_app(seats: int = 120):
    config = film_config(seats)
    config.cinema.advance_share = 1.0
    return config


def at_one_clerk(service_s: float):
    config = film_config()
    config.cinema.advance_share = config.cinema.app_share = 0.0
    config.cinema.box_office_servers, config.cinema.kiosks, config.cinema.box_office_s_mean = 1, 0, service_s
    config.services.service_cv = 0.0
    return config


def test_the_best_seat_is_in_the_middle_two_thirds_of_the_way_to_the_back():
    hall = Hall(0, 1, 120)
    row, column = seat_places(hall)
    best = int(np.argmin(off_best(hall)))

    assert hall.columns == 14
    assert [row[-1], row[best], column[best]] == [8, 5, 6]


def test_parties_sit_together_in_the_best_row_first_and_then_in_front_of_it():
    """Twelve seats: rows of five, five and two. Threes take the middle of the second row, then of the first; a third finds none side by side."""
    events, _ = evening(in_app(12), film_goers([SEVEN, SEVEN + 1, SEVEN + 2, SEVEN + 3, SEVEN + 4], people=3))

    seats = of_kind(events, EventKind.SEAT_TAKEN)
    assert seats[:6] == [6, 7, 8, 1, 2, 3]
    assert sorted(seats[6:9]) == [5, 9, 11]  # the nearest single ones: both ends of the second row, then one behind
    assert sorted(seats) == list(range(12))
    assert of_kind(events, EventKind.SHOW_SOLD_OUT) == [3]


def test_a_party_too_large_for_what_is_left_gets_nothing_and_leaves_it_to_a_smaller_one():
    visitors = film_goers([SEVEN, SEVEN + 1, SEVEN + 2], people=4)
    visitors.people[2] = 2

    events, _ = evening(in_app(6), visitors)

    assert of_kind(events, EventKind.SEAT_SOLD) == [4, 2]
    assert of_kind(events, EventKind.SHOW_SOLD_OUT, "visit") == [1]


def test_whoever_has_seats_and_nothing_else_to_do_waits_in_the_foyer_until_the_hall_opens():
    events, _ = evening(in_app(), film_goers([SEVEN, SEVEN + 10]))

    assert of_kind(events, EventKind.SHOW_ENTERED) == [-10 * US_PER_MIN] * 2
    assert max(of_kind(events, EventKind.STORE_ENTERED, "time_us")) < (SEVEN + 12) * US_PER_MIN


def test_all_come_out_when_the_film_is_over_one_after_the_other():
    events, crowd = evening(in_app(), film_goers([SEVEN + minute for minute in range(10)]))
    out_us = (HALF_PAST + 100) * US_PER_MIN
    headway_us = int(crowd.mall.units[0].headway_us)

    assert of_kind(events, EventKind.SHOW_LEFT, "time_us") == [out_us] * 10
    assert of_kind(events, EventKind.STORE_LEFT, "time_us") == [out_us + headway_us * turn for turn in range(10)]


def test_a_line_at_the_only_clerk_makes_people_late_and_later_ones_miss_the_film():
    """Ten come at 19:25, walk 19 s and are served five minutes each: all are late; for the seventh it is over (30 min) when it is served."""
    events, crowd = evening(at_one_clerk(300.0), film_goers([HALF_PAST - 5] * 10))

    entered = of_kind(events, EventKind.SHOW_ENTERED)
    assert [late // US_PER_MIN for late in entered] == [0, 5, 10, 15, 20, 25]
    assert len(of_kind(events, EventKind.SEAT_SOLD)) == 6
    assert crowd.people_inside == 0


def test_after_its_sales_have_ended_a_show_sells_no_seat():
    config = at_one_clerk(60.0)
    config.cinema.late_min = 0.0

    events, _ = evening(config, film_goers([HALF_PAST + 1]))

    assert of_kind(events, EventKind.SEAT_SOLD) == []


def test_a_stay_grows_by_the_film_and_reaches_to_its_end():
    _, crowd = evening(in_app(), film_goers([SEVEN]))
    row = int(np.flatnonzero(crowd.mall.shoppers["number"] == 0)[0])

    assert crowd.mall.shoppers["stay_until_us"][row] == (SEVEN + 60 + 100) * US_PER_MIN


def test_who_has_changed_their_mind_is_paid_back_once_and_the_seat_can_be_sold_again():
    config = in_app(1)
    config.cinema.refund_share = 1.0

    events, crowd = evening(config, film_goers([17 * 60 + 30, 17 * 60 + 40]))

    assert of_kind(events, EventKind.SEAT_TAKEN) == [0, 0]
    assert of_kind(events, EventKind.SEAT_FREED) == [0, 0]
    assert of_kind(events, EventKind.SALE_REFUNDED) == [3570, 3570]
    assert of_kind(events, EventKind.SHOW_ENTERED) == []
    held = {name: fen for name, fen in crowd.ledger.balances_fen_by_name().items() if fen}
    assert list(held.values()) == [36, -36]
    assert held["payment_platform"] == 36


def test_seats_that_are_given_back_take_their_points_along_and_bring_the_tenants_fee_back():
    config = in_app(9)
    config.cinema.refund_share = 1.0
    visitors = film_goers([17 * 60 + 30], people=6)._replace(
        resident=np.zeros(1, np.int64), is_member=np.ones(1, np.int8), points_centi=np.full(1, 500)
    )

    events, crowd = evening(config, visitors)

    assert of_kind(events, EventKind.POINTS_EARNED) == of_kind(events, EventKind.POINTS_TAKEN_BACK) == [200]
    assert crowd.ledger.balance(crowd.ledger.names.index("member:0")) == 500
    assert crowd.mall.terms["fee_fen"].tolist() == [0]
    assert crowd.ledger.balance(TREASURY) == 0


def test_after_the_cut_off_seats_are_not_taken_back():
    config = in_app()
    config.cinema.refund_share = 1.0

    events, _ = evening(config, film_goers([HALF_PAST - 50]))

    assert of_kind(events, EventKind.SEAT_REFUNDED) == []
    assert of_kind(events, EventKind.SHOW_ENTERED) == [-10 * US_PER_MIN]


def test_a_cinema_that_closes_before_the_party_is_there_costs_it_its_film():
    config = film_config()
    config.cinema.advance_share = 1.0

    seen: list[int] = []
    crowd = Crowd(one_hall(), config, lambda full: seen.extend(full.events.kind.tolist()))
    crowd.controls.mall_is_open[0] = 1
    crowd.controls.entrance_is_open[:] = 1
    crowd.admit(film_goers([SEVEN]))
    crowd.advance_to(END_US)
    crowd.finish(END_US)

    assert seen.count(EventKind.STORE_REFUSED) == 1
    assert seen.count(EventKind.SHOW_MISSED) == 1
    assert seen.count(EventKind.LEFT) == 1


def test_whoever_has_seats_gets_into_a_cinema_that_is_full():
    """The unit has room for 6 people only: of ten with seats nobody is turned back at the door."""
    config = in_app()
    config.services.store_m2_per_person = 100.0
    config.cinema.halls = []
    config.cinema.m2_per_seat = 20.0

    events, _ = evening(config, film_goers([SEVEN + minute for minute in range(30)]))

    assert of_kind(events, EventKind.STORE_REFUSED) == []
    assert len(of_kind(events, EventKind.SHOW_ENTERED)) == 30


def test_seats_are_paid_like_everything_else_by_a_way_with_its_fee():
    config = in_app()
    config.checkout.price_cut.stated_percent = 90.0
    visitors = film_goers([SEVEN, SEVEN])
    visitors.pays_by[:] = [PayMethod.QR, PayMethod.CARD]

    events, crowd = evening(config, visitors)

    assert sorted(of_kind(events, EventKind.PURCHASED)) == [3213, 3570]
    assert sorted(of_kind(events, EventKind.PAID_BY, "place")) == [PayMethod.CARD, PayMethod.QR]
    assert crowd.ledger.balances_fen[PAYMENT_PLATFORM] == 19 + 18  # 0.6 % of 3213, 0.5 % of 3570
