"""Writes what operations on a programme have made of its ledger, as a finished run would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.ledger.apply import Application
from sim.reporting.event_schema import TRANSFERS_SCHEMA, transfers_table
from sim.reporting.files import write_json
from sim.reporting.ledger_files import TRANSFERS, kept_ledger
from sim.reporting.recorder import GroupedFile


def write_applied(folder: Path, application: Application, result: dict[str, Any]) -> None:
    """Write transfers.parquet, accounts.parquet, lots.parquet and result.json, which `galleria ledger check` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    ledger = application.desk.ledger
    file = GroupedFile(folder / TRANSFERS, TRANSFERS_SCHEMA)
    file.append(transfers_table(application.journal(), ledger.names))
    file.close()
    kept_ledger(ledger).write(folder)
    write_json(folder / "result.json", result)
