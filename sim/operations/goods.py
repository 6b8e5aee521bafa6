"""Goods by the clock: guides are told who is there; at the end of the day refunds are settled and shelves counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.goods.stocking import Morning
from sim.crowd.points.desk import take_returns_back
from sim.crowd.state import Doing
from sim.events import EventKind
from sim.ledger.accounts import FIRST_TENANT, OUTSIDE, TransferReason
from sim.operations.clock import Operation
from sim.plan_arrays import CompiledPlan
from sim.sensing.located import Greeted

WhoIsThere = Callable[[int], Greeted | None]


@dataclass
class Greetings:
    """Right after every location of phones: tells stores which known people are in them, and what these like."""

    crowd: Crowd
    who_is_there: WhoIsThere
    every_us: int
    until_us: int
    next_us: int | None
    rank: int = 47

    def act(self, now_us: int) -> None:
        """Write down for each party in which store it is known; of others nothing changes."""
        found = self.who_is_there(now_us)
        if found is not None and found.visit.size:
            mall = self.crowd.mall
            rows = np.flatnonzero(mall.shoppers["doing"] != Doing.NOTHING)
            at = np.minimum(np.searchsorted(found.visit, mall.shoppers["number"][rows]), found.visit.size - 1)
            is_known = found.visit[at] == mall.shoppers["number"][rows]
            rows, at = rows[is_known], at[is_known]
            mall.minds["greeted"][rows] = found.unit[at]
            for dimension in range(found.taste.shape[1]):
                mall.minds[f"known_{dimension}"][rows] = found.taste[at, dimension]
        following_us = now_us + self.every_us
        self.next_us = following_us if following_us < self.until_us else None


@dataclass
class ShelvesClosed:
    """Refunds what was foreseen to be brought back, tenant by tenant, and counts what is left; before the rents, which are on net sales."""

    crowd: Crowd
    basket_fen: np.ndarray  # (U) mean basket of each unit's trade
    next_us: int | None
    rank: int = 880

    def act(self, now_us: int) -> None:
        """Post one refund a tenant; write down one count of what is left and one of what is sold out."""
        mall = self.crowd.mall
        returns = take_returns_back(self.crowd, now_us)
        in_points_fen = np.zeros(mall.venues.size, np.int64)
        np.add.at(in_points_fen, returns["unit"], returns["burned_fen"])  # never money for points
        for unit in np.flatnonzero(mall.venues["returning_fen"] > 0).tolist():
            fen = int(mall.venues["returning_fen"][unit])
            if fen > in_points_fen[unit]:
                self.crowd.transfer(now_us, FIRST_TENANT + unit, OUTSIDE, fen - int(in_points_fen[unit]), TransferReason.REFUND)
            self.crowd.note_of_unit(now_us, EventKind.SALE_REFUNDED, unit, fen)
        items, venues = mall.items, mall.venues
        price_fen = self.basket_fen[items["unit"]] * np.exp(items["price_log"] - venues["price_log_norm"][items["unit"]])
        left_fen = np.bincount(items["unit"], np.rint(items["stock"] * price_fen), venues.size).astype(np.int64)
        gone = np.bincount(items["unit"][(items["stocked"] > 0) & (items["stock"] == 0)], minlength=venues.size)
        for unit in np.flatnonzero(venues["articles"] > 0).tolist():
            self.crowd.note_of_unit(now_us, EventKind.SHELF_LEFT, unit, int(left_fen[unit]))
            self.crowd.note_of_unit(now_us, EventKind.SIZES_SOLD_OUT, unit, int(gone[unit]))
        self.next_us = None


@dataclass
class Recalled:
    """At opening: each tenant pays for what was called back from its shelves overnight."""

    crowd: Crowd
    cost_fen: np.ndarray  # (U)
    next_us: int | None
    rank: int = 17

    def act(self, now_us: int) -> None:
        """Post one payment a tenant."""
        for unit in np.flatnonzero(self.cost_fen > 0).tolist():
            fen = int(self.cost_fen[unit])
            self.crowd.transfer(now_us, FIRST_TENANT + unit, OUTSIDE, fen, TransferReason.RECALLED)
            self.crowd.note_of_unit(now_us, EventKind.STOCK_RECALLED, unit, fen)
        self.next_us = None


def recalled_of(crowd: Crowd, config: RunConfig, morning: Morning | None, opens_us: int) -> list[Operation]:
    """Return the payment for what was called back; none where nothing was."""
    if morning is None or morning.recalled is None or not morning.recalled.any():
        return []
    pieces = np.bincount(crowd.mall.items["unit"], morning.recalled, crowd.mall.venues.size)
    cost_fen = np.rint(100.0 * config.goods.stocking.recall_yuan * pieces).astype(np.int64)
    return [Recalled(crowd, cost_fen, opens_us)]


def goods_of(
    crowd: Crowd,
    compiled: CompiledPlan,
    config: RunConfig,
    opens_us: int,
    end_us: int,
    who_is_there: WhoIsThere,
    every_us: int | None,
) -> list[Operation]:
    """Return the day's operations of goods; none where no tenant has shelves. `every_us` is how often phones are located, if they are."""
    if crowd.mall.items.size == 0:
        return []
    basket_fen = np.array([100 * config.categories[trade].basket_yuan_mean for trade in compiled.tenant_categories])
    found: list[Operation] = [ShelvesClosed(crowd, basket_fen, end_us - 2)]
    if every_us is not None and config.goods.guide.recognition == "sensed":
        found.append(Greetings(crowd, who_is_there, every_us, end_us, opens_us + every_us))
    return found
