"""The typed schema of what goes on in shoppers: hunger, fatigue, money, satiation, compromise, satisfaction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class MindsConfig:
    """What goes on in shoppers: hunger, fatigue, money, satiation, compromise, satisfaction."""
