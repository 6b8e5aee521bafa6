"""One mall of the ensemble: an ordinary world with a seed of its own, whose dials can be turned at every quarter of an hour."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from math import gcd
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim import api
from sim.config import RunConfig
from sim.crowd.engine import Taken
from sim.events import EventLog
from sim.opening import mall_hours_min
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_words, stream_key, uniforms
from sim.saved.forks import switch_policies
from sim.sensing.counters import Counters
from sim.sensing.observations import Observations
from sim.twin.dials import LAWS, Turned, Unknowns
from sim.twin.gauge import QUARTER_US, Gauge, Meter
from sim.units import US_PER_MIN
from sim.visitors import NOBODY, Visitors
from sim.world import World

LOG_ROWS = 200_000  # of a member's buffer: it is gauged every quarter of an hour, and two dozen members share a memory
PEOPLE_USUAL = 2.0  # of a party, until some have come
WITHHELD_MOST = 0.9  # of those who would come
NOWHERE = Path("/nonexistent/twin")  # nothing of a member is written down


class Sight(NamedTuple):
    """What a member says at an instant."""

    row: np.ndarray  # float64 of Gauge
    unknowns: np.ndarray  # float64 of Unknowns
    people: float  # inside
    cars: float  # parked
    nudged: float  # people added less people withheld in the quarter of an hour


class Unseen(World):
    """A mall whose phones nobody follows: its tenants and its operator read doors and tills, and nothing is recorded."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan, people: Any, meter: Meter) -> None:
        """Assemble it."""
        self.meter = meter
        self._counters = Counters(compiled, config.sensing, config.seed)
        super().__init__(config, compiled, people, NOWHERE)

    def admit(self, visitors: Visitors) -> None:
        """Let the next parties in, without their phones."""
        self.crowd.admit(visitors)

    def locate(self, now_us: int) -> None:
        """Follow nobody."""

    def _follow(self) -> EventLog:
        self.crowd.forget_segments()
        return self.crowd.recent()

    def _sense(self) -> None:
        events = self._follow()
        self._counters.take(events, self.counted_events, int(events.count[0]))
        self.counted_events = int(events.count[0])

    def _observe(self, now_us: int) -> Observations:
        self._sense()
        servers = self.crowd.controls.servers_open[: len(self.compiled.unit_ids)].astype(np.int64)
        return Observations(self._counters.read(now_us), servers)

    def _take(self, taken: Taken) -> None:
        self._sense()
        self.counted_events = 0
        self.meter.take(taken.events)
        self.meter.begin_buffer()


