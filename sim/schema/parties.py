"""The typed schema of parties: who comes together, and how parties split and meet again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class PartiesConfig:
    """Parties: who comes together, and how parties split and meet again."""
