"""A twin without malls: believes what was counted, foretells that it stays so; quick, for tests of what stands around the real one."""

from __future__ import annotations

import math

from sim.feeds.records import Record
from sim.twin.alarms import Watch
from sim.twin.moment import Believed, Dial, Foretold, Moment, Scored, Tried
from sim.units import US_PER_HOUR, US_PER_MIN

AHEAD_MIN = (15, 60, 180)
HOSTILE = "</script><img src=x onerror=window.harmed=1>"


class StandIn:
    """Takes the place of sim.twin.ensemble.Twin; `opens` and `closes` in hours."""

    opens_us, closes_us = 10 * US_PER_HOUR, 22 * US_PER_HOUR
    interrupted_at_us: int | None = None

    def __init__(self, config, *, members=24, tries=(), is_assimilating=True, workers=2):
        self.members, self.tries = members, tuple(tries)
        self.levels: dict[str, int] = {}
        self.steps: list[tuple[int, list[Record]]] = []
        self.due: dict[int, list[Foretold]] = {}
        self.is_closed = False
        self.watch = Watch()
        type(self).latest = self

    def close(self):
        self.is_closed = True

    def step(self, until_us, records):
        if until_us == self.interrupted_at_us:
            raise KeyboardInterrupt
        self.steps.append((until_us, list(records)))
        told = [record for record in records if record.kind == "people"]
        self.levels.update({record.sensor: record.value for record in told})
        total = float(sum(self.levels.values()))
        measured = {"": total if told else None, **{name: float(count) for name, count in self.levels.items()}}
        believed = [Believed("people", where, count, *_held(count or total)) for where, count in measured.items()]
        believed.append(Believed("waiting", HOSTILE, 3.0, *_held(4.0)))
        foretold = [
            Foretold(until_us, ahead, "people", where, *_held(count or total, ahead), self._spread(count or total, ahead))
            for ahead in AHEAD_MIN
            for where, count in measured.items()
        ]
        for one in foretold:
            self.due.setdefault(one.for_us, []).append(one)
        known = [(one, measured.get(one.where)) for one in self.due.pop(until_us, [])]
        scored = tuple(Scored(one, value, abs(one.mean - value)) for one, value in known if value is not None)
        tried = tuple(Tried(name, 60, "people", "", 4.0, -3.0, 11.0) for name in self.tries)
        dials = (Dial("arrivals", 1.1, 0.9, 1.3),)
        return Moment(
            until_us,
            tuple(believed),
            dials,
            tuple(foretold),
            scored,
            self.watch.look(until_us, scored),
            tried,
            1.5,
            {"steps": 0.1},
        )

    def _spread(self, value, ahead):
        return tuple(value + math.sqrt(ahead) * (number / self.members - 0.5) for number in range(self.members))


def _held(value, ahead=1):
    half = 1.6 * math.sqrt(max(value, 1.0)) * (1 + ahead / 60)
    return value, max(value - half, 0.0), value + half


def quarter_us(hour, minute=0):
    """Return an instant of the day."""
    return hour * US_PER_HOUR + minute * US_PER_MIN
