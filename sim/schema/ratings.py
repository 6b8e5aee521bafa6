"""The typed schema of ratings of tenants: noise, fraud, learning, and what tenants do about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class RatingsConfig:
    """Ratings of tenants: noise, fraud, learning, and what tenants do about them."""
