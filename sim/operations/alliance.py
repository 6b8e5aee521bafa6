"""The alliance by the clock: who takes part today, what its tills cost, and what each tenant's statement of the day says."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.alliance import PART, STATEMENT
from sim.crowd.engine import Crowd, Taken
from sim.crowd.mind import OUTCOME
from sim.events import EventKind
from sim.ledger.accounts import CLEARING_TENANT, FIRST_TENANT, OPERATOR, OUTSIDE, TransferReason, first_clearing
from sim.ledger.records import State

PART_BITS = 4  # of the value of ALLIANCE_PART: stage, then change, then whether its till has a line


@dataclass
class Participation:
    """At opening: terms follow from who is in, the morning's bills are paid, and everybody's part is written down."""

    crowd: Crowd
    today: np.ndarray  # PART of each unit
    next_us: int | None
    rank: int = 16

    def act(self, now_us: int) -> None:
        """Let who is out give and take no points; a tenant whom the programme leaves out stays so."""
        today = self.today
        self.crowd.mall.terms["takes_part"] *= today["takes_part"]
        for unit in np.flatnonzero(today["till_fen"] + today["help_fen"] + today["reward_fen"] > 0).tolist():
            tenant = FIRST_TENANT + unit
            for debit, credit, name, reason in (
                (tenant, OUTSIDE, "till_fen", TransferReason.CLOUD_TILL),
                (OPERATOR, tenant, "help_fen", TransferReason.ALLIANCE_HELP),
                (OUTSIDE, tenant, "partner_fen", TransferReason.PARTNER_HELP),
                (OPERATOR, tenant, "reward_fen", TransferReason.LIST_REWARD),
            ):
                if today[name][unit] > 0:
                    self.crowd.transfer(now_us, debit, credit, int(today[name][unit]), reason)
        for unit in range(today.size):
            part = today[unit]
            value = int(part["stage"]) | int(part["change"]) << PART_BITS | int(part["takes_part"]) << 2 * PART_BITS
            self.crowd.note_of_unit(now_us, EventKind.ALLIANCE_PART, unit, value)
            self.crowd.note_of_unit(now_us, EventKind.ALLIANCE_RETURN, unit, int(part["return_permille"]))
        self.next_us = None


@dataclass
class Statements:
    """What each tenant has sold, paid and been paid today: by its own till and by the alliance's books."""

    units: int
    _found: np.ndarray = field(init=False)
    _bought: list[np.ndarray] = field(default_factory=list, init=False)  # (visit, unit, fen) of each purchase

    def __post_init__(self) -> None:
        """Start at nothing."""
        self._found = np.zeros(self.units, STATEMENT)

    def take(self, taken: Taken) -> None:
        """Take what the crowd hands over."""
        events = taken.events
        rows = np.flatnonzero(events.kind[: events.count[0]] == EventKind.PURCHASED)
        self._bought.append(np.stack([events.visit[rows], events.place[rows], events.value[rows]]).astype(np.int64))
        self._take_transfers(taken.transfers)

    def _take_transfers(self, transfers: np.ndarray) -> None:
        """Add fees and payments, whether they moved at once or became obligations of the clearing."""
        is_posted = (transfers["state"] == State.POSTED) | (transfers["state"] == State.POST)
        for reason, side, name in (
            (TransferReason.SALE, "credit", "received_fen"), (TransferReason.REDEMPTION, "credit", "received_fen"),
            (TransferReason.REDEMPTION, "credit", "redeemed_fen"), (TransferReason.ISSUE_FEE, "debit", "fees_fen"),
        ):  # fmt: skip
            rows = transfers[is_posted & (transfers["reason"] == reason)]
            unit = rows[side].astype(np.int64)
            unit = np.where(
                unit < first_clearing(self.units), unit - FIRST_TENANT, unit - first_clearing(self.units) - CLEARING_TENANT
            )
            is_tenant = (rows[side] >= FIRST_TENANT) & (unit >= 0) & (unit < self.units)
            np.add.at(self._found[name], unit[is_tenant], rows["amount"][is_tenant])

    def close(self, outcomes: np.ndarray) -> np.ndarray:
        """Return the STATEMENT of each unit, given the OUTCOME of every visit."""
        visit, unit, fen = np.concatenate([np.zeros((3, 0), np.int64), *self._bought], axis=1)
        members = np.sort(outcomes["number"][outcomes["is_member"] == 1]) if outcomes.size else np.zeros(0, OUTCOME["number"])
        place = np.minimum(np.searchsorted(members, visit), max(members.size - 1, 0))
        is_members = members[place] == visit if members.size else np.zeros(visit.size, bool)
        found = self._found.copy()
        for name, rows in (("", slice(None)), ("member_", is_members)):
            found[f"{name}customers"] = np.bincount(unit[rows], minlength=self.units)
            np.add.at(found[f"{name}sales_fen"], unit[rows], fen[rows])
        return found


def participation_of(crowd: Crowd, today: np.ndarray | None, opens_us: int) -> list[Participation]:
    """Return the operation, where the alliance is played."""
    return [] if today is None else [Participation(crowd, np.asarray(today, PART), opens_us)]
