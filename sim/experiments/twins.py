"""Twins: the same days lived again with one thing left out, on worker processes; and what is kept of each for comparison."""

from __future__ import annotations

import dataclasses
import importlib
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Taken
from sim.days import MESSAGES_OF_DAY
from sim.errors import GalleriaError, Problem
from sim.events import EventKind, EventLog
from sim.experiments.workers import Worker, cores, crew
from sim.ledger.accounts import OPERATOR, TransferReason, first_clearing
from sim.lived import Lived
from sim.operations.policy_log import PersonDay
from sim.reporting.report import FinishedRun

TOUCHING = (EventKind.MESSAGE_SENT, EventKind.TRIGGERED, EventKind.COUPON_CLAIMED)
VISIT = np.dtype(
    [
        ("number", "i8"), ("day", "i4"), ("resident", "i8"), ("arrived_us", "i8"), ("left_us", "i8"), ("spent_fen", "i8"),
        ("satisfaction", "f8"), ("stores", "i4"), ("people", "i1"), ("is_member", "i1"),
    ]
)  # fmt: skip
SALE = np.dtype([("number", "i8"), ("day", "i4"), ("unit", "i4"), ("time_us", "i8"), ("fen", "i8")])
MESSAGE = np.dtype(
    [
        ("number", "i8"), ("day", "i4"), ("policy", "i4"), ("offer", "i4"), ("unit", "i4"), ("channel", "i4"), ("time_us", "i8"),
        ("person", "i8"), ("visit", "i8"), ("propensity", "f8"), ("position", "i4"), ("is_sent", "i1"), ("is_held", "i1"),
    ]
)  # fmt: skip
# number: of the run (see sim.days.MESSAGES_OF_DAY); policy, offer: indices into Lives.policies and Lives.offers, -1 for none; unit: -1 for
# none; visit: the truth, -1 where the person is not inside; is_sent: it has reached the party; is_held: chance decided not to send it.


TOUCH = np.dtype([("number", "i8"), ("day", "i4"), ("time_us", "i8"), ("offer", "i4"), ("message", "i8")])
# Something of a policy has reached a visit, or has been taken by it; offer: index into Lives.offers, -1 for none; message: -1 for none.


@dataclass(frozen=True)
class OfferFacts:
    """An offer, and what came of it on its day."""

    name: str
    policy: str
    day: int
    units: tuple[int, ...]  # that take it; none: all
    claims: int
    used: int
    cost_fen: int


@dataclass(frozen=True)
class Lives:
    """What became of every visit, sale, tenant and message of a run; plain arrays, so that it can be sent to another process."""

    visits: np.ndarray  # VISIT, in order of (day, number)
    sales: np.ndarray  # SALE, refunds negative, in order of (day, number, unit, time)
    unit_ids: tuple[str, ...]
    held_fen: np.ndarray  # int64 (U + 1) on each tenant's account at the end, and on the operator's
    messages: np.ndarray  # MESSAGE in order of number
    features: dict[str, np.ndarray]  # of each message, NaN where the policy went by something else
    policies: tuple[str, ...]
    offers: tuple[OfferFacts, ...]
    borne_fen: int  # by the operator, of what offers took off
    touches: np.ndarray  # TOUCH, in order of (day, number, time)
    met: np.ndarray  # PersonDay.RECORD of everybody whom the platform knew to be inside at a review
    kpis: dict[str, Any]

    @property
    def sold_fen(self) -> np.ndarray:
        """Sales of each unit, (U) int64."""
        found = np.zeros(len(self.unit_ids), np.int64)
        np.add.at(found, self.sales["unit"], self.sales["fen"])
        return found


def key_of(rows: np.ndarray, visit: str = "number") -> np.ndarray:
    """Return one int64 for (day, visit) of each row: two visits of a run share one with a probability of 1e-6 at five million visits."""
    mixed = rows["day"].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    found: np.ndarray = (rows[visit].astype(np.uint64) ^ mixed).view(np.int64)
    return found


