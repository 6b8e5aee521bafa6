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


@dataclass(frozen=True)
class SetHours:
    """Open a store at these hours from tomorrow on, in minutes after midnight, within the mall's."""

    unit_id: str
    opens_min: int
    closes_min: int


@dataclass(frozen=True)
class SetPrices:
    """Take this many times the trade's prices from tomorrow on."""

    unit_id: str
    factor: float


@dataclass(frozen=True)
class Promote:
    """Pay the mall this much to be seen tomorrow; 0 ends a campaign."""

    unit_id: str
    budget_fen: int


@dataclass(frozen=True)
class WarnTenant:
    """Tell a tenant that its ratings are too low, and spend this much on training there."""

    unit_id: str
    help_fen: int


@dataclass(frozen=True)
class ReplaceTenant:
    """Let another business of the trade have the unit from tomorrow on."""

    unit_id: str


@dataclass(frozen=True)
class JoinAlliance:
    """Prepare to give and take points; with or without one's own list of customers."""

    unit_id: str
    shares_customers: bool


@dataclass(frozen=True)
class LeaveAlliance:
    """Give and take no points from tomorrow on."""

    unit_id: str
    because: str


# What acts from the next day on.
Tomorrow = SetHours | SetPrices | Promote | WarnTenant | ReplaceTenant | JoinAlliance | LeaveAlliance
Decision = SetStaff | OpenEntrance | Tomorrow


@dataclass(frozen=True)
class Verdict:
    """What became of a decision."""

    time_us: int
    decider: str
    decision: Decision
    refused_because: str  # empty when it was applied
