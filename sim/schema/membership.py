"""The typed schema of what happens between visits: memory, life cycle, word of mouth, competitors, messages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class MembershipConfig:
    """What happens between visits: memory, life cycle, word of mouth, competitors, messages."""
