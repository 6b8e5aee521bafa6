"""What a mall measures in a quarter of an hour, as one row of numbers: the same of a feed's records and of a member's own events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.queues import expected_wait_s
from sim.events import EventKind, EventLog
from sim.feeds.from_run import COUNT_MISS_SHARE
from sim.feeds.records import CADENCE_US, Record
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN

QUARTER_US = 15 * US_PER_MIN
REPORTS = QUARTER_US // CADENCE_US  # of a counter in a quarter of an hour
WHATS = {
    "arrivals": "people who came in through doors in the quarter of an hour",
    "departures": "people who went out in the quarter of an hour",
    "people": "people inside at the instant",
    "waiting": "parties in line before restaurants at the instant",
    "wait_s": "the wait that a party which comes to a restaurant at the instant expects",
    "covers": "bills that restaurants were paid in the quarter of an hour, one a table",
    "bays_taken": "cars parked at the instant",
    "bills": "bills of all tills in the quarter of an hour",
    "sales_fen": "sales in the quarter of an hour",
}
FLOWS = ("arrivals", "departures", "covers", "bills", "sales_fen")  # of a span of time; the others are of an instant
OF_RECORD = {
    "people_in": "arrivals",
    "people_out": "departures",
    "people": "people",
    "waiting": "waiting",
    "wait_s": "wait_s",
    "bays_taken": "bays_taken",
}
OF_PLACES_ONLY = ("wait_s",)  # has no sum over the mall
SHOWN_OF_ALL_UNITS = ("bills", "sales_fen")  # kept for each unit, shown for each level and for all


class Quantity(NamedTuple):
    """One number that is shown: the sum of some of the row."""

    what: str  # of WHATS
    where: str  # entrance, level, unit or car park by its id; "" the whole mall
    columns: np.ndarray  # int64 of the row


class Gauge:
    """The order of the row for a mall: each of WHATS at each of its places."""

    def __init__(self, compiled: CompiledPlan, config: RunConfig) -> None:
        """Lay the row out."""
        arrays = compiled.arrays
        units = np.arange(len(compiled.unit_ids))
        trades = [config.categories[trade] for trade in compiled.tenant_categories]
        self.restaurants = np.flatnonzero([trade.tables for trade in trades])
        self.unit_level = np.asarray(arrays.unit_level)
        self.entrance_level = np.asarray(arrays.entrance_level)
        self.ride_from_level, self.ride_to_level = np.asarray(arrays.ride_from_level), np.asarray(arrays.ride_to_level)
        tables = [compiled.unit_ids[unit] for unit in self.restaurants]
        places = {
            "arrivals": compiled.entrance_ids, "departures": compiled.entrance_ids, "people": compiled.level_ids,
            "waiting": tables, "wait_s": tables, "covers": tables,
            "bays_taken": compiled.parking_ids, "bills": compiled.unit_ids, "sales_fen": compiled.unit_ids,
        }  # fmt: skip
        self.columns: dict[str, np.ndarray] = {}
        self.quantities: list[Quantity] = []
        self._column: dict[tuple[str, str], int] = {}
        end = 0
        for what in WHATS:
            own = end + np.arange(len(places[what]))
            self.columns[what], end = own, end + own.size
            self._column |= {(what, name): int(column) for name, column in zip(places[what], own, strict=True)}
            self._show(what, places[what], own, compiled.level_ids, units)
        self.size = end
        self.door_sees = 1.0 - config.sensing.door_miss_share + config.sensing.door_double_share
        self.is_flow = np.zeros(end, bool)
        for what in FLOWS:
            self.is_flow[self.columns[what]] = True

    def _show(self, what: str, names: Sequence[str], own: np.ndarray, levels: Sequence[str], units: np.ndarray) -> None:
        if not own.size:
            return
        if what in SHOWN_OF_ALL_UNITS:
            parts = [(level, own[units[self.unit_level == index]]) for index, level in enumerate(levels)]
        else:
            parts = [(name, own[[index]]) for index, name in enumerate(names)]
        self.quantities += [Quantity(what, where, columns) for where, columns in parts if columns.size]
        if what not in OF_PLACES_ONLY:
            self.quantities.append(Quantity(what, "", own))

    def shown(self, rows: np.ndarray) -> np.ndarray:
        """Return the quantities (..., Q) of rows (..., M); NaN where a part is."""
        return np.stack([rows[..., each.columns].sum(axis=-1) for each in self.quantities], axis=-1)

    def of_records(self, records: Sequence[Record], until_us: int) -> np.ndarray:
        """Return the row (float64, M) that a feed's records say of the quarter of an hour up to `until_us`; NaN where nothing came.

        A counter of which some reports are missing is scaled up to all of them, tills by the share of counters' reports that came; what
        is of an instant is the latest within the quarter of an hour.
        """
        row = np.full(self.size, np.nan)
        sums, heard, latest = np.zeros(self.size), np.zeros(self.size), np.full(self.size, -1)
        tills = {kind: np.zeros(self.columns["bills"].size) for kind in ("bills", "sales_fen")}
        first_unit, has_sold = int(self.columns["bills"][0]), False
        for record in records:
            if not until_us - QUARTER_US < record.time_us <= until_us:
                continue
            where = record.sensor.partition(":")[2]
            if record.kind == "sale":
                column = self._column.get(("bills", where))
                if column is not None:
                    has_sold = True
                    tills["bills"][column - first_unit] += 1
                    tills["sales_fen"][column - first_unit] += record.value
                continue
            column = self._column.get((OF_RECORD.get(record.kind, ""), where))
            if column is None:
                continue
            heard[column] += 1
            if self.is_flow[column]:
                sums[column] += record.value
            elif record.time_us >= latest[column]:
                latest[column], sums[column] = record.time_us, record.value
        told = heard > 0
        flows = told & self.is_flow
        row[told] = sums[told]
        row[flows] *= REPORTS / np.minimum(heard[flows], REPORTS)
        if has_sold or told.any():
            counters = told & (np.isin(np.arange(self.size), self.columns["people"]) | flows)
            came = (
                float(np.minimum(heard[counters], REPORTS).sum() / (REPORTS * max(counters.sum(), 1)))
                if counters.any()
                else 1.0
            )
            for kind, found in tills.items():
                row[self.columns[kind]] = found / came
            row[self.columns["covers"]] = tills["bills"][self.restaurants] / came
        if told[self.columns["waiting"]].any():  # a line that never formed has no record; where others report, it is none
            lines = self.columns["waiting"]
            row[lines] = np.where(told[lines], sums[lines], 0.0)
        return row


class Meter:
    """Gauges one member from its events and its state, as the mall's sensors would: counters miss COUNT_MISS_SHARE of people."""

    def __init__(self, gauge: Gauge) -> None:
        """Begin with an empty mall."""
        self._gauge = gauge
        self._seen = 0  # rows of the log buffer
        self._flow = np.zeros(gauge.size)
        self._people = np.zeros(gauge.columns["people"].size)
        self.nudged = np.zeros(0, np.int64)  # numbers of parties that were added, whom no dial has brought
        self.withheld = np.zeros(
            gauge.columns["arrivals"].size
        )  # people who were not let in at each entrance, though dials bring them

    def take(self, log: EventLog) -> None:
        """See the events of the buffer that are new."""
        first, end = self._seen, int(log.count[0])
        self._seen = end
        if first == end:
            return
        kind, place = log.kind[first:end], log.place[first:end]
        people = log.people[first:end]
        gauge = self._gauge
        for what, wanted, sign in (("arrivals", EventKind.ARRIVED, 1), ("departures", EventKind.LEFT, -1)):
            rows = np.flatnonzero(kind == wanted)
            door = place[rows]
            self._add(self._people, gauge.entrance_level[door], sign * people[rows])
            if what == "arrivals" and self.nudged.size:
                rows = rows[~np.isin(log.visit[first:end][rows], self.nudged)]
            self._add(self._flow, gauge.columns[what][place[rows]], gauge.door_sees * people[rows])
        rows = np.flatnonzero(kind == EventKind.BOARDED)
        self._add(self._people, gauge.ride_from_level[place[rows]], -people[rows])
        self._add(self._people, gauge.ride_to_level[place[rows]], people[rows])
        rows = np.flatnonzero(kind == EventKind.PURCHASED)
        self._add(self._flow, gauge.columns["bills"][place[rows]], np.ones(rows.size))
        self._add(self._flow, gauge.columns["sales_fen"][place[rows]], log.value[first:end][rows])

    def begin_buffer(self) -> None:
        """The buffer has been handed over and is empty."""
        self._seen = 0

    def read(self, crowd: Crowd) -> np.ndarray:
        """Return the row (float64, M) at this instant, flows since the last reading, and begin the next quarter of an hour."""
        self.take(crowd.recent())
        gauge, mall = self._gauge, crowd.mall
        row = self._flow
        row[gauge.columns["arrivals"]] += gauge.door_sees * self.withheld
        row[gauge.columns["covers"]] = row[gauge.columns["bills"]][gauge.restaurants]
        row[gauge.columns["people"]] = (1.0 - COUNT_MISS_SHARE) * self._people
        row[gauge.columns["waiting"]] = mall.stations["waiting"][gauge.restaurants]
        row[gauge.columns["wait_s"]] = [expected_wait_s(mall.stations, unit) for unit in gauge.restaurants.tolist()]
        row[gauge.columns["bays_taken"]] = bays_taken(crowd, gauge.columns["bays_taken"].size)
        self._flow = np.zeros(gauge.size)
        self.withheld = np.zeros(gauge.columns["arrivals"].size)
        return row

    @staticmethod
    def _add(sums: np.ndarray, where: np.ndarray, what: np.ndarray) -> None:
        sums += np.bincount(where, weights=what, minlength=sums.size)


def bays_taken(crowd: Crowd, parks: int) -> np.ndarray:
    """Return the cars that stand in each car park (float64)."""
    aisles = crowd.mall.aisles
    taken = aisles["bay_end"] - aisles["bay_start"] - aisles["free"]
    return np.bincount(aisles["park"], weights=taken, minlength=parks)[:parks]
