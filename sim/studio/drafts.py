"""What a planner has changed and not yet saved: read from JSON, written as a small scenario, held against the scenario it starts from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import yaml

from sim import config_files, paths
from sim.config import RunConfig
from sim.config_keys import kind_at
from sim.config_overrides import keys_of
from sim.errors import ConfigError, Problem
from sim.floorplan.layout import Drawn, with_layout
from sim.floorplan.plan import FloorPlan
from sim.floorplan.read import read_plan
from sim.schema.layout import LayoutConfig, MixConfig

NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")  # of a scenario: what a file may be called everywhere
KEY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
SAID = ("name", "question", "expects", "covers", "arms", "calibrate")  # what a scenario says of itself, which no day depends on
OWN_FIELDS = ("floorplan", "policies", "layout.moves", "layout.access_points", *SAID)
CHANGES_MAX = 5_000
TEXT_MAX = 2_000
QUESTION = "What happens with these differences?"

Moves = list[dict[str, str]]
Points = list[dict[str, Any]]


@dataclass(frozen=True)
class Draft:
    """The scenario that is changed, and the changes; None stands for "as there"."""

    base: str
    floorplan: str | None = None
    policies: list[str] | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    moves: Moves | None = None
    access_points: Points | None = None


def base_of(name: str) -> RunConfig:
    """Return a scenario's configuration, composed anew only when a file has changed; not to be written to."""
    groups = (paths.group_files(group) for group in paths.group_names())
    files = [*paths.scenario_files().values(), *(path for found in groups for path in found.values())]
    states = [(str(path), path.stat()) for path in files if path.is_file()]
    return _composed_of(name, tuple((path, state.st_mtime_ns, state.st_size) for path, state in states))


@lru_cache(maxsize=16)
def _composed_of(name: str, _files: tuple[tuple[str, int, int], ...]) -> RunConfig:
    return config_files.compose(name)


def read_draft(given: Any) -> Draft:
    """Return the draft that a page has sent; raises ConfigError with all that no draft can be."""
    place = "the draft"
    if not isinstance(given, dict):
        raise ConfigError.of(place, [Problem("draft", type(given).__name__, "must be an object", "send base and differences")])
    problems = [*_field_problems(given), *_override_problems(given.get("overrides") or {})]
    if problems:
        raise ConfigError.of(place, problems)
    base = str(given["base"])
    if not NAME.fullmatch(base) or base not in paths.scenario_files():
        known = paths.scenario_files()
        raise ConfigError.of(place, [paths.unknown_name("base", base[:80], known, "scenario", "`galleria list scenarios`")])
    plan = given.get("floorplan")
    if plan and plan not in paths.floorplan_folders() and plan != base_of(base).floorplan:
        plans = paths.floorplan_folders()
        raise ConfigError.of(
            place, [paths.unknown_name("floorplan", plan[:80], plans, "floor plan", "`galleria list floorplans`")]
        )
    return Draft(
        base, given.get("floorplan") or None, given.get("policies"), dict(given.get("overrides") or {}),
        given.get("moves"), given.get("access_points"),
    )  # fmt: skip


