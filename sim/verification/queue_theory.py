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
