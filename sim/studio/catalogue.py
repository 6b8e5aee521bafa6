"""What a planner can choose from: scenarios, floor plans, policies with their settings, parameters, KPIs; as the page reads it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from sim import api, config_files, paths
from sim.config import Parameter, RunConfig, parameters_of
from sim.config_yaml import read_plain
from sim.errors import ConfigError
from sim.reporting import kpi_catalogue
from sim.reporting.files import plain
from sim.reporting.manifest import galleria_version
from sim.reporting.words.translator import LANGUAGES, text_of
from sim.studio.checks import differences_of
from sim.studio.drafts import NAME, base_of, moves_by_unit

ABOUT_SIGNS_MAX = 300
CONFIDENCE = {"H": "high", "M": "medium", "L": "low", "-": "a choice"}
GOOD = {"higher": 1, "lower": -1, "neither": 0}


def start(language: str = "en") -> dict[str, Any]:
    """Return what /api/start answers; parameters whose value is a list are left out, for no slider fits them.

    KPIs are called as the report in the language calls them; what is meant by scenarios, policies, parameters and KPIs is in English.
    """
    return {
        "version": galleria_version(),
        "folder": str(Path.cwd()),
        "scenarios": [scenario for record in config_files.scenario_records() if (scenario := _scenario(record)) is not None],
        "floorplans": [
            {"name": name, "about": _about(folder)}
            for name, folder in sorted(paths.floorplan_folders().items())
            if NAME.fullmatch(name)
        ],
        "policies": _policies(),
        "parameters": _parameters(),
        "kpis": _kpis(text_of(language if language in LANGUAGES else LANGUAGES[0])),
    }


def scenario_of(name: str) -> dict[str, Any]:
    """Return what /api/scenario/NAME answers; raises ConfigError where there is none, or it cannot be read."""
    known = paths.scenario_files()
    if not NAME.fullmatch(name) or name not in known:
        problem = paths.unknown_name("scenario", name[:80], known, "scenario", "`galleria list scenarios`")
        raise ConfigError.of("the page", [problem])
    config = base_of(name)
    differences = differences_of(untouched(), config)
    apart = ("floorplan", "seed", "policies", "layout.moves", "layout.access_points")
    return {
        "name": name,
        "question": config.question,
        "expects": config.expects,
        "floorplan": config.floorplan,
        "seed": config.seed,
        "policies": list(config.policies),
        "overrides": {each["key"]: each["to"] for each in differences if each["key"] not in apart},
        "yaml": known[name].read_text(encoding="utf-8", errors="replace"),
        "moves": moves_by_unit(config),
        "access_points": [
            {name: getattr(point, name) for name in ("level", "x_m", "y_m")} for point in config.layout.access_points
        ]
        or None,
    }


def _scenario(record: config_files.ScenarioRecord) -> dict[str, Any] | None:
    """Return a scenario as the page lists it; None of one whose file has a name that the page does not take."""
    if not NAME.fullmatch(record.name):
        return None
    found = read_plain(record.path)
    policies = found.values.get("policies", [])
    return {
        "name": record.name,
        "question": record.question,
        "expects": record.expects,
        "covers": list(record.covers),
        "floorplan": str(found.values.get("floorplan", untouched().floorplan)),
        "policies": [str(policy) for policy in policies] if isinstance(policies, list) else [],
    }


@cache
def untouched() -> RunConfig:
    """Return the configuration of a scenario that says nothing."""
    with tempfile.TemporaryDirectory(prefix="galleria-draft-") as folder:
        path = Path(folder) / "nothing.yaml"
        path.write_text("# @package _global_\nquestion: ''\n", encoding="utf-8")
        return config_files.compose(str(path))


def _about(folder: Path) -> str:
    """Return the first paragraph of a plan's SOURCE.md below its headings."""
    source = folder / "SOURCE.md"
    if not source.is_file():
        return ""
    lines = source.read_text(encoding="utf-8", errors="replace").splitlines()
    paragraph: list[str] = []
    for line in lines:
        if line.strip() and not line.startswith("#"):
            paragraph.append(line.strip())
        elif paragraph:
            break
    return re.sub(r"`[^`]{60,}`", "`...`", " ".join(paragraph))[:ABOUT_SIGNS_MAX]


