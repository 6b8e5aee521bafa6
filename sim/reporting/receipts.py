"""Points by receipts: what each member earned, spent and lost by the events of tills, a path that the ledger has no part in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from sim.ledger.accounts import CURRENCY_WORDS, TransferReason
from sim.ledger.records import State
from sim.ledger.replay import Known

CAME, SPLIT = "MEMBER_CAME", "SPLIT"  # a member has come; a part of a party goes its own way
# What a till tells, and the journal's reasons for the same with the side on which the member stands.
TOLD = {
    "earned": (("POINTS_EARNED",), (("EARNED", "credit", 1),)),
    "spent": (("POINTS_BURNED", "PARKING_PAID_IN_POINTS"), (("BURNED", "debit", 1), ("GIVEN_BACK", "credit", -1))),
    "lost to refunds": (("POINTS_TAKEN_BACK",), (("CLAWED_BACK", "debit", 1),)),
}
KINDS = [CAME, SPLIT, *(kind for kinds, _ in TOLD.values() for kind in kinds)]
Sums = dict[str, np.ndarray]  # by account


GUEST = "guest:"  # how names of accounts begin that stand for members of other malls


class Moved:
    """What the journal says of the same."""

    def __init__(self, accounts: int) -> None:
        self.sums: Sums = {what: np.zeros(accounts, np.int64) for what in TOLD}

    def take(self, rows: np.ndarray) -> None:
        """Add the points of a part of the journal."""
        done = (rows["currency"] == CURRENCY_WORDS.index("centi-points")) & np.isin(rows["state"], (State.POSTED, State.POST))
        for what, (_, reasons) in TOLD.items():
            for reason, side, sign in reasons:
                if reason in TransferReason.__members__:
                    mine = rows[done & (rows["reason"] == TransferReason[reason])]
                    np.add.at(self.sums[what], mine[side], sign * mine["amount"])

    def unlike(self, receipts: Sums, known: list[Known]) -> list[str]:
        """Return the members whose receipts say something else; guests, whom events do not tell apart, count together."""
        guests = [number for number, account in enumerate(known) if account.name.startswith(GUEST)]
        if guests:
            known = [*known]
            known[guests[0]] = Known("all guests", known[guests[0]].kind, known[guests[0]].currency)
            for sums in self.sums.values():
                sums[guests[0]], sums[guests[1:]] = sums[guests].sum(), 0
        return [
            f"{known[account].name} has {what} {self.sums[what][account]} by the journal, {receipts[what][account]} by receipts"
            for what in TOLD
            for account in np.flatnonzero(self.sums[what] != receipts[what]).tolist()
        ]


def points_of_receipts(folder: Path, account_of: dict[str, int]) -> Sums | None:
    """Return what tills told of each account, by the events of the run's days; None where no member has come to one."""
    sums: Sums = {what: np.zeros(len(account_of), np.int64) for what in TOLD}
    paths = [path for path in (folder / "events.parquet",) if path.is_file()] or sorted(folder.glob("days/*/events.parquet"))
    members = sum(_add_day(path, account_of, sums) for path in paths)
    return sums if members else None


def _add_day(path: Path, account_of: dict[str, int], sums: Sums) -> int:
    """Add the receipts of a day; return how many members have come."""
    kind, visit, value = _events(path)
    whose: dict[int, int] = {}
    guests = min((number for name, number in account_of.items() if name.startswith(GUEST)), default=-1)
    for which, number, what in zip(kind.tolist(), visit.tolist(), value.tolist(), strict=True):
        if which == KINDS.index(CAME):
            whose[number] = account_of[f"member:{what}"] if what >= 0 else guests  # a guest is nobody of this catchment
        elif which == KINDS.index(SPLIT) and number in whose:
            whose[what] = whose[number]
    numbers = np.array(sorted(whose), np.int64)
    accounts = np.array([whose[number] for number in numbers.tolist()], np.int64)
    for what, (kinds, _) in TOLD.items():
        mine = np.isin(kind, [KINDS.index(each) for each in kinds]) & np.isin(visit, numbers)
        np.add.at(sums[what], accounts[np.searchsorted(numbers, visit[mine])], value[mine])
    return int((kind == KINDS.index(CAME)).sum())


def _events(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return kind (place in KINDS), visit and value of the events that matter, in their order."""
    kinds, parts = pa.array(KINDS), [[np.zeros(0, np.int64)] for _ in range(3)]
    for batch in pq.ParquetFile(path).iter_batches(1 << 18, columns=["kind", "visit", "value"]):
        at = pa.compute.index_in(batch["kind"].cast(pa.string()), value_set=kinds)
        matters = at.is_valid()
        for part, column in zip(parts, (at, batch["visit"], batch["value"]), strict=True):
            part.append(column.filter(matters).to_numpy(zero_copy_only=False).astype(np.int64))
    kind, visit, value = (np.concatenate(part) for part in parts)
    return kind, visit, value
