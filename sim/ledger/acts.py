"""What operations on a programme of points do: each takes the desk, its id and its values, posts, or raises Refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from sim.ledger import doors
from sim.ledger.accounts import (
    FIRST_TENANT,
    GIFTS_ISSUED,
    GIFTS_REDEEMED,
    GIFTS_VOIDED,
    OUTSIDE,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_VOIDED,
    REVENUE,
    TREASURY,
    Currency,
    TransferReason,
)
from sim.ledger.desk import HAND_OVER_ALL, Desk, Receipt, Refund, Refused, Waiting, matched
from sim.ledger.programme import CENTIPOINTS, round_half_up
from sim.ledger.records import NONE, Count, State


def _open(desk: Desk, _: str, given: Any) -> None:
    if f"member:{given['member']}" in desk.account_of:
        raise Refused("member_exists")
    desk.open_member(given["member"])


def _earn(desk: Desk, name: str, given: Any) -> None:
    programme = desk.programme
    member, tenant = desk.member(given["member"]), desk.tenant(given["merchant"])
    category = programme.merchants[tenant - FIRST_TENANT].category
    lines = [(line or category, fen) for line, fen in given.get("lines", (("", given.get("amount", 0)),))]
    if any(fen <= 0 for _, fen in lines):
        raise Refused("amount_not_positive")
    if "points" in given:
        price = sum(fen for _, fen in lines)
        _spend(desk, given["member"], given["merchant"], given["points"], price)
        lines = _less(lines, programme.worth_fen(given["points"]))
    net_fen = sum(fen for _, fen in lines)
    sale = desk.move(OUTSIDE, tenant, net_fen, TransferReason.SALE)
    centi = programme.earned_centi(given["merchant"], lines, desk.at_us)
    earned = desk.move(POINTS_ISSUED, member, centi, TransferReason.EARNED, programme.expires_us(desk.at_us))
    desk.owe(tenant, TREASURY, _fee_fen(desk, centi), TransferReason.ISSUE_FEE)
    gifts = programme.gifts_centi(net_fen)
    if gifts:
        desk.move(GIFTS_ISSUED, desk.gifts(given["member"]), gifts, TransferReason.EARNED, programme.expires_us(desk.at_us))
    receipt = Receipt(given["member"], given["merchant"], desk.at_us, tuple(lines), centi, gifts, sale, earned)
    desk.note(desk.receipts, name, receipt)


def _fee_fen(desk: Desk, centi: int) -> int:
    """Return what a merchant pays for points that it gives."""
    return round_half_up(Fraction(centi * desk.programme.issue_fen, CENTIPOINTS))


def _redeem(desk: Desk, _: str, given: Any) -> None:
    _spend(desk, given["member"], given["merchant"], given["points"], given.get("amount"))


def _spend(desk: Desk, member: str, merchant: str, centi: int, price_fen: int | None) -> None:
    """Pay in points, and let the treasury owe the merchant what it is paid for them."""
    tenant = desk.tenant(merchant)
    _check_points(desk, centi, price_fen)
    desk.move(desk.member(member), POINTS_REDEEMED, centi, TransferReason.BURNED)
    desk.owe(TREASURY, tenant, _reimbursed_fen(desk, centi), TransferReason.REDEMPTION)


def _reimbursed_fen(desk: Desk, centi: int) -> int:
    return round_half_up(Fraction(centi * desk.programme.redemption_fen, CENTIPOINTS))


def _check_points(desk: Desk, centi: int, price_fen: int | None) -> None:
    programme = desk.programme
    if centi <= 0:
        raise Refused("amount_not_positive")
    if centi < programme.redeem_least_centi:
        raise Refused("below_minimum")
    if programme.redeem_most_centi is not None and centi > programme.redeem_most_centi:
        raise Refused("above_cap")
    if price_fen is not None:
        worth = programme.worth_fen(centi)
        if worth > price_fen:
            raise Refused("above_price")
        if worth > programme.redeem_most_share * price_fen:
            raise Refused("above_cap")


def _redeem_gifts(desk: Desk, _: str, given: Any) -> None:
    if given["points"] <= 0:
        raise Refused("amount_not_positive")
    desk.move(desk.gifts(given["member"]), GIFTS_REDEEMED, given["points"], TransferReason.BURNED)


def _reserve(desk: Desk, name: str, given: Any) -> None:
    desk.tenant(given["merchant"])
    _check_points(desk, given["points"], given.get("amount"))
    expires_us = given.get("expires_at", desk.at_us + desk.programme.pending_us)
    if expires_us <= desk.at_us:
        raise Refused("expires_before_it_begins")
    book = desk.ledger.book
    made = desk.posted(
        doors.reserve_one(
            book,
            desk.at_us,
            desk.member(given["member"]),
            POINTS_REDEEMED,
            given["points"],
            int(TransferReason.BURNED),
            expires_us,
        )
    )
    waiting = Waiting(int(book.book_counts[Count.LAST_PENDING]), made, given["merchant"], given["points"])
    desk.note(desk.waiting, name, waiting)


def _waiting(desk: Desk, name: str) -> Waiting:
    found = desk.waiting.get(name)
    if found is None:
        raise Refused("unknown_pending")
    return found


def _post(desk: Desk, _: str, given: Any) -> None:
    waiting = _waiting(desk, given["pending"])
    centi = given.get("points", waiting.centi)
    tenant = desk.tenant(waiting.merchant, takes_part=False)
    desk.posted(doors.post_pending_one(desk.ledger.book, desk.at_us, waiting.slot, waiting.transfer, centi))
    desk.owe(TREASURY, tenant, _reimbursed_fen(desk, centi), TransferReason.REDEMPTION)


def _void(desk: Desk, _: str, given: Any) -> None:
    waiting = _waiting(desk, given["pending"])
    desk.posted(doors.release_one(desk.ledger.book, desk.at_us, waiting.slot, waiting.transfer, int(State.VOID)))


def _expire(desk: Desk, _: str, given: Any) -> None:
    """What is over has gone already: every operation begins with that."""


def _refund(desk: Desk, own: str, given: Any) -> None:
    """Give money back; points are reckoned anew on what is left of the receipt."""
    programme, name = desk.programme, given["of"]
    receipt = desk.receipts.get(name)
    if name in desk.reversed or desk.chain_of.get(name) in desk.reversed:
        raise Refused("already_reversed")
    if receipt is None:
        raise Refused("unknown_operation")
    fen = given["amount"]
    if fen <= 0:
        raise Refused("amount_not_positive")
    if fen > sum(line for _, line in receipt.lines):
        raise Refused("refund_exceeds_sale")
    tenant, member = desk.tenant(receipt.merchant, takes_part=False), desk.heir(desk.member(receipt.member))
    lines = _less(list(receipt.lines), fen)
    desk.move(tenant, OUTSIDE, fen, TransferReason.REFUND, of=receipt.sale)
    centi = min(receipt.points_centi, programme.earned_centi(receipt.merchant, lines, receipt.at_us))
    desk.take_back(member, POINTS_VOIDED, receipt.points_centi - centi, TransferReason.CLAWED_BACK, receipt.earned)
    desk.owe(TREASURY, tenant, _fee_fen(desk, receipt.points_centi) - _fee_fen(desk, centi), TransferReason.ISSUE_FEE)
    gifts = min(receipt.gifts_centi, programme.gifts_centi(sum(line for _, line in lines)))
    if receipt.gifts_centi > gifts:
        account = desk.heir(desk.gifts(receipt.member))
        desk.take_back(account, GIFTS_VOIDED, receipt.gifts_centi - gifts, TransferReason.CLAWED_BACK, NONE)
    left = dataclasses.replace(receipt, lines=tuple(lines), points_centi=centi, gifts_centi=gifts, refunds=receipt.refunds + 1)
    desk.note(desk.receipts, name, left)
    off = tuple(before - after for (_, before), (_, after) in zip(receipt.lines, lines, strict=True))
    desk.note(desk.refunds, own, Refund(name, off, receipt.points_centi - centi, receipt.gifts_centi - gifts))


def _reverse(desk: Desk, _: str, given: Any) -> None:
    """Enter every transfer of an operation the other way round; both stay to be seen."""
    name = given["of"]
    parts = (name, *desk.links_of.get(name, ()))
    if any(part in desk.reversed for part in (*parts, desk.chain_of.get(name))):
        raise Refused("already_reversed")
    if name not in desk.rows_of:
        raise Refused("operation_failed" if name in desk.failed else "unknown_operation")
    if any(part in desk.receipts and desk.receipts[part].refunds for part in parts):
        raise Refused("already_refunded")
    first, last = desk.rows_of[name]
    rows = desk.journal()[first:last]
    rows = rows[np.isin(rows["state"], (State.POSTED, State.POST)) & (rows["reason"] != TransferReason.EXPIRED)]
    if rows.size == 0 or np.isin(rows["reason"], (TransferReason.MERGED, TransferReason.REVERSED)).any():
        raise Refused("nothing_to_reverse")
    accounts = desk.ledger.book.accounts
    for row in rows[::-1]:
        debit, credit = desk.heir(int(row["credit"])), desk.heir(int(row["debit"]))
        amount, number = int(row["amount"]), int(row["id"])
        if accounts[debit].has_lots == 1:
            desk.take_back(debit, credit, amount, TransferReason.REVERSED, number)
        else:
            expires_us = desk.programme.expires_us(desk.at_us)
            desk.move(debit, credit, amount, TransferReason.REVERSED, expires_us, number)
    desk.note(desk.reversed, name, True)
    for part in parts:
        desk.note(desk.receipts, part, None)
        if part in desk.refunds:
            _restore(desk, desk.refunds[part])


def _restore(desk: Desk, refund: Refund) -> None:
    """Put back onto its receipt what a refund took off it."""
    receipt = desk.receipts[refund.of]
    lines = tuple((category, fen + off) for (category, fen), off in zip(receipt.lines, refund.lines, strict=True))
    whole = dataclasses.replace(
        receipt, lines=lines, points_centi=receipt.points_centi + refund.points_centi,
        gifts_centi=receipt.gifts_centi + refund.gifts_centi, refunds=receipt.refunds - 1,
    )  # fmt: skip
    desk.note(desk.receipts, refund.of, whole)


def _adjust(desk: Desk, _: str, given: Any) -> None:
    member, centi = desk.member(given["member"]), given["points"]
    if centi == 0:
        raise Refused("amount_not_positive")
    if centi > 0:
        desk.move(POINTS_ISSUED, member, centi, TransferReason.ADJUSTED, desk.programme.expires_us(desk.at_us))
    else:
        desk.move(member, POINTS_VOIDED, -centi, TransferReason.ADJUSTED)


def _transfer(desk: Desk, _: str, given: Any) -> None:
    """Post a transfer of money, of obligations, or of points between members, by the names of accounts."""
    debit, credit = (desk.account_of.get(given[key], NONE) for key in ("debit", "credit"))
    book = desk.ledger.book
    if NONE not in (debit, credit) and book.accounts[debit].currency == book.accounts[credit].currency:
        # Points come from and go to a member by `earn`, `redeem` and `adjust`, which move the money for them; obligations add up to nothing.
        is_points = book.accounts[debit].currency != Currency.FEN
        owes = [given[key].startswith("clearing:") for key in ("debit", "credit")]
        if owes[0] != owes[1] or (is_points and 0 in (book.accounts[debit].has_lots, book.accounts[credit].has_lots)):
            raise Refused("wrong_kind")
    desk.posted(doors.post_one(book, desk.at_us, debit, credit, given["amount"], int(TransferReason.ADJUSTED)))


def _merge(desk: Desk, _: str, given: Any) -> None:
    gone, kept = desk.member(given["member"]), desk.member(given["into"])
    desk.posted(doors.merge_one(desk.ledger.book, desk.at_us, gone, kept))
    desk.note(desk.merged_into, gone, kept)
    if f"gifts:{given['member']}" in desk.account_of:
        gone, kept = desk.gifts(given["member"]), desk.gifts(given["into"])
        desk.posted(doors.merge_one(desk.ledger.book, desk.at_us, gone, kept))
        desk.note(desk.merged_into, gone, kept)


def _join(desk: Desk, _: str, given: Any) -> None:
    desk.tenant(given["merchant"], takes_part=False)
    if desk.takes_part[given["merchant"]]:
        raise Refused("already_in_programme")
    desk.takes_part[given["merchant"]] = True


def _leave(desk: Desk, _: str, given: Any) -> None:
    tenant = desk.tenant(given["merchant"])
    if desk.ledger.balance(desk.obligations_of(tenant)):
        raise Refused("has_obligations")
    pending = desk.ledger.book.pendings
    if any(
        waiting.merchant == given["merchant"]
        and pending[waiting.slot].id == waiting.transfer
        and pending[waiting.slot].state == State.PENDING
        for waiting in desk.waiting.values()
    ):
        raise Refused("has_pending")
    desk.takes_part[given["merchant"]] = False


def _settle(desk: Desk, _: str, given: Any) -> None:
    """Net all obligations among all: whoever owes pays, whoever is owed is paid, and nobody's position changes by it."""
    desk.begin()
    code = ""
    try:
        for payer, receiver, fen in matched(list(desk.net_positions().items())):
            desk.move(desk.obligations_of(receiver), desk.obligations_of(payer), fen, TransferReason.SETTLEMENT)
            desk.move(payer, receiver, fen, TransferReason.SETTLEMENT)
    except Refused as refused:
        code = refused.code
    code = desk.end(code)
    if code:
        raise Refused(code)


