"""Tickets drawn from afar, and what people can know of waits: what they see, and what is shown."""

from __future__ import annotations

from typing import Any

from sim.config import RunConfig
from sim.crowd.queues import expected_wait_s
from sim.crowd.state import Mall
from sim.kernel import inlined, kernel


@kernel
def called_unit(mall: Mall, row: int, now_us: int) -> int:
    """Return the unit whose line has called the party's ticket, or -1."""
    return -1


@inlined
def known_wait_s(mall: Mall, row: int, unit: int, level: int) -> float:
    """Return the wait at a unit as the party knows it: what it sees of a line on its own level."""
    return expected_wait_s(mall.stations, unit) if mall.units[unit].level == level else 0.0


def describe_tickets(params: Any, config: RunConfig) -> None:
    """Write the parameters of tickets and displays into the one record of PARAMS."""
