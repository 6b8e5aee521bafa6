"""The typed schema of what tenants and operator decide: staffing, opening, prices, promotion."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ManagementConfig:
    """What tenants and operator decide: staffing, opening, prices, promotion."""
