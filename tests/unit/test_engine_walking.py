"""A few walkers on a small floor: speed by density, a door's slots, a closed way."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config import RunConfig
from sim.crowd.choice import choose, lognormal, weibull
from sim.crowd.movement import speed_factor
from sim.events import EventKind
from sim.verification.drawings import Drawing, box
from sim.verification.walking import Group, flow_per_s, walk

# Weidmann 1993 in Kladek's form, 1.34 (1 - exp(-1.913 (1/k - 1/5.4))): people per m2, m/s
WEIDMANN = [
    (0.25, 1.3391),
    (0.5, 1.2984),
    (1.0, 1.0581),
    (1.5, 0.8066),
    (2.0, 0.6062),
    (3.0, 0.3307),
    (4.0, 0.1563),
    (5.0, 0.0374),
    (5.4, 0.0),
]


def corridor(length_m: float = 21.0) -> Drawing:
    drawing = Drawing("corridor")
    drawing.floor("L0", box(0, 0, length_m, 2))
    drawing.spot("start", 0.5, 1.0)
    drawing.spot("end", length_m - 0.5, 1.0)
    return drawing


@pytest.mark.parametrize(("density_per_m2", "speed_mps"), WEIDMANN)
def test_speed_falls_with_density_as_weidmann_found(density_per_m2, speed_mps):
    assert 1.34 * speed_factor(density_per_m2, 1.913, 5.4) == pytest.approx(speed_mps, abs=6e-5)


def test_speed_never_rises_with_density_and_stops_at_the_jam():
    factors = [speed_factor(density, 1.913, 5.4) for density in np.linspace(0.0, 8.0, 200)]

    assert all(later <= earlier for earlier, later in zip(factors, factors[1:], strict=False))
    assert factors[0] == 1.0
    assert factors[-1] == 0.0


@pytest.mark.parametrize("speed_mps", [0.5, 1.33, 2.0])
def test_somebody_alone_walks_at_free_speed(speed_mps):
    seen = walk(corridor().compiled(), [Group(1, "start", "end", speed_mps=speed_mps)])

    assert seen.times_s(EventKind.LEFT)[0] == pytest.approx(20.0 / speed_mps, abs=1e-4)


def test_a_closed_mall_turns_everybody_away():
    def shut(controls):
        controls.mall_is_open[0] = 0

    seen = walk(corridor().compiled(), [Group(3, "start", "end", at_s=10.0)], switches=[(5.0, shut)])

    assert seen.times_s(EventKind.TURNED_AWAY).size == 3
    assert seen.times_s(EventKind.LEFT).size == 0


def test_a_narrow_exit_lets_people_out_one_headway_apart():
    drawing = corridor()
    drawing.exit("door", 20.5, 1.0, 0.5)
    seen = walk(drawing.compiled(), [Group(6, "start", "door")])
    headway_s = 1 / (0.5 * RunConfig().movement.border_flow_per_m_s)

    assert np.diff(seen.times_s(EventKind.LEFT)) == pytest.approx(headway_s, abs=1e-5)


def test_without_congestion_a_crowd_walks_like_one():
    config = RunConfig()
    config.movement.congestion = False

    seen = walk(corridor().compiled(), [Group(15, "start", "end")], config)

    assert np.ptp(seen.times_s(EventKind.LEFT)) < 1e-5


def test_a_closed_only_way_strands_whoever_needs_it():
    drawing = Drawing("closing")
    for level, height_m in (("L0", 0.0), ("L1", 5.0)):
        drawing.floor(level, box(0, 0, 30, 6), height_m=height_m)
    drawing.connector("up", "escalator", (("L0", 5.0, 3.0), ("L1", 13.7, 3.0)))
    drawing.spot("low", 2.0, 3.0, "L0")
    drawing.spot("high", 20.0, 3.0, "L1")

    def stop(controls):
        controls.connector_is_open[0] = 0

    seen = walk(drawing.compiled(), [Group(2, "low", "high", at_s=10.0)], switches=[(1.0, stop)], until_s=60.0)

    assert seen.times_s(EventKind.STRANDED).size == 2
    assert seen.times_s(EventKind.BOARDED).size == 0
    assert seen.inside == 2


def test_flow_counts_intervals_and_not_crossings():
    assert flow_per_s(np.array([10.0, 11.0, 12.0])) == 1.0


def test_the_clock_that_rings_first_is_chosen():
    """Rates exp(0), exp(1): with equal draws the likelier rings first; a small draw makes an alternative late."""
    assert choose(np.array([0.0, 1.0]), np.array([0.5, 0.5]), 2) == 1
    assert choose(np.array([0.0, 1.0]), np.array([0.99, 0.01]), 2) == 0
    assert choose(np.array([-np.inf, -3.0]), np.array([0.9, 0.1]), 2) == 1
    assert choose(np.array([0.0, 1.0]), np.array([0.5, 0.5]), 0) == -1


def test_transforms_of_draws_have_their_medians():
    assert lognormal(2.0, 0.7, 0.0) == pytest.approx(np.exp(2.0))
    assert weibull(10.0, 2.0, 0.5) == pytest.approx(10.0 * np.log(2.0) ** 0.5)
