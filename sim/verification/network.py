"""Networks of stations against Jackson's product form and mean value analysis; no customer is lost between two nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.crowd.state import Law, Role
from sim.crowd.station_network import NetworkCase, NetworkStudy, NodeSum, study_network
from sim.crowd.station_plans import StationPlan
from sim.errors import ConfigError, Problem
from sim.verification.parameters import SEED, Parameter, numbers, table, whole
from sim.verification.queue_theory import closed_numbers, jackson_numbers
from sim.verification.records import Record, equal, estimated

MEANING = "stations in a network against Jackson's product form, a tandem, and mean value analysis of closed networks"
WINDOWS = 31  # the first is left out: the network starts empty, or with everybody at one node

PARAMETERS: dict[str, Parameter] = {
    "arrival_rates": numbers(
        [1.0, 0.5, 0.0], "customers per second from outside to each node, Poisson; none for a closed network", 0.0, 1e4
    ),
    "routing": table(
        [[0, 0.6, 0.2], [0.1, 0, 0.5], [0.2, 0, 0]], "shares that go from each node to each; the rest leaves", 0.0, 1.0
    ),
    "service_rates": numbers([3.0, 1.2, 1.0], "services per second and server of each node, exponential", 1e-4, 1e4),
    "servers": numbers([1, 2, 2], "servers of each node", 1, 10_000),
    "customers": whole(1_000_000, "customers who come; in a closed network, those who are there", 1, 200_000_000),
    "services": whole(2_000_000, "services of a closed network, about", 1000, 200_000_000),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = (
    {},
    {"arrival_rates": [0.7, 0.0], "routing": [[0, 1], [0, 0]], "service_rates": [1.0, 1.25], "servers": [1, 1]},
    {
        "arrival_rates": [], "routing": [[0, 0.6, 0.4], [1, 0, 0], [1, 0, 0]], "service_rates": [2.0, 2.0, 2.0], "servers": [1, 1, 1],
        "customers": 5,
    },
)  # fmt: skip


def run(values: dict[str, Any]) -> list[Record]:
    """Return the records of one network."""
    servers = [int(count) for count in values["servers"]]
    _refuse_odd(values, servers)
    plans = tuple(
        StationPlan(f"till:{node}", Role.TILL, count, 1 / rate, 1.0, law=Law.EXPONENTIAL)
        for node, (count, rate) in enumerate(zip(servers, values["service_rates"], strict=True))
    )
    if sum(values["arrival_rates"]) == 0:
        return _closed(values, plans, servers)
    return _open(values, plans, servers)


def _open(values: dict[str, Any], plans: tuple[StationPlan, ...], servers: list[int]) -> list[Record]:
    rates, numbers_there = jackson_numbers(values["arrival_rates"], values["routing"], values["service_rates"], servers)
    total = sum(values["arrival_rates"])
    case = NetworkCase(
        plans, np.array(values["routing"]), tuple(values["arrival_rates"]), values["customers"], windows=WINDOWS,
        window_s=values["customers"] / total / WINDOWS * 0.999, seed=values["seed"],
    )  # fmt: skip
    study = study_network(case)
    name = f"network of {len(plans)}" if np.count_nonzero(values["routing"]) != len(plans) - 1 else f"tandem of {len(plans)}"
    window_us = round(1e6 * case.window_s)
    areas = study.sums[1:WINDOWS, :, NodeSum.AREA_US] / window_us
    served = study.sums[1:WINDOWS, :, NodeSum.SERVED] / (1e-6 * window_us)
    found = []
    for node, (rate, number_there) in enumerate(zip(rates, numbers_there, strict=True)):
        found.append(estimated(f"{name}: mean number at node {node}", "customers", number_there, areas[:, node]))
        found.append(estimated(f"{name}: throughput of node {node}", "customers/s", rate, served[:, node]))
    known = [number_there for number_there in numbers_there if number_there is not None]
    all_there = sum(known) if len(known) == len(plans) else None
    found.append(estimated(f"{name}: mean number in all", "customers", all_there, areas.sum(axis=1)))
    left = study.sums[1:WINDOWS, :, [NodeSum.LEFT, NodeSum.SOJOURN_US]].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        sojourns_s = 1e-6 * left[:, 1] / left[:, 0]
    found.append(estimated(f"{name}: mean time in it", "s", None if all_there is None else all_there / total, sojourns_s))
    return found + _exact(name, study, is_open=True)


def _closed(values: dict[str, Any], plans: tuple[StationPlan, ...], servers: list[int]) -> list[Record]:
    """Return a closed network's records; demands are visits per round times mean service."""
    visits = _visits(values["routing"])
    demands = [visit / rate for visit, rate in zip(visits, values["service_rates"], strict=True)]
    name = f"closed network of {len(plans)}, {values['customers']} customers"
    throughput, numbers_there = closed_numbers(values["customers"], demands)
    known = all(count == 1 for count in servers)
    horizon_s = values["services"] / (throughput * sum(visits))
    case = NetworkCase(
        plans, np.array(values["routing"]), (), values["customers"], horizon_s, WINDOWS, horizon_s / WINDOWS, values["seed"]
    )
    study = study_network(case)
    window_us = round(1e6 * case.window_s)
    areas = study.sums[1:WINDOWS, :, NodeSum.AREA_US] / window_us
    rounds = study.sums[1:WINDOWS, 0, NodeSum.SERVED] / (1e-6 * window_us)
    found = [estimated(f"{name}: services of node 0", "customers/s", throughput if known else None, rounds)]
    for node, number_there in enumerate(numbers_there):
        found.append(
            estimated(f"{name}: mean number at node {node}", "customers", number_there if known else None, areas[:, node])
        )
    whole_us = int(study.sums[:, :, NodeSum.AREA_US].sum())
    found.append(
        equal(
            f"{name}: integral of all there = customers x time", "customer-us", values["customers"] * study.clock_us, whole_us
        )
    )
    return found + _exact(name, study, is_open=False)


