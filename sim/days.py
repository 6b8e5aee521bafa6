"""Days in a row: one world after another in the same mall, with people, memory, members and points carried from each to the next."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sim.calendar import Day, day_of
from sim.config import RunConfig
from sim.crowd.engine import Routes
from sim.earlier_run import Columns
from sim.ledger.ledger import Ledger
from sim.operations.own_services import Factory
from sim.operations.watching import Watch
from sim.plan_arrays import CompiledPlan
from sim.plan_swaps import swapped
from sim.reporting.days_books import DayRecorder, DaysBooks, give_back
from sim.reporting.days_report import finish_days
from sim.reporting.ledger_files import kept_ledger
from sim.reporting.results import RunResult
from sim.schema.policies import PolicyConfig
from sim.units import US_PER_DAY
from sim.visitors import NOBODY
from sim.world import People, Progress, World

MESSAGES_OF_DAY = 10**8  # messages are numbered anew every day; of the run, a message has the number day x this + number
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Population(Protocol):
    """The people of the catchment and who decides, who live on from day to day."""

    @property
    def residents(self) -> int:
        """How many they are."""

    @property
    def ledger(self) -> Ledger:
        """What they and the merchants hold."""

    def people_on(self, today: RunConfig) -> People:
        """Return who comes on a day, and who decides."""

    def summary(self, date: datetime.date) -> dict[str, Any]:
        """Return what the residents remember after a day, in numbers."""

    def enrol(self, numbers: np.ndarray) -> None:
        """Make members of the residents whom the mall's systems have enrolled under these numbers."""

    def read_tables(self, tables: Mapping[str, Columns], date: datetime.date) -> None:
        """Let the platform's books know what a day's sensing has left."""

    def hold_points(self, balances_centi: np.ndarray) -> None:
        """Let residents know how many points they hold."""

    def rehouse(self, compiled: CompiledPlan) -> None:
        """Know the plan in which tenants have changed rooms."""


class Keeper(Protocol):
    """Who saves the run between two days."""

    def begin(self, run: DaysInARow, books: DaysBooks) -> tuple[int, Mapping[str, Columns] | None]:
        """Return how many days are over already, and what sensing left on the last of them."""

    def after_day(self, run: DaysInARow, number: int, left: Mapping[str, Columns], books: DaysBooks) -> None:
        """Save the run, or not."""

    def end(self) -> None:
        """The run has ended."""


OF_THE_ALLIANCE = ("alliance_half_day",)  # where it is played
REMEMBERED = (
    "wom_new_visits",
    "revisit_share_30d",
    "members_active_share",
    "points_burned_per_year_share",
    "points_cost_fen",
)  # KPIs that only memory knows


