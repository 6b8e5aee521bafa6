"""Where a run stands among the days of its scenario's baseline: mean, spread, and how many of them lie below and above."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shlex
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from sim import paths
from sim.config import RunConfig, parameters_of
from sim.reporting.files import json_text

ENDING = ".baseline.json"
SCHEMA = 1  # of the files that are read here
# What makes days of another size, beside which a count or a sum says nothing.
OF_SIZE = ("population.visits_per_day", "days", "malls", "floorplan")
# What may differ without making other days likely: which draw it is, what is written down, and the words about it.
OF_NO_MATTER = ("seed", "recording", "engine", "name", "question", "expects", "covers", "arms", "calibrate")


def config_sections(config: RunConfig) -> dict[str, str]:
    """Return a digest of each top-level key of a configuration, by which one sees where two differ.

    Values at their defaults are left out, so that a key that is new since then, and nobody has set, makes no difference.
    """
    usual = dataclasses.asdict(RunConfig())
    return {name: _digest(_set_in(value, usual[name])) for name, value in dataclasses.asdict(config).items()}


def _digest(value: Any) -> str:
    return hashlib.sha256(json_text(_sorted(value), indent=None).encode()).hexdigest()[:8]


def _set_in(value: Any, usual: Any) -> Any:
    """Return what of a value is not as by default, None where nothing is."""
    if isinstance(value, dict) and isinstance(usual, dict):
        found = {key: _set_in(each, usual.get(key)) for key, each in value.items()}
        return {key: each for key, each in found.items() if each is not None} or None
    return None if value == usual else value


def baseline_record(config: RunConfig, kpis: Mapping[str, Any], command: str = "") -> dict[str, Any]:
    """Return what the report says of the baseline; {} where the scenario has none, {"damaged": path} where it cannot be read.

    Days of another size are not compared: then `kpis` is empty and `fitting` is the command that makes a baseline of this run's size.
    `days` counts its replications (of one day each, or as many as the run has), `made_with` are its overrides, `differs` names what this run has otherwise, and `kpis` has for each
    number `mean, sd, low, high, days, below, above`: how many of the baseline's days are known, lie below and lie above this run.
    """
    scenario = paths.scenario_files().get(config.name)
    if scenario is None:
        return {}
    path = scenario.with_name(scenario.stem + ENDING)
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["schema"] != SCHEMA:
            return {"damaged": path.name}
        differs = _differences(config, found, command)
        of_size = [each for each in differs if each["key"] in OF_SIZE and each["here"]]
        standings = {name: _standing(value, found["kpis"].get(name)) for name, value in kpis.items()}
        return {
            "file": path.name,
            "days": len(found["seeds"]),
            "made_with": [str(each) for each in found["overrides"]],
            "differs": of_size or differs,
            "kpis": {} if of_size else {name: standing for name, standing in standings.items() if standing},
            "fitting": _fitting(config, of_size, command) if of_size else "",
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {"damaged": path.name}


def _standing(value: Any, of_days: Sequence[Any] | None) -> dict[str, Any] | None:
    known = [float(each) for each in of_days or () if each is not None]
    if not known or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return {
        "mean": statistics.fmean(known),
        "sd": statistics.stdev(known) if len(known) > 1 else None,
        "low": min(known),
        "high": max(known),
        "days": len(known),
        "below": sum(each < value for each in known),
        "above": sum(each > value for each in known),
    }


def _differences(config: RunConfig, found: Mapping[str, Any], command: str) -> list[dict[str, str]]:
    """Return {key, there, here} of what is otherwise; `there` is empty where the baseline leaves the scenario as it is."""
    then, now = found["made"]["config_sections"], config_sections(config)
    differing = [name for name in now if name not in OF_NO_MATTER and then.get(name) != now[name]]
    values = {parameter.key: parameter.value for parameter in parameters_of(config)}
    of_baseline, of_run = _by_key(found["overrides"]), _by_key(shlex.split(command)[3:] if command else ())
    told = []
    for key in [*of_baseline, *(key for key in of_run if key not in of_baseline)]:
        there, here = _plainly(of_baseline.get(key, "")), _plainly(values.get(key, of_run.get(key, "")))
        if key.split(".")[0] in differing and there != here:
            told.append({"key": key, "there": there, "here": here})
    explained = {each["key"].split(".")[0] for each in told}
    return told + [
        {"key": name, "there": "", "here": _plainly(values.get(name, ""))} for name in differing if name not in explained
    ]


def _fitting(config: RunConfig, of_size: Sequence[Mapping[str, str]], command: str) -> str:
    """Return the command that makes a baseline like this run."""
    values = {parameter.key: parameter.value for parameter in parameters_of(config)}
    words = [
        word for word in (shlex.split(command)[3:] if command else ()) if word.split("=")[0].split(".")[0] not in OF_NO_MATTER
    ]
    words = words if command else [f"{each['key']}={values.get(each['key'], each['here'])}" for each in of_size]
    return shlex.join(["galleria", "check", config.name, *words, "--update", "--reason", "a baseline of this size"])


def _plainly(value: Any) -> str:
    """Return a value as one reads it, so that 4000 and 4000.0 are the same."""
    try:
        return f"{float(value):,.10g}"
    except (TypeError, ValueError):
        return str(value)


def _by_key(overrides: Sequence[str]) -> dict[str, str]:
    return {key.lstrip("+~"): value for key, _, value in (each.partition("=") for each in overrides)}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _sorted(value[key]) for key in sorted(value, key=str)}
    return [_sorted(item) for item in value] if isinstance(value, list | tuple) else value