def _policies() -> list[dict[str, Any]]:
    found = []
    parameters = {parameter.key: parameter for parameter in parameters_of(RunConfig())}
    for record in api.policy_records():
        keys = [parameter for key, parameter in parameters.items() if key.startswith(f"policy.{record['name']}.")]
        measure = paths.group_files(config_files.MEASURES).get(str(record["name"]))
        kept = [_key(parameter) for parameter in keys] + ([] if measure is None else _keys_of_measure(measure, parameters))
        named = ("name", "meaning", "scenario", "shows", "can_lose", "source")
        found.append({name: record.get(name, "") for name in named} | {"keys": [key for key in kept if key is not None]})
    return found


def _keys_of_measure(path: Path, parameters: dict[str, Parameter]) -> list[dict[str, Any] | None]:
    """Return the settings that a measure consists of, with the values that it gives them as their defaults."""
    found: list[dict[str, Any] | None] = []

    def walk(value: Any, key: str) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, f"{key}.{name}" if key else str(name))
        elif key in parameters:
            found.append(_key(parameters[key], value))

    walk(read_plain(path).values, "")
    return found


@cache
def _parameters() -> list[dict[str, Any]]:
    keys = [_key(parameter) for parameter in parameters_of(untouched()) if not parameter.key.startswith("policy.")]
    return [key for key in keys if key is not None]


def _key(parameter: Parameter, value: Any = None) -> dict[str, Any] | None:
    """Return a key as the page's inputs need it; None of one whose value is a list."""
    default = parameter.value if value is None else value
    if isinstance(default, list | dict | tuple) or default is None:
        return None
    return {
        "key": parameter.key,
        "meaning": parameter.meaning,
        "unit": unit_of(parameter.key),
        "kind": _kind(parameter, default),
        "default": plain(default),
        "low": parameter.low,
        "high": parameter.high,
        "choices": list(parameter.choices),
        "source": parameter.source,
        "confidence": CONFIDENCE[parameter.confidence],
    }


def _kind(parameter: Parameter, default: Any) -> str:
    if parameter.choices:
        return "choice"
    if isinstance(default, bool):
        return "switch"
    if isinstance(parameter.default, float) or isinstance(default, float):
        return "number"
    return "integer" if isinstance(default, int) else "text"


UNITS = {
    "s": "s", "min": "min", "h": "h", "days": "days", "months": "months", "m": "m", "m2": "m²", "mps": "m/s", "share": "share", "yuan": "yuan",
    "fen": "fen", "points": "points", "db": "dB", "dbm": "dBm", "km": "km", "visits": "visits", "people": "people", "bays": "bays",
    "seats": "seats", "ghz": "GHz", "years": "years", "weeks": "weeks",
}  # fmt: skip
PER = {"day": "a day", "h": "an hour", "hour": "an hour", "week": "a week", "month": "a month", "year": "a year", "m2": "a m²", "s": "a second"}  # fmt: skip
STATISTICS = ("mean", "median", "sd", "min", "max", "p95", "scale")


def unit_of(key: str) -> str:
    """Return the unit that a key's name ends with, before any statistic; empty where it has none."""
    words = key.rsplit(".", 1)[-1].split("_")
    while len(words) > 1 and words[-1] in STATISTICS and words[-2] in UNITS:
        words.pop()
    if len(words) > 2 and words[-2] == "per" and words[-1] in PER:
        return f"{UNITS.get(words[-3], '')} {PER[words[-1]]}".strip()
    return UNITS.get(words[-1], "")


def _kpis(say: Callable[[str], str]) -> list[dict[str, Any]]:
    return [
        {
            "name": kpi.name, "label": say(kpi.label), "unit": kpi.unit, "definition": kpi.definition, "good": GOOD[kpi.direction],
        }
        for kpi in kpi_catalogue.BY_NAME.values()
        if kpi.is_known
    ]  # fmt: skip
