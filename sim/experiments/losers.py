"""Who wins and who loses by an arm: the sales of each tenant and how each kind of visitor fares, pair by pair, corrected for their number."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.experiments.paired import CONFIDENCE, holm, paired_difference

TENANTS, SPENDING, SATISFACTION = "sales of tenants, fen", "spending by segment, fen a visit", "satisfaction by segment"
PASSINGS = "passings of tenants"  # what a search of layouts learns from; nobody wins or loses them
Parts = dict[str, dict[str, float]]


def parts_in(folder: Path) -> Parts:
    """Return what the files of a finished run say of its tenants and segments; nothing of files that it has not."""
    found: Parts = {TENANTS: {}, SPENDING: {}, SATISFACTION: {}, PASSINGS: {}}
    for row in _rows(folder / "tenants.csv"):
        found[TENANTS][row["unit"]] = float(row["sales_fen"] or 0)
        found[PASSINGS][row["unit"]] = float(row.get("passings") or 0)
    for row in _rows(folder / "segments.csv"):
        if int(row["visits"]) > 0:
            found[SPENDING][row["segment"]] = float(row["spent_fen"]) / int(row["visits"])
            found[SATISFACTION][row["segment"]] = float(row["satisfaction_mean"])
    return found


def losers_of(arms: Sequence[str], parts: Mapping[tuple[str, int], Parts], replications: Sequence[int]) -> list[dict[str, Any]]:
    """Return one record for each arm but the first and each kind of part: how many are better or worse off, and which worst.

    `worse` and `better` count differences that hold after Holm's correction over the parts of that kind; `down_share` counts every
    mean difference below zero, luck included.
    """
    baseline, *others = arms
    found: list[dict[str, Any]] = []
    if not parts:
        return found
    for arm in others:
        for kind in (TENANTS, SPENDING, SATISFACTION):
            pairs = {
                name: [(parts[baseline, number][kind].get(name), parts[arm, number][kind].get(name)) for number in replications]
                for name in sorted({name for number in replications for name in parts[baseline, number].get(kind, {})})
            }
            known = {name: both for name, both in pairs.items() if all(value is not None for pair in both for value in pair)}
            if known:
                found.append({"arm": arm, "kind": kind, **_summary(known)})
    return found


def _summary(pairs: Mapping[str, Sequence[tuple[Any, Any]]]) -> dict[str, Any]:
    results = {name: paired_difference(*zip(*both, strict=True)) for name, both in pairs.items()}
    tested = [name for name, result in results.items() if result.p_value is not None]
    adjusted = dict(zip(tested, holm([results[name].p_value or 0.0 for name in tested]), strict=True))
    sure = [name for name in tested if adjusted[name] < 1 - CONFIDENCE]
    worst = sorted(results, key=lambda name: (results[name].difference_mean, name))
    return {
        "parts": len(results),
        "down_share": sum(1 for result in results.values() if result.difference_mean < 0) / len(results),
        "better": sum(1 for name in sure if results[name].difference_mean > 0),
        "worse": sum(1 for name in sure if results[name].difference_mean < 0),
        "lowest": [_part(name, results[name].difference_mean, adjusted.get(name)) for name in worst[:5]],
        "highest": [_part(name, results[name].difference_mean, adjusted.get(name)) for name in worst[:-6:-1]],
    }


def _part(name: str, difference: float, p_adjusted: float | None) -> dict[str, Any]:
    return {"name": name, "difference_mean": difference, "p_adjusted": p_adjusted}


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
