"""Plate readers, tickets and bay sensors: right on average, wrong as often as configured, and the same whatever the cut."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.config_sensing import GatesConfig
from sim.events import EventKind, EventLog
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.sensing.gates import Gates
from sim.sensing.observations import ObservedRows, together
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.visitors import empty_visitors, no_phones

pytestmark = pytest.mark.plain
CARS = 4000


def gates(config: GatesConfig | None = None, cars: int = CARS) -> Gates:
    """Return the gates of the small mall, told of cars with plates 1, 2, 3 ... that come a minute apart."""
    found = Gates(load_compiled(find_floorplan("corner_mall")), config or GatesConfig(), 1)
    visitors = empty_visitors(cars)
    visitors.number[:] = np.arange(cars) * 31 + 7
    visitors.arrive_us[:] = np.arange(cars) * US_PER_MIN
    visitors.parking[:] = 0
    party = np.arange(cars, dtype=np.int32)
    phones = no_phones()._replace(party=party, ordinal=np.zeros(cars, np.int8), plate=np.arange(cars) + 1)
    found.admit(visitors, phones)
    return found


def log_of(*columns: tuple[EventKind, np.ndarray, int]) -> EventLog:
    """Return a log of cars (rows of `gates`) that do something so many minutes after they came, in order of time."""
    kind = np.concatenate([np.full(cars.size, kind, np.int8) for kind, cars, _ in columns])
    cars = np.concatenate([cars for _, cars, _ in columns])
    time_us = np.concatenate([(cars + minutes) * US_PER_MIN for _, cars, minutes in columns])
    order = np.lexsort((kind, time_us))
    zeros = np.zeros(order.size, np.int64)
    return EventLog(time_us[order], kind[order], (cars * 31 + 7)[order], zeros + 1, zeros, zeros, np.array([order.size]))


def a_day(config: GatesConfig | None = None, cut: int = 1_000_000) -> ObservedRows:
    """Return what is read of a day on which every car comes, parks and leaves after an hour."""
    cars = np.arange(CARS)
    log = log_of((EventKind.GATE_REACHED, cars, 0), (EventKind.PARKED, cars, 2), (EventKind.UNPARKED, cars, 62))
    here = gates(config)
    parts = []
    for first in range(0, log.kind.size, cut):
        here.take(log, first, min(first + cut, log.kind.size))
        parts.append(here.read(int(log.time_us[min(first + cut, log.kind.size) - 1])))
    return together(parts)


def test_faultless_readers_read_every_plate_both_ways_and_tickets_know_the_stay():
    rows = a_day(GatesConfig(plate_miss_share=0.0, plate_misread_share=0.0))
    for kind in ("plate_in", "plate_out", "ticket"):
        assert (np.sort(rows.subject[rows.kind == kind]) == np.arange(CARS) + 1).all()
    assert (rows.value[rows.kind == "ticket"] == 62 * 60).all()


def test_plates_are_missed_and_misread_as_often_as_configured():
    """Shares 0.1 and 0.2 of 4,000 plates each way: 4 sd off is false once in 16,000 seeds."""
    rows = a_day(GatesConfig(plate_miss_share=0.1, plate_misread_share=0.2))
    for kind, minutes in (("plate_in", 0), ("plate_out", 62)):
        read, true = rows.subject[rows.kind == kind], rows.time_us[rows.kind == kind] // US_PER_MIN - minutes + 1
        missed, wrong = (read == 0).mean(), ((read != 0) & (read != true)).mean()
        assert abs(missed - 0.1) < 4 * math.sqrt(0.1 * 0.9 / CARS)
        assert abs(wrong - 0.2) < 4 * math.sqrt(0.2 * 0.8 / CARS)


def test_how_the_log_is_cut_changes_no_reading():
    whole, pieces = a_day(), a_day(cut=997)
    of_gates = [np.array([kind != "bays_taken" for kind in rows.kind]) for rows in (whole, pieces)]
    for one, other in zip(whole, pieces, strict=True):
        assert (one[of_gates[0]] == other[of_gates[1]]).all()


def of_bays(kind: EventKind, bays: np.ndarray, at_min: int) -> EventLog:
    """Return a log of bays that cars take or leave."""
    zeros = np.zeros(bays.size, np.int64)
    return EventLog(
        zeros + at_min * US_PER_MIN, np.full(bays.size, kind, np.int8), zeros, zeros + 1, bays, zeros, np.array([bays.size])
    )


def test_bay_sensors_err_by_themselves_and_each_for_an_hour():
    """24 bays of which 10 are taken, 5 % wrong: 4 sd of the mean of 2,000 hours off is false once in 16,000 seeds."""
    here = gates(GatesConfig(bay_wrong_share=0.05), cars=1)
    here.take(of_bays(EventKind.BAY_TAKEN, np.arange(12), 2), 0, 12)
    here.take(of_bays(EventKind.BAY_LEFT, np.arange(2), 3), 0, 2)
    counts = np.array([here.read(hour * US_PER_HOUR).value[0] for hour in range(2000)])
    within = [here.read(hour * US_PER_HOUR + 59 * US_PER_MIN).value[0] for hour in range(2000)]

    sd = math.sqrt(24 * 0.05 * 0.95)
    assert abs(counts.mean() - (10 + 14 * 0.05 - 10 * 0.05)) < 4 * sd / math.sqrt(2000)
    assert 0 <= counts.min() < counts.max() <= 24
    assert within == counts.tolist()
    assert gates(GatesConfig(bay_wrong_share=0.0), cars=1).read(0).value[0] == 0


def test_a_car_that_turns_round_is_forgotten():
    here = gates(cars=3)
    here.take(log_of((EventKind.GATE_REACHED, np.arange(3), 0), (EventKind.PARKING_BALKED, np.arange(3), 1)), 0, 6)

    assert (here.read(0).kind != "ticket").all()
    assert here._visit.size == here._plate.size == here._came_us.size == 0


def of_overnight(cars: int, at_min: int = 0) -> EventLog:
    """Return a log of cars that stand there since an hour before midnight."""
    zeros = np.zeros(cars, np.int64)
    kind = np.full(cars, EventKind.STOOD_OVERNIGHT, np.int8)
    visit = 10**9 + np.arange(cars)
    return EventLog(zeros + at_min * US_PER_MIN, kind, visit, zeros, zeros, zeros + 60 * US_PER_MIN, np.array([cars]))


def test_cars_of_the_night_have_tickets_of_yesterday():
    here = gates(GatesConfig(plate_miss_share=0.0, plate_misread_share=0.0, bay_wrong_share=0.0), cars=0)
    here.take(of_overnight(5), 0, 5)
    out = of_overnight(5)._replace(kind=np.full(5, EventKind.UNPARKED, np.int8), time_us=np.full(5, 7 * 60 * US_PER_MIN))
    here.take(out, 0, 5)
    gone = here.read(8 * 60 * US_PER_MIN)

    assert gone.value[gone.kind == "ticket"].tolist() == [8 * 3600] * 5
    assert sum(here.book.errors) == here.book.cars_inside == 0


def test_plates_missed_coming_in_are_exits_without_entry_and_the_cars_are_counted_all_the_same():
    """A tenth is missed either way: of the 90 % read on leaving a tenth has no open ticket; 4 sd is false once in 16,000 seeds."""
    here = gates(GatesConfig(plate_miss_share=0.1, plate_misread_share=0.0))
    cars = np.arange(CARS)
    log = log_of((EventKind.GATE_REACHED, cars, 0), (EventKind.PARKED, cars, 2), (EventKind.UNPARKED, cars, 62))
    here.take(log, 0, log.kind.size)
    rows = here.read(0)
    found = int((rows.kind == "exit_without_entry").sum())

    assert abs(found - 0.09 * CARS) < 4 * math.sqrt(0.09 * 0.91 * CARS)
    assert here.book.errors == [found, 0, 0, 0]
    assert (here.book.entries, here.book.exits, here.book.cars_inside) == (CARS, CARS, 0)
    assert here.summary() == {"parking_ticket_errors": found}


def test_two_cars_with_one_plate_a_lost_ticket_and_used_receipts_are_observed_each_under_its_name():
    here = gates(GatesConfig(plate_miss_share=0.0, plate_misread_share=0.0), cars=2)
    here._plate[:] = 4711
    cars = np.arange(2)
    log = log_of(
        (EventKind.GATE_REACHED, cars, 0), (EventKind.PARKED, cars, 2), (EventKind.PARKING_VALIDATED, cars, 50),
        (EventKind.RECEIPT_REFUSED, cars[:1], 55), (EventKind.TICKET_LOST, cars[1:], 58), (EventKind.UNPARKED, cars, 62),
    )  # fmt: skip
    here.take(log, 0, log.kind.size)
    kinds = here.read(0).kind.tolist()

    assert [kinds.count(kind) for kind in ("duplicate_plate", "receipt_refused", "ticket_lost", "exit_without_entry")] == [
        1,
        1,
        1,
        1,
    ]
    assert here.book.cars_inside == 0
