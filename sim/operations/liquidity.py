"""The treasury by the clock: what it holds against outstanding points, what it sells, whom it refuses; and how trust in points goes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.points.gateway_records import Noted
from sim.events import EventKind
from sim.ledger.accounts import (
    OUTSIDE,
    POINTS_EXCHANGED,
    POINTS_EXPIRED,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_VOIDED,
    TREASURY,
    Currency,
    TransferReason,
)
from sim.ledger.clearing import ClearingHouse
from sim.units import US_PER_HOUR, US_PER_MIN

LOOKS_EVERY_US = 5 * US_PER_MIN
MILLIONTHS = 1_000_000


@dataclass(frozen=True)
class Treasury:
    """What a treasury that pays from what it has goes by."""

    reserve_share: float
    invested_share: float
    haircut_share: float
    sells_per_look: float
    sells_below: float
    suspends_below: float
    ration_below: float
    ration_share: float


@dataclass(frozen=True)
class Trust:
    """How trust goes, for each look at it."""

    news_from: str  # a date, empty for none
    news: float
    contagion: float
    refused_weight: float
    calm: float
    coverage_share: float
    pressure_max: float


@dataclass
class Liquidity:
    """Looks at the treasury every five minutes: sells, suspends, rations; distrust spreads by news, by talk, and by refusals seen."""

    crowd: Crowd
    treasury: Treasury
    trust: Trust
    date: str
    closes_us: int
    next_us: int | None
    refused_before: int = 0
    rank: int = 690

    @property
    def house(self) -> ClearingHouse:
        """What lives on from day to day."""
        return self.crowd.ledger.clearing

    def act(self, now_us: int) -> None:
        """Look, and act upon it."""
        self.crowd.ledger.book.accounts["limit"][TREASURY] = 0
        if not self.house.is_begun:
            self._open(now_us)
        self._sell(now_us)
        coverage = self._coverage()
        params = self.crowd.mall.params
        params["points_suspended"] = coverage < self.treasury.suspends_below
        params["points_price_share"] = self.treasury.ration_share if coverage < self.treasury.ration_below else 1.0
        self._spread(coverage)
        params["run_pressure"] = 1.0 + (self.trust.pressure_max - 1.0) * self.house.distrust
        self._note(now_us)
        self.next_us = now_us + LOOKS_EVERY_US if now_us < self.closes_us else None

    def _open(self, now_us: int) -> None:
        """Put in what the treasury has from before the run, part of it invested."""
        ledger, house = self.crowd.ledger, self.house
        self.crowd.make_room_in_books()
        house.invested_account = ledger.open("treasury_invested", Currency.FEN, limit=0)
        fen = int(self.treasury.reserve_share * house.opening_centi)
        invested_fen = int(self.treasury.invested_share * fen)
        house.invested_at_first_fen = invested_fen
        for account, part_fen in ((TREASURY, fen - invested_fen), (house.invested_account, invested_fen)):
            if part_fen > 0:
                self.crowd.transfer(now_us, OUTSIDE, account, part_fen, TransferReason.RESERVE)
        house.is_begun = True

    def _sell(self, now_us: int) -> None:
        """Sell some of the investments where cash covers too little, at a loss."""
        ledger, house = self.crowd.ledger, self.house
        if self._coverage() >= self.treasury.sells_below:
            return
        sold_fen = min(ledger.balance(house.invested_account), int(self.treasury.sells_per_look * house.invested_at_first_fen))
        lost_fen = int(sold_fen * self.treasury.haircut_share)
        for account, part_fen, reason in (
            (TREASURY, sold_fen - lost_fen, TransferReason.RESERVE), (OUTSIDE, lost_fen, TransferReason.WRITTEN_OFF),
        ):  # fmt: skip
            if part_fen > 0:
                self.crowd.transfer(now_us, house.invested_account, account, part_fen, reason)
        if lost_fen > 0:
            self.crowd.note_of_unit(now_us, EventKind.CLEARING_NOTED, Noted.HAIRCUT, lost_fen)

    def outstanding_fen(self) -> int:
        """Return what all outstanding points are worth, those of members who have not come yet included."""
        ledger, house = self.crowd.ledger, self.house
        gone = (POINTS_ISSUED, POINTS_REDEEMED, POINTS_EXPIRED, POINTS_VOIDED, POINTS_EXCHANGED)
        return house.opening_centi - house.opened_centi - sum(ledger.balance(account) for account in gone)

    def _coverage(self) -> float:
        outstanding_fen = self.outstanding_fen()
        return max(0, self.crowd.ledger.balance(TREASURY)) / outstanding_fen if outstanding_fen > 0 else 1.0

    def _spread(self, coverage: float) -> None:
        trust, house = self.trust, self.house
        refused = int(self.crowd.mall.gateways["refused"].sum())
        seen, self.refused_before = refused - self.refused_before, refused
        is_news = bool(trust.news_from) and self.date >= trust.news_from
        is_news = is_news or coverage < trust.coverage_share
        distrust = house.distrust
        grows = (trust.news * is_news + trust.contagion * distrust + trust.refused_weight * seen) * (1.0 - distrust)
        house.distrust = min(1.0, max(0.0, distrust + grows - trust.calm * distrust * (not is_news)))

    def _note(self, now_us: int) -> None:
        ledger, house = self.crowd.ledger, self.house
        for what, number in (
            (Noted.CASH, ledger.balance(TREASURY)), (Noted.INVESTED, ledger.balance(house.invested_account)),
            (Noted.OUTSTANDING, self.outstanding_fen()), (Noted.DISTRUST, round(MILLIONTHS * house.distrust)),
        ):  # fmt: skip
            self.crowd.note_of_unit(now_us, EventKind.CLEARING_NOTED, what, number)


def liquidity_of(crowd: Crowd, config: RunConfig, opens_us: int, closes_us: int) -> list[Liquidity]:
    """Return who looks at the treasury; nobody where the operator stands behind it whatever happens."""
    liquidity, panic = config.clearing.liquidity, config.clearing.liquidity.panic
    looks_per_h = US_PER_HOUR / LOOKS_EVERY_US
    treasury = Treasury(
        reserve_share=liquidity.reserve_share,
        invested_share=liquidity.invested_share,
        haircut_share=liquidity.haircut_share,
        sells_per_look=liquidity.sells_per_h / looks_per_h,
        sells_below=liquidity.sells_below_share,
        suspends_below=liquidity.suspends_below_share,
        ration_below=liquidity.ration_below_share,
        ration_share=liquidity.ration_share,
    )
    trust = Trust(
        news_from=datetime.date.fromisoformat(panic.news_on).isoformat() if panic.news_on else "",
        news=panic.news_per_h / looks_per_h,
        contagion=panic.contagion_per_h / looks_per_h,
        refused_weight=panic.refused_weight,
        calm=panic.calm_per_h / looks_per_h,
        coverage_share=panic.coverage_share,
        pressure_max=panic.pressure_max,
    )
    return [Liquidity(crowd, treasury, trust, config.date, closes_us, opens_us)] if liquidity.is_limited else []
