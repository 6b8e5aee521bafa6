"""Stays: where the fixes of one address keep together for some minutes, and the store that such a stay is put down to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.config_sensing import ProfilesConfig
from sim.crowd.state import records
from sim.kernel import declare_type, entry, kernel
from sim.plan_arrays import HALL
from sim.sensing.observations import FixRows, ObservedRows, observed
from sim.sensing.positioning.areas import Areas, unit_at
from sim.units import US_PER_S

GAP_FIXES = 4  # a stay is over when nothing was heard of it for so many fixes (or for the shortest stay, if that is longer)
R50_OF_SD = 1.1774100225154747  # sqrt(2 ln 2): radius that holds half of an isotropic Gaussian, in sd per axis
SAME_PLACE = 0.25  # correlation of the errors of fixes in one place, which do not average out: engineering judgement
SD_M_MIN = 0.5  # of a stay's mean place: half a cell of the room raster
REACH_SD = 2.5  # cells further from the mean than this do not count
REACH_CELLS_MAX = 40
HALL_WEIGHT = (
    0.2  # a square metre of hall against one of a store: few people stand in a hall for minutes; engineering judgement
)
ROWS_AT_FIRST = 1024

OPEN = np.dtype(
    [
        ("subject", "i8"), ("visit", "i8"), ("from_us", "i8"), ("to_us", "i8"), ("x_m", "f8"), ("y_m", "f8"), ("variance_m2", "f8"),
        ("stray_us", "i8"), ("stray_x_m", "f8"), ("stray_y_m", "f8"), ("stray_radius_m", "f8"), ("fixes", "i4"),
        ("level", "i2"), ("stray_level", "i2"),
    ],
    align=True,
)  # fmt: skip
STAY = np.dtype(
    [
        ("from_us", "i8"), ("to_us", "i8"), ("subject", "i8"), ("x_m", "f8"), ("y_m", "f8"), ("level", "i4"), ("unit", "i4"),
        ("fixes", "i4"), ("is_displaced", "i4"), ("visit", "i8"), ("last_us", "i8"),
    ],
    align=True,
)  # fmt: skip


class StayRows(NamedTuple):
    """Stays that are over, in order of (end, address, begin)."""

    from_us: np.ndarray  # int64 half a step before the first fix
    to_us: np.ndarray  # int64 half a step after the last: with regular fixes a stay is on average as long as it truly was
    subject: np.ndarray  # int64 the address the phone showed
    x_m: np.ndarray  # float64 mean of its fixes
    y_m: np.ndarray  # float64
    level: np.ndarray  # int32
    unit: np.ndarray  # int32 the store it is put down to, HALL for none
    fixes: np.ndarray  # int32


class Rule(NamedTuple):
    """When fixes make a stay."""

    radius_m: float
    shortest_us: int
    gap_us: int


declare_type("Rule", Rule(0.0, 0, 0))


class Stays:
    """Follows each address from fix to fix; one that changes cannot be followed.

    A fix belongs to a stay when it is on its level and within `stay_radius_m` of the mean of its fixes, or in the same store as
    that mean. One fix in a row may stray without ending the stay. Fixes of a phone lie in a row of its own, so that its address
    need not be searched for; the row means nothing else: a stay whose row another phone takes over ends when it would have ended
    with the row left to it.
    """

    def __init__(self, areas: Areas, units: int, config: ProfilesConfig, every_s: float) -> None:
        """Begin with nobody; `every_s` is how often the platform asks for fixes."""
        gap_s = max(config.stay_s_min, GAP_FIXES * every_s)
        self._areas = areas
        self._rule = Rule(float(config.stay_radius_m), int(config.stay_s_min * US_PER_S), int(gap_s * US_PER_S))
        self._open = records(ROWS_AT_FIRST, OPEN)
        self._closed = records(2 * ROWS_AT_FIRST, STAY)
        self._waiting = np.zeros(0, STAY)  # displaced from their rows, and not yet known to be over
        self._weight = np.zeros(2 * REACH_CELLS_MAX + 1)
        self._mass = np.zeros(units + 1)

    def take(self, now_us: int, fixes: FixRows, rows: np.ndarray, visits: np.ndarray) -> tuple[StayRows, np.ndarray]:
        """Take the fixes of a tick, those of a phone in order of time; return the stays found to be over, and the visit of each.

        `visits` (int64) are whose phones the fixes are. They only keep apart what one row and one address would mix, a person who
        comes back, and are handed back for judgement.
        """
        highest = int(rows.max(initial=-1)) + 1
        if highest > self._open.size:
            before, self._open = self._open, records(max(highest, 2 * self._open.size), OPEN)
            self._open[: before.size] = before
        if rows.size + self._open.size > self._closed.size:
            self._closed = records(2 * (rows.size + self._open.size), STAY)
        before_us, state = now_us - self._rule.gap_us, self._state()
        count = _end_silent(before_us, *state, 0)
        return self._over(before_us, _take_fixes(fixes, rows, visits, *state, count))

    def finish(self) -> tuple[StayRows, np.ndarray]:
        """End every stay, at closing."""
        before_us = np.iinfo(np.int64).max
        return self._over(before_us, _end_silent(before_us, *self._state(), 0))

    def _state(self) -> tuple[np.ndarray, Areas, Rule, np.ndarray, np.ndarray, np.ndarray]:
        return self._open, self._areas, self._rule, self._weight, self._mass, self._closed

    def _over(self, before_us: int, count: int) -> tuple[StayRows, np.ndarray]:
        """Return those of the first `count` closed stays, and of those that wait, that are over, in their order."""
        closed = np.concatenate([self._waiting, self._closed[:count]])
        waits = (closed["is_displaced"] == 1) & (closed["last_us"] >= before_us)
        self._waiting, closed = closed[waits], closed[~waits]
        # One person may be inside twice at once, with one address: begin and visit decide then, never the row.
        closed = closed[np.lexsort((closed["visit"], closed["from_us"], closed["subject"], closed["to_us"]))]
        return StayRows(*(np.array(closed[name]) for name in StayRows._fields)), np.array(closed["visit"])


def stays_observed(now_us: int, stays: StayRows) -> ObservedRows:
    """Return a row for each stay that was found to be over: the address, and the store's index (-1 the hall)."""
    return observed(np.full(stays.unit.size, now_us), "stays", "stay", stays.subject, stays.unit)


