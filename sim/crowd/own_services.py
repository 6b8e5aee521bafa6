"""A service of a researcher's own: the party is in the hands of a SimPy process from the instant it joins until it is handed back."""

from __future__ import annotations

from sim.crowd.agenda import FIRST, NORMAL, schedule
from sim.crowd.needs import feel_wait
from sim.crowd.sales import leave_store, pay
from sim.crowd.state import Doing, Mall, Meta
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import entry, kernel, referred


@kernel
def hand_over(mall: Mall, row: int, station: int, now_us: int) -> None:
    """Give a party away; its entry in the agenda is when the mall takes it back, should the process keep it."""
    shopper = mall.shoppers[row]
    here = mall.stations[station]
    note(mall, row, now_us, EventKind.QUEUE_JOINED, station, here.waiting)
    here.waiting += 1
    shopper.station = station
    shopper.joined_us = now_us
    shopper.doing = Doing.AWAY
    mall.errands[row].is_begun = 0
    mall.errands[row].is_handed_back = 0
    schedule(mall.shoppers, mall.heap, mall.meta, row, max(now_us, mall.params[0].own_recall_us), NORMAL)
    mall.meta[Meta.HANDED_OVER] = row + 1


@entry
def begin_own(mall: Mall, row: int, now_us: int) -> None:
    """The process begins to serve the party."""
    mall = referred(mall)
    shopper = mall.shoppers[row]
    here = mall.stations[shopper.station]
    here.waiting -= 1
    here.busy += 1
    note(mall, row, now_us, EventKind.SERVICE_STARTED, shopper.station, now_us - shopper.joined_us)
    mall.minds[row].line_us = now_us - shopper.joined_us
    feel_wait(mall, row, now_us - shopper.joined_us, shopper.station)
    shopper.joined_us = now_us
    mall.errands[row].is_begun = 1


@entry
def end_own(mall: Mall, row: int, now_us: int, amount_fen: int) -> None:
    """The process hands the party back: it goes on at this very instant, before anybody who comes now."""
    mall = referred(mall)
    _let_go(mall, row, now_us)
    mall.errands[row].is_handed_back = 1
    mall.shoppers[row].amount_fen = amount_fen
    schedule(mall.shoppers, mall.heap, mall.meta, row, now_us, FIRST)


@kernel
def _let_go(mall: Mall, row: int, now_us: int) -> None:
    """Leave the station, served or not."""
    shopper = mall.shoppers[row]
    here = mall.stations[shopper.station]
    spent_us = now_us - shopper.joined_us
    if mall.errands[row].is_begun == 1:
        here.busy -= 1
        here.served += 1
        here.busy_us += spent_us
        note(mall, row, now_us, EventKind.SERVICE_ENDED, shopper.station, spent_us)
    else:
        here.waiting -= 1
        note(mall, row, now_us, EventKind.RENEGED, shopper.station, spent_us)
        feel_wait(mall, row, spent_us, shopper.station)
    shopper.station = -1


@kernel
def come_back(mall: Mall, row: int, now_us: int) -> int:
    """Go on: handed back, with what it pays, or taken back by the mall after closing time, with nothing."""
    shopper = mall.shoppers[row]
    if mall.errands[row].is_handed_back == 0:
        _let_go(mall, row, now_us)
        shopper.amount_fen = 0
    return pay(mall, row, now_us) if shopper.amount_fen > 0 else leave_store(mall, row, now_us)
