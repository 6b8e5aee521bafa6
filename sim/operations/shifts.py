"""Shifts of a station's own: who is on duty when, without anybody in line or in service being lost at a change."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.errors import ConfigError, Problem
from sim.operations.hours import Hours
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN, minutes_from_hours


@dataclass
class Duty:
    """Servers on duty at a station from one instant to another."""

    station: int
    starts_us: int
    ends_us: int
    servers: int


@dataclass
class Shifts:
    """Sets the servers of stations that have shifts, at every start and end of one.

    A server who goes off duty finishes the customer at hand; the line stays as it is, over a lunch without anybody too. Whoever is on
    duty when a station closes stays until the last in line has gone.
    """

    crowd: Crowd
    duties: list[Duty]
    closes_us: np.ndarray  # of each station
    rank: int = 21
    next_us: int | None = None
    instants_us: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the stations over from the planned staffing, and put the first on duty."""
        for station in sorted({duty.station for duty in self.duties}):
            self.crowd.has_own_staff[station] = True
            self.crowd.controls.servers_open[station] = self._on_duty(station, 0)
        ends = {
            instant
            for duty in self.duties
            for instant in (duty.starts_us, duty.ends_us)
            if instant < self.closes_us[duty.station]
        }
        self.instants_us = sorted(ends, reverse=True)
        self.next_us = self.instants_us.pop() if self.instants_us else None

    def act(self, now_us: int) -> None:
        """Change over where a shift starts or ends now."""
        for duty in self.duties:
            if now_us in (duty.starts_us, duty.ends_us) and now_us < self.closes_us[duty.station]:
                self.crowd.controls.servers_open[duty.station] = self._on_duty(duty.station, now_us)
        self.crowd.switched(now_us)
        self.next_us = self.instants_us.pop() if self.instants_us else None

    def _on_duty(self, station: int, now_us: int) -> int:
        return sum(duty.servers for duty in self.duties if duty.station == station and duty.starts_us <= now_us < duty.ends_us)


def shifts_of(crowd: Crowd, compiled: CompiledPlan, config: RunConfig, hours: Hours) -> list[Shifts]:
    """Return the shifts of a run, none or one; raises ConfigError for those that this mall cannot have, all at once."""
    names = crowd.station_names
    problems = list(_unknown_stations(names, config))
    opens_us, closes_us = _station_hours(crowd, hours)
    if not problems:
        duties = [
            Duty(
                names.index(shift.station),
                minutes_from_hours(shift.starts) * US_PER_MIN,
                minutes_from_hours(shift.ends) * US_PER_MIN,
                shift.servers,
            )
            for shift in config.queues.shifts
        ]
        problems = [*_too_many(crowd, duties), *_never_served(crowd, duties, opens_us, closes_us)]
    if problems:
        raise ConfigError.of("stations of this mall", problems)
    return [Shifts(crowd, duties, closes_us)] if duties else []


def _station_hours(crowd: Crowd, hours: Hours) -> tuple[np.ndarray, np.ndarray]:
    """Return the hours of each station: its store's, else the mall's."""
    unit = crowd.mall.stations["unit"]
    opens_us, closes_us = np.full(unit.size, hours.opens_us), np.full(unit.size, hours.closes_us)
    opens_us[unit >= 0] = hours.units_open_us[unit[unit >= 0]]
    closes_us[unit >= 0] = hours.units_close_us[unit[unit >= 0]]
    return opens_us, closes_us


def _unknown_stations(names: list[str], config: RunConfig) -> Iterator[Problem]:
    for index, shift in enumerate(config.queues.shifts):
        if shift.station not in names:
            close = difflib.get_close_matches(shift.station, names, n=1, cutoff=0.3)
            guess = f"did you mean {close[0]!r}?" if close else f"this mall has {', '.join(names[:5])}, ..."
            yield Problem(f"queues.shifts[{index}].station", repr(shift.station), "this mall has no such station", guess)
        elif shift.station.startswith("table:"):
            rule = "guests are seated by free seats, whoever is on duty"
            yield Problem(
                f"queues.shifts[{index}].station", repr(shift.station), rule, "give shifts to tills, gates or kitchens"
            )


def _too_many(crowd: Crowd, duties: list[Duty]) -> Iterator[Problem]:
    """Yield every station at which more serve at once than it has places to serve at."""
    for station in sorted({duty.station for duty in duties}):
        own = [duty for duty in duties if duty.station == station]
        most = max(sum(other.servers for other in own if other.starts_us <= duty.starts_us < other.ends_us) for duty in own)
        there_are = int(crowd.full_servers[station])
        if most > there_are:
            place = f"queues.shifts of {crowd.station_names[station]}"
            yield Problem(
                place,
                f"{most} servers at once",
                f"the station has {there_are}",
                "let fewer be on duty, or give the tenant more staff in tenants.csv",
            )


def _never_served(crowd: Crowd, duties: list[Duty], opens_us: np.ndarray, closes_us: np.ndarray) -> Iterator[Problem]:
    """Yield every station that nobody serves all day, and every line without patience in which somebody could wait for ever."""
    stations = crowd.mall.stations
    for station, name in enumerate(crowd.station_names):
        own = [duty for duty in duties if duty.station == station]
        if not own:
            if crowd.full_servers[station] <= 0 and stations["balk_queue"][station] > 0:
                yield Problem(
                    name, "0 servers", "nobody serves there all day", "give the station at least one server, or take it away"
                )
            continue
        place = f"queues.shifts of {name}"
        if not any(
            duty.servers > 0 and duty.starts_us < closes_us[station] and duty.ends_us > opens_us[station] for duty in own
        ):
            yield Problem(place, "0 servers", "nobody serves there while it is open", "put somebody on duty within its hours")
        elif stations["patience_s_scale"][station] <= 0.0:
            last_us = closes_us[station] - 1
            if not any(duty.servers > 0 and duty.starts_us <= last_us < duty.ends_us for duty in own):
                rule = "whoever waits there never gives up, and nobody is on duty at closing time"
                yield Problem(place, "0 servers", rule, "let a shift last until closing time")
