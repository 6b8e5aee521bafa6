"""The typed schema of the catchment: its households, who lives in them, how far away."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class CatchmentConfig:
    """The catchment: its households, who lives in them, how far away."""
