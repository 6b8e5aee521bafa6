"""What a scenario gave when somebody last said that it is right: KPIs of each seed, digests, versions; one file beside the scenario."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import llvmlite.binding

from sim.config import RunConfig
from sim.errors import ConfigError, GalleriaError, Problem
from sim.experiments import event_print
from sim.experiments.engines import Runner
from sim.experiments.kept_runs import basis_of
from sim.reporting.baseline_of import ENDING, config_sections
from sim.reporting.files import json_text, plain, write_atomically
from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.manifest import config_sha256, galleria_version, git_commit, package_versions

BASELINE_SCHEMA_VERSION = 1
DIGITS = 10  # of a kept value that count; the digests are of all digits
Value = int | float | None


@dataclass(frozen=True)
class Made:
    """By what the runs of a baseline were made, and which configuration they had."""

    version: str
    git_commit: str | None
    basis_sha256: str  # code, versions of libraries, floor plans (sim.experiments.kept_runs)
    packages: dict[str, str]
    machine: str  # processor family and system: another one rounds differently
    processor: str
    config_sha256: str
    config_sections: dict[str, str]  # digest of each top-level key, by which one sees where a configuration has changed
    floorplan_sha256: str


@dataclass(frozen=True)
class Baseline:
    """The results of a scenario over its seeds, in the order of the replications."""

    scenario: str
    overrides: tuple[str, ...]  # of the scenario, with which it was run
    reason: str  # why these are the right results
    made: Made
    seeds: tuple[int, ...]
    reserve: int  # so many of them, the last, are run only where a KPI seems to have moved
    kpis_sha256: tuple[str, ...]
    events_sha256: tuple[str, ...]  # empty where there are no events of one mall
    kpis: dict[str, tuple[Value, ...]]
    events: dict[str, Any] | None  # sim.experiments.event_print.compact of the first replication
    margins: dict[str, float] = field(default_factory=dict)  # that somebody has set by hand

    @property
    def first(self) -> int:
        """How many replications every check runs."""
        return len(self.seeds) - self.reserve


def path_beside(scenario: Path) -> Path:
    """Return the baseline's file of a scenario's file."""
    return scenario.with_name(scenario.stem + ENDING)


def made_by(config: RunConfig, runner: Runner) -> Made:
    """Return what the runs of a configuration rest on, here and now."""
    floorplan = runner.plan_digests.get(config.floorplan, "")
    return Made(
        galleria_version(), git_commit(), basis_of({config.floorplan: floorplan}), package_versions(),
        f"{platform.machine()} {platform.system()}", llvmlite.binding.get_host_cpu_name(), config_sha256(config), config_sections(config), floorplan,
    )  # fmt: skip


def differences(then: Made, now: Made) -> list[str]:
    """Return in words what is not as it was when a baseline was made; nothing says what a code's change was."""
    packages = sorted(name for name in {*then.packages, *now.packages} if then.packages.get(name) != now.packages.get(name))
    found = [f"{name} {then.packages.get(name, 'none')} -> {now.packages.get(name, 'none')}" for name in packages]
    if then.machine != now.machine:
        found.append(f"machine {then.machine} -> {now.machine}")
    elif then.processor != now.processor:
        found.append(f"processor {then.processor} -> {now.processor}")
    if then.config_sha256 != now.config_sha256:
        sections = {*then.config_sections, *now.config_sections}
        changed = sorted(name for name in sections if then.config_sections.get(name) != now.config_sections.get(name))
        found.append(f"configuration: {', '.join(changed)}")
    if then.floorplan_sha256 != now.floorplan_sha256:
        found.append("floor plan")
    if not found and then.basis_sha256 != now.basis_sha256:
        found.append("code")
    return found


