"""What visitors' phones will do, kept in order of time until it is due: nothing that comes of it depends on how often one asks."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.events import EventKind, EventLog
from sim.sensing.identity.ids import IdKind, grown, ids_of
from sim.sensing.identity.portal import Funnel
from sim.visitors import NEVER_US, App, Phones, Visitors

PHONE = np.dtype(
    [
        ("key", "i8"), ("address", "i8"), ("member", "i8"), ("app_id", "i8"), ("chat", "i8"), ("payment", "i8"), ("partner", "i8"),
        ("plate", "i8"), ("dies_us", "i8"), ("connect_us", "i8"), ("form_us", "i8"), ("open_us", "i8"), ("number", "i8"),
        ("favourite", "f8"),
        ("visit", "i4"), ("row", "i4"), ("ordinal", "i1"), ("app", "i1"), ("wifi_on", "?"), ("is_member", "?"), ("has_card", "?"),
        ("pays_linked", "?"), ("is_partner_customer", "?"), ("uses_app", "?"), ("uses_parking", "?"), ("uses_booking", "?"),
        ("navigates", "?"), ("by_itself", "?"), ("connects", "?"), ("completes", "?"), ("consents", "?"),
        ("joins", "?"), ("is_false", "?"), ("recognised", "?"), ("was_heard", "?"),
    ],
    align=True,
)  # fmt: skip
VISIT = np.dtype(
    [("number", "i8"), ("left_us", "i8"), ("first", "i4"), ("count", "i4"), ("connected", "?"), ("logged_in", "?")], align=True
)
STEP = np.dtype([("time_us", "i8"), ("value", "i8"), ("phone", "i4"), ("place", "i4"), ("kind", "i1")], align=True)


FOLLOWED = (int(EventKind.ARRIVED), int(EventKind.LEFT), int(EventKind.PURCHASED))

# The phone's column of each kind of id; `member` is the phone number's, under which a membership is kept.
ID_COLUMNS = {
    "address": IdKind.ADDRESS, "member": IdKind.NUMBER, "app_id": IdKind.APP, "chat": IdKind.CHAT, "payment": IdKind.PAYMENT,
    "partner": IdKind.PARTNER,
}  # fmt: skip


class Step(IntEnum):
    """What happens to a phone, in this order at one instant."""

    SEEN = 0  # the party comes within range; of its first phone, value: its phones with Wi-Fi on
    CONNECTED = 1
    COMPLETED = 2  # the log-in page
    APP_OPENED = 3
    APP_ON_WIFI = 4  # open and connected
    PAID = 5  # by an account that could be linked, at a till that is online; place unit, value fen
    PARKING_PAID = 6


ON_WIFI = (Step.CONNECTED, Step.COMPLETED, Step.APP_ON_WIFI)  # need a working access point


class Steps:
    """The phones of the day and what they will do."""

    def __init__(self, tills_online: np.ndarray) -> None:
        """Begin the day with nobody. `tills_online`: whether each unit's till reports who paid."""
        self._online = tills_online
        self._phones, self._visits = np.zeros(0, PHONE), np.zeros(0, VISIT)
        self.phone_count = self.visit_count = 0
        self._numbers, self._places = np.zeros(0, np.int64), np.zeros(0, np.int64)  # visits by number
        self._pending: list[np.ndarray] = []
        self.arrived = self.sold_fen = 0

    @property
    def phones(self) -> np.ndarray:
        """The phones admitted so far (PHONE)."""
        return self._phones[: self.phone_count]

    @property
    def visits(self) -> np.ndarray:
        """The visits admitted so far (VISIT)."""
        return self._visits[: self.visit_count]

    def admit(self, visitors: Visitors, phones: Phones, rows: np.ndarray, funnel: Funnel, recognised: np.ndarray) -> None:
        """Take the phones of the next batch; recognised: whose address leads to their membership as soon as they connect."""
        first, visit = self.phone_count, self.visit_count
        self.phone_count, self.visit_count = first + phones.party.size, visit + visitors.number.size
        self._phones, self._visits = grown(self._phones, self.phone_count), grown(self._visits, self.visit_count)
        new, is_first = self._phones[first : self.phone_count], phones.ordinal == 0
        for source in (phones, funnel):
            for name in set(PHONE.names or ()) & set(source._fields):
                new[name] = getattr(source, name)
        new["number"], new["visit"], new["row"] = visitors.number[phones.party], visit + phones.party, rows
        new["recognised"] = recognised
        for name, kind in ID_COLUMNS.items():
            new[name] = ids_of(kind, phones.key)
        new["uses_app"] = (phones.app == App.ACTIVE) | (phones.app == App.PUSH)
        new["navigates"] = is_first & (visitors.navigates[phones.party] == 1)
        visits = self._visits[visit : self.visit_count]
        visits["number"], visits["left_us"] = visitors.number, NEVER_US
        visits["first"] = first + np.flatnonzero(is_first)
        visits["count"] = np.bincount(phones.party, minlength=visitors.number.size)
        numbers = np.concatenate([self._numbers, visitors.number])
        order = np.argsort(numbers, kind="stable")
        places = np.concatenate([self._places, visit + np.arange(visitors.number.size)])
        self._numbers, self._places = numbers[order], places[order]

    def take(self, log: EventLog, first: int, end: int) -> None:
        """Note what follows from the events of rows [first, end)."""
        kind = log.kind[first:end]
        arrived, left, sold = (first + np.flatnonzero(kind == wanted) for wanted in FOLLOWED)
        self.arrived += arrived.size
        self.sold_fen += int(log.value[sold].sum())
        self._arrive(log, arrived)
        rows, visits = self._known(log, left)
        self._visits["left_us"][visits] = log.time_us[rows]
        drivers = self._visits["first"][visits]
        pays = self._phones["uses_parking"][drivers]
        self._push(log.time_us[rows][pays], drivers[pays], Step.PARKING_PAID)
        rows, visits = self._known(log, sold)
        payers = self._visits["first"][visits]
        told = self._phones["pays_linked"][payers] & self._online[log.place[rows]]
        rows = rows[told]
        self._push(log.time_us[rows], payers[told], Step.PAID, log.value[rows], log.place[rows])

    def due(self, now_us: int) -> np.ndarray:
        """Take out and return (STEP) what happens before an instant, in order of (time, phone, step).

        Left out is what a phone that has died, or whose party has gone, can do no more.
        """
        found, self._pending = _taken_out(self._pending, now_us)
        if not found.size:
            return found
        found = found[self._can_happen(found) | (found["kind"] == Step.SEEN)]
        self._phones["was_heard"][found["phone"][found["kind"] != Step.SEEN]] = True
        return found[np.lexsort((found["kind"], found["phone"], found["time_us"]))]

    def followed(self, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (rows in the position platform, instants) of those of some steps whose phones are followed and still inside."""
        row, visit = (self._phones[name][steps["phone"]] for name in ("row", "visit"))
        is_inside = (self._visits["left_us"][visit] == NEVER_US) & (row >= 0)
        return row[is_inside], steps["time_us"][is_inside]

    def phones_inside(self) -> np.ndarray:
        """Return the phones (PHONE) of which something was heard on this visit and whose party has not gone."""
        heard = np.flatnonzero(self.phones["was_heard"])
        return self._phones[heard[self._visits["left_us"][self._phones["visit"][heard]] == NEVER_US]]

    def _can_happen(self, steps: np.ndarray) -> np.ndarray:
        dies_us, visit = (self._phones[name][steps["phone"]] for name in ("dies_us", "visit"))
        return (dies_us > steps["time_us"]) & (self._visits["left_us"][visit] >= steps["time_us"])

    def _arrive(self, log: EventLog, arrived: np.ndarray) -> None:
        rows, visits = self._known(log, arrived)
        first, count = self._visits["first"][visits].astype(np.int64), self._visits["count"][visits].astype(np.int64)
        phone = np.repeat(first, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        at_us = np.repeat(log.time_us[rows], count)
        of = {name: self._phones[name][phone] for name in ("wifi_on", "connects", "completes", "uses_app")}
        seen = np.add.reduceat(of["wifi_on"], np.cumsum(count) - count, dtype=np.int64) if count.size else count
        self._push(log.time_us[rows], first, Step.SEEN, seen)
        for step, who, delays in (
            (Step.CONNECTED, of["connects"], ("connect_us",)),
            (Step.COMPLETED, of["completes"], ("connect_us", "form_us")),
            (Step.APP_OPENED, of["uses_app"], ("open_us",)),
        ):
            doing = phone[who]
            self._push(at_us[who] + sum(self._phones[name][doing] for name in delays), doing, step)
        both = of["uses_app"] & of["connects"]
        later_us = np.maximum(*(self._phones[name][phone[both]] for name in ("connect_us", "open_us")))
        self._push(at_us[both] + later_us, phone[both], Step.APP_ON_WIFI)

    def _known(self, log: EventLog, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the log whose visits were admitted, and those visits."""
        if not self._numbers.size:
            return rows[:0], np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(self._numbers, log.visit[rows]), self._numbers.size - 1)
        is_known = self._numbers[at] == log.visit[rows]
        return rows[is_known], self._places[at[is_known]]

    def _push(
        self, time_us: np.ndarray, phone: np.ndarray, kind: Step, value: np.ndarray | int = 0, place: np.ndarray | int = 0
    ) -> None:
        steps = np.zeros(time_us.size, STEP)
        for name, column in (("time_us", time_us), ("phone", phone), ("kind", kind), ("value", value), ("place", place)):
            steps[name] = column
        self._pending.append(steps)


def _taken_out(pending: list[np.ndarray], now_us: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the steps before an instant, and the rest."""
    raw = np.dtype(f"V{STEP.itemsize}")  # records are joined as bytes: NumPy compares their fields one by one otherwise
    steps = np.concatenate([each.view(raw) for each in pending]).view(STEP) if pending else np.zeros(0, STEP)
    is_due = steps["time_us"] < now_us
    return steps[is_due], [steps[~is_due]]
