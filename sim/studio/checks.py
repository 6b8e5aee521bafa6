"""Holds a draft against the schema, the plan and the scenario it starts from: its file, its differences, and all its problems."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass, replace
from pathlib import Path
from typing import Any

from sim import api, config_files, paths
from sim.config import RunConfig
from sim.errors import GalleriaError, Problem
from sim.floorplan.check import problems_of
from sim.floorplan.layout import with_layout
from sim.floorplan.read import read_plan
from sim.reporting.files import plain
from sim.schema.layout import drawing_changes
from sim.studio import pace
from sim.studio.drafts import SAID, Draft, base_of, text_of


def composed(text: str) -> RunConfig:
    """Return the configuration of a scenario's text; raises ConfigError whose places are keys, without a file."""
    with tempfile.TemporaryDirectory(prefix="galleria-draft-") as folder:
        path = Path(folder) / "draft.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            return config_files.compose(str(path))
        except GalleriaError as mistake:
            # A value of the draft may be told of as the line of the base's file that it replaces.
            place = re.compile(r"^[^:]*\.ya?ml:\d+(: )?")
            raise type(mistake).of(
                "the draft", [replace(each, place=place.sub("", each.place) or "draft") for each in mistake.problems]
            ) from None


def checked(draft: Draft) -> dict[str, Any]:
    """Return what /api/check answers: the draft's file, what differs from its base, what is wrong, and how long comparing would take."""
    text = text_of(draft)
    try:
        config = composed(text)
        problems = list(problems_on_the_plan(config))
    except GalleriaError as mistake:
        return {"yaml": text, "differences": [], "problems": [asdict(each) for each in mistake.problems]}
    differences = differences_of(base_of(draft.base), config)
    return {
        "yaml": text, "differences": differences, "problems": [asdict(each) for each in problems], "expected": pace.expected(config),
    }  # fmt: skip


def problems_on_the_plan(config: RunConfig) -> Iterator[Problem]:
    """Yield what the policies' names and the plan have against a configuration."""
    try:
        api.refuse_unknown_policies([config])
        if drawing_changes(config.layout):
            plan, _ = with_layout(read_plan(paths.find_floorplan(config.floorplan)), config.layout, config.floorplan)
            yield from problems_of(plan)
    except GalleriaError as mistake:
        yield from mistake.problems or (Problem("draft", "", str(mistake), "change it"),)


def differences_of(base: RunConfig, other: RunConfig) -> list[dict[str, Any]]:
    """Return every key whose value differs, as {key, from, to}, in the order of the schema; not what a scenario says of itself."""
    before, after = flat(base), flat(other)
    return [
        {"key": key, "from": before.get(key), "to": after.get(key)}
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]


def flat(config: RunConfig) -> dict[str, Any]:
    """Return every value of a configuration under its dotted key; a list is one value."""
    found: dict[str, Any] = {}

    def walk(value: Any, key: str) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, f"{key}.{name}" if key else str(name))
        else:
            found[key] = plain(value)

    assert is_dataclass(config)
    walk({name: value for name, value in asdict(config).items() if name not in SAID}, "")
    return found
