"""What a comparison comes to, arm by arm: which KPIs are surely better or worse, each difference as a share of the baseline, days saved."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

BETTER, WORSE, MOVED, MAY_BE_CHANCE, NOT_SHOWN, SAME, UNKNOWN = (
    "better", "worse", "moved", "may be chance", "not shown", "the same", "unknown",
)  # fmt: skip
HIGHER, LOWER, NO_DIFFERENCE = "higher", "lower", "no difference seen"  # the verdicts of comparison.json
Entry = Mapping[str, Any]


def summary_of(comparison: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a record for each arm but the baseline: the names of its KPIs by `tone`, and a record for each KPI that it has.

    A KPI's record holds the difference and its interval as shares of the baseline's mean (None where that is 0), and how many times
    fewer days common random numbers need than seeds of the arms' own would for the same interval: 1 / (1 - variance_reduction).
    """
    arms: dict[str, list[Entry]] = {}
    for entry in comparison["kpis"]:
        arms.setdefault(entry["arm"], []).append(entry)
    return [_arm(name, entries) for name, entries in arms.items()]


def tone_of(entry: Entry) -> str:
    """Return what an entry of comparison.json says to a planner.

    `may be chance` has an interval of its own without 0, which does not hold once the number of KPIs is taken into account.
    """
    low, high = entry["ci_low"], entry["ci_high"]
    if entry["verdict"] in (HIGHER, LOWER):
        wanted = entry["better"]
        return MOVED if wanted not in (HIGHER, LOWER) else BETTER if wanted == entry["verdict"] else WORSE
    if entry["difference_mean"] is None or low is None or high is None or entry["verdict"] != NO_DIFFERENCE:
        return UNKNOWN
    if low == high == 0:
        return SAME
    return MAY_BE_CHANCE if low > 0 or high < 0 else NOT_SHOWN


def _arm(name: str, entries: Sequence[Entry]) -> dict[str, Any]:
    kpis = [_kpi(entry) for entry in entries]
    by_tone = {tone: [each["name"] for each in kpis if each["tone"] == tone] for tone in (BETTER, WORSE, MOVED, MAY_BE_CHANCE)}
    counts = {tone: sum(1 for each in kpis if each["tone"] == tone) for tone in (NOT_SHOWN, SAME, UNKNOWN)}
    factors = [each["days_factor"] for each in kpis if each["days_factor"] is not None]
    return {
        "arm": name,
        "compared": len(kpis) - counts[UNKNOWN],
        **{tone.replace(" ", "_"): names for tone, names in by_tone.items()},
        **{tone.replace(" ", "_"): count for tone, count in counts.items()},
        "days_factor_median": statistics.median(factors) if factors else None,
        "kpis": kpis,
    }


def _kpi(entry: Entry) -> dict[str, Any]:
    share, low, high = (share_of(entry, key) for key in ("difference_mean", "ci_low", "ci_high"))
    reduction = entry["variance_reduction"]
    factor = 1 / (1 - reduction) if reduction is not None and reduction < 1 else None
    return {
        "name": entry["name"],
        "tone": tone_of(entry),
        "share": share,
        "share_low": low,
        "share_high": high,
        "days_factor": factor,
    }


def share_of(entry: Entry, key: str) -> float | None:
    """Return a difference, or an end of its interval, as a share of the baseline's mean; None where that is 0 or unknown."""
    value, base = entry[key], entry["baseline_mean"]
    return None if value is None or not base else float(value) / abs(float(base))
