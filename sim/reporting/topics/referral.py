"""What a run says of referral: what comes back to merchants, members and friends, and to how few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import add_values
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_OFF = "there is no referral (referral.is_on)"
_NOTHING = "there is no referral (referral.is_on), or nothing came back to a merchant"
_KPIS = (
    Kpi("referral_returned_fen", "fen", "neither", "points", "Came back to merchants", "What merchants got, in money or points, for purchases elsewhere of members whom they had brought.", null_where=_OFF),
    Kpi("referral_returned_purchases", "count", "neither", "points", "Purchases of which something came back", "Purchases of which something came back to the merchant that had brought the member.", null_where=_OFF),
    Kpi("referred_members", "people", "higher", "points", "Members who count as brought", "Residents whom a merchant or a friend has brought, not longer ago than referral.life_days, at the end.", null_where=_OFF),
    Kpi("referral_hhi", "index", "lower", "points", "Concentration of what comes back", "Herfindahl index of what merchants got: sum of squared shares; 1 / merchants when all get the same, 1 when one gets all.", null_where=_NOTHING),
    Kpi("referral_top_decile_share", "share", "lower", "points", "What the first tenth gets", "Share of what came back to merchants that went to the tenth of them (rounded up) that got most.", null_where=_NOTHING),
)  # fmt: skip


class Sums:
    """Takes batches of events: what came back by merchant, and what each has let come back of its sales."""

    def __init__(self, compiled: CompiledPlan, _: Stations) -> None:
        """Start at nothing."""
        units = len(compiled.unit_ids)
        self.paid_fen, self.points_centi = np.zeros(units, np.int64), np.zeros(units, np.int64)
        self.paid = 0

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        paid, points = of_kind[EventKind.REFERRAL_PAID], of_kind[EventKind.REFERRAL_POINTS]
        self.paid += int(paid.size)
        add_values(self.paid_fen, rows.place[paid], rows.value[paid])
        add_values(self.points_centi, rows.place[points], rows.value[points])


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    found: dict[str, Value] = dict.fromkeys((*(kpi.name for kpi in _KPIS), "referral_points_share"))
    if not books.config.referral.is_on:
        return found
    issued = int(books.points.get("today", {}).get("issued_centi", 0))
    if issued > 0:
        found["referral_points_share"] = int(sums.points_centi.sum()) / issued
    found["referral_returned_fen"] = int(sums.paid_fen.sum())
    found["referral_returned_purchases"] = sums.paid
    found["referred_members"] = sum(books.points.get("referral", {}).get("by_how", {}).values())
    found["referral_hhi"], found["referral_top_decile_share"] = concentration(sums.paid_fen)
    return found


def concentration(amounts: np.ndarray) -> tuple[float | None, float | None]:
    """Return the Herfindahl index of amounts, and the share of the largest tenth of them, rounded up; None of nothing."""
    whole = int(amounts.sum())
    if whole <= 0:
        return None, None
    first = np.sort(amounts)[::-1][: -(-amounts.size // 10)]
    return sum((int(amount) / whole) ** 2 for amount in amounts.tolist()), int(first.sum()) / whole


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: by merchant what came back to it, what it let come back, and whom it has brought."""
    if not books.config.referral.is_on:
        return {}
    now = books.points.get("referral", {})
    return {
        "units": list(books.compiled.unit_ids),
        "names": list(books.compiled.tenant_names),
        "paid_fen": sums.paid_fen.tolist(),
        "points_centi": sums.points_centi.tolist(),
        "members": now.get("by_unit", []),
        "by_how": now.get("by_how", {}),
        "rule": books.config.referral.rule,
        "merchants_get": books.config.referral.merchants_get,
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    how = curves["by_how"]
    first = "whoever came first" if curves["rule"] == "first_touch" else "whoever came last"
    found = [
        f"{kpis['referred_members'] or 0:,} members count as brought by somebody ({first} counts): {how.get('joined', 0):,} joined at a merchant, "
        f"{how.get('labelled', 0):,} were labelled by one, {how.get('friend', 0):,} had heard of the mall from a member."
    ]
    if not kpis["referral_returned_purchases"]:
        return [*found, "Nothing came back to a merchant: nobody whom one had brought bought elsewhere."]
    kind = "money" if curves["merchants_get"] == "money" else "points"
    found.append(
        f"Of {kpis['referral_returned_purchases']:,} purchases ¥{(kpis['referral_returned_fen'] or 0) / 100:,.2f} came back to the merchants "
        f"that had brought the member, in {kind}; what came back to members and friends were points."
    )
    best = int(np.argmax(curves["paid_fen"]))
    share = kpis["referral_top_decile_share"] or 0.0
    found.append(
        f"The tenth of the merchants that got most got {100 * share:.0f} % of it, {curves['names'][best]} ({curves['units'][best]}) more than any other. "
        "Whoever sells pays for it unless referral.funding says otherwise: the mall as a whole gains only by visits and purchases that would "
        "not have been made without."
    )
    return found


TOPIC = Topic("referral", "Who brought whom", _KPIS, Sums, values, curves, words)
