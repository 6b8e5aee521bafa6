"""What a search may change and what it wants: a small YAML file, read strictly, with all its problems at once."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.categories import CATEGORIES
from sim.config import Parameter, RunConfig, parameters_of
from sim.config_keys import kind_at, tree_problems, unknown_key, value_problem
from sim.config_overrides import keys_of
from sim.config_yaml import Keys, PlainFile, read_plain
from sim.errors import ConfigError, Problem
from sim.paths import unknown_name
from sim.reporting.kpi_catalogue import BY_NAME
from sim.schema.layout import (
    ConnectorConfig,
    DoorConfig,
    LayoutConfig,
    LettingConfig,
    PopUpConfig,
    SignConfig,
)

LAYOUT, PARAMETERS, ACCESS_POINTS = "layout", "parameters", "access_points"
ALWAYS = ("what", "objective", "direction", "fresh_pairs")
KEYS = {
    LAYOUT: (*ALWAYS, "swaps", "options"),
    PARAMETERS: (*ALWAYS, "parameters", "replications"),
    ACCESS_POINTS: (*ALWAYS, "off", "levels"),
}
SWAP_KEYS = ("trades", "levels", "similar_area_share", "at_most")
VARIABLE_KEYS = ("key", "low", "high", "beyond")
OPTION_PARTS: dict[str, type] = {
    "doors": DoorConfig, "connectors": ConnectorConfig, "signs": SignConfig, "pop_ups": PopUpConfig, "let": LettingConfig, "vacate": str,
}  # fmt: skip
DIRECTIONS = ("higher", "lower")
MOST = 1_000_000


@dataclass(frozen=True)
class SwapRules:
    """Which tenants may change rooms with each other."""

    trades: tuple[str, ...] = ()  # none: all
    levels: tuple[str, ...] = ()  # ids; none: all
    similar_area_share: float = 0.8  # the smaller room's floor / the larger one's, at least
    at_most: int = 28  # swaps in the winner


@dataclass(frozen=True)
class Option:
    """A change of the layout that is made as a whole or not at all: doors, escalators, signs, kiosks, lettings."""

    name: str
    layout: Mapping[str, Any]


@dataclass(frozen=True)
class Variable:
    """A parameter and where it is looked for."""

    key: str
    low: float | None = None
    high: float | None = None
    is_integer: bool = False
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Search:
    """What a search may change and what it wants."""

    name: str
    what: str
    objective: str
    direction: str  # higher or lower
    fresh_pairs: int = 15  # pairs of runs of the last comparison, on seeds that the search never saw
    swaps: SwapRules | None = None
    options: tuple[Option, ...] = ()
    variables: tuple[Variable, ...] = ()
    replications: int = 2  # runs of each setting tried
    off: int = 0  # access points to switch off
    levels: tuple[str, ...] = ()  # of those access points; none: all

    @property
    def sign(self) -> int:
        """Return +1 where more is better, -1 where less is."""
        return 1 if self.direction == "higher" else -1


def read_search(path: Path, config: RunConfig, objective: str | None = None) -> Search:
    """Return what a file says; `objective` is used instead of the file's own. Raises ConfigError with all that is wrong in it."""
    found = read_plain(path)
    problems = list(found.problems)
    search = None if problems else _search(found, config, objective, problems)
    if search is None or problems:
        raise ConfigError.of(path, problems)
    return search


def _search(found: PlainFile, config: RunConfig, objective: str | None, problems: list[Problem]) -> Search | None:
    values = found.values
    what = values.get("what")
    if what not in KEYS:
        problems.append(
            unknown_name(found.place(("what",)), str(what), KEYS, "kind of search", "docs/how-to/search-for-a-better-layout.md")
        )
        return None
    problems += _unknown(values, KEYS[what], (), found)
    named = objective or values.get("objective")
    direction = values.get("direction")
    kpi = BY_NAME.get(str(named))
    if kpi is None or not kpi.is_known:
        known = [name for name, each in BY_NAME.items() if each.is_known]
        problems.append(unknown_name(found.place(("objective",)), str(named), known, "KPI to optimise", "`galleria list kpis`"))
    elif direction is None and kpi.direction not in DIRECTIONS:
        problems.append(
            Problem(found.place(("objective",)), kpi.name, "no way is better for this KPI", "write direction: higher, or lower")
        )
    if direction is not None and direction not in DIRECTIONS:
        problems.append(Problem(found.place(("direction",)), str(direction), "must be higher or lower", "choose one of them"))
    number = _numbers(found, problems)
    fields: dict[str, Any] = {"fresh_pairs": number(("fresh_pairs",), 15, 2, 1000)}
    if what == LAYOUT:
        fields |= {"swaps": _swaps(found, number, problems), "options": tuple(_options(found, problems))}
        if fields["swaps"] is None and not fields["options"]:
            problems.append(
                Problem(found.place(), "", "nothing may change", "write swaps: {} for all tenants, or options: [...]")
            )
    elif what == PARAMETERS:
        fields |= {
            "variables": tuple(_variables(found, config, problems)),
            "replications": number(("replications",), 2, 1, 100),
        }
    else:
        fields |= {"off": number(("off",), 1, 1, 10_000), "levels": _texts(found, ("levels",), problems)}
    way = direction or (kpi.direction if kpi is not None else "higher")
    return Search(found.path.stem, what, str(named), str(way), **fields)


