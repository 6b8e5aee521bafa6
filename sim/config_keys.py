"""Checks keys and kinds of values against the schema before anything is composed, and guesses what was meant."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import typing
from collections.abc import Callable, Iterator
from typing import Any

from sim.config import RunConfig
from sim.config_yaml import Keys, dotted
from sim.errors import Problem

Place = Callable[[Keys], str]


def tree_problems(values: Any, place: Place, keys: Keys = ()) -> Iterator[Problem]:
    """Yield every unknown key and every value of a wrong kind in nested plain values that stand under `keys`.

    `place` is asked only for what is wrong.
    """
    kind, _, wrong = kind_at(keys)
    if wrong is not None:
        yield unknown_key(place(keys), keys)
        return
    yield from _value_problems(values, kind, place, keys)


def kind_at(keys: Keys) -> tuple[Any, Any, int | None]:
    """Return the declared type at a key, the default there, and the position of the first unknown part (None when known)."""
    kind: Any = RunConfig
    default: Any = _defaults()
    for position, key in enumerate(keys):
        children = _children(kind, default)
        if isinstance(key, int) and typing.get_origin(kind) is list:
            kind, default = typing.get_args(kind)[0], None
        elif isinstance(key, str) and key in children:
            kind, default = children[key]
        else:
            return kind, default, position
    return kind, default, None


@functools.cache
def _defaults() -> RunConfig:
    """Return the defaults of a run, made once: every key of every file is compared with them."""
    return RunConfig()


def _children(kind: Any, default: Any) -> dict[str, tuple[Any, Any]]:
    """Return the keys below a type: a dataclass's fields, or the names a table of entries starts with."""
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind if isinstance(kind, type) else type(kind))
        example = default if default is not None else kind()  # type: ignore[operator]
        return {item.name: (hints[item.name], getattr(example, item.name)) for item in dataclasses.fields(kind)}
    if typing.get_origin(kind) is dict:
        return {name: (typing.get_args(kind)[1], entry) for name, entry in (default or {}).items()}
    return {}


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@functools.cache
def all_keys() -> tuple[str, ...]:
    """Return every dotted key of a run, sections included."""
    found: list[str] = []

    def walk(kind: Any, default: Any, prefix: str) -> None:
        if typing.get_origin(kind) is list:
            kind, default = typing.get_args(kind)[0], None
        for name, (child, value) in _children(kind, default).items():
            found.append(prefix + name)
            walk(child, value, f"{prefix}{name}.")

    walk(RunConfig, _defaults(), "")
    return tuple(found)


def unknown_key(place: str, keys: Keys) -> Problem:
    """Say that a key is unknown, and which one may have been meant."""
    text = dotted(keys)
    _, _, wrong = kind_at(keys)
    where = dotted(keys[: wrong or 0])
    there = f"in {where!r}" if where else "at the top"
    return Problem(
        place, text, f"there is no key {keys[wrong or 0]!r} {there}", f"{guess_of(text)}see `galleria list parameters`"
    )


def guess_of(text: str) -> str:
    """Return 'did you mean ...? ' for a misspelt dotted key."""
    parts = re.sub(r"\[\d+\]", "", text).split(".")
    mended: list[str] = []
    for part in parts:
        names = _names_below(".".join(mended))
        close = [part] if part in names else difflib.get_close_matches(part, names, n=1, cutoff=0.6)
        if not close:
            break
        mended += close
    elsewhere = [key for key in all_keys() if key.rsplit(".", 1)[-1] == parts[-1] and not key.startswith("categories.")]
    if len(mended) == len(parts) and (mended[-1] == parts[-1] or not elsewhere):
        return f"did you mean {'.'.join(mended)!r}? "
    if not elsewhere and not mended:
        elsewhere = difflib.get_close_matches(text, all_keys(), n=1, cutoff=0.75)
    if elsewhere:
        return f"did you mean {elsewhere[0]!r}? "
    names = _names_below(".".join(mended))
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    if mended:
        return f"did you mean a key of {'.'.join(mended)!r} ({shown})? "
    return f"at the top stand {', '.join(_names_below(''))}; "


def _names_below(prefix: str) -> list[str]:
    start = f"{prefix}." if prefix else ""
    return [key[len(start) :] for key in all_keys() if key.startswith(start) and "." not in key[len(start) :]]


def _value_problems(value: Any, kind: Any, place: Place, keys: Keys) -> Iterator[Problem]:
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind) or origin is dict:
        if not isinstance(value, dict):
            yield _wrong(place(keys), value, "is a section with keys of its own", f"write {dotted(keys)}.KEY: VALUE")
            return
        for key, child in value.items():
            yield from tree_problems(child, place, (*keys, key))
    elif origin is list:
        if not isinstance(value, list):
            yield _wrong(place(keys), value, "must be a list", "write [first, second]")
            return
        for index, child in enumerate(value):
            yield from _value_problems(child, typing.get_args(kind)[0], place, (*keys, index))
    else:
        problem = value_problem(value, kind, "")
        if problem:
            yield dataclasses.replace(problem, place=place(keys))


def value_problem(value: Any, kind: Any, place: str) -> Problem | None:
    """Return what is wrong with the kind of one plain value."""
    if isinstance(value, dict | list) or value is None:
        return _wrong(place, value, "must be one plain value", "see `galleria explain KEY`")
    if kind is bool and not isinstance(value, bool):
        return _wrong(place, value, "must be true or false", "write one of the two")
    if kind is int and (isinstance(value, bool) or not isinstance(value, int)):
        return _wrong(place, value, "must be a whole number", "write it without point, quotes or unit")
    if kind is float and (isinstance(value, bool) or not isinstance(value, int | float)):
        return _wrong(place, value, "must be a number", "write it without quotes or unit")
    if kind is str and isinstance(value, bool | float):
        return _wrong(place, value, "must be text", "put it in quotes")
    return None


def _wrong(place: str, value: Any, rule: str, way_out: str) -> Problem:
    shown = repr(value)
    return Problem(place, shown if len(shown) <= 60 else shown[:57] + "...", rule, way_out)
