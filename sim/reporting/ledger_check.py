"""Checks the ledger of a finished run from its files: replays the journal in another implementation, and reckons points from receipts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import GalleriaError, LedgerError, Problem
from sim.ledger.accounts import CURRENCY_WORDS, TransferReason
from sim.ledger.digest import CANONICAL, JournalDigest
from sim.ledger.records import NEVER_US, NONE, State
from sim.ledger.replay import Known, Replay, Row
from sim.reporting.ledger_files import ACCOUNTS, LOTS, TRANSFERS
from sim.reporting.receipts import Moved, points_of_receipts

STATES = {state.name.lower(): int(state) for state in State}
REASONS = {reason.name.lower(): int(reason) for reason in TransferReason}
CURRENCIES = {word: index for index, word in enumerate(CURRENCY_WORDS)}
SHOWN = 10  # of what does not agree


@dataclass
class Checked:
    """What agrees, what does not, and what could not be looked at."""

    folder: str
    transfers: int = 0
    journal_sha256: str = ""
    agrees: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=dict)

    def hold(self, name: str, differences: list[str]) -> None:
        """Note one thing that was looked at."""
        if differences:
            self.differs += [f"{name}: {each}" for each in differences[:SHOWN]]
            if len(differences) > SHOWN:
                self.differs.append(f"{name}: and {len(differences) - SHOWN} more")
        else:
            self.agrees.append(name)


def check_ledger(folder: Path) -> Checked:
    """Replay the journal of a run from nothing and compare everything; raises GalleriaError where the files are not there."""
    accounts, lots = _read(folder, ACCOUNTS), _read(folder, LOTS)
    found = Checked(str(folder))
    found.hold("schema: every amount and instant is a whole number (I12)", _floats(folder))
    known = [
        Known(*row)
        for row in zip(
            *(accounts[name].to_pylist() for name in ("name", "kind", "currency", "has_lots")),
            accounts["opened_us"].fill_null(-NEVER_US).to_pylist(),
            accounts["closed_us"].fill_null(NEVER_US).to_pylist(),
            strict=True,
        )
    ]
    number_of = {account.name: number for number, account in enumerate(known)}
    replay, digest, moved = Replay(known), JournalDigest(), Moved(len(known))
    for batch in pq.ParquetFile(folder / TRANSFERS).iter_batches(1 << 16):
        columns = _columns(batch, number_of, folder)
        digest.take(columns)
        moved.take(columns)
        replay.take(_rows(columns))
    replay.finish()
    found.transfers, found.journal_sha256 = replay.rows, digest.hexdigest()
    found.balances = {account.name: replay.balances[number] for number, account in enumerate(known)}
    more = [f"and {replay.broken - len(replay.complaints)} more"] if replay.broken > len(replay.complaints) else []
    found.hold("invariants I1-I13, row by row", [*replay.complaints, *more])
    for name in ("balance", "reserved", "owed"):
        replayed: list[int] = replay.balances if name == "balance" else getattr(replay, name)
        found.hold(f"{name} of every account", _unlike(known, accounts[name].to_pylist(), replayed))
    found.hold("lots by account and expiry (I4)", _unlike_lots(lots, replay, known))
    recorded = _record(folder)
    found.hold(
        "digest of the journal (I6)",
        []
        if recorded.get("journal_sha256") == found.journal_sha256
        else [f"replayed {found.journal_sha256}, kept {recorded.get('journal_sha256')}"],
    )
    receipts = points_of_receipts(folder, number_of)
    if receipts is not None:
        found.hold("points of every member, reckoned from the receipts in events.parquet", moved.unlike(receipts, known))
    else:
        found.skipped.append("points by receipts: events.parquet has no members at tills")
    return found


def _read(folder: Path, name: str) -> pa.Table:
    try:
        if not (folder / "manifest.json").is_file() and not (folder / "result.json").is_file():
            raise FileNotFoundError(f"{folder / 'manifest.json'}: a finished run has one")
        return pq.read_table(folder / name)
    except (OSError, pa.ArrowException) as trouble:
        problem = Problem(
            name, "", f"must be there and readable: {trouble}", "name a finished run, recorded at level visits or edges"
        )
        raise GalleriaError.of(folder, [problem]) from trouble


def _record(folder: Path) -> dict[str, Any]:
    for name in ("run.json", "result.json"):
        if (folder / name).is_file():
            return dict(json.loads((folder / name).read_text(encoding="utf-8")).get("ledger", {}))
    return {}


def _floats(folder: Path) -> list[str]:
    return [
        f"{name}: column {field.name} is {field.type}"
        for name in (TRANSFERS, ACCOUNTS, LOTS)
        for field in pq.read_schema(folder / name)
        if pa.types.is_floating(field.type) or pa.types.is_decimal(field.type)
    ]


def _columns(batch: pa.RecordBatch, number_of: dict[str, int], folder: Path) -> np.ndarray:
    """Return rows of transfers.parquet as canonical records."""
    rows = np.zeros(batch.num_rows, CANONICAL)
    numbers = {"debit": number_of, "credit": number_of, "currency": CURRENCIES, "reason": REASONS, "state": STATES}
    for name in CANONICAL.names or ():
        column = batch[name]
        if name in numbers:
            words = column.dictionary.to_pylist()
            unknown = [word for word in words if word not in numbers[name]]
            if unknown:
                problem = Problem(TRANSFERS, unknown[0], f"its {name} is unknown", f"keep {ACCOUNTS} of the same run beside it")
                raise LedgerError.of(folder, [problem])
            table = np.array([numbers[name][word] for word in words], np.int64)
            rows[name] = table[column.indices.to_numpy(zero_copy_only=False)]
        else:
            nothing = NONE if name == "of" else NEVER_US
            rows[name] = column.fill_null(nothing).to_numpy(zero_copy_only=False)
    return rows


def _rows(columns: np.ndarray) -> list[Row]:
    lists = {name: columns[name].tolist() for name in Row._fields}
    reasons = {number: word for word, number in REASONS.items()}
    lists["currency"] = [CURRENCY_WORDS[each] for each in lists["currency"]]
    lists["reason"] = [reasons[each] for each in lists["reason"]]
    return [Row(*row) for row in zip(*(lists[name] for name in Row._fields), strict=True)]


def _unlike(known: list[Known], kept: list[int], replayed: list[int]) -> list[str]:
    return [
        f"{account.name} has {one} by its table, {other} by the journal"
        for account, one, other in zip(known, kept, replayed, strict=True)
        if one != other
    ]


def _unlike_lots(lots: pa.Table, replay: Replay, known: list[Known]) -> list[str]:
    kept: dict[tuple[str, int], int] = {}
    rows = zip(
        lots["account"].to_pylist(),
        lots["expires_us"].fill_null(NEVER_US).to_pylist(),
        lots["held_centi"].to_pylist(),
        strict=True,
    )
    for account, expires_us, held in rows:
        kept[account, expires_us] = kept.get((account, expires_us), 0) + held
    replayed = {(known[account].name, lot[0]): lot[1] for account, mine in replay.lots.items() for lot in mine if lot[1]}
    return [
        f"{name} holds {kept.get((name, expires_us), 0)} that expire at {expires_us} by its table, {replayed.get((name, expires_us), 0)} by the journal"
        for name, expires_us in sorted(kept.keys() | replayed.keys())
        if kept.get((name, expires_us), 0) != replayed.get((name, expires_us), 0)
    ]