@entry
def _end_silent(before_us, stays, areas, rule, weight, mass, closed, count):  # type: ignore[no-untyped-def]
    """End the stays whose last fix is older than an instant; return how many stays lie in `closed` then."""
    for row in range(stays.size):
        if stays[row].fixes > 0 and stays[row].to_us < before_us:
            count = _end(stays, row, areas, rule, weight, mass, closed, count, False)
    return count


@entry
def _take_fixes(fixes, rows, visits, stays, areas, rule, weight, mass, closed, count):  # type: ignore[no-untyped-def]
    """Let each fix begin, lengthen or end its phone's stay; return how many stays lie in `closed` then."""
    for fix in range(rows.size):
        row, level, time_us, subject, visit = rows[fix], fixes.level[fix], fixes.time_us[fix], fixes.subject[fix], visits[fix]
        x_m, y_m, radius_m = fixes.x_m[fix], fixes.y_m[fix], fixes.radius_m[fix]
        if row < 0 or level < 0:
            continue
        if stays[row].fixes > 0 and (stays[row].subject != subject or stays[row].visit != visit):
            count = _end(stays, row, areas, rule, weight, mass, closed, count, True)
        stay = stays[row]
        if stay.fixes == 0:
            _begin(stays, row, subject, visit, time_us, level, x_m, y_m, radius_m)
        elif time_us <= stay.to_us or (stay.stray_level >= 0 and time_us <= stay.stray_us):
            continue  # the scan was handed over before
        elif _belongs(stays, row, areas, rule, level, x_m, y_m):
            _lengthen(stays, row, time_us, x_m, y_m, radius_m)
        elif stay.stray_level < 0:
            stay.stray_us, stay.stray_level = time_us, level
            stay.stray_x_m, stay.stray_y_m, stay.stray_radius_m = x_m, y_m, radius_m
        else:
            stray = (stay.stray_us, stay.stray_level, stay.stray_x_m, stay.stray_y_m, stay.stray_radius_m)
            count = _end(stays, row, areas, rule, weight, mass, closed, count, False)
            _begin(stays, row, subject, visit, *stray)
            if _belongs(stays, row, areas, rule, level, x_m, y_m):
                _lengthen(stays, row, time_us, x_m, y_m, radius_m)
            else:
                _begin(stays, row, subject, visit, time_us, level, x_m, y_m, radius_m)
    return count


