"""The pages that are written from the code: scenarios, policies, KPIs, parameters, the command line.

`python docs/references.py` (`make references`) writes them all anew; a test holds each against what it would write.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim import cli, config_files  # noqa: E402
from sim.cli_show import TAGS, TRUST, _range_of  # noqa: E402
from sim.config import Parameter, RunConfig, parameters_of  # noqa: E402
from sim.config_yaml import read_plain  # noqa: E402

FOLDER = ROOT / "docs" / "reference"


def scenarios() -> str:
    """Return scenarios.md: the question of each scenario, what to expect, what it covers, the command."""
    records = config_files.scenario_records()
    lines = [
        "# Scenarios", "",
        "A scenario is a question and its differences from the defaults ([write one](../how-to/write-a-scenario.md)). The letters under *covers* are rows of the "
        "mission: A and B what the mall knows, C offers, D queues and food, E talk and reputation, F services, G layout, H and J points, I goods and the web.", "",
        "This page is written from the files in `scenarios/`; a test holds the two together.", "",
        "| scenario | covers | question |", "|---|---|---|",
        *(f"| [`{each.name}`](#{each.name}) | {' '.join(each.covers)} | {cell(each.question)} |" for each in records),
    ]  # fmt: skip
    for each in records:
        told = read_plain(each.path).values
        lines += ["", f"## {each.name}", "", each.question, "", f"**Expect**: {each.expects}" if each.expects else "", ""]
        lines += [f"{facts_of(told)}; its differences: [{each.path.name}](../../scenarios/{each.path.name}).", ""]
        lines += ["```console", *scenario_commands(each.name, told), "```"]
    return "\n".join(without_doubled_gaps(lines)) + "\n"


def facts_of(told: dict[str, Any]) -> str:
    """Return what a scenario's file sets of the run itself, in words."""
    base = RunConfig()
    days = int(told.get("days", base.days))
    facts = [
        f"Mall `{told.get('floorplan', base.floorplan)}`",
        str(told.get("date", base.date)),
        "one day" if days == 1 else f"{days} days",
    ]
    for key, words in (("policies", "policies"), ("arms", "compared by its arms")):
        if names := told.get(key):
            facts.append(f"{words} {', '.join(f'`{name}`' for name in names)}")
    return "; ".join(facts)


def scenario_commands(name: str, told: dict[str, Any]) -> list[str]:
    """Return the commands that run a scenario, and that compare it where it names arms."""
    return [f"$ galleria run {name}", *([f"$ galleria compare {name}"] if told.get("arms") else [])]


def parameters() -> str:
    """Return parameters.md: every key with meaning, default, range, source and confidence, a section per group."""
    lines = [
        "# Parameters", "",
        "Every key of a run with what is known of its default. Any of them can stand in a scenario or on the command line, as `key=value`; `galleria explain KEY` says the same of one. "
        "A range is what is accepted, not what is usual. **Confidence** is how far to trust the default: high, medium, low, or – where it is a choice of the run and not a finding. "
        "**Checked** says how the source was used:", "",
        *(f"- *{mark}*: {words}" for mark, words in TAGS.items() if mark != "-"), "",
        "A report prints which of them its run used and which it changed. This page is written from `sim/config.py` and the modules beside it; a test holds the two together.",
    ]  # fmt: skip
    by_group = itertools.groupby(parameters_of(RunConfig()), key=lambda each: group_of(each.key))
    for group, found in by_group:
        lines += [
            "",
            f"## {group}",
            "",
            "| key | meaning | default | range | source | checked | confidence |",
            "|---|---|---|---|---|---|---|",
        ]
        found = list(found)
        lines += [parameter_row(each) for each in one_per_trade(found)]
        lines += by_trade(found) if group == "categories" else []
    return "\n".join(lines) + "\n"


def group_of(key: str) -> str:
    """Return the section of a key; keys of the run itself have one of their own."""
    return key.partition(".")[0] if "." in key else "run"