def _unknown(values: Mapping[str, Any], known: Sequence[str], keys: Keys, found: PlainFile) -> Iterator[Problem]:
    for key in values:
        if key not in known:
            yield unknown_name(found.place((*keys, key)), key, known, "key here", "docs/how-to/search-for-a-better-layout.md")


def _numbers(found: PlainFile, problems: list[Problem]) -> Callable[..., Any]:
    """Return a reader of numbers within a range: a whole one where its default is whole."""

    def number(keys: Keys, default: float, low: float, high: float) -> float:
        value: Any = found.values
        for key in keys:
            value = value.get(key, default) if isinstance(value, dict) else default
        problem = value_problem(value, type(default), found.place(keys))
        if problem is None and not low <= value <= high:
            problem = Problem(found.place(keys), f"{value:g}", f"must be from {low:g} to {high:g}", "choose another value")
        if problem is not None:
            problems.append(problem)
            return default
        return type(default)(value)

    return number


def _texts(found: PlainFile, keys: tuple[str, ...], problems: list[Problem]) -> tuple[str, ...]:
    value: Any = found.values
    for key in keys:
        value = value.get(key, []) if isinstance(value, dict) else []
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    problems.append(Problem(found.place(keys), repr(value)[:60], "must be a list of names", "write [first, second]"))
    return ()


def _swaps(found: PlainFile, number: Callable[..., Any], problems: list[Problem]) -> SwapRules | None:
    if "swaps" not in found.values:
        return None
    own = found.values["swaps"]
    if not isinstance(own, dict):
        problems.append(
            Problem(found.place(("swaps",)), repr(own)[:60], "is a section with keys of its own", "write swaps: {}")
        )
        return None
    problems += _unknown(own, SWAP_KEYS, ("swaps",), found)
    trades = _texts(found, ("swaps", "trades"), problems)
    for trade in trades:
        if trade not in CATEGORIES:
            problems.append(
                unknown_name(found.place(("swaps", "trades")), trade, CATEGORIES, "trade", "`galleria explain categories`")
            )
    levels = _texts(found, ("swaps", "levels"), problems)
    share = number(("swaps", "similar_area_share"), 0.8, 0.05, 1.0)
    return SwapRules(trades, levels, share, number(("swaps", "at_most"), 28, 1, 1000))


def _options(found: PlainFile, problems: list[Problem]) -> Iterator[Option]:
    given = found.values.get("options", [])
    if not isinstance(given, list):
        problems.append(
            Problem(found.place(("options",)), repr(given)[:60], "must be a list", "write - {name: ..., doors: [...]}")
        )
        return
    for index, option in enumerate(given):
        at = ("options", index)
        if not isinstance(option, dict) or not isinstance(option.get("name"), str) or len(option) < 2:
            rule = "is a section with a name and what changes"
            problems.append(
                Problem(found.place(at), repr(option)[:60], rule, f"write name and one of {', '.join(OPTION_PARTS)}")
            )
            continue
        parts = {key: value for key, value in option.items() if key != "name"}
        wrong = [*_unknown(parts, (*OPTION_PARTS, "name"), at, found)]
        if not wrong:
            wrong = list(tree_problems(parts, _places_below(found, at), ("layout",)))
        problems += wrong
        if not wrong:
            yield Option(option["name"], parts)
    names = [option.get("name") for option in given if isinstance(option, dict)]
    if len(set(map(str, names))) < len(names):
        problems.append(
            Problem(found.place(("options",)), ", ".join(map(str, names)), "each needs a name of its own", "rename one")
        )


