"""Finishes a run: KPIs, curves, figures, page and manifest in one call; makes the page again from a folder."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.calendar import day_of
from sim.config import Parameter, RunConfig, parameters_of
from sim.crowd.tallies import Counted, Tallies
from sim.decisions import Verdict
from sim.errors import GalleriaError, Problem
from sim.plan_arrays import CompiledPlan
from sim.reporting import manifest, report_page
from sim.reporting.baseline_of import baseline_record
from sim.reporting.cautions import cautions
from sim.reporting.curves import curves, tenant_rows, tenants_csv, tenants_of_csv
from sim.reporting.day_bases import bases
from sim.reporting.files import plain, write_atomically, write_json
from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.kpis import Books, Value, compute
from sim.reporting.kpis_csv import kpis_csv
from sim.reporting.ledger_files import KeptLedger
from sim.reporting.recorder import Recorder
from sim.reporting.rents import TURNOVER_RENT_SOURCE
from sim.reporting.segments import Sums, segments_csv

RUN_SCHEMA_VERSION = 1
DECISIONS_KEPT = 500  # in run.json; a day has a review every five minutes


@dataclass(frozen=True)
class FinishedRun:
    """All that a finished run leaves behind, for the report to tell."""

    config: RunConfig
    compiled: CompiledPlan
    tallies: Tallies
    recorder: Recorder
    opens_us: int
    closes_us: int
    engine_s: float  # inside the crowd's kernels
    wall_s: float  # from start to now
    command: str = ""  # the command that makes the run again
    balances_fen: dict[str, int] = field(default_factory=dict)
    decisions: Sequence[Verdict] = ()
    station_offered_us: np.ndarray | None = None  # (T) server-microseconds on duty, where known
    sensed: dict[str, Value] = field(default_factory=dict)  # the KPIs of sensing, and more of the kind for the report
    sensed_curves: dict[str, Any] = field(default_factory=dict)  # what the report draws of it
    segments: Sums = field(default_factory=dict)  # how kinds of visitors fared (segments.py)
    policies: dict[str, Any] = field(default_factory=dict)  # what the policies did (sim/operations/policy_switches.py)
    points: dict[str, Any] = field(default_factory=dict)  # numbers and small tables of the ledger (points_books.py)
    ledger: KeptLedger | None = None  # None where it lives on
    continued_from: dict[str, str] = field(default_factory=dict)  # SHA-256 by name of the earlier run's files it began with


def finish(folder: Path, run: FinishedRun) -> dict[str, Value]:
    """Close the recorder, write every file of the run, the manifest last; return the KPIs."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    run.recorder.close()
    books = books_of(run)
    kpis = compute(books)
    day = plain({**curves(books), "sensing": {**run.sensed_curves, "identity": run.sensed}})
    manifest.write_config(folder, run.config)
    if run.ledger is not None and run.recorder.level != "none":
        run.ledger.write(folder)
    write_json(folder / "kpis.json", kpis)
    baseline = baseline_record(run.config, kpis, run.command)
    write_atomically(folder / "kpis.csv", kpis_csv(kpis, baseline))
    write_json(folder / "curves.json", day, indent=None)
    write_atomically(folder / "tenants.csv", tenants_csv(tenant_rows(books)))
    write_atomically(folder / "segments.csv", segments_csv(run.segments))
    facts = manifest.provenance(
        run.config, run.compiled.digest, run.recorder.events_content_sha256, int(kpis["footfall_visits"] or 0), run.engine_s, run.wall_s,
        run.continued_from,
    )  # fmt: skip
    pictures: list[dict[str, str]] = []
    if run.config.recording.report:
        from sim.reporting import pictures as made  # matplotlib is half a second that a run without a report need not wait for

        pictures = [picture.record() for picture in made.save(folder, day, run.compiled, run.opens_us, run.closes_us)]
    write_json(folder / "run.json", {**_run_record(run, books, kpis, day), "baseline": baseline, "pictures": pictures})
    if run.config.recording.replay:
        from sim.reporting.replay.make import REPLAY, make  # compiles kernels of its own, which other runs need not wait for

        make([folder], [run.compiled], folder / REPLAY)
    if run.config.recording.report:
        write_atomically(folder / "report.html", report_page.page(page_data(folder, facts)))
    manifest.write_manifest(folder, facts)
    return kpis


