"""One station, a handful of customers: who is served when, who gives up, who turns away."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd import single_station
from sim.crowd.queues import service_s
from sim.crowd.single_station import StationCase, Sum, study_station
from sim.crowd.state import Discipline, Law
from sim.events import EventKind
from sim.random_streams import stream_key
from sim.units import US_PER_S
from sim.verification.traces import events_of, seconds_of
from sim.verification.traces_of_lines import traced

KEY = stream_key(1, "service")


def test_patience_that_ends_before_a_server_is_free_ends_the_wait():
    found = events_of([7, 14, 21, 28], 11, patience_s=3)

    assert found[EventKind.RENEGED] == [17, 31]
    assert found[EventKind.SERVICE_ENDED] == [18, 32]


def test_whoever_finds_the_line_full_turns_away_at_once():
    found = events_of(range(5, 52, 5), 21, balk_queue=2, horizon_s=51)

    assert found[EventKind.BALKED] == [20, 25, 35, 40, 45]
    assert found[EventKind.SERVICE_STARTED] == [5, 26, 47]


def test_without_places_in_line_only_free_servers_take_customers():
    found = events_of([0, 1, 2, 10], 5, servers=2, places_in_line=0)

    assert found[EventKind.BALKED] == []
    assert found[EventKind.REJECTED] == [2]
    assert found[EventKind.SERVICE_STARTED] == [0, 1, 10]


def test_a_server_is_freed_before_whoever_arrives_at_that_instant_asks():
    found = events_of([1, 2, 3, 4], 1)

    assert found[EventKind.SERVICE_STARTED] == [1, 2, 3, 4]


def test_a_server_that_is_freed_when_patience_ends_still_takes_the_customer():
    found = events_of([0, 2], 5, patience_s=3)

    assert found[EventKind.RENEGED] == []
    assert found[EventKind.SERVICE_STARTED] == [0, 5]


def test_of_two_who_arrive_at_one_instant_the_first_by_number_is_served_first():
    case = StationCase(servers=1, law=Law.DETERMINISTIC, service_s_mean=1.0, service_cv=0.0, batches=1)

    study = study_station(case, np.array([5, 5, 5]) * US_PER_S, keep_events=20)
    started = study.events[study.events["kind"] == EventKind.SERVICE_STARTED]

    assert list(started["visit"]) == [0, 1, 2]
    assert list(started["time_us"]) == [5 * US_PER_S, 6 * US_PER_S, 7 * US_PER_S]


def test_the_line_grows_beyond_the_rows_there_are_at_first_and_nobody_is_lost():
    case = StationCase(servers=1, law=Law.DETERMINISTIC, service_s_mean=1.0, service_cv=0.0, batches=1)

    study = study_station(case, np.arange(4500, dtype=np.int64))

    assert study.queue_max == 4499
    assert study.overtakings == 0
    assert study.sums[0, Sum.SERVED] == 4500


def test_mean_waits_with_and_without_those_who_give_up_are_the_ones_worked_out_by_hand():
    """Six customers, service 4 s, patience 5 s: waits 0, 3, gives up after 5, 4, gives up after 5, 0 seconds."""
    case = StationCase(
        servers=1,
        law=Law.DETERMINISTIC,
        service_s_mean=4.0,
        service_cv=0.0,
        patience_s_scale=5.0,
        patience_shape=np.inf,
        batches=1,
    )

    total = study_station(case, np.array([0, 1, 2, 4, 5, 20]) * US_PER_S).sums.sum(axis=0)

    assert total[Sum.STARTED] == 4
    assert total[Sum.RENEGED] == 2
    assert total[Sum.WAIT_US] == (0 + 3 + 4 + 0) * US_PER_S
    assert total[Sum.RENEGED_WAIT_US] == (5 + 5) * US_PER_S


@pytest.mark.parametrize(
    ("law", "cv"),
    [
        (Law.EXPONENTIAL, 1.0),
        (Law.ERLANG, 0.5),
        (Law.ERLANG, 0.1),
        (Law.LOGNORMAL, 0.8),
        (Law.HYPEREXPONENTIAL, 2.0),
        (Law.DETERMINISTIC, 0.0),
        (Law.UNIFORM, 0.5),
    ],
)
def test_a_law_of_service_has_its_mean_and_its_spread(law, cv):
    """600 fixed draws; 5 standard errors of a mean, wide bands for the spread: a check of the formulas, not of the draws."""
    times_s = np.array([service_s(law, 30.0, cv, KEY, number, 0) for number in range(600)])

    assert times_s.min() > 0
    assert abs(times_s.mean() - 30.0) <= 5 * 30.0 * cv / np.sqrt(600) + 1e-9
    assert times_s.std() == pytest.approx(30.0 * cv, rel=0.35, abs=1e-9)


def test_a_service_time_belongs_to_the_customer_whoever_serves():
    first = service_s(Law.EXPONENTIAL, 30.0, 1.0, KEY, 77, 0)

    assert service_s(Law.EXPONENTIAL, 30.0, 1.0, KEY, 77, 0) == first
    assert service_s(Law.EXPONENTIAL, 30.0, 1.0, KEY, 77, 1) != first
    assert service_s(Law.EXPONENTIAL, 60.0, 1.0, KEY, 77, 0) == pytest.approx(2 * first)


def test_services_of_several_laws_on_one_stream_share_no_draw():
    """Of 2,000 customers no two of the first five services, of whatever laws, correlate above 0.15, more than 6 standard errors."""
    laws = ((Law.EXPONENTIAL, 1.0), (Law.LOGNORMAL, 1.0), (Law.UNIFORM, 0.5), (Law.HYPEREXPONENTIAL, 2.0), (Law.ERLANG, 0.5))
    logs = {
        (law, service): np.log([service_s(law, 1.0, cv, KEY, number, service) for number in range(2000)])
        for law, cv in laws
        for service in range(5)
    }
    # Of a log-normal time the square too: its radius is one draw and its angle the other, and a square shows the radius.
    logs |= {(-law, service): (logs[law, service] + 0.35) ** 2 for law, service in list(logs) if law == Law.LOGNORMAL}
    correlation = np.corrcoef(np.array(list(logs.values())))
    services = np.array([service for _, service in logs])

    assert np.abs(correlation[services[:, None] != services[None, :]]).max() < 0.15


def test_a_services_stages_are_its_own_however_many_they_are():
    """With 100 stages, neighbouring services once shared 36 of them: the second came out near the first."""
    first, second = (
        np.array([service_s(Law.ERLANG, 1.0, 0.1, KEY, number, count) for number in range(60)]) for count in (0, 1)
    )

    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(60)


def test_whoever_turns_away_by_will_is_told_from_whoever_finds_no_room():
    willing = events_of([0, 1, 2, 3], 10, balk_queue=2, places_in_line=1)
    crowded = events_of([0, 1, 2, 3], 10, balk_queue=1, places_in_line=2)

    assert (willing[EventKind.REJECTED], willing[EventKind.BALKED]) == ([2, 3], [])
    assert (crowded[EventKind.REJECTED], crowded[EventKind.BALKED]) == ([], [2, 3])


def test_a_better_rank_that_comes_at_the_instant_of_an_end_of_service_puts_nobody_back():
    found = seconds_of(traced([0, 4], 4, classes=[1, 0], discipline=Discipline.PREEMPTIVE).events)

    assert found[EventKind.PREEMPTED] == []
    assert found[EventKind.SERVICE_ENDED] == [4, 8]


def test_the_last_served_of_the_worst_rank_gives_up_its_server():
    study = traced([0, 1, 2, 3], 10, servers=3, classes=[1, 2, 2, 0], discipline=Discipline.PREEMPTIVE)
    put_back = study.events[study.events["kind"] == EventKind.PREEMPTED]

    assert list(put_back["visit"]) == [2]


def waited_us(monkeypatch, stale_us: int, **case) -> np.ndarray:
    """Return what customers, one row each, remember of their wait at a station, who come to it with another store's."""
    malls, bare_mall = [], single_station.bare_mall

    def kept(*given):
        malls.append(bare_mall(*given))
        malls[0].minds["line_us"] = stale_us
        return malls[0]

    monkeypatch.setattr(single_station, "bare_mall", kept)
    traced(**case)
    return malls[0].minds["line_us"][malls[0].free_rows[::-1][: len(case["arrivals_s"])]]