def _places_below(found: PlainFile, at: Keys) -> Callable[[Keys], str]:
    """Return where in the file a key of `layout` stands that an option sets."""
    return lambda keys: found.place((*at, *keys[1:]))


def _variables(found: PlainFile, config: RunConfig, problems: list[Problem]) -> Iterator[Variable]:
    known = {each.key: each for each in parameters_of(config)}
    given = found.values.get("parameters", [])
    if not isinstance(given, list) or not given:
        problems.append(
            Problem(found.place(("parameters",)), repr(given)[:60], "must be a list of parameters", "write - {key: ...}")
        )
        return
    for index, entry in enumerate(given):
        at = ("parameters", index)
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
            problems.append(
                Problem(found.place(at), repr(entry)[:60], "is a section with a key", "write - {key: a.b, low: 1, high: 9}")
            )
            continue
        wrong = [*_unknown(entry, VARIABLE_KEYS, at, found)]
        parameter = known.get(entry["key"])
        if parameter is None:
            wrong.append(unknown_key(found.place((*at, "key")), keys_of(entry["key"])))
        else:
            wrong += _range_problems(entry, parameter, found, at)
        problems += wrong
        if not wrong and parameter is not None:
            yield _variable(entry, parameter)


def _range_problems(entry: Mapping[str, Any], parameter: Parameter, found: PlainFile, at: Keys) -> Iterator[Problem]:
    """Yield what is wrong with the range of one parameter: a number out of bounds, no bounds at all, the documented range left."""
    kind = kind_at(keys_of(parameter.key))[0]
    if parameter.choices or kind is bool:
        for name in ("low", "high"):
            if name in entry:
                yield Problem(
                    found.place((*at, name)), str(entry[name]), "a choice has no range", "leave it out: all choices are tried"
                )
        return
    if kind not in (int, float):
        yield Problem(found.place((*at, "key")), parameter.key, "is neither a number nor a choice", "choose another parameter")
        return
    bounds: dict[str, float | None] = {"low": parameter.low, "high": parameter.high}
    for name in bounds:
        if name not in entry:
            continue
        problem = value_problem(entry[name], kind, found.place((*at, name)))
        if problem is not None:
            yield problem
            return
        outside = (parameter.low is not None and entry[name] < parameter.low) or (
            parameter.high is not None and entry[name] > parameter.high
        )
        if outside and entry.get("beyond") is not True:
            rule = f"lies outside the documented range of {parameter.key}, {parameter.low:g} to {parameter.high:g}"
            yield Problem(found.place((*at, name)), f"{entry[name]:g}", rule, "narrow it, or write beyond: true beside it")
        bounds[name] = entry[name]
    low, high = bounds["low"], bounds["high"]
    if low is None or high is None or high - low > MOST:
        way_out = "write low and high"
        yield Problem(found.place((*at, "key")), parameter.key, "its documented range is too wide to search", way_out)
    elif low >= high:
        yield Problem(found.place(at), f"{low:g} to {high:g}", "low must be below high", "swap the two")


def _variable(entry: Mapping[str, Any], parameter: Parameter) -> Variable:
    kind = kind_at(keys_of(parameter.key))[0]
    if kind is bool:
        return Variable(parameter.key, choices=(False, True))
    if parameter.choices:
        return Variable(parameter.key, choices=parameter.choices)
    return Variable(parameter.key, entry.get("low", parameter.low), entry.get("high", parameter.high), kind is int)


def with_parameters(config: RunConfig, values: Mapping[str, Any]) -> RunConfig:
    """Return a copy of a configuration with other values at some dotted keys."""
    changed = copy.deepcopy(config)
    for key, value in values.items():
        *sections, name = keys_of(key)
        place: Any = changed
        for section in sections:
            place = place[section] if isinstance(place, dict) else getattr(place, str(section))
        setattr(place, str(name), value)
    return changed


def with_layout_parts(layout: LayoutConfig, parts: Mapping[str, Any]) -> LayoutConfig:
    """Return a layout with more doors, escalators, signs, kiosks or lettings."""
    more: dict[str, Any] = {
        name: [*getattr(layout, name), *(each if OPTION_PARTS[name] is str else OPTION_PARTS[name](**each) for each in entries)]
        for name, entries in parts.items()
    }
    return dataclasses.replace(layout, **more)
