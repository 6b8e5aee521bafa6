"""What an earlier run left for the next day: members, the links of their ids, and profiles."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.plan_arrays import CompiledPlan
from sim.reporting.manifest import read_finished
from sim.reporting.recorder import read_columns
from sim.sensing.identity.identity import Known
from sim.sensing.platform import Sensing

KEY = "sensing.identity.continue_from"


def begin_sensing(compiled: CompiledPlan, config: RunConfig, is_on: np.ndarray, from_us: int) -> Sensing:
    """Return the sensors of a run, which know what the run named in `sensing.identity.continue_from` left.

    Raises ConfigError when that is no finished run of an earlier day with the same seed and floor plan: ids and places would not fit.
    """
    earlier = config.sensing.identity.continue_from
    if not earlier:
        return Sensing(compiled, config, is_on, from_us)
    folder = Path(earlier).expanduser()
    facts = read_finished(folder, "manifest.json")
    days_later = _days_later(config, str(facts.get("date", "")))
    problems = [
        Problem(KEY, str(found), f"the run in {folder} must have the same {what} as this one ({wanted})", way_out)
        for what, found, wanted, way_out in (
            ("seed", facts.get("seed"), config.seed, "give this run the other's seed"),
            ("floor plan", facts.get("floorplan_sha256"), compiled.digest, "name a run in the same mall"),
        )
        if found != wanted
    ]
    if days_later is None or days_later <= 0:
        problems.append(
            Problem(
                KEY, str(facts.get("date")), f"the run in {folder} must be of a day before {config.date}", "choose a later date"
            )
        )
    if problems:
        raise ConfigError.of("configuration", problems)
    assert days_later is not None
    tables: dict[str, Any] = {
        name: read_columns(folder / f"{name}.parquet") for name in ("members", "identity_links", "profiles")
    }
    sensing = Sensing(compiled, config, is_on, from_us, Known(tables["members"], tables["identity_links"]))
    sensing.restore_profiles(tables["profiles"], days_later)
    return sensing


def _days_later(config: RunConfig, date: str) -> int | None:
    try:
        return (datetime.date.fromisoformat(config.date) - datetime.date.fromisoformat(date)).days
    except ValueError:
        return None
