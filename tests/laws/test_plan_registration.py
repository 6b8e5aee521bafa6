"""Laws of registration and of inferred doors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate, translate
from shapely.geometry import Point, box

from sim.floorplan.doors import Hall, inferred_doors
from sim.floorplan.register import registration

coordinates = st.floats(0, 200)
points = st.tuples(coordinates, coordinates)


def far_apart(found: list[tuple[float, float]], least_m: float) -> bool:
    return all(math.dist(a, b) >= least_m for index, a in enumerate(found) for b in found[:index])


@settings(max_examples=60, deadline=None)
@given(st.lists(points, min_size=5, max_size=8), points, st.lists(points, max_size=4), st.randoms(use_true_random=False))
def test_a_shift_is_found_among_strangers_and_in_any_order(lifts, shift, strangers, shuffle):
    """Five or more shafts coincide only at the true shift, unless they lie on a lattice, which is left out."""
    assume(far_apart(lifts, 8.0))
    fixed = np.array(lifts)
    moving = [tuple(point) for point in fixed - np.array(shift)] + [(x + 1000.0, y) for x, y in strangers]
    shuffle.shuffle(moving)

    found = registration(fixed, np.array(moving))

    assume(found is not None and found.runner_up <= 2)
    assert found.is_sure
    assert found.matched == len(lifts)
    assert (found.dx_m, found.dy_m) == pytest.approx(shift, abs=1e-6)
    assert found.rms_m == pytest.approx(0.0, abs=1e-6)


def test_two_shafts_are_not_enough_to_move_a_level():
    fixed = np.array([(0.0, 0.0), (10.0, 0.0), (50.0, 60.0)])

    assert not registration(fixed, fixed[:2] + 30.0).is_sure


def test_a_lattice_of_shafts_that_fits_in_many_ways_is_not_sure():
    lattice = np.array([(10.0 * column, 0.0) for column in range(5)])

    assert not registration(lattice, lattice[:4] + np.array((3.0, 5.0))).is_sure


@settings(max_examples=40, deadline=None)
@given(st.floats(3, 30), st.floats(0, 360), st.integers(-500, 500), st.integers(-500, 500))
def test_a_door_lies_on_the_frontage_and_opens_on_the_hall_wherever_the_mall_lies(width_m, degrees, x_m, y_m):
    def placed(shape):
        return translate(rotate(shape, degrees, origin=(0, 0)), x_m, y_m)

    unit, hall = placed(box(0, 0, width_m, 10)), placed(box(-20, 10, 60, 18))

    doors = inferred_doors(unit, Hall(hall))

    assert len(doors) == 1
    door = Point(doors[0].x_m, doors[0].y_m)
    assert door.distance(unit.boundary) < 0.01
    assert door.distance(hall) < 0.01
    assert doors[0].width_m <= width_m + 0.25


def test_the_door_goes_where_the_hall_is_widest():
    unit = box(0, 0, 20, 10)
    hall = box(0, 10, 12, 13).union(box(12, 10, 20, 25))

    (door,) = inferred_doors(unit, Hall(hall))

    assert door.x_m > 12


def test_a_unit_that_touches_the_hall_in_a_corner_gets_no_door():
    assert inferred_doors(box(0, 0, 10, 10), Hall(box(10, 10, 30, 20))) == ()
