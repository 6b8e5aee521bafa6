"""KPI regression: runs scenarios on the seeds of their baselines and says what is identical, exact, within tolerance, or has moved."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.config import RunConfig
from sim.errors import ConfigError, EngineError, Problem
from sim.experiments import baselines, verdicts
from sim.experiments.baselines import Baseline, Made, Value, kpis_digest, made_by, rounded
from sim.experiments.engines import Key, Runner
from sim.experiments.event_print import EVENTS, compact, first_difference
from sim.experiments.kept_runs import UNFINISHED
from sim.experiments.replicate import Count, Runs, replication_config
from sim.experiments.verdicts import Judged
from sim.reporting.files import write_json
from sim.reporting.manifest import galleria_version, git_commit, package_versions, write_manifest

CHECK_SCHEMA_VERSION = 1
REPLICATIONS, RESERVE = 8, 8  # with eight pairs, a change of three times its own spread stands out among 1,500 KPIs
IDENTICAL, PASSES, MOVED, NOT_REPEATABLE = "identical", "passes", "moved", "not repeatable"


@dataclass(frozen=True, eq=False)
class Case:
    """A scenario to be held against its baseline; of one that has none yet, only to be run."""

    name: str
    path: Path  # of the scenario
    config: RunConfig
    overrides: tuple[str, ...] = ()  # that a baseline written anew keeps
    baseline: Baseline | None = None


@dataclass(frozen=True)
class Outcome:
    """What the runs of a case gave, in the order of the replications."""

    kpis: list[dict[str, Any]]
    prints: list[dict[str, Any] | None]

    def values(self, name: str) -> list[Value]:
        """Return one KPI as a baseline keeps it."""
        return [rounded(each.get(name)) for each in self.kpis]


def check(
    cases: Sequence[Case], out: Path, runner: Runner, count: Count | None = None, *, is_strict: bool = False
) -> dict[str, Any]:
    """Hold scenarios against their baselines, running what `out` does not hold yet; write check.json there and return it.

    `passed` is False where a KPI has moved or is gone, where the same code gave other numbers, and, if `is_strict`, where a KPI is
    undecided. Under a change that moves no KPI's mean it is False once in 400 times at most (verdicts.FALSE_ALARM_RATE), as far as t
    tests hold; where code and versions are the same, never. Raises ConfigError where seeds are not those of a baseline.
    """
    started_s = time.perf_counter()
    _refuse_other_seeds(cases)
    _begin(out)
    known = {case.name: case.baseline for case in cases if case.baseline is not None}
    with Runs(out, runner) as runs:
        first = _outcomes(runs, {case: range(1, known[case.name].first + 1) for case in cases}, out, count)
        judged = verdicts.seem_moved(
            {(case.name, each.name): each for case in cases for each in _judged(known[case.name], first[case.name], 0)}
        )
        doubtful = {key: each for key, each in judged.items() if each.verdict == verdicts.MOVED and each.p_value is not None}
        again = [case for case in cases if any(name == case.name for name, _ in doubtful)]
        numbers = {case: range(known[case.name].first + 1, len(known[case.name].seeds) + 1) for case in again}
        fresh = _outcomes(runs, numbers, out, count) if again else {}
    told = {
        (case.name, each.name): each
        for case in again
        for each in _judged(known[case.name], fresh[case.name], known[case.name].first)
    }
    judged |= verdicts.confirmed(doubtful, {key: told[key] for key in doubtful})
    scenarios = [
        _scenario(case, known[case.name], made_by(case.config, runner), first[case.name], judged, case.name in fresh)
        for case in cases
    ]
    bad = {verdicts.MOVED, verdicts.GONE, *([verdicts.UNDECIDED] if is_strict else [])}
    failed = [each for each in scenarios if each["verdict"] == NOT_REPEATABLE or bad & each["counts"].keys()]
    found = {
        "schema": CHECK_SCHEMA_VERSION,
        "passed": not failed,
        "tested": sum(1 for each in judged.values() if each.p_value is not None),
        "false_alarm_rate": verdicts.FALSE_ALARM_RATE,
        "scenarios": scenarios,
    }
    _end(out, "check.json", found, time.perf_counter() - started_s)
    return found


def update(
    cases: Sequence[Case], sizes: tuple[int, int] | None, reason: str, out: Path, runner: Runner, count: Count | None = None
) -> dict[str, Any]:
    """Run scenarios anew and write what they give as their baselines; return which have changed, and which of their KPIs moved.

    `sizes` are replications and reserve; None keeps those of each baseline, and takes the usual ones for a first.
    """
    started_s = time.perf_counter()
    _begin(out)
    known = {case.name: sizes or _sizes_of(case.baseline) for case in cases}
    with Runs(out, runner) as runs:
        found = _outcomes(runs, {case: range(1, sum(known[case.name]) + 1) for case in cases}, out, count)
    records = []
    for case in cases:
        after = _baseline(case, known[case.name][1], reason, made_by(case.config, runner), found[case.name])
        before, path = case.baseline, baselines.path_beside(case.path)
        baselines.write_baseline(path, after)
        is_changed = before is not None and (before.kpis_sha256, before.events_sha256) != (
            after.kpis_sha256,
            after.events_sha256,
        )
        moved = _moved_since(before, after, found[case.name]) if before is not None and is_changed else []
        records.append(
            {"name": case.name, "file": str(path), "is_new": before is None, "is_changed": is_changed, "moved": moved}
        )
    result = {"schema": CHECK_SCHEMA_VERSION, "reason": reason, "baselines": records}
    _end(out, "update.json", result, time.perf_counter() - started_s)
    return result


def _sizes_of(baseline: Baseline | None) -> tuple[int, int]:
    return (baseline.first, baseline.reserve) if baseline else (REPLICATIONS, RESERVE)


def _judged(baseline: Baseline, outcome: Outcome, start: int) -> list[Judged]:
    """Return what is to be said of each KPI, from the pair at `start` on."""
    now = {name for kpis in outcome.kpis for name in kpis}
    found = []
    for name, values in baseline.kpis.items():
        then = values[start : start + len(outcome.kpis)]
        if name in now:
            found.append(verdicts.judge(name, then, outcome.values(name), baseline.margins))
        else:
            found.append(Judged(name, verdicts.GONE, note="no run has it any more; a KPI does not change its name silently"))
    return found + [
        Judged(name, verdicts.NEW, note="the baseline does not know it") for name in sorted(now - baseline.kpis.keys())
    ]


def _scenario(
    case: Case, baseline: Baseline, made: Made, outcome: Outcome, judged: Mapping[Any, Judged], is_confirmed: bool
) -> dict[str, Any]:
    own = [each for (scenario, _), each in judged.items() if scenario == case.name]
    digests = [kpis_digest(kpis) for kpis in outcome.kpis], [each["sha256"] for each in outcome.prints if each]
    kept = list(baseline.kpis_sha256[: baseline.first]), list(baseline.events_sha256[: baseline.first])
    differs = baselines.differences(baseline.made, made)
    if digests == kept:
        own = [
            Judged(each.name, verdicts.IDENTICAL, 1.0, each.baseline_mean, each.now_mean, 0.0, pairs=each.pairs) for each in own
        ]
        verdict = IDENTICAL
    elif not differs:
        verdict = NOT_REPEATABLE
    else:
        verdict = MOVED if any(each.verdict in (verdicts.MOVED, verdicts.GONE) for each in own) else PASSES
    counts = {each: sum(1 for one in own if one.verdict == each) for each in verdicts.VERDICTS}
    return {
        "name": case.name,
        "file": str(case.path),
        "verdict": verdict,
        "overrides": list(baseline.overrides),
        "replications": baseline.first,
        "is_confirmed_on_fresh_seeds": is_confirmed,
        "differs": differs if digests != kept else [],
        "counts": {name: number for name, number in counts.items() if number},
        "first_difference": _first_difference(baseline, outcome) if digests[1] != kept[1] else None,
        "kpis": [each.record() for each in verdicts.worst_first(own)],
    }


def _first_difference(baseline: Baseline, outcome: Outcome) -> dict[str, Any]:
    """Return the first event that differs, in the first replication whose events do."""
    for number, (then, now) in enumerate(zip(baseline.events_sha256, outcome.prints), start=1):
        if now is None or then != now["sha256"]:
            found = first_difference(baseline.events, now) if number == 1 and baseline.events and now else None
            return {"replication": number, "seed": baseline.seeds[number - 1], **(found or {"event": None})}
    return {"replication": 1, "seed": baseline.seeds[0], "event": None}


def _moved_since(before: Baseline, after: Baseline, outcome: Outcome) -> list[dict[str, Any]]:
    """Return the KPIs that have moved between two baselines of the same seeds, by one stage; none where the seeds are others."""
    if before.seeds != after.seeds:
        return []
    judged = verdicts.seem_moved({each.name: each for each in _judged(before, outcome, 0)})
    bad = [each for each in judged.values() if each.verdict in (verdicts.MOVED, verdicts.GONE)]
    return [each.record() for each in verdicts.worst_first(bad)]


def _baseline(case: Case, reserve: int, reason: str, made: Made, outcome: Outcome) -> Baseline:
    names = sorted({name for kpis in outcome.kpis for name in kpis})
    prints = [each for each in outcome.prints if each is not None]
    return Baseline(
        case.name, case.overrides, reason, made,
        tuple(replication_config(case.config, number).seed for number in range(1, len(outcome.kpis) + 1)), reserve,
        tuple(kpis_digest(kpis) for kpis in outcome.kpis), tuple(each["sha256"] for each in prints),
        {name: tuple(outcome.values(name)) for name in names}, compact(prints[0]) if prints else None,
        {name: margin for name, margin in (case.baseline.margins if case.baseline else {}).items() if name in names},
    )  # fmt: skip


def _outcomes(runs: Runs, wanted: Mapping[Case, Sequence[int]], out: Path, count: Count | None) -> dict[str, Outcome]:
    """Run and return by case; raises EngineError (exit code 1) for runs that failed twice, when all others are made."""
    keys: list[Key] = [(case.name, number) for case, numbers in wanted.items() for number in numbers]
    made = runs.make([((case.name, case.config), number) for case, numbers in wanted.items() for number in numbers], count)
    if made.failures:
        way_out = f"run it alone to see why; the same command with --out {out} makes only what is missing"
        raise EngineError.of(
            out,
            [
                Problem(f"{each.arm}, replication {each.replication}", each.reason, "the run must end", way_out)
                for each in made.failures
            ],
        )
    found: dict[str, Outcome] = {case.name: Outcome([], []) for case in wanted}
    for key in keys:
        kpis = dict(made.kpis[key])
        found[key[0]].prints.append(kpis.pop(EVENTS, None))
        found[key[0]].kpis.append(kpis)
    return found


def _refuse_other_seeds(cases: Sequence[Case]) -> None:
    """Refuse scenarios whose seed is not that of their baseline: then nothing pairs."""
    problems = []
    for case in cases:
        if case.baseline is None or replication_config(case.config, 1).seed != case.baseline.seeds[0]:
            way_out = f"set the seed back, or galleria check {case.name} --update --reason '...'"
            problems.append(
                Problem(case.name, f"seed={case.config.seed}", "must have the seed of its baseline, or no runs pair", way_out)
            )
    if problems:
        raise ConfigError.of("galleria check", problems)


def _begin(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "manifest.json").unlink(missing_ok=True)
    (out / UNFINISHED).write_text("check\n", encoding="utf-8")


def _end(out: Path, name: str, found: dict[str, Any], wall_s: float) -> None:
    write_json(out / name, found)
    facts = {"schema": CHECK_SCHEMA_VERSION, "version": galleria_version(), "git_commit": git_commit()}
    write_manifest(out, {**facts, "packages": package_versions(), "wall_s": round(wall_s, 3)})
    (out / UNFINISHED).unlink(missing_ok=True)
