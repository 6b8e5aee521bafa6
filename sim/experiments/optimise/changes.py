"""One change that a search makes or leaves: two tenants change rooms, an option of the layout is taken, an access point is switched off."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.config import OutageConfig, RunConfig
from sim.experiments.optimise.space import Option, with_layout_parts
from sim.experiments.optimise.surrogate import Swap
from sim.schema.layout import MoveConfig

DAY_S = 86_400.0


@dataclass(frozen=True)
class Change:
    """A swap, an option, or an access point that is silent all day: exactly one of them."""

    name: str
    swap: Swap | None = None
    option: Option | None = None
    access_point: str = ""

    @property
    def predicted(self) -> float | None:
        """Return what was guessed of it before any run; None where nothing was."""
        return self.swap.predicted if self.swap is not None else None

    @property
    def units(self) -> set[str]:
        """Return the units whose tenants move."""
        return {self.swap.one, self.swap.other} if self.swap is not None else set()


def changed(config: RunConfig, changes: Iterable[Change]) -> RunConfig:
    """Return a copy of a configuration with some changes, in the order of their names: the same set is the same configuration."""
    layout, operations = config.layout, config.operations
    for change in sorted(changes, key=lambda change: change.name):
        if change.swap is not None:
            moves = [*layout.moves, MoveConfig(change.swap.one, change.swap.other, swap=True)]
            layout = dataclasses.replace(layout, moves=moves)
        elif change.option is not None:
            layout = with_layout_parts(layout, change.option.layout)
        else:
            outages = [*operations.outages, OutageConfig(change.access_point, "00:00", DAY_S)]
            operations = dataclasses.replace(operations, outages=outages)
    return dataclasses.replace(config, layout=layout, operations=operations)


def swaps_apart(config: RunConfig) -> tuple[RunConfig, list[tuple[str, str]]]:
    """Return a configuration without the swaps at the end of its moves, and those swaps: pairs of unit ids, no unit in two of them.

    Such swaps can be made in the compiled arrays (sim.plan_swaps), so that hundreds of assignments need one compiled plan.
    """
    swaps: list[tuple[str, str]] = []
    seen: set[str] = set()
    for move in reversed(config.layout.moves):
        if not move.swap or {move.tenant, move.to} & seen:
            break
        swaps.insert(0, (move.tenant, move.to))
        seen |= {move.tenant, move.to}
    kept = config.layout.moves[: len(config.layout.moves) - len(swaps)]
    return dataclasses.replace(config, layout=dataclasses.replace(config.layout, moves=kept)), swaps


def moved_by(changes: Iterable[Change]) -> dict[str, str]:
    """Return of each unit that changes hands the unit that its new tenant had."""
    swaps = [change.swap for change in changes if change.swap is not None]
    return {swap.one: swap.other for swap in swaps} | {swap.other: swap.one for swap in swaps}


def described(change: Change) -> dict[str, Any]:
    """Return a change as the record of a search has it."""
    if change.swap is not None:
        return {"what": "swap", "units": [change.swap.one, change.swap.other]}
    if change.option is not None:
        return {"what": "option", "name": change.option.name, "layout": dict(change.option.layout)}
    return {"what": "switched off", "access_point": change.access_point}
