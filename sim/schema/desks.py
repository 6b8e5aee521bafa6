"""The typed schema of desks and lounges: parcels and bags, VIP lounge, car wash, playground, information."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class DesksConfig:
    """What a run says of desks and lounges: parcels and bags, VIP lounge, car wash, playground, information."""
