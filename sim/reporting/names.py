"""Names as they stand in sentences and figures: of a length that one reads, without characters that nobody sees."""

from __future__ import annotations

NAME_MAX = 80  # characters of a name outside files
# Control characters, but for tab and newlines, and those that override the direction of what follows.
UNSEEN = {
    code: None
    for code in (*range(9), 11, 12, *range(14, 32), 127, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF)
}


def short_name(name: str) -> str:
    """Return a name as it stands in a sentence or a figure: what is longer than a line ends with an ellipsis."""
    seen = name.translate(UNSEEN)
    return seen if len(seen) <= NAME_MAX else f"{seen[:NAME_MAX]}…"