def _field_problems(given: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield every field of a wrong shape."""
    shapes: dict[str, tuple[Callable[[Any], bool], str]] = {
        "base": (lambda value: isinstance(value, str), "must be the name of a scenario"),
        "floorplan": (lambda value: value is None or isinstance(value, str), "must be the name of a floor plan"),
        "policies": (lambda value: value is None or _are_all(value, str), "must be a list of names"),
        "overrides": (lambda value: value is None or isinstance(value, dict), "must be an object of keys and values"),
        "moves": (lambda value: value is None or (_are_all(value, dict) and all(map(_is_move, value))), "must be a list of {tenant, to}"),
        "access_points": (
            lambda value: value is None or (_are_all(value, dict) and all(map(_is_point, value))), "must be a list of {level, x_m, y_m}",
        ),
    }  # fmt: skip
    for name in given:
        if name not in shapes:
            yield Problem(str(name)[:80], "", "a draft has no such field", f"it has {', '.join(shapes)}")
    for name, (fits, rule) in shapes.items():
        if not fits(given.get(name)):
            yield Problem(name, _short(given.get(name)), rule, "see docs/how-to/plan-in-the-browser.md")


def _are_all(value: Any, kind: type) -> bool:
    return isinstance(value, list) and len(value) <= CHANGES_MAX and all(isinstance(each, kind) for each in value)


def _is_move(move: Mapping[str, Any]) -> bool:
    return set(move) == {"tenant", "to"} and all(isinstance(each, str) for each in move.values())


def _is_point(point: Mapping[str, Any]) -> bool:
    numbers = (point.get("x_m"), point.get("y_m"))
    return (
        set(point) == {"level", "x_m", "y_m"}
        and isinstance(point["level"], str)
        and all(isinstance(each, int | float) and not isinstance(each, bool) and abs(each) < 1e6 for each in numbers)
    )


def _override_problems(overrides: Any) -> Iterator[Problem]:
    """Yield every key that is none, or that belongs in a field of its own."""
    if not isinstance(overrides, dict):
        return
    if len(overrides) > CHANGES_MAX:
        yield Problem("overrides", str(len(overrides)), f"a draft has at most {CHANGES_MAX} differences", "send fewer")
        return
    for key, value in overrides.items():
        place = f"overrides.{str(key)[:80]}"
        if not KEY.fullmatch(str(key)) or kind_at(keys_of(key))[2] is not None:
            yield Problem(place, "", "there is no such key", "see `galleria list parameters`")
        elif key in OWN_FIELDS:
            yield Problem(place, "", "has a field of its own in a draft", "put it there")
        elif value is None or isinstance(value, dict):
            yield Problem(place, _short(value), "must be one value or a list", "leave the key out to have the scenario's own")
        elif any(other != key and other.startswith(f"{key}.") for other in overrides):
            yield Problem(place, "", "stands beside a key inside it", "give one of the two")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def text_of(draft: Draft, *, question: str = "", name: str = "") -> str:
    """Return the scenario file of a draft: what it starts from, and only its differences; `name` is the file's, where it is known.

    Raises ConfigError where the base or the plan cannot be read.
    """
    base = base_of(draft.base)
    values: dict[str, Any] = {"question": question.strip()[:TEXT_MAX] or QUESTION}
    if base.expects:
        values["expects"] = "Not measured yet."
    values["defaults"] = [draft.base]
    if draft.floorplan and draft.floorplan != base.floorplan:
        values["floorplan"] = draft.floorplan
    if draft.policies is not None and draft.policies != list(base.policies):
        values["policies"] = list(draft.policies)
    differences = dict(draft.overrides)
    if draft.moves is not None and (draft.moves or base.layout.moves):
        differences["layout.moves"] = _moves_as_written(draft, base)
    if draft.access_points is not None and (draft.access_points or base.layout.access_points):
        differences["layout.access_points"] = [dict(point) for point in draft.access_points]
    for key, value in differences.items():
        *above, last = key.split(".")
        section = values
        for part in above:
            section = section.setdefault(part, {})
        section[last] = value
    if name or base.arms:
        values["arms"] = [draft.base, name] if name else []
    return "# @package _global_\n" + yaml.dump(values, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=128)


class _Readable(yaml.SafeDumper):  # type: ignore[misc]
    """Lists of records stand one a line, as in scenarios that are written by hand."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        """Let lists of plain values flow, and each record of a list of records."""
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = not any(isinstance(child, yaml.MappingNode) for child in node.value)
        for child in node.value:
            if isinstance(child, yaml.MappingNode):
                child.flow_style = True
        return node

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the items of a list."""
        super().increase_indent(flow, False)


def moves_by_unit(config: RunConfig) -> Moves:
    """Return the moves of a configuration with both ends as ids of units, where its plan can be read."""
    if not config.layout.moves:
        return []
    drawn = _drawn_before_moves(read_plan(paths.find_floorplan(config.floorplan)), config.layout)
    there = _Occupants(drawn)
    found = []
    for move in config.layout.moves:
        start, goal = there.unit_of(move.tenant), there.unit_of(move.to)
        found.append({"tenant": start, "to": goal})
        there.move(start, goal)
    return found


def _moves_as_written(draft: Draft, base: RunConfig) -> list[dict[str, Any]]:
    """Return moves with tenants by name where a name says which, and `swap` where the other unit is let."""
    there = _Occupants(_drawn_before_moves(read_plan(paths.find_floorplan(draft.floorplan or base.floorplan)), base.layout))
    written = []
    for move in draft.moves or []:
        start, goal = there.unit_of(move["tenant"]), there.unit_of(move["to"])
        swaps = {"swap": True} if goal in there.names else {}
        written.append({"tenant": there.said(start), "to": there.said(goal), **swaps})
        there.move(start, goal)
    return written


class _Occupants:
    """Who is in which unit while moves happen one after another."""

    def __init__(self, drawn: Drawn) -> None:
        self.units = drawn.units
        self.names = {unit: tenant.name for unit, tenant in drawn.tenants.items()}

    def unit_of(self, text: str) -> str:
        """Return the unit that an id or a tenant's name stands for; the text itself where it stands for none, or for several."""
        found = [unit for unit, name in self.names.items() if name == text]
        return found[0] if len(found) == 1 and text not in self.units else text

    def said(self, unit: str) -> str:
        """Return the name of who is there, where nobody else has it and a file can hold it; else the unit's id."""
        name = self.names.get(unit, unit)
        is_plain = name == name.strip() and name.isprintable() and name not in self.units and "${" not in name
        return name if is_plain and list(self.names.values()).count(name) == 1 else unit

    def move(self, start: str, goal: str) -> None:
        """Let a tenant go, and who is there come back."""
        mover, other = self.names.pop(start, None), self.names.pop(goal, None)
        self.names |= {goal: mover} if mover is not None else {}
        self.names |= {start: other} if other is not None else {}


def _drawn_before_moves(plan: FloorPlan, layout: LayoutConfig) -> Drawn:
    """Return who is where when the moves of a layout begin."""
    earlier = replace(layout, moves=[], doors=[], connectors=[], pop_ups=[], mix=MixConfig())
    try:
        return Drawn(with_layout(plan, earlier, plan.name)[0])
    except ConfigError:
        return Drawn(plan)  # whoever checks the draft says what is wrong
