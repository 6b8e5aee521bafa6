"""One whole search in its folder: search, verdict on fresh seeds, what was tried, the winner as a scenario; goes on where it stopped."""

from __future__ import annotations

import csv
import dataclasses
import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.config import RunConfig
from sim.experiments.engines import Runner
from sim.experiments.kept_runs import UNFINISHED
from sim.experiments.optimise.access_points import search_access_points
from sim.experiments.optimise.changes import Change, changed, described, moved_by
from sim.experiments.optimise.continuous import count_of_settings, search_parameters
from sim.experiments.optimise.layout_search import Found, search_layout, stages_of
from sim.experiments.optimise.space import ACCESS_POINTS, PARAMETERS, Search, with_parameters
from sim.experiments.optimise.trials import Trials
from sim.experiments.optimise.verdict import judge, nothing_found
from sim.experiments.replicate import Count, Runs
from sim.plan_arrays import CompiledPlan
from sim.reporting.files import write_atomically, write_json
from sim.reporting.manifest import config_sha256, galleria_version, git_commit, package_versions, write_manifest

SCHEMA_VERSION = 1
DEFAULT_BUDGET = 150


@dataclass(frozen=True)
class Runners:
    """How the runs of a search are made, and those of its verdict."""

    search: Runner
    verdict: Runner


@dataclass(frozen=True)
class Optimised:
    """What a search has found."""

    record: dict[str, Any]  # as optimise.json has it
    winner: RunConfig | None  # None where nothing better was found
    changes: tuple[Change, ...] = ()
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def optimise(
    config: RunConfig,
    search: Search,
    compiled: CompiledPlan,
    out: Path,
    budget: int,
    runners: Runners,
    count: Count | None = None,
) -> Optimised:
    """Search within a budget of runs, judge the winner on fresh seeds, and write optimise.json and trials.csv into `out`.

    The files depend on configuration, search and budget alone: workers, interruptions and the clock change no byte of them. A call with
    the folder of an earlier one makes only the runs that are missing. The caller writes what else belongs there, and `finish` closes it.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "manifest.json").unlink(missing_ok=True)
    (out / UNFINISHED).write_text("search\n", encoding="utf-8")
    tried: dict[str, Any]
    values: Mapping[str, Any] = {}
    with Runs(out, runners.search) as runs:
        trials = Trials(lambda wanted: runs.make(wanted, count), search.objective, search.sign)
        if search.what == PARAMETERS:
            settings = search_parameters(trials, config, search, count_of_settings(budget, search))
            found = Found(estimate=settings.estimate)
            tried = {"settings": settings.trials}
            winner = with_parameters(config, settings.values) if settings.values else None
            values = settings.values
        else:
            stages = stages_of(budget, search.fresh_pairs)
            look = search_access_points if search.what == ACCESS_POINTS else search_layout
            found = look(trials, config, search, compiled, stages)
            tried = {"stages": dataclasses.asdict(stages), "rounds": found.rounds}
            winner = changed(config, found.changes) if found.changes else None
    verdict, comparison = nothing_found(), None
    if winner is not None:
        with Runs(out, runners.verdict) as runs:
            fresh = dataclasses.replace(trials, make=lambda wanted: runs.make(wanted, count))
            verdict, comparison = judge(fresh, config, winner, search.fresh_pairs, found.estimate, moved_by(found.changes))
    record = {
        "schema": SCHEMA_VERSION, "scenario": config.name, "search": dataclasses.asdict(search), "seed": config.seed,
        "config_sha256": config_sha256(config), "budget_runs": budget, "runs": trials.runs, "verdict": verdict,
        "changes": [described(change) for change in sorted(found.changes, key=lambda change: change.name)], "values": dict(values),
        "tried": tried, "comparison": comparison,
    }  # fmt: skip
    write_json(out / "optimise.json", record)
    write_atomically(out / "trials.csv", _as_csv(trials.rows))
    return Optimised(record, winner, found.changes, values)


def finish(out: Path, config: RunConfig, runner: Runner, started_s: float) -> None:
    """Write the manifest: the folder of a search is whole."""
    facts = {
        "schema": SCHEMA_VERSION, "kind": "search", "version": galleria_version(), "seed": config.seed,
        "config_sha256": config_sha256(config), "floorplan_sha256": runner.plan_digests.get(config.floorplan),
        "git_commit": git_commit(), "packages": package_versions(), "wall_s": round(time.perf_counter() - started_s, 3),
    }  # fmt: skip
    write_manifest(out, facts)
    (out / UNFINISHED).unlink(missing_ok=True)


def can_continue(folder: Path) -> bool:
    """Say whether a folder holds a search, finished or not, that the same command would complete rather than spoil."""
    if (folder / "optimise.json").is_file():
        return True
    try:
        return (folder / UNFINISHED).read_text(encoding="utf-8") == "search\n"
    except OSError:
        return False


def _as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, ("stage", "arm", "replication", "seed", "value"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
