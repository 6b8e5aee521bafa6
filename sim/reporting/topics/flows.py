"""What a run says of the ways between stores: who goes on from where to where, which stores lead on, and where visits end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind, Reason
from sim.plan_arrays import CompiledPlan
from sim.reporting.event_schema import Columns
from sim.reporting.names import short_name
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

PAIRS_SHOWN = 20
NAMED = 3
ENTRIES_MIN = 20  # a store with fewer is no dead end: two or three parties more would make it none


class Sums:
    """Takes batches of events in order of time; counts the steps of visits, the last place being outside."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.outside = len(compiled.unit_ids)
        self.steps = np.zeros((self.outside + 1, self.outside + 1), np.int64)  # [from, to]
        self._visit, self._place = np.zeros(0, np.int64), np.zeros(0, np.int64)  # where visits were last, by number

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the entries into stores, those for a desk alone left out, and the departures.

        What a part of a split party enters first is left out: its events have a number of their own, and it comes from no door.
        """
        arrived, entered, left = (of_kind[kind] for kind in (EventKind.ARRIVED, EventKind.STORE_ENTERED, EventKind.LEFT))
        at = np.sort(np.concatenate([arrived, entered[rows.value[entered] != Reason.DESK], left]))
        if at.size == 0:
            return
        visit = np.concatenate([self._visit, rows.visit[at]])
        place = np.concatenate([self._place, np.where(rows.kind[at] == EventKind.STORE_ENTERED, rows.place[at], self.outside)])
        is_step = np.concatenate([np.zeros(self._visit.size, bool), rows.kind[at] != EventKind.ARRIVED])
        is_over = np.concatenate([np.zeros(self._visit.size, bool), rows.kind[at] == EventKind.LEFT])
        order = np.argsort(visit, kind="stable")
        visit, place, is_step, is_over = visit[order], place[order], is_step[order], is_over[order]
        goes_on = np.concatenate([[False], visit[1:] == visit[:-1]])
        is_step &= goes_on
        before = np.concatenate([[self.outside], place[:-1]])
        np.add.at(self.steps, (before[is_step], place[is_step]), 1)
        is_last = np.concatenate([~goes_on[1:], [True]]) & ~is_over
        self._visit, self._place = visit[is_last], place[is_last]


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return no KPIs: flows are told and drawn."""
    return {}


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return steps between trades (the last row and column are outside), the strongest pairs of stores, hubs and dead ends."""
    compiled, steps, outside = books.compiled, sums.steps, sums.outside
    between = steps[:outside, :outside].copy()
    np.fill_diagonal(between, 0)
    if not between.any():
        return {}
    trades = sorted(set(compiled.tenant_categories))
    trade = np.array([*(trades.index(each) for each in compiled.tenant_categories), len(trades)], np.int64)
    by_trade = np.zeros((len(trades) + 1, len(trades) + 1), np.int64)
    np.add.at(by_trade, (trade[:, None], trade[None, :]), steps)
    level, entries = compiled.arrays.unit_level, steps[:, :outside].sum(axis=0)
    same_level = int(between[level[:, None] == level[None, :]].sum())
    strongest = np.argsort(-between, axis=None, kind="stable")[:PAIRS_SHOWN].tolist()
    return {
        "trades": trades,
        "by_trade": by_trade,
        "moves": int(between.sum()),
        "pairs_used": int(np.count_nonzero(between)),
        "same_level_share": same_level / int(between.sum()),
        "same_trade_share": int(between[trade[:outside, None] == trade[None, :outside]].sum()) / int(between.sum()),
        "no_store": int(steps[outside, outside]),
        "pairs": [
            {
                "from": _place(compiled, pair // outside),
                "to": _place(compiled, pair % outside),
                "visits": int(between.flat[pair]),
            }
            for pair in strongest
            if between.flat[pair]
        ],
        "starts": _most(compiled, steps[outside, :outside], np.ones(outside)),
        "hubs": [
            {**hub, "stores": int(np.count_nonzero(between[compiled.unit_ids.index(hub["unit"])]))}
            for hub in _most(compiled, between.sum(axis=1), np.maximum(entries, 1))
        ],
        "dead_ends": _dead_ends(compiled, steps[:outside, outside], entries),
    }


def _place(compiled: CompiledPlan, unit: int) -> dict[str, str]:
    return {
        "unit": compiled.unit_ids[unit],
        "tenant": short_name(compiled.tenant_names[unit]),
        "level": compiled.level_names[compiled.arrays.unit_level[unit]],
    }


def _most(compiled: CompiledPlan, counts: np.ndarray, wholes: np.ndarray) -> list[dict[str, Any]]:
    """Return the units with the largest counts, and which share of a whole each is."""
    order = np.argsort(-counts, kind="stable")[:NAMED].tolist()
    return [
        {**_place(compiled, unit), "visits": int(counts[unit]), "share": float(counts[unit] / wholes[unit])}
        for unit in order
        if counts[unit]
    ]


def _dead_ends(compiled: CompiledPlan, ended: np.ndarray, entries: np.ndarray) -> list[dict[str, Any]]:
    """Return the units after which the largest share of entries led out of the mall."""
    share = np.where(entries >= ENTRIES_MIN, ended / np.maximum(entries, 1), 0.0)
    order = np.argsort(-np.round(share, 9), kind="stable")[:NAMED].tolist()
    return [
        {**_place(compiled, unit), "visits": int(ended[unit]), "share": float(share[unit])} for unit in order if share[unit] > 0
    ]


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    found = [
        f"{curves['moves']:,} times a party went from one store straight to another, over {curves['pairs_used']:,} different pairs of "
        f"stores. {100 * curves['same_level_share']:.0f} % of these ways stay on one level, {100 * curves['same_trade_share']:.0f} % within one trade. "
        f"{curves['no_store']:,} visits entered no store at all."
    ]
    if curves["starts"]:
        said = "; ".join(f"{each['tenant']} ({each['visits']:,})" for each in curves["starts"])
        found.append(f"Where visits begin, by the first store entered: {said}.")
    if curves["hubs"]:
        said = "; ".join(f"{each['tenant']} ({each['visits']:,} on to {each['stores']:,} stores)" for each in curves["hubs"])
        found.append(f"Hubs, from which most parties went on to another store: {said}.")
    if curves["dead_ends"]:
        said = "; ".join(f"{each['tenant']} ({100 * each['share']:.0f} %)" for each in curves["dead_ends"])
        found.append(
            f"Dead ends, after which the visit was over most often (stores with at least {ENTRIES_MIN} entries; share of entries): {said}."
        )
    return found


TOPIC = Topic("flows", "From store to store", (), Sums, values, curves, words)
