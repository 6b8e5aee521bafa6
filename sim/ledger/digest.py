"""The digest of a journal, the same however the rows came in batches, and wherever the work was interrupted."""

from __future__ import annotations

import hashlib

import numpy as np

from sim.ledger.records import TRANSFER

CANONICAL = np.dtype([(name, TRANSFER[name].newbyteorder("<")) for name in TRANSFER.names or ()])  # no bytes between the fields
BLOCK_ROWS = 4096


class JournalDigest:
    """A chain of SHA-256: that of 32 zero bytes and the first 4,096 rows, of that and the next 4,096, and at the end of the rest."""

    def __init__(self) -> None:
        self._chain = bytes(32)
        self._rest = np.zeros(0, CANONICAL)
        self.rows = 0

    def take(self, transfers: np.ndarray) -> None:
        """Take TRANSFER records in the order of their ids."""
        rows = np.empty(transfers.size, CANONICAL)
        for name in CANONICAL.names or ():
            rows[name] = transfers[name]
        self.rows += rows.size
        rows = np.concatenate([self._rest, rows])
        whole = rows.size - rows.size % BLOCK_ROWS
        for start in range(0, whole, BLOCK_ROWS):
            self._chain = _next(self._chain, rows[start : start + BLOCK_ROWS])
        self._rest = rows[whole:].copy()

    def hexdigest(self) -> str:
        """Return the digest of all rows so far."""
        return _next(self._chain, self._rest).hex()

    def state(self) -> dict[str, np.ndarray]:
        """Return all that the digest of later rows depends on."""
        return {
            "digest_chain": np.frombuffer(self._chain, np.uint8).copy(),
            "digest_rest": self._rest.copy(),
            "digest_rows": np.array([self.rows]),
        }

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on from such a state."""
        self._chain = state["digest_chain"].tobytes()
        self._rest = state["digest_rest"].copy()
        self.rows = int(state["digest_rows"][0])


def _next(chain: bytes, rows: np.ndarray) -> bytes:
    return hashlib.sha256(chain + rows.tobytes()).digest()
