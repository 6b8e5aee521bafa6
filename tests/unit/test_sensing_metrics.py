"""Figures of merit of positions, and the law of a Gaussian error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from sim.random_streams import stream_key
from sim.sensing.positioning.error_law import draw_errors
from sim.sensing.positioning.metrics import FLOOR_PENALTY_M, summary
from sim.verification.error_model import EVAAL_M, EVAAL_SIGMA_M

RAMP = np.arange(1.0, 101.0)
GROUND = np.zeros(100, np.int32)


def drawn(fixes, floor_share, level, levels, seed=1):
    x_m, y_m, found = np.zeros(fixes), np.zeros(fixes), np.zeros(fixes, np.int32)
    numbers = np.arange(fixes)
    draw_errors(
        stream_key(seed, "test"),
        numbers,
        numbers * 0,
        5.0,
        floor_share,
        np.full(fixes, level, np.int32),
        levels,
        x_m,
        y_m,
        found,
    )
    return x_m, y_m, found


@pytest.mark.plain
def test_percentiles_interpolate_linearly():
    found = summary(RAMP, np.zeros(100), GROUND, GROUND)

    assert (found.p25_m, found.median_m, found.p75_m) == (25.75, 50.5, 75.25)
    assert found.p95_m == found.ce95_m == pytest.approx(95.05)
    assert found.rms_m == pytest.approx(math.sqrt(3383.5))
    assert found.mean_m == found.bias_m == 50.5


@pytest.mark.plain
def test_errors_in_all_directions_have_no_bias():
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)

    found = summary(3 * np.cos(angle), 3 * np.sin(angle), GROUND, GROUND)

    assert found.bias_m == pytest.approx(0, abs=1e-12)
    assert found.rms_m == pytest.approx(3)


@pytest.mark.plain
def test_a_fix_without_a_place_counts_in_the_rates_but_not_in_the_distances():
    error_m, level = np.array([1.0, 1.0, np.nan, 1.0]), np.array([0, 1, -1, 0], np.int32)
    zone, true_zone = np.array([4, 4, -1, -1]), np.array([4, 4, 4, -1])

    found = summary(error_m, np.zeros(4), level, np.zeros(4, np.int32), zone, true_zone)

    assert found.coverage_share == 0.75
    assert found.mean_m == 1.0
    assert found.floor_share == 0.5
    assert found.zone_share == 0.5, "a zone that is unknown on both sides is no hit"


@pytest.mark.plain
def test_no_fix_at_all_gives_no_distance():
    found = summary(np.full(3, np.nan), np.full(3, np.nan), np.full(3, -1, np.int32), np.zeros(3, np.int32))

    assert found.coverage_share == found.floor_share == 0.0
    assert math.isnan(found.p75_m)
    assert math.isnan(found.evaal_m)


@pytest.mark.plain
def test_a_quarter_of_wrong_floors_is_where_the_score_jumps():
    error_m = np.full(1000, 2.0)
    scores = []
    for wrong in (249, 251):
        level = np.where(np.arange(1000) < wrong, 1, 0).astype(np.int32)
        scores.append(summary(error_m, np.zeros(1000), level, np.zeros(1000, np.int32)).evaal_m)

    assert scores == [2.0, 2.0 + FLOOR_PENALTY_M]


@pytest.mark.plain
@pytest.mark.parametrize("wrong", EVAAL_M)
def test_the_table_of_scores_is_the_third_quartile_of_the_mixture(wrong):
    def below(score_m):
        here, beyond = (
            1 - math.exp(-(max(part, 0.0) ** 2) / (2 * EVAAL_SIGMA_M**2)) for part in (score_m, score_m - FLOOR_PENALTY_M)
        )
        return (1 - wrong) * here + wrong * beyond - 0.75

    assert brentq(below, 0, 100) == pytest.approx(EVAAL_M[wrong], abs=1e-4)


@pytest.mark.compiled
def test_the_error_law_keeps_its_mean_and_its_share_of_floors():
    """20,000 fixes; 5 standard errors, false once in 1.7 million; the seed is fixed."""
    x_m, y_m, level = drawn(20_000, 0.9, 1, 3)

    error_m = np.hypot(x_m, y_m)
    assert abs(error_m.mean() - 5.0) < 5 * error_m.std() / math.sqrt(20_000)
    assert abs((level == 1).mean() - 0.9) < 5 * math.sqrt(0.09 / 20_000)
    assert abs((level[level != 1] == 0).mean() - 0.5) < 5 * math.sqrt(0.25 / 2000) * 1.1


@pytest.mark.compiled
@pytest.mark.parametrize(("level", "levels", "other"), [(0, 3, 1), (2, 3, 1), (0, 1, 0)])
def test_a_wrong_level_is_a_level_of_the_mall(level, levels, other):
    _, _, found = drawn(500, 0.0, level, levels)

    assert (found == other).all()


@pytest.mark.compiled
def test_an_error_is_of_its_phone_and_scan_alone():
    alone, together = drawn(10, 0.9, 1, 3), drawn(200, 0.9, 1, 3)

    for one, many in zip(alone, together, strict=True):
        assert (one == many[:10]).all()
