"""Stations traced by hand: deterministic arrivals, services and patience, with every event known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.crowd.single_station import StationCase, study_station
from sim.crowd.state import Discipline, Law
from sim.crowd.station_plans import UNLIMITED
from sim.events import EventKind
from sim.units import US_PER_S
from sim.verification.parameters import Parameter, whole
from sim.verification.records import Record, record, verdict_of
from sim.verification.traces_of_lines import REPEATS, looped, records_of_ties, tandem, traced

MEANING = "hand-traced stations: patience, balking, two servers, ranks, sharing, shifts, and the rule for ties"
PARAMETERS: dict[str, Parameter] = {
    "customers": whole(100_000, "customers of the case about ties", 1, 10_000_000),
    "repeats": whole(REPEATS, "runs of the case whose outcome hangs on ties", 1, 100_000),
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
PATIENT_FOREVER = 0.0
KINDS = (
    EventKind.QUEUE_JOINED, EventKind.BALKED, EventKind.REJECTED, EventKind.SERVICE_STARTED, EventKind.PREEMPTED,
    EventKind.SERVICE_ENDED, EventKind.RENEGED,
)  # fmt: skip


def run(values: dict[str, Any]) -> list[Record]:
    """Return the traces that Ciw is tested with as far as a station with one line and equal servers supports them (Palmer et al. 2019)."""
    return [
        *_patience(), *_balking(), *_two_servers(), *_disciplines(), *_shifts(), *_networks(), *records_of_ties(values["repeats"]),
        _tie(values["customers"]),
    ]  # fmt: skip


def events_of(
    arrivals_s: Sequence[float], service_s: float, *, servers: int = 1, patience_s: float = PATIENT_FOREVER,
    places_in_line: int = UNLIMITED, balk_queue: int = UNLIMITED, horizon_s: float = 1e6,
) -> dict[EventKind, list[float]]:  # fmt: skip
    """Return the seconds of each kind of event of a station, in order; services all take `service_s`, patience all `patience_s`."""
    case = StationCase(
        servers=servers, law=Law.DETERMINISTIC, service_s_mean=service_s, service_cv=0.0, patience_s_scale=patience_s,
        patience_shape=np.inf, places_in_line=places_in_line, balk_queue=balk_queue, batches=1,
    )  # fmt: skip
    arrivals_us = np.round(np.asarray(arrivals_s) * US_PER_S).astype(np.int64)
    study = study_station(case, arrivals_us, keep_events=10_000, horizon_us=round(horizon_s * US_PER_S))
    return seconds_of(study.events)


def seconds_of(events: np.ndarray) -> dict[EventKind, list[float]]:
    """Return the seconds of each kind of event of stations."""
    return {kind: [float(time) / US_PER_S for time in events["time_us"][events["kind"] == kind]] for kind in KINDS}


def _trace(case: str, expected: Sequence[float], found: Sequence[float]) -> Record:
    right = sum(abs(a - b) < 1e-9 for a, b in zip(expected, found, strict=False))
    holds = right == len(expected) == len(found)
    return record(
        case,
        "events",
        len(expected),
        right,
        verdict_of(holds),
        "every instant exact",
        expected_s=list(expected),
        found_s=list(found),
    )


def _patience() -> list[Record]:
    found = events_of([7, 14, 21, 28], 11, patience_s=3)
    return [
        _trace("D(7)/D(11)/1, patience 3: gives up", [17, 31], found[EventKind.RENEGED]),
        _trace("D(7)/D(11)/1, patience 3: served until", [18, 32], found[EventKind.SERVICE_ENDED]),
    ]


def _balking() -> list[Record]:
    found = events_of(range(5, 52, 5), 21, balk_queue=2, horizon_s=51)
    return [
        _trace("D(5)/D(21)/1, at most 3 in the system: turns away", [20, 25, 35, 40, 45], found[EventKind.BALKED]),
        _trace("D(5)/D(21)/1: starts", [5, 26, 47], found[EventKind.SERVICE_STARTED]),
        _trace("D(5)/D(21)/1: ends", [26, 47], found[EventKind.SERVICE_ENDED]),
    ]


def _two_servers() -> list[Record]:
    arrivals_s = sorted([round(0.8 * number, 1) for number in range(1, 21)] + [float(number) for number in range(1, 17)])
    found = events_of(arrivals_s, 5.1, servers=2, places_in_line=3, horizon_s=16.3)
    joined = found[EventKind.QUEUE_JOINED]
    return [
        _trace(
            "two servers D(5.1), arrivals every 0.8 and every 1: starts",
            [0.8, 1.0, 5.9, 6.1, 11.0, 11.2, 16.1, 16.3],
            found[EventKind.SERVICE_STARTED],
        ),
        _trace("two servers: arrivals that are served", [0.8, 1.0, 1.6, 2.0, 2.4, 6.0, 6.4, 11.0], joined[:8]),
        _trace("two servers: first refused", [3.0, 3.2, 4.0, 4.0, 4.8], found[EventKind.REJECTED][:5]),
    ]


def _disciplines() -> list[Record]:
    ranks = seconds_of(traced([0, 1, 2], 4, classes=[1, 0, 1], discipline=Discipline.PREEMPTIVE).events)
    shared = seconds_of(traced([0, 1], 4, discipline=Discipline.SHARING).events)
    lanes = seconds_of(traced([0, 1, 2, 3, 4], 10, servers=2, discipline=Discipline.LANES).events)
    return [
        _trace("preemptive D(4), a better rank comes at 1: starts", [0, 1, 5, 8], ranks[EventKind.SERVICE_STARTED]),
        _trace("preemptive D(4), a better rank comes at 1: put back", [1], ranks[EventKind.PREEMPTED]),
        _trace("preemptive D(4), a better rank comes at 1: ends", [5, 8, 12], ranks[EventKind.SERVICE_ENDED]),
        _trace("shared D(4), the second comes at 1: ends", [7, 8], shared[EventKind.SERVICE_ENDED]),
        _trace("two lanes D(10), five customers: starts", [0, 1, 10, 11, 20], lanes[EventKind.SERVICE_STARTED]),
    ]


def _shifts() -> list[Record]:
    fewer = seconds_of(traced([0, 0, 0, 1, 2], 10, servers=3, schedule=((5.0, 1),)).events)
    lunch = seconds_of(traced([0, 1, 2], 3, schedule=((2.0, 0), (10.0, 1))).events)
    return [
        _trace("3 servers become 1 at 5 with 3 in service: ends", [10, 10, 10, 20, 30], fewer[EventKind.SERVICE_ENDED]),
        _trace("nobody on duty from 2 to 10: starts", [0, 10, 13], lunch[EventKind.SERVICE_STARTED]),
    ]


def _networks() -> list[Record]:
    ends, _ = looped()
    return [
        _trace(
            "D(10) to two servers D(5) that send all back: ends",
            [15, 20, 25, 25, 30, 30, 35, 35],
            [time for time, _, _ in ends],
        ),
        _trace("D(10) tandem of D(10) and D(10): leaves", [30, 40, 50, 60, 70], tandem()),
    ]


def _tie(customers: int) -> Record:
    """Return the waits of D/D/1 with an arrival and an end of service at every instant: the server is freed first, so nobody waits."""
    case = StationCase(servers=1, law=Law.DETERMINISTIC, service_s_mean=1.0, service_cv=0.0, batches=1)
    study = study_station(case, np.arange(1, customers + 1, dtype=np.int64) * US_PER_S)
    return record(
        "D(1)/D(1)/1: time in line of all",
        "us",
        0,
        study.queue_area_us,
        verdict_of(study.queue_area_us == 0),
        "exactly the reference",
    )
