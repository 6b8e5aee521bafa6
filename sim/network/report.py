"""Writes what a network leaves beside its malls' folders: network.json, kpis.json over all, the page, and the manifest last."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.config import RunConfig
from sim.members_path import answer, joins_simulated
from sim.network.malls import Mall
from sim.network.totals import common, kpis_of, rows_of, rule_of
from sim.reporting import manifest, network_page
from sim.reporting.files import plain, write_atomically, write_json
from sim.reporting.kpi_catalogue import KPIS
from sim.reporting.results import RunResult

NETWORK_SCHEMA_VERSION = 1
SHOWN = (
    "footfall_visits",
    "footfall_people",
    "sales_fen",
    "mall_income_fen",
    "dwell_min_mean",
    "conversion_share",
    "stores_per_visit_mean",
)


def write_report(
    folder: Path, config: RunConfig, malls: Sequence[Mall], lived: Any, digests: Mapping[str, str], wall_s: float, command: str
) -> RunResult:
    """Write every file of a network but those of its malls, and return its KPIs; `lived` is what `sim.network.exchange` found."""
    rows = rows_of(folder, malls)
    kpis = kpis_of(rows)
    visits = float(kpis["footfall_visits"] or 0)
    simulated = joins_simulated([row["days"] or () for row in rows]) if config.days > 1 else None
    network = plain(
        {
            "schema": NETWORK_SCHEMA_VERSION,
            "name": config.name,
            "question": config.question,
            "expects": config.expects,
            "date": config.date,
            "days": config.days,
            "command": command,
            "malls": [_mall(row, lived.days) for row in rows],
            "headlines": {name: kpis[name] for name in SHOWN},
            "common": common(lived.days, lived.members_common, visits),
            "clearing": lived.clearing,
            "members_path": answer(config.network.members, simulated),
            "rules": {kpi.name: rule_of(kpi) for kpi in KPIS},
        }
    )
    manifest.write_config(folder, config)
    write_json(folder / "kpis.json", kpis)
    write_json(folder / "network.json", network)
    report = folder / "report.html"
    if config.recording.report:
        figure = network_page.path_figure(network["members_path"])
        write_atomically(report, network_page.page(config.name, config.question, network, network["malls"], figure))
    facts = _provenance(config, rows, digests, wall_s, visits)
    manifest.write_manifest(folder, facts)
    return RunResult(folder, kpis, facts, report if report.exists() else None)


def _mall(row: Mapping[str, Any], days: Sequence[Mapping[int, Mapping[str, int]]]) -> dict[str, Any]:
    kpis, number = row["kpis"], row["number"]
    return {
        **{name: row[name] for name in ("number", "plan", "seed", "tenants", "events_content_sha256")},
        "visits": kpis["footfall_visits"],
        **{name: kpis[name] for name in ("sales_fen", "dwell_min_mean", "conversion_share", "stranded_visits")},
        **{name: sum(facts[number][name] for facts in days) for name in ("guests", "away_visits")},
    }


def _provenance(
    config: RunConfig, rows: Sequence[Mapping[str, Any]], digests: Mapping[str, str], wall_s: float, visits: float
) -> dict[str, Any]:
    engine_s = sum(row["engine_s"] for row in rows)
    events = hashlib.sha256("".join(row["events_content_sha256"] for row in rows).encode()).hexdigest()
    plans = hashlib.sha256("".join(digest for _, digest in sorted(digests.items())).encode()).hexdigest()
    facts = manifest.provenance(config, plans, events, int(visits), engine_s, wall_s)
    return {**facts, "kind": "network", "malls": len(rows), "malls_wall_s": round(sum(row["wall_s"] for row in rows), 3)}
