"""How right the platform's places are, held against the truth: errors, floors, areas, whom a push near a store would reach."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.kernel import declare_type, entry, inlined
from sim.plan_arrays import PlanArrays
from sim.random_streams import stream_key, uniform
from sim.sensing.observations import FixRows
from sim.sensing.positioning.areas import Areas, area_at

ERROR_CM_MAX = 30_000  # errors are counted to the centimetre; larger ones in the last cell
AREA_CELLS, AREA_CELL_M = 128, 0.5  # per area, errors are counted to half a metre up to 64 m
PUSH_RADII_M = (10.0, 20.0, 30.0, 50.0)
PUSH_RADIUS_M = 30.0  # of the KPIs: the article's
STORES_KEY = stream_key(0, "stores whose push is judged")  # one store of the level for each fix: a matter of measuring only
COLD_SHARE_OF_MEAN = 0.2  # as in the KPI cold_area_share
CDF_SHARES = (0.01, *(step / 20 for step in range(1, 20)), 0.96, 0.97, 0.98, 0.99, 0.995)


class Truth(NamedTuple):
    """Where phones truly were when they were located, row by row as in FixRows; for judgement only."""

    rows: np.ndarray  # int32 the phone's row
    visits: np.ndarray  # int64 its visit's number
    level: np.ndarray  # int32
    x_m: np.ndarray  # float64
    y_m: np.ndarray  # float64


class Doors(NamedTuple):
    """The doors of the stores of each level."""

    level_start: np.ndarray  # (L + 1) int64 first store of each level
    start: np.ndarray  # (U + 1) int64 first door of each store
    x_m: np.ndarray  # float64
    y_m: np.ndarray  # float64


class Sums(NamedTuple):
    """Whole numbers only, so that no order of adding matters."""

    counts: np.ndarray  # (4) int64 fixes, on the right level, in the right area, centimetres of error on the right level
    error_cm: np.ndarray  # (ERROR_CM_MAX + 1) int64 fixes on the right level by error
    area_error: np.ndarray  # (areas, AREA_CELLS) int64 the same by true area
    in_area: np.ndarray  # (2, areas) int64 fixes truly in each area; fixes put there
    push: np.ndarray  # (radii, 3) int64 pairs of a phone and a store near each other by estimate, in truth, by both


declare_type("Doors", Doors(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0)))


def doors_of(plan: PlanArrays, levels: int) -> Doors:
    """Return the doors of a plan's stores."""
    node = plan.door_node
    starts = np.searchsorted(plan.unit_level, np.arange(levels + 1))
    return Doors(starts.astype(np.int64), plan.unit_door_start.astype(np.int64), plan.node_x_m[node], plan.node_y_m[node])


