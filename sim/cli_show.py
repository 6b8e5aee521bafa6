"""`galleria list`, `galleria explain` and `galleria report`: what there is, what it means, and a run's report made anew."""

from __future__ import annotations

import argparse
import dataclasses
import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sim import config_files, paths
from sim.categories import CATEGORIES
from sim.cli_output import UsageError, say, say_json, say_table, shown
from sim.cli_policies import add_plugin_option, use_plugins
from sim.config import Parameter, RunConfig, parameters_of

Act = Callable[[argparse.Namespace], int]
Record = dict[str, Any]
LISTS = ("scenarios", "policies", "kpis", "parameters", "floorplans")
# A tag says whether a number was checked against its source, quoted from memory of it or derived; "-" is a choice of the user.
TAGS = {
    "V": "checked against the source",
    "M": "quoted from the source",
    "D": "derived",
    "-": "a choice of the run, not a finding",
}
TRUST = {"H": "high", "M": "medium", "L": "low", "-": "does not apply"}


def add_list(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `list`."""
    parser.epilog = "examples:\n  galleria list scenarios\n  galleria list parameters parking\n  galleria list kpis --json"
    parser.add_argument("what", choices=LISTS, nargs="?", help="what to list")
    parser.add_argument("word", nargs="?", default="", help="only what has this word in its name")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print a list of records")
    return _list


def add_explain(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `explain`."""
    parser.epilog = (
        "examples:\n  galleria explain population.car_share\n  galleria explain queue_wait_s_p95\n  galleria explain cinema"
    )
    parser.add_argument("name", metavar="NAME", help="a parameter, KPI, scenario, category, floor plan or kind of event")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print a list of records")
    return _explain


def add_report(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `report`."""
    parser.epilog = (
        "examples:\n  galleria report outputs/2026-11-21/14-05-09\n  galleria report outputs/2026-11-21/14-05-09 --language zh"
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of a finished run or comparison")
    parser.add_argument("--language", choices=("en", "zh"), help="language of a run's report (default that of the run)")
    return _report


COMMANDS = {"list": add_list, "explain": add_explain, "report": add_report}


def _list(options: argparse.Namespace) -> int:
    use_plugins(options.plugin)
    if options.what is None:
        raise UsageError(f"galleria list: say what to list: {', '.join(LISTS)}. For instance: galleria list scenarios")
    records = [record for record in _records(options.what) if options.word.lower() in str(record["name"]).lower()]
    if options.json:
        say_json(records)
    elif not records:
        say(f"no {options.what}" + (f" with {options.word!r} in the name" if options.word else ""))
    else:
        columns = _COLUMNS[options.what]
        say_table([[_cell(record.get(column, "")) for column in columns] for record in records], columns)
    return 0


def _cell(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value


_COLUMNS = {
    "scenarios": ("name", "covers", "question"),
    "policies": ("name", "meaning", "scenario"),
    "kpis": ("name", "unit", "definition"),
    "parameters": ("name", "default", "range", "meaning"),
    "floorplans": ("name", "about", "folder"),
}


def _records(what: str) -> list[Record]:
    if what == "scenarios":
        return [{**dataclasses.asdict(record), "path": str(record.path)} for record in config_files.scenario_records()]
    if what == "policies":
        from sim import api

        return api.policy_records()
    if what == "kpis":
        from sim.reporting import kpi_catalogue

        return [dict(record) for record in kpi_catalogue.as_records()]
    if what == "parameters":
        return [_parameter_record(parameter) for parameter in parameters_of(RunConfig())]
    return [
        {"name": name, "about": _first_line(folder), "folder": str(folder)}
        for name, folder in sorted(paths.floorplan_folders().items())
    ]  # fmt: skip


def _parameter_record(parameter: Parameter) -> Record:
    record = dataclasses.asdict(parameter)
    record["name"] = record.pop("key")
    record["range"] = _range_of(parameter)
    record.pop("value")
    return record


def _range_of(parameter: Parameter) -> str:
    if parameter.choices:
        return " | ".join(parameter.choices)
    if parameter.low is None and parameter.high is None:
        return "true | false" if isinstance(parameter.default, bool) else "-"
    low = "-inf" if parameter.low is None else f"{parameter.low:g}"
    high = "inf" if parameter.high is None else f"{parameter.high:g}"
    return f"{low} to {high}"


def _first_line(folder: Path) -> str:
    """Return the first line of a plan's SOURCE.md below its headings."""
    source = folder / "SOURCE.md"
    if not source.is_file():
        return ""
    lines = (line.strip() for line in source.read_text(encoding="utf-8", errors="replace").splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")[:120]


def _explain(options: argparse.Namespace) -> int:
    use_plugins(options.plugin)
    found = [record for record in _everything() if options.name in (record["name"], str(record["name"]).rsplit(".", 1)[-1])]
    exact = [record for record in found if record["name"] == options.name]
    found = exact or found
    if not found:
        names = sorted({str(record["name"]) for record in _everything()})
        close = difflib.get_close_matches(options.name, names, n=3, cutoff=0.5)
        close += [name for name in names if options.name.lower() in name.lower() and name not in close][:3]
        guess = f" Did you mean {', '.join(close)}?" if close else " See `galleria list parameters` and `galleria list kpis`."
        raise UsageError(f"galleria explain: nothing is called {options.name!r}.{guess}")
    if options.json:
        say_json(found)
        return 0
    for index, record in enumerate(found[:20]):
        if index:
            say()
        say(f"{record['name']}  ({record['is']})")
        facts = {key: value for key, value in record.items() if key not in ("name", "is") and value not in ("", None, (), [])}
        width = max(map(len, facts), default=0) + 1
        for key, value in facts.items():
            words = ", ".join(map(str, value)) if isinstance(value, list | tuple) else shown(value)
            say(f"  {key + ':':<{width}} {words}")
    if len(found) > 20:
        say(f"\n... and {len(found) - 20} more; write the full name")
    return 0


def _everything() -> Iterator[Record]:
    for parameter in parameters_of(RunConfig()):
        yield {
            "name": parameter.key, "is": "parameter", "meaning": parameter.meaning, "default": parameter.default,
            "range": _range_of(parameter), "source": parameter.source,
            "checked": TAGS[parameter.tag], "confidence": TRUST[parameter.confidence],
        }  # fmt: skip
    for record in _records("kpis"):
        yield {"name": record["name"], "is": "KPI", **{key: value for key, value in record.items() if key != "name"}}
    for record in _records("scenarios"):
        yield {"name": record["name"], "is": "scenario", **{key: value for key, value in record.items() if key != "name"}}
    for record in _records("policies"):
        yield {"name": record["name"], "is": "policy", **{key: value for key, value in record.items() if key != "name"}}
    for record in _records("floorplans"):
        yield {"name": record["name"], "is": "floor plan", "about": record["about"], "folder": record["folder"]}
    for category in CATEGORIES:
        entry = RunConfig().categories[category]
        yield {"name": category, "is": "category of tenants", **dataclasses.asdict(entry), "keys": f"categories.{category}.*"}
    yield from _event_kinds()


def _event_kinds() -> Iterator[Record]:
    """Yield the kinds of events with what their enumeration says beside them."""
    import inspect
    import re

    from sim import events

    for match in re.finditer(r"^    ([A-Z_]+) = (\d+)  # (.+)$", inspect.getsource(events.EventKind), re.MULTILINE):
        yield {"name": match[1], "is": "kind of event", "number": int(match[2]), "meaning": match[3]}


def _report(options: argparse.Namespace) -> int:
    folder: Path = options.folder
    if not (folder / "manifest.json").is_file():
        state = "is no folder of a run" if not folder.is_dir() else "holds no finished run (no manifest.json)"
        raise UsageError(f"{folder}: {state}; name one that `galleria run` printed")
    from sim.reporting import comparison_files, report

    of_many = (folder / "comparison.json").is_file()
    if of_many and options.language not in (None, "en"):
        raise UsageError(
            f"{folder}: --language {options.language}: the page of a comparison is in English only; leave --language out"
        )
    say(comparison_files.remake(folder) if of_many else report.remake(folder, options.language))
    return 0
