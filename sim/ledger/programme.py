"""A programme of points as a file says it: what earns, what a point buys, when it expires, who takes part, and how money is settled."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from zoneinfo import ZoneInfo

from sim.ledger.records import NEVER_US
from sim.units import US_PER_S

FEN_PER_YUAN = 100
CENTIPOINTS = 100  # in a point
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Campaign:
    """For a time, half-open, points are worth more or less to whoever earns them."""

    name: str
    from_us: int
    until_us: int
    factor: Fraction
    merchants: frozenset[str] = frozenset()  # empty: all
    categories: frozenset[str] = frozenset()

    def covers(self, merchant: str, category: str, at_us: int) -> bool:
        """Return whether a purchase there and then is part of it."""
        is_there = (not self.merchants or merchant in self.merchants) and (not self.categories or category in self.categories)
        return is_there and self.from_us <= at_us < self.until_us


@dataclass(frozen=True)
class Merchant:
    """A merchant of the programme."""

    id: str
    category: str = ""
    opening_fen: int = 0
    limit_fen: int | None = None  # what it may owe; None: any amount
    is_in: bool = True  # from the start


@dataclass(frozen=True)
class Programme:
    """The rules of a programme of points; money in fen, points in centi-points, rates exact."""

    name: str = "programme"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    fen_per_point: Fraction = Fraction(100 * FEN_PER_YUAN)
    merchant_rates: Mapping[str, Fraction] = field(default_factory=dict)  # fen for a point
    category_rates: Mapping[str, Fraction] = field(default_factory=dict)
    gift_fen_per_point: Fraction | None = None
    is_by_line: bool = False  # whole points of each line of a receipt, not of the whole
    campaigns: tuple[Campaign, ...] = ()
    value_fen: int = FEN_PER_YUAN  # of a point at the till
    redeem_least_centi: int = 1
    redeem_most_centi: int | None = None  # at once
    redeem_most_share: Fraction = Fraction(1)  # of a price
    expiry_months: int | None = None
    expires_at_year_end: bool = False
    issue_fen: int = 120  # what a merchant pays for a point that it gives
    redemption_fen: int = FEN_PER_YUAN  # what it is paid for one that it takes
    pending_us: int = 24 * 3600 * US_PER_S  # for which a reserve holds
    is_realtime: bool = True
    cycle_us: int = 24 * 3600 * US_PER_S
    treasury_opening_fen: int = 0
    treasury_limit_fen: int | None = None
    merchants: tuple[Merchant, ...] = ()
    members: Mapping[str, int] = field(default_factory=dict)  # id -> centi-points from before

    def rate_of(self, merchant: str, category: str, at_us: int) -> Fraction:
        """Return the points that a fen earns: the merchant's rate, else the category's, else the programme's, times every campaign's factor."""
        fen = self.merchant_rates.get(merchant) or self.category_rates.get(category) or self.fen_per_point
        rate = 1 / fen
        for campaign in self.campaigns:
            if campaign.covers(merchant, category, at_us):
                rate *= campaign.factor
        return rate

    def earned_centi(self, merchant: str, lines: list[tuple[str, int]], at_us: int) -> int:
        """Return the centi-points of a receipt, whole points, for lines of (category, fen) paid in money."""
        earned = [self.rate_of(merchant, category, at_us) * fen for category, fen in lines]
        points = sum(int(each) for each in earned) if self.is_by_line else int(sum(earned, Fraction(0)))
        return points * CENTIPOINTS

    def gifts_centi(self, fen: int) -> int:
        """Return the centi-gift-points of what was paid in money."""
        return int(fen / self.gift_fen_per_point) * CENTIPOINTS if self.gift_fen_per_point else 0

    def worth_fen(self, centi: int) -> int:
        """Return what points are worth at the till, whole fen."""
        return centi * self.value_fen // CENTIPOINTS

    def expires_us(self, at_us: int) -> int:
        """Return when points earned at an instant are over: a local midnight, NEVER_US where they do not expire."""
        if self.expires_at_year_end:
            return self.midnight_us(datetime.date(self.date_of(at_us).year + 1, 1, 1))
        if self.expiry_months is None:
            return NEVER_US
        date = self.date_of(at_us)
        month = date.year * 12 + date.month - 1 + self.expiry_months
        last = (datetime.date(month // 12 + (month % 12 == 11), (month + 1) % 12 + 1, 1) - datetime.timedelta(days=1)).day
        day = datetime.date(month // 12, month % 12 + 1, min(date.day, last)) + datetime.timedelta(days=1)
        return self.midnight_us(day)  # good to the end of that day

    def date_of(self, at_us: int) -> datetime.date:
        """Return the local date of an instant."""
        return (EPOCH + datetime.timedelta(microseconds=at_us)).astimezone(self.zone).date()

    def midnight_us(self, date: datetime.date) -> int:
        return instant_us(datetime.datetime.combine(date, datetime.time(), self.zone))


def instant_us(at: datetime.datetime) -> int:
    """Return microseconds since 1970 of an instant that knows its time zone."""
    return (at.astimezone(datetime.UTC) - EPOCH) // datetime.timedelta(microseconds=1)


def round_half_up(value: Fraction) -> int:
    """Return the nearest whole number, of two the greater."""
    return int((value + Fraction(1, 2)).__floor__())
