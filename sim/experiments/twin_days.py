"""One day of every arm with its events, under one seed, kept in the folder of a comparison: so that it can be told why a KPI moved."""

from __future__ import annotations

import dataclasses
import importlib
import json
import shutil
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from sim.config import RunConfig
from sim.errors import ConfigError, EngineError, Problem
from sim.experiments.engines import Runner
from sim.experiments.kept_runs import basis_of, folder_name
from sim.experiments.replicate import Arm, replication_config
from sim.experiments.why import explain, match
from sim.experiments.workers import Worker, cores, crew
from sim.paths import unknown_name
from sim.reporting.events_file import read_events
from sim.reporting.files import write_json
from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.manifest import config_sha256, read_finished
from sim.schema.network import is_network

TWINS_FOLDER = "twins"
TWINS_SCHEMA_VERSION = 1
REPLICATION = 1  # whose seed the days have


def refuse_untellable(kpi: str, arms: Sequence[Arm]) -> None:
    """Raise ConfigError for a KPI that there is not, and for arms whose runs keep no events or do not share their seed."""
    problems = [] if kpi in BY_NAME else [unknown_name("why", kpi, BY_NAME, "KPI", "`galleria list kpis`")]
    for arm, config in arms:
        if config.days > 1:
            problems.append(
                Problem(f"arm {arm!r}: days", str(config.days), "must be 1 for why=: several days keep no events", "add days=1")
            )
        if is_network(config.malls, config.network):
            rule = "must be 1 for why=: only the days of one mall are matched"
            problems.append(Problem(f"arm {arm!r}: malls", str(config.malls), rule, "leave malls and network out"))
        if config.seed != arms[0][1].seed:
            rule = "must be that of the baseline for why=: other visits come under another seed"
            problems.append(Problem(f"arm {arm!r}: seed", str(config.seed), rule, "give one seed for all arms"))
    if problems:
        raise ConfigError.of("the comparison", problems)


def why_of(kpi: str, arms: Sequence[Arm], out: Path, runner: Runner) -> list[dict[str, Any]]:
    """Return for each arm but the first why `kpi` differs on the day of replication 1; makes those days into `out`/twins that are not there.

    Raises EngineError where a day cannot be made.
    """
    folders = _make_days(arms, Path(out), runner)
    (baseline, _), *others = arms
    left, left_kpis = read_events(folders[baseline]), read_finished(folders[baseline], "kpis.json")
    found = []
    for arm, _ in others:
        kpis = left_kpis, read_finished(folders[arm], "kpis.json")
        told = explain(match(left, read_events(folders[arm])), kpi, kpis, (baseline, arm))
        found.append({"seed": _config(arms[0][1]).seed, "folder": folders[arm].relative_to(out).as_posix(), **told})
    return found


def _config(config: RunConfig) -> RunConfig:
    """Return the configuration of an arm's day: replication 1, with its events."""
    day = replication_config(config, REPLICATION)
    return dataclasses.replace(day, recording=dataclasses.replace(day.recording, events="visits"))


def _make_days(arms: Sequence[Arm], out: Path, runner: Runner) -> dict[str, Path]:
    basis = basis_of(runner.plan_digests)
    jobs = {out / TWINS_FOLDER / folder_name(arm): _config(config) for arm, config in arms}
    facts = {
        folder: {"schema": TWINS_SCHEMA_VERSION, "config_sha256": config_sha256(config), "basis_sha256": basis}
        for folder, config in jobs.items()
    }
    missing = {folder: config for folder, config in jobs.items() if not _is_made(folder, facts[folder])}
    failures = _run(missing, facts, runner)
    if failures:
        way_out = "the rest is kept: give the same command and --out again to try only this"
        raise EngineError.of(
            out, [Problem(folder.name, why, "the day for why= could not be made", way_out) for folder, why in failures]
        )
    return {arm: out / TWINS_FOLDER / folder_name(arm) for arm, _ in arms}


def _is_made(folder: Path, facts: Mapping[str, Any]) -> bool:
    """Say whether the folder holds the finished day; the note beside it is written when it is."""
    try:
        return bool(json.loads(_note(folder).read_text(encoding="utf-8")) == facts) and (folder / "kpis.json").is_file()
    except (OSError, ValueError):
        return False


def _note(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def _run(jobs: Mapping[Path, RunConfig], facts: Mapping[Path, Mapping[str, Any]], runner: Runner) -> list[tuple[Path, str]]:
    """Make the days side by side; return those that failed, with the reason."""
    failures = []
    with crew(min(runner.workers or cores(), len(jobs)), runner.preload) as (idle, _):
        waiting = deque(jobs)
        busy: dict[Future[str], tuple[Worker, Path]] = {}
        while waiting or busy:
            while waiting and idle:
                folder, worker = waiting.popleft(), idle.pop()
                busy[worker.submit(_live, runner.name, jobs[folder], folder)] = worker, folder
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                worker, folder = busy.pop(future)
                idle.append(worker)
                reason = _reason(future, worker)
                if reason:
                    failures.append((folder, reason))
                else:
                    write_json(_note(folder), dict(facts[folder]))
    return sorted(failures)


def _reason(future: Future[str], worker: Worker) -> str:
    try:
        return future.result()
    except BrokenProcessPool:
        return worker.bury()


def _live(runner: str, config: RunConfig, folder: Path) -> str:
    """Run one day into a folder of its own, in this process; return what went wrong."""
    module, _, name = runner.partition(":")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        getattr(importlib.import_module(module), name)(config, folder)
        return ""
    except BaseException as trouble:  # whatever it is, the other days go on
        return f"{type(trouble).__name__}: {trouble}".strip()
