"""Compares arms with a baseline, pair by pair under common random numbers, and says what differs."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import ConfigError, EngineError, Problem
from sim.experiments.benefit import benefits_of
from sim.experiments.engines import Runner
from sim.experiments.kept_runs import UNFINISHED
from sim.experiments.losers import losers_of
from sim.experiments.paired import CONFIDENCE, Paired, holm, paired_difference
from sim.experiments.replicate import Arm, Count, Replicated, replicate, replication_config
from sim.experiments.twin_days import refuse_untellable, why_of
from sim.reporting.files import write_json
from sim.reporting.kpi_catalogue import BY_NAME, KPIS
from sim.reporting.manifest import config_sha256, galleria_version, git_commit, package_versions, read_finished, write_manifest

COMPARISON_SCHEMA_VERSION = 1
KNOWN_SHARE_MIN = 0.8  # a KPI that is null in more than a fifth of the pairs is not compared: the rest is no fair sample
HIGHER, LOWER, NO_DIFFERENCE, UNKNOWN = "higher", "lower", "no difference seen", "unknown"
ONE_PAIR = "one run each: a difference may be chance, and one pair gives no interval"


def compare(
    arms: Sequence[Arm], out: Path, replications: int, runner: Runner, count: Count | None = None, why: str = ""
) -> dict[str, Any]:
    """Run every arm `replications` times into `out`, compare each with the first, and write comparison.json.

    A second call with the same arms and folder makes only the runs that are missing. Raises ConfigError for arms that cannot be
    compared, and EngineError (exit code 1), when all others are made, for runs that failed twice.
    """
    started_s = time.perf_counter()
    out = Path(out)
    _refuse_bad_arms(arms, replications)
    if why:
        refuse_untellable(why, arms)
    out.mkdir(parents=True, exist_ok=True)
    (out / "manifest.json").unlink(missing_ok=True)  # unfinished again, should more replications be wanted now
    (out / UNFINISHED).write_text("comparison\n", encoding="utf-8")
    numbers = range(1, replications + 1)
    runs = replicate(arms, numbers, out, runner, count)
    if runs.failures:
        raise EngineError.of(out, [_problem(failure.arm, failure.replication, failure.reason) for failure in runs.failures])
    found = comparison_of(arms, numbers, runs)
    if why:
        found["why"] = why_of(why, arms, out, runner)
    write_json(out / "comparison.json", found)
    write_manifest(out, _provenance(arms, replications, runner, time.perf_counter() - started_s))
    (out / UNFINISHED).unlink(missing_ok=True)
    return found


def comparison_of(arms: Sequence[Arm], replications: Sequence[int], runs: Replicated) -> dict[str, Any]:
    """Return what the runs say: one entry per arm but the first and KPI, in the catalogue's order."""
    (baseline, config), *others = arms
    names = _kpi_names(runs)
    pairs = {
        (name, arm): _pairs(
            [(runs.kpis[baseline, number].get(name), runs.kpis[arm, number].get(name)) for number in replications]
        )
        for name in names
        for arm, _ in others
    }
    results = {
        key: paired_difference(*zip(*known, strict=True)) if _is_enough(len(known), len(replications)) else None
        for key, known in pairs.items()
    }
    tested = [(key, result.p_value) for key, result in results.items() if result is not None and result.p_value is not None]
    adjusted = dict(zip([key for key, _ in tested], holm([p_value for _, p_value in tested]), strict=True))
    return {
        "schema": COMPARISON_SCHEMA_VERSION,
        "scenario": config.name,
        "baseline": baseline,
        "replications": len(replications),
        "confidence": CONFIDENCE,
        "arms": [
            {"name": arm, "scenario": each.name, "seed": each.seed, "config_sha256": config_sha256(each)} for arm, each in arms
        ],
        "seeds": [replication_config(config, number).seed for number in replications],
        "cautions": _cautions(arms),
        "kpis": [_entry(*key, len(pairs[key]), result, adjusted.get(key)) for key, result in results.items()],
        "benefits": benefits_of(arms, runs.kpis, replications),
        "losers": losers_of([arm for arm, _ in arms], runs.parts, replications),
        "not_simulated": [kpi.name for kpi in KPIS if not kpi.is_known],
    }


def compare_runs(first: Path, second: Path) -> dict[str, Any]:
    """Compare two finished runs, second - first: one pair, so that there is no interval, no p-value and no verdict.

    Raises GalleriaError for a folder that is no finished run or whose kpis.json is not the one its manifest vouches for.
    """
    left, right = (_finished(Path(folder)) for folder in (first, second))
    names = [name for name in left["kpis"] if name in right["kpis"]]
    known = {name: _pairs([(left["kpis"][name], right["kpis"][name])]) for name in names if _is_simulated(name)}
    results = {name: paired_difference(*zip(*pair, strict=True)) if pair else None for name, pair in known.items()}
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
        "kpis": [_entry(name, str(second), len(known[name]), result, None) for name, result in results.items()],
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
        "verdict": _verdict(result, p_adjusted),
        "better": kpi.direction if kpi else "neither",
        "p_value": result.p_value if result else None,
        "pairs": pairs,
        "variance_reduction": result.variance_reduction if result else None,
    }


def _verdict(result: Paired | None, p_adjusted: float | None) -> str:
    if result is None or p_adjusted is None:
        return UNKNOWN
    if p_adjusted >= 1 - CONFIDENCE:
        return NO_DIFFERENCE
    return HIGHER if result.difference_mean > 0 else LOWER


def _pairs(values: Sequence[tuple[Any, Any]]) -> list[tuple[float, float]]:
    return [(float(first), float(second)) for first, second in values if _is_number(first) and _is_number(second)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_enough(pairs: int, replications: int) -> bool:
    return pairs >= min(2, replications) and pairs >= KNOWN_SHARE_MIN * replications


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
    ]


def _refuse_bad_arms(arms: Sequence[Arm], replications: int) -> None:
    names = [arm for arm, _ in arms]
    problems = []
    if len(names) < 2:
        problems.append(
            Problem("arms", str(len(names)), "two or more are wanted", "name a baseline and what to compare with it")
        )
    if len(set(names)) < len(names):
        problems.append(Problem("arms", ", ".join(names), "each must have a name of its own", "rename one"))
    if replications < 2:
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
