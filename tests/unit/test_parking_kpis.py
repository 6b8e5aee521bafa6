"""What a run says of bays: KPIs and curves from a handful of made-up events."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.config import RunConfig
from sim.events import EventKind
from sim.reporting.topics import cars
from sim.units import US_PER_HOUR, US_PER_S
from tests.engine_days import corner_mall

pytestmark = pytest.mark.plain
TEN, NOON = 10 * US_PER_HOUR, 12 * US_PER_HOUR


def sums_of(*events, cut=None, people=1):
    """Return the sums of (time_us, kind, place, value) of cars with so many people each, taken in one batch or in two."""
    columns = {
        name: np.array(column, np.int64)
        for name, column in zip(("time_us", "kind", "place", "value"), zip(*events, strict=True), strict=True)
    }
    columns["people"] = np.full(len(events), people)
    sums = cars.Sums(corner_mall(), None)
    for part in (slice(None, cut), slice(cut, None) if cut else slice(0, 0)):
        rows = SimpleNamespace(**{name: column[part] for name, column in columns.items()})
        sums.take(rows, {kind: np.flatnonzero(rows.kind == kind) for kind in EventKind})
    return sums


def books(**parking):
    config = RunConfig()
    for key, value in parking.items():
        setattr(config.parking, key, value)
    return SimpleNamespace(config=config, compiled=corner_mall())


DAY = (
    (TEN, EventKind.BAY_TAKEN, 0, 20 * US_PER_S),
    (TEN, EventKind.VIP_PARKED, 0, 20 * US_PER_S),
    (TEN + 11 * US_PER_S, EventKind.PARKED, 0, 60 * US_PER_S),
    (TEN + US_PER_HOUR // 4, EventKind.BAY_TAKEN, 5, 40 * US_PER_S),
    (TEN + US_PER_HOUR // 4 + 1, EventKind.PARKED, 0, 80 * US_PER_S),
    (TEN + US_PER_HOUR // 3, EventKind.PARKING_GAVE_UP, 0, 600 * US_PER_S),
    (TEN + US_PER_HOUR // 3, EventKind.RAMP_BLOCKED, 0, 5),
    (TEN + US_PER_HOUR, EventKind.BAY_LEFT, 0, 0),
    (NOON + US_PER_HOUR, EventKind.BAY_LEFT, 5, 0),
)


def test_means_and_shares_are_those_of_the_events():
    found = cars.values(sums_of(*DAY), books())

    assert found["parking_walk_s_mean"] == 30.0
    assert found["vip_walk_s_mean"] == 20.0
    assert found["parking_gave_up_share"] == pytest.approx(1 / 3)
    assert found["ramp_blocks"] == 1
    assert found["reserved_idle_share"] is None


def test_cars_that_stood_there_overnight_have_walked_nowhere_but_stand_in_their_bays():
    sums = sums_of((TEN, EventKind.BAY_TAKEN, 0, 0), people=0)

    assert cars.values(sums, books())["parking_walk_s_mean"] is None
    assert sums.uses.sum() == 0
    assert sums.span_change.sum() == 1


def test_reserved_bays_are_idle_for_the_time_that_nobody_stands_there_until_their_release():
    """24 bays, half of them reserved: 12 bays for two hours, of which bay 0 is taken for one and bay 5 for an hour and three quarters."""
    found = cars.values(sums_of(*DAY), books(reserved_share=0.5, reserved_until="12:00"))

    assert found["reserved_idle_share"] == pytest.approx(1 - 2.75 / 24)


def test_how_the_log_is_cut_changes_no_value():
    whole, cut = sums_of(*DAY), sums_of(*DAY, cut=4)

    assert cars.values(whole, books()) == cars.values(cut, books())
    assert str(cars.curves(whole, books())) == str(cars.curves(cut, books()))


def test_search_is_told_by_how_full_the_car_park_was():
    found = cars.curves(sums_of(*DAY), books())

    assert found["search_cars"][0] == 2
    assert found["search_s_mean"][0] == 70.0
    assert sum(found["search_cars"]) == 2


def test_nothing_is_said_of_a_day_without_cars():
    sums = sums_of((TEN, EventKind.ARRIVED, 0, 0))
    kpis = cars.values(sums, books())

    assert cars.curves(sums, books()) == {}
    assert cars.words(kpis, {}) == []


def test_the_report_tells_of_reserved_bays_and_full_ramps():
    settings = books(reserved_share=0.5, reserved_until="12:00")
    sums = sums_of(*DAY)
    told = cars.words({"parking_search_s_mean": 70.0, **cars.values(sums, settings)}, cars.curves(sums, settings))

    assert len(told) == 3
    assert "drove" not in told[0]  # said once, in the section on car parks
    assert "1 times" in told[1]
    assert "VIPs" in told[2]


def test_the_report_parts_ramps_and_manoeuvre_from_the_search():
    told = cars.words(dict.fromkeys(("parking_search_s_mean", "parking_walk_s_mean"), 138.0) | {"ramp_blocks": 0, "reserved_idle_share": None},
                      {"search_s_mean": [None, 73.0, None, 150.0]})  # fmt: skip

    assert "While less than 20 % of the bays were taken it took 73\u00a0s" in told[0]
