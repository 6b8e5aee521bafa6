"""At the cinema: a show, seats, the foyer, the film, and out again with everybody else."""

from __future__ import annotations

from sim.crowd.state import Mall, Then
from sim.kernel import kernel


@kernel
def buy_seats(mall: Mall, row: int, now_us: int) -> int:
    """Served at the box office."""
    return Then.WAIT


@kernel
def see_show(mall: Mall, row: int, now_us: int) -> int:
    """The doors of the hall open."""
    return Then.WAIT


@kernel
def leave_show(mall: Mall, row: int, now_us: int) -> int:
    """The film is over."""
    return Then.WAIT


@kernel
def show_due(mall: Mall, row: int, now_us: int) -> int:
    """Return the unit in which the party has seats for a show to which it must go now, or -1."""
    return -1


@kernel
def has_show(mall: Mall, unit: int, now_us: int) -> bool:
    """Return whether a cinema is worth going to now; True for everything else."""
    return True
