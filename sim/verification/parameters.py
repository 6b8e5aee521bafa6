"""The numbers that a family takes: their kinds, ranges and defaults, and what is said of a wrong one."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import ConfigError, Problem


@dataclass(frozen=True)
class Parameter:
    """One number (or word) of a family. `low` and `high` are allowed themselves."""

    default: Any
    meaning: str
    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    pair: bool = False  # two numbers, each in the range
    many: bool = False  # a list of numbers, each in the range
    table: bool = False  # a list of lists of them
    may_be_null: bool = False
    choices: tuple[str, ...] = ()
    text: bool = False
    flag: bool = False  # true or false


def number(default: float | None, meaning: str, low: float, high: float, *, may_be_null: bool = False) -> Parameter:
    """Declare a number."""
    return Parameter(default, meaning, low, high, may_be_null=may_be_null)


def numbers(default: Sequence[float], meaning: str, low: float, high: float) -> Parameter:
    """Declare a list of numbers, which may be empty."""
    return Parameter(default, meaning, low, high, many=True)


def table(default: list[list[float]], meaning: str, low: float, high: float) -> Parameter:
    """Declare a list of lists of numbers, which may be empty."""
    return Parameter(default, meaning, low, high, table=True)


def whole(default: int | None, meaning: str, low: int, high: int, *, may_be_null: bool = False) -> Parameter:
    """Declare a whole number."""
    return Parameter(default, meaning, low, high, whole=True, may_be_null=may_be_null)


SEED = whole(7, "address of every draw", 0, 2**62)
ROTATION = number(0.0, "turn of the whole plan about its origin", -360.0, 360.0)


def filled(family: str, known: Mapping[str, Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given values over the defaults; raises ConfigError that names every wrong one."""
    problems = [problem for key, value in given.items() for problem in _problems(key, value, known)]
    if problems:
        raise ConfigError.of(f"galleria verify {family}", problems)
    values = {key: parameter.default for key, parameter in known.items()}
    for key, value in given.items():
        values[key] = _converted(known[key], value)
    return values


def _converted(parameter: Parameter, value: Any) -> Any:
    if value is None or parameter.choices or parameter.text or parameter.flag:
        return value
    if parameter.pair or parameter.many:
        return [float(part) for part in value]
    if parameter.table:
        return [[float(part) for part in row] for row in value]
    return int(value) if parameter.whole else float(value)


def _problems(key: str, value: Any, known: Mapping[str, Parameter]) -> Iterable[Problem]:
    if key not in known:
        close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        guess = f"did you mean {close[0]!r}? " if close else ""
        yield Problem(
            key, repr(value), "there is no number of this name here", f"{guess}this family takes {', '.join(known) or 'none'}"
        )
        return
    parameter = known[key]
    default = f"the default is {_shown(parameter.default)}"
    if value is None:
        if not parameter.may_be_null:
            yield Problem(key, "null", f"must be given: {parameter.meaning}", default)
    elif parameter.choices:
        if value not in parameter.choices:
            close = difflib.get_close_matches(str(value), parameter.choices, n=1, cutoff=0.4)
            guess = f"did you mean {close[0]!r}? " if close else ""
            yield Problem(key, repr(value), f"must be one of {', '.join(parameter.choices)}", f"{guess}{default}")
    elif parameter.flag:
        if not isinstance(value, bool):
            yield Problem(key, repr(value), f"must be true or false: {parameter.meaning}", default)
    elif parameter.text:
        if not isinstance(value, str) or not value:
            yield Problem(key, repr(value), f"must be a name: {parameter.meaning}", default)
    elif parameter.pair:
        if not isinstance(value, list | tuple) or len(value) != 2:
            yield Problem(
                key, repr(value), f"must be two numbers: {parameter.meaning}", f"write it as {key}={_shown(parameter.default)}"
            )
        else:
            yield from (problem for part in value for problem in _range_problems(key, part, parameter, default))
    elif parameter.many or parameter.table:
        yield from _list_problems(key, value, parameter, default)
    else:
        yield from _range_problems(key, value, parameter, default)


def _list_problems(key: str, value: Any, parameter: Parameter, default: str) -> Iterable[Problem]:
    if not isinstance(value, list | tuple) or (parameter.table and not all(isinstance(row, list | tuple) for row in value)):
        shape = "[[0,0.5],[1,0]]" if parameter.table else "[0.2,0.6]"
        yield Problem(key, repr(value), f"must be a list: {parameter.meaning}", f"write it as {key}={shape}")
        return
    for part in [part for row in value for part in row] if parameter.table else value:
        yield from _range_problems(key, part, parameter, default)


def _range_problems(key: str, value: Any, parameter: Parameter, default: str) -> Iterable[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        yield Problem(key, repr(value), f"must be a {'whole ' if parameter.whole else ''}number: {parameter.meaning}", default)
    elif parameter.whole and value != int(value):
        yield Problem(key, repr(value), f"must be a whole number: {parameter.meaning}", default)
    elif value < parameter.low:
        yield Problem(key, repr(value), f"must be at least {parameter.low:g}", default)
    elif value > parameter.high:
        yield Problem(key, repr(value), f"must be at most {parameter.high:g}", default)


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple) and not all(isinstance(part, int | float) for part in value):
        return str(value).replace(" ", "")
    return f"[{','.join(format(part, 'g') for part in value)}]" if isinstance(value, list | tuple) else str(value)
