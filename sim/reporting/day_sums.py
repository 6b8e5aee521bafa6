"""The sums that KPIs and curves are made of, taken from events as they come: integers, so that no order of summing matters."""

from __future__ import annotations

import numpy as np

from sim.crowd.tallies import HOURS
from sim.events import KINDS, EventKind, Reason
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BINS, Level, add_counts, add_values, bin_of, hour_of
from sim.reporting.event_schema import Columns
from sim.reporting.stations import KIND_NAMES, Stations
from sim.reporting.topics.every import TOPICS
from sim.reporting.topics.topic import TopicSums


class DaySums:
    """Takes batches of events in time order; what is kept grows with tills, units and the people inside, and 9 bytes a wait."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        units, parks, entrances = len(compiled.unit_ids), len(compiled.parking_ids), len(compiled.entrance_ids)
        self.stations = stations
        self.events = np.zeros(KINDS, np.int64)  # by kind
        self.hour_visits = {kind: np.zeros(HOURS, np.int64) for kind in _BY_HOUR}
        self.hour_people = {kind: np.zeros(HOURS, np.int64) for kind in _BY_HOUR}
        self.hour_sales_fen = np.zeros(HOURS, np.int64)
        self.entrance_visits = np.zeros(entrances, np.int64)
        self.inside = Level()
        self.stay = Stays()
        self.walked_mm = 0
        self.unit = {name: np.zeros(units, np.int64) for name in _UNIT_SUMS}
        self.reasons = np.zeros(len(Reason), np.int64)
        self.station = {name: np.zeros(len(stations.names), np.int64) for name in _STATION_SUMS}
        self.queues = [Queue() for _ in KIND_NAMES]
        self.parked = [Level() for _ in range(parks)]
        self.park = {name: np.zeros(parks, np.int64) for name in _PARK_SUMS}
        self.at_desk: set[int] = set()  # visits inside a unit for its desk alone
        self.coupons_fen: dict[int, int] = {}  # of coupons whose receipt comes with the next batch, by visit
        self.topics: dict[str, TopicSums] = {topic.name: topic.begin(compiled, stations) for topic in TOPICS}

    def take(self, rows: Columns) -> None:
        """Add the events."""
        self.events += np.bincount(rows.kind, minlength=KINDS)
        by_kind = np.argsort(rows.kind, kind="stable")  # of 16 bits: counted, not compared
        start = np.searchsorted(rows.kind[by_kind], np.arange(KINDS + 1))
        of_kind = {kind: by_kind[start[kind] : start[kind + 1]] for kind in EventKind}
        self._take_doors(rows, of_kind)
        self._take_hours(rows, of_kind)
        self._take_units(rows, of_kind)
        self._take_stations(rows, of_kind)
        self._take_parking(rows, of_kind)
        for topic in self.topics.values():
            topic.take(rows, of_kind)

    def _take_doors(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        arrived, left = of_kind[EventKind.ARRIVED], of_kind[EventKind.LEFT]
        through = np.flatnonzero((rows.kind == EventKind.ARRIVED) | (rows.kind == EventKind.LEFT))
        people = rows.people[through].astype(np.int64)
        self.inside.take(rows.time_us[through], np.where(rows.kind[through] == EventKind.ARRIVED, people, -people))
        self.stay.take(rows.visit[arrived], rows.time_us[arrived], rows.visit[left], rows.time_us[left])
        self.walked_mm += int(rows.value[left].sum())
        add_counts(self.entrance_visits, rows.place[arrived])

    def _take_hours(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        for kind in _BY_HOUR:
            counted = of_kind[kind]
            if kind == EventKind.STORE_ENTERED:
                counted = counted[rows.value[counted] != Reason.DESK]
            hour = hour_of(rows.time_us[counted])
            add_counts(self.hour_visits[kind], hour)
            add_values(self.hour_people[kind], hour, rows.people[counted])
            if kind == EventKind.PURCHASED:
                add_values(self.hour_sales_fen, hour, rows.value[of_kind[kind]])
        refunded = of_kind[EventKind.SALE_REFUNDED]
        add_values(self.hour_sales_fen, hour_of(rows.time_us[refunded]), -rows.value[refunded])

    def _take_units(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        entered, bought = of_kind[EventKind.STORE_ENTERED], of_kind[EventKind.PURCHASED]
        left, refused = self._shops_left(rows, of_kind), of_kind[EventKind.STORE_REFUSED]
        shops = entered[rows.value[entered] != Reason.DESK]  # who comes to a desk does not visit the store around it
        add_counts(self.unit["entries"], rows.place[shops])
        add_values(self.unit["people"], rows.place[shops], rows.people[shops])
        add_counts(self.reasons, rows.value[entered])
        add_counts(self.unit["refused"], rows.place[refused])
        add_counts(self.unit["left"], rows.place[left])
        add_values(self.unit["inside_us"], rows.place[left], rows.value[left])
        add_counts(self.unit["purchases"], rows.place[bought])
        add_values(self.unit["sales_fen"], rows.place[bought], rows.value[bought])
        refunded = of_kind[EventKind.SALE_REFUNDED]
        add_values(self.unit["sales_fen"], rows.place[refunded], -rows.value[refunded])
        rated = of_kind[EventKind.RATED]
        add_counts(self.unit["ratings"], rows.place[rated])
        add_values(self.unit["stars_milli"], rows.place[rated], rows.value[rated])
        if self.coupons_fen or of_kind[EventKind.COUPON_USED].size:
            self._take_coupons(rows, of_kind[EventKind.COUPON_USED], bought)

    def _take_coupons(self, rows: Columns, used: np.ndarray, bought: np.ndarray) -> None:
        """Put down what coupons took off to the unit of the receipt that follows each."""
        both = np.sort(np.concatenate([used, bought]))
        visits = np.array([*self.coupons_fen, *rows.visit[used].tolist()], np.int64)
        for row in both[np.isin(rows.visit[both], visits)].tolist():
            visit = int(rows.visit[row])
            if rows.kind[row] == EventKind.COUPON_USED:
                self.coupons_fen[visit] = self.coupons_fen.get(visit, 0) + int(rows.value[row])
            elif visit in self.coupons_fen:
                self.unit["coupons_fen"][rows.place[row]] += self.coupons_fen.pop(visit)

    def _shops_left(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> np.ndarray:
        """Return the rows at which parties left a store, those that had only come to a desk in it apart."""
        entered, left = of_kind[EventKind.STORE_ENTERED], of_kind[EventKind.STORE_LEFT]
        to_desk = entered[rows.value[entered] == Reason.DESK]
        visits = np.array(sorted({*self.at_desk, *rows.visit[to_desk].tolist()}), np.int64)
        if visits.size == 0:
            return left
        moved = np.sort(np.concatenate([entered, left]))
        from_desk = []
        for row in moved[np.isin(rows.visit[moved], visits)].tolist():
            visit = int(rows.visit[row])
            if rows.kind[row] == EventKind.STORE_LEFT:
                if visit in self.at_desk:
                    from_desk.append(row)
                self.at_desk.discard(visit)
            elif rows.value[row] == Reason.DESK:
                self.at_desk.add(visit)
        return left[~np.isin(left, from_desk)]

    def _take_stations(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        started, reneged = of_kind[EventKind.SERVICE_STARTED], of_kind[EventKind.RENEGED]
        for turned_away in (EventKind.BALKED, EventKind.REJECTED):  # would not join, and found no place in the line
            add_counts(self.station["balked"], rows.place[of_kind[turned_away]])
        add_counts(self.station["reneged"], rows.place[reneged])
        add_counts(self.station["started"], rows.place[started])
        add_values(self.station["people"], rows.place[started], rows.people[started])
        waited = np.flatnonzero((rows.kind == EventKind.SERVICE_STARTED) | (rows.kind == EventKind.RENEGED))
        place, wait_us, end_us = rows.place[waited], rows.value[waited], rows.time_us[waited]
        add_values(self.station["wait_us"], place, wait_us)
        gave_up = rows.kind[waited] == EventKind.RENEGED
        for kind, queue in enumerate(self.queues):
            here = self.stations.kind[place] == kind
            queue.take(end_us[here], wait_us[here], gave_up[here])

    def _take_parking(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        parked, balked = of_kind[EventKind.PARKED], of_kind[EventKind.PARKING_BALKED]
        unparked = of_kind[EventKind.UNPARKED]
        add_counts(self.park["parked"], rows.place[parked])
        add_values(self.park["search_us"], rows.place[parked], rows.value[parked])
        add_counts(self.park["balked"], rows.place[balked])
        add_counts(self.park["unparked"], rows.place[unparked])
        add_values(self.park["exit_delay_us"], rows.place[unparked], rows.value[unparked])
        moved = np.flatnonzero(
            (rows.kind == EventKind.PARKED) | (rows.kind == EventKind.UNPARKED) | (rows.kind == EventKind.STOOD_OVERNIGHT)
        )
        place, change = rows.place[moved], np.where(rows.kind[moved] == EventKind.UNPARKED, -1, 1)
        for park, level in enumerate(self.parked):
            here = place == park
            level.take(rows.time_us[moved][here], change[here])


_BY_HOUR = (EventKind.ARRIVED, EventKind.LEFT, EventKind.STORE_ENTERED, EventKind.PURCHASED)
_UNIT_SUMS = (
    "entries",
    "people",
    "refused",
    "left",
    "inside_us",
    "purchases",
    "sales_fen",
    "ratings",
    "stars_milli",
    "coupons_fen",
)
_STATION_SUMS = ("balked", "reneged", "started", "people", "wait_us")
_PARK_SUMS = ("parked", "balked", "unparked", "search_us", "exit_delay_us")


class Queue:
    """All waits at stations of one kind: how long, from which hour on, and how many stood in line over the day."""

    def __init__(self) -> None:
        self._waits: list[np.ndarray] = []
        self._hours: list[np.ndarray] = []
        self.bin_change = np.zeros(BINS, np.int64)
        self.hour_abandoned = np.zeros(HOURS, np.int64)

    def take(self, end_us: np.ndarray, wait_us: np.ndarray, gave_up: np.ndarray) -> None:
        """Take waits as they end; who waited `wait_us` joined that much earlier."""
        joined_us = end_us - wait_us
        hours = hour_of(joined_us)
        self._waits.append(wait_us)
        self._hours.append(hours.astype(np.int8))
        add_counts(self.bin_change, bin_of(joined_us))
        self.bin_change -= np.bincount(bin_of(end_us), minlength=BINS)
        add_counts(self.hour_abandoned, hours[gave_up])

    def waits_us(self) -> np.ndarray:
        """Return every wait, zero waits and those of parties that gave up included, in the order in which they ended."""
        return np.concatenate([np.zeros(0, np.int64), *self._waits])

    def joined_hours(self) -> np.ndarray:
        """Return the hour in which each of `waits_us` began."""
        return np.concatenate([np.zeros(0, np.int8), *self._hours])

    def length_at_bin_ends(self) -> np.ndarray:
        """Return how many parties stood in line at the end of each bin (who never came to the end of a wait is not in it)."""
        return np.cumsum(self.bin_change)


class Stays:
    """Times from arrival to leaving, matched by the visit's number; keeps only who is inside."""

    def __init__(self) -> None:
        self.visit = np.zeros(0, np.int64)
        self.arrived_us = np.zeros(0, np.int64)
        self.ended = 0
        self.sum_us = 0

    def take(self, visit: np.ndarray, arrived_us: np.ndarray, left_visit: np.ndarray, left_us: np.ndarray) -> None:
        """Add arrivals, then match the departures; one who was never seen to arrive does not count."""
        visits = np.concatenate([self.visit, visit])
        order = np.argsort(visits, kind="stable")
        self.visit, self.arrived_us = visits[order], np.concatenate([self.arrived_us, arrived_us])[order]
        place = np.searchsorted(self.visit, left_visit)
        known = place < self.visit.size
        known[known] = self.visit[place[known]] == left_visit[known]
        self.ended += int(known.sum())
        self.sum_us += int((left_us[known] - self.arrived_us[place[known]]).sum())
        stays = np.ones(self.visit.size, bool)
        stays[place[known]] = False
        self.visit, self.arrived_us = self.visit[stays], self.arrived_us[stays]