class Judgement:
    """Adds up how right positions are; whatever policies read has no way here."""

    def __init__(self, areas: Areas, floor_m2: np.ndarray, doors: Doors) -> None:
        """Begin with nothing; see `areas_of` and `doors_of`."""
        self._areas, self._floor_m2, self._doors = areas, floor_m2, doors
        count = floor_m2.size
        self._sums = Sums(
            np.zeros(4, np.int64), np.zeros(ERROR_CM_MAX + 1, np.int64), np.zeros((count, AREA_CELLS), np.int64),
            np.zeros((2, count), np.int64), np.zeros((len(PUSH_RADII_M), 3), np.int64),
        )  # fmt: skip
        self._radii_m2 = np.array(PUSH_RADII_M) ** 2
        self._located = self._inside = 0

    def take(self, fixes: FixRows, truth: Truth, phones_inside: int | None) -> None:
        """Judge the fixes of a tick; `phones_inside` is how many phones with Wi-Fi on were inside, None where not all were asked for."""
        if phones_inside is not None:
            self._located += int((fixes.level >= 0).sum())
            self._inside += phones_inside
        _judge(fixes, truth, self._areas, self._doors, self._radii_m2, phones_inside is not None, self._sums)

    def summary(self) -> dict[str, float | None]:
        """Return the KPIs of positions by name; None where nothing was located."""
        sums = self._sums
        fixes, right_level, right_area, total_cm = (int(count) for count in sums.counts)
        near = sums.push[PUSH_RADII_M.index(PUSH_RADIUS_M)]
        zones = slice(0, self._areas.zones)
        return {
            "position_error_m_mean": _ratio(total_cm, 100 * right_level),
            "position_error_m_median": self.error_m(0.5),
            "position_error_m_p75": self.error_m(0.75),
            "position_error_m_p95": self.error_m(0.95),
            "floor_right_share": _ratio(right_level, fixes),
            "zone_right_share": _ratio(right_area, fixes),
            "position_coverage_share": _ratio(self._located, self._inside),
            "push_range_precision_share": _ratio(near[2], near[0]),
            "push_range_recall_share": _ratio(near[2], near[1]),
            "cold_area_share_estimated": cold_share(sums.in_area[1, zones], self._floor_m2[zones]),
        }

    def curves(self) -> dict[str, Any]:
        """Return what the report draws: error by share, by area, fixes per m2 true and estimated, the table of pushes."""
        sums, zones = self._sums, slice(0, self._areas.zones)
        density = [_per_m2(counts[zones], self._floor_m2[zones]) for counts in sums.in_area]
        return {
            "error_cdf": [{"share": share, "error_m": self.error_m(share)} for share in CDF_SHARES],
            "error_m_median_by_zone": _medians_m(sums.area_error[zones]),
            "error_m_median_by_store": _medians_m(sums.area_error[self._areas.zones :]),
            "zone_fixes_per_m2_true": _listed(density[0]),
            "zone_fixes_per_m2_estimated": _listed(density[1]),
            "zone_density_correlation": correlation(*density),
            "cold_area_share_of_fixes": cold_share(sums.in_area[0, zones], self._floor_m2[zones]),
            "push": [
                {"radius_m": radius_m, "precision_share": _ratio(near[2], near[0]), "recall_share": _ratio(near[2], near[1])}
                for radius_m, near in zip(PUSH_RADII_M, sums.push, strict=True)
            ],
        }

    def error_m(self, share: float) -> float | None:
        """Return the error on the right level that a share of the fixes do not exceed, to the centimetre (nearest rank)."""
        cell = _cell_at(self._sums.error_cm, share)
        return None if cell is None else cell / 100


def cold_share(fixes: np.ndarray, floor_m2: np.ndarray) -> float | None:
    """Return the share of the floor with less than COLD_SHARE_OF_MEAN of the mean fixes per m2; None without fixes."""
    total_m2 = float(np.cumsum(floor_m2)[-1]) if floor_m2.size else 0.0
    if not fixes.sum() or not total_m2:
        return None
    cold = fixes < COLD_SHARE_OF_MEAN * (int(fixes.sum()) / total_m2) * floor_m2
    return float(np.cumsum(np.where(cold, floor_m2, 0.0))[-1]) / total_m2


def correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return Pearson's correlation over the places where both are known, None where one of them does not vary."""
    known = np.isfinite(one) & np.isfinite(other)
    one, other = one[known], other[known]
    if one.size < 2 or one.min() == one.max() or other.min() == other.max():
        return None
    one, other = one - one.mean(), other - other.mean()
    return float((one * other).sum() / np.sqrt((one * one).sum() * (other * other).sum()))


def _ratio(part: int, whole: int) -> float | None:
    return int(part) / int(whole) if whole else None


def _per_m2(counts: np.ndarray, floor_m2: np.ndarray) -> np.ndarray:
    return np.where(floor_m2 > 0, counts / np.where(floor_m2 > 0, floor_m2, 1.0), np.nan)


