"""Trade at merchants of the alliance elsewhere: in the evening, what members paid there in points and in money, and what they earned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.crowd.engine import Crowd
from sim.errors import LedgerError
from sim.kernel import entry, referred
from sim.ledger.accounts import OUTSIDE, POINTS_ISSUED, POINTS_REDEEMED, TREASURY, TransferReason
from sim.ledger.posting import begin_chain, end_chain, issue, transfer
from sim.ledger.records import NEVER_US, NONE, Book, Count, Refusal
from sim.schema.alliance import OutsideMerchantsConfig

CENTIPOINTS = 100  # in a point
FEN_PER_YUAN = 100


@dataclass
class OutsideTrade:
    """Once a day; each bill is a chain that is posted as a whole or not at all."""

    crowd: Crowd
    trade: np.ndarray  # sim.alliance.OUTSIDE_TRADE of the day
    rules: OutsideMerchantsConfig
    fen_per_point: int
    next_us: int | None
    refused: int = 0  # bills that were paid in money because the treasury could not pay for points
    rank: int = 870

    def act(self, now_us: int) -> None:
        """Post the day's bills; who has not been at the mall yet has no account, and neither earns nor spends elsewhere."""
        accounts = self.crowd.ledger.known_accounts(self.trade["resident"])
        trade, accounts = self.trade[accounts != NONE], accounts[accounts != NONE]
        issue_fen, redeem_fen = round(FEN_PER_YUAN * self.rules.issue_yuan), round(FEN_PER_YUAN * self.rules.redeem_yuan)
        lasts_us = int(self.crowd.mall.params["points_last_us"][0])
        midnight_us = int(self.crowd.ledger.book.book_counts[Count.MIDNIGHT_US])
        expires_us = NEVER_US if lasts_us == NEVER_US else midnight_us + lasts_us
        for bill, member in zip(trade, accounts.tolist(), strict=True):
            self.crowd.make_room_in_books()
            refusal = post_bill(
                self.crowd.ledger.book, now_us, member, int(bill["account"]), int(bill["bill_fen"]), int(bill["spends"]),
                self.fen_per_point, issue_fen, redeem_fen, expires_us,
            )  # fmt: skip
            if refusal == Refusal.INSUFFICIENT and bill["spends"] == 1:  # the treasury cannot pay: all is paid in money
                refusal = post_bill(
                    self.crowd.ledger.book, now_us, member, int(bill["account"]), int(bill["bill_fen"]), 0,
                    self.fen_per_point, issue_fen, redeem_fen, expires_us,
                )  # fmt: skip
                self.refused += 1
            if refusal != Refusal.POSTED:
                raise LedgerError(f"a bill at account {int(bill['account'])} was refused: {Refusal(refusal).name.lower()}")
        self.next_us = None


@entry
def post_bill(
    book: Book,
    now_us: int,
    member: int,
    merchant: int,
    bill_fen: int,
    spends: int,
    fen_per_point: int,
    issue_fen: int,
    redeem_fen: int,
    expires_us: int,
) -> int:
    """Post a member's bill: points as far as they go where it spends them, the rest in money, whole points for the rest; return a Refusal."""
    book = referred(book)
    begin_chain(book)
    holder = book.accounts[member]
    held = holder.balance - holder.reserved
    burned = min(max(held, 0), bill_fen) if spends == 1 else 0
    refusal = 0
    if burned > 0:
        refusal = transfer(book, now_us, member, POINTS_REDEEMED, burned, TransferReason.BURNED)
        redeemed_fen = burned * redeem_fen // CENTIPOINTS
        if redeemed_fen > 0:
            refusal = transfer(book, now_us, TREASURY, merchant, redeemed_fen, TransferReason.REDEMPTION)
    rest_fen = bill_fen - burned
    if rest_fen > 0:
        refusal = transfer(book, now_us, OUTSIDE, merchant, rest_fen, TransferReason.OUTSIDE_TRADE)
    earned = rest_fen // fen_per_point * CENTIPOINTS
    if earned > 0:
        refusal = issue(book, now_us, POINTS_ISSUED, member, earned, TransferReason.EARNED, expires_us, NONE)
        fee_fen = earned * issue_fen // CENTIPOINTS
        if fee_fen > 0:
            refusal = transfer(book, now_us, merchant, TREASURY, fee_fen, TransferReason.ISSUE_FEE)
    refusal = end_chain(book)
    return refusal


def outside_trade_of(
    crowd: Crowd, trade: np.ndarray | None, rules: OutsideMerchantsConfig, yuan_per_point: float, now_us: int
) -> list[OutsideTrade]:
    """Return the operation, where there is such trade."""
    if trade is None or trade.size == 0:
        return []
    return [OutsideTrade(crowd, trade, rules, max(1, round(FEN_PER_YUAN * yuan_per_point)), now_us)]