def test_who_is_put_back_remembers_both_waits(monkeypatch):
    case = {"arrivals_s": [0, 1, 12], "service_s": 10, "classes": [0, 1, 0], "discipline": Discipline.PREEMPTIVE}

    assert 19 * US_PER_S in waited_us(monkeypatch, 777, **case)  # 9 s, and 10 s more while the third is served


def test_who_shares_a_service_remembers_no_wait_of_another_store(monkeypatch):
    found = waited_us(monkeypatch, 777, arrivals_s=[0, 1, 2], service_s=10, discipline=Discipline.SHARING)

    assert not found.any()


def test_a_closed_lanes_line_goes_over_to_the_lanes_that_stay():
    study = traced([0, 0, 0, 0, 0, 0], 10, servers=3, schedule=((5.0, 1),), discipline=Discipline.LANES)
    started = study.events[study.events["kind"] == EventKind.SERVICE_STARTED]

    assert list(started["time_us"] // US_PER_S) == [0, 0, 0, 10, 20, 30]
    assert list(started["visit"]) == [0, 1, 2, 3, 4, 5]


def test_the_last_of_a_longer_lane_comes_over_when_another_empties():
    """Two lanes; patience of 3 s empties the second lane's line, and the server it frees at 11 s is not left idle before a line."""
    study = traced(
        [0, 1, 9, 9.5, 10.5, 10.6], 10, servers=2, patience_s_scale=8.0, patience_shape=np.inf, discipline=Discipline.LANES
    )
    started = study.events[study.events["kind"] == EventKind.SERVICE_STARTED]

    assert [(int(one["visit"]), one["time_us"] / US_PER_S) for one in started][:4] == [(0, 0), (1, 1), (2, 10), (3, 11)]
    assert study.present == 0
