"""The typed schema of restaurants: tables, kitchens, stocks, ratings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class FoodConfig:
    """What a run says of restaurants: tables, kitchens, stocks, ratings."""
