"""Reads `key=value` and `key=a,b` of the command line in Hydra's grammar, and says what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sim import paths
from sim.config_keys import guess_of, kind_at, tree_problems, unknown_key
from sim.config_yaml import Keys, key_problem, text_problem
from sim.errors import Problem

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override

SCENARIOS = "scenarios"
_LIST_ITEM = re.compile(r"\[\d+\]|\.\d+(\.|$)")


@dataclass(frozen=True)
class Given:
    """One override that passed: its text, and the key it sets."""

    text: str
    keys: Keys


def read_overrides(texts: Sequence[str]) -> tuple[list[Given], list[Problem]]:
    """Return the overrides that pass, and all problems of the others."""
    given: list[Given] = []
    problems: list[Problem] = []
    for text in texts:
        found = list(_problems_of(text))
        problems += found
        if not found:
            given.append(Given(text, keys_of(text.split("=", 1)[0])))
    return given, problems


@dataclass(frozen=True)
class Swept:
    """An override with every value that it takes in a sweep, in order; one value where it does not vary."""

    key: str
    values: tuple[str, ...]  # in Hydra's grammar, as they stand after key=

    @property
    def texts(self) -> tuple[str, ...]:
        """The overrides of single runs."""
        return tuple(f"{self.key}={value}" for value in self.values)


def read_values(texts: Sequence[str]) -> tuple[list[tuple[str, Any]], list[Problem]]:
    """Return the key and the plain value of each override, and what is wrong with them."""
    problems = [problem for text in texts for problem in _problems_of(text)]
    if problems:
        return [], problems
    overrides = [override for override, _ in map(_parsed, texts) if override is not None]
    return [(override.key_or_group, _plain(override.value())) for override in overrides], []


def read_sweep(texts: Sequence[str], values_max: int) -> tuple[list[Swept], list[Problem]]:
    """Return overrides with the values that each takes, as Hydra's own parser enumerates them, and all problems of the others."""
    swept: list[Swept] = []
    problems: list[Problem] = []
    for text in texts:
        found, wrong = _swept(text, values_max)
        problems += wrong
        if found is not None and not wrong:
            alike = 1 if "=range(" in text else None  # numbers of one kind
            each = (problem for single in found.texts[:alike] for problem in _problems_of(single))
            wrong = list({(problem.rule, problem.way_out): problem for problem in each}.values())
            problems += wrong
            swept += [] if wrong else [found]
    keys = [each.key for each in swept]
    problems += [
        Problem(f"command line: {key}", f"{keys.count(key)} times", "an override is given once", f"write {key}=a,b to try both")
        for key in dict.fromkeys(keys)
        if keys.count(key) > 1
    ]
    return swept, problems


def read_scenarios(text: str, values_max: int) -> tuple[list[str], list[Problem]]:
    """Return the scenarios of "a,b" or "glob(wifi*)", names or paths, and what is wrong with the text."""
    found, problems = _swept(f"{SCENARIOS}={text}", values_max)
    place = "SCENARIO"
    names = [] if found is None else [value.strip("\"'") for value in found.values]
    return names, [Problem(place, problem.value or text, problem.rule, problem.way_out) for problem in problems]


def _swept(text: str, values_max: int) -> tuple[Swept | None, list[Problem]]:
    """Return an override with its values, unchecked but for their number."""
    place, (key, _, value) = f"command line: {text}", text.partition("=")
    if not value.strip():
        return None, [
            Problem(place, "", "has no value", "write key=value, key=a,b or key=range(1,31); an empty text is key='\"\"'")
        ]
    override, problems = _parsed(text)
    if override is None or not override.is_sweep_override():
        return Swept(key, (value,)), problems
    refused = _refused(override, place)
    if refused is not None:
        return None, [refused]
    try:
        values = tuple(_enumerated(override, values_max + 1))
    except Exception as trouble:  # Hydra raises what its own classes meet: ValueError, HydraException
        return None, [
            Problem(
                place, "", f"cannot be enumerated: {trouble}", "see hydra.cc, extended override grammar: range(start,stop,step)"
            )
        ]
    return Swept(key, values), list(_number_problems(place, values, values_max))


def _enumerated(override: Override, values_max: int) -> Iterator[str]:
    if override.value_type is not None and override.value_type.name == "GLOB_CHOICE_SWEEP":
        glob: Any = override.value()
        return islice(iter(glob.filter(sorted(paths.scenario_files()))), values_max)
    values = islice(override.sweep_string_iterator(), values_max)
    return (value if value[:1] in ("'", '"') else value.replace("\\:", ":") for value in values)  # 09:30 needs no escape


