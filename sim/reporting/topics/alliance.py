"""What a run says of the alliance: who is in, who comes and goes, and whether it pays for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.alliance import NO_RETURN, Change, Stage
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

NOT_PLAYED = "every tenant takes part: the alliance is not played (alliance.is_played)"
_KPIS = (
    Kpi("alliance_joined", "count", "neither", "points", "Joined", "Tenants that are in since the day before.", null_where=NOT_PLAYED),
    Kpi("alliance_left", "count", "lower", "points", "Left", "Tenants that have left since the day before.", null_where=NOT_PLAYED),
    Kpi("alliance_preparing", "count", "neither", "points", "Preparing", "Tenants that have decided to join and wait for people, money, line or till.", null_where=NOT_PLAYED),
    Kpi("alliance_tills_down", "count", "lower", "points", "Tills without a line", "Tenants in the alliance whose till could neither give points nor take them that day.", null_where=NOT_PLAYED),
    Kpi("alliance_worse_off_share", "share", "lower", "points", "Worse off in the alliance", "Of the tenants in the alliance that can tell, the share to which it costs more than it brings, by its own books.", null_where=NOT_PLAYED),
    Kpi("alliance_half_day", "days", "lower", "points", "Time to tipping", "Days until half of the tenants were in for the first time; a simulated day counts as alliance.days_each.", null_where=f"{NOT_PLAYED}, or half of the tenants never were in"),
)  # fmt: skip
_NOT_TOLD_OF_A_DAY = "alliance_half_day"  # which only whoever lives from day to day can know
MILLI = 1000
STAGE_BITS = 4


class Sums:
    """Takes batches of events; of what is posted each morning, the last counts."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        units = len(compiled.unit_ids)
        self.stage, self.change = np.full(units, -1, np.int64), np.zeros(units, np.int64)
        self.takes_part, self.returns = np.zeros(units, np.int64), np.full(units, NO_RETURN, np.int64)

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        told = of_kind[EventKind.ALLIANCE_PART]
        unit, value = rows.place[told], rows.value[told]
        self.stage[unit] = value & ((1 << STAGE_BITS) - 1)
        self.change[unit] = value >> STAGE_BITS & ((1 << STAGE_BITS) - 1)
        self.takes_part[unit] = value >> 2 * STAGE_BITS
        reckoned = of_kind[EventKind.ALLIANCE_RETURN]
        self.returns[rows.place[reckoned]] = rows.value[reckoned]

    @property
    def known_returns(self) -> np.ndarray:
        """Thousandths of those who are in and can tell, in ascending order."""
        return np.sort(self.returns[(self.returns != NO_RETURN) & (self.stage == Stage.IN)])


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    names = [kpi.name for kpi in _KPIS if kpi.name != _NOT_TOLD_OF_A_DAY]
    found: dict[str, Value] = dict.fromkeys(("alliance_merchants_share", "merchant_roi_p10", *names))
    if sums.stage.size == 0 or sums.stage.max() < 0:
        return found
    is_in, returns = sums.stage == Stage.IN, sums.known_returns
    on_the_way = (sums.stage > Stage.OUT) & ~is_in
    return found | {
        "alliance_merchants_share": int(is_in.sum()) / is_in.size,
        "merchant_roi_p10": int(returns[max(-(-returns.size // 10) - 1, 0)]) / MILLI if returns.size else None,
        "alliance_joined": int((sums.change == Change.JOINED).sum()),
        "alliance_left": int((sums.change == Change.LEFT).sum()),
        "alliance_preparing": int(on_the_way.sum()),
        "alliance_tills_down": int((is_in & (sums.takes_part == 0)).sum()),
        "alliance_worse_off_share": int((returns < 0).sum()) / returns.size if returns.size else None,
    }


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: the returns of those who are in, and how many there are by trade."""
    if sums.stage.size == 0 or sums.stage.max() < 0:
        return {}
    trades = list(dict.fromkeys(books.compiled.tenant_categories))
    is_in = sums.stage == Stage.IN
    of_trade = [np.array([each == trade for each in books.compiled.tenant_categories], bool) for trade in trades]
    return {
        "returns": (sums.known_returns / MILLI).tolist(),
        "trades": trades,
        "tenants": [int(rows.sum()) for rows in of_trade],
        "tenants_in": [int((rows & is_in).sum()) for rows in of_trade],
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    tenants, members = sum(curves["tenants"]), sum(curves["tenants_in"])
    found = [
        f"{members:,} of {tenants:,} tenants are in the alliance, {kpis['alliance_preparing']:,} more prepare to join; since the day before "
        f"{kpis['alliance_joined']:,} have joined and {kpis['alliance_left']:,} have left."
    ]
    if kpis["alliance_tills_down"]:
        found.append(
            f"{kpis['alliance_tills_down']:,} tills had no line that day, so that nobody earned or spent points there."
        )
    worse_off_share = kpis["alliance_worse_off_share"]
    if worse_off_share is not None:
        found.append(
            f"By their own books, which rest on sales before and after and on a letter about others, it costs "
            f"{100 * worse_off_share:.0f} % of those who can tell more than it brings; one in ten has a return of "
            f"{kpis['merchant_roi_p10']:.2f} or less for each yuan that it costs. These are the merchants' estimates: they can be wrong."
        )
    return found


TOPIC = Topic("alliance", "The alliance of merchants", _KPIS, Sums, values, curves, words)
