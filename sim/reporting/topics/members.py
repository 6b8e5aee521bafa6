"""What a run says of members: their share of sales, how much of it is known to be theirs, and which trades they put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.categories import CATEGORIES, CATEGORY_INDEX
from sim.crowd.tallies import Counted
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

EXPECTED_LEAST = 5.0  # pairs by chance from which a lift is worth telling
TOLD = 3  # pairs of trades in words
_NOBODY = "nobody bought, or nobody is a member"

_KPIS = (
    Kpi("member_sales_fen", "fen", "higher", "points", "Sales to members", "Purchases of visits by members, known to be theirs or not, later refunds not taken off.", null_where=_NOBODY),
    Kpi("member_sales_share", "share", "higher", "points", "Sales to members, share", "Sales to members / sales.", null_where=_NOBODY),
    Kpi("identified_sales_share", "share", "higher", "points", "Sales whose buyer showed a membership", "Purchases at which a member showed who it was / sales, by amount; without what sensors could tell.", null_where=_NOBODY),
    Kpi("member_discount_fen", "fen", "neither", "points", "Price cut for members", "What loyalty.member_discount_share took off their prices.", null_where=_NOBODY),
    Kpi("cross_trade_lift_mean", "ratio", "neither", "points", "Trades bought together", "Pairs of different trades bought on one visit by members who showed who they were / pairs that chance would give with the same visits by trade; 1: trades have nothing to do with each other.", null_where=_NOBODY),
)  # fmt: skip
KPI_NAMES = tuple(kpi.name for kpi in _KPIS)


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        trades = [CATEGORY_INDEX[category] for category in compiled.tenant_categories]
        self.bit_of_unit = np.left_shift(np.int64(1), np.array(trades, np.int64))
        self.sales_fen, self.shown_fen, self.unseen_fen = 0, 0, 0
        self._visits: list[np.ndarray] = []
        self._bits: list[np.ndarray] = []

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        shown = of_kind[EventKind.MEMBER_PAID]
        self.sales_fen += int(rows.value[of_kind[EventKind.PURCHASED]].sum())
        self.shown_fen += int(rows.value[shown].sum())
        self.unseen_fen += int(rows.value[of_kind[EventKind.MEMBER_UNSEEN]].sum())
        if shown.size:
            self._visits.append(np.array(rows.visit[shown]))
            self._bits.append(self.bit_of_unit[rows.place[shown]])

    def together(self) -> np.ndarray:
        """Return how many visits of members bought in each pair of trades; on the diagonal, in each trade (int64)."""
        if not self._visits:
            return np.zeros((len(CATEGORIES), len(CATEGORIES)), np.int64)
        visits, bits = np.concatenate(self._visits), np.concatenate(self._bits)
        order = np.argsort(visits, kind="stable")
        starts = np.flatnonzero(np.diff(visits[order], prepend=visits[order[0]] - 1))
        masks = np.bitwise_or.reduceat(bits[order], starts)
        bought = (masks[:, None] >> np.arange(len(CATEGORIES)) & 1).astype(np.int64)
        found: np.ndarray = bought.T @ bought
        return found

    @property
    def buyers(self) -> int:
        """Visits of members who showed who they were and bought something."""
        return int(np.unique(np.concatenate(self._visits)).size) if self._visits else 0


def lift_of(together: np.ndarray, visits: int) -> float | None:
    """Return pairs found over pairs by chance, of different trades; None where chance gives none."""
    of_trade = np.diag(together)
    apart = ~np.eye(of_trade.size, dtype=bool)
    by_chance = int(np.outer(of_trade, of_trade)[apart].sum())
    return int(together[apart].sum()) * visits / by_chance if by_chance else None


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    of_members = sums.shown_fen + sums.unseen_fen
    if of_members == 0:
        return dict.fromkeys(KPI_NAMES)
    return {
        "member_sales_fen": of_members,
        "member_sales_share": of_members / sums.sales_fen,
        "identified_sales_share": sums.shown_fen / sums.sales_fen,
        "member_discount_fen": int(books.tallies.counts[Counted.MEMBER_DISCOUNT_FEN]),
        "cross_trade_lift_mean": lift_of(sums.together(), sums.buyers),
    }


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: visits by pair of trades."""
    if sums.shown_fen == 0:
        return {}
    return {"trades": list(CATEGORIES), "together": sums.together(), "visits": sums.buyers}


def lifts_of(curves: dict[str, Any]) -> np.ndarray:
    """Return how much likelier each trade (column) is with each other (row) than without knowing; NaN where too few to tell."""
    together = np.asarray(curves["together"], float)
    of_trade = np.diag(together)
    expected = np.outer(of_trade, of_trade) / max(int(curves["visits"]), 1)
    found: np.ndarray = np.where(expected >= EXPECTED_LEAST, together / np.maximum(expected, 1e-300), np.nan)
    np.fill_diagonal(found, np.nan)
    return found


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if kpis["member_sales_share"] is None:
        return []
    found = [
        f"Members made {100 * kpis['member_sales_share']:.1f} % of the sales; on purchases worth "
        f"{100 * (kpis['identified_sales_share'] or 0):.1f} % of all sales they showed who they were at the till."
    ]
    if kpis["member_discount_fen"]:
        found.append(f"The price cut for members took ¥{kpis['member_discount_fen'] / 100:,.0f} off their prices.")
    if not curves:
        return found
    lifts = np.triu(np.nan_to_num(lifts_of(curves)), 1)
    best = [np.unravel_index(index, lifts.shape) for index in np.argsort(-lifts, axis=None, kind="stable")[:TOLD]]
    pairs = [f"{_said(curves, row)} and {_said(curves, column)} ({lifts[row, column]:.1f} times)" for row, column in best if lifts[row, column] > 1]  # fmt: skip
    if pairs:
        found.append(f"More often on one visit than chance would have it: {', '.join(pairs)}.")
    return found


def _said(curves: dict[str, Any], trade: Any) -> str:
    return str(curves["trades"][int(trade)]).replace("_", " ")


TOPIC = Topic("members", "Members and what they buy", _KPIS, Sums, values, curves, words)