def _refused(override: Override, place: str) -> Problem | None:
    """Say why a sweep of Hydra's grammar is no list of runs in a fixed order."""
    if override.is_interval_sweep():
        return Problem(
            place, "interval", "has no end of values", "write range(start,stop,step), or search with `galleria optimise`"
        )
    if (
        override.value_type is not None
        and override.value_type.name == "GLOB_CHOICE_SWEEP"
        and override.key_or_group != SCENARIOS
    ):
        return Problem(place, "glob", "is for scenarios only", "name the values: key=a,b")
    if getattr(override.value(), "shuffle", False):
        return Problem(place, "shuffle", "the order of runs is fixed", "leave shuffle out: results do not depend on the order")
    return None


def _number_problems(place: str, values: Sequence[str], values_max: int) -> Iterator[Problem]:
    if not values:
        yield Problem(
            place,
            "none",
            "must have at least one value",
            "mind that range(start,stop) ends before stop, and that a glob meets names of scenarios",
        )
    if len(values) > values_max:
        yield Problem(place, f"over {values_max:,}", f"at most {values_max:,} values", "raise --max-runs, or try fewer")
    twice = [value for value in dict.fromkeys(values) if values.count(value) > 1] if len(values) <= values_max else []
    if twice:
        yield Problem(
            place, ", ".join(twice[:5]), "a value is given once, since it would be the same run", "leave out the repeated one"
        )


def keys_of(text: str) -> Keys:
    """Return ("operations", "outages", 0, "asset") of "operations.outages[0].asset"."""
    parts = [part for part in re.split(r"\.|\[(\d+)\]", text) if part]
    return tuple(int(part) if part.isdigit() else part for part in parts)


def _problems_of(text: str) -> Iterator[Problem]:
    override, problems = _parsed(text)
    if override is None:
        yield from problems
        return
    place = f"command line: {text}"
    if override.is_sweep_override():
        yield Problem(place, "", "one run takes one value", "put a list into brackets, or try several with `galleria sweep`")
    else:
        yield from _value_problems(override.key_or_group, _plain(override.value()), place)


def _parsed(text: str) -> tuple[Override | None, list[Problem]]:
    """Return an override as Hydra reads it, or why it cannot be one."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    place = f"command line: {text}"
    key, equals, _ = text.partition("=")
    if not equals:
        guess = guess_of(text)
        way_out = f"{guess if repr(text) not in guess else ''}write for instance population.car_share=0.5"
        return None, [Problem(place, "", "must be key=value", way_out)]
    unsafe = key_problem(place, key) or text_problem(place, text)
    if unsafe:
        return None, [unsafe]
    if _LIST_ITEM.search(key):
        whole = _LIST_ITEM.split(key)[0]
        return None, [Problem(place, "", "a list is replaced as a whole", f"write {whole}=[...]")]
    try:
        override = OverridesParser.create().parse_override(text)
    except HydraException as trouble:
        reason = str(trouble).splitlines()[0]
        way_out = "put text with signs in two pairs of quotes: 'key=\"a, b\"'"
        return None, [Problem(place, "", f"cannot be read: {reason}", way_out)]
    if override.is_delete() or override.is_add():
        return None, [Problem(place, "", "keys are neither added nor deleted", "write key=value")]
    return override, []


def _value_problems(key: str, value: Any, place: str) -> Iterator[Problem]:
    keys = keys_of(key)
    if key in paths.group_names() and not isinstance(value, dict):
        options = paths.group_files(key)
        if value not in options:
            yield paths.unknown_name(place, str(value), options, f"option of {key}", f"conf/{key}/")
    elif key in ("scenarios", "defaults", "schema"):
        yield Problem(
            place, "", "the scenario is the first word after the command", "write galleria run SCENARIO key=value ..."
        )
    elif kind_at(keys)[2] is not None:
        yield unknown_key(place, keys)
    else:
        unsafe = list(_unsafe_keys(value, place))
        yield from unsafe or tree_problems(value, lambda _: place, keys)


def _plain(value: Any) -> Any:
    """Return a value of Hydra's grammar as plain Python (its quoted texts are objects)."""
    if isinstance(value, dict):
        return {str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return value if isinstance(value, bool | int | float | None) else str(getattr(value, "text", value))


def _unsafe_keys(value: Any, place: str) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, child in value.items():
            problem = key_problem(place, key)
            yield from [problem] if problem else _unsafe_keys(child, place)
    elif isinstance(value, list):
        for child in value:
            yield from _unsafe_keys(child, place)
