"""Records of desks and lounges: what a unit's VENUE says of one, and parameters of all."""

from __future__ import annotations

DESK_FIELDS = [("desk", "i4")]
DESK_PARAMS: list[tuple[str, str]] = []
