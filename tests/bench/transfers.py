"""How many transfers a second the ledger's kernels post: plain ones, points earned and burned through lots, and linked chains."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

from sim.kernel import entry, referred
from sim.ledger import posting
from sim.ledger.accounts import FIRST_TENANT, OUTSIDE, POINTS_ISSUED, POINTS_REDEEMED, Currency, TransferReason
from sim.ledger.ledger import Ledger
from sim.ledger.records import NEVER_US, NONE, Book, Count

MEMBERS = 10_000
UNITS = 300
ROWS = 1 << 18  # of the journal: about as many as a day has
MONTH_US = 30 * 86_400_000_000


@entry
def plain(book: Book, first_member: int, count: int) -> int:
    """Post sales to tenants in turn; return how many transfers there were."""
    book = referred(book)
    done = 0
    for step in range(count):
        done += (
            posting.transfer(book, step, OUTSIDE, FIRST_TENANT + step * 7 % UNITS, 100 + step % 50, TransferReason.SALE) == 0
        )
    return done


@entry
def points(book: Book, first_member: int, count: int) -> int:
    """Let members earn, into lots of three expiries, and burn by turns; return how many transfers there were."""
    book = referred(book)
    done = 0
    for step in range(count // 2):
        member = first_member + step * 7919 % MEMBERS
        expires_us = NEVER_US - step % 3
        done += posting.issue(book, step, POINTS_ISSUED, member, 200, TransferReason.EARNED, expires_us, NONE) == 0
        done += posting.transfer(book, step, member, POINTS_REDEEMED, 190, TransferReason.BURNED) == 0
    return done


@entry
def chains(book: Book, first_member: int, count: int) -> int:
    """Sales with points and the merchant's fee, three to a chain, of which one in eight fails; return how many transfers there were."""
    book = referred(book)
    done = 0
    for step in range(count // 3):
        member = first_member + step * 7919 % MEMBERS
        tenant = FIRST_TENANT + step * 7 % UNITS
        posting.begin_chain(book)
        done += posting.transfer(book, step, OUTSIDE, tenant, 100 + step % 50, TransferReason.SALE) == 0
        done += posting.issue(book, step, POINTS_ISSUED, member, 200, TransferReason.EARNED, NEVER_US, NONE) == 0
        burned = 190 if step % 8 else 1 << 40
        done += posting.transfer(book, step, member, POINTS_REDEEMED, burned, TransferReason.BURNED) == 0
        posting.end_chain(book)
    return done


def measured(count: int) -> dict[str, float]:
    """Return transfers per second of processor time of each kind."""
    found = {}
    kinds: tuple[Callable[[Book, int, int], int], ...] = (plain, points, chains)
    for post in kinds:
        ledger = Ledger([f"u{unit:03d}" for unit in range(UNITS)], ROWS)
        ledger.begin_day(datetime.date(2026, 6, 1), 0)
        members = [
            ledger.open(f"member:{each}", Currency.POINTS, limit=0, has_lots=True, may_owe=True) for each in range(MEMBERS)
        ]
        while ledger.make_room(3 * MEMBERS):
            pass
        post(ledger.book, members[0], 300)
        ledger.forget_journal()
        done, spent_s = 0, 0.0
        while done < count:
            started_s = time.process_time()
            done += post(ledger.book, members[0], ROWS)
            spent_s += time.process_time() - started_s
            ledger.book.book_counts[[Count.ROWS, Count.LAST_US]] = 0, 0  # the digest is no part of it
        found[f"{post.__name__}_per_s"] = done / spent_s
    return found
