"""The typed schema of abuse of the programme: false accounts, rings, farming of refunds, double spending, and the rules against them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class AbuseConfig:
    """Abuse of the programme: false accounts, rings, farming of refunds, double spending, and the rules against them."""
