"""The folder of a study of many runs: unfinished until its manifest stands, and taken up again by the same command."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import EngineError, Problem
from sim.experiments.engines import Runner
from sim.experiments.kept_runs import RUNS_FOLDER, UNFINISHED
from sim.experiments.replicate import Arm, Count, Failure, Replicated, Runs
from sim.reporting.files import plain
from sim.reporting.manifest import config_sha256, galleria_version, git_commit, package_versions, write_manifest


def can_go_on(folder: Path, result: str) -> bool:
    """Say whether a folder holds a study, finished (its file `result` stands) or not, that the same command would complete."""
    return (folder / RUNS_FOLDER).is_dir() and any((folder / name).exists() for name in (UNFINISHED, result))


@contextmanager
def study(folder: Path, kind: str, runner: Runner, facts: Mapping[str, Any]) -> Iterator[Runs]:
    """Give the runs of a study; on a clean exit its manifest is written, which vouches for every file."""
    started_s = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").unlink(missing_ok=True)
    (folder / UNFINISHED).write_text(f"{kind}\n", encoding="utf-8")
    with Runs(folder, runner) as runs:
        yield runs
    provenance = {
        "schema": 1,
        "kind": kind,
        "version": galleria_version(),
        **facts,
        "floorplans_sha256": dict(runner.plan_digests),
        "git_commit": git_commit(),
        "packages": package_versions(),
        "wall_s": round(time.perf_counter() - started_s, 3),
    }
    write_manifest(folder, plain(provenance))
    (folder / UNFINISHED).unlink(missing_ok=True)


def facts_of(arms: Sequence[Arm]) -> dict[str, Any]:
    """Return what a manifest says of the arms of a study."""
    config = arms[0][1]
    digests = {arm: config_sha256(each) for arm, each in arms}
    return {"scenario": config.name, "seed": config.seed, "config_sha256": config_sha256(config), "arms": digests}


def made(folder: Path, runs: Runs, wanted: Sequence[tuple[Arm, int]], count: Count | None) -> Replicated:
    """Return the wanted runs; raises EngineError (exit code 1), when all others are made and kept, for those that failed twice."""
    found = runs.make(wanted, count)
    if found.failures:
        raise EngineError.of(folder, [_problem(failure) for failure in found.failures])
    return found


def values_of(folder: Path, found: Replicated, kpi: str) -> dict[tuple[str, int], float]:
    """Return one KPI of each run; raises EngineError where a run does not know it."""
    values = {key: kpis.get(kpi) for key, kpis in found.kpis.items()}
    unknown = [f"{arm!r}, replication {number}" for (arm, number), value in values.items() if value is None]
    if unknown:
        rule = f"every run must know its value, and {len(unknown)} of {len(values)} do not: {'; '.join(unknown[:3])}"
        way_out = "`galleria explain " + kpi + "` says which runs know it; choose another KPI, or leave those arms out"
        raise EngineError.of(folder, [Problem(f"kpi {kpi}", "null", rule, way_out)])
    return {key: float(value) for key, value in values.items() if value is not None}


def _problem(failure: Failure) -> Problem:
    way_out = "the other runs are kept: give the same command and --out again to try only this one"
    place = f"arm {failure.arm!r}, replication {failure.replication}"
    return Problem(place, failure.reason, "the run failed twice", way_out)