@dataclass
class DaysInARow:
    """A run of several days."""

    config: RunConfig
    compiled: CompiledPlan
    population: Population
    folder: Path
    services: Mapping[str, Factory] = field(default_factory=dict)
    watch: Watch | None = None
    keeper: Keeper | None = None
    routes: Routes = field(default_factory=dict, init=False)
    moves: list[list[tuple[str, str]]] = field(
        default_factory=list, init=False
    )  # of tenants: the pairs of each night that had any
    drawn: CompiledPlan = field(init=False)  # the plan before any of them

    def __post_init__(self) -> None:
        """Nobody has moved yet."""
        self.drawn = self.compiled

    def run(self, show: Progress | None = None, command: str = "") -> RunResult:
        """Let day after day happen and write the run's files, the manifest last; Ctrl-C leaves the files of the days that are over."""
        started_s = time.perf_counter()
        books = DaysBooks(self.folder, self.config, self.compiled, self.population.ledger.names)
        hours_us = (0, 0)
        try:
            first, left = (0, None) if self.keeper is None else self.keeper.begin(self, books)
            for number in range(first, self.config.days):
                left, hours_us = self.one_day(number, left, books, show)
                if self.keeper is not None:
                    self.keeper.after_day(self, number, left, books)
        finally:
            books.close()
        kpis, manifest, report = finish_days(
            self.folder, books, kept_ledger(self.population.ledger), hours_us, started_s, command
        )
        if self.keeper is not None:
            self.keeper.end()
        return RunResult(self.folder, kpis, manifest, report)

    def one_day(
        self, number: int, left: Mapping[str, Columns] | None, books: DaysBooks, show: Progress | None
    ) -> tuple[Mapping[str, Columns], tuple[int, int]]:
        """Let a day happen; return what sensing leaves to the next, and when the mall opened and closed."""
        date = datetime.date.fromisoformat(self.config.date) + datetime.timedelta(days=number)
        today = dataclasses.replace(self.config, date=date.isoformat(), days=1, policy=withheld_on(self.config.policy, number))
        folder = self.folder / "days" / today.date
        ledger = self.population.ledger
        ledger.begin_day(date, number)
        world = World(
            today,
            self.compiled,
            self.population.people_on(today),
            folder,
            self.services,
            left,
            self.routes,
            is_followed=True,
            watch=self.watch,
        )
        world.recorder = DayRecorder(
            folder, self.compiled, world.crowd.station_names, today.recording.events, more_places=world.crowd.place_names
        )
        try:
            started_s = time.perf_counter()
            engine_s = world.live(None if show is None else self._shown(number, show))
            finished = world.end(engine_s, started_s)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)  # half a day is no day
            raise
        assert world.lived is not None
        outcomes, day = world.lived.outcomes, day_of(today)
        held_centi = ledger.balances_of(self.population.residents)
        self.population.hold_points(held_centi)
        self.population.enrol(joined_on(date, world.left["members.parquet"]))
        self.population.read_tables(world.left, date)
        remembered = self.population.summary(date)
        facts = {
            **calendar_facts(day),
            **_outcome_facts(outcomes),
            "point_holders": int(np.count_nonzero(held_centi > 0)),
            **remembered,
        }
        books.take(
            finished,
            outcomes,
            day.is_weekend,
            facts,
            {name: remembered[name] for name in REMEMBERED} | {name: remembered.get(name) for name in OF_THE_ALLIANCE},
        )
        self.move_tenants(finished.policies.get("moves", ()))
        hours_us = world.hours.opens_us, world.hours.closes_us
        left = world.left
        world.close()
        give_back()
        return left, hours_us

    def move_tenants(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Let tenants change rooms overnight."""
        if pairs:
            self.moves.append(list(pairs))
            self.compiled = swapped(self.compiled, pairs)
            self.routes.clear()
            self.population.rehouse(self.compiled)

    def _shown(self, number: int, show: Progress) -> Progress:
        days = self.config.days

        def shown(time_us: int, people_inside: int, share_done: float) -> None:
            show(number * US_PER_DAY + time_us, people_inside, (number + share_done) / days)

        return shown


def withheld_on(policy: PolicyConfig, day: int) -> PolicyConfig:
    """Return what policies are told on a day of the run: of the messages withheld, those of that day, by their numbers on it."""
    if not policy.withheld:
        return policy
    of_day = [number % MESSAGES_OF_DAY for number in policy.withheld if number // MESSAGES_OF_DAY == day]
    return dataclasses.replace(policy, withheld=of_day)


def joined_on(date: datetime.date, members: Columns) -> np.ndarray:
    """Return the numbers under which people have joined on a day, false ones left out."""
    found: np.ndarray = members["member"][(members["joined"] == date.isoformat()) & ~members["is_false"]]
    return found


def calendar_facts(day: Day) -> dict[str, Any]:
    """Return what the calendar says of a day, as columns of days.parquet."""
    weather = day.weather
    return {
        "date": day.date,
        "weekday": WEEKDAYS[day.date.weekday()],
        "is_weekend": day.is_weekend,
        "holiday": day.holiday,
        "events": ", ".join(day.events),
        "calendar_factor": day.factor,
        "luck_factor": day.luck,
        "is_wet": None if weather is None else weather.is_wet,
        "rain_mm": None if weather is None else round(weather.rain_mm, 1),
        "temperature_c": None if weather is None else round(weather.mean_c, 1),
    }


def _outcome_facts(outcomes: np.ndarray) -> dict[str, Any]:
    """Return what the day's visits were like, by those whose visit it was."""
    visits = outcomes.size
    known = outcomes["resident"] != NOBODY
    return {
        "visits_ended": visits,
        "visits_of_residents": int(np.count_nonzero(known)),
        "visits_of_members": int(np.count_nonzero(outcomes["is_member"] == 1)),
        "residents_seen": int(np.unique(outcomes["resident"][known]).size),
        "car_share": float(np.count_nonzero(outcomes["came_by_car"])) / visits if visits else None,
        "satisfaction": float(np.cumsum(outcomes["satisfaction"])[-1]) / visits if visits else None,
    }
