"""Orders by the clock: stores look at what has been ordered, work on it, hand it on; at the day's end what is left over is given back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.online.fulfil import work_on_orders
from sim.crowd.online.records import ORDER, Course
from sim.ledger.accounts import OPERATOR, PAYMENT_PLATFORM, POINTS_ISSUED, TransferReason
from sim.online_orders import OrdersOfDay
from sim.operations.clock import Operation
from sim.schema.online import takes_orders
from sim.units import US_PER_MIN, US_PER_S

PLACED_IN_MALL_MAX = 50_000  # orders from lines for which there is room
COURIERS_UNTIL_US = 60 * US_PER_MIN  # after closing


@dataclass
class OrderDesk:
    """Every `every_us` from opening until an hour after closing: lets happen what is due to each order."""

    crowd: Crowd
    distance_km: np.ndarray  # of each resident's home
    usual_km: float  # of nobody in particular
    radius_km: float
    points_centi: int  # with a delivery
    every_us: int
    closes_us: int
    end_us: int
    next_us: int | None
    rank: int = 45

    def act(self, now_us: int) -> None:
        """Go through the orders; whoever comes back to a till serves who waits there."""
        is_last = now_us >= self.end_us
        self._find_homes()
        at_tills = bool(self.crowd.mall.orders["at_till"].any())
        first = 0
        while first >= 0:
            self.crowd.make_room()
            self.crowd.make_room_in_books()
            first = work_on_orders(self.crowd.mall, first, now_us, int(is_last))
        if self.points_centi > 0:
            self._give_points(now_us)
        if at_tills:
            self.crowd.switched(now_us)
        following_us = now_us + self.every_us
        if following_us > self.closes_us + COURIERS_UNTIL_US:
            following_us = self.end_us
        self.next_us = None if is_last else following_us

    def _find_homes(self) -> None:
        """Say how far the homes are to which orders from lines go: as far as couriers ride at most."""
        mall = self.crowd.mall
        first, last = int(mall.params[0].orders_planned), int(mall.params[0].orders)
        late = mall.orders[first:last]
        new = np.flatnonzero(late["distance_km"] < 0)
        if new.size:
            of = late["resident"][new]
            known = self.distance_km[np.maximum(of, 0)] if self.distance_km.size else np.full(of.size, self.usual_km)
            late["distance_km"][new] = np.minimum(np.where(of >= 0, known, self.usual_km), self.radius_km)

    def _give_points(self, now_us: int) -> None:
        """Members have points with what has been delivered since the last time."""
        orders = self.crowd.mall.orders[: int(self.crowd.mall.params[0].orders)]
        due = np.flatnonzero((orders["course"] == Course.DELIVERED) & (orders["account"] >= 0))
        for account in orders["account"][due].tolist():
            self.crowd.transfer(now_us, POINTS_ISSUED, account, self.points_centi, TransferReason.POINTS_GIVEN)
        orders["account"][due] = -1


@dataclass
class StockShown:
    """Every so often the app learns how many of the thing that some seek each store has left."""

    crowd: Crowd
    every_us: int
    until_us: int
    next_us: int | None
    rank: int = 46

    def act(self, now_us: int) -> None:
        """Show what there is now."""
        self.crowd.mall.seller_shown[:] = self.crowd.mall.seller_stock
        following_us = now_us + self.every_us
        self.next_us = following_us if following_us < self.until_us else None


@dataclass
class AccountsKept:
    """At closing: what keeping up accounts to pay and to write by costs the operator."""

    crowd: Crowd
    fen: int
    next_us: int | None
    rank: int = 892

    def act(self, now_us: int) -> None:
        """Post it."""
        self.crowd.transfer(now_us, OPERATOR, PAYMENT_PLATFORM, self.fen, TransferReason.PLATFORM_FEE)
        self.next_us = None


def online_by_the_clock(
    crowd: Crowd, config: RunConfig, planned: OrdersOfDay | None, opens_us: int, closes_us: int, end_us: int
) -> list[Operation]:
    """Return the day's operations of what is ordered online: none where nothing can be."""
    online, found = config.online, []
    if takes_orders(online):
        orders = np.zeros(0, ORDER) if planned is None else planned.orders
        room = PLACED_IN_MALL_MAX if online.in_line.is_on else 0
        table = np.zeros(orders.size + room, ORDER)
        table[: orders.size] = orders
        if config.points.is_on and orders.size:
            table["account"][: orders.size] = crowd.ledger.known_accounts(orders["resident"])
        crowd.mall = crowd.mall._replace(orders=table.view(np.recarray))
        crowd.mall.params["orders"] = crowd.mall.params["orders_planned"] = orders.size
        crowd.mall.courier_free_us[:] = opens_us
        distance_km = np.zeros(0) if planned is None else planned.distance_km
        desk: Operation = OrderDesk(
            crowd, distance_km, config.catchment.distance_km_scale, online.delivery.radius_km,
            round(100 * online.delivery.points) if config.points.is_on else 0, round(online.every_s * US_PER_S), closes_us, end_us,
            opens_us,
        )  # fmt: skip
        found.append(desk)
    search = online.search
    if search.wants_share > 0 and search.scope != "none":
        found.append(StockShown(crowd, round(search.shown_every_min * US_PER_MIN), closes_us, opens_us))
    if online.accounts.is_on:
        taken = int(online.accounts.takes_wechat) + int(online.accounts.takes_alipay)
        cost_fen = round(100 * online.accounts.yuan_per_day) * taken
        found += [AccountsKept(crowd, cost_fen, closes_us)] if cost_fen > 0 else []
    return found
