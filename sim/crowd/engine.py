"""The crowd as the rest of the program sees it: hand it parties, throw its switches, advance it, take its log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.crowd import state
from sim.crowd.admitting import arrivals_of
from sim.crowd.agenda import drop_dead
from sim.crowd.cars.build import bay_names
from sim.crowd.controls import Controls, controls_of
from sim.crowd.duty import Duty
from sim.crowd.goods.stocking import Morning
from sim.crowd.loop import ROOM_PER_EVENT, Stop, advance
from sim.crowd.mall_built import LOG_LEVELS, mall_built
from sim.crowd.movement import note_zone_time
from sim.crowd.online.built import orders_of
from sim.crowd.own_services import begin_own, end_own
from sim.crowd.points.desk import accounts_of
from sim.crowd.points.referring_built import accounts_of_merchants
from sim.crowd.points.wallets import Wallets
from sim.crowd.ratings import post_standing
from sim.crowd.routing import Routes as Routes
from sim.crowd.routing import know_times
from sim.crowd.rows import enlarged
from sim.crowd.satisfaction import judge_visits
from sim.crowd.serving import seat_from, serve_from
from sim.crowd.state import Doing, Mall, Meta, Role, records
from sim.crowd.tables import build_tables
from sim.crowd.tallies import HOURS, Counted, Tallies
from sim.crowd.tracks import fill_open_segments
from sim.crowd.venues.cinemas_built import show_names
from sim.errors import EngineError
from sim.events import EventLog, SegmentLog
from sim.kernel import entry, referred
from sim.ledger.accounts import FIRST_TENANT, sales_by_account
from sim.ledger.ledger import Ledger
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_HOUR
from sim.visitors import Visitors

ROWS_AT_FIRST = 4096


@dataclass(frozen=True)
class Taken:
    """What the crowd hands over when a buffer is full or the run ends; valid during the call only."""

    events: EventLog
    segments: SegmentLog
    transfers: np.ndarray  # TRANSFER records of the ledger
    outcomes: np.ndarray  # OUTCOME records of the visits that have ended


class Crowd:
    """One mall's shoppers.

    `on_flush` receives full buffers (see `Taken`). Buffers are flushed when full and by `finish`, never at a stop, so that what is
    written does not depend on how often the clock stops. `shelves` is what an earlier day left on them; `ledger` lives on
    from day to day, and a new one is opened where none is given.
    """

    def __init__(
        self, compiled: CompiledPlan, config: RunConfig, on_flush: Callable[[Taken], None], standing: np.ndarray | None = None,
        routes: Routes | None = None, shelves: Morning | None = None, ledger: Ledger | None = None,
        referrals: np.ndarray | None = None,
        wallets: Wallets | None = None,
    ) -> None:  # fmt: skip
        self._routes: Routes = {} if routes is None else routes
        self.ledger = Ledger(compiled.unit_ids, journal_rows(config)) if ledger is None else ledger
        self.wallets = Wallets(config, compiled) if wallets is None else wallets
        self.wallets.begin_day()
        self.wallets.make_room(len(self.ledger.names))
        referral_accounts = accounts_of_merchants(self.ledger, compiled, config)
        tables = build_tables(compiled, config)
        arrays = compiled.arrays
        self.station_names = tables.station_names
        self.place_names = {"show": show_names(compiled, config), "bay": bay_names(compiled, config)}
        self.place_names["offer"] = [item.name for item in config.partners.catalogue.items]
        self.full_servers = tables.stations["servers_open"].copy()
        self.has_own_staff = np.zeros(tables.stations.size, bool)  # stations that the planned staffing leaves alone
        self._doors = tables.doors
        self._on_flush = on_flush
        self.ledger.has_gifts = config.points.is_on and config.points.yuan_per_gift_point > 0
        self.returned: list[np.ndarray] = []  # RETURN records that have left the buffer
        self.mall = mall_built(
            compiled,
            config,
            tables,
            ROWS_AT_FIRST,
            self.ledger,
            self.wallets,
            standing=standing,
            shelves=shelves,
            referrals=referrals,
        )
        self.mall.params["referral_accounts"] = referral_accounts
        self._zone_person_us = np.zeros((HOURS, arrays.zone_area_m2.size), np.int64)
        self._duty = Duty(self.mall)
        self._taken_fen = np.zeros(FIRST_TENANT + arrays.unit_key.size, np.int64)
        self._hour = 0
        self._closures = b""
        self._receive: Callable[[int, int], None] | None = None
        self.refresh_routes()

    @property
    def controls(self) -> Controls:
        """The switches that operations throw."""
        return controls_of(self.mall)

    @property
    def people_inside(self) -> int:
        """People between an entrance and an exit."""
        return int(self.mall.meta[Meta.INSIDE_PEOPLE])

    @property
    def now_us(self) -> int:
        """The instant of the last event."""
        return int(self.mall.meta[Meta.NOW_US])

    def count(self, what: Counted) -> int:
        """Return one of the counts."""
        return int(self.mall.counts[what])

    def admit(self, visitors: Visitors, trackers: np.ndarray | None = None, reach: np.ndarray | None = None) -> None:
        """Hand over the next batch of parties, in order of arrival; the batch before must have arrived.

        `trackers` (int32, one per party) are the rows under which sensors follow them, -1 for a party that none follows;
        `reach` (int16, sim.promos.Reach) the ways in which messages get to them.
        """
        rows = visitors.number.size
        if self.mall.meta[Meta.ARRIVALS_NEXT] < self.mall.meta[Meta.ARRIVALS_SIZE]:
            raise EngineError("a batch of arrivals was handed over before the last one had arrived")
        arrivals = arrivals_of(visitors, trackers)
        arrivals["account"] = accounts_of(self, visitors)
        arrivals["reach"], arrivals["bears"] = 0 if reach is None else reach, visitors.bears_messages
        arrivals["bound_for"] = visitors.bound_for
        arrivals["order"] = orders_of(self.mall.orders, int(self.mall.params[0].orders_planned), visitors.number)
        tastes, liked = np.ascontiguousarray(visitors.taste), np.ascontiguousarray(visitors.liked)
        self.mall = self.mall._replace(
            arrivals=arrivals,
            arriving_tastes=tastes,
            arriving_liked=liked,
            arriving_coupons=np.ascontiguousarray(visitors.coupons),
            **self.ledger.book._asdict(),
        )
        self.mall.meta[Meta.ARRIVALS_NEXT] = 0
        self.mall.meta[Meta.ARRIVALS_SIZE] = rows

    def advance_to(self, until_us: int) -> bool:
        """Let everything happen that is due before `until_us`; return False when a service of one's own must act at `now_us` first."""
        self.see_room()
        while True:
            end_of_hour_us = (self._hour + 1) * US_PER_HOUR if self._hour < HOURS - 1 else until_us
            stop = advance(self.mall, min(until_us, end_of_hour_us))
            if stop == Stop.BUFFER_FULL:
                self._flush()
            elif stop == Stop.ROWS_FULL:
                self.mall = enlarged(self.mall)
            elif stop == Stop.UPCALL:
                self._hand_over()
                return False
            elif end_of_hour_us < until_us:
                self._close_hour(end_of_hour_us)
            else:
                return True

    def switched(self, now_us: int) -> None:
        """Make the crowd see switches that were thrown: new servers take the waiting, closed connectors leave the routes."""
        self._duty.note(self.mall, now_us)
        station = 0
        while station < self.mall.stations.size:
            station = serve_from(self.mall, station, now_us)
            if station < self.mall.stations.size:
                self._flush()
        if self.controls.connector_is_open.tobytes() != self._closures:
            self.refresh_routes()

    def give_tables_on(self, now_us: int) -> None:
        """Seat who waits for a table that is no longer kept for somebody else."""
        station = 0
        while station < self.mall.stations.size:
            station = seat_from(self.mall, station, now_us)
            if station < self.mall.stations.size:
                self._flush()

    def hand_over_at(self, units: list[int], receive: Callable[[int, int], None]) -> None:
        """Let `receive(row, now_us)` take every party that comes to a till of these units; `end_own` gives it back."""
        self.mall.stations["role"][units] = Role.OWN
        self._receive = receive

    def _hand_over(self) -> None:
        row = int(self.mall.meta[Meta.HANDED_OVER]) - 1
        self.mall.meta[Meta.HANDED_OVER] = 0
        assert self._receive is not None
        self._receive(row, self.now_us)

    def is_away(self, row: int, number: int) -> bool:
        """Return whether the party is still in the hands of a service of one's own."""
        shopper = self.mall.shoppers[row]
        is_here = shopper.number == number and shopper.doing == Doing.AWAY
        return bool(is_here and self.mall.errands[row].is_handed_back == 0)

    def begin_own(self, row: int, now_us: int) -> None:
        """Note that a service of one's own begins to serve the party."""
        self.make_room()
        begin_own(self.mall, row, now_us)

    def end_own(self, row: int, now_us: int, amount_fen: int, services: int) -> None:
        """Take a party back, which pays so much and has had so many services; it goes on at `now_us`."""
        self.make_room()
        self.mall.shoppers[row].services += services
        end_own(self.mall, row, now_us, amount_fen)

    def make_room(self) -> None:
        """Make room for the events of what somebody outside the kernels lets happen."""
        meta = self.mall.meta
        if meta[Meta.LOG_ROWS] + ROOM_PER_EVENT > self.mall.log.size:
            self._flush()
        if meta[Meta.AGENDA_SIZE] + 2 >= self.mall.heap.shape[0]:
            drop_dead(self.mall.shoppers, self.mall.heap, meta)

    def recent(self) -> EventLog:
        """Return the events in the buffer; valid until the crowd advances."""
        return _event_columns(self.mall.log[: self.mall.meta[Meta.LOG_ROWS]])

    def recent_segments(self) -> np.ndarray:
        """Return the state.SEGMENT records in the buffer; valid until the crowd advances."""
        return self.mall.segments[: self.mall.meta[Meta.SEGMENT_ROWS]]

    def open_segments(self, now_us: int) -> np.ndarray:
        """Return a state.SEGMENT record of every tracked party that stands, rides or is inside a store at `now_us`.

        Walks are not here: they are in `recent_segments` from their start.
        """
        found = records(int(self.mall.meta[Meta.AGENDA_SIZE]), state.SEGMENT)
        return found[: fill_open_segments(self.mall, now_us, found)]

    def forget_segments(self) -> None:
        """Sensors have read the buffer: empty it, unless the recorder wants it."""
        if self.mall.meta[Meta.LOG_LEVEL] < LOG_LEVELS["edges"]:
            self.mall.meta[Meta.SEGMENT_ROWS] = 0

    def transfer(self, now_us: int, debit: int, credit: int, amount: int, reason: int) -> None:
        """Post a transfer between accounts; raises LedgerError when the books refuse it."""
        self.make_room_in_books()
        self.ledger.post(now_us, debit, credit, amount, reason)

    def make_room_in_books(self) -> None:
        """Make room for what somebody outside the crowd is about to post in the ledger, by the kernels of its own."""
        if self.ledger.journal.size + ROOM_PER_EVENT > self.ledger.book.transfers.size:
            self._flush()
        self.see_room()

    def see_room(self) -> None:
        """Make room in the ledger, and take over its arrays if they have been replaced by larger ones, by whomever."""
        self.ledger.make_room()
        mall, book = self.mall, self.ledger.book
        if mall.accounts is not book.accounts or mall.lots is not book.lots or mall.pendings is not book.pendings:
            self.mall = mall._replace(**book._asdict())

    def note_of_unit(self, now_us: int, kind: int, unit: int, value: int) -> None:
        """Write an event of a unit that is nobody's: visit -1."""
        self.make_room()
        self.mall.log[self.mall.meta[Meta.LOG_ROWS]] = (now_us, -1, value, unit, kind, 0)
        self.mall.meta[Meta.LOG_ROWS] += 1

    def note_of_row(self, now_us: int, kind: int, row: int, place: int, value: int) -> None:
        """Write an event of the party on a row."""
        self.make_room()
        shopper = self.mall.shoppers[row]
        self.mall.log[self.mall.meta[Meta.LOG_ROWS]] = (now_us, shopper.number, value, place, kind, shopper.people)
        self.mall.meta[Meta.LOG_ROWS] += 1

    def satisfaction_at(self, rows: np.ndarray, now_us: int) -> np.ndarray:
        """Return what each party would think of its visit if it ended now."""
        found = np.zeros(rows.size)
        judge_visits(self.mall, np.ascontiguousarray(rows, np.int64), now_us, found)
        return found

    def post_standing(self, now_us: int) -> None:
        """Write down how every tenant stands today."""
        unit = 0
        while unit < self.mall.units.size:
            self.make_room()
            unit = post_standing(self.mall, unit, now_us)

    def takings_fen(self) -> np.ndarray:
        """Return what each account has taken in sales so far, in money and in points at their face, whatever it has paid since."""
        taken_fen = self._taken_fen + sales_by_account(self.ledger.journal, self._taken_fen.size)
        taken_fen[FIRST_TENANT:] += self.mall.terms["burned_fen"]
        return taken_fen

    def refresh_routes(self) -> None:
        """Fill the tables of times for the connectors that run now."""
        self._closures = self.controls.connector_is_open.tobytes()
        know_times(self.mall, self._doors, self._closures, self._routes)

    def finish(self, now_us: int) -> Tallies:
        """Close the books at `now_us` and hand over what is left in the buffers."""
        self._close_hour(now_us)
        self._duty.note(self.mall, now_us)
        self._flush()
        zones, units, stations = self.mall.zones, self.mall.units, self.mall.stations
        return Tallies(
            zone_person_us=self._zone_person_us, zone_entries=zones["entries"].copy(),
            zone_people_max=zones["people_max"].astype(np.int64), zone_crowded_us=zones["crowded_us"].copy(),
            unit_passed=self.passings(), unit_person_us=units["person_us"].copy(),
            station_served=stations["served"].copy(), station_busy_us=stations["busy_us"].copy(), counts=self.mall.counts.copy(),
            station_duty_us=self._duty.server_us.copy(),
        )  # fmt: skip

    def close(self) -> None:
        """Let go of the arrays: who still refers to the crowd would otherwise keep them until the interpreter looks for cycles."""
        del self.mall, self._duty

    def passings(self) -> np.ndarray:
        """Return how many parties have passed each unit's frontage; each passing counts."""
        legs, frontages = self.mall.legs, self.mall.frontages
        passed = np.repeat(legs["walked"], legs["frontage_end"] - legs["frontage_start"]) - frontages["unseen"]
        found = np.zeros(self.mall.units.size, np.int64)
        np.add.at(found, frontages["unit"], passed)
        return found

    def _close_hour(self, now_us: int) -> None:
        _note_all_zones(self.mall, now_us)
        self._zone_person_us[self._hour] += self.mall.zones["person_us"]
        self.mall.zones["person_us"] = 0
        self._hour = min(now_us // US_PER_HOUR, HOURS - 1)

    def _flush(self) -> None:
        meta = self.mall.meta
        self._taken_fen += sales_by_account(self.ledger.journal, self._taken_fen.size)
        self.returned.append(np.array(self.mall.returns[: meta[Meta.RETURN_ROWS]]))
        meta[Meta.RETURN_ROWS] = 0
        events, segments = self.mall.log[: meta[Meta.LOG_ROWS]], self.mall.segments[: meta[Meta.SEGMENT_ROWS]]
        self._on_flush(
            Taken(
                events=_event_columns(events),
                segments=SegmentLog(**{name: segments[name] for name in SegmentLog._fields[:-1]}, count=np.array([segments.size])),
                transfers=self.ledger.journal,
                outcomes=self.mall.outcomes[: meta[Meta.OUTCOME_ROWS]],
            )
        )  # fmt: skip
        meta[Meta.LOG_ROWS] = meta[Meta.SEGMENT_ROWS] = meta[Meta.OUTCOME_ROWS] = 0
        self.ledger.forget_journal()
        self.see_room()


def journal_rows(config: RunConfig) -> int:
    """Return for how many transfers the journal has room before it is handed over."""
    return config.engine.log_rows // 4 + 128


def _event_columns(events: np.ndarray) -> EventLog:
    return EventLog(**{name: events[name] for name in EventLog._fields[:-1]}, count=np.array([events.size]))


@entry
def _note_all_zones(mall: Mall, now_us: int) -> None:
    mall = referred(mall)
    for zone in range(mall.zones.size):
        note_zone_time(mall.zones, zone, now_us)
