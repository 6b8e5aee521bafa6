"""What the programme of a run costs its owner, by `costs.items`, and what of the trade is the owner's income (rows J1, J5)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.config import RunConfig
from sim.reporting.kpis import Value

FEN_PER_YUAN = 100


def with_costs(kpis: Mapping[str, Value], config: RunConfig) -> dict[str, Value]:
    """Return KPIs together with those of the programme's costs, over all days of the run."""
    capital_fen = round(sum(FEN_PER_YUAN * item.capital_yuan * (1 - item.partner_share) for item in config.costs.items))
    visits, members, sales_fen = (_number(kpis.get(name)) for name in ("footfall_visits", "members_new", "sales_fen"))
    running_fen = sum(
        (1 - item.partner_share)
        * (
            FEN_PER_YUAN * item.running_yuan_per_day * config.days
            + FEN_PER_YUAN * item.yuan_per_visit * visits
            + FEN_PER_YUAN * item.yuan_per_new_member * members
            + item.share_of_sales * sales_fen
        )
        for item in config.costs.items
    )
    income_fen = _number(kpis.get("mall_income_fen")) + config.costs.owner_margin_share * sales_fen
    more: dict[str, Value] = {
        "programme_capital_fen": capital_fen,
        "programme_running_fen": round(running_fen),
        "owner_income_fen": round(income_fen),
    }
    return {**kpis, **more}


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
