"""What malls send each other at night: guests with their lots in the morning, what they hold and how it was in the evening."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from sim.ledger.leases import LEASED_LOT
from sim.reporting.files import appearing_whole
from sim.visitors import Visitors

Message = dict[str, np.ndarray]
GUEST = np.dtype(
    [("home", "i4"), ("to", "i4"), ("resident", "i8"), ("key", "i8"), ("balance", "i8"), ("is_lent", "i1")], align=True
)
# is_lent: whether the account of the member was at home, to be lent.
RETURNED = np.dtype(
    [
        ("home", "i4"), ("at", "i4"), ("resident", "i8"), ("lent", "i8"), ("balance", "i8"), ("burned", "i8"), ("earned", "i8"),
        ("expired", "i8"), ("is_lent", "i1"),
    ],
    align=True,
)  # fmt: skip
# at: the mall that was visited; earned: all that came in beside the lease; expired: what ended there.


def together(parts: Sequence[Message], of: str) -> Message:
    """Return messages put one after another; lots, which point into the rows of `of`, keep pointing at theirs."""
    found: Message = {}
    rows = 0
    lots = []
    for part in parts:
        moved = part["lots"].copy()
        moved["index"] += rows
        lots.append(moved)
        rows += part[of].shape[0]
    for name in parts[0] if parts else ():
        if name != "lots":
            found[name] = np.concatenate([part[name] for part in parts])
    found["lots"] = np.concatenate(lots) if lots else np.zeros(0, LEASED_LOT)
    return found


def chosen(message: Message, of: str, rows: np.ndarray) -> Message:
    """Return the given rows of a message, with their lots."""
    place = np.full(message[of].shape[0], -1, np.int64)
    place[rows] = np.arange(rows.size)
    found = {name: column[rows] for name, column in message.items() if name != "lots"}
    lots = message["lots"][place[message["lots"]["index"]] >= 0].copy()
    lots["index"] = place[lots["index"]]
    found["lots"] = lots
    return found


def with_visitors(message: Message, visitors: Visitors) -> Message:
    """Return a message of guests with the columns that describe them."""
    return {**message, **{f"visitor {name}": column for name, column in visitors._asdict().items()}}


def visitors_in(message: Message) -> Visitors:
    """Return the guests that a message describes."""
    return Visitors(**{name: message[f"visitor {name}"] for name in Visitors._fields})


def write_message(path: Path, message: Mapping[str, np.ndarray]) -> None:
    """Write a message, whole or not at all."""
    with appearing_whole(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, **message)  # type: ignore[arg-type]


def read_message(path: Path) -> Message | None:
    """Return a message written before; None where there is none or it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
