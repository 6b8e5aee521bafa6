"""Which parameters a study of sensitivity varies, over which ranges, and how a number from 0 to 1 becomes a value of each."""

from __future__ import annotations

import copy
import difflib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.config import Parameter, RunConfig, parameters_of, problems_of
from sim.errors import ConfigError, Problem

SOURCE = "the sensitivity study"
ALL = "all"
OTHER_THAN_THE_MALL = (
    "seed",
    "days",
    "recording.",
    "engine.",
    "network.",
)  # `all` leaves them out: they say what is run, not how people are
_RANGE = re.compile(r"^([-+0-9.eE]+)\.\.([-+0-9.eE]+)$")


@dataclass(frozen=True)
class Range:
    """A parameter and the values that a study gives it."""

    key: str
    base: Any  # its value in the scenario
    low: float = 0.0
    high: float = 1.0
    choices: tuple[Any, ...] = ()  # instead of low to high; of truth values False and True

    def value_at(self, share: float) -> Any:
        """Return the value at a share of the range from 0 to 1: whole numbers and choices have equal parts of it."""
        if self.choices:
            return self.choices[min(len(self.choices) - 1, math.floor(share * len(self.choices) + 1e-9))]
        if isinstance(self.base, int):
            low, high = int(self.low), int(self.high)
            return min(high, low + math.floor(share * (high - low + 1) + 1e-9))
        return self.low + share * (self.high - self.low)

    @property
    def ends(self) -> tuple[Any, ...]:
        """Both ends of the range, or all choices."""
        return self.choices or (self.value_at(0.0), self.value_at(1.0))


def ranges_of(config: RunConfig, names: Sequence[str], given: Mapping[str, str], within: float | None = None) -> list[Range]:
    """Return the ranges of named parameters (`all`, or a section such as `population`, means all in it that can be varied).

    `given` are ranges as typed, "low..high"; the others have the documented range, or that part of it within a share of the
    scenario's value. Raises ConfigError for every name that is no parameter, every one that cannot be varied and every wrong range.
    """
    known = {parameter.key: parameter for parameter in parameters_of(config)}
    problems: list[Problem] = []
    wanted: dict[str, bool] = {}  # key -> whether it was named itself
    for name in [*names, *given]:
        inside = [
            key for key in known if (name == ALL and not key.startswith(OTHER_THAN_THE_MALL)) or key.startswith(f"{name}.")
        ]
        if name in known:
            wanted[name] = True
        elif inside:
            wanted.update({key: False for key in inside if key not in wanted})
        else:
            problems.append(Problem("parameters", repr(name), "is no parameter", _guess(name, known)))
    found = []
    for key, is_named in wanted.items():
        made = _range_of(known[key], given.get(key), within)
        if isinstance(made, Range):
            found.append(made)
        elif is_named:
            problems.append(made)
    if not found and not problems:
        problems.append(
            Problem("parameters", ", ".join(names), "nothing that can be varied", "parameters=[population.car_share]")
        )
    if problems:
        raise ConfigError.of(SOURCE, problems)
    return found


def with_values(config: RunConfig, values: Mapping[str, Any]) -> RunConfig:
    """Return a copy of a configuration with other values at some keys; it may break rules, see `problems_of`."""
    changed = copy.deepcopy(config)
    for key, value in values.items():
        *sections, name = key.split(".")
        place: Any = changed
        for section in sections:
            place = place[section] if isinstance(place, dict) else getattr(place, section)
        setattr(place, name, value)
    return changed


def refused(config: RunConfig, samples: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield each rule that some samples break, once, with how many do and which values the first of them has."""
    broken: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for values in samples:
        for problem in problems_of(with_values(config, values)):
            broken.setdefault((problem.place, problem.rule), []).append(values)
    for (place, rule), those in broken.items():
        changed = ", ".join(f"{key}={value}" for key, value in list(those[0].items())[:6])
        way_out = "narrow a range with key=low..high, or leave a parameter out"
        yield Problem(place, "", f"{rule} ({len(those)} of {len(samples)} settings break it, first with {changed})", way_out)


def _range_of(parameter: Parameter, typed: str | None, within: float | None) -> Range | Problem:
    key, value = parameter.key, parameter.value
    if isinstance(value, bool):
        return Range(key, value, choices=(False, True))
    if parameter.choices:
        return Range(key, value, choices=parameter.choices)
    if not isinstance(value, int | float):
        kind = "a list" if isinstance(value, list) else "text"
        return Problem(
            key, repr(value)[:40], f"{kind} has no range to go through", "compare such settings as arms of `galleria compare`"
        )
    low, high = parameter.low, parameter.high
    if typed is not None:
        match = _RANGE.match(typed)
        try:
            ends = [float(end) for end in match.groups()] if match else []
        except ValueError:
            ends = []
        if len(ends) != 2 or ends[0] >= ends[1]:
            return Problem(key, typed, "must be low..high, low below high", f"{key}=10..20")
        if (low is not None and ends[0] < low) or (high is not None and ends[1] > high):
            return Problem(
                key, typed, f"must lie within the documented range, {low:g} to {high:g}", f"`galleria explain {key}`"
            )
        low, high = ends
    elif low is None or high is None or not math.isfinite(low) or not math.isfinite(high):
        return Problem(key, str(value), "has no documented range with two ends", f"give one: {key}=low..high")
    elif within is not None:
        reach = within * abs(value)
        low, high = max(low, value - reach), min(high, value + reach)
        if isinstance(value, int):
            low, high = math.ceil(low), math.floor(high)
    if low >= high:
        return Problem(key, str(value), "has a range of a single value", f"give one: {key}=low..high")
    return Range(key, value, low, high)


def _guess(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else "`galleria list parameters` names them all"
