"""Parameters of tickets drawn from afar, of displayed waits and of what people do about them."""

from __future__ import annotations

TICKET_PARAMS: list[tuple[str, str]] = []
