"""The typed schema of paying: methods, self-checkout, adoption, fees, stock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class CheckoutConfig:
    """What a run says of paying: methods, self-checkout, adoption, fees, stock."""
