"""More stations traced by hand: ranks, sharing, lanes, shifts, and a network whose outcome hangs on the rule for ties."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.crowd.single_station import StationCase, StationStudy, study_station
from sim.crowd.state import Discipline, Law, Role
from sim.crowd.station_network import NetworkCase, study_network
from sim.crowd.station_plans import StationPlan
from sim.events import EventKind
from sim.units import US_PER_S
from sim.verification.records import Record, equal

REPEATS = 1000  # of the case about ties


def traced(
    arrivals_s: list[float], service_s: float, *, servers: int = 1, classes: list[int] | None = None, horizon_s: float = 1e6,
    **more: Any,
) -> StationStudy:  # fmt: skip
    """Return what happened at a station where every service takes `service_s`; `more` are fields of StationCase."""
    shares = (1.0,) * (1 + max(classes or [0]))
    case = StationCase(servers, Law.DETERMINISTIC, service_s, 0.0, batches=1, class_shares=shares, **more)
    arrivals_us = np.round(np.asarray(arrivals_s) * US_PER_S).astype(np.int64)
    kinds = None if classes is None else np.array(classes)
    return study_station(case, arrivals_us, classes=kinds, keep_events=10_000, horizon_us=round(horizon_s * US_PER_S))


def waits_by_class_s(arrivals_s: list[float], service_s: float, horizon_s: float) -> list[float]:
    """Return the sum of the waits of those served by the horizon, of each of two classes that come at every instant, the first class first."""
    both = [time for time in arrivals_s for _ in range(2)]
    classes = [0, 1] * len(arrivals_s)
    events = traced(both, service_s, classes=classes, horizon_s=horizon_s, discipline=Discipline.PRIORITY).events
    ended = np.isin(events["visit"], events["visit"][events["kind"] == EventKind.SERVICE_ENDED])
    started = events[(events["kind"] == EventKind.SERVICE_STARTED) & ended]
    return [float(started["value"][started["visit"] % 2 == kind].sum()) / US_PER_S for kind in (0, 1)]


def looped() -> tuple[list[tuple[float, int, int]], int]:
    """Return the ends of service (second, customer, node) until 36 s, and how many customers had one, in a node that sends all back to itself.

    Two servers, service 5 s, customers at 10, 20 and 30 s. At 30 s both servers end: whoever is freed and comes back finds the server
    free, since whoever is inside acts before whoever arrives; so the third waits, and two customers have been served by 36 s.
    """
    nodes = tuple(
        StationPlan(f"till:{node}", Role.TILL, servers, 5.0, 0.0, law=Law.DETERMINISTIC) for node, servers in enumerate((2, 1))
    )
    case = NetworkCase(nodes, np.array([[1.0, 0.0], [0.0, 0.0]]), horizon_s=36.0)
    events = study_network(case, np.array([10, 20, 30]) * US_PER_S, keep_events=1000).events
    ended = events[events["kind"] == EventKind.SERVICE_ENDED]
    found = [(float(one["time_us"]) / US_PER_S, int(one["visit"]), int(one["place"])) for one in ended]
    return found, len({customer for _, customer, _ in found})


def tandem() -> list[float]:
    """Return the seconds at which customers leave two servers in a row, when at every instant all end and one arrives: nobody waits."""
    nodes = tuple(StationPlan(f"till:{node}", Role.TILL, 1, 10.0, 0.0, law=Law.DETERMINISTIC) for node in range(2))
    case = NetworkCase(nodes, np.array([[0.0, 1.0], [0.0, 0.0]]))
    events = study_network(case, np.arange(1, 6) * 10 * US_PER_S, keep_events=1000).events
    ended = events[(events["kind"] == EventKind.SERVICE_ENDED) & (events["place"] == 1)]
    return [float(time) / US_PER_S for time in ended["time_us"]]


def records_of_ties(repeats: int) -> list[Record]:
    """Return the records of ranks and ties, where one order at one instant or another changes the outcome."""
    waits_s = waits_by_class_s([float(second) for second in range(1, 36)], 0.75, 35.0)
    ours = "ends of service come first; Ciw, which orders ties by chance, had 12.75 and 135.75 under one seed"
    different = {str(looped()) for _ in range(repeats)}
    return [
        equal("two classes D(1), service D(0.75), 35 s: waits of the first", "s", 15.75, waits_s[0], note=ours),
        equal("two classes D(1), service D(0.75), 35 s: waits of the second", "s", 132.75, waits_s[1], note=ours),
        equal("two classes D(1), service D(0.75), 35 s: waits of both, whatever the order", "s", 12.75 + 135.75, sum(waits_s)),
        equal("D(10) to two servers D(5) that send all back: customers served by 36 s", "customers", 2, looped()[1]),
        equal(f"the same {repeats} times: outcomes", "outcomes", 1, len(different)),
    ]
