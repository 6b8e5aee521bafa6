"""Finishes a run of several days: KPIs, rows by day, mean days, figures, page and manifest."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

from sim.config import parameters_of
from sim.reporting import manifest, report_page
from sim.reporting.baseline_of import baseline_record
from sim.reporting.curves import tenants_csv
from sim.reporting.days_books import DaysBooks
from sim.reporting.files import plain, write_atomically, write_json
from sim.reporting.kpis import Value
from sim.reporting.kpis_csv import kpis_csv
from sim.reporting.ledger_files import KeptLedger
from sim.reporting.rents import TURNOVER_RENT_SOURCE
from sim.reporting.report import RUN_SCHEMA_VERSION, page_data
from sim.reporting.segments import segments_csv
from sim.reporting.topics.points import statement
from sim.reporting.wording import whole

Finished = tuple[dict[str, Value], dict[str, Any], Path | None]


def finish_days(
    folder: Path, books: DaysBooks, ledger: KeptLedger, hours_us: tuple[int, int], started_s: float, command: str
) -> Finished:
    """Write every file of the run, the manifest last; return KPIs, manifest and the path of the report where there is one."""
    config, compiled = books.config, books.compiled
    kpis, days = books.kpis(), plain(books.mean_day())
    ledger.write(folder)
    manifest.write_config(folder, config)
    write_json(folder / "kpis.json", kpis)
    baseline = baseline_record(config, kpis, command)
    write_atomically(folder / "kpis.csv", kpis_csv(kpis, baseline))
    days["targets"] = {"rows": books.totals.rows()}
    days["points"] = plain(statement(books.points, compiled)) if books.points else {}
    days |= plain(books.programme)
    write_json(folder / "curves.json", days, indent=None)
    write_atomically(folder / "tenants.csv", tenants_csv(books.tenants()))
    write_atomically(folder / "segments.csv", segments_csv(books.segments()))
    facts = manifest.provenance(
        config, compiled.digest, books.digest.hexdigest(), int(kpis["footfall_visits"] or 0), books.engine_s, time.perf_counter() - started_s,
    )  # fmt: skip
    facts["days"] = len(books.rows)
    pictures: list[dict[str, str]] = []
    if config.recording.report:
        from sim.reporting import (
            days_pictures as made,
        )  # matplotlib is half a second that a run without a report need not wait for

        pictures = [picture.record() for picture in made.save(folder, books.rows, days, compiled, *hours_us)]
    write_json(
        folder / "run.json",
        {**_run_record(books, kpis, hours_us, command), "ledger": ledger.record(), "baseline": baseline, "pictures": pictures},
    )
    report = folder / "report.html"
    if config.recording.report:
        write_atomically(report, report_page.page(page_data(folder, facts)))
    manifest.write_manifest(folder, facts)
    return kpis, {**facts, "files": manifest.files_of(folder)}, report if report.exists() else None


def _run_record(books: DaysBooks, kpis: dict[str, Value], hours_us: tuple[int, int], command: str) -> dict[str, Any]:
    config, compiled = books.config, books.compiled
    return {
        "schema": RUN_SCHEMA_VERSION,
        "name": config.name,
        "question": config.question,
        "expects": config.expects,
        "date": config.date,
        "days": plain(
            [
                {name: row[name] for name in row if name != "events_content_sha256"} | {"date": row["date"].isoformat()}
                for row in books.rows
            ]
        ),
        "policies": list(config.policies),
        "mall": compiled.name,
        "levels": list(compiled.level_names),
        "tenants": len(compiled.unit_ids),
        "bays": int(compiled.arrays.parking_bays.sum()),
        "opens_us": hours_us[0],
        "closes_us": hours_us[1],
        "command": command,
        "recording": config.recording.events,
        "language": config.recording.language,
        "events": books.events,
        "cautions": _cautions(books, kpis),
        "turnover_rent_source": TURNOVER_RENT_SOURCE,
        "balances_fen": dict(sorted(books.balances_fen.items())),
        "decisions": [],
        "decisions_made": books.decisions,
        "bases": books.bases(),
        "parameters": [
            {**dataclasses.asdict(each), "choices": list(each.choices), "changed": each.value != each.default}
            for each in parameters_of(config)
        ],
    }


def _cautions(books: DaysBooks, kpis: dict[str, Value]) -> list[dict[str, str]]:
    """Return what a reader should know before relying on the run."""
    found = []
    empty = sum(1 for row in books.rows if not row["footfall_visits"])
    if empty:
        found.append(f"Nobody came on {whole(empty)} of the days.")
    if kpis["stranded_visits"]:
        found.append(f"{whole(kpis['stranded_visits'])} times a party had no way left to where it wanted to go.")
    if kpis["gridlock_breaks"]:
        found.append(f"{whole(kpis['gridlock_breaks'])} times a walker squeezed into a full zone to end a jam.")
    return [{"weight": "serious", "text": text} for text in found]
