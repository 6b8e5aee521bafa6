"""What an earlier run left for the next day: members, the links of their ids, and profiles."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.plan_arrays import CompiledPlan
from sim.reporting.files import sha256_of
from sim.reporting.manifest import read_finished
from sim.reporting.recorder import read_columns
from sim.sensing.identity.identity import Known
from sim.sensing.identity.members import Members
from sim.sensing.identity.stitching import IdentityGraph
from sim.sensing.insight.profiles import Profiles
from sim.sensing.platform import Sensing

KEY = "sensing.identity.continue_from"
TABLES = ("members.parquet", "identity_links.parquet", "profiles.parquet")
AGAIN = "run that day again, into another folder"
Columns = dict[str, np.ndarray]


def begin_sensing(
    compiled: CompiledPlan, config: RunConfig, is_on: np.ndarray, from_us: int, yesterday: Mapping[str, Columns] | None = None
) -> tuple[Sensing, dict[str, str]]:
    """Return the sensors of a run, which know what the run named in `sensing.identity.continue_from` left, and its files' SHA-256.

    Within a run of several days they know what the day before left instead (`yesterday`, tables by file).
    Raises ConfigError when that is no finished run of an earlier day with the same seed and floor plan (ids and places would not
    fit), or its tables are missing, changed or of another kind.
    """
    if yesterday is not None:
        return _knowing(compiled, config, is_on, from_us, yesterday, 1), {}
    earlier = config.sensing.identity.continue_from
    if not earlier:
        return Sensing(compiled, config, is_on, from_us), {}
    folder = Path(earlier).expanduser()
    facts = read_finished(folder, "manifest.json")
    digests = facts.get("files")
    digests = digests if isinstance(digests, dict) else {}
    problems = [*_other_run(compiled, config, folder, facts), *_changed(folder, digests)]
    tables: dict[str, Columns] = {}
    if not any(problem.place in (*TABLES, "recording.events") for problem in problems):
        tables = {name: read_columns(folder / name) for name in TABLES}
        problems += _of_another_kind(compiled, config, tables)
    days_later = _days_later(config, str(facts.get("date", "")))
    if problems or days_later is None:
        raise ConfigError.of(f"{KEY}={earlier}", problems)
    sensing = _knowing(compiled, config, is_on, from_us, tables, days_later)
    return sensing, {name: str(digests[name]) for name in TABLES}


def _knowing(
    compiled: CompiledPlan, config: RunConfig, is_on: np.ndarray, from_us: int, tables: Mapping[str, Columns], days_later: float
) -> Sensing:
    members, links, profiles = (tables[name] for name in TABLES)
    sensing = Sensing(compiled, config, is_on, from_us, Known(members, links))
    sensing.restore_profiles(profiles, days_later)
    return sensing


def _other_run(compiled: CompiledPlan, config: RunConfig, folder: Path, facts: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield why ids and places of that run mean something else in this one."""
    for what, found, wanted, way_out in (
        ("seed", facts.get("seed"), config.seed, "give this run the other's seed"),
        ("floor plan", facts.get("floorplan_sha256"), compiled.digest, "name a run in the same mall"),
    ):
        if found != wanted:
            yield Problem(KEY, str(found), f"the run in {folder} must have the same {what} as this one ({wanted})", way_out)
    days_later = _days_later(config, str(facts.get("date", "")))
    if days_later is None or days_later <= 0:
        rule = f"the run in {folder} must be of a day before {config.date}"
        yield Problem(KEY, str(facts.get("date")), rule, "choose a later date")


def _changed(folder: Path, digests: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield each table that the run did not keep, or that is no longer as its manifest says it was written."""
    if not any(name in digests for name in TABLES) and _kept_no_tables(folder, digests):
        way_out = "run that day again with recording.events=visits, into another folder"
        yield Problem("recording.events", "none", f"the run in {folder} kept no tables to continue from", way_out)
        return
    for name in TABLES:
        if name not in digests:
            yield Problem(name, "", f"the manifest of the run in {folder} must name it", "name the folder of a finished run")
        elif not (folder / name).is_file():
            yield Problem(name, "no such file", "the run's manifest names it", AGAIN)
        elif sha256_of(folder / name) != digests[name]:
            yield Problem(name, "another SHA-256", "must be as the run's manifest says it was written", AGAIN)


def _kept_no_tables(folder: Path, digests: Mapping[str, Any]) -> bool:
    return "run.json" in digests and read_finished(folder, "run.json").get("recording") == "none"


def _of_another_kind(compiled: CompiledPlan, config: RunConfig, tables: Mapping[str, Columns]) -> Iterator[Problem]:
    """Yield each table whose columns are not those that this run would keep."""
    members, links, profiles = (tables[name] for name in TABLES)
    for name, found, wanted in (
        ("members.parquet", members, Members(config).columns()),
        ("identity_links.parquet", links, IdentityGraph().columns()),
    ):
        if list(found) != list(wanted):
            rule = f"must have the columns {', '.join(wanted)}"
            yield Problem(name, ", ".join(found), rule, f"{AGAIN}, with this version of Galleria")
    yield from Profiles(compiled.unit_ids, compiled.tenant_categories, config.sensing.profiles).problems_of(profiles)


def _days_later(config: RunConfig, date: str) -> int | None:
    try:
        return (datetime.date.fromisoformat(config.date) - datetime.date.fromisoformat(date)).days
    except ValueError:
        return None
