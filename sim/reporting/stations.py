"""Which unit a queueing station belongs to, and what parties wait for there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.config import default_categories
from sim.plan_arrays import CompiledPlan

TILL, TABLE, GATE, KITCHEN, DESK = range(5)
KIND_NAMES = ("till", "table", "gate", "kitchen", "desk")
_KIND_OF_PREFIX = {
    "till": TILL, "self": TILL, "table": TABLE, "tables": TABLE, "gate_in": GATE, "gate_out": GATE, "pay": GATE,
    "kitchen": KITCHEN, "desk": DESK, "box_office": DESK, "kiosk": DESK, "guide": DESK,
}  # fmt: skip


@dataclass(frozen=True)
class Stations:
    """The T stations of a run."""

    names: tuple[str, ...]
    unit: np.ndarray  # (T) int64 unit index, -1 when it belongs to none
    kind: np.ndarray  # (T) int64 TILL, TABLE, GATE, KITCHEN or DESK


def stations_of(
    names: Sequence[str],
    compiled: CompiledPlan,
    unit: np.ndarray | None = None,
    is_table: np.ndarray | None = None,
) -> Stations:
    """Return the stations; what is not given is read from the names.

    A name is a unit's id, alone or behind a prefix and a colon ("till:L1-03", "tables:L4-11"). Without `is_table` a station
    is of the kind that its prefix says or, where it has none, a table when its tenant's trade seats parties by default.
    """
    index_of = {unit_id: index for index, unit_id in enumerate(compiled.unit_ids)}
    seats = {name for name, trade in default_categories().items() if trade.tables}
    owners = np.full(len(names), -1, np.int64)
    kinds = np.full(len(names), TILL, np.int64)
    for station, name in enumerate(names):
        prefix, colon, rest = name.partition(":")
        if name in index_of:
            owners[station], prefix = index_of[name], ""
        elif colon and rest in index_of:
            owners[station] = index_of[rest]
        trade = compiled.tenant_categories[owners[station]] if owners[station] >= 0 else ""
        kinds[station] = _KIND_OF_PREFIX.get(prefix, TABLE if not prefix and trade in seats else TILL)
    if unit is not None:
        owners = np.asarray(unit, np.int64)
    if is_table is not None:
        kinds = np.where(np.asarray(is_table, bool), TABLE, TILL).astype(np.int64)
    return Stations(tuple(names), owners, kinds)
