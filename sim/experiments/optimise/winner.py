"""The winner of a search as a scenario to run, and in words: who moved where, and what became of their sales."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from sim.config import RunConfig
from sim.config_overrides import keys_of
from sim.experiments.optimise.changes import Change
from sim.experiments.optimise.space import OPTION_PARTS
from sim.experiments.optimise.surrogate import words_of_rooms
from sim.plan_arrays import CompiledPlan

_LISTS = ("moves", *OPTION_PARTS)


def winner_yaml(base: Mapping[str, Any], config: RunConfig, winner: RunConfig, values: Mapping[str, Any], question: str) -> str:
    """Return the winner as a scenario file: `base` (what it starts from, as a scenario file has it) and its differences."""
    scenario = {**{key: value for key, value in base.items() if key not in ("arms", "covers", "expects")}, "question": question}
    for name in _LISTS:
        after = getattr(winner.layout, name)
        if after != getattr(config.layout, name):
            _put(scenario, ("layout", name), [_short(each) for each in after])
    if winner.operations.outages != config.operations.outages:
        _put(scenario, ("operations", "outages"), [dataclasses.asdict(each) for each in winner.operations.outages])
    for key, value in values.items():
        _put(scenario, keys_of(key), value)
    return "# @package _global_\n" + yaml.safe_dump(
        scenario, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    )


def with_overrides(base: dict[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """Return what a scenario starts from with the overrides of the command line added."""
    for text in overrides:
        key, _, value = text.partition("=")
        _put(base, keys_of(key), yaml.safe_load(value))
    return base


def in_words(
    compiled: CompiledPlan, changes: Sequence[Change], values: Mapping[str, Any], sales: Mapping[str, Sequence[float]]
) -> list[str]:
    """Return one line for each change: who moves where, and its sales of a day before and after (yuan)."""
    rooms = words_of_rooms(compiled)
    of = {unit: place for place, unit in enumerate(compiled.unit_ids)}
    lines = []
    for change in sorted(changes, key=lambda change: change.name):
        if change.swap is None:
            lines.append(
                f"{change.option.name if change.option else change.access_point}: {'made' if change.option else 'switched off'}"
            )
            continue
        for start, goal in ((change.swap.one, change.swap.other), (change.swap.other, change.swap.one)):
            who = f"{compiled.tenant_names[of[start]]}, {compiled.tenant_categories[of[start]]}"
            lines.append(f"{who}: from {rooms[start]} to {rooms[goal]}{_sold(sales, start)}")
    return [*lines, *(f"{key} = {value}" for key, value in values.items())]


def _sold(sales: Mapping[str, Sequence[float]], tenant: str) -> str:
    if tenant not in sales:
        return ""
    before, after = sales[tenant]
    return f"; sales {before / 100:,.0f} -> {after / 100:,.0f} yuan a day"


def _short(entry: Any) -> Any:
    """Return an entry of a list without what is as by default."""
    if not dataclasses.is_dataclass(entry) or isinstance(entry, type):
        return entry
    usual = type(entry)()
    return {
        item.name: getattr(entry, item.name)
        for item in dataclasses.fields(entry)
        if getattr(entry, item.name) != getattr(usual, item.name)
    }


def _put(values: dict[str, Any], keys: Sequence[str | int], value: Any) -> None:
    for key in keys[:-1]:
        values = values.setdefault(str(key), {})
    values[str(keys[-1])] = value
