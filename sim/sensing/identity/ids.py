"""What stands for a person in each of the mall's systems: addresses, numbers and accounts, all made from the phone's own key."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from sim.random_streams import draw_words, stream_key

# A phone's key is the seed's own already, so that these need not be.
_ADDRESSES = stream_key(0, "own address of a phone")
_IDS = stream_key(0, "ids of a phone's owner")


class IdKind(IntEnum):
    """The systems, each with ids of its own."""

    ADDRESS = 0  # the address a phone shows on the mall's Wi-Fi, the same at every visit
    NUMBER = 1  # the phone number, by its hash: what a membership is kept under
    FALSE_NUMBER = 2  # a number given at a false registration
    APP = 3
    CHAT = 4  # the card in a chat app
    PAYMENT = 5
    PLATE = 6
    PARTNER = 7


def address_of(key: Any) -> Any:
    """Return the address that a phone shows on the mall's Wi-Fi, by its key (Phones.key): arrays or single numbers, positive int64."""
    return (draw_words(_ADDRESSES, key, 0) >> np.uint64(1)).astype(np.int64)


def ids_of(kind: IdKind, keys: Any) -> Any:
    """Return the ids of one kind of the phones' owners: positive int64, from which nobody reads a person; a number gives a number."""
    return address_of(keys) if kind == IdKind.ADDRESS else (draw_words(_IDS, keys, int(kind)) >> np.uint64(1)).astype(np.int64)


class Numbering:
    """Numbers ids 0, 1, 2 ... in the order in which they first appear."""

    def __init__(self) -> None:
        self._sorted = np.zeros(0, np.int64)
        self._rows = np.zeros(0, np.int64)

    def __len__(self) -> int:
        return self._rows.size

    def find(self, ids: np.ndarray) -> np.ndarray:
        """Return the number of each id, -1 where it has none."""
        if not self._rows.size:
            return np.full(ids.size, -1, np.int64)
        at = np.minimum(np.searchsorted(self._sorted, ids), self._rows.size - 1)
        return np.where(self._sorted[at] == ids, self._rows[at], -1)

    def add(self, ids: np.ndarray) -> np.ndarray:
        """Return the number of each id, giving the next ones to those that have none."""
        rows = self.find(ids)
        if (rows >= 0).all():
            return rows
        unknown, first, back = np.unique(ids[rows < 0], return_index=True, return_inverse=True)
        numbers = np.empty(unknown.size, np.int64)
        numbers[np.argsort(first, kind="stable")] = self._rows.size + np.arange(unknown.size)
        rows[rows < 0] = numbers[back]
        at = np.searchsorted(self._sorted, unknown)
        self._sorted, self._rows = np.insert(self._sorted, at, unknown), np.insert(self._rows, at, numbers)
        return rows


def grown(table: np.ndarray, rows: int) -> np.ndarray:
    """Return the table with room for `rows` rows at least, doubled where it has too few; new rows are zero."""
    if table.size >= rows:
        return table
    larger = np.zeros(max(rows, 2 * table.size), table.dtype)
    larger[: table.size] = table
    return larger
