"""Two finished runs held against each other: their KPIs, and why one of these differs where both days have the same visits."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.errors import ConfigError, GalleriaError, Problem
from sim.experiments.compare import compare_runs
from sim.experiments.why import explain, match
from sim.experiments.why_words import ONE_PAIR, example_of, lines_of, table_of
from sim.paths import unknown_name
from sim.reporting.events_file import EVENTS, read_events
from sim.reporting.files import write_atomically, write_json
from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.manifest import (
    MANIFEST_SCHEMA_VERSION,
    galleria_version,
    git_commit,
    package_versions,
    read_finished,
    write_manifest,
)

PAIR_SCHEMA_VERSION = 1


def compare_finished(first: Path, second: Path, kpi: str = "sales_fen") -> dict[str, Any]:
    """Return what `compare_runs` does of two finished runs, with `why` (a list of one `explain`), or `why_not` where it cannot be told.

    Raises GalleriaError for folders that are no finished runs, for runs of different malls or of another schema, and for an unknown KPI.
    """
    if kpi not in BY_NAME:
        raise ConfigError.of("the comparison", [unknown_name("why", kpi, BY_NAME, "KPI", "`galleria list kpis`")])
    folders = Path(first), Path(second)
    manifests = [read_finished(folder, "manifest.json") for folder in folders]
    problems = [*_no_runs(folders, manifests)]
    runs = [] if problems else [read_finished(folder, "run.json") for folder in folders]
    problems += _unlike(runs) if runs else []
    if problems:
        raise GalleriaError.of("the comparison of two runs", problems)
    found = compare_runs(*folders)
    why_not = _why_not(manifests, runs)
    if why_not:
        return {**found, "why": [], "why_not": why_not}
    left, right = (read_events(folder) for folder in folders)
    kpis = read_finished(folders[0], "kpis.json"), read_finished(folders[1], "kpis.json")
    told = explain(match(left, right), kpi, kpis, _names(*folders))
    return {**found, "why": [{"seed": manifests[0].get("seed"), **told}], "why_not": ""}


def write_comparison(found: Mapping[str, Any], out: Path, started_s: float) -> None:
    """Write comparison.json, why.txt and the manifest of a comparison of two runs into an empty folder."""
    write_json(out / "comparison.json", dict(found))
    text = [
        line for each in found["why"] for line in (*lines_of(each), "", *table_of(each), "", *example_of(each), "", ONE_PAIR)
    ]
    write_atomically(out / "why.txt", "\n".join(text or [found["why_not"]]) + "\n")
    facts = {
        "schema": PAIR_SCHEMA_VERSION,
        "kind": "comparison of two runs",
        "version": galleria_version(),
        "runs": [found["baseline"], found["kpis"][0]["arm"] if found["kpis"] else ""],
        "git_commit": git_commit(),
        "packages": package_versions(),
        "wall_s": round(time.perf_counter() - started_s, 3),
    }
    write_manifest(out, facts)


def _names(first: Path, second: Path) -> tuple[str, str]:
    """Return the shortest ends of the two paths that tell them apart."""
    ends = first.resolve().parts, second.resolve().parts
    for length in range(1, max(map(len, ends)) + 1):
        if ends[0][-length:] != ends[1][-length:]:
            return "/".join(ends[0][-length:]), "/".join(ends[1][-length:])
    return "the first", "the second"


def _no_runs(folders: tuple[Path, Path], manifests: list[dict[str, Any]]) -> Iterator[Problem]:
    for folder, manifest in zip(folders, manifests, strict=True):
        if "run.json" not in manifest.get("files", {}):
            kind = str(manifest.get("kind", "no run.json in its manifest"))
            yield Problem(
                str(folder), kind, "must be the folder of a finished run", "name what `galleria run --out` has written"
            )
        elif manifest.get("schema") != MANIFEST_SCHEMA_VERSION:
            rule = f"must be of schema {MANIFEST_SCHEMA_VERSION}"
            yield Problem(
                f"{folder}: manifest.json", f"schema {manifest.get('schema')}", rule, "run it again with this version"
            )


def _unlike(runs: list[dict[str, Any]]) -> Iterator[Problem]:
    if runs[0].get("mall") != runs[1].get("mall"):
        found = f"{runs[0].get('mall')} and {runs[1].get('mall')}"
        yield Problem("floor plan", found, "both runs must be of one mall", "run both on the same floorplan=...")
    if runs[0].get("schema") != runs[1].get("schema"):
        found = f"{runs[0].get('schema')} and {runs[1].get('schema')}"
        yield Problem("run.json", f"schemas {found}", "both must be of one version", "run both again with this version")


def _why_not(manifests: list[dict[str, Any]], runs: list[dict[str, Any]]) -> str:
    """Return why events of the two runs cannot be matched; empty where they can."""
    for fact, noun in (("seed", "seeds"), ("date", "dates")):
        if manifests[0].get(fact) != manifests[1].get(fact):
            both = f"{manifests[0].get(fact)} and {manifests[1].get(fact)}"
            return (
                f"The runs have different {noun} ({both}): other visits come, so that no event of one is that of the other and it cannot be told "
                f"why a KPI moved. Run both with one {fact}."
            )
    for which, manifest in zip(("first", "second"), manifests, strict=True):
        if EVENTS not in manifest["files"]:
            return (
                f"The {which} run has kept no events, so that it cannot be told why a KPI moved. Run it with recording.events=visits "
                "(runs of several days keep none)."
            )
    return ""
