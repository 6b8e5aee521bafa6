"""The reference of policies, docs/reference/policies.md, written from the catalogue and from what `galleria catalogue` has measured."""

from __future__ import annotations

from collections.abc import Iterable

from agents.policies.catalogue import ENTRIES, Entry
from sim.config import Parameter, RunConfig, parameters_of

HEAD = """# Policies

What a scenario can name under `policies:`, and an arm of a comparison by its name. Every policy sees observations only; a *measure* is settings alone
(`conf/measures/`), which lie under a scenario's own keys. The letters are rows of the mission. **How it can lose** is not a disclaimer: it is the path in the
simulation by which the policy can come out worse than nothing. What each brought when it was last measured is in [the table](policies-measured.md).

This page is written from `agents/policies/catalogue.py`; a test holds the two together.
"""


def as_markdown(entries: Iterable[Entry] = ENTRIES) -> str:
    """Return the page."""
    entries = list(entries)
    known: dict[str, list[Parameter]] = {}
    for parameter in parameters_of(RunConfig()):
        section, _, rest = parameter.key.partition(".")
        name, _, key = rest.partition(".")
        if section == "policy" and key:
            known.setdefault(name, []).append(parameter)
    lines = [HEAD, "| policy | rows | what it does |", "|---|---|---|"]
    lines += [f"| [`{entry.name}`](#{entry.name}) | {' '.join(entry.covers)} | {entry.does} |" for entry in entries]
    for entry in entries:
        lines += ["", f"## {entry.name}", "", entry.does, "", f"**How it can lose**: {entry.loses}", ""]
        how = f"agents/policies/{entry.make.split(':')[0]}.py" if entry.make else f"conf/measures/{entry.name}.yaml"
        facts = [f"Acts by `{how}`"]
        facts += [f"scenario `{entry.scenario}`"] if entry.scenario else []
        facts += [f"first told by `{entry.shows}`"] if entry.shows else []
        facts += [f"source: {entry.source}"] if entry.source else []
        lines.append("; ".join(facts) + ".")
        if entry.name in known:
            lines += ["", "| key | default | range | meaning | source |", "|---|---|---|---|---|"]
            lines += [_row(parameter) for parameter in known[entry.name]]
    return "\n".join(lines) + "\n"


def _row(parameter: Parameter) -> str:
    limits = " ".join(parameter.choices) or _range(parameter)
    cells = (f"`{parameter.key}`", f"{parameter.default}", limits, parameter.meaning, parameter.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _range(parameter: Parameter) -> str:
    if parameter.low is None:
        return ""
    return f"{parameter.low:g} to {parameter.high:g}" if parameter.high is not None else f"from {parameter.low:g}"
