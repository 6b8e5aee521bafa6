"""What a run says of the accounts of the programme: what points that are out will cost, and what has been earned of them."""

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

_NONE = "no points have been issued"
_KPIS = (
    Kpi("points_liability_fair_fen", "fen", "lower", "points", "Liability for points, at fair value", "What outstanding points cost when spent, times how likely they are to be spent, at the end.", null_where=_NONE),
    Kpi("deferred_revenue_fen", "fen", "neither", "points", "Deferred revenue", "Part of the price of members' purchases that is for points not spent yet, by relative stand-alone price (IFRS 15), at the end.", null_where=_NONE),
    Kpi("points_revenue_fen", "fen", "neither", "points", "Earned of deferred revenue", "Deferred revenue that was earned: as points were spent, as estimates changed, and at close-out. Negative where a higher estimate of spending takes some back.", null_where=_NONE),
    Kpi("breakage_earned_fen", "fen", "neither", "points", "Breakage earned", "Money kept for points that will never be spent which the alliance has taken for its own, since the run began.", null_where=_NONE),
)  # fmt: skip
_WAYS = {
    "fixed": "a fixed share",
    "ratio": "what is not spent yet",
    "chain_ladder": "cohorts of lots",
    "hazard": "rates of spending and of going",
}


class Sums:
    """Nothing of it happens in events: the ledger tells it."""

    def __init__(self, _: CompiledPlan, __: Stations) -> None:
        """Take nothing."""

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add nothing."""


def values(_: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    found: dict[str, Value] = dict.fromkeys((*(kpi.name for kpi in _KPIS), "points_breakage_share_est"))
    facts = _facts(books)
    if not facts:
        return found
    month = facts["months"][-1]
    return found | {
        "points_breakage_share_est": facts["breakage_share"],
        "points_liability_fair_fen": month["liability_fair_fen"],
        "deferred_revenue_fen": month["deferred_fen"],
        "points_revenue_fen": facts["revenue_of_day_fen"],
        "breakage_earned_fen": facts["recognised_fen"],
    }


def curves(_: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: a row for each month so far, and every estimate of breakage."""
    return _facts(books)


def _facts(books: Books) -> dict[str, Any]:
    facts: dict[str, Any] = books.points.get("finance", {})
    has_issued = any(row["issued_centi"] or row["out_centi"] for row in facts.get("months", ()))
    return facts if has_issued else {}


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says, to a planner and to an accountant."""
    if not curves:
        return []
    month, estimates = curves["months"][-1], curves["estimates"]
    out = month["out_centi"] / 100
    found = [
        f"{out:,.0f} points are out. If all of them are spent they cost ¥{month['liability_cost_fen'] / 100:,.0f}; weighed with how likely that "
        f"is, ¥{month['liability_fair_fen'] / 100:,.0f}. The books carry them at "
        f"{'cost' if curves['liability_at'] == 'cost' else 'fair value'}: ¥{curves['liability_fen'] / 100:,.0f}.",
        f"Of the price of what members bought, ¥{month['deferred_fen'] / 100:,.0f} is for points that are not spent yet and is no revenue "
        f"before they are (IFRS 15); ¥{month['revenue_fen'] / 100:,.0f} of it was earned in {month['month']}.",
    ]
    told = "; ".join(f"by {_WAYS[name]} {100 * share:.1f} %" for name, share in estimates.items() if share is not None)
    found.append(
        f"How many points will never be spent: {told}. The books use the estimate by {_WAYS[curves['estimated_by']]}. Points that do not expire "
        "are lost only with their member's account. Whatever is merely not spent yet is owed, so that an estimate by what is not spent yet is "
        "too high in every young programme."
    )
    if curves["recognised_fen"]:
        found.append(f"The alliance has taken ¥{curves['recognised_fen'] / 100:,.0f} for its own as breakage.")
    return found


TOPIC = Topic("finance", "The accounts of the programme", _KPIS, Sums, values, curves, words)