def _listed(values: np.ndarray) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _cell_at(counts: np.ndarray, share: float) -> int | None:
    """Return the first cell up to which at least a share of all counts lie; None where there are none."""
    below = np.cumsum(counts)
    if not below.size or not below[-1]:
        return None
    return int(np.searchsorted(below, max(1, np.ceil(share * int(below[-1])))))


def _medians_m(counts: np.ndarray) -> list[float | None]:
    found = [_cell_at(row, 0.5) for row in counts]
    return [None if cell is None else (cell + 0.5) * AREA_CELL_M for cell in found]


@entry
def _judge(fixes, truth, areas, doors, radii_m2, is_of_all, sums):  # type: ignore[no-untyped-def]
    """Add up; how many are where is counted when all phones were asked for, since guests are asked for more often than strangers."""
    for fix in range(fixes.subject.size):
        level, true_level = fixes.level[fix], truth.level[fix]
        if level < 0 or true_level < 0 or max(level, true_level) >= areas.area.shape[0]:
            continue
        x_m, y_m, true_x_m, true_y_m = fixes.x_m[fix], fixes.y_m[fix], truth.x_m[fix], truth.y_m[fix]
        area, true_area = area_at(areas, level, x_m, y_m), area_at(areas, true_level, true_x_m, true_y_m)
        sums.counts[0] += 1
        sums.counts[2] += area >= 0 and area == true_area
        if is_of_all and area >= 0:
            sums.in_area[1, area] += 1
        if is_of_all and true_area >= 0:
            sums.in_area[0, true_area] += 1
        if level == true_level:
            error_m = min(np.sqrt((x_m - true_x_m) ** 2 + (y_m - true_y_m) ** 2), 1e6)
            error_cm = int(np.rint(100.0 * error_m))
            sums.counts[1] += 1
            sums.counts[3] += error_cm
            sums.error_cm[min(error_cm, ERROR_CM_MAX)] += 1
            if true_area >= 0:
                sums.area_error[true_area, min(int(error_m / AREA_CELL_M), AREA_CELLS - 1)] += 1
        draw = uniform(STORES_KEY, fixes.subject[fix], fixes.time_us[fix])
        is_right = level == true_level
        _judge_push(doors, radii_m2, sums.push, draw, level, True, x_m, y_m, is_right, true_x_m, true_y_m)
        if not is_right:
            _judge_push(doors, radii_m2, sums.push, draw, true_level, False, x_m, y_m, True, true_x_m, true_y_m)


@inlined
def _judge_push(
    doors: Doors, radii_m2: np.ndarray, push: np.ndarray, draw: float, level: int,
    is_put_here: bool, x_m: float, y_m: float, is_here: bool, true_x_m: float, true_y_m: float,
) -> None:  # fmt: skip
    """Hold a drawn store of a level, which stands for all of them, against a phone that is put there, truly there, or both."""
    stores = doors.level_start[level + 1] - doors.level_start[level]
    if stores == 0:
        return
    store = doors.level_start[level] + int(draw * stores)
    apart_m2 = _door_m2(doors, store, x_m, y_m) if is_put_here else np.inf
    true_m2 = _door_m2(doors, store, true_x_m, true_y_m) if is_here else np.inf
    for radius in range(radii_m2.size):
        is_near, is_truly_near = apart_m2 <= radii_m2[radius], true_m2 <= radii_m2[radius]
        push[radius, 0] += stores * is_near
        push[radius, 1] += stores * is_truly_near
        push[radius, 2] += stores * (is_near and is_truly_near)


@inlined
def _door_m2(doors: Doors, store: int, x_m: float, y_m: float) -> float:
    """Return the square of the distance to a store's nearest door."""
    nearest_m2 = np.inf
    for door in range(doors.start[store], doors.start[store + 1]):
        nearest_m2 = min(nearest_m2, (x_m - doors.x_m[door]) ** 2 + (y_m - doors.y_m[door]) ** 2)
    return nearest_m2