def books_of(run: FinishedRun) -> Books:
    """Return what the KPIs of a run are reckoned from, for sim.reporting.kpis.compute; nothing is written."""
    known = {name: value for name, value in run.sensed.items() if name in BY_NAME}
    return Books(
        run.config, run.compiled, run.recorder.sums, run.tallies, run.station_offered_us, known, run.points, run.policies
    )


def remake(folder: Path, language: str | None = None) -> Path:
    """Make report.html again from the files of a finished run, in the run's language unless another is named; return its path.

    Raises GalleriaError when the folder has no manifest: the run did not finish.
    """
    folder = Path(folder)
    if not (folder / "manifest.json").is_file():
        problem = Problem("manifest.json", "", "a finished run has one", "name the folder of a run that ended, or run it again")
        raise GalleriaError.of(folder, [problem])
    facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    facts.pop("files")
    write_atomically(folder / "report.html", report_page.page(page_data(folder, facts), language))
    manifest.write_manifest(folder, facts)
    return folder / "report.html"


def page_data(folder: Path, facts: dict[str, Any]) -> report_page.PageData:
    """Return what the page of a run's folder tells."""

    def read(name: str) -> Any:
        return json.loads((folder / name).read_text(encoding="utf-8"))

    run = read("run.json") | {"has_replay": (folder / "replay.html").is_file()}
    return report_page.PageData(
        kpis=read("kpis.json"),
        curves=read("curves.json"),
        run=run,
        provenance=facts,
        tenants=tenants_of_csv((folder / "tenants.csv").read_text(encoding="utf-8")),
        figures={picture["file"]: (folder / picture["file"]).read_text(encoding="utf-8") for picture in run["pictures"]},
    )


def _run_record(run: FinishedRun, books: Books, kpis: dict[str, Value], day: dict[str, Any]) -> dict[str, Any]:
    config, compiled, today = run.config, run.compiled, day_of(run.config)
    return {
        "schema": RUN_SCHEMA_VERSION,
        "name": config.name,
        "question": config.question,
        "expects": config.expects,
        "date": config.date,
        "calendar": {"visits_per_day": config.population.visits_per_day, "factor": today.factor, "luck": today.luck},
        "policies": list(config.policies),
        "mall": compiled.name,
        "levels": list(compiled.level_names),
        "tenants": len(compiled.unit_ids),
        "bays": int(compiled.arrays.parking_bays.sum()),
        "opens_us": run.opens_us,
        "closes_us": run.closes_us,
        "command": run.command,
        "recording": run.recorder.level,
        "language": config.recording.language,
        "events": run.recorder.events_rows,
        "counts": {counted.name.lower(): int(run.tallies.counts[counted]) for counted in Counted},
        "cautions": cautions(books, kpis, day),
        "turnover_rent_source": TURNOVER_RENT_SOURCE,
        "balances_fen": dict(sorted(run.balances_fen.items())),
        **({} if run.ledger is None else {"ledger": run.ledger.record()}),
        "decisions": [_decision(verdict) for verdict in run.decisions[:DECISIONS_KEPT]],
        "decisions_made": len(run.decisions),
        "bases": bases(books),
        "parameters": [_parameter(parameter) for parameter in parameters_of(config)],
    }


def _decision(verdict: Verdict) -> dict[str, Any]:
    return {
        "time_us": verdict.time_us,
        "decider": verdict.decider,
        "decision": type(verdict.decision).__name__,
        "what": dataclasses.asdict(verdict.decision),
        "refused_because": verdict.refused_because,
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    record = dataclasses.asdict(parameter)
    return {**record, "choices": list(parameter.choices), "changed": parameter.value != parameter.default}
