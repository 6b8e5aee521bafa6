"""Closed forms of queueing theory, each with its source, to hold stations against."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

TAIL = 1e-15  # states less likely than this, relative to the likeliest, are left out
STATES_MAX = 2_000_000


@dataclass(frozen=True)
class QueueValues:
    """Means in steady state; None where no closed form is known to this page. Times in the unit of 1 / rate."""

    wait_mean: float | None = None  # of all who join the line or are served at once, those who give up included
    wait_share: float | None = None  # of all who come: find no server free and stay
    abandon_share: float | None = None  # of all who come: give up in line
    blocked_share: float | None = None  # of all who come: find no place
    queue_mean: float | None = None


def erlang_c(offered: float, servers: int) -> float:
    """Return the share that waits in M/M/c with `offered` = rate over service rate, by Erlang B's recursion (Erlang 1917)."""
    blocked = erlang_b(offered, servers)
    return blocked / (1 - (offered / servers) * (1 - blocked))


def erlang_b(offered: float, servers: int) -> float:
    """Return the share lost in M/G/c/c (Erlang 1917; insensitive to the law of service: Sevastyanov 1957)."""
    blocked = 1.0
    for busy in range(1, servers + 1):
        blocked = offered * blocked / (busy + offered * blocked)
    return blocked


def pollaczek_khinchine_wait(rate: float, service_mean: float, service_scv: float) -> float:
    """Return the mean wait in M/G/1 (Pollaczek 1930, Khinchine 1932): rate E[S^2] / (2 (1 - rho))."""
    return rate * service_mean**2 * (1 + service_scv) / (2 * (1 - rate * service_mean))


def markovian(
    rate: float, service_rate: float, servers: int, patience_mean: float | None, places_in_line: int | None
) -> QueueValues:
    """Return the means of M/M/c(/K)(+M) from its birth-death chain (Palm 1957 for patience: Erlang A).

    In state n customers arrive at `rate` while there is a place and leave at min(n, c) mu + max(n - c, 0) theta. Needs a steady state:
    a finite line, patience, or rate < c mu.
    """
    theta = 0.0 if patience_mean is None else 1.0 / patience_mean
    logs = [0.0]
    top = math.inf if places_in_line is None else servers + places_in_line
    best = 0.0
    while len(logs) - 1 < top and len(logs) < STATES_MAX:
        n = len(logs)
        logs.append(logs[-1] + math.log(rate) - math.log(min(n, servers) * service_rate + max(n - servers, 0) * theta))
        best = max(best, logs[-1])
        if n > servers and logs[-1] < logs[-2] and logs[-1] < best + math.log(TAIL) - math.log(n):
            break
    weight = np.exp(np.array(logs) - best)
    share = weight / math.fsum(weight)
    state = np.arange(share.size)
    queue = math.fsum(np.maximum(state - servers, 0) * share)
    blocked = float(share[-1]) if share.size - 1 == top else 0.0
    return QueueValues(
        wait_mean=queue / (rate * (1 - blocked)),
        wait_share=math.fsum(share[servers:]) - blocked,
        abandon_share=theta * queue / rate,
        blocked_share=blocked,
        queue_mean=queue,
    )


def deterministic_arrivals_wait(rate: float, service_rate: float) -> float:
    """Return the mean wait in D/M/1 (Kendall 1953): sigma / (mu (1 - sigma)), sigma the root of exp(-mu (1 - sigma) / rate)."""
    low, high = 0.0, 1.0 - 1e-12
    for _ in range(200):
        middle = (low + high) / 2
        above = math.exp(-service_rate * (1 - middle) / rate) > middle
        low, high = (middle, high) if above else (low, middle)
    return low / (service_rate * (1 - low))


def group_wait(rate: float, service_rate: float, group: int) -> float:
    """Return the mean wait in M^[g]/M/1 with `rate` customers in groups of g: number in system rho (g + 1) / (2 (1 - rho)), by Little."""
    load = rate / service_rate
    return load * (group + 1) / (2 * (1 - load)) / rate - 1 / service_rate


