"""The clearing house: who owes whom since the last settlement, what is paid at a cycle's end, and what fails; lives on from day to day."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.kernel import entry, referred
from sim.ledger import netting, posting
from sim.ledger.accounts import (
    CLEARING_OPERATOR,
    CLEARING_TENANT,
    FIRST_TENANT,
    OPERATOR,
    TREASURY,
    TransferReason,
    first_clearing,
    participants,
)
from sim.ledger.records import NONE, Book, State
from sim.ledger.shares import split_fen

_NOT_OBLIGATIONS = (TransferReason.SETTLEMENT, TransferReason.WRITTEN_OFF)


@dataclass(frozen=True)
class Plan:
    """What happens at the end of a cycle: matrices in fen, from debtor to creditor; together they keep every net position."""

    paid: np.ndarray  # in cash
    lost: np.ndarray  # written off: by whom is defaulted upon
    late: np.ndarray  # owed still
    guaranteed_fen: int  # of what is paid, by the operator in place of a defaulter, which then owes it to the operator


@dataclass
class ClearingHouse:
    """Obligations between participants: the operator, the treasury, then every tenant."""

    units: int
    owed: np.ndarray = field(init=False)  # int64 (P, P): row owes column, since the last settlement or still
    counted_rows: int = 0  # of the journal at hand
    cycles: int = 0  # that have ended
    next_end_us: int = NONE  # since the run's first midnight
    late_until: np.ndarray = field(init=False)  # int64 (P): the cycle at whose end a late payer pays, NONE
    late_since: np.ndarray = field(init=False)  # int64 (P): the cycle at whose end it should have, NONE
    has_defaulted: np.ndarray = field(init=False)  # bool (P)
    is_suspended: np.ndarray = field(init=False)  # bool (P)
    took_part: np.ndarray = field(init=False)  # int8 (units): whether it did before it was suspended
    owed_in_all: np.ndarray = field(init=False)  # int64 (P): fen that each has ever owed
    prefund_account: np.ndarray = field(init=False)  # int32 (P): NONE where it has none
    invested_account: int = NONE
    invested_at_first_fen: int = 0
    opening_centi: int = 0  # held by all members from before the run
    opened_centi: int = 0  # of it, in accounts that are open
    distrust: float = 0.0  # share of holders who have lost trust
    is_begun: bool = False  # the treasury has its opening money

    def __post_init__(self) -> None:
        """Begin with nothing owed."""
        size = participants(self.units)
        self.owed = np.zeros((size, size), np.int64)
        self.late_until, self.late_since = np.full(size, NONE, np.int64), np.full(size, NONE, np.int64)
        self.has_defaulted, self.is_suspended = np.zeros(size, bool), np.zeros(size, bool)
        self.took_part = np.ones(self.units, np.int8)
        self.owed_in_all = np.zeros(size, np.int64)
        self.prefund_account = np.full(size, NONE, np.int32)

    def take(self, journal: np.ndarray) -> None:
        """Add the obligations among the transfers that it has not seen."""
        rows = journal[self.counted_rows :]
        self.counted_rows = journal.size
        first, size = first_clearing(self.units), participants(self.units)
        is_one = (rows["debit"] >= first) & (rows["debit"] < first + size)
        is_one &= ((rows["state"] == State.POSTED) | (rows["state"] == State.POST)) & ~np.isin(rows["reason"], _NOT_OBLIGATIONS)
        rows = rows[is_one]
        np.add.at(self.owed, (rows["debit"] - first, rows["credit"] - first), rows["amount"])
        np.add.at(self.owed_in_all, rows["debit"] - first, rows["amount"])

    def forget_journal(self) -> None:
        """The journal begins anew."""
        self.counted_rows = 0

    def money_account(self, participant: int) -> int:
        """Return the account of a participant's own money."""
        if participant >= CLEARING_TENANT:
            return FIRST_TENANT + participant - CLEARING_TENANT
        return OPERATOR if participant == CLEARING_OPERATOR else TREASURY

    def obligations_account(self, participant: int) -> int:
        """Return the account of a participant's obligations."""
        return first_clearing(self.units) + participant


