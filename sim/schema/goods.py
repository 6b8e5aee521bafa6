"""The typed schema of goods: what tenants have on their shelves, who tries what on, what comes back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class GoodsConfig:
    """Goods: what tenants have on their shelves, who tries what on, what comes back."""
