"""A day of the alliance in a mall: who takes part, what its bills and statements say, and what the report makes of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.alliance import NO_RETURN, PART, Change, Stage
from sim.crowd.engine import Taken
from sim.crowd.mind import OUTCOME
from sim.events import EventKind, EventLog, SegmentLog
from sim.ledger.accounts import CLEARING_TENANT, FIRST_TENANT, OPERATOR, OUTSIDE, TREASURY, TransferReason, first_clearing
from sim.ledger.records import TRANSFER, State
from sim.operations.alliance import Participation, Statements
from sim.reporting.topics import alliance as topic
from tests.engine_days import corner_mall, day_config, opened

pytestmark = pytest.mark.plain

OPENS_US = 36_000_000_000
UNITS = 3


def parts(*stages, **columns):
    found = np.zeros(UNITS, PART)
    found["stage"], found["return_permille"] = stages, NO_RETURN
    found["takes_part"] = found["stage"] == Stage.IN
    for name, values in columns.items():
        found[name] = values
    return found


def events_of(*rows):
    """Return a log of (kind, visit, place, value)."""
    columns = {name: np.zeros(len(rows), np.int64) for name in EventLog._fields}
    for index, (kind, visit, place, value) in enumerate(rows):
        columns["kind"][index], columns["visit"][index], columns["place"][index], columns["value"][index] = (
            kind,
            visit,
            place,
            value,
        )
    return EventLog(**{**columns, "count": np.array([len(rows)])})


def transfers_of(*rows):
    found = np.zeros(len(rows), TRANSFER)
    for index, (debit, credit, amount, reason, state) in enumerate(rows):
        found[index]["debit"], found[index]["credit"], found[index]["amount"] = debit, credit, amount
        found[index]["reason"], found[index]["state"] = reason, state
    return found


def taken_of(events, transfers):
    nothing = SegmentLog(*(np.zeros(0) for _ in SegmentLog._fields))
    return Taken(events, nothing, transfers, np.zeros(0, OUTCOME))


def test_only_who_is_in_and_has_a_line_gives_points_and_everybody_pays_for_its_own_till():
    taken = []
    crowd = opened(corner_mall(), day_config(), taken)
    operator_fen, outside_fen = crowd.ledger.balance(OPERATOR), crowd.ledger.balance(OUTSIDE)
    today = parts(
        Stage.IN,
        Stage.OUT,
        Stage.IN,
        takes_part=[1, 0, 0],
        till_fen=[700, 0, 900],
        help_fen=[200, 0, 0],
        partner_fen=[0, 0, 400],
        reward_fen=[50, 0, 0],
    )

    Participation(crowd, today, OPENS_US).act(OPENS_US)

    assert crowd.mall.terms["takes_part"].tolist() == [1, 0, 0]
    balances = [crowd.ledger.balance(FIRST_TENANT + unit) for unit in range(UNITS)]
    assert balances == [-700 + 200 + 50, 0, -900 + 400]
    assert crowd.ledger.balance(OPERATOR) == operator_fen - 250
    assert crowd.ledger.balance(OUTSIDE) == outside_fen + 700 + 900 - 400


def test_a_tenant_whom_the_programme_leaves_out_stays_out():
    crowd = opened(corner_mall(), day_config(), [])
    crowd.mall.terms["takes_part"][1] = 0

    Participation(crowd, parts(Stage.IN, Stage.IN, Stage.IN), OPENS_US).act(OPENS_US)

    assert crowd.mall.terms["takes_part"].tolist() == [1, 0, 1]


def test_a_statement_holds_what_its_own_till_and_the_alliance_say():
    statements = Statements(UNITS)
    clearing = first_clearing(UNITS) + CLEARING_TENANT
    statements.take(
        taken_of(
            events_of(
                (EventKind.PURCHASED, 7, 0, 10_000),
                (EventKind.PURCHASED, 8, 0, 5_000),
                (EventKind.RATED, 7, 1, 4_000),
                (EventKind.PURCHASED, 7, 2, 300),
            ),
            transfers_of(
                (OUTSIDE, FIRST_TENANT, 9_000, TransferReason.SALE, State.POSTED),
                (TREASURY, FIRST_TENANT, 1_000, TransferReason.REDEMPTION, State.POSTED),
                (OUTSIDE, FIRST_TENANT, 5_000, TransferReason.SALE, State.POSTED),
                (OUTSIDE, FIRST_TENANT + 2, 300, TransferReason.SALE, State.POSTED),
                (clearing + 2, clearing - 1, 36, TransferReason.ISSUE_FEE, State.POSTED),
                (FIRST_TENANT, TREASURY, 108, TransferReason.ISSUE_FEE, State.PENDING),
            ),
        )
    )
    outcomes = np.zeros(2, OUTCOME)
    outcomes["number"], outcomes["is_member"] = [8, 7], [0, 1]

    found = statements.close(outcomes)

    assert found["sales_fen"].tolist() == [15_000, 0, 300]
    assert found["member_sales_fen"].tolist() == [10_000, 0, 300]
    assert found["customers"].tolist() == [2, 0, 1]
    assert found["member_customers"].tolist() == [1, 0, 1]
    assert found["received_fen"].tolist() == [15_000, 0, 300]
    assert found["redeemed_fen"].tolist() == [1_000, 0, 0]
    assert found["fees_fen"].tolist() == [0, 0, 36]  # a pending one is none yet


def test_a_day_without_the_game_posts_and_tells_nothing():
    statements = Statements(0)

    assert statements.close(np.zeros(0, OUTCOME)).size == 0
    sums = topic.Sums(corner_mall(), None)
    assert set(topic.values(sums, None).values()) == {None}
    assert topic.words(topic.values(sums, None), topic.curves(sums, None)) == []


def test_the_report_reads_back_what_was_posted_in_the_morning():
    taken = []
    crowd = opened(corner_mall(), day_config(), taken)
    today = parts(
        Stage.IN,
        Stage.PREPARING,
        Stage.IN,
        takes_part=[1, 0, 0],
        change=[Change.JOINED, 0, 0],
        return_permille=[-250, NO_RETURN, 1500],
    )
    Participation(crowd, today, OPENS_US).act(OPENS_US)
    rows = crowd.recent()
    kinds = {
        kind: np.flatnonzero(rows.kind[: rows.count[0]] == kind)
        for kind in (EventKind.ALLIANCE_PART, EventKind.ALLIANCE_RETURN)
    }
    sums = topic.Sums(corner_mall(), None)

    sums.take(rows, kinds)
    found = topic.values(sums, None)

    assert found == {
        "alliance_merchants_share": 2 / 3, "merchant_roi_p10": -0.25, "alliance_joined": 1, "alliance_left": 0, "alliance_preparing": 1,
        "alliance_tills_down": 1, "alliance_worse_off_share": 0.5,
    }  # fmt: skip
    books = dataclasses.make_dataclass("Books", ["compiled"])(corner_mall())
    words = " ".join(topic.words(found, topic.curves(sums, books)))
    assert "2 of 3 tenants are in the alliance" in words
    assert "costs 50 % of those who can tell more than it brings" in words
