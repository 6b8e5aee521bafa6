"""What a run that goes on has by itself, and a snapshot only names: sections of the configuration, the plan and its arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan


def known_parts(config: RunConfig, *plans: CompiledPlan) -> dict[str, Any]:
    """Return these objects by name; the digests of configuration and plan say that they are the same.

    Of several plans, which may be the same, the first is the one as it was drawn.
    """
    found: dict[str, Any] = {}
    for name, compiled in zip(("plan", "plan_now"), plans):
        found |= {name: compiled, f"{name}.arrays": compiled.arrays}
        for part, array in compiled.arrays._asdict().items():
            if isinstance(array, np.ndarray):
                found[f"{name}.arrays.{part}"] = array
    return found | dict(_sections("config", config))


def _sections(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if dataclasses.is_dataclass(value):
        yield place, value
        for field in dataclasses.fields(value):
            yield from _sections(f"{place}.{field.name}", getattr(value, field.name))
    elif isinstance(value, list | dict):
        yield place, value
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _sections(f"{place}[{key}]", each)
