"""Makes the runs of a sweep that its folder lacks, and writes one table of all of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.errors import ConfigError, EngineError, Problem
from sim.experiments.engines import Runner
from sim.experiments.kept_runs import UNFINISHED, KeptRuns
from sim.experiments.replicate import Failure, Replicated, Runs
from sim.experiments.sweep_plan import SweepPlan
from sim.reporting.files import write_json
from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.manifest import config_sha256, galleria_version, git_commit, package_versions, write_manifest
from sim.reporting.sweep_files import write_parts, write_runs

SWEEP_SCHEMA_VERSION = 1
SWEEP_FILE = "sweep.json"
FAILURES_SHOWN = 20
Count = Callable[[int, int], None]


def sweep(plan: SweepPlan, out: Path, runner: Runner, count: Count | None = None) -> dict[str, Any]:
    """Make the runs that `out` does not hold yet, write runs.parquet, parts.parquet and sweep.json, and return what the last says.

    Its bytes and those of the tables depend neither on workers, engine and order, nor on how often it was stopped and begun again. Raises
    EngineError (exit code 1), when all others are made and written, for runs that failed twice; the folder then counts as unfinished.
    """
    started_s = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    (out / "manifest.json").unlink(missing_ok=True)
    (out / UNFINISHED).write_text("sweep\n", encoding="utf-8")
    write_json(out / SWEEP_FILE, _facts(plan, ()))  # from which an interrupted sweep is known
    kept = KeptRuns(out, "")
    for scenario in plan.axes["scenario"]:
        kept.keep_config(scenario, next(run.config for run in plan.runs if run.scenario == scenario))
    with Runs(out, runner) as runs:
        made = runs.make_as_they_are({run.key: run.config for run in plan.runs}, count)
    _write_tables(plan, made, out)
    facts = _facts(plan, made.failures)
    write_json(out / SWEEP_FILE, facts)
    if made.failures:
        raise EngineError.of(out, _problems(plan, made.failures))
    write_manifest(out, _provenance(plan, runner, time.perf_counter() - started_s))
    (out / UNFINISHED).unlink(missing_ok=True)
    return facts


def words_of(folder: Path) -> tuple[str, list[str]]:
    """Return the scenarios and overrides of the sweep that a folder holds, finished or not; raises ConfigError where it holds none."""
    try:
        found = json.loads((folder / SWEEP_FILE).read_text(encoding="utf-8"))
        return str(found["scenarios"]), [str(word) for word in found["overrides"]]
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        reason = "no such file" if isinstance(trouble, FileNotFoundError) else f"{type(trouble).__name__}: {trouble}"
        problem = Problem(
            SWEEP_FILE, reason, "a folder of a sweep has one", "begin it: galleria sweep SCENARIO key=a,b --out DIR"
        )
        raise ConfigError.of(folder, [problem]) from None


def holds_sweep(folder: Path) -> bool:
    """Say whether a folder holds a sweep, finished or not, that another would complete or extend rather than spoil."""
    return (folder / SWEEP_FILE).is_file()


def _write_tables(plan: SweepPlan, made: Replicated, out: Path) -> None:
    reasons = {(failure.arm, failure.replication): failure.reason for failure in made.failures}
    names = {name: None for run in plan.runs for name in made.kpis.get(run.key, ())}
    kpis = [*(name for name in BY_NAME if name in names), *(name for name in names if name not in BY_NAME)]
    columns: dict[str, list[Any]] = {
        "run": [run.number for run in plan.runs],
        "scenario": [run.scenario for run in plan.runs],
        "seed": [run.config.seed for run in plan.runs],
        **{key: [run.values[key] for run in plan.runs] for key in plan.axes if key not in ("scenario", "seed")},
        "config_sha256": [config_sha256(run.config) for run in plan.runs],
        "failure": [reasons.get(run.key) for run in plan.runs],
    }
    columns |= {name: [made.kpis.get(run.key, {}).get(name) for run in plan.runs] for name in kpis}
    write_runs(out / "runs.parquet", columns, texts=("scenario", "config_sha256", "failure"))
    parts = [(run.number, made.parts.get(run.key, {})) for run in plan.runs]
    rows = [
        (number, kind, name, value) for number, kinds in parts for kind, each in kinds.items() for name, value in each.items()
    ]
    write_parts(out / "parts.parquet", rows)


def _facts(plan: SweepPlan, failures: tuple[Failure, ...]) -> dict[str, Any]:
    return {
        "schema": SWEEP_SCHEMA_VERSION,
        "scenarios": plan.scenarios,
        "overrides": list(plan.words),
        "axes": {key: list(values) for key, values in plan.axes.items()},
        "runs": len(plan.runs),
        "failures": [{"run": failure.arm, "seed": failure.replication, "reason": failure.reason} for failure in failures],
    }


def _problems(plan: SweepPlan, failures: tuple[Failure, ...]) -> list[Problem]:
    way_out = "the other runs are kept and in runs.parquet; give the same command and --out again to try only what failed"
    found = [
        Problem(f"{failure.arm} seed={failure.replication}", failure.reason, "the run failed twice", way_out)
        for failure in failures[:FAILURES_SHOWN]
    ]
    if len(failures) > FAILURES_SHOWN:
        found.append(Problem(SWEEP_FILE, "", f"{len(failures)} of {len(plan.runs)} runs failed", "it lists them all"))
    return found


def _provenance(plan: SweepPlan, runner: Runner, wall_s: float) -> dict[str, Any]:
    return {
        "schema": SWEEP_SCHEMA_VERSION,
        "kind": "sweep",
        "version": galleria_version(),
        "seed": plan.runs[0].config.seed,
        "config_sha256": config_sha256(plan.runs[0].config),
        "floorplan_sha256": dict(runner.plan_digests),
        "engine": runner.engine,
        "runs": len(plan.runs),
        "git_commit": git_commit(),
        "packages": package_versions(),
        "wall_s": round(wall_s, 3),
    }
