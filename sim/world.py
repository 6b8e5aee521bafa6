"""Assembles one mall from a configuration, given who comes and who decides, and runs its day."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sim.alliance import STATEMENT
from sim.config import RunConfig
from sim.crowd.engine import Crowd, Routes, Taken
from sim.crowd.goods.stocking import Morning
from sim.crowd.mind import OUTCOME
from sim.crowd.points.referring_built import life_us_of, referred_now
from sim.crowd.promos.received import LETTERS, by_visit, letters_in
from sim.decisions import Decision
from sim.earlier_run import Columns, begin_sensing
from sim.events import EventLog
from sim.home import HomeDay, facts_of, log_of, show_home
from sim.ledger.accounts import POINTS_ISSUED, TransferReason
from sim.ledger.finance_books import FinanceBooks
from sim.ledger.ledger import Ledger
from sim.lived import BOUGHT, RATING, Lived, bought_in, ratings_in
from sim.operations.access_points import switches_of
from sim.operations.alliance import Statements
from sim.operations.clock import Clock
from sim.operations.happenings import Happenings
from sim.operations.home_offers import put_up_home_offers
from sim.operations.hours import hours_of
from sim.operations.own_services import Factory, OwnServices
from sim.operations.partners import Programme, partner_places
from sim.operations.policies import Remembers, Review, policies_of
from sim.operations.reviews import Reviews
from sim.operations.watching import Watch
from sim.operations_of_day import END_US, operations_of
from sim.plan_arrays import CompiledPlan
from sim.reporting.ledger_files import kept_ledger
from sim.reporting.points_books import Moved, points_of_day
from sim.reporting.promos_files import told_of_policies
from sim.reporting.recorder import Recorder
from sim.reporting.replay.notes import Notes
from sim.reporting.report import FinishedRun, finish
from sim.reporting.residents_file import digests_of_inputs
from sim.reporting.results import RunResult
from sim.reporting.segments import segments_of
from sim.reporting.topics.targets import pair_of
from sim.sensing.observations import Observations, in_a_row
from sim.sensing.present import reach_of
from sim.units import US_PER_DAY
from sim.visitors import Phones, Visitors

Progress = Callable[[int, int, float], None]


class Witness(Protocol):
    """Sees what a day logs and what it leaves behind, and changes nothing."""

    def take(self, taken: Taken) -> None:
        """See what the crowd hands over, which is valid during the call only."""

    def tell(self, finished: FinishedRun, lived: Lived) -> None:
        """See what the day leaves."""


@dataclass(frozen=True)
class People:
    """Who comes and who decides, as functions, so that this module need not know the agents."""

    arrivals: Callable[[int, int], Visitors]  # (from_min, to_min) -> parties
    phones: Callable[[Visitors], Phones]  # what they carry
    decide: Callable[[int, Observations], list[tuple[str, Decision]]]
    learn: Callable[[Lived], None]  # what the day has taught them, once it is over
    standing: np.ndarray  # sim.standing.STANDING of each tenant on this day
    shelves: Morning | None = None  # what is on them in the morning; None: as on a first day
    ledger: Ledger | None = None  # that lives on from day to day, begun for this one
    referrals: np.ndarray | None = None  # REFERRAL of each resident, which lives on too
    alliance: np.ndarray | None = None  # sim.alliance.PART of each tenant today, where the alliance is played
    finance: FinanceBooks | None = None  # the accounts of the programme, which live on too
    outside_trade: np.ndarray | None = None  # sim.alliance.OUTSIDE_TRADE of the day
    programme: Programme | None = None  # what the programme of points keeps beside it
    home: HomeDay | None = None  # what people bring from home, where any policy addresses them there
    policies: Review | None = None  # who reviews for the policies, where any is active
    ordered: Callable[[], Any] | None = None  # sim.online_orders.OrdersOfDay: what is ordered outside the mall
    desk: Remembers | None = None  # the policies themselves, of whom `policies` asks
    posted: Callable[[np.ndarray], None] | None = None  # sees the TRANSFER records of the day
    witness: Witness | None = None  # of sim.experiments.twins
    plugins: Mapping[str, str] = field(default_factory=dict)  # SHA-256 of the files with policies of one's own


@dataclass
class World:
    """One mall's day."""

    config: RunConfig
    compiled: CompiledPlan
    people: People
    folder: Path
    services: Mapping[str, Factory] = field(default_factory=dict)  # SimPy processes that serve at units, by unit id
    yesterday: Mapping[str, Columns] | None = None  # tables that sensing left on the day before, by file
    routes: Routes | None = None  # times between places that earlier days have worked out
    is_followed: bool = False  # by another day, which wants to know what sensing leaves
    watch: Watch | None = None  # somebody who looks and changes nothing
    counted_events: int = field(default=0, init=False)  # rows of the log that counters and gates have seen
    followed_events: int = field(default=0, init=False)  # and what follows people
    followed_segments: int = field(default=0, init=False)
    recording_s: float = field(default=0.0, init=False)
    outcomes: list[np.ndarray] = field(default_factory=list, init=False)
    ratings: list[np.ndarray] = field(default_factory=list, init=False)
    moved: Moved = field(default_factory=Moved, init=False)  # in the ledger
    bought: list[np.ndarray] = field(default_factory=list, init=False)
    letters: list[np.ndarray] = field(default_factory=list, init=False)
    lived: Lived | None = field(default=None, init=False)  # once the day is over
    left: dict[str, Columns] = field(default_factory=dict, init=False)  # tables of sensing, for the day after
    saves: Sequence[tuple[int, Callable[[World, int], None]]] = field(default=(), init=False)  # instants, and who saves then
    is_resumed: bool = field(default=False, init=False)  # it goes on from where another was saved

    def __post_init__(self) -> None:
        """Build crowd, sensors and operations; nothing has happened yet."""
        config, compiled = self.config, self.compiled
        pair_of(config, compiled)  # a merchant that the plan lacks is told of before the day, not after it
        self.crowd = Crowd(
            compiled,
            config,
            self._take,
            self.people.standing,
            self.routes,
            self.people.shelves,
            self.people.ledger,
            self.people.referrals,
            None if self.people.programme is None else self.people.programme.wallets,
        )
        self.statements = None if self.people.alliance is None else Statements(len(compiled.unit_ids))
        self.finance = self.people.finance or FinanceBooks(config)
        self.crowd.place_names.update(partner_places(config))
        self.notes = Notes(config.population.visits_per_day) if config.recording.replay else None
        names = self.crowd.station_names
        self.recorder = Recorder(
            self.folder, compiled, names, config.recording.events, more_places=self.crowd.place_names, accounts=self.crowd.ledger.names,
        )  # fmt: skip
        switches = switches_of(compiled, config)
        self.clock = Clock()
        self.own_services = OwnServices(self.crowd, self.clock, compiled, self.services)
        self.hours = hours_of(self.crowd, compiled, config)
        opens_us, closes_us = self.hours.opens_us, self.hours.closes_us
        self.sensing, self.continued_from = begin_sensing(compiled, config, switches.is_on, opens_us, self.yesterday)
        self.continued_from |= {**digests_of_inputs(config), **self.people.plugins}
        review_us = int(config.operations.review_s * 1e6)
        self.reviews = Reviews(
            self.crowd,
            compiled,
            self._observe,
            self.people.decide,
            review_us,
            closes_us + review_us,
            next_us=opens_us + review_us,
            price_range=(config.management.price_factor_min, config.management.price_factor_max),
        )
        self.ordered = None if self.people.ordered is None else self.people.ordered()
        self.unseen: list[Observations] = []  # read by tenants and operator, not yet by policies
        self.happenings = Happenings(self.crowd, compiled, config, closes_us)
        self.policies = policies_of(
            self.crowd,
            compiled,
            config,
            self.people.policies,
            self._unseen_by_policies,
            self.sensing.present,
            (opens_us, closes_us),
            self.happenings,
        )
        put_up_home_offers(self.policies, self.people.home)
        for operation in operations_of(self, switches):
            self.clock.add(operation)

    def run(self, show: Progress | None = None, command: str = "") -> RunResult:
        """Run the day, write its files (the manifest last) and return its KPIs."""
        started_s = time.perf_counter()
        engine_s = self.live(show)
        finished = self.end(engine_s, started_s, command)
        kpis = finish(self.folder, finished)
        manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        report = self.folder / "report.html"
        return RunResult(self.folder, kpis, manifest, report if report.exists() else None)

    def end(self, engine_s: float, started_s: float, command: str = "") -> FinishedRun:
        """Close the day's books, let people learn from it, and return all that there is to tell."""
        tallies = self.crowd.finish(END_US)
        self._close_sensing()
        self.lived = self._lived()
        self.people.learn(self.lived)
        balances_fen = self.crowd.ledger.balances_fen_by_name()
        face_fen = int(self.crowd.mall.params["face_fen"][0])
        tables = np.array([name.startswith("table:") for name in self.crowd.station_names], bool)
        offered_us = np.zeros(tables.size, np.int64)
        offered_us[: len(self.compiled.unit_ids)] = self.hours.units_close_us - self.hours.units_open_us
        finished = FinishedRun(
            config=self.config, compiled=self.compiled, tallies=tallies, recorder=self.recorder, opens_us=self.hours.opens_us,
            closes_us=self.hours.closes_us, engine_s=engine_s, wall_s=time.perf_counter() - started_s, command=command,
            balances_fen=balances_fen, decisions=self.reviews.verdicts,
            station_offered_us=np.where(tables, offered_us * self.crowd.full_servers, 0),
            points=points_of_day(self.crowd, self.moved, self.config) | self._programme() | facts_of(self.people.home),
            ledger=None if self.is_followed else kept_ledger(self.crowd.ledger),
            segments=segments_of(self.lived.outcomes),
            policies=told_of_policies(self.policies[0].facts() | log_of(self.people.home), self.recorder, self.moved, face_fen) if self.policies else {},
            sensed=self.sensing.summary(), sensed_curves=self.sensing.curves(), continued_from=self.continued_from,
        )  # fmt: skip
        if self.people.witness is not None:
            self.people.witness.tell(finished, self.lived)
        return finished

    def _programme(self) -> dict[str, Any]:
        """Return what the accounts of the programme say after the day, and who has brought whom."""
        assert self.lived is not None
        outcomes, ledger, moved = self.lived.outcomes, self.crowd.ledger, self.moved
        member_sales_fen = int(outcomes["spent_fen"][outcomes["is_member"] == 1].sum())
        self.finance.take_day(
            ledger, self.lived.date, member_sales_fen, int(moved.out_of[POINTS_ISSUED, TransferReason.OPENING])
        )
        now_us = END_US + ledger.days_before * US_PER_DAY
        units = len(self.compiled.unit_ids)
        return {
            "finance": self.finance.facts(),
            "accounts": {} if self.ordered is None else self.ordered.reach or {},
            "referral": referred_now(self.crowd.mall.referrals, units, now_us, life_us_of(self.config)),
        }

    def close(self) -> None:
        """Let go of all that is large: clock and operations refer to each other and are found by the interpreter in its own time."""
        self.crowd.close()
        del self.crowd, self.clock, self.hours, self.reviews, self.happenings, self.own_services, self.sensing, self.recorder

    def live(self, show: Progress | None = None) -> float:
        """Let the day happen; return the seconds spent inside the crowd, without those in which it handed over what it had logged."""
        timed = _Timed(self)
        opens_us, closes_us = self.hours.opens_us, self.hours.closes_us

        def shown(now_us: int) -> None:
            if show:
                show(now_us, self.crowd.people_inside, min(1.0, max(0.0, (now_us - opens_us) / (closes_us - opens_us))))

        if not self.is_resumed:
            self.open_books()
        for until_us, save in self.saves:
            self.clock.run(timed, until_us, shown)
            save(self, until_us)
        self.clock.run(timed, END_US, shown)
        return timed.spent_s

    def open_books(self) -> None:
        """Let what has expired overnight leave the ledger, before anything happens."""
        self.crowd.make_room_in_books()
        while not self.crowd.ledger.expire():
            self.crowd.make_room_in_books()

    def admit(self, visitors: Visitors) -> None:
        """Let the next parties in, with their phones."""
        self._follow()  # who has left makes room for who comes
        if self.notes is not None:
            self.notes.admit(visitors)
        phones = self.people.phones(visitors)
        self.crowd.admit(visitors, self.sensing.admit(visitors, phones), reach_of(phones, visitors.number.size))

    def locate(self, now_us: int) -> None:
        """Let sensors work out where everybody is."""
        self._follow()
        self.sensing.locate(now_us, self.crowd.open_segments(now_us))
        if self.notes is not None:
            self.notes.locate(now_us, self.sensing.last_fixes())

    def _observe(self, now_us: int) -> Observations:
        self._sense()
        servers = self.crowd.controls.servers_open[: len(self.compiled.unit_ids)].astype(np.int64)
        found = self.sensing.read(now_us, servers)
        self.recorder.take_observations(found.columns())
        if self.config.recording.fixes:
            self.recorder.take_fixes(found.fixes._asdict())
        if self.policies:
            self.unseen.append(found)
        return found

    def _unseen_by_policies(self) -> Observations:
        """Return what tenants and operator have read since policies last asked; they review first at every instant that both do."""
        parts, self.unseen = self.unseen, []
        return parts[0] if len(parts) == 1 else in_a_row(parts)

    def _lived(self) -> Lived:
        outcomes = np.concatenate([np.zeros(0, OUTCOME), *self.outcomes])
        ratings = np.concatenate([np.zeros(0, RATING), *self.ratings])
        return Lived(
            datetime.date.fromisoformat(self.config.date),
            outcomes,
            ratings,
            np.array(self.crowd.mall.items),
            tuple(self.reviews.verdicts),
            np.concatenate([np.zeros(0, BOUGHT), *self.bought]),
            by_visit(np.concatenate([np.zeros(0, LETTERS), *self.letters])),
            np.zeros(0, STATEMENT) if self.statements is None else self.statements.close(outcomes),
        )

    def _close_sensing(self) -> None:
        """Write down what the sensors still had, and what the next day begins with."""
        self._observe(END_US)
        self.recorder.take_observations(self.sensing.finish(END_US)._asdict())
        if self.is_followed or self.config.recording.events != "none":
            self.left = self.sensing.tables()
        if self.notes is not None:
            self.left |= self.notes.tables()
        if self.config.recording.events != "none":
            for name, columns in self.left.items():
                self.recorder.keep_table(name, columns)

    def _follow(self) -> EventLog:
        """Let what follows people see what has happened since it last looked."""
        events, segments = self.crowd.recent(), self.crowd.recent_segments()
        self.sensing.follow(events, self.followed_events, int(events.count[0]))
        self.sensing.take_segments(segments[self.followed_segments :])
        self.crowd.forget_segments()
        self.followed_events, self.followed_segments = int(events.count[0]), self.crowd.recent_segments().size
        return events

    def _sense(self) -> None:
        """Let all sensors see what has happened since they last looked."""
        events = self._follow()
        self.sensing.count(events, self.counted_events, int(events.count[0]))
        self.counted_events = int(events.count[0])

    def _take(self, taken: Taken) -> None:
        started_s = time.perf_counter()
        self._sense()
        self.counted_events = self.followed_events = self.followed_segments = 0
        self.recorder.take(taken.events)
        self.recorder.take_segments(taken.segments)
        self.recorder.take_transfers(taken.transfers)
        self.moved.take(taken.transfers)
        show_home(self.people.home, taken.events)
        if self.people.posted is not None:
            self.people.posted(taken.transfers)
        if self.people.witness is not None:
            self.people.witness.take(taken)
        self.outcomes.append(np.array(taken.outcomes))
        self.ratings.append(ratings_in(taken.events))
        if self.policies:
            self.letters.append(letters_in(taken.events))
        if self.config.referral.is_on:
            self.bought.append(bought_in(taken.events))
        if self.statements is not None:
            self.statements.take(taken)
        self.recording_s += time.perf_counter() - started_s


@dataclass
class _Timed:
    """The crowd with a stopwatch, which stands still while the crowd hands over its log."""

    world: World
    spent_s: float = 0.0

    def advance_to(self, until_us: int) -> bool:
        """Advance the crowd and add the time it took."""
        started_s, recorded_s = time.perf_counter(), self.world.recording_s
        is_there = self.world.crowd.advance_to(until_us)
        self.spent_s += time.perf_counter() - started_s - (self.world.recording_s - recorded_s)
        return is_there
