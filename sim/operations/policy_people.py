"""What policies do to people who are inside: mark them as belonging to a segment, give them points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.decisions_of_policies import GivePoints, Mark
from sim.ledger.accounts import POINTS_ISSUED, TransferReason
from sim.ledger.doors import issue_one
from sim.ledger.records import NEVER_US, NONE, Count, Refusal
from sim.operations.policy_records import SEGMENTS_MAX, Applied

if TYPE_CHECKING:
    from sim.operations.policy_switches import Switchboard


def mark_people(board: Switchboard, now_us: int, policy: str, mark: Mark) -> Applied:
    """Write down that those of some people who are inside belong to a segment, or no longer do."""
    if not 1 <= mark.segment <= SEGMENTS_MAX:
        return Applied(str(mark.segment), f"a segment is 1 to {SEGMENTS_MAX}")
    people = np.asarray(mark.people, np.int64)
    is_here = np.isin(board.present.person, people)
    rows = board.rows_of_visits(board.visits[is_here])
    rows = rows[rows >= 0]
    bit = np.int64(1) << np.int64(mark.segment - 1)
    segments = board.crowd.mall.minds["segments"]
    segments[rows] = segments[rows] | bit if mark.belongs else segments[rows] & ~bit
    return Applied(str(mark.segment), people=int(rows.size))


def give_points(board: Switchboard, now_us: int, policy: str, decision: GivePoints) -> Applied:
    """Give points to those of some people who are inside and have an account."""
    if decision.centi <= 0:
        return Applied("points", "points must be given, not taken")
    if board.crowd.mall.params["points_on"][0] == 0:
        return Applied("points", "there is no programme of points (points.is_on=false)")
    is_here = np.isin(board.present.person, np.asarray(decision.people, np.int64))
    rows = board.rows_of_visits(board.visits[is_here])
    accounts = board.crowd.mall.minds["account"][rows[rows >= 0]]
    accounts = accounts[accounts >= 0]
    lasts_us = int(board.crowd.mall.params["points_last_us"][0])
    given = 0
    for account in accounts.tolist():
        board.crowd.make_room_in_books()
        midnight_us = int(board.crowd.ledger.book.book_counts[Count.MIDNIGHT_US])
        expires_us = NEVER_US if lasts_us == NEVER_US else midnight_us + lasts_us
        book, reason = board.crowd.ledger.book, TransferReason.POINTS_GIVEN
        given += issue_one(book, now_us, POINTS_ISSUED, account, decision.centi, reason, expires_us, NONE) == Refusal.POSTED
    return Applied("points", "" if given or not accounts.size else "the books refuse it", people=given)