@kernel
def _begin(
    stays: np.ndarray, row: int, subject: int, visit: int, time_us: int, level: int, x_m: float, y_m: float, radius_m: float
) -> None:
    stay = stays[row]
    stay.subject, stay.visit, stay.from_us, stay.to_us, stay.level, stay.fixes = subject, visit, time_us, time_us, level, 1
    stay.x_m, stay.y_m, stay.variance_m2 = x_m, y_m, (radius_m / R50_OF_SD) ** 2
    stay.stray_level = -1


@kernel
def _lengthen(stays: np.ndarray, row: int, time_us: int, x_m: float, y_m: float, radius_m: float) -> None:
    stay = stays[row]
    stay.to_us = time_us
    stay.fixes += 1
    stay.x_m += (x_m - stay.x_m) / stay.fixes
    stay.y_m += (y_m - stay.y_m) / stay.fixes
    stay.variance_m2 += ((radius_m / R50_OF_SD) ** 2 - stay.variance_m2) / stay.fixes
    stay.stray_level = -1


@kernel
def _belongs(stays: np.ndarray, row: int, areas: Areas, rule: Rule, level: int, x_m: float, y_m: float) -> bool:
    stay = stays[row]
    if level != stay.level:
        return False
    if (x_m - stay.x_m) ** 2 + (y_m - stay.y_m) ** 2 <= rule.radius_m**2:
        return True
    unit = unit_at(areas, level, stay.x_m, stay.y_m)
    return unit != HALL and unit == unit_at(areas, level, x_m, y_m)


@kernel
def _end(
    stays: np.ndarray,
    row: int,
    areas: Areas,
    rule: Rule,
    weight: np.ndarray,
    mass: np.ndarray,
    closed: np.ndarray,
    count: int,
    is_displaced: bool,
) -> int:
    """Write a stay down if it was long enough, forget it, and return how many are written down."""
    stay = stays[row]
    if stay.fixes > 1:
        half_step_us = (stay.to_us - stay.from_us) // (2 * (stay.fixes - 1))
        if stay.to_us - stay.from_us + 2 * half_step_us >= rule.shortest_us:
            found = closed[count]
            found.from_us, found.to_us, found.subject = stay.from_us - half_step_us, stay.to_us + half_step_us, stay.subject
            found.x_m, found.y_m, found.level, found.fixes = stay.x_m, stay.y_m, stay.level, stay.fixes
            found.visit, found.last_us, found.is_displaced = stay.visit, stay.to_us, is_displaced
            variance_m2 = stay.variance_m2 * (SAME_PLACE + (1.0 - SAME_PLACE) / stay.fixes)
            found.unit = likely_unit(areas, stay.level, stay.x_m, stay.y_m, np.sqrt(variance_m2), weight, mass)
            count += 1
    stay.fixes = 0
    return count


@kernel
def likely_unit(areas: Areas, level: int, x_m: float, y_m: float, sd_m: float, weight: np.ndarray, mass: np.ndarray) -> int:
    """Return the store with the largest share of a Gaussian about a place, a square metre of hall counting HALL_WEIGHT of one.

    `weight` (2 REACH_CELLS_MAX + 1) and `mass` (units + 1) are scratch. HALL when the hall has the largest, or there is nothing.
    """
    mass[:] = 0.0
    rows, cols = areas.area.shape[1], areas.area.shape[2]
    row_at, col_at = (y_m - areas.origin_y_m) / areas.cell_m, (x_m - areas.origin_x_m) / areas.cell_m
    if not (-1.0 <= row_at <= rows and -1.0 <= col_at <= cols):  # beyond the building, where nothing is spread about it
        return unit_at(areas, level, x_m, y_m)
    sd_cells = max(sd_m, SD_M_MIN) / areas.cell_m
    reach = min(REACH_CELLS_MAX, int(np.ceil(REACH_SD * sd_cells)))
    middle_row, middle_col = int(np.floor(row_at)), int(np.floor(col_at))
    for step in range(-reach, reach + 1):
        weight[step + reach] = np.exp(-0.5 * ((middle_col + step + 0.5 - col_at) / sd_cells) ** 2)
    for row in range(max(0, middle_row - reach), min(rows, middle_row + reach + 1)):
        along = np.exp(-0.5 * ((row + 0.5 - row_at) / sd_cells) ** 2)
        for col in range(max(0, middle_col - reach), min(cols, middle_col + reach + 1)):
            area = areas.area[level, row, col]
            if area >= 0:
                mass[max(area - areas.zones, HALL) + 1] += along * weight[col - middle_col + reach]
    mass[0] *= HALL_WEIGHT
    return int(np.argmax(mass)) - 1
