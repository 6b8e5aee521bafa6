"""How a KPI of one day becomes that of several: the sum, the mean, the largest or the last; nothing where that would mean nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sim.reporting.kpi import Kpi

Value = int | float | None
SUM, MEAN, LARGEST, LAST, NOTHING = "sum", "mean of the days", "largest", "last day", "none"
_ADDS_UP = ("visits", "people", "count", "fen", "points", "min", "h")
_NO_TOTAL = ("_mean", "_median", "_p10", "_p75", "_p95", "_per_", "_hhi")
_STATES = (
    "members_total",
    "members_active",
    "points_outstanding",
    "points_liability_fen",
    "clearing_imbalance_fen",
    "push_reachable_members",
    "revisit_share_30d",
)
_SENSELESS = ("unique_members",)  # who came on two days would count twice


def how(kpi: Kpi) -> str:
    """Return SUM, MEAN, LARGEST, LAST or NOTHING."""
    if kpi.name in _SENSELESS:
        return NOTHING
    if kpi.name in _STATES:
        return LAST
    if kpi.name.endswith("_max"):
        return LARGEST
    adds_up = kpi.unit in _ADDS_UP and not any(part in kpi.name for part in _NO_TOTAL)
    return SUM if adds_up else MEAN


def together(kpi: Kpi, days: Sequence[Value]) -> Value:
    """Return the KPI over several days; days that do not know it are left out."""
    known = [value for value in days if value is not None]
    rule = how(kpi)
    if not known or rule == NOTHING:
        return None
    if rule == SUM:
        return sum(known)
    if rule == LARGEST:
        return max(known)
    return known[-1] if rule == LAST else sum(known) / len(known)
