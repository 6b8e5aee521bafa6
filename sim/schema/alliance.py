"""The typed schema of the alliance of merchants: who founds it, who joins, who leaves, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class AllianceConfig:
    """The alliance of merchants: who founds it, who joins, who leaves, and why."""