class Notes:
    """Takes down, day by day, what `Lives` consists of."""

    def __init__(self) -> None:
        self._sales: list[np.ndarray] = []
        self._visits: list[np.ndarray] = []
        self._messages: list[np.ndarray] = []
        self._features: list[dict[str, np.ndarray]] = []
        self._offers: list[OfferFacts] = []
        self._policies: list[str] = []
        self._met: list[np.ndarray] = []
        self._unit_ids: tuple[str, ...] = ()
        self._sold: list[np.ndarray] = []  # on the day, whose units have the day's places in the plan
        self._held_fen: dict[str, int] = {}
        self._borne_fen = self._day = 0
        self._funded: list[np.ndarray] = []
        self._touches: list[np.ndarray] = []
        self._touched: list[np.ndarray] = []  # of the day, whose offers have the day's numbers

    def take(self, taken: Taken) -> None:
        """Note the sales, and what the operator bears of offers."""
        events, rows = taken.events, slice(0, int(taken.events.count[0]))
        kind = events.kind[rows]
        at = np.flatnonzero((kind == EventKind.PURCHASED) | (kind == EventKind.SALE_REFUNDED))
        found = np.zeros(at.size, SALE)
        found["number"], found["day"], found["unit"] = events.visit[at], self._day, events.place[at]
        found["time_us"] = events.time_us[at]
        found["fen"] = np.where(kind[at] == EventKind.PURCHASED, events.value[at], -events.value[at])
        self._sold.append(found)
        funded = taken.transfers[taken.transfers["reason"] == TransferReason.OFFER_FUNDED]
        self._funded.append(funded[["debit", "amount"]].copy())
        self._touched += [self._touches_in(events, kind, each) for each in TOUCHING]

    def _touches_in(self, events: EventLog, kind: np.ndarray, each: EventKind) -> np.ndarray:
        at = np.flatnonzero(kind == each)
        found = np.zeros(at.size, TOUCH)
        found["number"], found["day"], found["time_us"] = events.visit[at], self._day, events.time_us[at]
        is_sent, is_claim = each == EventKind.MESSAGE_SENT, each == EventKind.COUPON_CLAIMED
        found["offer"] = -1 if is_sent else events.place[at] if is_claim else events.value[at]
        found["message"] = self._day * MESSAGES_OF_DAY + events.value[at] if is_sent else -1
        return found

    def tell(self, finished: FinishedRun, lived: Lived) -> None:
        """Note what the day leaves."""
        outcomes, facts = lived.outcomes, finished.policies
        visits = np.zeros(outcomes.size, VISIT)
        for name in VISIT.names or ():
            if name != "day":
                visits[name] = outcomes[name]
        visits["day"] = self._day
        self._visits.append(visits)
        self._place_units(finished.compiled.unit_ids)
        self._held_fen = dict(finished.balances_fen)
        payers = (OPERATOR, first_clearing(len(self._unit_ids)))
        for funded in self._funded:
            self._borne_fen += int(funded["amount"][np.isin(funded["debit"], payers)].sum())
        touches = np.concatenate([np.zeros(0, TOUCH), *self._touched])
        touches["offer"] = np.where(touches["offer"] >= 0, touches["offer"] + len(self._offers), -1)
        self._touches.append(touches)
        self._funded, self._touched = [], []
        if facts:
            self._tell_policies(facts)
        self._day += 1

    def _place_units(self, unit_ids: tuple[str, ...]) -> None:
        """Let the day's sales name units by their places in the list of all that were there on any day."""
        self._unit_ids += tuple(unit for unit in unit_ids if unit not in self._unit_ids)
        place = np.array([self._unit_ids.index(unit) for unit in unit_ids], np.int32)
        for sold in self._sold:
            sold["unit"] = place[sold["unit"]]
        self._sales += self._sold
        self._sold = []

    def _tell_policies(self, facts: dict[str, Any]) -> None:
        first, index = len(self._offers), dict[str, int]()
        for name, offer in facts["offers"].items():
            index[name] = first + len(index)
            units = tuple(self._unit_ids.index(unit) for unit in offer.units)
            self._offers.append(OfferFacts(name, facts["owner"][name], self._day, units, *facts["used"][name]))
        for sent in facts["sent"]:
            if sent.policy not in self._policies:
                self._policies.append(sent.policy)
            rows = np.zeros(sent.people.size, MESSAGE)
            rows["number"] = self._day * MESSAGES_OF_DAY + sent.first + np.arange(rows.size)
            rows["day"], rows["policy"], rows["offer"] = self._day, self._policies.index(sent.policy), index.get(sent.offer, -1)
            rows["unit"] = self._unit_ids.index(sent.unit) if sent.unit else -1
            rows["channel"], rows["time_us"], rows["person"] = int(sent.channel), sent.time_us, sent.people
            rows["visit"], rows["propensity"], rows["position"] = sent.whose, sent.propensity, np.arange(rows.size)
            rows["is_sent"], rows["is_held"] = sent.visits >= 0, sent.held
            self._messages.append(rows)
            self._features.append(sent.features)
        met = facts["met"].copy()
        met["day"] = self._day
        self._met.append(met)

    def close(self, kpis: dict[str, Any]) -> Lives:
        """Return it all."""
        visits = np.concatenate([np.zeros(0, VISIT), *self._visits])
        sales = np.concatenate([np.zeros(0, SALE), *self._sales])
        messages = np.concatenate([np.zeros(0, MESSAGE), *self._messages])
        touches = _with_offers(np.concatenate([np.zeros(0, TOUCH), *self._touches]), messages)
        names = sorted({name for each in self._features for name in each})
        features = {
            name: np.concatenate(
                [np.zeros(0), *(np.asarray(each.get(name, np.full(rows.size, np.nan)), float) for each, rows in zip(self._features, self._messages, strict=True))]
            )
            for name in names
        }  # fmt: skip
        held = [self._held_fen.get(unit, 0) for unit in _account_names(self._held_fen, self._unit_ids)]
        return Lives(
            visits[np.lexsort((visits["number"], visits["day"]))],
            sales[np.lexsort((sales["time_us"], sales["unit"], sales["number"], sales["day"]))],
            self._unit_ids, np.array(held, np.int64), messages, features, tuple(self._policies), tuple(self._offers),
            self._borne_fen, touches[np.lexsort((touches["time_us"], touches["number"], touches["day"]))], np.concatenate([np.zeros(0, PersonDay.RECORD), *self._met]), dict(kpis),
        )  # fmt: skip


