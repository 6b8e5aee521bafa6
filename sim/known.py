"""Declares a parameter of a run together with what is known of it: meaning, range, source, and how far to trust it."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def known(
    default: Any,
    meaning: str,
    low: float | None = None,
    high: float | None = None,
    *,
    source: str = "",
    tag: str = "M",
    confidence: str = "M",
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a parameter: its default, meaning, allowed range [low, high], source, tag (V/M/D/-) and confidence (H/M/L/-).

    Tag V: checked against the source; M: quoted from memory of it; D: derived; "-": a choice of the user, not a finding.
    """
    facts = {
        "meaning": meaning,
        "low": low,
        "high": high,
        "source": source or "a choice of the run",
        "tag": tag if source else "-",
        "confidence": confidence if source else "-",
        "choices": choices,
    }
    return field(default=default, metadata=facts)
