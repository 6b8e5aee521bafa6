"""What a run says of orders placed online, gifts sent, deliveries, and things that parties sought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.online.fulfil import FLAGS, SCENES, WAYS
from sim.crowd.online.records import Scene, Way
from sim.crowd.tallies import HOURS
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import add_counts, hour_of
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.schema.online import takes_orders
from sim.units import US_PER_MIN

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_OFF = "nothing can be ordered online (online.orders, delivery, gifts, in_line)"
_NONE = "nothing can be ordered online, or nothing of it happened"
_SEEK = "nobody seeks anything (online.search.wants_share), or nothing of it happened"
_ACCOUNTS = "accounts are not told apart (online.accounts.is_on)"
_KPIS = (
    Kpi("online_orders", "count", "neither", "online", "Orders online", "Orders that stores have seen, gifts included.", null_where=_OFF),
    Kpi("online_sales_fen", "fen", "higher", "online", "Sales online", "Paid for orders, less what was given back; not among the sales of tills, and no turnover rent is taken of it.", null_where=_OFF),
    Kpi("online_collected_share", "share", "higher", "online", "Collected", "Collected / orders that were to be collected.", null_where=_NONE),
    Kpi("online_extra_basket_share", "share", "higher", "online", "Bought more", "Visits that collected and spent something beside / visits that collected.", null_where=_NONE),
    Kpi("online_extra_fen", "fen", "higher", "online", "Spent beside", "What visits that collected have spent at tills.", null_where=_OFF),
    Kpi("online_collecting_visits", "visits", "higher", "online", "Came to collect", "Visits that collected and had no other reason to come.", null_where=_OFF),
    Kpi("online_new_visitors", "visits", "higher", "online", "New by a gift", "Of these, visits of somebody who had not come for a year and was sent a gift.", null_where=_OFF),
    Kpi("online_replaced_visits", "visits", "lower", "online", "Stayed at home", "Visits that were not made because the thing was delivered.", null_where=_OFF),
    Kpi("online_lapsed_orders", "count", "lower", "online", "Not collected", "Orders for which nobody came, given back.", null_where=_OFF),
    Kpi("online_refunded_orders", "count", "lower", "online", "Not fulfilled", "Orders given back because the thing was not there, not done in time, or came too late.", null_where=_OFF),
    Kpi("online_returned_orders", "count", "lower", "online", "Sent back", "Delivered and sent back, untried.", null_where=_OFF),
    Kpi("online_ready_min_mean", "min", "lower", "online", "Until ready", "Mean time from a store's seeing an order until it is ready.", null_where=_NONE),
    Kpi("online_delivery_min_mean", "min", "lower", "online", "Delivery time", "Mean time from a store's seeing an order until it is at the door, of those delivered.", null_where=_NONE),
    Kpi("online_delivery_min_p95", "min", "lower", "online", "Delivery time that 5 % exceed", "95th percentile (nearest rank) of it.", null_where=_NONE),
    Kpi("item_found_share", "share", "higher", "online", "Found what they needed", "Parties that found the thing they needed / those whose search is over.", null_where=_SEEK),
    Kpi("item_found_min_mean", "min", "lower", "online", "Time to find it", "Mean time from needing it until having it in hand, of those who found it.", null_where=_SEEK),
    Kpi("item_found_min_p95", "min", "lower", "online", "Time to find it that 5 % exceed", "95th percentile (nearest rank) of it.", null_where=_SEEK),
    Kpi("accounts_reach_share", "share", "higher", "online", "Reached by accounts", "Residents with an account that the mall takes, each counted once / residents.", null_where=_ACCOUNTS),
    Kpi("accounts_counted_twice_share", "share", "neither", "online", "Reach as the operators count it", "Accounts that the mall takes / residents: whoever has two counts twice.", null_where=_ACCOUNTS),
    Kpi("accounts_cost_fen", "fen", "lower", "online", "Cost of accounts", "What keeping up the accounts that the mall takes costs the operator.", null_where=_ACCOUNTS),
)  # fmt: skip
_COUNTED = (
    EventKind.ORDER_PLACED, EventKind.ORDER_READY, EventKind.ORDER_COLLECTED, EventKind.ORDER_DELIVERED, EventKind.ORDER_LAPSED,
    EventKind.ORDER_REFUNDED, EventKind.ORDER_EXTRA, EventKind.ORDER_RETURNED, EventKind.ITEM_FOUND, EventKind.ITEM_MISSED,
)  # fmt: skip


class Sums:
    """Takes batches of events; keeps 8 bytes for each delivery and each thing found."""

    def __init__(self, compiled: CompiledPlan, _: Stations) -> None:
        """Start at nothing."""
        self.count = dict.fromkeys(_COUNTED, 0)
        self.value = dict.fromkeys(_COUNTED, 0)
        self.by_channel = np.zeros((len(Scene), len(Way)), np.int64)
        self.by_hour = np.zeros(HOURS, np.int64)
        self.placed_fen, self.replaced, self.came_for_it, self.first = 0, 0, 0, 0
        self.delivery_us: list[np.ndarray] = []
        self.found_us: list[np.ndarray] = []

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        for kind in _COUNTED:
            self.count[kind] += int(of_kind[kind].size)
            self.value[kind] += int(rows.value[of_kind[kind]].sum())
        placed = rows.value[of_kind[EventKind.ORDER_PLACED]]
        if placed.size:
            np.add.at(self.by_channel, (placed % SCENES, placed // SCENES % WAYS), 1)
            self.replaced += int((placed // (WAYS * SCENES) % 2).sum())
            self.placed_fen += int((placed // (2 * WAYS * SCENES)).sum())
            add_counts(self.by_hour, hour_of(rows.time_us[of_kind[EventKind.ORDER_PLACED]]))
        collected = rows.value[of_kind[EventKind.ORDER_COLLECTED]]
        self.came_for_it += int((collected % 2).sum())
        self.first += int(((collected % FLAGS) == FLAGS - 1).sum())
        for kept, kind in ((self.delivery_us, EventKind.ORDER_DELIVERED), (self.found_us, EventKind.ITEM_FOUND)):
            if of_kind[kind].size:
                kept.append(rows.value[of_kind[kind]].copy())


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    found: dict[str, Value] = {kpi.name: None for kpi in _KPIS}
    online = books.config.online
    if takes_orders(online):
        found |= _order_values(sums)
    if online.search.wants_share > 0:
        over = sums.count[EventKind.ITEM_FOUND] + sums.count[EventKind.ITEM_MISSED]
        found["item_found_share"] = sums.count[EventKind.ITEM_FOUND] / over if over else None
        found["item_found_min_mean"], found["item_found_min_p95"] = _minutes(sums.found_us)
    reach = books.points.get("accounts", {})
    if reach:
        found["accounts_reach_share"] = reach["reached"] / reach["residents"] if reach["residents"] else None
        found["accounts_counted_twice_share"] = reach["counted_twice"] / reach["residents"] if reach["residents"] else None
        found["accounts_cost_fen"] = reach["cost_fen"]
    return found


def _order_values(sums: Sums) -> dict[str, Value]:
    count, value = sums.count, sums.value
    to_collect = int(sums.by_channel[:, [Way.COLLECT, Way.GIFT]].sum())
    collected, ready = count[EventKind.ORDER_COLLECTED], count[EventKind.ORDER_READY]
    back_fen = sum(value[kind] for kind in (EventKind.ORDER_LAPSED, EventKind.ORDER_REFUNDED, EventKind.ORDER_RETURNED))
    mean_min, p95_min = _minutes(sums.delivery_us)
    return {
        "online_orders": count[EventKind.ORDER_PLACED],
        "online_sales_fen": sums.placed_fen - back_fen,
        "online_collected_share": collected / to_collect if to_collect else None,
        "online_extra_basket_share": count[EventKind.ORDER_EXTRA] / collected if collected else None,
        "online_extra_fen": value[EventKind.ORDER_EXTRA],
        "online_collecting_visits": sums.came_for_it,
        "online_new_visitors": sums.first,
        "online_replaced_visits": sums.replaced,
        "online_lapsed_orders": count[EventKind.ORDER_LAPSED],
        "online_refunded_orders": count[EventKind.ORDER_REFUNDED],
        "online_returned_orders": count[EventKind.ORDER_RETURNED],
        "online_ready_min_mean": value[EventKind.ORDER_READY] / ready / US_PER_MIN if ready else None,
        "online_delivery_min_mean": mean_min,
        "online_delivery_min_p95": p95_min,
    }


def _minutes(times_us: list[np.ndarray]) -> tuple[float | None, float | None]:
    """Return mean and 95th percentile (nearest rank) in minutes; None of nothing."""
    if not times_us:
        return None, None
    times = np.sort(np.concatenate(times_us))
    rank = max(int(np.ceil(0.95 * times.size)) - 1, 0)
    return int(times.sum()) / times.size / US_PER_MIN, int(times[rank]) / US_PER_MIN


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: orders by scene and way, and by the hour."""
    if not any(sums.count.values()):
        return {}
    return {
        "by_channel": sums.by_channel.tolist(),
        "by_hour": sums.by_hour.tolist(),
        "sought": sums.count[EventKind.ITEM_FOUND] + sums.count[EventKind.ITEM_MISSED],
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    found = []
    if kpis["online_orders"]:
        by_way = np.sum(curves["by_channel"], axis=0)
        found.append(
            f"{kpis['online_orders']:,} orders were placed online: {by_way[Way.COLLECT]:,} to be collected, {by_way[Way.DELIVER]:,} to be "
            f"delivered, {by_way[Way.GIFT]:,} as gifts for somebody else. {kpis['online_refunded_orders']:,} could not be fulfilled, for "
            f"{kpis['online_lapsed_orders']:,} nobody came, {kpis['online_returned_orders']:,} were sent back. What was kept is worth "
            f"¥{(kpis['online_sales_fen'] or 0) / 100:,.0f}."
        )
        if kpis["online_extra_basket_share"] is not None:
            found.append(
                f"{kpis['online_collecting_visits']:,} visits were made to collect and for nothing else, {kpis['online_new_visitors']:,} of them "
                f"by somebody new. {100 * kpis['online_extra_basket_share']:.0f} % of those who collected bought more, for "
                f"¥{(kpis['online_extra_fen'] or 0) / 100:,.0f} in all."
            )
        if kpis["online_delivery_min_mean"] is not None:
            found.append(
                f"A delivery took {kpis['online_delivery_min_mean']:,.0f} minutes on average, {kpis['online_delivery_min_p95']:,.0f} at the most for 95 "
                f"in 100. {kpis['online_replaced_visits']:,} visits were not made because of one."
            )
        found.append(
            "Channels take from each other: whether the mall sells more by an order than it loses in its stores shows only in the same day "
            "without it, and whoever works on orders is missing at tills and in kitchens."
        )
    if kpis["item_found_share"] is not None:
        text = f"{curves['sought']:,} parties found out that they needed something; {100 * kpis['item_found_share']:.0f} % found it"
        mean = kpis["item_found_min_mean"]
        found.append(f"{text}." if mean is None else f"{text}, after {mean:,.0f} minutes on average.")
    reach_share, counted_twice_share = kpis["accounts_reach_share"], kpis["accounts_counted_twice_share"]
    if reach_share is not None and counted_twice_share is not None:
        found.append(
            f"The accounts that the mall takes reach {100 * reach_share:.0f} % of the residents; added up as their operators count "
            f"them they would be {100 * counted_twice_share:.0f} %. Keeping them up cost ¥{(kpis['accounts_cost_fen'] or 0) / 100:,.0f}."
        )
    return found


TOPIC = Topic("online", "Ordered online", _KPIS, Sums, values, curves, words)
