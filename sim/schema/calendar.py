"""The typed schema of the calendar: holidays, seasons, events, weather."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class CalendarConfig:
    """The calendar: holidays, seasons, events, weather."""
