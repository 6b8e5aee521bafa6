"""Alarms: reality keeps outside of what was foretold a quarter of an hour before, longer or further than chance would have it.

A single measurement outside of its 90 % interval is no alarm: one in ten is, and a large mall has two hundred at each quarter of an hour. Of
true intervals k in a row lie on one given side with probability 0.05^k, a run rule of control charts (Western Electric, Statistical Quality
Control Handbook, 1956): of the whole mall's eight quantities two in a row make two chance alarms a day, of 200 places three in a row make two.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from sim.twin.moment import Alarm, Scored
from sim.units import US_PER_MIN

AHEAD_MIN = 15  # the forecast that reality is held against
RUN_OF_MALL, RUN_OF_PLACE = 2, 3  # quarters of an hour outside on one side
SILENT_US = 60 * US_PER_MIN  # what was outside before a longer silence of the sensor is another matter
# Of the interval beyond its end, near 5 standard deviations from the middle, which waits for no second; of small counts, whose intervals may be
# of no width, as far by the standard deviation of a Poisson law at its upper end.
FAR_WIDTHS, FAR_SDS = 1.0, 3.3


class Watch:
    """Remembers how long each quantity has been outside; `look` at every quarter of an hour, in order."""

    def __init__(self) -> None:
        """Begin a day."""
        self._runs: dict[tuple[str, str], Alarm] = {}

    def look(self, now_us: int, scored: Sequence[Scored]) -> tuple[Alarm, ...]:
        """Return the alarms that stand now, new and old; a quantity that is not measured now has none, and keeps its run for an hour."""
        standing = []
        for each in scored:
            if each.foretold.ahead_min != AHEAD_MIN:
                continue
            where = (each.foretold.what, each.foretold.where)
            if each.is_inside:
                self._runs.pop(where, None)
                continue
            self._runs[where] = run = self._continued(self._runs.get(where), now_us, each)
            if run.raised_us >= 0:
                standing.append(run)
        return tuple(standing)

    @staticmethod
    def _continued(run: Alarm | None, now_us: int, scored: Scored) -> Alarm:
        """Return the run with one more quarter of an hour outside; it begins anew on the other side."""
        foretold, measured = scored.foretold, scored.measured
        side = "above" if measured > foretold.high else "below"
        if run is None or run.side != side or now_us - run.until_us > SILENT_US:
            run = Alarm(foretold.what, foretold.where, side, now_us, -1, now_us, 0, measured, foretold.low, foretold.high)
        quarters = run.quarters + 1
        off = max(measured - foretold.high, foretold.low - measured)
        far = max(FAR_WIDTHS * (foretold.high - foretold.low), FAR_SDS * sqrt(foretold.high + 1.0))
        is_far = not foretold.where and off > far
        is_due = is_far or quarters >= (RUN_OF_PLACE if foretold.where else RUN_OF_MALL)
        raised_us = now_us if is_due and run.raised_us < 0 else run.raised_us
        return run._replace(
            raised_us=raised_us, until_us=now_us, quarters=quarters, measured=measured, low=foretold.low, high=foretold.high
        )