def kpis_digest(kpis: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all digits of KPIs, whatever their order."""
    return hashlib.sha256(json_text(_sorted(dict(kpis)), indent=None).encode()).hexdigest()


def rounded(value: Any) -> Value:
    """Return a KPI as a baseline keeps it: whole numbers as they are, others to ten digits."""
    value = plain(value)
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return value
    return float(f"{value:.{DIGITS}g}")


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline, a line for each KPI, so that a version control system shows which have changed."""
    kpis = {name: None if set(values) == {None} else list(values) for name, values in baseline.kpis.items()}
    record = {
        "schema": BASELINE_SCHEMA_VERSION, "scenario": baseline.scenario, "overrides": list(baseline.overrides), "reason": baseline.reason,
        "made": dataclasses.asdict(baseline.made), "seeds": list(baseline.seeds), "reserve": baseline.reserve,
        "kpis_sha256": list(baseline.kpis_sha256), "events_sha256": list(baseline.events_sha256), "values_sha256": kpis_digest(kpis),
        "events": baseline.events, "margins": baseline.margins,
    }  # fmt: skip
    head = [f" {json.dumps(name)}: {json.dumps(plain(value), ensure_ascii=False)}," for name, value in record.items()]
    rows = [f"  {json.dumps(name)}: {json.dumps(values, separators=(',', ':'))}" for name, values in kpis.items()]
    write_atomically(path, "\n".join(["{", *head, ' "kpis": {', ",\n".join(rows), " }", "}"]) + "\n")


def read_baseline(path: Path) -> Baseline:
    """Return a baseline; raises ConfigError for a file that is missing, damaged or of another schema."""
    anew = f"write it anew: galleria check {path.name.removesuffix(ENDING)} --update --reason '...'"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["schema"] != BASELINE_SCHEMA_VERSION:
            rule = f"this version reads baselines of schema {BASELINE_SCHEMA_VERSION}"
            raise _mistake(path, "schema", str(record["schema"])[:40], rule, anew)
        if record["values_sha256"] != kpis_digest(record["kpis"]):
            raise _mistake(path, "kpis", "", "its values are not those that were written (values_sha256)", anew)
        return _read(path, record, anew)
    except FileNotFoundError as missing:
        raise _mistake(path, "baseline", "no such file", "the scenario has no baseline yet", anew) from missing
    except (AttributeError, KeyError, TypeError, ValueError) as trouble:
        found = f"{type(trouble).__name__}: {trouble}"
        raise _mistake(path, "baseline", found, "is damaged", f"take it from version control again, or {anew}") from trouble


def overrides_in(path: Path) -> list[str]:
    """Return the overrides that a baseline names, even one that cannot be used any more; none of a file that cannot be read."""
    try:
        return [str(each) for each in json.loads(path.read_text(encoding="utf-8"))["overrides"]]
    except (OSError, KeyError, TypeError, ValueError):
        return []


def _read(path: Path, record: dict[str, Any], anew: str) -> Baseline:
    seeds = tuple(int(seed) for seed in record["seeds"])
    kpis = {name: tuple(None for _ in seeds) if values is None else tuple(values) for name, values in record["kpis"].items()}
    baseline = Baseline(
        str(record["scenario"]), tuple(record["overrides"]), str(record["reason"]), Made(**record["made"]), seeds, int(record["reserve"]),
        tuple(record["kpis_sha256"]), tuple(record["events_sha256"]), kpis, record["events"], dict(record["margins"]),
    )  # fmt: skip
    sizes = {len(seeds), len(baseline.kpis_sha256), *(len(values) for values in kpis.values())}
    if len(sizes) > 1 or baseline.first < 2 or baseline.reserve < 2 or len(baseline.events_sha256) not in (0, len(seeds)):
        raise ValueError("seeds, reserve, digests and values do not fit together")
    if baseline.events is not None and (problem := event_print.problem_of(baseline.events)):
        raise ValueError(f"events: {problem}")
    wrong = [
        Problem(f"margins.{name}", repr(margin), rule, way_out)
        for name, margin in baseline.margins.items()
        for rule, way_out in _margin_rules(name, margin, kpis)
    ]
    if wrong:
        raise ConfigError.of(path, wrong)
    return baseline


def _margin_rules(name: str, margin: Any, kpis: Mapping[str, object]) -> list[tuple[str, str]]:
    found = []
    if name not in kpis and name not in BY_NAME:
        found.append(("there is no such KPI", "see `galleria list kpis`"))
    if isinstance(margin, bool) or not isinstance(margin, int | float) or not 0 <= margin < float("inf"):
        found.append(("must be a number of at least 0, in the KPI's unit", "leave it out to have the usual margin"))
    return found


def _mistake(path: Path, place: str, found: str, rule: str, way_out: str) -> GalleriaError:
    return ConfigError.of(path, [Problem(place, found, rule, way_out)])


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _sorted(value[key]) for key in sorted(value, key=str)}
    return [_sorted(item) for item in value] if isinstance(value, list | tuple) else value
