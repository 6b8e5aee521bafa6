"""Points reckoned from receipts: members by the visits in which they came, their parts too, and refunds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.ledger.accounts import Currency, TransferReason
from sim.ledger.digest import CANONICAL
from sim.ledger.replay import Known
from sim.reporting.receipts import Moved, points_of_receipts

pytestmark = pytest.mark.plain
ACCOUNTS = {"points_redeemed": 0, "member:7": 1, "member:9": 2}


def kept(tmp_path, *events, accounts=ACCOUNTS):
    columns = zip(*events, strict=True)
    table = pa.table(dict(zip(("kind", "visit", "value"), columns, strict=True)))
    table = table.set_column(0, "kind", table["kind"].dictionary_encode())
    pq.write_table(table, tmp_path / "events.parquet")
    return points_of_receipts(tmp_path, accounts)


def test_what_tills_tell_is_added_up_by_member(tmp_path):
    found = kept(
        tmp_path, ("MEMBER_CAME", 100, 7), ("ARRIVED", 101, 0), ("POINTS_EARNED", 100, 200), ("MEMBER_CAME", 102, 9), ("SPLIT", 102, 500),
        ("POINTS_BURNED", 100, 70), ("POINTS_EARNED", 500, 300), ("POINTS_BURNED", 100, -20), ("PARKING_PAID_IN_POINTS", 102, 5),
        ("POINTS_TAKEN_BACK", 100, 100), ("POINTS_EARNED", 101, 9999),
    )  # fmt: skip

    assert {name: sums.tolist() for name, sums in found.items()} == {
        "earned": [0, 200, 300], "spent": [0, 50, 5], "lost to refunds": [0, 100, 0],
    }  # fmt: skip


def test_a_day_on_which_no_member_came_tells_nothing(tmp_path):
    assert kept(tmp_path, ("ARRIVED", 101, 0)) is None


def test_a_receipt_that_the_journal_does_not_know_is_told_with_the_members_name(tmp_path):
    receipts = kept(tmp_path, ("MEMBER_CAME", 100, 7), ("POINTS_EARNED", 100, 200))
    rows = np.zeros(2, CANONICAL)
    rows["currency"], rows["amount"], rows["credit"], rows["reason"] = Currency.POINTS, (200, 50), (1, 2), TransferReason.EARNED
    moved = Moved(3)
    known = [Known(name, "member", "centi-points") for name in ACCOUNTS]

    moved.take(rows[:1])
    assert moved.unlike(receipts, known) == []
    moved.take(rows[1:])
    assert moved.unlike(receipts, known) == ["member:9 has earned 50 by the journal, 0 by receipts"]


def test_guests_of_other_malls_are_held_against_the_journal_all_together(tmp_path):
    accounts = {**ACCOUNTS, "guest:1:4": 3, "guest:1:6": 4}
    receipts = kept(
        tmp_path, ("MEMBER_CAME", 100, -1), ("MEMBER_CAME", 101, -1), ("POINTS_EARNED", 100, 200), ("POINTS_EARNED", 101, 50),
        accounts=accounts,
    )  # fmt: skip
    rows = np.zeros(3, CANONICAL)
    rows["currency"], rows["amount"], rows["credit"], rows["reason"] = (
        Currency.POINTS,
        (200, 50, 7),
        (3, 4, 4),
        TransferReason.EARNED,
    )
    known = [Known(name, "member", "centi-points") for name in accounts]

    for used, said in ((2, []), (3, ["all guests has earned 257 by the journal, 250 by receipts"])):
        moved = Moved(5)
        moved.take(rows[:used])
        assert moved.unlike(receipts, known) == said
