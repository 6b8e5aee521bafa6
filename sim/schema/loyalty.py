"""The typed schema of what members do about points: when they burn them, what the wish for them does to their visits and choices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class LoyaltyConfig:
    """What members do about points: when they burn them, what the wish for them does to their visits and choices."""
