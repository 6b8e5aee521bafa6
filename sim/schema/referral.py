"""The typed schema of referral: who has brought whom, for how long, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ReferralConfig:
    """Referral: who has brought whom, for how long, and what comes back."""