def one_per_trade(found: Iterable[Parameter]) -> list[Parameter]:
    """Return the keys, those that every trade has only once, under `categories.<trade>`: 20 trades would fill the page."""
    kept: dict[str, Parameter] = {}
    for each in found:
        key = re.sub(r"^categories\.[^.]+\.", "categories.<trade>.", each.key)
        kept.setdefault(key, each)
    return [
        Parameter(**{**vars(each), "key": key, "default": each.default if key == each.key else "by trade"})
        for key, each in kept.items()
    ]


def by_trade(found: Iterable[Parameter]) -> list[str]:
    """Return a table of the defaults of all trades, a line for each."""
    defaults: dict[str, dict[str, str]] = {}
    for each in found:
        _, trade, name = each.key.split(".")
        defaults.setdefault(trade, {})[name] = plain(each.default)
    names = list(next(iter(defaults.values())))
    lines = [
        "",
        "Their defaults:",
        "",
        f"| trade | {' | '.join(f'`{name}`' for name in names)} |",
        "|---" * (len(names) + 1) + "|",
    ]
    return lines + [f"| `{trade}` | {' | '.join(values[name] for name in names)} |" for trade, values in defaults.items()]


def parameter_row(each: Parameter) -> str:
    """Return a line of the table."""
    default = each.default if isinstance(each.default, str) else plain(each.default)
    tag, trust = (each.tag, TRUST[each.confidence]) if each.tag != "-" else ("–", "–")
    return f"| `{each.key}` | {cell(each.meaning)} | {code(default)} | {cell(_range_of(each))} | {cell(each.source)} | {tag} | {trust} |"


def plain(value: Any) -> str:
    """Return a default as one would type it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(plain, value)) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def command_line() -> str:
    """Return command-line.md: what each command's parser says of itself."""
    os.environ["COLUMNS"] = "100"  # argparse breaks its lines there
    lines = [
        "# The command line", "",
        "`galleria COMMAND ...` and `python -m sim COMMAND ...` are the same. Exit codes: 0 done; 1 a check failed or a KPI moved; 2 a mistake in what was typed or in a file, with one message that says "
        "where and the way out; 130 stopped by Ctrl-C. Results go to standard output, progress and notes to standard error; `--json` prints for machines; `--debug` shows the traceback of an error.", "",
        "This page is written from the parsers in `sim/cli.py` and the modules that it names; a test holds the two together.", "",
        "| command | |", "|---|---|",
        *(f"| [`{name}`](#galleria-{name}) | {cell(line)} |" for name, (_, line) in cli.COMMANDS.items()),
    ]  # fmt: skip
    for name in cli.COMMANDS:
        lines += ["", f"## galleria {name}", "", "```text", help_of(name), "```"]
    return "\n".join(lines) + "\n"


def help_of(name: str) -> str:
    """Return what `galleria NAME --help` prints."""
    parser = cli.Parser(
        prog=f"galleria {name}", description=cli.COMMANDS[name][1].capitalize() + ".", formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )  # fmt: skip
    importlib.import_module(cli.COMMANDS[name][0]).COMMANDS[name](parser)
    return "\n".join(line.rstrip() for line in parser.format_help().strip().splitlines())


def policies() -> str:
    """Return policies.md."""
    from agents.policies.reference import as_markdown

    return as_markdown()


def kpis() -> str:
    """Return kpis.md."""
    from sim.reporting.kpi_catalogue import as_markdown

    return as_markdown()


PAGES: dict[str, Callable[[], str]] = {
    "scenarios.md": scenarios, "policies.md": policies, "kpis.md": kpis, "parameters.md": parameters, "command-line.md": command_line,
}  # fmt: skip


def cell(text: object) -> str:
    """Return text that stays within its cell of a table."""
    return (
        " ".join(str(text).split())
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replace("*", "\\*")
        .replace("_", "\\_")
        .replace("[", "\\[")
        or "–"
    )


def code(text: str) -> str:
    """Return text as code; nothing stays nothing."""
    return f"`{text}`".replace("|", "\\|") if text else "–"


def without_doubled_gaps(lines: Iterable[str]) -> list[str]:
    """Return lines without an empty one after another."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return kept


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
