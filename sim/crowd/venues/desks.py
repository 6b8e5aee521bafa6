"""At desks and in lounges: bags, car wash, playground, information."""

from __future__ import annotations

from sim.crowd.state import Mall, Then
from sim.kernel import kernel


@kernel
def served_at_desk(mall: Mall, row: int, now_us: int) -> int:
    """The end of service at a desk."""
    return Then.WAIT


@kernel
def leave_desk(mall: Mall, row: int, now_us: int) -> int:
    """The end of a stay in a lounge or a playground."""
    return Then.WAIT


@kernel
def wanted_desk(mall: Mall, row: int, now_us: int) -> int:
    """Return the unit of the desk or lounge that the party wants to go to now, or -1."""
    return -1
