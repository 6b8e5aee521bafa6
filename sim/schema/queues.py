"""The typed schema of lines: who waits where, what is shown of it, tickets drawn from afar, and shifts of one's own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class QueuesConfig:
    """Lines at stations, and what people can know of them."""
