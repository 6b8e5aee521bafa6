"""All malls together: KPIs as of one large mall where that means something, and what only a network has."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.network.malls import Mall
from sim.reporting.kpi import Kpi
from sim.reporting.kpi_catalogue import KPIS
from sim.reporting.manifest import read_finished
from sim.reporting.over_days import LAST, MEAN, SUM, Value, how, together

Row = dict[str, Any]
SUM_OF_MALLS, MEAN_OF_MALLS = "sum of the malls", "mean of the malls"
_ADD_UP = ("visits", "people", "count", "fen", "points", "m2")


def rule_of(kpi: Kpi) -> str:
    """Return how malls' values of a KPI become one."""
    rule = how(kpi)
    if rule == LAST:
        return SUM_OF_MALLS if kpi.unit in _ADD_UP else MEAN_OF_MALLS
    return {SUM: SUM_OF_MALLS, MEAN: MEAN_OF_MALLS}.get(rule, rule)


def kpis_of(rows: Sequence[Row]) -> dict[str, Value]:
    """Return every KPI of the catalogue over all malls; None where no mall knows it, or where one number would mean nothing."""
    found: dict[str, Value] = {}
    for kpi in KPIS:
        values = [row["kpis"].get(kpi.name) for row in rows]
        known = [value for value in values if value is not None]
        if how(kpi) == LAST and known:
            found[kpi.name] = sum(known) if rule_of(kpi) == SUM_OF_MALLS else sum(known) / len(known)
        else:
            found[kpi.name] = _weighted(kpi, values, [row["bases"] for row in rows])
    return found


def _weighted(kpi: Kpi, values: Sequence[Value], bases: Sequence[Mapping[str, int]]) -> Value:
    try:
        return together(kpi, values, bases)
    except ZeroDivisionError:  # nothing of which it would be a ratio has happened anywhere
        return None


def rows_of(folder: Path, malls: Sequence[Mall]) -> list[Row]:
    """Return what the finished malls' folders say, checked against their manifests, in the order of their numbers."""
    found = []
    for mall in malls:
        mine = mall_folder(folder, mall.number)
        run, manifest = read_finished(mine, "run.json"), read_finished(mine, "manifest.json")
        found.append(
            {
                "number": mall.number,
                "plan": Path(mall.plan).name,
                "seed": mall.config.seed,
                "tenants": run["tenants"],
                "kpis": read_finished(mine, "kpis.json"),
                "bases": run["bases"],
                "days": run.get("days"),
                "events_content_sha256": manifest["events_content_sha256"],
                "engine_s": manifest["engine_s"],
                "wall_s": manifest["wall_s"],
            }
        )
    return found


def is_finished(folder: Path, mall: Mall) -> bool:
    """Say whether a mall has been lived to its end."""
    try:
        json.loads((mall_folder(folder, mall.number) / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True


def mall_folder(folder: Path, number: int) -> Path:
    """Return where a mall of a network has its files."""
    return folder / "malls" / f"{number:03d}"


def common(days: Sequence[Mapping[int, Mapping[str, int]]], members_common: int, visits: float) -> Row:
    """Return what only a network has, from the days' facts of every mall (rows H4 and J9 of the mission)."""
    total = {
        name: sum(facts[mall][name] for facts in days for mall in sorted(facts))
        for name in ("guests", "guests_spent_fen", "guests_burned_centi", "guests_earned_centi", "burned_centi", "away_visits")
    }
    burned, elsewhere = total["burned_centi"], total["guests_burned_centi"]
    return {
        **total,
        "members_common": members_common,
        "cross_site_visits_share": total["guests"] / visits if visits else None,
        "cross_site_burn_share": elsewhere / burned if burned else None,
        # What points buy anywhere over what they buy at home: what the other malls add to them.
        "network_effect_ratio": burned / (burned - elsewhere) if burned > elsewhere else None,
    }
