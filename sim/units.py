"""Times, hours and money at the edges: microseconds, seconds, HH:MM, fen, yuan."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

US_PER_S = 1_000_000
US_PER_MIN = 60 * US_PER_S
US_PER_HOUR = 3600 * US_PER_S
US_PER_DAY = 24 * US_PER_HOUR

_HOURS = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)$")


def minutes_from_hours(text: str | int) -> int:
    """Return minutes after midnight of "9:30", "09:30" or "24:00".

    YAML 1.1 reads an unquoted 10:00 as the number 600 (base 60), which is the same instant in minutes, so a whole number is
    taken as minutes after midnight. Raises ValueError for anything else.
    """
    if isinstance(text, bool):
        raise ValueError(f"{text!r} is not a time of day")
    if isinstance(text, int):
        if not 0 <= text <= 24 * 60:
            raise ValueError(f"{text!r} minutes is not within a day")
        return text
    found = _HOURS.match(str(text).strip())
    if not found:
        raise ValueError(f"{text!r} is not a time of day")
    minutes = int(found[1]) * 60 + int(found[2])
    if minutes > 24 * 60:
        raise ValueError(f"{text!r} is after 24:00")
    return minutes


def clock_text(time_us: int) -> str:
    """Return "HH:MM:SS" of a time since local midnight."""
    seconds = time_us // US_PER_S
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def fen_from_yuan(text: str | int | Decimal) -> int:
    """Return whole fen of an amount in yuan; raises ValueError for more than two decimals or a float."""
    if isinstance(text, float):
        raise ValueError(f"{text!r} is a float; write money as text or whole numbers")
    try:
        fen = Decimal(str(text)) * 100
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount of money") from None
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError(f"{text!r} is not a whole number of fen")
    return int(fen)
