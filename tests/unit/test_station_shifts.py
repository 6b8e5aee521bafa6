"""Who is on duty when: shifts of a station's own, the plan of the mall, and what a tenant decides; wrong shifts are refused in one message."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.config import RunConfig, ShiftConfig, StaffingConfig, problems_of
from sim.crowd.state import STATION, records
from sim.decisions import SetPrices, SetStaff
from sim.errors import ConfigError
from sim.operations.reviews import Reviews
from sim.operations.shifts import shifts_of
from sim.operations.staffing import staffing_of
from sim.units import US_PER_HOUR

pytestmark = pytest.mark.plain
NAMES = ["till:U1", "till:U2", "table:U3", "gate_out:P"]
SERVERS = [4, 5, 10, 2]


def crowd_of_four():
    """Return what shifts and staffing see of a crowd: two tills, a table and a gate, whose line nobody gives up."""
    stations = records(4, STATION)
    stations["unit"], stations["servers_open"] = [0, 1, 2, -1], SERVERS
    stations["patience_s_scale"], stations["balk_queue"] = [300.0, 300.0, 900.0, 0.0], 25
    return SimpleNamespace(
        station_names=NAMES, mall=SimpleNamespace(stations=stations), full_servers=np.array(SERVERS, np.int32),
        has_own_staff=np.zeros(4, bool), controls=SimpleNamespace(servers_open=stations["servers_open"]), switched=lambda now_us: None,
    )  # fmt: skip


def hours_from_10_to_22():
    opens, closes = np.full(3, 10 * US_PER_HOUR), np.full(3, 22 * US_PER_HOUR)
    return SimpleNamespace(opens_us=10 * US_PER_HOUR, closes_us=22 * US_PER_HOUR, units_open_us=opens, units_close_us=closes)


def config_with(*shifts: tuple[str, str, str, int]) -> RunConfig:
    config = RunConfig(seed=1)
    config.queues.shifts = [ShiftConfig(*shift) for shift in shifts]
    return config


def lived(operations) -> list[tuple[int, list[int]]]:
    """Let operations act in order of time and rank; return (hour, servers) after each instant."""
    crowd, found = operations[0].crowd, []
    while any(one.next_us is not None for one in operations):
        now_us = min(one.next_us for one in operations if one.next_us is not None)
        for one in sorted(operations, key=lambda one: one.rank):
            if one.next_us == now_us:
                one.act(now_us)
        found.append((now_us // US_PER_HOUR, crowd.controls.servers_open.tolist()))
    return found


def message_of(*shifts: tuple[str, str, str, int]) -> str:
    with pytest.raises(ConfigError) as caught:
        shifts_of(crowd_of_four(), None, config_with(*shifts), hours_from_10_to_22())
    return str(caught.value)


def test_overlapping_shifts_add_up_a_lunch_leaves_nobody_and_the_last_stay_after_closing():
    config = config_with(("till:U1", "10:00", "14:00", 2), ("till:U1", "15:00", "22:00", 1), ("till:U1", "16:00", "18:00", 3))
    (shifts,) = shifts_of(crowd_of_four(), None, config, hours_from_10_to_22())

    assert [(hour, servers[0]) for hour, servers in lived([shifts])] == [(10, 2), (14, 0), (15, 1), (16, 4), (18, 1)]


def test_the_plan_of_the_mall_leaves_stations_with_shifts_of_their_own_alone():
    crowd, config = crowd_of_four(), config_with(("till:U1", "10:00", "22:00", 1))
    shifts = shifts_of(crowd, None, config, hours_from_10_to_22())
    staffing = staffing_of(crowd, StaffingConfig(), 10 * US_PER_HOUR, np.array([False, False, True, True]))

    assert [servers[:2] for _, servers in lived([staffing, *shifts])] == [[1, 3], [1, 5], [1, 3]]


def test_what_a_tenant_decides_outlives_the_changes_of_the_plan():
    crowd = crowd_of_four()
    staffing = staffing_of(crowd, StaffingConfig(), 10 * US_PER_HOUR, np.array([False, False, True, True]))
    compiled = SimpleNamespace(unit_ids=["U1", "U2", "U3"], entrance_ids=[])

    def decide(now_us, observed):
        return [("tenant", SetStaff("U2", 4))] if now_us == 11 * US_PER_HOUR else []

    reviews = Reviews(crowd, compiled, lambda now_us: None, decide, US_PER_HOUR, 22 * US_PER_HOUR, next_us=11 * US_PER_HOUR)
    after = lived([staffing, reviews])

    assert [servers[1] for hour, servers in after if hour in (10, 12, 21)] == [3, 4, 4]
    assert {servers[0] for hour, servers in after if 12 <= hour < 21} == {4}


@pytest.mark.parametrize(("decision", "switches"), [(SetStaff("U1", 2), 1), (SetStaff("U1", 99), 0), (SetPrices("U1", 1.1), 0)])
def test_only_what_acts_today_throws_switches(decision, switches):
    crowd, thrown = crowd_of_four(), []
    crowd.switched = thrown.append
    compiled = SimpleNamespace(unit_ids=["U1", "U2", "U3"], entrance_ids=[], tenant_categories=["fashion"] * 3)
    reviews = Reviews(
        crowd, compiled, lambda now_us: None, lambda now_us, observed: [("tenant", decision)], US_PER_HOUR, US_PER_HOUR, 0,
        price_range=(0.5, 2.0),
    )  # fmt: skip
    reviews.act(0)

    assert len(thrown) == switches
    assert bool(reviews.verdicts[0].refused_because) == (decision == SetStaff("U1", 99))


def test_the_plan_of_the_mall_writes_nothing_to_stations_that_are_no_tills():
    crowd = crowd_of_four()
    staffing = staffing_of(crowd, StaffingConfig(), 10 * US_PER_HOUR, np.array([False, False, True, True]))
    crowd.controls.servers_open[2:] = [7, 0]

    assert {tuple(servers[2:]) for _, servers in lived([staffing])} == {(7, 0)}


def test_tables_have_neither_shifts_nor_staff_that_a_tenant_decides_on():
    crowd = crowd_of_four()
    compiled = SimpleNamespace(unit_ids=["U1", "U2", "U3"], entrance_ids=[])
    reviews = Reviews(
        crowd,
        compiled,
        lambda now_us: None,
        lambda now_us, observed: [("tenant", SetStaff("U3", 4))],
        US_PER_HOUR,
        US_PER_HOUR,
        0,
    )
    reviews.act(0)

    assert "guests are seated by free seats" in message_of(("table:U3", "10:00", "22:00", 4))
    assert "seats its guests at tables" in reviews.verdicts[0].refused_because
    assert crowd.controls.servers_open[2] == SERVERS[2]


def test_without_shifts_there_is_no_operation_and_no_station_is_taken_over():
    crowd = crowd_of_four()

    assert shifts_of(crowd, None, RunConfig(seed=1), hours_from_10_to_22()) == []
    assert not crowd.has_own_staff.any()


def test_every_shift_that_this_mall_cannot_have_is_named_at_once():
    message = message_of(("till:U9", "10:00", "22:00", 1), ("gate_uot:P", "10:00", "22:00", 1))

    assert "queues.shifts[0].station" in message
    assert "did you mean 'gate_out:P'" in message


def test_nobody_on_duty_all_day_is_one_clear_message():
    message = message_of(("till:U1", "10:00", "22:00", 0))

    assert "till:U1" in message
    assert "nobody serves there while it is open" in message


def test_a_shift_outside_the_stores_hours_serves_nobody():
    assert "nobody serves there while it is open" in message_of(("till:U2", "06:00", "10:00", 1))


def test_a_station_without_any_server_is_one_clear_message():
    crowd = crowd_of_four()
    crowd.full_servers[1] = 0

    with pytest.raises(ConfigError, match=r"till:U2.*nobody serves there all day"):
        shifts_of(crowd, None, RunConfig(seed=1), hours_from_10_to_22())


def test_more_on_duty_than_there_are_tills_is_refused():
    message = message_of(("till:U1", "10:00", "22:00", 3), ("till:U1", "12:00", "14:00", 2))

    assert "5 servers at once" in message
    assert "the station has 4" in message


def test_a_gate_that_nobody_serves_at_closing_time_would_keep_its_line_for_ever():
    assert "nobody is on duty at closing time" in message_of(("gate_out:P", "10:00", "21:00", 1))


def test_a_shift_that_ends_before_it_starts_or_at_no_time_of_day_is_refused_before_any_plan_is_read():
    config = config_with(("till:U1", "14:00", "10:00", 1), ("till:U1", "soon", "10:00", 1), ("", "10:00", "12:00", 1))

    places = [problem.place for problem in problems_of(config)]
    assert places == ["queues.shifts[0].ends", "queues.shifts[1].starts", "queues.shifts[2].station"]
