"""Days of the small mall whose members hold points, for laws about what a programme does beside the till."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd, Taken
from sim.ledger.ledger import Ledger
from sim.operations.partners import Programme, partners_of
from sim.visitors import NOBODY
from tests.engine_days import CLOSES_US, COLUMNS, END_US, _copied, corner_mall, day_config, parties


@dataclass
class Days:
    """What some days have left."""

    programme: Programme
    transfers: np.ndarray
    events: dict[str, np.ndarray]

    def of_kind(self, kind: int) -> dict[str, np.ndarray]:
        """Return the events of a kind."""
        rows = self.events["kind"] == kind
        return {name: column[rows] for name, column in self.events.items()}


def programme_config(visits: float = 60.0) -> RunConfig:
    """Return an ordinary Saturday with few visits and nothing of the programme on."""
    config = day_config(visits)
    config.points.redeems = False  # points go by the catalogue and by abuse alone
    return config


def live_days(
    config: RunConfig, days: int = 1, points_centi: int = 5000, stops_us: tuple[int, ...] = (), newcomers: tuple[int, ...] = ()
) -> Days:  # fmt: skip
    """Let days happen in which every resident is a member and holds so much from before; `newcomers` have joined the day before."""
    compiled = corner_mall()
    ledger = Ledger(compiled.unit_ids, config.engine.log_rows // 4 + 128)
    first = datetime.date.fromisoformat(config.date)
    ledger.begin_day(first, 0)
    programme = Programme(config, compiled, ledger, np.arange(1_000_000) * 7 + 1)
    programme.welcome(np.array(newcomers, np.int64))
    taken: list[Taken] = []
    for number in range(days):
        date = first + datetime.timedelta(days=number)
        ledger.begin_day(date, number)
        today = dataclasses.replace(config, date=date.isoformat())
        crowd = Crowd(compiled, today, lambda full: taken.append(_copied(full)), ledger=ledger, wallets=programme.wallets)
        controls = crowd.controls
        controls.mall_is_open[0] = controls.entrance_is_open[:] = controls.unit_is_open[:] = 1
        controls.unit_closes_us[:] = CLOSES_US
        came = parties(today, compiled)
        is_member = (came.resident != NOBODY).astype(np.int8)
        crowd.admit(came._replace(is_member=is_member, points_centi=np.where(is_member, points_centi, 0)))
        for stop_us in (*stops_us, CLOSES_US):
            crowd.advance_to(stop_us)
        controls.mall_is_open[0] = controls.unit_is_open[:] = 0
        crowd.switched(CLOSES_US)
        for operation in partners_of(crowd, today, programme, CLOSES_US):
            operation.act(CLOSES_US)
        crowd.advance_to(END_US)
        crowd.finish(END_US)
    events = {name: np.concatenate([getattr(part.events, name) for part in taken]) for name in COLUMNS}
    return Days(programme, np.concatenate([part.transfers for part in taken]), events)


def balances(days: Days) -> np.ndarray:
    """Return what every account holds."""
    ledger = days.programme.ledger
    return np.array(ledger.book.accounts["balance"][: len(ledger.names)])


def sums_by_currency(days: Days) -> list[int]:
    """Return the sum of all balances in each currency."""
    ledger = days.programme.ledger
    currency = ledger.book.accounts["currency"][: len(ledger.names)]
    return [int(balances(days)[currency == kind].sum()) for kind in range(4)]
