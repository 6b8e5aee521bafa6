"""Everything that a twin has said of a day so far, as tables and as one status; scored by what was measured later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.twin.alarms import AHEAD_MIN
from sim.twin.moment import Alarm, Foretold, Moment, Scored, Tried
from sim.units import clock_text

WHOLE_MALL, EACH_PLACE = "whole mall", "each place"
Key = tuple[int, int, str, str]  # made_us, ahead_min, what, where


class Book:
    """What was said from the first quarter of an hour on; `about` are facts of the session that the status repeats."""

    def __init__(self, about: Mapping[str, Any]) -> None:
        self.about = dict(about)
        self.ended = ""  # why, in words; empty while it goes on
        self.latest: Moment | None = None
        self.quarters = 0
        self.set_aside: Mapping[str, Any] = {}  # the inbox's report, where the day was played to its end
        self._alarms: dict[tuple[str, str, int], Alarm] = {}  # by what, where, since when
        self.tried: list[dict[str, Any]] = []
        self.tried_us = 0  # when policies were last tried
        self.tried_last: tuple[Tried, ...] = ()
        self._foretold: list[Foretold] = []
        self._row_of: dict[Key, int] = {}
        self._scored: dict[int, Scored] = {}  # by row of the forecast
        self._sums: dict[tuple[str, str, int], _Sums] = {}
        self._believed: dict[str, list[list[float | None]]] = {}

    @property
    def alarms(self) -> list[Alarm]:
        """Return each alarm of the day as it was when it was last seen, in the order in which they were raised."""
        return list(self._alarms.values())

    def add(self, moment: Moment) -> None:
        """Take what the twin says at the end of a quarter of an hour."""
        self.latest = moment
        self.quarters += 1
        self._alarms |= {(one.what, one.where, one.since_us): one for one in moment.alarms}
        if moment.tried:
            self.tried_us, self.tried_last = moment.now_us, moment.tried
        self.tried += [{"made_us": moment.now_us, **one._asdict()} for one in moment.tried]
        for one in moment.foretold:
            self._row_of[one.made_us, one.ahead_min, one.what, one.where] = len(self._foretold)
            self._foretold.append(one)
        for scored in moment.scored:
            self._score(scored)
        for now in moment.believed:
            if now.where == "":
                row = [moment.now_us, now.measured, now.mean, now.low, now.high]
                self._believed.setdefault(now.what, []).append(row)

    def _score(self, scored: Scored) -> None:
        foretold = scored.foretold
        row = self._row_of.get((foretold.made_us, foretold.ahead_min, foretold.what, foretold.where))
        if row is None or row in self._scored:
            return
        self._scored[row] = scored
        scope = EACH_PLACE if foretold.where else WHOLE_MALL
        self._sums.setdefault((foretold.what, scope, foretold.ahead_min), _Sums()).add(scored)

    def scores(self) -> list[dict[str, Any]]:
        """Return how good the forecasts were, of the whole mall and of its places, by quantity and by how far ahead: means over instants."""
        return [
            {"what": what, "of": scope, "ahead_min": ahead_min, **sums.means()}
            for (what, scope, ahead_min), sums in sorted(self._sums.items())
        ]

    def forecasts(self) -> dict[str, np.ndarray]:
        """Return all forecasts as columns of equal length; `measured` and `crps` are NaN where their time has not come or nothing was."""
        rows = self._foretold
        scored = [self._scored.get(row) for row in range(len(rows))]
        columns: dict[str, np.ndarray] = {
            "made_us": np.array([one.made_us for one in rows], np.int64),
            "for_us": np.array([one.for_us for one in rows], np.int64),
            "ahead_min": np.array([one.ahead_min for one in rows], np.int32),
            "what": np.array([one.what for one in rows], str),
            "where": np.array([one.where for one in rows], str),
            "mean": np.array([one.mean for one in rows], float),
            "low": np.array([one.low for one in rows], float),
            "high": np.array([one.high for one in rows], float),
            "measured": np.array([np.nan if one is None else one.measured for one in scored], float),
            "crps": np.array([np.nan if one is None else one.crps for one in scored], float),
        }
        members = max((len(one.members) for one in rows), default=0)
        table = np.full((len(rows), members), np.nan)
        for row, one in enumerate(rows):
            table[row, : len(one.members)] = one.members
        columns |= {f"member_{number + 1:02d}": table[:, number] for number in range(members)}
        return columns

    def status(self, set_aside: Mapping[str, Any]) -> dict[str, Any]:
        """Return the latest moment, and sums of the day so far, as JSON can hold them; `set_aside` is an inbox's report."""
        moment = self.latest
        now: dict[str, Any] = {}
        if moment is not None:
            now = {
                "now_us": moment.now_us,
                "now": clock_text(moment.now_us)[:5],
                "believed": [one._asdict() for one in moment.believed],
                "dials": [one._asdict() for one in moment.dials],
                "foretold": [_without_members(one) for one in moment.foretold],
                "alarms": [one._asdict() for one in moment.alarms],
                "compared_now": sum(one.foretold.ahead_min == AHEAD_MIN for one in moment.scored),
                "outside_now": sum(one.foretold.ahead_min == AHEAD_MIN and not one.is_inside for one in moment.scored),
                "tried_us": self.tried_us,
                "tried": [one._asdict() for one in self.tried_last],
                "added_people": moment.added_people,
                "took_s": moment.took_s,
            }
        return {
            "schema": 1,
            **self.about,
            "ended": self.ended,
            "quarters": self.quarters,
            "alarms_count": len(self.alarms),
            **now,
            "scores": self.scores(),
            "set_aside": dict(set_aside),
        }

    def courses(self) -> dict[str, dict[str, Any]]:
        """Return of each quantity of the whole mall what was believed (rows now_us, measured, mean, low, high) and, by how far ahead,
        what was foretold (rows for_us, mean, low, high), in order of time."""
        found: dict[str, dict[str, Any]] = {what: {"believed": rows, "foretold": {}} for what, rows in self._believed.items()}
        for one in self._foretold:
            if one.where == "" and one.what in found:
                rows = found[one.what]["foretold"].setdefault(one.ahead_min, [])
                rows.append([one.for_us, one.mean, one.low, one.high])
        return found


class _Sums:
    """Sums over scored forecasts of one quantity."""

    def __init__(self) -> None:
        self.count = self.inside = 0
        self.crps = self.error = self.measured = 0.0

    def add(self, scored: Scored) -> None:
        self.count += 1
        self.inside += scored.is_inside
        self.crps += scored.crps
        self.error += abs(scored.foretold.mean - scored.measured)
        self.measured += scored.measured

    def means(self) -> dict[str, float | int]:
        return {
            "forecasts": self.count,
            "crps_mean": self.crps / self.count,
            "error_mean": self.error / self.count,
            "measured_mean": self.measured / self.count,
            "covered_share": self.inside / self.count,
        }


def _without_members(one: Foretold) -> dict[str, Any]:
    facts = {"for_us": one.for_us, **one._asdict()}
    del facts["members"]
    return facts
