"""What an agent can decide: frozen records that reviews apply, or refuse with a reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SetStaff:
    """Open this many tills (or tables' waiters) at a tenant's station from now on."""

    unit_id: str
    servers: int


@dataclass(frozen=True)
class OpenEntrance:
    """Open or close an entrance from now on."""

    entrance_id: str
    is_open: bool


Decision = SetStaff | OpenEntrance


@dataclass(frozen=True)
class Verdict:
    """What became of a decision."""

    time_us: int
    decider: str
    decision: Decision
    refused_because: str  # empty when it was applied
