"""Merchants of the alliance elsewhere: hotels, resorts, estates, whose guests are residents of the catchment (rows H4, H10)."""

from __future__ import annotations

import datetime

import numpy as np

from sim.alliance import OUTSIDE_TRADE
from sim.config import RunConfig
from sim.ledger.accounts import Currency
from sim.ledger.ledger import Ledger
from sim.random_streams import stream_key, uniforms

DAYS_PER_YEAR = 365.25
TICKET_SPREAD = 0.5  # a bill lies between this part below and above the usual one
GUESTS_MOST = 1 << 12  # of a merchant on a day, for their addresses
KINDS = ("hotel", "resort", "housing")
BEST_DAY = {"hotel": 278, "resort": 205, "housing": 263}  # National Day, July, "golden September": engineering judgement


class OutsideMerchants:
    """Who pays there today; a guest is somebody of the catchment, by an address of merchant, day and ordinal, member or not."""

    def __init__(self, config: RunConfig, ledger: Ledger) -> None:
        outside = config.alliance.outside
        self.rules, self._seed = outside, config.seed
        numbers = {"hotel": outside.hotels, "resort": outside.resorts, "housing": outside.housing}
        yuan = {"hotel": outside.hotel_yuan, "resort": outside.resort_yuan, "housing": outside.housing_yuan}
        self.kinds = [kind for kind in KINDS for _ in range(numbers[kind])]
        self.names = [f"elsewhere:{kind}-{index + 1}" for kind in KINDS for index in range(numbers[kind])]
        self._fen = np.array([100 * yuan[kind] for kind in self.kinds])
        self.accounts = np.array([ledger.open(name, Currency.FEN) for name in self.names], np.int32)

    def trade_on(self, date: datetime.date, day: float, residents: int, is_member: np.ndarray) -> np.ndarray:
        """Return the OUTSIDE_TRADE of members on a day; `day`: of the alliance's life."""
        if day < self.rules.from_day or not self.names or residents == 0:
            return np.zeros(0, OUTSIDE_TRADE)
        return np.concatenate([self._at(index, date, residents, is_member) for index in range(len(self.names))])

    def _at(self, index: int, date: datetime.date, residents: int, is_member: np.ndarray) -> np.ndarray:
        rules, ordinal = self.rules, date.toordinal()

        def draws(purpose: str, count: int) -> np.ndarray:
            key = stream_key(self._seed, f"{purpose} {self.names[index]}")
            return uniforms(key, np.full(count, ordinal), np.arange(count))

        phase = 2 * np.pi * (date.timetuple().tm_yday - BEST_DAY[self.kinds[index]]) / DAYS_PER_YEAR
        expected = rules.customers_per_day * (1 + rules.season_share * np.cos(phase))
        guests = min(int(np.floor(expected + draws("guests", 1)[0])), GUESTS_MOST)
        resident = np.minimum((draws("guest", guests) * residents).astype(np.int64), residents - 1)
        found = np.zeros(guests, OUTSIDE_TRADE)
        found["account"], found["resident"] = self.accounts[index], resident
        found["bill_fen"] = self._fen[index] * (1 + TICKET_SPREAD * (2 * draws("bill", guests) - 1))
        found["spends"] = draws("spends", guests) < rules.spends_share
        return found[is_member[resident] == 1]