class Seeing(World):
    """A mall with all its sensors, for policies to look through; nothing is recorded."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan, people: Any, meter: Meter) -> None:
        """Assemble it."""
        self.meter = meter
        super().__init__(config, compiled, people, NOWHERE)

    def _take(self, taken: Taken) -> None:
        self._sense()
        self.counted_events = self.followed_events = self.followed_segments = 0
        self.meter.take(taken.events)
        self.meter.begin_buffer()


def config_of_member(config: RunConfig, member: int, tries: Sequence[str]) -> RunConfig:
    """Return the configuration of a member: another seed, no luck of the day that its dials do not know, nothing recorded or reported."""
    found = copy.deepcopy(config)
    found.seed = int(draw_words(stream_key(config.seed, "twin member"), np.array([member]), 0)[0] >> np.uint64(33))
    found.population.day_total_cv = 0.0
    found.recording.events, found.recording.report, found.recording.replay = "none", False, False
    found.recording.fixes = found.recording.residents = False
    found.engine.log_rows = min(config.engine.log_rows, LOG_ROWS)
    opens_min = mall_hours_min(config)[0]
    found.engine.arrivals_batch_min = float(gcd(15, opens_min % 15 or 15))
    found.policies = [*config.policies, *(name for name in tries if name not in config.policies)]
    return found


class Member:
    """A mall that lives by quarters of an hour."""

    def __init__(
        self,
        config: RunConfig,
        compiled: CompiledPlan,
        gauge: Gauge,
        unknowns: Unknowns,
        number: int,
        tries: Sequence[str] = (),
    ) -> None:
        """Assemble it; `config` is the scenario's."""
        own = config_of_member(config, number, tries)
        self.number, self._seed, self._gauge, self._order = number, config.seed, gauge, unknowns
        self._deciders = api.Deciders(own, compiled)
        town = api.Town(own, compiled, self._deciders)
        people = town.people_on(own)
        self._visits = town.visits
        self._quiet = (
            {}
            if town.policies is None
            else {name: town.policies.policies.pop(name) for name in tries if name in town.policies.policies}
        )
        self._desk, self._scenario_policies = town.policies, set(config.policies)
        self._arrivals: Callable[[int, int], Visitors] = people.arrivals
        people = dataclasses.replace(people, arrivals=self._admitted)
        self.meter = Meter(gauge)
        made = Seeing if own.policies else Unseen
        self.world: World = made(own, compiled, people, self.meter)
        self.world.open_books()
        self._turned = Turned(self.world.crowd, own)
        self._own = own
        sources = self._visits.sources
        self._entrance, self._by_car = sources.entrance, sources.parking >= 0
        pulls = self.world.crowd.mall.pulls["log_pull"]
        self._has_pull = np.isfinite(pulls)
        self.unknowns = unknowns.at_first(self._seed, number, np.where(self._has_pull, pulls, 0.0))
        self._shut_pull = pulls[~self._has_pull].copy()
        self.owed = np.zeros(2)  # people to be added (below 0: withheld) in the next quarter of an hour: on foot, by car
        self._nudges = np.zeros(sources.key.size)  # share of walk-ins at each source who are added
        self._withholds = np.zeros(2)  # share withheld on foot, by car
        self._people_mean, self._parties = PEOPLE_USUAL, 0
        self._nudged = 0.0
        self.now_us = 0

    def live(self, until_us: int) -> Sight:
        """Live to a multiple of a quarter of an hour; return what its sensors say of the last one."""
        sight: Sight | None = None
        while self.now_us < until_us or sight is None:
            next_us = min((self.now_us // QUARTER_US + 1) * QUARTER_US, until_us)
            if self.now_us < self.world.hours.opens_us - QUARTER_US:  # nothing wanders in an empty mall
                next_us = min(self.world.hours.opens_us // QUARTER_US * QUARTER_US, until_us)
            self._begin_quarter()
            self.world.clock.run(self.world.crowd, next_us)
            self.now_us = next_us
            sight = self._look()
        return sight

    def _look(self) -> Sight:
        row = self.meter.read(self.world.crowd)
        cars = float(row[self._gauge.columns["bays_taken"]].sum())
        found = Sight(row, self.unknowns, float(self.world.crowd.people_inside), cars, self._nudged)
        self._nudged = 0.0
        return found

    def take(self, unknowns: np.ndarray, owed: np.ndarray) -> None:
        """Take over what the analysis has made of the unknowns, and how many people too few (above 0) are inside, on foot and by car."""
        self.unknowns, self.owed = self._order.held(unknowns), owed.copy()

    def switch_on(self, policy: str) -> None:
        """Let a policy that has been quiet begin now."""
        assert self._desk is not None
        self._desk.policies[policy] = self._quiet[policy]
        self._desk.policies = dict(sorted(self._desk.policies.items()))
        switch_policies(self.world, self.world.policies, set(self._own.policies), self.now_us)

    def close(self) -> None:
        """Let go of what is large."""
        self.world.close()
        self._deciders.close()

    def _begin_quarter(self) -> None:
        """Let what is unknown wander, and turn the mall to it."""
        quarter = self.now_us // QUARTER_US
        self.unknowns = self._order.wandered(self.unknowns, self._seed, self.number, quarter)
        factors = dict(zip(LAWS, np.exp(self.unknowns[self._order.dials]).tolist(), strict=True))
        pulls = self.world.crowd.mall.pulls["log_pull"].copy()
        pulls[self._has_pull] = self.unknowns[self._order.pulls][self._has_pull]
        self._turned.turn(self.world.crowd, factors, pulls, self.now_us)
        self._set_rates(factors)

    def _set_rates(self, factors: dict[str, float]) -> None:
        """Let walk-ins come so often that all who come are the scenario's times the dials, and owed people on top."""
        residents = 1.0 - self._own.catchment.walk_in_share
        doors = np.exp(self.unknowns[self._order.doors])[self._entrance]
        self._factor = np.where(self._by_car, factors["by_car"], factors["on_foot"]) * doors
        shares = np.maximum(self._factor - np.minimum(self._factor, 1.0) * residents, 0.0)
        from_min = self.now_us // US_PER_MIN
        expected = self._visits.expected_between(
            from_min, from_min + QUARTER_US // US_PER_MIN
        )  # parties as the scenario has them
        owed, self.owed = self.owed / self._people_mean, np.zeros(2)  # parties
        self._nudges, self._withholds = np.zeros(shares.size), np.zeros(2)
        for by_car in (False, True):
            here = np.flatnonzero(self._by_car == by_car)
            coming = float((expected * self._factor)[here].sum())
            parties = float(owed[int(by_car)])
            if coming <= 0.0:
                continue
            if parties > 0:
                more = parties * self._factor[here] / coming  # of all visits expected at the source
                self._nudges[here] = more / (shares[here] + more)
                shares[here] += more
            else:
                self._withholds[int(by_car)] = min(-parties / coming, WITHHELD_MOST)
        self._visits.let_walk_ins_come(shares)

    def _admitted(self, from_min: int, to_min: int) -> Visitors:
        """Return who comes: residents thinned where dials have fewer come, walk-ins as the rates have them, less those withheld."""
        visitors = self._arrivals(from_min, to_min)
        if not visitors.number.size:
            return visitors
        key = stream_key(self._own.seed, "twin admission")
        keep, nudge, withhold = (uniforms(key, visitors.number, count) for count in range(3))
        source = self._source_of(visitors)
        is_own = visitors.resident != NOBODY
        comes = ~is_own | (keep < self._factor[source])
        is_nudge = ~is_own & (nudge < self._nudges[source])
        is_withheld = comes & ~is_nudge & (withhold < self._withholds[self._by_car[source].astype(np.int64)])
        self.meter.nudged = np.concatenate([self.meter.nudged, visitors.number[is_nudge]])
        self.meter.withheld += np.bincount(
            visitors.entrance[is_withheld], weights=visitors.people[is_withheld], minlength=self.meter.withheld.size
        )
        self._nudged += float(visitors.people[is_nudge].sum() - visitors.people[is_withheld].sum())
        parties = visitors.number.size
        self._people_mean = (self._people_mean * self._parties + float(visitors.people.sum())) / (self._parties + parties)
        self._parties += parties
        rows = np.flatnonzero(comes & ~is_withheld)
        return self._turned.described(Visitors(*(column[rows] for column in visitors)))

    def _source_of(self, visitors: Visitors) -> np.ndarray:
        """Return where each party comes from, among Visits.sources."""
        place = {
            (int(entrance), bool(car)): index
            for index, (entrance, car) in enumerate(zip(self._entrance, self._by_car, strict=True))
        }
        pairs = zip(visitors.entrance.tolist(), (visitors.parking >= 0).tolist(), strict=True)
        return np.array([place[pair] for pair in pairs], np.int64)
