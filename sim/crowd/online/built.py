"""From the configuration to the records of what is ordered online."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.online.records import ORDER, Dispatch, Scene, Scope
from sim.crowd.online.seeking import NOT_SOLD
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.schema.online import takes_orders
from sim.units import US_PER_HOUR, US_PER_MIN

MILLION = 1_000_000


def describe_online(params: Any, config: RunConfig) -> None:
    """Write the parameters of what is ordered online into the one record of PARAMS."""
    online = config.online
    orders, delivery, choice, search = online.orders, online.delivery, online.choice, online.search
    params.has_online = int(takes_orders(online) or search.wants_share > 0)
    params.order_pick_us, params.picks_at_till = orders.pick_min_mean * US_PER_MIN, int(orders.picks_at_till)
    params.order_at_till, params.order_handover_us = int(orders.at_till), round(1e6 * orders.handover_s)
    params.order_waits_us, params.order_looks_share = round(orders.waits_min * US_PER_MIN), orders.looks_round_share
    params.order_returns_share, params.order_fee_ppm = orders.returns_share, round(MILLION * orders.platform_fee_share)
    params.delivery_on, params.dispatch = int(delivery.is_on), Dispatch[delivery.dispatch.upper()]
    params.courier_us_per_km = US_PER_HOUR / delivery.courier_kmh
    params.courier_stop_us = round(delivery.stop_min * US_PER_MIN)
    params.deliver_promised_us = round(delivery.promised_min * US_PER_MIN)
    params.deliver_late_us = round(delivery.late_min * US_PER_MIN)
    params.deliver_fee_fen, params.deliver_cost_fen = round(100 * delivery.fee_yuan), round(100 * delivery.cost_yuan)
    params.deliver_gift_fen = round(100 * delivery.gift_yuan)
    params.in_line_on, params.in_line_share = int(online.in_line.is_on), online.in_line.uses_share
    params.in_line_deliver, params.in_line_collect = (
        choice.deliver_utility[Scene.IN_LINE],
        choice.collect_utility[Scene.IN_LINE],
    )
    params.collects_on = int(orders.collects)
    params.line_us_weight, params.fee_weight = choice.minute_weight / US_PER_MIN, choice.yuan_weight / 100
    params.seek_share, params.seek_scope = search.wants_share, Scope[search.scope.upper()]
    params.seek_tries, params.seek_fen = search.tries_max, round(100 * search.price_yuan)
    params.runner_us, params.runner_fen = round(search.runner_min * US_PER_MIN), round(100 * search.runner_fee_yuan)


def online_of(compiled: CompiledPlan, config: RunConfig) -> dict[str, np.ndarray]:
    """Return the arrays of a mall in which nothing has been ordered."""
    online, names = config.online, compiled.tenant_names
    stock = _stock(compiled, config)
    return {
        "orders": np.zeros(0, ORDER).view(np.recarray),
        "picker_free_us": np.zeros((len(names), online.orders.pickers_per_store), np.int64),
        "courier_free_us": np.zeros(online.delivery.couriers, np.int64),
        "brand_of": np.array([names.index(name) for name in names], np.int64),
        "seller_stock": stock, "seller_shown": stock.copy(),
    }  # fmt: skip


def orders_of(orders: np.ndarray, planned: int, visits: np.ndarray) -> np.ndarray:
    """Return which of the planned orders (int32) each visit is to collect, -1 for none."""
    order = np.argsort(orders["visit"][:planned], kind="stable")
    by_visit = orders["visit"][:planned][order]
    at = np.minimum(np.searchsorted(by_visit, visits), max(planned - 1, 0))
    found = np.full(visits.size, -1, np.int32)
    if planned:
        is_due = by_visit[at] == visits
        found[is_due] = order[at[is_due]]
    return found


def _stock(compiled: CompiledPlan, config: RunConfig) -> np.ndarray:
    """Return how many each store has of the thing that some find out they need; NOT_SOLD where its trade never has it."""
    search, keys = config.online.search, compiled.arrays.unit_key
    trades = [CATEGORIES[trade] for trade in compiled.arrays.unit_category]
    may = np.array(
        [trade in search.trades and trade != "cinema" and not config.categories[trade].tables for trade in trades], bool
    )
    has = uniforms(stream_key(config.seed, "seller"), keys, 0) < search.has_share
    many = np.rint(search.stock_mean * (0.5 + uniforms(stream_key(config.seed, "seller"), keys, 1)))
    return np.where(may, np.where(has, np.maximum(many, 1), 0), NOT_SOLD).astype(np.int64)
