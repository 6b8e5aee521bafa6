"""Compares arms with a baseline, pair by pair under common random numbers, and says what differs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import ConfigError, EngineError, Problem
from sim.experiments.benefit import benefits_of
from sim.experiments.comparison_facts import facts_for_page, unlike_the_baseline
from sim.experiments.effects import effects_of
from sim.experiments.engines import Runner
from sim.experiments.kept_runs import UNFINISHED
from sim.experiments.losers import losers_of
from sim.experiments.paired import CONFIDENCE, UNKNOWN, Paired, compared, holm, verdict_of
from sim.experiments.precision import REPLICATIONS_MAX, RULE, Target, precision_of, stage_problems, targets_of
from sim.experiments.replicate import Arm, Count, Replicated, Runs, replication_config
from sim.experiments.summary import false_alarms_of, savings_of
from sim.experiments.twin_days import refuse_untellable, why_of
from sim.experiments.why_words import lines_of
from sim.reporting import comparison_files
from sim.reporting.comparison_table import write_comparison_table
from sim.reporting.files import write_json
from sim.reporting.kpi_catalogue import BY_NAME, KPIS
from sim.reporting.manifest import config_sha256, galleria_version, git_commit, package_versions, read_finished, write_manifest

COMPARISON_SCHEMA_VERSION = 1
ONE_PAIR = "one run each: a difference may be chance, and one pair gives no interval"


def compare(
    arms: Sequence[Arm],
    out: Path,
    replications: int,
    runner: Runner,
    count: Count | None = None,
    until: str = "",
    max_replications: int = REPLICATIONS_MAX,
    command: str = "",
    why: str = "",
) -> dict[str, Any]:
    """Run every arm `replications` times into `out`, compare each with the first, and write comparison.json and comparison.parquet.

    With `until` ("sales_fen<=1%", see precision.py) these are a first stage, and more follow, up to `max_replications`, until the
    half-widths are as wanted. `command` is what the page quotes for making it again. A second call with the same arms and folder makes only the runs that are missing. Raises ConfigError
    for arms that cannot be compared, and EngineError (exit code 1), when all others are made, for runs that failed twice.
    """
    started_s = time.perf_counter()
    out = Path(out)
    targets = targets_of(until)
    _refuse_bad_arms(arms, replications, stage_problems(replications, max_replications) if targets else [])
    if why:
        refuse_untellable(why, arms)
    out.mkdir(parents=True, exist_ok=True)
    (out / "manifest.json").unlink(missing_ok=True)  # unfinished again, should more replications be wanted now
    (out / UNFINISHED).write_text("comparison\n", encoding="utf-8")
    with Runs(out, runner) as made:
        runs, done = _until_precise(arms, made, replications, targets, max_replications, count)
    numbers = range(1, done + 1)
    found = comparison_of(arms, numbers, runs, replications if targets else None)
    if targets:
        records = precision_of([arm for arm, _ in arms], runs.kpis, done, replications, targets)
        found["precision"] = {
            "rule": RULE,
            "first_stage": replications,
            "max_replications": max_replications,
            "targets": records,
        }
    if why:
        found["why"] = [{**told, "words": lines_of(told)} for told in why_of(why, arms, out, runner)]
    found |= facts_for_page(arms, numbers, runs.parts, found, out)
    write_json(out / "comparison.json", found)
    seeds = {(arm, number): replication_config(config, number).seed for arm, config in arms for number in numbers}
    write_comparison_table(out, seeds, runs.kpis)
    provenance = _provenance(arms, done, runner, time.perf_counter() - started_s) | ({"command": command} if command else {})
    comparison_files.write(out, found, provenance)
    write_manifest(out, provenance)
    (out / UNFINISHED).unlink(missing_ok=True)
    return found


def _until_precise(
    arms: Sequence[Arm], made: Runs, first: int, targets: Sequence[Target], most: int, count: Count | None
) -> tuple[Replicated, int]:
    """Return the runs of the first stage and of as many more replications as the targets ask for, and how many that is."""
    done = first
    while True:
        runs = made.make([(arm, number) for number in range(1, done + 1) for arm in arms], count)
        if runs.failures:
            raise EngineError.of(made.folder, [_problem(each.arm, each.replication, each.reason) for each in runs.failures])
        records = precision_of([arm for arm, _ in arms], runs.kpis, done, first, targets)
        wanted = min(max([done, *(record["replications_needed"] or done for record in records)]), most)
        if wanted == done:
            return runs, done
        done = wanted


def comparison_of(
    arms: Sequence[Arm], replications: Sequence[int], runs: Replicated, first: int | None = None
) -> dict[str, Any]:
    """Return what the runs say: one entry per arm but the first and KPI, in the catalogue's order.

    `first` is the size of the first stage where the number of replications was chosen by what the runs say (precision.py).
    """
    (baseline, config), *others = arms
    names = _kpi_names(runs)
    found = {
        (name, arm): compared(
            [(runs.kpis[baseline, number].get(name), runs.kpis[arm, number].get(name)) for number in replications], first
        )
        for name in names
        for arm, _ in others
    }
    results = {key: result for key, (_, result) in found.items()}
    tested = [(key, result.p_value) for key, result in results.items() if result is not None and result.p_value is not None]
    adjusted = dict(zip([key for key, _ in tested], holm([p_value for _, p_value in tested]), strict=True))
    effects = effects_of([arm for arm, _ in arms], runs.parts, replications, first)
    return {
        "schema": COMPARISON_SCHEMA_VERSION,
        "scenario": config.name,
        "baseline": baseline,
        "replications": len(replications),
        "confidence": CONFIDENCE,
        "false_alarms": false_alarms_of(len(tested), len(effects)),
        "arms": [
            {"name": arm, "scenario": each.name, "seed": each.seed, "config_sha256": config_sha256(each)} for arm, each in arms
        ],
        "seeds": [replication_config(config, number).seed for number in replications],
        "cautions": _cautions(arms),
        "kpis": [_entry(*key, pairs, result, adjusted.get(key)) for key, (pairs, result) in found.items()],
        "common_draws": savings_of([arm for arm, _ in others], results),
        "effects": effects,
        "benefits": benefits_of(arms, runs.kpis, replications),
        "losers": losers_of([arm for arm, _ in arms], runs.parts, replications, first),
        "not_simulated": [kpi.name for kpi in KPIS if not kpi.is_known],
    }


def compare_runs(first: Path, second: Path) -> dict[str, Any]:
    """Compare two finished runs, second - first: one pair, so that there is no interval, no p-value and no verdict.

    Raises GalleriaError for a folder that is no finished run or whose kpis.json is not the one its manifest vouches for.
    """
    left, right = (_finished(Path(folder)) for folder in (first, second))
    names = [name for name in left["kpis"] if name in right["kpis"]]
    found = {name: compared([(left["kpis"][name], right["kpis"][name])]) for name in names if _is_simulated(name)}
    cautions = [ONE_PAIR]
    for fact, words in (("seed", "seeds"), ("floorplan_sha256", "floor plans"), ("git_commit", "versions of the code")):
        if left["manifest"].get(fact) != right["manifest"].get(fact):
            cautions.append(f"the two runs have different {words}")
    return {
        "schema": COMPARISON_SCHEMA_VERSION,
        "scenario": left["name"],
        "baseline": str(first),
        "replications": 1,
        "confidence": None,
        "cautions": cautions,
        "kpis": [_entry(name, str(second), pairs, result, None) for name, (pairs, result) in found.items()],
    }


def _finished(folder: Path) -> dict[str, Any]:
    kpis = read_finished(folder, "kpis.json")
    name = read_finished(folder, "run.json").get("name", folder.name)
    return {"kpis": kpis, "manifest": read_finished(folder, "manifest.json"), "name": name}


def _entry(name: str, arm: str, pairs: int, result: Paired | None, p_adjusted: float | None) -> dict[str, Any]:
    kpi = BY_NAME.get(name)
    return {
        "name": name,
        "unit": kpi.unit if kpi else "",
        "arm": arm,
        "baseline_mean": result.baseline_mean if result else None,
        "arm_mean": result.arm_mean if result else None,
        "difference_mean": result.difference_mean if result else None,
        "ci_low": result.ci_low if result else None,
        "ci_high": result.ci_high if result else None,
        "p_adjusted": p_adjusted,
        "verdict": verdict_of(result.difference_mean, p_adjusted) if result else UNKNOWN,
        "better": kpi.direction if kpi else "neither",
        "p_value": result.p_value if result else None,
        "pairs": pairs,
        "variance_reduction": result.variance_reduction if result else None,
    }


def _kpi_names(runs: Replicated) -> list[str]:
    """Return the KPIs of the runs in the catalogue's order, without those that no run can know."""
    present = {name: None for kpis in runs.kpis.values() for name in kpis if _is_simulated(name)}
    return [*(name for name in BY_NAME if name in present), *(name for name in present if name not in BY_NAME)]


