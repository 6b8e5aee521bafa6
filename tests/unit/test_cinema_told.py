"""What is told of films: the report's numbers and pictures, and what the booking system shows to whoever decides."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from sim.events import EventKind, EventLog
from sim.operations.screenings import screenings_of
from sim.reporting.event_schema import Columns
from sim.reporting.figures import Span
from sim.reporting.kpi import UNITS
from sim.reporting.topics import cinema, cinema_pictures
from sim.sensing.seats import Seats
from sim.units import US_PER_MIN
from tests.cinema_days import COLUMNS, evening, film_config, film_goers, one_hall

SEVEN = 19 * 60


def a_told_evening():
    """Return sums, books and events of ten parties of two at one slow clerk, 40 seats, 19:30."""
    config = film_config(seats=40)
    config.cinema.advance_share = config.cinema.app_share = 0.0
    config.cinema.box_office_servers, config.cinema.kiosks, config.cinema.box_office_s_mean = 1, 0, 300.0
    config.services.service_cv = 0.0
    events, _ = evening(config, film_goers([SEVEN + 10] * 10, people=2))
    rows = Columns(*(events[name] for name in Columns._fields))
    sums = cinema.Sums(one_hall(), SimpleNamespace())
    half = events["kind"].size // 2
    for part in (slice(0, half), slice(half, None)):
        batch = Columns(*(column[part] for column in rows))
        sums.take(batch, {kind: np.flatnonzero(batch.kind == kind) for kind in EventKind})
    return sums, SimpleNamespace(compiled=one_hall(), config=config), events


def test_indicators_are_what_one_counts_by_hand():
    """Served at 19:15, :20, :25 (in time), then :30 to :60 (19 s of walking later): three in time, six late, the tenth sees it too late."""
    sums, books, _ = a_told_evening()

    found = cinema.values(sums, books)

    assert found["cinema_admissions_people"] == 18
    assert found["cinema_seat_occupancy_share"] == 18 / 40
    assert found["cinema_late_share"] == 6 / 9
    assert found["cinema_missed_share"] == 0.0
    assert found["cinema_box_office_fen"] == 18 * 3570
    assert all(kpi.unit in UNITS for kpi in cinema.KPIS)


def test_a_report_shows_the_seats_that_were_taken_and_speaks_of_those_who_came_late():
    sums, books, events = a_told_evening()
    curves = cinema.curves(sums, books)

    drawn = cinema_pictures.pictures(curves, books.compiled, Span(600, 1320, 600, 1320))
    told = " ".join(cinema.words(cinema.values(sums, books), curves))

    taken = set(events["value"][events["kind"] == EventKind.SEAT_TAKEN].tolist())
    assert {seat for seat, is_taken in enumerate(curves["seat_map"]["is_taken"]) if is_taken} == taken
    assert [picture.file for picture, _ in drawn] == [f"figures/cinema_{name}.svg" for name in ("shows", "seats", "pulse")]
    assert all(svg.startswith("<?xml") for _, svg in drawn)
    assert "6 came in after the start" in told


def test_a_mall_without_films_says_nothing_and_knows_nothing():
    config = film_config()
    config.cinema.shows = []
    config.operations.hours.opens, config.operations.hours.closes = "10:00", "10:10"
    books = SimpleNamespace(compiled=one_hall(), config=config)
    sums = cinema.Sums(one_hall(), SimpleNamespace())

    assert set(cinema.values(sums, books).values()) == {None}
    assert cinema.curves(sums, books) == {}
    assert cinema.words({}, {}) == []


def test_the_booking_system_knows_the_unsold_seats_of_shows_that_have_not_begun():
    _, books, events = a_told_evening()
    seats = Seats(books.compiled, books.config)
    log = EventLog(**{name: events[name] for name in COLUMNS}, count=np.array([events["kind"].size]))
    before = int(np.searchsorted(events["time_us"], (SEVEN + 22) * US_PER_MIN))

    seats.take(log, 0, before)
    found = seats.read((SEVEN + 22) * US_PER_MIN)

    assert found.sensor.tolist() == ["show:screen/1/19:30"]
    assert found.value.tolist() == [36]  # two parties of two have been served
    assert seats.read((SEVEN + 30) * US_PER_MIN).value.size == 0


def test_screenings_take_a_show_off_sale_after_it_has_begun():
    _, crowd = evening(film_config(), film_goers([SEVEN]))
    operation = screenings_of(crowd, film_config())

    assert operation.next_us == (SEVEN + 35) * US_PER_MIN
    operation.act(operation.next_us)
    assert crowd.controls.show_seats_on_sale.tolist() == [0]
    assert operation.next_us is None
