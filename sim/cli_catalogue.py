"""`galleria catalogue`: every policy held against the same days without it, in its own scenario; a table of what it brings and who loses."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim import config_files
from sim.cli_arms import count_of
from sim.cli_compare import COMPARE_WORDS
from sim.cli_output import UsageError, note, say, say_json, say_table, shown
from sim.cli_policies import add_plugin_option, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.progress import Progress
from sim.reporting.files import write_atomically, write_json

Act = Callable[[argparse.Namespace], int]
SCHEMA_VERSION = 1
_EXAMPLE = """\
examples:
  galleria catalogue replications=3 --out outputs/catalogue
  galleria catalogue meal_push flash_sale replications=10

Every policy is compared with `none` in the scenario that the catalogue names for it, under the same draws. A second call with the same
--out makes only what is missing."""


def add_catalogue(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `catalogue`."""
    parser.epilog = _EXAMPLE
    parser.add_argument(
        "words", metavar="NAME | key=value", nargs="*", help="policies (default: all), replications=N (3), overrides"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the comparisons (default outputs/<date>/<time>)")
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    return _catalogue


COMMANDS = {"catalogue": add_catalogue}


def _catalogue(options: argparse.Namespace) -> int:
    use_plugins(options.plugin)
    from sim import api

    own = {key: value for key, _, value in (word.partition("=") for word in options.words) if key in COMPARE_WORDS}
    overrides = [word for word in options.words if "=" in word and word.partition("=")[0] not in COMPARE_WORDS]
    names = [word for word in options.words if "=" not in word]
    records = {str(record["name"]): record for record in api.policy_records() if record.get("scenario")}
    unknown = [name for name in names if name not in records]
    if unknown:
        raise UsageError(
            f"galleria catalogue: {unknown[0]!r} is no policy with a scenario of its own. See `galleria list policies`."
        )
    replications = count_of(own.get("replications", "3"))
    announce_compiling()
    from sim.experiments.kept_runs import can_continue

    goes_on = options.out is not None and options.out.is_dir() and any(can_continue(each) for each in options.out.iterdir())
    out = options.out if goes_on else output_folder(options.out, False)
    rows = [_measured(records[name], overrides, replications, out) for name in names or records]
    table = {"schema": SCHEMA_VERSION, "replications": replications, "overrides": overrides, "policies": rows}
    write_json(out / "catalogue.json", table)
    write_atomically(out / "catalogue.md", as_markdown(table))
    if options.json:
        say_json(table)
        return 0
    say_table([_row(each) for each in rows], HEAD)
    say(f"\n{out / 'catalogue.md'}")
    return 0


def _measured(record: dict[str, Any], overrides: list[str], replications: int, out: Path) -> dict[str, Any]:
    """Return what a policy brings in its own scenario, or why it could not be measured."""
    from sim import api

    name, scenario = str(record["name"]), str(record["scenario"])
    note(f"{name}, in {scenario}")
    configs = [
        ("none", config_files.compose(scenario, [*overrides, "policies=[]"])),
        (name, config_files.compose(scenario, [*overrides, f"policies=[{name}]"])),
    ]
    progress = Progress(name)
    try:
        found = api.compare(configs, out / name, replications, progress.count)
    finally:
        progress.close()
    benefit = next(iter(found["benefits"]), None)
    losers = {each["kind"].partition(" ")[0]: each for each in found["losers"]}
    moved = [each for each in found["kpis"] if each["verdict"] in ("higher", "lower")]
    return {
        "name": name, "scenario": scenario, "days": configs[0][1].days, "benefit": benefit, "tenants": losers.get("sales"),
        "spending": losers.get("spending"), "satisfaction": losers.get("satisfaction"),
        "moved": [{key: each[key] for key in ("name", "difference_mean", "ci_low", "ci_high", "verdict")} for each in moved],
        "is_null": all(not each["difference_mean"] for each in found["kpis"]),
    }  # fmt: skip


HEAD = (
    "policy",
    "scenario",
    "net benefit, fen a day",
    "95 % interval",
    "verdict",
    "tenants surely worse / better",
    "down",
    "moved",
)


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    benefit, tenants = each["benefit"], each["tenants"]
    net, interval, verdict = "-", "-", "not compared"
    if benefit is not None:
        net, verdict = shown(benefit["net_benefit_fen_per_day"]), "changes nothing" if each["is_null"] else benefit["verdict"]
        interval = "-" if benefit["ci_low"] is None else f"{shown(benefit['ci_low'])} to {shown(benefit['ci_high'])}"
    worse = "-" if tenants is None else f"{tenants['worse']} / {tenants['better']} of {tenants['parts']}"
    down = "-" if tenants is None else f"{100 * tenants['down_share']:.0f} %"
    moved = ", ".join(f"{kpi['name']} {kpi['verdict']}" for kpi in each["moved"][:4]) or "-"
    return (each["name"], each["scenario"], net, interval, verdict, worse, down, moved)


def as_markdown(table: dict[str, Any]) -> str:
    """Return the table as Markdown, losers first."""
    order = {"loses": 0, "not shown to pay or to lose": 1, "changes nothing": 2, "pays": 3}
    rows = sorted((_row(each) for each in table["policies"]), key=lambda row: (order.get(row[4], 4), row[0]))
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD), *("| " + " | ".join(row) + " |" for row in rows)]
    return "\n".join(lines) + "\n"
