"""What a run says of programmes outside and of the catalogue: points exchanged, what rates cost, vouchers and gifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind
from sim.ledger.rates import gaining_cycles, rates_of, said
from sim.operations.exchange import Flow
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import add_counts, add_values
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.schema.partners import ITEMS_MAX, PROGRAMMES_MAX

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

CENTI, FEN = 100, 100
_NO_EXCHANGE = "there is no exchange with programmes outside (partners.exchange.is_on)"
_NO_CATALOGUE = "there is no catalogue (partners.catalogue.is_on)"
_KPIS = (
    Kpi("points_exchanged_out", "points", "neither", "points", "Points that left for programmes outside", "Points that members gave for units of programmes outside.", null_where=_NO_EXCHANGE),
    Kpi("points_exchanged_in", "points", "neither", "points", "Points that came from programmes outside", "Points that members got for units of programmes outside.", null_where=_NO_EXCHANGE),
    Kpi("exchange_paid_fen", "fen", "lower", "points", "Paid to programmes outside", "What the alliance paid programmes outside for points that became units, less what they paid it.", null_where=_NO_EXCHANGE),
    Kpi("arbitrage_loss_fen", "fen", "lower", "points", "Loss to arbitrage", "Of the exchanges by members who go round to gain: what the alliance paid, less what it received, plus points they got less points they gave, at their worth as cash.", null_where=_NO_EXCHANGE),
    Kpi("vouchers_taken", "count", "neither", "points", "Vouchers taken", "Vouchers that members had for points.", null_where=_NO_CATALOGUE),
    Kpi("vouchers_redeemed", "count", "neither", "points", "Vouchers used", "Vouchers that were used at a till.", null_where=_NO_CATALOGUE),
    Kpi("voucher_value_fen", "fen", "neither", "points", "Taken off by vouchers", "What vouchers took off receipts.", null_where=_NO_CATALOGUE),
    Kpi("gifts_taken", "count", "neither", "points", "Gifts handed out", "Gifts that members had for points.", null_where=_NO_CATALOGUE),
)  # fmt: skip


class Sums:
    """Takes batches of events."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.flows = np.zeros(PROGRAMMES_MAX * len(Flow), np.int64)
        self.taken, self.taken_centi = (np.zeros(ITEMS_MAX, np.int64) for _ in range(2))
        self.redeemed = self.redeemed_fen = 0

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        exchanged, taken = of_kind[EventKind.POINTS_EXCHANGED], of_kind[EventKind.OFFER_TAKEN]
        add_values(self.flows, rows.place[exchanged], rows.value[exchanged])
        add_counts(self.taken, rows.place[taken])
        add_values(self.taken_centi, rows.place[taken], rows.value[taken])
        redeemed = rows.value[of_kind[EventKind.OFFER_REDEEMED]]
        self.redeemed += int(redeemed.size)
        self.redeemed_fen += int(redeemed.sum())


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    found: dict[str, Value] = {kpi.name: None for kpi in _KPIS}
    partners = books.config.partners
    if partners.exchange.is_on:
        total = sums.flows.reshape(PROGRAMMES_MAX, len(Flow)).sum(axis=0)
        found["points_exchanged_out"] = int(total[Flow.OUT_CENTI]) / CENTI
        found["points_exchanged_in"] = int(total[Flow.IN_CENTI]) / CENTI
        found["exchange_paid_fen"] = int(total[Flow.PAID_FEN] - total[Flow.RECEIVED_FEN])
        found["arbitrage_loss_fen"] = loss_fen(total)
    if partners.catalogue.is_on:
        is_gift = np.array([item.kind == "gift" for item in partners.catalogue.items], bool)
        taken = sums.taken[: is_gift.size]
        found["vouchers_taken"], found["gifts_taken"] = int(taken[~is_gift].sum()), int(taken[is_gift].sum())
        found["vouchers_redeemed"], found["voucher_value_fen"] = sums.redeemed, sums.redeemed_fen
    return found


def loss_fen(flows: np.ndarray) -> int:
    """Return what going round has cost the alliance: its payments, and what it owes more in points, a point at a yuan."""
    paid_fen = flows[Flow.GAINED_PAID_FEN] - flows[Flow.GAINED_RECEIVED_FEN]
    return int(paid_fen + flows[Flow.GAINED_IN_CENTI] - flows[Flow.GAINED_OUT_CENTI])


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return the tables of programmes and of items; {} where nothing was exchanged, nothing taken, and no rates gain."""
    partners = books.config.partners
    exchange, items = partners.exchange, partners.catalogue.items
    cycles = [said(cycle) for cycle in gaining_cycles(rates_of(exchange))] if exchange.is_on else []
    flows = sums.flows.reshape(PROGRAMMES_MAX, len(Flow))
    if not flows.any() and not sums.taken.any() and not cycles:
        return {}
    return {
        "programmes": [
            {"name": one.name, **{flow.name.lower(): int(flows[at, flow]) for flow in Flow}, "loss_fen": loss_fen(flows[at])}
            for at, one in enumerate(exchange.programmes)
            if exchange.is_on
        ],
        "items": [
            {"name": item.name, "taken": int(sums.taken[at]), "points": int(sums.taken_centi[at]) / CENTI}
            for at, item in enumerate(items)
            if partners.catalogue.is_on
        ],
        "cycles": cycles,
        "limits_are_on": exchange.limits_are_on,
        "arbitrageurs_share": exchange.arbitrageurs_share,
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    found = []
    for one in curves["programmes"]:
        if one["out_centi"] or one["in_centi"]:
            found.append(
                f"{one['name'].capitalize()}: members got {one['in_centi'] / CENTI:,.0f} points for its units, for which it pays "
                f"¥{one['received_fen'] / FEN:,.0f}, and gave {one['out_centi'] / CENTI:,.0f} points for its units, which cost the "
                f"alliance ¥{one['paid_fen'] / FEN:,.0f}. Limits cut {one['refused']:,} wishes."
            )
    if curves["cycles"]:
        is_said = "; ".join(curves["cycles"][:3])
        found.append(
            f"Rates by which going round gains: {is_said}. Nothing in them is a mistake of this run: somebody will find them."
        )
    if kpis["arbitrage_loss_fen"]:
        limits = "with the programmes' limits" if curves["limits_are_on"] else "without limits"
        found.append(
            f"Members who go round to gain, {100 * curves['arbitrageurs_share']:g} % of all, cost the alliance "
            f"¥{int(kpis['arbitrage_loss_fen'] or 0) / FEN:,.0f}, {limits}."
        )
    for item in curves["items"]:
        if item["taken"]:
            found.append(f"{item['name']}: taken {item['taken']:,} times for {item['points']:,.0f} points.")
    if kpis["vouchers_redeemed"]:
        found.append(
            f"{kpis['vouchers_redeemed']:,} vouchers were used and took ¥{int(kpis['voucher_value_fen'] or 0) / FEN:,.0f} off receipts."
        )
    return found


TOPIC = Topic("partners", "Programmes outside, vouchers and gifts", _KPIS, Sums, values, curves, words)
