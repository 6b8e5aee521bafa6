"""What a run says of its layout: what was changed and what it costs, sales by level, anchors and the others, likeness to other malls."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.categories import CATEGORIES, CATEGORY_INDEX
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.rents import rents_fen
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_ANCHOR = "tenants of at least layout.mix.anchor_m2"
_NO_ANCHOR = "no tenant is so large, or none sold anything"
_KPIS = (
    Kpi("layout_changes", "count", "neither", "space", "Changes of layout", "Tenants moved, let and vacated, doors, escalators and pop-ups changed against the drawing; signs are not counted."),
    Kpi("layout_cost_fen", "fen", "lower", "space", "Cost of the changes", "Floor of tenants that moved or are new x layout.fit_out_yuan_per_m2, once and for all: a day's rents do not pay it back in a day."),
    Kpi("let_area_share", "share", "higher", "space", "Floor let", "Floor of all tenants that can be reached / the same as drawn; pop-ups add to it."),
    Kpi("sales_fen_per_m2_level_least", "fen", "higher", "space", "Sales per m2, weakest level", "Sales / floor of tenants on the level where that is least."),
    Kpi("sales_fen_per_m2_level_best", "fen", "higher", "space", "Sales per m2, best level", "The same on the level where it is most."),
    Kpi("anchor_sales_fen_per_m2", "fen", "higher", "space", "Sales per m2 of anchors", f"Sales / floor of {_ANCHOR}.", null_where=_NO_ANCHOR),
    Kpi("others_sales_fen_per_m2", "fen", "higher", "space", "Sales per m2 of the others", "The same of all other tenants: what anchors draw shows here.", null_where="all tenants are anchors, or nothing is sold"),
    Kpi("anchor_rent_share", "share", "neither", "space", "Anchors' rent of sales", f"Rent of the day / sales, of {_ANCHOR}.", null_where=_NO_ANCHOR),
    Kpi("others_rent_share", "share", "neither", "space", "The others' rent of sales", "The same of all other tenants.", null_where="all tenants are anchors, or nothing is sold"),
    Kpi("mix_likeness", "share", "lower", "space", "Likeness to other malls", "Cosine between this mall's floor by trade and that of other malls (layout.pull.others_mix).", null_where="layout.pull.others_mix is empty"),
)  # fmt: skip
_WORDS = {
    "moved": "{} moved to another unit",
    "let": "{} began in a unit",
    "vacated": "{} left",
    "pop-up": "{} kiosks stand in the hall",
}


class Sums:
    """Nothing of its own: sales and visits by tenant are kept for all topics."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add nothing."""


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    compiled, layout = books.compiled, books.config.layout
    sales, area_m2 = books.sums.unit["sales_fen"], compiled.arrays.unit_area_m2
    base, turnover = rents_fen(compiled, sales)
    rent = base + turnover
    is_anchor = area_m2 >= layout.mix.anchor_m2
    by_level = [each for each in sales_per_m2(books) if each is not None]
    fit_out_m2 = sum(float(str(change["fit_out_m2"])) for change in compiled.layout_changes)
    drawn_m2 = sum(compiled.drawn_offer_m2)
    found: dict[str, Value] = {
        "layout_changes": len(compiled.layout_changes),
        "layout_cost_fen": round(100 * layout.fit_out_yuan_per_m2 * fit_out_m2),
        "let_area_share": _total(area_m2) / drawn_m2 if drawn_m2 > 0 else 1.0,
        "sales_fen_per_m2_level_least": min(by_level, default=None),
        "sales_fen_per_m2_level_best": max(by_level, default=None),
        "mix_likeness": _likeness(books) if layout.pull.others_mix else None,
    }
    for name, members in (("anchor", is_anchor), ("others", ~is_anchor)):
        sold, floor_m2 = int(sales[members].sum()), _total(area_m2[members])
        found[f"{name}_sales_fen_per_m2"] = sold / floor_m2 if floor_m2 > 0 and sold > 0 else None
        found[f"{name}_rent_share"] = int(rent[members].sum()) / sold if sold > 0 else None
    return found


def sales_per_m2(books: Books) -> list[float | None]:
    """Return sales / floor of tenants of each level; None where nobody rents."""
    sales, arrays = books.sums.unit["sales_fen"], books.compiled.arrays
    found = []
    for level in range(len(books.compiled.level_ids)):
        here = arrays.unit_level == level
        floor_m2 = _total(arrays.unit_area_m2[here])
        found.append(int(sales[here].sum()) / floor_m2 if floor_m2 > 0 else None)
    return found


def _total(values: np.ndarray) -> float:
    return float(np.cumsum(values)[-1]) if values.size else 0.0


def _likeness(books: Books) -> float | None:
    mine = np.bincount(books.compiled.arrays.unit_category, books.compiled.arrays.unit_area_m2, len(CATEGORIES))
    others = np.zeros(len(CATEGORIES))
    for each in books.config.layout.pull.others_mix:
        others[CATEGORY_INDEX[each.trade]] += each.share
    length = float(np.sqrt((mine * mine).sum() * (others * others).sum()))
    return float((mine * others).sum()) / length if length > 0 else None


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need; {} where the layout is as drawn."""
    if not books.compiled.layout_changes:
        return {}
    return {
        "floorplan": books.config.floorplan,
        "changes": [dict(change) for change in books.compiled.layout_changes],
        "levels": list(books.compiled.level_names),
        "sales_fen_per_m2": sales_per_m2(books),
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return paragraphs; none where the layout is as drawn."""
    if not curves:
        return []
    count = Counter(change["what"] for change in curves["changes"])
    parts = [text.format(count.pop(what)) for what, text in _WORDS.items() if count.get(what)]
    parts += [f"{number} x {what}" for what, number in sorted(count.items())]
    cost_yuan = (kpis["layout_cost_fen"] or 0) / 100
    found = [
        f"The layout differs from the drawing: {', '.join(parts)}. Fitting out costs ¥{cost_yuan:,.0f}, once; "
        f"the floor let is {100 * (kpis['let_area_share'] or 0):.1f} % of the drawing's.",
    ]
    levels = [
        f"{name} {amount / 100:,.0f}"
        for name, amount in zip(curves["levels"], curves["sales_fen_per_m2"], strict=True)
        if amount is not None
    ]
    found.append(f"Sales per m2 of the day, in yuan: {', '.join(levels)}.")
    return found


TOPIC = Topic("layout", "The layout", _KPIS, Sums, values, curves, words)
