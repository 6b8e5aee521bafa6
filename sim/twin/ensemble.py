"""The live twin: an ensemble of malls kept in step with what a mall measures; what it foretells, tries and is surprised by."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
from scipy.special import stdtrit

from sim import api
from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.feeds.records import Record
from sim.forecasting.scores import crps, interval
from sim.network.malls import mall_alone
from sim.opening import mall_hours_min
from sim.plan_arrays import CompiledPlan
from sim.saved.forks import policy_problems
from sim.schema.network import is_network
from sim.twin.alarms import Watch
from sim.twin.analysis import Analysis
from sim.twin.crew import Crew
from sim.twin.dials import LAWS, Unknowns
from sim.twin.gauge import QUARTER_US, Gauge
from sim.twin.inside import phones_seen
from sim.twin.member import Sight
from sim.twin.moment import Believed, Dial, Foretold, Moment, Scored, Tried
from sim.units import US_PER_MIN, clock_text

MEMBERS = 24
MEMBERS_LEAST = 4
AHEAD_MIN = (15, 60, 180)
FAR_MIN, FAR_TURNS = (
    60,
    3,
)  # beyond an hour, members take turns: three hours of all at each quarter of an hour cost twelve times the day
TRIED_EVERY_US, TRIED_AHEAD_MIN = 60 * US_PER_MIN, 60
SHARE = 0.9  # of intervals
MEMBERS_RANKED = 19  # from which Weibull's positions of the ends lie among the members: 2 / (1 - SHARE) - 1


class Twin:
    """A mall's live twin; `step` takes it from one multiple of a quarter of an hour to a later one.

    `opens_us` and `closes_us` are the mall's hours, microseconds since midnight of the scenario's date. The same seed and the same
    records give the same moments, however many `workers` there are (`took_s` apart).
    """

    def __init__(
        self,
        config: RunConfig,
        *,
        members: int = MEMBERS,
        tries: Sequence[str] = (),
        is_assimilating: bool = True,
        workers: int = 2,
        ahead_min: Sequence[int] = AHEAD_MIN,
        every_min: int = 15,
    ) -> None:
        """Start the malls; `tries` are policies of the catalogue, switched on in copies every full hour.

        `ahead_min` are the forecasts' lengths, made every `every_min`, all multiples of 15 minutes. Raises ConfigError for what cannot be a twin, all at once.
        """
        from sim.floorplan.cache import compiled_for

        _refuse(config, members, ahead_min)
        self.config = config = mall_alone(config)
        compiled = compiled_for(config)
        _refuse_tries(config, compiled, tries)
        opens_min, closes_min = mall_hours_min(config)
        self.opens_us, self.closes_us = opens_min * US_PER_MIN, closes_min * US_PER_MIN
        self.gauge, self.unknowns = Gauge(compiled, config), Unknowns(compiled, config)
        self._tries, self._is_assimilating, self._ahead_min = tuple(tries), is_assimilating, tuple(sorted(ahead_min))
        by_car = np.zeros(len(compiled.entrance_ids), bool)
        by_car[compiled.arrays.parking_entrance] = True
        by_car &= ~(compiled.arrays.entrance_share > 0)
        self._analysis = Analysis(self.gauge, self.unknowns, by_car)
        self._every_us = every_min * US_PER_MIN
        self._foretold: dict[int, list[Foretold]] = {}  # by the instant that they are of
        self._watch = Watch()
        self._now_us = 0
        self.members = members
        self._crew = Crew(config, compiled, self.gauge, self.unknowns, members, tries, workers)

    def step(self, until_us: int, records: Sequence[Record]) -> Moment:
        """Let all members live until `until_us`, take in what was measured until then, and say what there is to say.

        `until_us` is a multiple of 15 minutes (microseconds since midnight) after the last; `records` have been sorted out by
        sim.feeds.intake. Raises EngineError where a member's process is gone.
        """
        if until_us % QUARTER_US or until_us <= self._now_us:
            rule = f"must be a multiple of 15 minutes after {clock_text(self._now_us)}"
            raise ConfigError.of("twin", [Problem("until_us", str(until_us), rule, "step to the next quarter of an hour")])
        took_s: dict[str, float] = {}

        def timed(what: str, do: Callable[[], None]) -> None:
            started_s = time.perf_counter()
            do()
            took_s[what] = time.perf_counter() - started_s

        self._sights: list[Sight] = []
        timed("steps", lambda: self._sights.extend(self._crew.live(until_us)))
        self._now_us = until_us
        measured = self.gauge.of_records(records, until_us)
        scored = self._scored(self.gauge.shown(measured))
        dials = self._assimilated(measured, phones_seen(records, until_us))
        self._paths: list[np.ndarray] = []
        foretold: tuple[Foretold, ...] = ()
        tried: tuple[Tried, ...] = ()
        if self.opens_us <= until_us < self.closes_us and self._ahead_min and until_us % self._every_us == 0:
            timed("forecasts", lambda: self._paths.extend(self._crew.ahead(self._horizons())))
            foretold = self._kept(self._foretell(self._paths))
            if self._tries and until_us % TRIED_EVERY_US == 0:
                last_us = until_us + TRIED_AHEAD_MIN * US_PER_MIN
                pairs: list[np.ndarray] = []
                timed("forks", lambda: pairs.extend(self._crew.ahead([last_us] * len(self._sights), self._tries)))
                tried = tuple(self._differences(pairs))
        return Moment(
            now_us=until_us,
            believed=self._believed(measured),
            dials=dials,
            foretold=foretold,
            scored=scored,
            alarms=self._watch.look(until_us, scored),
            tried=tried,
            added_people=round(float(np.mean([each.nudged for each in self._sights]))),
            took_s=took_s,
        )

    def left_alone(self, until_us: int) -> np.ndarray:
        """Return what copies of the members to whom nothing more is told live to see: (N, quarters of an hour from now on, quantities)."""
        return self.gauge.shown(np.stack([path[0] for path in self._crew.ahead([until_us] * self.members)]))

    def close(self) -> None:
        """Leave nothing behind: no file, no process."""
        self._crew.close()

    def _horizons(self) -> list[int]:
        """Return until when each member's copy lives: all to an hour, beyond it every third one, the next third a quarter of an hour later."""
        turns = max(1, min(FAR_TURNS, self.members // MEMBERS_LEAST))
        turn = self._now_us // QUARTER_US % turns
        far = max(self._ahead_min)
        near = max([each for each in self._ahead_min if each <= FAR_MIN], default=far)
        ahead = [far if number % turns == turn else near for number in range(self.members)]
        return [self._now_us + each * US_PER_MIN for each in ahead]

    def _assimilated(self, measured: np.ndarray, phones: float) -> tuple[Dial, ...]:
        unknowns = np.stack([each.unknowns for each in self._sights])
        if self._is_assimilating:
            moved = self._analysis.moved(self._sights, measured, phones)
            unknowns = moved.unknowns
            self._crew.take(unknowns, moved.owed)
        factors = np.exp(unknowns[:, self.unknowns.dials])
        low, high = ends(factors)
        return tuple(
            Dial(name, *ends)
            for name, *ends in zip(LAWS, factors.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)
        )

    def _believed(self, measured: np.ndarray) -> tuple[Believed, ...]:
        """Return each quantity now: flows as members lived them, people inside as they are once those owed have come."""
        shown = self.gauge.shown(np.stack([each.row for each in self._sights]))
        low, high = ends(shown)
        told = self.gauge.shown(measured)
        return tuple(
            Believed(each.what, each.where, float(told[index]) if np.isfinite(told[index]) else None, *ends)
            for index, (each, *ends) in enumerate(
                zip(self.gauge.quantities, shown.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)
            )
        )

    def _foretell(self, paths: Sequence[np.ndarray]) -> list[Foretold]:
        """Return forecasts of every quantity at every length; only members whose copies lived so long have a say."""
        found = []
        for ahead in self._ahead_min:
            quarter = ahead * US_PER_MIN // QUARTER_US - 1
            members = np.stack([path[0, quarter] for path in paths if path.shape[1] > quarter])
            shown = self.gauge.shown(members)
            low, high = ends(shown)
            for index, each in enumerate(self.gauge.quantities):
                values = shown[:, index]
                found.append(
                    Foretold(
                        self._now_us, ahead, each.what, each.where, float(values.mean()), float(low[index]), float(high[index]),
                        tuple(values.tolist()),
                    )
                )  # fmt: skip
        return found

    def _kept(self, foretold: list[Foretold]) -> tuple[Foretold, ...]:
        for each in foretold:
            self._foretold.setdefault(each.for_us, []).append(each)
        return tuple(foretold)

    def _scored(self, measured: np.ndarray) -> tuple[Scored, ...]:
        """Return forecasts made of this instant, with what was measured; earlier instants that nobody asked for are forgotten."""
        told = {(each.what, each.where): value for each, value in zip(self.gauge.quantities, measured.tolist(), strict=True)}
        found = []
        for each in self._foretold.pop(self._now_us, []):
            value = told[each.what, each.where]
            if np.isfinite(value):
                members = np.array(each.members)
                found.append(Scored(each, value, float(crps(members[:, None], np.array([value]))[0])))
        for instant_us in [each for each in self._foretold if each < self._now_us]:
            del self._foretold[instant_us]
        return tuple(found)

    def _differences(self, pairs: Sequence[np.ndarray]) -> list[Tried]:
        """Return what each policy changes: flows from now to then, what is of an instant at its end; t intervals of paired differences."""
        found = []
        for index, policy in enumerate(self._tries):
            apart = np.stack([pair[1 + index] - pair[0] for pair in pairs])  # (N, quarters, M)
            summed = self.gauge.shown(np.where(self.gauge.is_flow, apart.sum(axis=1), apart[:, -1]))
            mean, half = summed.mean(axis=0), _t(len(pairs)) * summed.std(axis=0, ddof=1) / sqrt(len(pairs))
            found += [
                Tried(policy, TRIED_AHEAD_MIN, each.what, each.where, float(middle), float(middle - off), float(middle + off))
                for each, middle, off in zip(self.gauge.quantities, mean, half, strict=True)
            ]
        return found


def _t(members: int) -> float:
    return float(stdtrit(members - 1, (1 + SHARE) / 2))


def ends(members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 90 % interval of one more draw from where these (N, ...) came: their ranks where they are many enough.

    Fewer than MEMBERS_RANKED reach too short by rank; of them mean and spread are taken, as of a normal law.
    """
    if members.shape[0] >= MEMBERS_RANKED:
        return interval(members, SHARE)
    mean, sd = members.mean(axis=0), members.std(axis=0, ddof=1)
    half = _t(members.shape[0]) * sd * sqrt(1 + 1 / members.shape[0])
    return np.maximum(mean - half, 0.0), mean + half


def _refuse(config: RunConfig, members: int, ahead_min: Sequence[int]) -> None:
    """Raise ConfigError with all that keeps a scenario from being a twin."""
    problems = []
    if is_network(config.malls, config.network):
        problems.append(Problem("malls", str(config.malls), "a twin is of one mall", "leave malls and network out"))
    if config.days > 1:
        problems.append(Problem("days", str(config.days), "a twin lives one day", "set days=1 and begin anew each morning"))
    if members < MEMBERS_LEAST:
        problems.append(
            Problem(
                "members",
                str(members),
                f"must be at least {MEMBERS_LEAST}: an interval needs a spread",
                f"set members={MEMBERS}",
            )
        )
    problems += [
        Problem("ahead_min", str(each), "must be a multiple of 15 minutes, from 15 to 360", "for instance 15, 60, 180")
        for each in ahead_min
        if each % 15 or not 15 <= each <= 360
    ]
    if problems:
        raise ConfigError.of("twin", problems)


def _refuse_tries(config: RunConfig, compiled: CompiledPlan, tries: Sequence[str]) -> None:
    """Raise ConfigError for policies that cannot be switched on within a day."""
    after = dataclasses.replace(config, policies=[*config.policies, *tries])
    api.refuse_unknown_policies([after])
    problems = policy_problems(config, after, *api.policies_that_review(after, compiled))
    problems += [
        Problem(f"tries: {name}", "", "is active already", "try what is not yet there")
        for name in tries
        if name in config.policies
    ]
    if problems:
        raise ConfigError.of("twin", problems)
