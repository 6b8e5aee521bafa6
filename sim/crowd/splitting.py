"""Parties that split and meet again: each part is a row of its own, with a place and a time at which it has agreed to be back."""

from __future__ import annotations

from sim.crowd.state import Mall, Then
from sim.kernel import inlined, kernel

PARTS_MAX = 4  # rows that one decision may add


@inlined
def split_if_wanted(mall: Mall, row: int, now_us: int) -> None:
    """Let the people of a party go separate ways from where it stands."""


@inlined
def meets_first(mall: Mall, row: int, now_us: int) -> bool:
    """Return whether the party goes to meet its others before it leaves, and set that place as its goal."""
    return False


@kernel
def end_meeting(mall: Mall, row: int, now_us: int) -> int:
    """Patience at the meeting place is over."""
    return Then.DECIDE
