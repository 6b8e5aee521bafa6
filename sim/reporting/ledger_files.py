"""The ledger at the end of a run as files: accounts.parquet, lots.parquet, and the digest of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.ledger.ledger import Ledger
from sim.ledger.tables import known_instant
from sim.reporting.recorder import GroupedFile

ACCOUNTS, LOTS, TRANSFERS = "accounts.parquet", "lots.parquet", "transfers.parquet"


@dataclass(frozen=True)
class KeptLedger:
    """The ledger when its last transfer has been handed over."""

    accounts: dict[str, np.ndarray]
    lots: dict[str, np.ndarray]
    transfers: int
    sha256: str

    def record(self) -> dict[str, Any]:
        """Return what run.json says of it."""
        return {"transfers": self.transfers, "journal_sha256": self.sha256, "accounts": int(self.accounts["balance"].size)}

    def write(self, folder: Path) -> None:
        """Write both tables; instants that are not known, and lots that never expire, are null."""
        _write(folder / ACCOUNTS, self.accounts, ("opened_us", "closed_us"))
        _write(folder / LOTS, self.lots, ("expires_us",))


def kept_ledger(ledger: Ledger) -> KeptLedger:
    """Return what a ledger leaves behind."""
    return KeptLedger(ledger.accounts_table(), ledger.lots_table(), ledger.digest.rows, ledger.journal_sha256)


def _write(path: Path, columns: dict[str, np.ndarray], instants: tuple[str, ...]) -> None:
    made = {
        name: pa.array(values, mask=~known_instant(values) if name in instants else None) for name, values in columns.items()
    }
    table = pa.table(made)
    file = GroupedFile(path, table.schema)
    file.append(table)
    file.close()
