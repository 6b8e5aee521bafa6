"""The typed schema of cinemas: halls, seats, shows, sales."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class CinemaConfig:
    """What a run says of cinemas: halls, seats, shows, sales."""