def _visits(routing: list[list[float]]) -> list[float]:
    """Return how often each node is visited between two visits of node 0."""
    matrix = np.array(routing)
    count = matrix.shape[0]
    system = np.vstack([(matrix.T - np.eye(count))[1:], np.eye(count)[0]])
    return [float(visit) for visit in np.linalg.solve(system, np.append(np.zeros(count - 1), 1.0))]


def _exact(name: str, study: NetworkStudy, *, is_open: bool) -> list[Record]:
    """Return what holds without statistics: nobody lost, and in a network that empties all that come to a node are served there."""
    sums = study.sums.sum(axis=0)
    left, lost = int(sums[:, NodeSum.LEFT].sum()), int(sums[:, NodeSum.LOST].sum())
    found = [
        equal(f"{name}: came from outside = left + lost + present", "customers", study.arrived, left + lost + study.present)
    ]
    if is_open:
        came, served = int(sums[:, NodeSum.ARRIVED].sum()), int(sums[:, NodeSum.SERVED].sum())
        found.append(equal(f"{name}: came to nodes = served there", "customers", came - lost, served))
        area_us, sojourns_us = int(sums[:, NodeSum.AREA_US].sum()), int(sums[:, NodeSum.SOJOURN_US].sum())
        found.append(
            equal(f"{name}: Little's law, integral of all there = sum of times in it", "customer-us", area_us, sojourns_us)
        )
    return found


def _refuse_odd(values: dict[str, Any], servers: list[int]) -> None:
    """Raise ConfigError for numbers that are each in range, but cannot go together."""
    problems = []
    count, routing = len(servers), values["routing"]
    if len(values["service_rates"]) != count:
        problems.append(
            Problem(
                "service_rates", repr(values["service_rates"]), f"must be one for each of {count} nodes", "as many as servers"
            )
        )
    if values["arrival_rates"] and len(values["arrival_rates"]) != count:
        problems.append(
            Problem(
                "arrival_rates",
                repr(values["arrival_rates"]),
                f"must be one for each of {count} nodes",
                "write 0 where nobody comes",
            )
        )
    if len(routing) != count or any(len(row) != count for row in routing):
        problems.append(
            Problem("routing", repr(routing), f"must be {count} rows of {count} shares", "write 0 where nobody goes")
        )
    elif any(sum(row) > 1 + 1e-9 for row in routing):
        problems.append(
            Problem("routing", repr(routing), "must not send on more than come: a row's sum is at most 1", "lower its shares")
        )
    elif sum(values["arrival_rates"]) == 0 and any(abs(sum(row) - 1) > 1e-9 for row in routing):
        problems.append(
            Problem(
                "routing", repr(routing), "must send everybody on where nobody comes from outside", "let each row's sum be 1"
            )
        )
    elif sum(values["arrival_rates"]) > 0 and np.abs(np.linalg.eigvals(np.array(routing))).max() > 1 - 1e-9:
        problems.append(Problem("routing", repr(routing), "must let everybody out in the end", "lower a row's sum below 1"))
    if problems:
        raise ConfigError.of("galleria verify network", problems)
