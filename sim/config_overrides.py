"""Reads `key=value` of the command line in Hydra's grammar, and says what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sim import paths
from sim.config_keys import guess_of, kind_at, tree_problems, unknown_key
from sim.config_yaml import Keys, key_problem, text_problem
from sim.errors import Problem

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


def keys_of(text: str) -> Keys:
    """Return ("operations", "outages", 0, "asset") of "operations.outages[0].asset"."""
    parts = [part for part in re.split(r"\.|\[(\d+)\]", text) if part]
    return tuple(int(part) if part.isdigit() else part for part in parts)


def _problems_of(text: str) -> Iterator[Problem]:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    place = f"command line: {text}"
    key, equals, _ = text.partition("=")
    if not equals:
        yield Problem(place, "", "must be key=value", f"{guess_of(text)}write for instance population.car_share=0.5")
        return
    unsafe = key_problem(place, key) or text_problem(place, text)
    if unsafe:
        yield unsafe
        return
    if _LIST_ITEM.search(key):
        whole = _LIST_ITEM.split(key)[0]
        yield Problem(place, "", "a list is replaced as a whole", f"write {whole}=[...]")
        return
    try:
        override = OverridesParser.create().parse_override(text)
    except HydraException as trouble:
        reason = str(trouble).splitlines()[0]
        yield Problem(place, "", f"cannot be read: {reason}", "put text with signs in two pairs of quotes: 'key=\"a, b\"'")
        return
    if override.is_delete() or override.is_add():
        yield Problem(place, "", "keys are neither added nor deleted", "write key=value")
    elif override.is_sweep_override():
        yield Problem(place, "", "one run takes one value", "put a list into brackets, or try several with `galleria compare`")
    else:
        yield from _value_problems(override.key_or_group, _plain(override.value()), place)


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
