"""Whatever the discipline: nobody is lost, no server idles before somebody who waits, and work is done at the pace that was promised."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd.single_station import StationCase, Sum, study_station
from sim.crowd.state import Discipline, Law
from sim.events import EventKind
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_S

CUSTOMERS = 200


def crowded(discipline: Discipline, **more) -> StationCase:
    """Return a busy station with two ranks, a small buffer and impatient customers."""
    given = {"customers": CUSTOMERS, "servers": 3, "arrivals_per_s": 3.5, "batches": 4, "class_shares": (1.0, 2.0)} | more
    return StationCase(law=Law.LOGNORMAL, service_s_mean=1.0, service_cv=0.8, discipline=discipline, **given)


IMPATIENT = {"patience_s_scale": 3.0, "patience_shape": 2.0, "places_in_line": 8, "balk_queue": 6, "balk_share": 0.5}


@pytest.mark.parametrize("discipline", list(Discipline))
@pytest.mark.parametrize("seed", range(3))
def test_everybody_who_comes_is_served_or_has_a_reason_to_be_gone(discipline, seed):
    more = {"places_in_line": 8} if discipline == Discipline.SHARING else IMPATIENT
    study = study_station(crowded(discipline, seed=seed, **more))
    total = study.sums.sum(axis=0)

    gone = sum(total[column] for column in (Sum.SERVED, Sum.RENEGED, Sum.TURNED_AWAY, Sum.REJECTED))
    assert total[Sum.ARRIVED] == CUSTOMERS == gone + study.present
    assert study.present == 0


@pytest.mark.parametrize("discipline", list(Discipline))
def test_the_integral_of_the_line_is_the_sum_of_the_waits_to_the_microsecond(discipline):
    more = {} if discipline == Discipline.SHARING else IMPATIENT
    study = study_station(crowded(discipline, **more))
    total = study.sums.sum(axis=0)

    assert study.queue_area_us == total[Sum.WAIT_US] + total[Sum.RENEGED_WAIT_US]
    assert study.busy_area_us == total[Sum.SERVICE_US]


@pytest.mark.parametrize("discipline", [each for each in Discipline if each != Discipline.SHARING])
def test_no_server_is_idle_while_somebody_waits(discipline):
    more = {"patience_s_scale": 3.0} if discipline == Discipline.LANES else {}
    events = study_station(crowded(discipline, **more), keep_events=10_000).events
    busy, waiting = 0, set()
    for index, event in enumerate(events):
        kind, visit = event["kind"], int(event["visit"])
        if kind == EventKind.QUEUE_JOINED:
            waiting.add(visit)
        elif kind == EventKind.SERVICE_STARTED:
            waiting.discard(visit)
            busy += 1
        elif kind == EventKind.PREEMPTED:
            waiting.add(visit)
            busy -= 1
        elif kind == EventKind.SERVICE_ENDED:
            busy -= 1
        elif kind == EventKind.RENEGED:
            waiting.discard(visit)
        is_last_of_instant = index + 1 == events.size or events[index + 1]["time_us"] > event["time_us"]
        if is_last_of_instant:
            assert busy == 3 or not waiting
            assert busy <= 3


@pytest.mark.parametrize("discipline", [Discipline.PRIORITY, Discipline.PREEMPTIVE])
def test_the_first_rank_waits_less_than_the_second_and_order_holds_within_a_rank(discipline):
    study = study_station(crowded(discipline, arrivals_per_s=2.8))
    first, second = (sums.sum(axis=0) for sums in study.class_sums)

    assert first[Sum.WAIT_US] / first[Sum.SERVED] < 0.5 * second[Sum.WAIT_US] / second[Sum.SERVED]
    if discipline == Discipline.PRIORITY:
        assert study.overtakings == 0


def test_who_is_put_back_has_the_service_it_would_have_had_in_all():
    """The sum of a customer's stretches of service is its service time in a line in order of arrival, to a microsecond each."""
    preempted = study_station(crowded(Discipline.PREEMPTIVE), keep_events=10_000).events
    plain = study_station(crowded(Discipline.FIFO), keep_events=10_000).events

    def service_us(events: np.ndarray) -> np.ndarray:
        parts = events[np.isin(events["kind"], (EventKind.SERVICE_ENDED, EventKind.PREEMPTED))]
        return np.bincount(parts["visit"], weights=parts["value"], minlength=CUSTOMERS)

    assert (preempted["kind"] == EventKind.PREEMPTED).sum() > 10
    assert np.abs(service_us(preempted) - service_us(plain)).max() <= 1


