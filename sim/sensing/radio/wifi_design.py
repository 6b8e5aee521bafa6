"""Proposes the fewest access points that reach a 75th percentile of the error: first their spacing, then those that can go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from sim.config_sensing import SensingConfig
from sim.plan_arrays import HALL, AccessPoints, CompiledPlan
from sim.random_streams import stable_key
from sim.sensing.positioning.scans import Scans
from sim.sensing.radio.trials import Located, Phones, Trial, located, percentile_m, phones_on_floor, try_out, without

SPACINGS_M = (8.0, 10.0, 12.5, 16.0, 20.0, 26.0, 34.0, 45.0)  # tried from the middle outwards; 8 m is one for every small shop
BISECTIONS = 2  # between the widest spacing that reaches the target and the next that does not
REMOVALS = 14  # attempts to do without some
FIRST_BATCH = 0.12  # share of the access points in the first attempt
FIXES = 6000  # a 75th percentile of 5 m is then known to about 0.1 m
CEILING_M, BAND_GHZ, POWER_DBM = 3.0, 5.0, 18.0  # as a plan without access points is equipped by `galleria floorplan generate`
LEAST_FLOOR = 0.1  # of a rectangle of the grid; less is left to the neighbours

Watch = Callable[[int, int], None]  # (done, of)


class Attempt(NamedTuple):
    """One arrangement that was tried out."""

    what: str  # "grid" or "thinned"
    spacing_m: float  # of the grid it comes from
    access_points: int
    error_m_p75: float  # inf where fewer than three in four phones could be placed
    floor_share: float  # of the fixes on the right level


Arrangement = tuple[Attempt, Trial, np.ndarray | None]  # with the access points that are kept; None: all


@dataclass(frozen=True)
class Proposal:
    """The arrangement that was found, and the way there."""

    access_points: AccessPoints
    attempts: tuple[Attempt, ...]  # in the order of the search
    best: Attempt  # the one proposed; the most exact one where none reached the target
    confirmed_m_p75: float  # by phones that took no part in the search; may miss the target that the search's own phones reach


def access_points_at(
    compiled: CompiledPlan,
    level: np.ndarray,
    x_m: np.ndarray,
    y_m: np.ndarray,
    height_m: float = CEILING_M,
    band_ghz: float = BAND_GHZ,
    power_dbm: float = POWER_DBM,
) -> AccessPoints:
    """Return access points at these places (one per place) in their own order and with the keys that a plan with them would give them."""
    rooms = compiled.rooms
    assert rooms is not None
    order = np.lexsort((y_m, x_m, level))
    level, x_m, y_m = level[order].astype(np.int32), x_m[order].astype(np.float64), y_m[order].astype(np.float64)
    z_m = np.asarray(compiled.level_heights_m, np.float64)[level] + height_m
    keys = []
    for floor, x, y, z in zip(level.tolist(), x_m.tolist(), y_m.tolist(), z_m.tolist(), strict=True):
        place = [
            compiled.level_ordinals[floor],
            round((x - rooms.origin_x_m) * 100),
            round((y - rooms.origin_y_m) * 100),
            round(z * 100),
        ]
        keys.append(stable_key(f"access point {' '.join(map(str, [*place, band_ghz]))} 0"))
    many = np.ones(level.size)
    return AccessPoints(np.array(keys, np.int64), level, x_m, y_m, z_m, band_ghz * many, power_dbm * many)


def on_grid(compiled: CompiledPlan, spacing_m: float) -> AccessPoints:
    """Return one access point for each rectangle of a grid over each level's floor, at the floor nearest to its middle.

    The grid divides the length and the width of the level's floor evenly into parts of at most the spacing. Rectangles with next to no
    floor have none.
    """
    rooms = compiled.rooms
    assert rooms is not None
    levels, columns, rows = [], [], []
    for level in range(rooms.room.shape[0]):
        row, column = np.nonzero(rooms.room[level] >= HALL)
        if row.size:
            chosen = _nearest_to_middles(row, column, spacing_m / rooms.cell_m)
            levels.append(np.full(chosen.size, level))
            rows.append(row[chosen])
            columns.append(column[chosen])
    if not levels:
        return access_points_at(compiled, np.zeros(0, np.int32), np.zeros(0), np.zeros(0))
    x_m = rooms.origin_x_m + (np.concatenate(columns) + 0.5) * rooms.cell_m
    y_m = rooms.origin_y_m + (np.concatenate(rows) + 0.5) * rooms.cell_m
    return access_points_at(compiled, np.concatenate(levels), x_m, y_m)


def _nearest_to_middles(row: np.ndarray, column: np.ndarray, spacing: float) -> np.ndarray:
    """Return for each rectangle of the grid the floor cell nearest to its middle; all lengths in cells."""
    square, away, squares, size = np.zeros(row.size, np.int64), np.zeros(row.size), 1, 1.0
    for place in (row, column):
        low, length = int(place.min()), int(place.max()) + 1 - int(place.min())
        count = max(1, int(np.ceil(length / spacing)))
        pitch = length / count
        at = (place - low + 0.5) / pitch
        index = np.minimum(at.astype(np.int64), count - 1)
        away += ((at - index - 0.5) * pitch) ** 2
        square, squares, size = square * count + index, squares * count, size * pitch
    floor = np.bincount(square, minlength=squares)
    is_worth = floor[square] >= min(LEAST_FLOOR * size, floor.max())
    order = np.lexsort((column, row, np.round(away, 6), square))
    order = order[is_worth[order]]
    first = np.concatenate(([True], np.diff(square[order]) > 0))
    return np.sort(order[first])


def propose(
    compiled: CompiledPlan,
    config: SensingConfig,
    seed: int,
    target_m_p75: float,
    watch: Watch | None = None,
    fixes: int = FIXES,
) -> Proposal:
    """Return the fewest access points found with which the 75th percentile of the error is at most the target.

    Building and survey are those of a run with this configuration; `seed` places the phones. The same plan, configuration, seed and
    target give the same proposal. A search finds what suits its own phones: the proposal is the
    thinnest arrangement that reaches the target with other phones too; where none does, the grid. Where no spacing reaches the
    target at all, it is the most exact grid that was tried.
    """
    phones, others = (phones_on_floor(compiled, fixes, config, seed, batch) for batch in (0, 1))
    search = _Search(compiled, config, target_m_p75, phones, watch)
    reached = search.widest()
    arrangements = search.thinned(*reached) if reached else [search.most_exact]
    while True:
        best, trial, kept = arrangements.pop()
        confirmed_m = percentile_m(located(compiled, trial, config, kept, others).error_m, 0.75)
        if confirmed_m <= target_m_p75 or not arrangements:
            break
    chosen = trial.access_points if kept is None else AccessPoints(*(column[kept] for column in trial.access_points))
    return Proposal(chosen, tuple(search.attempts), best, confirmed_m)


class _Search:
    """The search of one proposal, and what it has tried."""

    def __init__(
        self, compiled: CompiledPlan, config: SensingConfig, target_m: float, phones: Phones, watch: Watch | None
    ) -> None:
        self.compiled, self.config, self.target_m, self.phones = compiled, config, target_m, phones
        self.watch = watch
        self.attempts: list[Attempt] = []
        self.most_exact: Arrangement

    def _holds(self, spacing_m: float, trial: Trial, kept: np.ndarray | None = None) -> bool:
        found: Located = located(self.compiled, trial, self.config, kept)
        count = trial.access_points.key.size if kept is None else int(kept.sum())
        what = "grid" if kept is None else "thinned"
        error_m_p75 = percentile_m(found.error_m, 0.75)
        self.attempts.append(Attempt(what, spacing_m, count, error_m_p75, float(found.floor_ok.mean())))
        if not self.attempts[:-1] or error_m_p75 < self.most_exact[0].error_m_p75:
            self.most_exact = self.attempts[-1], trial, kept
        if self.watch:
            self.watch(len(self.attempts), len(SPACINGS_M) // 2 + BISECTIONS + REMOVALS)
        return error_m_p75 <= self.target_m

    def _grid(self, spacing_m: float) -> Trial | None:
        """Return the trial of a grid where it reaches the target."""
        trial = try_out(self.compiled, on_grid(self.compiled, spacing_m), self.phones, self.config)
        return trial if self._holds(spacing_m, trial) else None

    def widest(self) -> tuple[float, Trial] | None:
        """Return the widest spacing found that reaches the target, with its trial: along a ladder, then by bisection."""
        at = len(SPACINGS_M) // 2
        trial = self._grid(SPACINGS_M[at])
        if trial is not None:
            while at + 1 < len(SPACINGS_M) and (wider := self._grid(SPACINGS_M[at + 1])) is not None:
                at, trial = at + 1, wider
        while trial is None and at > 0:
            at -= 1
            trial = self._grid(SPACINGS_M[at])
        if trial is None:
            return None
        low_m, high_m = SPACINGS_M[at], SPACINGS_M[min(at + 1, len(SPACINGS_M) - 1)]
        for _ in range(BISECTIONS if high_m > low_m else 0):
            middle_m = round((low_m + high_m) / 2.0, 1)
            wider = self._grid(middle_m)
            if wider is None:
                high_m = middle_m
            else:
                low_m, trial = middle_m, wider
        return low_m, trial

    def thinned(self, spacing_m: float, trial: Trial) -> list[Arrangement]:
        """Return the grid and what is left of it as those access points go that scans lean on least and the target still holds.

        They go in batches; one that would miss the target is halved, down to a hundredth of them.
        """
        kept = np.ones(trial.access_points.key.size, bool)
        grid = next(one for one in self.attempts if one.spacing_m == spacing_m)
        found: list[Arrangement] = [(grid, trial, kept)]
        batch, least = max(1, round(FIRST_BATCH * kept.size)), max(1, kept.size // 100)
        for _ in range(REMOVALS):
            fewer = kept.copy()
            fewer[_least_needed(trial, kept, batch)] = False
            if fewer.any() and self._holds(spacing_m, trial, fewer):
                kept = fewer
                found.append((self.attempts[-1], trial, kept))
            elif batch == least:
                break
            else:
                batch = max(batch // 2, least)
        return found


def _least_needed(trial: Trial, kept: np.ndarray, count: int) -> np.ndarray:
    """Return the kept access points that scans lean on least, no two of them next to each other."""
    weight = _leaned_on(without(trial.scans, kept), kept.size)
    points = trial.access_points
    near_m = 1.2 * _typical_spacing_m(points, kept)
    chosen: list[int] = []
    for candidate in np.lexsort((points.key, weight)).tolist():
        apart_m = np.hypot(points.x_m[chosen] - points.x_m[candidate], points.y_m[chosen] - points.y_m[candidate])
        is_next = (points.level[chosen] == points.level[candidate]) & (apart_m < near_m)
        if kept[candidate] and not is_next.any():
            chosen.append(candidate)
        if len(chosen) == count:
            break
    return np.array(chosen, np.int64)


def _leaned_on(scans: Scans, access_points: int) -> np.ndarray:
    """Return how much scans lean on each access point: 1 for being the strongest of one, half for the second, and so on."""
    scan = np.repeat(np.arange(scans.start.size - 1), np.diff(scans.start))
    order = np.lexsort((scans.access_point, -scans.rssi_dbm.astype(np.float64), scan))
    rank = np.arange(scan.size) - scans.start[scan[order]]
    return np.bincount(scans.access_point[order], 0.5 ** np.minimum(rank, 50.0), access_points)


def _typical_spacing_m(points: AccessPoints, kept: np.ndarray) -> float:
    """Return the median distance from an access point to the nearest one of its level; 0 where each is alone."""
    nearest_m = []
    for level in np.unique(points.level[kept]):
        here = kept & (points.level == level)
        if here.sum() > 1:
            places = np.column_stack([points.x_m[here], points.y_m[here]])
            nearest_m.append(cKDTree(places).query(places, k=2)[0][:, 1])
    return float(np.median(np.concatenate(nearest_m))) if nearest_m else 0.0