def class_waits(
    rates: list[float], service_rate: float, servers: int, service_scv: float, *, preemptive: bool, exponential: bool
) -> list[float | None]:
    """Return each class's mean time in line, class 0 first of all (Cobham 1954; preemptive-resume: White & Christie 1958).

    Known for one server, and without preemption for several with exponential service. In line is all the time that a customer is there
    without being served; None for a class that finds no steady state.
    """
    capacity = servers * service_rate
    if servers > 1 and (preemptive or not exponential):
        return [None] * len(rates)
    waits: list[float | None] = []
    before = after = 0.0
    for rate in rates:
        after += rate / capacity
        if after >= 1:
            waits.append(None)
        elif preemptive:
            residual = after / capacity * (1 + service_scv) / 2
            waits.append((1 / service_rate) / (1 - before) + residual / ((1 - before) * (1 - after)) - 1 / service_rate)
        else:
            offered = sum(rates) / service_rate
            steady = offered < servers
            waiting = erlang_c(offered, servers) if steady else 1.0
            residual = waiting / capacity if servers > 1 else sum(rates) * (1 + service_scv) / (2 * service_rate**2)
            waits.append(residual / ((1 - before) * (1 - after)) if steady else None)
        before = after
    return waits


def shared_states(rate: float, service_rate: float, servers: int, states: int) -> list[float]:
    """Return the shares of time with 0, 1, 2, ... customers at an M/M/c station, shared or not (insensitive under sharing: Kelly 1979)."""
    offered = rate / service_rate
    weight = [1.0]
    for number in range(1, 20_000):
        weight.append(weight[-1] * offered / min(number, servers))
    total = math.fsum(weight)
    return [share / total for share in weight[:states]]


def jackson_numbers(
    external: list[float], routing: list[list[float]], service_rates: list[float], servers: list[int]
) -> tuple[list[float], list[float | None]]:
    """Return the rate through each node and the mean number there (Jackson 1957); None at a node that more come to than it can serve."""
    matrix = np.asarray(routing, float)
    rates = np.linalg.solve(np.eye(len(external)) - matrix.T, np.asarray(external, float))
    numbers: list[float | None] = []
    for rate, service_rate, count in zip(rates, service_rates, servers, strict=True):
        if rate >= count * service_rate:
            numbers.append(None)
        elif rate <= 0:
            numbers.append(0.0)
        else:
            queue = markovian(float(rate), service_rate, count, None, None).queue_mean
            numbers.append(None if queue is None else queue + float(rate) / service_rate)
    return [float(rate) for rate in rates], numbers


def closed_numbers(customers: int, demands: list[float]) -> tuple[float, list[float]]:
    """Return throughput and mean numbers of a closed network of single servers by mean value analysis (Reiser & Lavenberg 1980)."""
    numbers = [0.0] * len(demands)
    throughput = 0.0
    for present in range(1, customers + 1):
        times = [demand * (1 + number) for demand, number in zip(demands, numbers, strict=True)]
        throughput = present / math.fsum(times)
        numbers = [throughput * time for time in times]
    return throughput, numbers


def station_values(
    rate: float, service_rate: float, servers: int, exponential: bool, service_scv: float,
    patience_mean: float | None, places_in_line: int | None,
) -> QueueValues:  # fmt: skip
    """Return what theory knows of a station with Poisson arrivals; rates per unit of time."""
    steady = places_in_line is not None or patience_mean is not None or rate < servers * service_rate
    if not steady:
        return QueueValues()
    if exponential:
        return markovian(rate, service_rate, servers, patience_mean, places_in_line)
    if places_in_line == 0:
        return QueueValues(
            wait_mean=0.0,
            wait_share=0.0,
            abandon_share=0.0,
            queue_mean=0.0,
            blocked_share=erlang_b(rate / service_rate, servers),
        )
    if servers == 1 and patience_mean is None and places_in_line is None:
        wait = pollaczek_khinchine_wait(rate, 1 / service_rate, service_scv)
        return QueueValues(
            wait_mean=wait, wait_share=rate / service_rate, abandon_share=0.0, blocked_share=0.0, queue_mean=rate * wait
        )
    return QueueValues()
