"""What a run says of policies with an end of their own: chains gone through, lists filled, seats given, offers ended for others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_NOT = "its policy is not active"
_KPIS = (
    Kpi("joint_offers_used", "count", "higher", "offers", "Offers of the other store used", "Receipts on which an offer of a joint promotion was used, at either store.", null_where=_NOT),
    Kpi("joint_cost_fen", "fen", "lower", "offers", "Cost of the joint promotion", "What its offers took off prices; both stores and the mall bear it as agreed.", null_where=_NOT),
    Kpi("chains_begun", "count", "neither", "offers", "Chains begun", "Offers of the first step of a chain that were used.", null_where=_NOT),
    Kpi("chains_completed", "count", "higher", "offers", "Chains gone through", "Offers of the last step of a chain that were used.", null_where=_NOT),
    Kpi("seats_given_visits", "count", "neither", "offers", "Free seats used", "Parties that used an offer of free seats.", null_where=_NOT),
    Kpi("seats_sold_cheaper_people", "people", "neither", "offers", "Seats sold below their price", "People whose seats were sold after a flash sale had lowered their price; seats given back count too.", null_where=_NOT),
    Kpi("pools_opened", "count", "neither", "offers", "Lists opened", "Lists on which people could put their names.", null_where=_NOT),
    Kpi("pools_filled", "count", "higher", "offers", "Lists filled", "Lists that reached their threshold and became an offer.", null_where=_NOT),
    Kpi("forecast_offers", "count", "neither", "offers", "Offers by a forecast", "Offers that were issued because few guests were expected.", null_where=_NOT),
    Kpi("offers_ended_for_harm", "count", "neither", "offers", "Offers ended for the sake of others", "Offers that were ended because too many of those whom they passed by sold less than usual.", null_where=_NOT),
)  # fmt: skip


class Sums:
    """Keeps when which show's seats were sold."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.sold: list[np.ndarray] = []  # (3, n): time, show, people

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the sales of seats."""
        at = of_kind[EventKind.SEAT_SOLD]
        if at.size:
            self.sold.append(np.stack([rows.time_us[at], rows.place[at].astype(np.int64), rows.value[at]]))


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs; null where the policy that they are of does not act."""
    found: dict[str, Value] = {kpi.name: None for kpi in _KPIS}
    facts, active = books.policies, set(books.config.policies)
    if not facts:
        return found
    used = {name: row for name, row in facts["used"].items()}
    if "joint_promotion" in active:
        found |= {"joint_offers_used": _sum(used, "joint_promotion:", 1), "joint_cost_fen": _sum(used, "joint_promotion:", 2)}
    if "film_chain" in active:
        found |= {"chains_begun": _sum(used, "film_chain:shop", 1), "chains_completed": _sum(used, "film_chain:film", 1)}
    if "free_seats" in active:
        found["seats_given_visits"] = _sum(used, "free_seats:", 1)
    if "flash_sale" in active:
        found["seats_sold_cheaper_people"] = _sold_cheaper(sums, facts)
    if "pooled_demand" in active:
        pools = [name for name in used if name.startswith("pooled_demand:")]
        lists = [name for name in pools if ":list:" in name]
        found |= {"pools_opened": len(lists), "pools_filled": len(pools) - len(lists)}
    if "forecast_coupons" in active:
        found["forecast_offers"] = sum(name.startswith("forecast_coupons:") for name in used)
    if "do_no_harm" in active:
        ended = [
            each
            for each in facts["verdicts"]
            if (each.policy, each.kind, each.refused_because) == ("do_no_harm", "EndOffer", "")
        ]
        found["offers_ended_for_harm"] = len(ended)
    return found


def _sum(used: dict[str, tuple[int, int, int]], prefix: str, column: int) -> int:
    return sum(row[column] for name, row in used.items() if name.startswith(prefix))


def _sold_cheaper(sums: Sums, facts: Any) -> int:
    """Return people whose seats were sold after the first time that a flash sale had set the price of their show."""
    first_us: dict[str, int] = {}
    for each in facts["verdicts"]:
        if each.kind == "SetSeatPrice" and each.policy == "flash_sale":
            first_us.setdefault(each.what, each.time_us)
    sold = np.concatenate([np.zeros((3, 0), np.int64), *sums.sold], axis=1)
    return sum(people for time_us, show, people in sold.T.tolist() if first_us.get(f"show {show}", time_us + 1) <= time_us)


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return nothing: there are no pictures."""
    return {}


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    found = []
    if kpis["chains_begun"] is not None:
        found.append(
            f"{kpis['chains_begun']:,} parties used the first offer of the chain, {kpis['chains_completed']:,} its last."
        )
    if kpis["joint_offers_used"] is not None:
        found.append(f"The two stores' offers of each other were used {kpis['joint_offers_used']:,} times and took ¥{(kpis['joint_cost_fen'] or 0) / 100:,.0f} off prices.")  # fmt: skip
    if kpis["pools_opened"] is not None:
        found.append(f"Of {kpis['pools_opened']:,} lists of names, {kpis['pools_filled']:,} filled and became an offer.")
    if kpis["seats_sold_cheaper_people"] is not None:
        found.append(f"{kpis['seats_sold_cheaper_people']:,} seats were sold after a flash sale had lowered their price; nobody knows from that who would have paid the full one.")  # fmt: skip
    if kpis["seats_given_visits"] is not None:
        found.append(f"{kpis['seats_given_visits']:,} parties took free seats.")
    if kpis["offers_ended_for_harm"] is not None:
        found.append(f"{kpis['offers_ended_for_harm']:,} offers were ended because too many of the tenants that they passed by sold less than usual.")  # fmt: skip
    return found


TOPIC = Topic("campaigns", "Policies with an end of their own", _KPIS, Sums, values, curves, words)
