"""A configuration as plain JSON and back: the whole of it, as it was composed, so that no scenario file is needed to go on."""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache
from typing import Any

from sim.config import RunConfig
from sim.errors import GalleriaError, Problem


def plain_config(config: RunConfig) -> dict[str, Any]:
    """Return every key of a configuration with its value."""
    return dataclasses.asdict(config)


def config_of(values: Any) -> RunConfig:
    """Return the configuration whose `plain_config` it was; raises GalleriaError for keys that this version does not have."""
    found = made_as(RunConfig, values, "")
    assert isinstance(found, RunConfig)
    return found


def made_as(kind: Any, value: Any, place: str) -> Any:
    """Return a plain value as a type of the schema has it: sections as dataclasses, lists and tables of them."""
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        other = sorted(set(value) ^ {field.name for field in dataclasses.fields(kind)})
        if other:
            problem = Problem(
                place or "the configuration", ", ".join(other), "must have the keys of this version", "save it anew"
            )
            raise GalleriaError.of("config.json", [problem])
        return kind(**{name: made_as(hints[name], each, f"{place}.{name}".lstrip(".")) for name, each in value.items()})  # type: ignore[operator]
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [part for part in parts if part is not type(None)]
        return made_as(inner[0], value, place) if value is not None and len(inner) == 1 else value
    if origin is list and isinstance(value, list):
        return [made_as(parts[0], each, place) for each in value]
    if origin is dict and isinstance(value, dict):
        return {_key(parts[0], key): made_as(parts[1], each, f"{place}.{key}") for key, each in value.items()}
    return value


def _key(kind: Any, key: str) -> Any:
    return int(key) if kind is int else key


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
