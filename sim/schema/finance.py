"""The typed schema of the accounts of a programme: liability, breakage, deferred revenue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class FinanceConfig:
    """The accounts of a programme: liability, breakage, deferred revenue."""