def shared_ends_s(arrivals_s: np.ndarray, works_s: np.ndarray, servers: int) -> np.ndarray:
    """Return when each is done where all share the servers, stepping from one arrival or end to the next."""
    left, ends, now, following = {}, np.zeros(arrivals_s.size), 0.0, 0
    while left or following < arrivals_s.size:
        pace = min(1.0, servers / len(left)) if left else 0.0
        first = min(left, key=lambda one: left[one]) if left else -1
        ends_s = now + left[first] / pace if left else np.inf
        comes_s = arrivals_s[following] if following < arrivals_s.size else np.inf
        until = min(ends_s, comes_s)
        left = {one: work - (until - now) * pace for one, work in left.items()}
        now = until
        if ends_s <= comes_s:
            ends[first] = now
            del left[first]
        else:
            left[following] = works_s[following]
            following += 1
    return ends


@pytest.mark.parametrize("servers", [1, 3])
def test_a_shared_station_lets_everybody_go_when_step_by_step_reckoning_says_so(servers):
    count = 100
    gaps = -np.log(uniforms(stream_key(5, "gaps"), np.arange(count), 0)) / (0.9 * servers)
    arrivals_us = np.int64(np.cumsum(gaps) * US_PER_S)
    case = StationCase(servers, Law.EXPONENTIAL, 1.0, batches=1, discipline=Discipline.SHARING)
    events = study_station(case, arrivals_us, keep_events=1000).events
    works_s = -np.log(uniforms(stream_key(case.seed, "0/service"), np.arange(count), 0))

    ended = events[events["kind"] == EventKind.SERVICE_ENDED]
    found = np.zeros(count)
    found[ended["visit"]] = ended["time_us"] / US_PER_S
    assert np.abs(found - shared_ends_s(arrivals_us / US_PER_S, np.floor(works_s * 1e6) / 1e6, servers)).max() < 1e-4


@pytest.mark.compiled
def test_lanes_cost_little_when_people_change_over():
    one_line = study_station(crowded(Discipline.FIFO, customers=2000, arrivals_per_s=2.7)).sums.sum(axis=0)
    lanes = study_station(crowded(Discipline.LANES, customers=2000, arrivals_per_s=2.7)).sums.sum(axis=0)

    assert one_line[Sum.WAIT_US] <= lanes[Sum.WAIT_US] * 1.05
    assert lanes[Sum.WAIT_US] <= 1.15 * one_line[Sum.WAIT_US]


@pytest.mark.parametrize("discipline", list(Discipline))
def test_a_lunch_without_anybody_on_duty_keeps_the_line_and_loses_nobody(discipline):
    schedule = ((20.0, 0), (60.0, 2), (90.0, 1), (200.0, 3))
    study = study_station(crowded(discipline, schedule=schedule, arrivals_per_s=2.0), keep_events=10_000)
    events = study.events
    started = events[(events["kind"] == EventKind.SERVICE_STARTED) & (events["value"] > 0)]

    assert study.present == 0
    assert study.sums.sum(axis=0)[Sum.SERVED] == CUSTOMERS
    assert not ((started["time_us"] > 20 * US_PER_S) & (started["time_us"] < 60 * US_PER_S)).any()


def test_who_foresees_too_long_a_wait_and_turns_away_would_have_given_up_or_not():
    """Turning away early is believed on a forecast: fewer give up in line, and some turn away who would have been served."""
    stay = study_station(crowded(Discipline.FIFO, patience_s_scale=1.0)).sums.sum(axis=0)
    turn = study_station(crowded(Discipline.FIFO, patience_s_scale=1.0, balk_share=1.0)).sums.sum(axis=0)

    assert stay[Sum.TURNED_AWAY] == 0 < turn[Sum.TURNED_AWAY]
    assert turn[Sum.RENEGED] < stay[Sum.RENEGED]
    assert turn[Sum.SERVED] < stay[Sum.SERVED]


def test_one_server_has_one_line_whatever_the_rule_for_several():
    one, lanes = (
        study_station(crowded(each, servers=1, arrivals_per_s=1.2, patience_s_scale=3.0), keep_events=5_000).events
        for each in (Discipline.FIFO, Discipline.LANES)
    )

    assert one.tobytes() == lanes.tobytes()