def plan_of(owed: np.ndarray, mode: str, assets: np.ndarray, in_default: np.ndarray, guarantee_fen: int) -> Plan:
    """Return what is paid of `owed` when each has so much (int64): as Eisenberg and Noe have it, between pairs or by a house in the middle.

    Who is short pays in proportion to its claims; with a house in the middle all creditors share what the house lacks. Where
    somebody in default is short, the operator pays first, up to its guarantee; the rest is lost. Others pay it later.
    """
    if mode == "bilateral":
        return _plan_of_pairs(netting.bilateral_of(owed), assets, in_default, guarantee_fen)
    return _plan_of_house(netting.net_positions(owed), assets, in_default, guarantee_fen)


def _plan_of_pairs(due: np.ndarray, assets: np.ndarray, in_default: np.ndarray, guarantee_fen: int) -> Plan:
    paid = netting.paid_fen(due, assets.tolist())
    short = due - paid
    lost, late = np.where(in_default[:, None], short, 0), np.where(in_default[:, None], 0, short)
    guaranteed_fen = min(guarantee_fen, int(lost.sum()))
    covered = np.reshape(split_fen(guaranteed_fen, lost.ravel()), lost.shape)
    paid[CLEARING_OPERATOR] += covered.sum(axis=0)
    lost = lost - covered
    lost[:, CLEARING_OPERATOR] += covered.sum(axis=1)
    return Plan(paid, lost, late, guaranteed_fen)


def _plan_of_house(nets: np.ndarray, assets: np.ndarray, in_default: np.ndarray, guarantee_fen: int) -> Plan:
    owes, is_owed = np.maximum(-nets, 0), np.maximum(nets, 0)
    pays = np.minimum(owes, assets)
    short = owes - pays
    lost, late = np.where(in_default, short, 0), np.where(in_default, 0, short)
    guaranteed_fen = min(guarantee_fen, int(lost.sum()))
    pays_in = pays.copy()
    pays_in[CLEARING_OPERATOR] += guaranteed_fen
    received = np.array(split_fen(int(pays_in.sum()), is_owed), np.int64)
    without = is_owed - received
    loses = np.array(split_fen(int(lost.sum()) - guaranteed_fen, without), np.int64)
    back = loses.copy()
    back[CLEARING_OPERATOR] += guaranteed_fen
    return Plan(
        netting.matched(pays_in.tolist(), received.tolist()),
        netting.matched(lost.tolist(), back.tolist()),
        netting.matched(late.tolist(), (without - loses).tolist()),
        guaranteed_fen,
    )


@entry
def settle_obligation(book: Book, now_us: int, debtor: int, creditor: int, owing: int, owed: int, amount_fen: int) -> int:
    """Move cash from debtor to creditor and take it off what the one's account of obligations owes the other's; both or neither."""
    book = referred(book)
    posting.begin_chain(book)
    posting.transfer(book, now_us, debtor, creditor, amount_fen, TransferReason.SETTLEMENT)
    posting.transfer(book, now_us, owed, owing, amount_fen, TransferReason.SETTLEMENT)
    return posting.end_chain(book)


@entry
def settle_stand_in(book: Book, now_us: int, points: int, points_id: int, money: int, money_id: int, is_in_time: bool) -> int:
    """Post a pair of pending transfers, points and their price, or let both expire; both or neither."""
    book = referred(book)
    posting.begin_chain(book)
    if is_in_time:
        posting.post_pending(book, now_us, points, points_id, book.pendings[points].amount)
        posting.post_pending(book, now_us, money, money_id, book.pendings[money].amount)
    else:
        posting.release_pending(book, now_us, points, points_id, State.EXPIRE)
        posting.release_pending(book, now_us, money, money_id, State.EXPIRE)
    return posting.end_chain(book)


def stood_in_for(book: Book, pendings: int) -> list[tuple[int, int]]:
    """Return the slots of points and of their price for every pair that waits, in the order in which they were made."""
    rows = book.pendings[:pendings]
    waits = np.flatnonzero((rows["state"] == State.PENDING) & (rows["id"] >= 0))
    slot_of = dict(zip(rows["id"][waits].tolist(), waits.tolist(), strict=True))
    prices = waits[rows["reason"][waits] == TransferReason.REDEMPTION]
    ids = sorted(rows["id"][prices].tolist())
    return [(slot_of[each - 1], slot_of[each]) for each in ids if each - 1 in slot_of]
