"""What a run says of goods: whether parties found what they wanted, what stock and fit lost, what comes back, what was left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.goods.catalogue import SHELVES
from sim.crowd.goods.shelf import SIZE_SLOTS
from sim.events import EventKind, Reason
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import add_counts, add_values
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_NONE = "no tenant has shelves (goods.items_per_store), or nobody wanted anything there"
_OFF = "guides know nobody (goods.guide.recognition)"
_KPIS = (
    Kpi("match_share", "share", "higher", "goods", "Saw something they would buy", "Parties that wanted an article / entries, over stores with shelves.", null_where=_NONE),
    Kpi("goods_stock_out_share", "share", "lower", "goods", "Wanted what was not there", "Wishes for an article of which nothing was left in the party's size / all wishes.", null_where=_NONE),
    Kpi("fit_lost_share", "share", "lower", "goods", "Tried on in vain", "Wishes for an article that was tried on and did not fit / all wishes.", null_where=_NONE),
    Kpi("return_share", "share", "lower", "goods", "Brought back", "Value of what is brought back / value of what stores with shelves sold, counted on the day of the sale.", null_where=_NONE),
    Kpi("returns_fen", "fen", "lower", "goods", "Refunds for goods", "What tenants give back for articles sold today.", null_where=_NONE),
    Kpi("recognised_sales_share", "share", "neither", "goods", "Bought by members greeted by name", "Sales to members whom staff knew to be in the store / sales, over stores with shelves.", null_where=_OFF),
    Kpi("greeted_visits", "visits", "neither", "goods", "Members greeted by name", "Stays in stores of members whom staff knew to be there.", null_where=_OFF),
    Kpi("requests_pooled", "count", "neither", "goods", "Requests worth ordering in", "Wishes for what was not there, of articles of which at least goods.stocking.pool_threshold were wanted on this day.", null_where=_NONE),
    Kpi("leftover_fen", "fen", "lower", "goods", "Left on the shelves", "Pieces left at the end of the day at prices of sale; they are sold on later days.", null_where=_NONE),
    Kpi("sizes_sold_out", "count", "lower", "goods", "Sold out by the evening", "Sizes of articles that were there in the morning and are all gone.", null_where=_NONE),
)  # fmt: skip
_BY_UNIT = {
    "wanted": EventKind.ARTICLE_WANTED, "out": EventKind.ARTICLE_OUT, "misfit": EventKind.ARTICLE_MISFIT, "greeted": EventKind.MEMBER_GREETED,
}  # fmt: skip
_FEN_BY_UNIT = {
    "sold_fen": EventKind.PURCHASED, "returns_fen": EventKind.RETURN_FORESEEN, "greeted_fen": EventKind.GREETED_SALE,
    "left_fen": EventKind.SHELF_LEFT, "gone": EventKind.SIZES_SOLD_OUT,
}  # fmt: skip
ARTICLES_MAX = 60


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        units = len(compiled.unit_ids)
        self.unit = {name: np.zeros(units, np.int64) for name in ("entries", *_BY_UNIT, *_FEN_BY_UNIT)}
        self.asked = np.zeros((units, ARTICLES_MAX), np.int64)

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        entered = of_kind[EventKind.STORE_ENTERED]
        add_counts(self.unit["entries"], rows.place[entered[rows.value[entered] != Reason.DESK]])
        for name, kind in _BY_UNIT.items():
            add_counts(self.unit[name], rows.place[of_kind[kind]])
        for name, kind in _FEN_BY_UNIT.items():
            add_values(self.unit[name], rows.place[of_kind[kind]], rows.value[of_kind[kind]])
        out = of_kind[EventKind.ARTICLE_OUT]
        np.add.at(self.asked, (rows.place[out], rows.value[out] // SIZE_SLOTS), 1)


def _has_shelves(books: Books) -> np.ndarray:
    trades = books.compiled.tenant_categories
    is_on = books.config.goods.items_per_store > 0
    return np.array([is_on and trade in SHELVES and not books.config.categories[trade].tables for trade in trades], bool)


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    found: dict[str, Value] = {kpi.name: None for kpi in _KPIS}
    has = _has_shelves(books)
    if not sums.unit["wanted"][has].any():
        return found
    total = {name: int(values[has].sum()) for name, values in sums.unit.items()}
    threshold = books.config.goods.stocking.pool_threshold
    found |= {
        "match_share": _ratio(total["wanted"], total["entries"]),
        "goods_stock_out_share": _ratio(total["out"], total["wanted"]),
        "fit_lost_share": _ratio(total["misfit"], total["wanted"]),
        "return_share": _ratio(total["returns_fen"], total["sold_fen"]),
        "returns_fen": total["returns_fen"],
        "requests_pooled": int(sums.asked[sums.asked >= threshold].sum()),
        "leftover_fen": total["left_fen"],
        "sizes_sold_out": total["gone"],
    }
    if books.config.goods.guide.recognition != "off":
        found["recognised_sales_share"] = _ratio(total["greeted_fen"], total["sold_fen"])
        found["greeted_visits"] = total["greeted"]
    return found


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: wishes by trade and what became of them."""
    has = _has_shelves(books)
    if not sums.unit["wanted"][has].any():
        return {}
    trades = np.array(books.compiled.tenant_categories, dtype=object)
    found = []
    for trade in [name for name in SHELVES if (has & (trades == name)).any()]:
        here = has & (trades == trade)
        found.append(
            {"trade": trade, **{name: int(sums.unit[name][here].sum()) for name in ("entries", "wanted", "out", "misfit")}}
        )
    return {
        "trades": found,
        "requests": int(sums.unit["out"][has].sum()),
        "pool_threshold": books.config.goods.stocking.pool_threshold,
        "reviews_shown": books.config.goods.reviews.show,
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    from sim.reporting.wording import percent, whole, yuan  # it reads the catalogue, of which this is a part

    worst = max(curves["trades"], key=lambda line: line["out"] / max(line["wanted"], 1))
    found = [
        f"In {percent(kpis['match_share'])} of the entries to stores with shelves the party wanted something it saw. "
        f"{percent(kpis['goods_stock_out_share'])} of these wishes were for what was not there in the size wanted"
        + (f", most often in {worst['trade']} ({percent(worst['out'] / worst['wanted'])})" if worst["out"] else "")
        + f"; {percent(kpis['fit_lost_share'])} were tried on and did not fit.",
        f"Of what these stores sold, {percent(kpis['return_share'])} by value is brought back ({yuan(kpis['returns_fen'])}); it is taken off the sales "
        f"of the day. In the evening {yuan(kpis['leftover_fen'])} of goods were left, at prices of sale, and {whole(kpis['sizes_sold_out'])} "
        "sizes of articles were sold out.",
    ]
    if curves["requests"]:
        found.append(
            f"{whole(curves['requests'])} parties asked in vain for an article; {whole(kpis['requests_pooled'])} of their requests were for articles that at "
            f"least {curves['pool_threshold']} had asked for, enough to order them in for the next day."
        )
    if kpis["greeted_visits"] is not None:
        found.append(
            f"Guides greeted members by name {whole(kpis['greeted_visits'])} times; {percent(kpis['recognised_sales_share'])} of the sales of stores with "
            "shelves were to them. What a guide shows by a wrong profile sells less than what a member would have looked at unasked."
        )
    if curves["reviews_shown"]:
        found.append(
            "Reviews could be read at the shelf: they sell what is better than its brand and deter from what is worse."
        )
    return found


TOPIC = Topic("goods", "Goods on the shelves", _KPIS, Sums, values, curves, words)
