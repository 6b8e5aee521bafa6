"""The smoother of successive fixes: errs less on walks, stays on the floor, and does not jump between levels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from sim.random_streams import stream_key, uniforms
from sim.sensing.positioning.scans import Fixes
from sim.sensing.positioning.smoother import SmootherTables, smooth, smoother_state
from sim.units import US_PER_S

pytestmark = pytest.mark.compiled
SD_M = 4.0
STOP = 500.0  # where the only stop of each of two levels is


def tables(standing=None):
    here = np.zeros((2, 0, 0), np.int32) if standing is None else standing
    return SmootherTables(1.0, 1.0, 0.0, 0.0, here, np.full(2, STOP), np.full(2, STOP), np.array([0, 1, 2]))


def fixes_at(x_m, y_m, level=None, sd_m=SD_M):
    size = len(x_m)
    levels = np.zeros(size, np.int32) if level is None else np.array(level, np.int32)
    spread = np.full(size, sd_m**2)
    return Fixes(
        levels, np.array(x_m, float), np.array(y_m, float), spread, np.zeros(size), spread.copy(), np.full(size, 20, np.int32)
    )


def smoothed(fixes, every_s=10.0, standing=None):
    size = fixes.level.size
    times_us = (np.arange(size) * every_s * US_PER_S).astype(np.int64)
    return smooth(tables(standing), smoother_state(1), np.zeros(size, np.int32), times_us, fixes)


def visit(number, every_s, steps=360):
    """Return the places of a visitor who walks some 100 m at 1.2 m/s and then stays for 5 minutes on average, by turns."""
    key = stream_key(3, "test walk")
    time_s, x_m, y_m, corner = [0.0], [0.0], [0.0], 0
    while time_s[-1] < steps * every_s:
        for _ in range(3):
            length_m, way = (
                20 + 30 * uniforms(key, np.array([number]), corner)[0],
                int(4 * uniforms(key, np.array([number]), corner + 1)[0]),
            )
            corner += 2
            time_s.append(time_s[-1] + length_m / 1.2)
            x_m.append(x_m[-1] + length_m * (1, 0, -1, 0)[way])
            y_m.append(y_m[-1] + length_m * (0, 1, 0, -1)[way])
        time_s.append(time_s[-1] - 300 * np.log(uniforms(key, np.array([number]), corner)[0]))
        corner += 1
        x_m.append(x_m[-1])
        y_m.append(y_m[-1])
    at_s = np.arange(steps) * every_s
    return np.interp(at_s, time_s, x_m), np.interp(at_s, time_s, y_m)


def test_smoothing_lowers_the_median_error_of_visitors_at_a_fix_every_ten_seconds():
    """20 visits of an hour; the median falls in every one (if it rose as often as it fell, once in a million: 2^-20); seed fixed."""
    for number in range(20):
        x_m, y_m = visit(number, 10.0)
        noise = SD_M * ndtri(uniforms(stream_key(4, "test noise"), np.arange(2 * x_m.size) + 10_000 * number, 0)).reshape(2, -1)
        found = smoothed(fixes_at(x_m + noise[0], y_m + noise[1]))

        raw, better = np.median(np.hypot(*noise)), np.median(np.hypot(found.x_m - x_m, found.y_m - y_m))
        assert better < 0.85 * raw


def test_who_walks_straight_on_is_followed():
    x_m = 10.0 * np.arange(50)
    found = smoothed(fixes_at(x_m, np.zeros(50)))

    assert np.abs(found.x_m - x_m).max() < 15.0


def test_a_single_fix_on_another_level_is_not_believed_but_two_are():
    found = smoothed(fixes_at(np.zeros(6), np.zeros(6), [0, 1, 0, 1, 1, 1]))

    assert list(found.level) == [0, 0, 0, 0, 1, 1]


def test_near_a_stop_a_level_is_believed_at_once():
    found = smoothed(fixes_at(np.full(2, STOP + 5), np.full(2, STOP), [0, 1]))

    assert list(found.level) == [0, 1]


def test_a_smoothed_place_is_on_the_floor():
    cells = np.arange(400, dtype=np.int32).reshape(20, 20)
    cells[:, 10:] = cells[:, 9:10]  # the right half is no floor: its nearest cell is in column 9
    found = smoothed(fixes_at([3.0, 15.0, 40.0], [3.0, 8.0, 8.0]), standing=np.stack((cells, cells)))

    assert (found.x_m <= 9.5).all()
    assert (found.x_m[0], found.y_m[0]) == (3.0, 3.0)


def test_a_fix_without_a_place_changes_nothing():
    gap = fixes_at([0.0, 0.0, 2.0], [0.0, 0.0, 0.0], [0, -1, 0])
    gap.x_m[1] = np.nan

    found = smoothed(gap)

    assert found.level[1] == -1
    assert np.isnan(found.x_m[1])
    assert np.isfinite(found.x_m[2])


def test_phones_do_not_touch_each_other():
    x_m = np.linspace(0, 30, 40)
    both = fixes_at(np.repeat(x_m, 2), np.tile((0.0, 100.0), 40))
    times_us = np.repeat(np.arange(40) * 10 * US_PER_S, 2)

    found = smooth(tables(), smoother_state(2), np.tile((0, 1), 40), times_us, both)

    alone = smoothed(fixes_at(x_m, np.zeros(40)))
    assert np.array_equal(found.x_m[0::2], alone.x_m)


def test_variance_falls_while_a_phone_stays_and_never_vanishes():
    found = smoothed(fixes_at(np.zeros(500), np.zeros(500), sd_m=0.0))

    assert (np.diff(smoothed(fixes_at(np.zeros(20), np.zeros(20))).xx_m2) < 0).all()
    assert (found.xx_m2 > 0).all()
