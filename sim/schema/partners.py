"""The typed schema of programmes outside: exchange with banks, airlines, telecoms, oil; vouchers and gifts from a catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class PartnersConfig:
    """Programmes outside: exchange with banks, airlines, telecoms, oil; vouchers and gifts from a catalogue."""
