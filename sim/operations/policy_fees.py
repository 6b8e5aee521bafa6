"""What stores pay the mall for at a policy's word: tags of people, and being shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.crowd.promos.lists import learn_of_tags
from sim.decisions_of_policies import ChargeFee, SellTags
from sim.events import EventKind
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, TransferReason
from sim.operations.policy_records import Applied, TagsSold

if TYPE_CHECKING:
    from sim.operations.policy_switches import Switchboard


def sell_tags(board: Switchboard, now_us: int, policy: str, decision: SellTags) -> Applied:
    """Book what the store pays, and let some of those who are inside learn of it."""
    crowd, unit_ids = board.crowd, board.compiled.unit_ids
    if decision.unit_id not in unit_ids:
        return Applied(decision.unit_id, f"no unit {decision.unit_id!r}")
    if decision.price_fen < 0 or np.shape(decision.people) != np.shape(decision.tags):
        return Applied(decision.unit_id, "a price is not negative, and there is a tag for each person")
    people, unit = np.asarray(decision.people, np.int64), unit_ids.index(decision.unit_id)
    if not people.size:
        return Applied(decision.unit_id)
    fen = int(decision.price_fen) * people.size
    if fen:
        crowd.transfer(now_us, FIRST_TENANT + unit, OPERATOR, fen, TransferReason.TAGS_SOLD)
        crowd.note_of_unit(now_us, EventKind.TAGS_PAID, unit, fen)
    board.tags_sold.append(TagsSold(now_us, unit, people, np.asarray(decision.tags, np.int64), fen))
    inside, rows = board.rows_of_people(people)
    for row, tag in zip(rows.tolist(), np.asarray(decision.tags)[inside].tolist(), strict=True):
        crowd.note_of_row(now_us, EventKind.TAG_TOLD, row, unit, tag)
    for row in learn_of_tags(crowd.mall, rows, unit).tolist():
        crowd.note_of_row(now_us, EventKind.TAGS_LEARNT, row, unit, int(crowd.mall.minds["letters_read"][row]))
    return Applied(decision.unit_id, people=people.size)


def charge_fee(board: Switchboard, now_us: int, policy: str, decision: ChargeFee) -> Applied:
    """Book what a store pays for being shown."""
    if decision.unit_id not in board.compiled.unit_ids:
        return Applied(decision.unit_id, f"no unit {decision.unit_id!r}")
    if decision.fen < 0:
        return Applied(decision.unit_id, "a fee is not negative")
    unit = board.compiled.unit_ids.index(decision.unit_id)
    if decision.fen:
        board.crowd.transfer(now_us, FIRST_TENANT + unit, OPERATOR, int(decision.fen), TransferReason.SLOT_FEE)
        board.crowd.note_of_unit(now_us, EventKind.SLOT_PAID, unit, int(decision.fen))
        board.fees.append((policy, unit, int(decision.fen)))
    return Applied(decision.because or decision.unit_id)