def _close_account(desk: Desk, _: str, given: Any) -> None:
    accounts = [desk.member(given["member"])]
    if f"gifts:{given['member']}" in desk.account_of:
        accounts.append(desk.gifts(given["member"]))
    for account in accounts:
        desk.posted(doors.close_one(desk.ledger.book, desk.at_us, account))


def _close_programme(desk: Desk, _: str, given: Any) -> None:
    """Give up as breakage what is outstanding, and let the alliance keep what lay behind it."""
    book = desk.ledger.book
    if any(desk.net_positions().values()):
        raise Refused("has_obligations")
    if (book.pendings["state"][: book.book_counts[Count.PENDINGS]] == State.PENDING).any():
        raise Refused("has_pending")
    while (reached := doors.close_out(book, desk.at_us, 0)) < book.book_counts[Count.ACCOUNTS]:
        assert reached >= 0
        desk.hand_over(HAND_OVER_ALL)
    left = desk.ledger.balance(TREASURY)
    if left > 0:
        desk.move(TREASURY, REVENUE, left, TransferReason.CLOSED_OUT)
    desk.is_closed = True


def _balance(desk: Desk, _: str, given: Any) -> None:
    if "member" in given:
        desk.member(given["member"])
    if "merchant" in given:
        desk.tenant(given["merchant"], takes_part=False)
    if "account" in given and given["account"] not in desk.account_of:
        raise Refused("unknown_account")


def _less(lines: list[tuple[str, int]], fen: int) -> list[tuple[str, int]]:
    """Return lines of a receipt after so many fen are taken off, from the first on."""
    found = []
    for category, line in lines:
        taken = min(line, fen)
        fen -= taken
        found.append((category, line - taken))
    return found


ACTS: dict[str, Callable[[Desk, str, Any], None]] = {
    "open": _open, "earn": _earn, "redeem": _redeem, "redeem_gifts": _redeem_gifts, "reserve": _reserve, "post": _post, "void": _void,
    "expire": _expire, "refund": _refund, "reverse": _reverse, "adjust": _adjust, "transfer": _transfer, "merge": _merge, "join": _join,
    "leave": _leave, "settle": _settle, "close_account": _close_account, "close_programme": _close_programme, "balance": _balance,
}  # fmt: skip