def on_units(lives: Lives, names: tuple[str, ...]) -> Lives:
    """Return the same lives with the units of another list, which has all of theirs."""
    place = np.array([names.index(unit) for unit in lives.unit_ids], np.int32)
    sales, held_fen = lives.sales.copy(), np.zeros(len(names) + 1, np.int64)
    sales["unit"] = place[sales["unit"]]
    held_fen[place], held_fen[-1] = lives.held_fen[:-1], lives.held_fen[-1]
    offers = tuple(dataclasses.replace(offer, units=tuple(place[list(offer.units)].tolist())) for offer in lives.offers)
    return dataclasses.replace(lives, unit_ids=names, sales=sales, held_fen=held_fen, offers=offers)


def _with_offers(touches: np.ndarray, messages: np.ndarray) -> np.ndarray:
    """Return touches with the offers that their messages brought."""
    of_message = np.flatnonzero(touches["message"] >= 0)
    at = np.searchsorted(messages["number"], touches["message"][of_message])
    touches["offer"][of_message] = messages["offer"][at]
    return touches


def _account_names(held_fen: dict[str, int], unit_ids: Sequence[str]) -> list[str]:
    """Return the names of the tenants' accounts and of the operator's."""
    return [*(unit if unit in held_fen else f"tenant:{unit}" for unit in unit_ids), "operator"]


@dataclass(frozen=True)
class TwinRunner:
    """How one run is lived. This package does not know; it is told by name, since a name can be sent to another process."""

    name: str  # "module:function", called as function(config, folder); returns Lives
    preload: tuple[str, ...] = ()
    workers: int | None = None  # processes; default: as many as there are cores; 0: in this one


def live_one(runner: str, config: RunConfig, scratch: Path | None) -> Lives:
    """Live a run in this process."""
    module, _, name = runner.partition(":")
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        found: Lives = getattr(importlib.import_module(module), name)(config, Path(folder))
        return found


def lives_of(runner: TwinRunner, configs: Sequence[RunConfig], each: Callable[[int, Lives], None]) -> None:
    """Live all runs and hand each to `each` with its index as it ends, in whatever order; raises what a run raises.

    A run whose process dies is lived once more, and if that dies too, GalleriaError says how.
    """
    if runner.workers == 0:
        for index, config in enumerate(configs):
            each(index, live_one(runner.name, config, None))
        return
    waiting = deque(range(len(configs)))
    busy: dict[Future[Lives], tuple[Worker, int]] = {}
    died: set[int] = set()
    with crew(min(runner.workers or cores(), len(configs)), (__name__, *runner.preload)) as (idle, scratch):
        while waiting or busy:
            while waiting and idle:
                index, worker = waiting.popleft(), idle.pop()
                busy[worker.submit(live_one, runner.name, configs[index], scratch)] = (worker, index)
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                worker, index = busy.pop(future)
                idle.append(worker)
                try:
                    found = future.result()
                except BrokenProcessPool:
                    how = worker.bury()
                    if index in died:
                        raise _died(how) from None
                    died.add(index)
                    waiting.append(index)
                else:
                    each(index, found)


def _died(how: str) -> GalleriaError:
    problem = Problem(
        "a twin", how, "must live to the end of its days, and died twice", "free some memory, or give fewer visits"
    )
    return GalleriaError.of("galleria uplift", [problem])
