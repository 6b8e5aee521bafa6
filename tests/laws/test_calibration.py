"""Laws of calibration: what a fit must find, must not find, and must not depend on, on a toy whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.design import shares_of, truths_of
from sim.calibration.emulator import fit, terms_of
from sim.calibration.evidence import usable
from sim.calibration.fitting import Emulated, fit_to
from sim.calibration.posterior import Evidence, Likelihood, posterior_of
from sim.calibration.priors import Prior
from sim.calibration.scales import scaled, unscaled
from sim.random_streams import standard_normal, stream_key

SEED, POINTS, DAYS, SD = 5, 256, 20, 0.1
NAMES = ("meal_share", "bill_spread", "bill_after_min")  # summaries that are fitted as they are


def _noise(purpose: str, days: int) -> np.ndarray:
    key = stream_key(SEED, purpose)
    return SD * np.array([[standard_normal(key, day, summary) for summary in range(3)] for day in range(days)])


def _toy(shares: np.ndarray, purpose: str) -> np.ndarray:
    """Three summaries of three parameters: the first alone, the second alone, and both together; the third parameter does nothing."""
    truth = np.column_stack([shares[:, 0], shares[:, 1], shares[:, 0] + shares[:, 1]])
    return truth + _noise(purpose, len(shares))


def _emulated(order: tuple[int, ...] = (0, 1, 2)) -> Emulated:
    shares = shares_of(SEED, 3, POINTS)
    values = _toy(shares, "design")
    kinds = np.arange(POINTS) % 7 >= 5
    emulator = fit(NAMES, shares[:, order], kinds, values)
    return Emulated(emulator, np.tile([0.0, 1.0], (3, 1)), shares[:, order], {}, POINTS)


def _days(truth: tuple[float, float, float], purpose: str) -> list[dict[str, float | None]]:
    values = _toy(np.tile(truth, (DAYS, 1)), purpose)
    return [dict(zip(NAMES, row, strict=True)) for row in values.tolist()]


KINDS = [day % 7 >= 5 for day in range(DAYS)]


@pytest.mark.plain
def test_the_posterior_of_a_linear_model_with_normal_scatter_is_the_one_that_theory_gives() -> None:
    """With y = (a, b, a + b) + scatter the posterior's precision is X'X n / sd^2; the data here leave the ends of the prior out of reach."""
    emulated = _emulated()
    days = _days((0.4, 0.6, 0.5), "data")
    found = fit_to(emulated, days, KINDS, SEED, "toy")
    matrix = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    mean = np.array([[day[name] for name in NAMES] for day in days], float).mean(axis=0)
    expected = np.linalg.solve(matrix.T @ matrix, matrix.T @ mean)
    sd = SD / np.sqrt(DAYS) * np.sqrt(np.diag(np.linalg.inv(matrix.T @ matrix)))
    assert np.abs(found.draws[:, :2].mean(axis=0) - expected).max() < 0.5 * sd.max()
    # The emulator of 256 days adds its own error; scatter fitted from as many is known to about 5 %.
    assert np.all(found.draws[:, :2].std(axis=0) / sd > 0.9)
    assert np.all(found.draws[:, :2].std(axis=0) / sd < 1.35)
    assert found.r_hat < 1.05


@pytest.mark.plain
def test_a_parameter_that_nothing_depends_on_keeps_its_prior_and_is_not_told() -> None:
    found = fit_to(_emulated(), _days((0.3, 0.7, 0.1), "data"), KINDS, SEED, "toy")
    assert found.is_told().tolist() == [True, True, False]
    assert found.widths()[2] > 0.9
    assert abs(found.draws[:, 2].mean() - 0.5) < 0.06


@pytest.mark.plain
def test_two_parameters_of_which_only_the_sum_is_measured_are_reported_as_going_together() -> None:
    emulated = _emulated()
    only = Emulated(emulated.emulator.only(NAMES[2:]), emulated.box, emulated.points, {}, POINTS)
    draws = fit_to(only, _days((0.5, 0.5, 0.5), "data"), KINDS, SEED, "toy").draws
    assert np.corrcoef(draws[:, 0], draws[:, 1])[0, 1] < -0.8


@pytest.mark.slow
@pytest.mark.plain
def test_the_same_days_give_the_same_draws_and_the_order_of_parameters_does_not_matter() -> None:
    days = _days((0.3, 0.7, 0.1), "data")
    once, again = (fit_to(_emulated(), days, KINDS, SEED, "toy").draws for _ in range(2))
    assert once.tobytes() == again.tobytes()
    turned = fit_to(_emulated((1, 0, 2)), days, KINDS, SEED, "toy")
    assert np.abs(turned.draws[:, [1, 0, 2]].mean(axis=0) - once.mean(axis=0))[:2].max() < 0.01


@pytest.mark.slow
@pytest.mark.plain
def test_truths_drawn_from_the_prior_lie_in_their_90_percent_intervals_nine_times_in_ten() -> None:
    """Theory: 0.9 of 2 x 24 intervals; sd 0.043. Bound at 3 sd below: a false alarm in about 1,000."""
    emulated, truths = _emulated(), truths_of(SEED, 3, 24)
    hits = []
    for trial, truth in enumerate(truths):
        interval = fit_to(emulated, _days(tuple(truth), f"data {trial}"), KINDS, SEED, f"toy {trial}").interval()
        hits.append((truth >= interval[:, 0]) & (truth <= interval[:, 1]))
    assert np.mean(np.array(hits)[:, :2]) > 0.9 - 3 * 0.043


@pytest.mark.plain
def test_a_measure_that_no_setting_can_reach_is_left_out_with_the_reason() -> None:
    days = [{**day, "meal_share": 3.0} for day in _days((0.3, 0.7, 0.1), "data")]
    emulated = _emulated()
    chosen = usable(emulated.emulator, emulated.points, days, KINDS)
    assert chosen.used == NAMES[1:]
    assert "OUT OF REACH" in chosen.left_out["meal_share"]


@pytest.mark.plain
def test_data_further_off_than_chance_widen_the_intervals() -> None:
    """The second summary says 0.3 more than the first allows; the likelihood of the whole is then flatter by its misfit."""
    emulator = _emulated().emulator
    start = shares_of(SEED, 3, 1024)
    near, off = (
        posterior_of(emulator, Evidence(np.array([[0.4, 0.5, 0.9 + more]]), (DAYS,), (False,)), start, SEED, "toy")[0]
        for more in (0.0, 0.3)
    )
    assert off.draws[:, 0].std() > 1.5 * near.draws[:, 0].std()


@pytest.mark.plain
def test_more_points_of_a_design_leave_the_first_ones_as_they_are() -> None:
    assert np.array_equal(shares_of(SEED, 4, 64), shares_of(SEED, 4, 200)[:64])
    assert np.array_equal(truths_of(SEED, 4, 3), truths_of(SEED, 4, 9)[:3])
    assert not np.array_equal(shares_of(SEED, 4, 64), shares_of(SEED + 1, 4, 64))


@pytest.mark.plain
def test_a_prior_wider_than_a_factor_of_ten_is_even_in_the_logarithm() -> None:
    wide, narrow = Prior("k", 2.0, 1.0, 100.0, is_log=True), Prior("k", 2.0, 1.0, 9.0)
    assert wide.value_at(0.5) == pytest.approx(10.0)
    assert narrow.value_at(0.5) == pytest.approx(5.0)
    for prior in (wide, narrow):
        for share in (0.0, 0.25, 1.0):
            assert prior.share_of(prior.value_at(share)) == pytest.approx(share, abs=1e-5)


@pytest.mark.plain
@pytest.mark.parametrize("name", ["people_in", "waiting_mean tills", "bills cafe", "meal_share"])
def test_a_scale_is_undone_exactly(name: str) -> None:
    assert unscaled(name, scaled(name, 0.37)) == pytest.approx(0.37)


@pytest.mark.plain
def test_a_constant_term_and_each_degree_are_in_the_polynomial_once() -> None:
    terms = terms_of(shares_of(SEED, 3, 64), np.arange(64) % 2 == 0)
    assert terms.shape == (64, 1 + 1 + 3 * 3 + 3 + 3)
    assert np.linalg.matrix_rank(terms) == terms.shape[1]


@pytest.mark.plain
def test_the_error_of_an_emulator_shrinks_with_the_days_of_its_design() -> None:
    shares, kinds = shares_of(SEED, 3, 1024), np.arange(1024) % 7 >= 5
    values = _toy(shares, "design")
    small, large = (fit(NAMES, shares[:size], kinds[:size], values[:size]) for size in (64, 1024))
    assert np.all(sum(large.unsure(shares, (False,))) < sum(small.unsure(shares, (False,))) / 4)
    evidence = Evidence(np.array([[0.4, 0.6, 1.0]]), (DAYS,), (False,))
    at = np.array([[0.4, 0.6, 0.5]])
    assert Likelihood(large, evidence, at).offs(at)[0] < 1.0