def _is_simulated(name: str) -> bool:
    return name not in BY_NAME or BY_NAME[name].is_known


def _cautions(arms: Sequence[Arm]) -> list[str]:
    (_, config), *others = arms
    return [
        f"arm {arm!r} has a seed of its own: its days are not those of the baseline"
        for arm, each in others
        if each.seed != config.seed
    ] + unlike_the_baseline(arms)


def _refuse_bad_arms(arms: Sequence[Arm], replications: int, others: list[Problem]) -> None:
    names = [arm for arm, _ in arms]
    problems = list(others)
    if len(names) < 2:
        problems.append(
            Problem("arms", str(len(names)), "two or more are wanted", "name a baseline and what to compare with it")
        )
    if len(set(names)) < len(names):
        problems.append(Problem("arms", ", ".join(names), "each must have a name of its own", "rename one"))
    if replications < 2 and not others:
        problems.append(Problem("replications", str(replications), "an interval needs at least 2", "20 is a good start"))
    if problems:
        raise ConfigError.of("the comparison", problems)


def _problem(arm: str, replication: int, reason: str) -> Problem:
    way_out = "the other runs are kept: give the same command and --out again to try only this one"
    return Problem(f"arm {arm!r}, replication {replication}", reason, "the run failed twice", way_out)


def _provenance(arms: Sequence[Arm], replications: int, runner: Runner, wall_s: float) -> dict[str, Any]:
    config = arms[0][1]
    return {
        "schema": COMPARISON_SCHEMA_VERSION,
        "kind": "comparison",
        "version": galleria_version(),
        "seed": config.seed,
        "config_sha256": config_sha256(config),
        "floorplan_sha256": runner.plan_digests.get(config.floorplan),
        "arms": {arm: config_sha256(each) for arm, each in arms},
        "replications": replications,
        "git_commit": git_commit(),
        "packages": package_versions(),
        "wall_s": round(wall_s, 3),
    }
