"""What the commands share: safe words on the terminal, tables, JSON, and the errors of the command line."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from sim.errors import GalleriaError

# Bidirectional controls reorder what is read on a terminal; categories Cc and Cf move the cursor or hide.
_KEPT = "\n\t"


class UsageError(GalleriaError):
    """A command that was typed wrongly."""


def safe(text: object) -> str:
    """Return text whose control characters and direction marks are written out, since names come from files of others."""
    return "".join(_shown(sign) for sign in str(text))


def _shown(sign: str) -> str:
    if sign in _KEPT or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co"):
        return sign
    return f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}"


def say(text: object = "") -> None:
    """Print a line of a result."""
    print(safe(text))


def note(text: object) -> None:
    """Print a line about what is going on, to stderr, so that results can be piped."""
    print(safe(text), file=sys.stderr, flush=True)


def say_json(value: Any) -> None:
    """Print a value for machines; NaN is refused, since it is no JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=True, allow_nan=False, default=str))


def say_table(rows: Iterable[Sequence[object]], head: Sequence[str] = (), *, right: bool = False) -> None:
    """Print rows in columns; a line is cut where the terminal's screen ends.

    Numbers stand to the right, and with `right` all but the first column.
    """
    screen = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    lines = [[shown(value) for value in row] for row in rows]
    plain = [[safe(cell).replace("\n", " ") for cell in line] for line in ([list(head)] if head else []) + lines]
    if not plain:
        return
    widths = [max(len(line[column]) for line in plain) for column in range(len(plain[0]))]
    for line in plain:
        to_right = [(right and column > 0) or _is_number(cell) for column, cell in enumerate(line)]
        cells = [cell.rjust(width) if moved else cell.ljust(width) for cell, width, moved in zip(line, widths, to_right)]
        text = "  ".join(cells).rstrip()
        print(text if len(text) <= screen else text[: screen - 3] + "...")


def shown(value: object) -> str:
    """Return a value as a person reads it: thousands apart, three or four digits that matter, a dash for nothing."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").replace("-", "").replace("%", "").replace("e", "").isdigit()
