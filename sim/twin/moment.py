"""What the twin says each quarter of an hour: what it believes is now, what it foretells, what surprised it, what policies would change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Believed(NamedTuple):
    """One quantity now, as the members have it after the analysis, beside what was measured (None: nothing came)."""

    what: str  # a word of sim.twin.gauge.WHATS, its unit in it: "people", "waiting", "covers", "bays_taken", "sales_fen" ...
    where: str  # level, unit, car park or entrance by id; "" the whole mall
    measured: float | None
    mean: float
    low: float  # ends of the 90 % interval
    high: float


class Foretold(NamedTuple):
    """One quantity at, or for a flow during the quarter of an hour before, an instant to come."""

    made_us: int  # microseconds since midnight
    ahead_min: int  # 15, 60 or 180
    what: str
    where: str
    mean: float
    low: float
    high: float
    members: tuple[float, ...]  # of each mall of the ensemble, for scores

    @property
    def for_us(self) -> int:
        """Return the instant that it is about."""
        return self.made_us + self.ahead_min * 60_000_000


class Scored(NamedTuple):
    """A forecast whose time has come, and what was measured."""

    foretold: Foretold
    measured: float
    crps: float

    @property
    def is_inside(self) -> bool:
        """Return whether it lay in the 90 % interval."""
        return self.foretold.low <= self.measured <= self.foretold.high


class Alarm(NamedTuple):
    """Reality keeps outside of what was foretold a quarter of an hour before (sim.twin.alarms says when that is an alarm)."""

    what: str
    where: str
    side: str  # "above" or "below" the interval, all the time
    since_us: int  # end of the first quarter of an hour outside
    raised_us: int  # when it was told; -1: not yet, a run too short
    until_us: int  # the latest quarter of an hour outside
    quarters: int  # measured outside from `since_us` to `until_us`
    measured: float  # at `until_us`, and the interval then
    low: float
    high: float


class Tried(NamedTuple):
    """What a policy, switched on now, would change by an instant to come: the mean of paired differences and its 90 % interval."""

    policy: str
    ahead_min: int
    what: str
    where: str
    difference: float
    low: float
    high: float


class Dial(NamedTuple):
    """One unknown that the filter moves: a factor on the scenario's value, 1 as configured."""

    name: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Moment:
    """The twin at an instant; what is slow to make (forecasts, forks) is there each quarter of an hour only."""

    now_us: int
    believed: tuple[Believed, ...]
    dials: tuple[Dial, ...]
    foretold: tuple[Foretold, ...] = ()
    scored: tuple[Scored, ...] = ()  # forecasts made earlier, of this instant
    alarms: tuple[Alarm, ...] = ()  # that stand now; new are those whose `raised_us` is now
    tried: tuple[Tried, ...] = ()
    added_people: int = 0  # walk-ins added (below 0: withheld) so that the members hold as many people as were counted, mean
    took_s: dict[str, float] = field(default_factory=dict)  # seconds of the clock on the wall for steps, forecasts, forks
