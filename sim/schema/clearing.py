"""The typed schema of clearing between participants: when and how obligations are settled, what fails, and what the operator holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ClearingConfig:
    """Clearing between participants: when and how obligations are settled, what fails, and what the operator holds."""
