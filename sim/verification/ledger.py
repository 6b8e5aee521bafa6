"""The ledger of money and points: cases traced by hand, through the kernels that every run posts with."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from sim.ledger import doors
from sim.ledger.accounts import POINTS_BREAKAGE, POINTS_EXPIRED, POINTS_ISSUED, POINTS_REDEEMED, Currency, TransferReason
from sim.ledger.apply import Application, Result
from sim.ledger.desk import matched
from sim.ledger.ledger import Ledger
from sim.ledger.operations_file import Operation
from sim.ledger.programme import Merchant, Programme, instant_us
from sim.ledger.records import NEVER_US, NONE, Count, Refusal
from sim.ledger.replay import Known, Replay, rows_of
from sim.random_streams import draw_words, stream_key
from sim.units import fen_from_yuan
from sim.verification.parameters import SEED, Parameter, whole
from sim.verification.records import Record, equal

MEANING = "earning, refunds, reserves, lots, expiry, chains and settlement traced by hand, and a journal replayed by other code (L-01 to L-35)"
PARAMETERS: dict[str, Parameter] = {
    "transfers": whole(20_000, "random transfers that are posted and replayed", 100, 2_000_000),
    "interleavings": whole(1_000, "orders in which two tills redeem at one instant", 10, 100_000),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
NOON = instant_us(datetime.datetime.fromisoformat("2026-06-01T12:00:00+08:00"))
SHOPS = (Merchant("shop"), Merchant("cafe"), Merchant("bank"), Merchant("cinema"))
CENTI = 100
NEW_YORK = ZoneInfo("America/New_York")
DAY_US = 86_400_000_000
# Gross obligations of four merchants (rows owe columns), from verification.md 3.3: 1935 in all, 105 after multilateral netting.
OWED = ((0, 500, 0, 120), (300, 0, 260, 0), (410, 0, 0, 90), (0, 75, 180, 0))


def run(values: dict[str, Any]) -> list[Record]:
    """Return what random programmes leave behind against a replay, and who wins at one instant."""
    return [*_replayed(values["transfers"], values["seed"]), *_raced(values["interleavings"], values["seed"])]


def run_traced() -> list[Record]:
    """Return the cases that are traced by hand."""
    return [
        *_earning(), *_amounts(), *_refunds(), *_reserves(), *_sent_again(), *_chains(), *_lots(), *_expiry(), *_settlement(), *_refusals(),
        *_corrections(), *_closing(),
    ]  # fmt: skip


class Desk:
    """A programme at noon, and operations on it one after another."""

    def __init__(self, **rules: Any) -> None:
        self.application = Application(Programme(merchants=SHOPS, members={"ann": 0, "bob": 0}, **rules))
        self._sent = 0

    def do(self, op: str, at_us: int = NOON, name: str = "", **given: Any) -> Result:
        """Apply one operation."""
        self._sent += 1
        return self.application.apply([Operation(0, name or f"op{self._sent}", at_us, op, given)])[-1]

    def chain(self, *links: tuple[str, dict[str, Any]]) -> Result:
        """Apply operations that stand or fall together."""
        self._sent += 1
        made = tuple(Operation(0, f"op{self._sent}.{index}", NOON, op, given) for index, (op, given) in enumerate(links))
        return self.application.apply([Operation(0, f"op{self._sent}", NOON, "chain", {}, made)])[-1]

    def earn(self, fen: int, name: str = "", member: str = "ann") -> Result:
        """Buy for so many fen."""
        return self.do("earn", name=name, member=member, merchant="shop", amount=fen)

    def held(self, account: str = "member:ann") -> int:
        """Return a balance."""
        return self.application.desk.ledger.balance(self.application.desk.account_of[account])


def _earning() -> Iterator[Record]:
    for yuan, points in (("99.99", 0), ("100.00", 1), ("199.99", 1), ("250.00", 2), ("295.00", 2)):
        desk = Desk()
        desk.earn(fen_from_yuan(yuan))
        yield equal(f"L-01 points of a receipt of {yuan} yuan", "points", points, desk.held() // CENTI)
    one, three = Desk(), Desk()
    one.do("earn", member="ann", merchant="shop", lines=(("", 6000),) * 3)
    for _ in range(3):
        three.earn(6000)
    yield equal("L-02 one receipt of three lines of 60 yuan", "points", 1, one.held() // CENTI)
    yield equal("L-02 three receipts of 60 yuan", "points", 0, three.held() // CENTI)


def _amounts() -> Iterator[Record]:
    for yuan, fen in (("4.35", 435), ("1.15", 115), ("19.99", 1999), ("0.29", 29), ("579.99", 57999)):
        yield equal(f"L-03 fen of {yuan} yuan", "fen", fen, fen_from_yuan(yuan))
    yield equal("L-03 2.675 yuan is refused", "refusals", 1, _refuses_decimals())
    desk = Desk()
    for _ in range(10):
        desk.earn(10)
    yield equal("L-04 ten sales of 0.10 yuan", "fen", 100, desk.held("tenant:shop"))


def _refuses_decimals() -> int:
    try:
        fen_from_yuan("2.675")
    except ValueError:
        return 1
    return 0


def _refunds() -> Iterator[Record]:
    desk = Desk()
    desk.earn(25_000, "sale")
    desk.do("refund", of="sale", amount=6_000)
    yield equal("L-06 250 yuan less 60: points that stay", "points", 1, desk.held() // CENTI)
    desk = Desk()
    desk.earn(20_000, "sale")
    desk.do("redeem", member="ann", merchant="cafe", points=200)
    desk.do("refund", of="sale", amount=20_000)
    account = desk.application.desk.member("ann")
    yield equal("L-08 two earned, two spent, all refunded: balance", "points", -2, desk.held() // CENTI)
    yield equal("L-08 the same: owed", "points", 2, int(desk.application.desk.ledger.book.accounts[account].owed) // CENTI)
    desk.earn(30_000)
    yield equal("L-08 three more repay it first", "points", 1, desk.held() // CENTI)


def _reserves() -> Iterator[Record]:
    desk = Desk()
    desk.earn(1_000_000)
    desk.do("reserve", name="first", member="ann", merchant="cafe", points=60 * CENTI)
    yield _code(
        "L-11 a second reserve of 60 of 100",
        "insufficient",
        desk.do("reserve", member="ann", merchant="cafe", points=60 * CENTI),
    )
    desk.do("void", pending="first")
    yield _code(
        "L-11 the same once the first is void",
        "ok",
        desk.do("reserve", name="second", member="ann", merchant="cafe", points=60 * CENTI),
    )
    desk.do("post", pending="second", points=40 * CENTI)
    yield equal("L-13 40 of 60 posted: balance", "points", 60, desk.held() // CENTI)
    reserved = desk.application.desk.ledger.book.accounts[desk.application.desk.member("ann")].reserved
    yield equal("L-13 the same: still reserved", "points", 0, int(reserved) // CENTI)
    yield _code("L-13 the rest posted later", "already_posted", desk.do("post", pending="second", points=20 * CENTI))


def _sent_again() -> Iterator[Record]:
    desk = Desk()
    desk.earn(25_000, "sale")
    yield _code("L-14 sent again", "exists", desk.earn(25_000, "sale"))
    yield _code("L-14 with another amount", "exists_with_different_amount", desk.earn(25_100, "sale"))
    other = desk.do("earn", name="sale", member="ann", merchant="cafe", amount=25_000)
    yield _code("L-14 with another merchant", "exists_with_different_merchant", other)
    desk.do("redeem", name="late", member="ann", merchant="cafe", points=900)
    desk.earn(100_000)
    yield _code(
        "L-14 one that failed", "id_already_failed", desk.do("redeem", name="late", member="ann", merchant="cafe", points=900)
    )
    yield equal("L-14 balance after all that", "points", 12, desk.held() // CENTI)


def _chains() -> Iterator[Record]:
    desk = Desk()
    before = _everything(desk)
    failed = desk.chain(
        ("earn", {"member": "ann", "merchant": "shop", "amount": 50_000}),
        ("redeem", {"member": "ann", "merchant": "cafe", "points": 9_900}),
        ("transfer", {"debit": "operator", "credit": "tenant:shop", "amount": 500}),
    )
    yield _code("L-16 earn, coupon and parking, the second fails", "insufficient", failed)
    yield equal("L-16 what changed", "accounts and rows", 0, int(before != _everything(desk)))


def _everything(desk: Desk) -> tuple[Any, ...]:
    ledger = desk.application.desk.ledger
    return (
        ledger.accounts_table()["balance"].tolist(),
        ledger.lots_table()["held_centi"].tolist(),
        int(ledger.book.book_counts[Count.POSTED]),
    )


def _opened(members: int = 1) -> tuple[Ledger, list[int]]:
    ledger = Ledger(["shop"], 1 << 16)
    ledger.begin_day(datetime.date(2026, 6, 1), 0)
    return ledger, [
        ledger.open(f"member:{each}", Currency.POINTS, limit=0, has_lots=True, may_owe=True) for each in range(members)
    ]


def _lots() -> Iterator[Record]:
    for case, lots in (("by expiry", ((50, 300), (30, 100))), ("by issue where they expire together", ((30, 100), (50, 100)))):
        ledger, (member,) = _opened()
        for month, (points, expires_us) in enumerate(lots):
            ledger.book.book_counts[Count.MONTH] = month
            doors.issue_one(ledger.book, 0, POINTS_ISSUED, member, points, TransferReason.EARNED, expires_us, NONE)
        ledger.post(1, member, POINTS_REDEEMED, 40, TransferReason.ADJUSTED)
        left = ledger.lots_table()
        yield equal(f"L-17 lots left of 30 and 50 after 40, {case}", "lots", 1, left["held_centi"].size)
        yield equal(f"L-17 points in it, {case}", "points", 40, int(left["held_centi"].sum()))


def _expiry() -> Iterator[Record]:
    programme = Programme(expiry_months=1)
    ends_us = instant_us(datetime.datetime.fromisoformat("2026-07-02T00:00:00+08:00"))
    yield equal("L-18 points of 1 June for a month end at local midnight", "us", ends_us, programme.expires_us(NOON))
    for before_us, code in ((1_000, "ok"), (0, "insufficient")):
        desk = Desk(expiry_months=1)
        desk.earn(10_000)
        late = desk.do("redeem", at_us=ends_us - before_us, member="ann", merchant="cafe", points=100)
        yield _code(f"L-18 redeemed {before_us // 1000} ms before that", code, late)
    yield equal("L-18 expired of the last", "points", 1, desk.held("points_expired") // CENTI)
    for day, hours in (("2026-03-08", 23), ("2026-11-01", 25)):
        date = datetime.date.fromisoformat(day)
        first, after = (
            datetime.datetime.combine(date + datetime.timedelta(days=days), datetime.time(), NEW_YORK) for days in (0, 1)
        )
        hours_found = (instant_us(after) - instant_us(first)) // 3_600_000_000
        yield equal(f"L-18 hours of {day} in New York, between two midnights", "h", hours, hours_found)
        desk = Desk(zone=NEW_YORK, expiry_months=1)
        bought_us = instant_us(datetime.datetime.combine(date, datetime.time(12), NEW_YORK)) - 28 * DAY_US
        ends_us = desk.application.programme.expires_us(bought_us)
        yield equal(
            f"L-18 hour at which points expire near {day}",
            "h",
            0,
            datetime.datetime.fromtimestamp(ends_us // 10**6, NEW_YORK).hour,
        )


def _settlement() -> Iterator[Record]:
    desk = Desk(is_realtime=False)
    books = desk.application.desk
    for debtor, row in enumerate(OWED):
        for creditor, fen in enumerate(row):
            if fen:
                books.owe(books.tenant(SHOPS[debtor].id), books.tenant(SHOPS[creditor].id), fen, TransferReason.REDEMPTION)
    nets = books.net_positions()
    for merchant, wanted in zip(SHOPS, (90, 15, -60, -45), strict=True):
        yield equal(f"L-24 net position of {merchant.id}", "fen", wanted, nets[books.tenant(merchant.id)])
    yield equal("L-24 value of the settlement", "fen", 105, sum(fen for _, _, fen in matched(list(nets.items()))))
    desk.do("settle")
    paid = [books.ledger.balance(books.tenant(merchant.id)) for merchant in SHOPS]
    yield equal("L-24 merchants whose money is their net position", "of 4", 4, sum(map(int.__eq__, paid, (90, 15, -60, -45))))
    yield equal("L-24 obligations left", "fen", 0, sum(map(abs, books.net_positions().values())))


def _refusals() -> Iterator[Record]:
    desk = Desk()
    cases = (
        ("negative amount", "operator", "tenant:shop", -1, "amount_not_positive"), ("zero", "operator", "tenant:shop", 0, "amount_not_positive"),
        ("one account twice", "operator", "operator", 1, "same_account"), ("unknown account", "nobody", "operator", 1, "unknown_account"),
        ("points for money", "operator", "member:ann", 1, "wrong_currency"),
    )  # fmt: skip
    for case, debit, credit, amount, code in cases:
        yield _code(f"L-32 {case}", code, desk.do("transfer", debit=debit, credit=credit, amount=amount))


def _corrections() -> Iterator[Record]:
    desk = Desk()
    desk.earn(25_000, "sale")
    rows = desk.application.desk.journal()
    desk.do("reverse", of="sale")
    after = desk.application.desk.journal()
    yield equal("L-33 rows of the first entry that a reversal changed", "rows", 0, int((after[: rows.size] != rows).sum()))
    yield equal("L-33 rows that name what they correct", "rows", 3, int((after["of"][rows.size :] != NONE).sum()))
    yield equal("L-33 points after both", "points", 0, desk.held())
    yield _code("L-33 reversed again", "already_reversed", desk.do("reverse", of="sale"))


def _closing() -> Iterator[Record]:
    desk = Desk()
    desk.earn(25_000)
    desk.do("close_programme")
    held = desk.application.desk.ledger.lots_table()["held_centi"]
    yield equal("L-35 outstanding after the close-out", "points", 0, int(held.sum()))
    yield equal("L-35 breakage", "points", 2, desk.held("points_breakage") // CENTI)
    yield _code("L-35 earning afterwards", "programme_closed", desk.earn(10_000))


def _code(case: str, wanted: str, result: Result) -> Record:
    """Return a record of a code: 1 where it is the one that was wanted."""
    found = {**equal(case, "right code", 1, int(result.code == wanted)), "code": result.code}
    return {**found, "rule": f"the code is {wanted}"}


def _raced(times: int, seed: int) -> Iterator[Record]:
    """Two tills redeem 80 of 100 at one instant, among other transfers, in many orders."""
    words = draw_words(stream_key(seed, "ledger races"), np.arange(times), 0)
    balances, wins, again = [], 0, []
    for word in words.tolist():
        ledger, members = _opened(3)
        for member in members:
            doors.issue_one(ledger.book, 0, POINTS_ISSUED, member, 100, TransferReason.EARNED, NEVER_US, NONE)
        orders = sorted(range(5), key=lambda each: (word >> 8 * each) & 0xFF)
        attempts = [(members[0], 80), (members[0], 80), (members[1], 30), (members[2], 5), (members[1], 70)]
        codes = [
            doors.post_one(ledger.book, 7, attempts[at][0], POINTS_REDEEMED, attempts[at][1], TransferReason.ADJUSTED)
            for at in orders
        ]
        rivals = [code for at, code in zip(orders, codes, strict=True) if at < 2]
        wins += rivals == [Refusal.POSTED, Refusal.INSUFFICIENT]
        balances.append(ledger.balance(members[0]))
        again.append(ledger.journal["debit"].tolist())
    yield equal("L-10 orders in which exactly the first of two succeeds", f"of {times:,}", times, wins)
    yield equal("L-10 orders that leave 20 of 100", f"of {times:,}", times, balances.count(20))


def _replayed(count: int, seed: int) -> Iterator[Record]:
    """Post random transfers, chains and reserves, then replay the journal with other code."""
    ledger, members = _opened(50)
    draws = draw_words(stream_key(seed, "ledger replay"), np.arange(count)[:, None], np.arange(4))
    journal = []
    for step, (word, who, much, when) in enumerate(draws.tolist()):
        book, member = ledger.book, members[who % len(members)]
        amount, expires_us = 1 + much % 50, step + 1 + when % 2000 if when % 3 else NEVER_US
        if word % 5 < 2:
            doors.issue_one(book, step, POINTS_ISSUED, member, amount, TransferReason.EARNED, expires_us, NONE)
        elif word % 5 == 2:
            doors.post_one(book, step, member, POINTS_REDEEMED, amount, TransferReason.ADJUSTED)
        elif word % 5 == 3:
            doors.claw_back_one(book, step, member, POINTS_BREAKAGE, amount, TransferReason.CLAWED_BACK, NONE)
        else:
            doors.begin_chain(book)
            doors.issue_one(book, step, POINTS_ISSUED, member, amount, TransferReason.EARNED, expires_us, NONE)
            doors.post_one(book, step, member, POINTS_EXPIRED, 2 * amount, TransferReason.ADJUSTED)
            doors.end_chain(book)
        ledger.make_room()
        if ledger.journal.size > 1 << 15:
            journal += rows_of(ledger.journal)
            ledger.forget_journal()
    journal += rows_of(ledger.journal)
    table = ledger.accounts_table()
    names = (table[name].tolist() for name in ("name", "kind", "currency", "has_lots"))
    replay = Replay([Known(*row) for row in zip(*names, strict=True)])
    replay.take(journal)
    replay.finish()
    yield equal("L-29 transfers replayed", "transfers", int(ledger.book.book_counts[Count.POSTED]), replay.rows)
    yield equal("L-29 accounts whose balance is another", "accounts", 0, _unlike(table["balance"], replay.balances))
    yield equal("L-29 accounts whose debt is another", "accounts", 0, _unlike(table["owed"], replay.owed))
    lots = ledger.lots_table()
    held = sum(lot[1] for mine in replay.lots.values() for lot in mine)
    yield equal("L-29 points in lots", "points", held, int(lots["held_centi"].sum()))
    yield equal("I1-I13 broken by a row", "rows", 0, replay.broken)


def _unlike(table: np.ndarray, replayed: list[int]) -> int:
    return int((table != np.array(replayed)).sum())
