"""The typed schema of many malls: which they are, who visits several, and what is settled between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class NetworkConfig:
    """Many malls: which they are, who visits several, and what is settled between them."""
