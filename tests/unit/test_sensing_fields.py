"""Fields of strength from place to place: what all access points share, compiled and as plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from sim.random_streams import draw_words, stream_key
from sim.sensing.radio.radio_fields import ALL_POINTS, Field, fill_nodes

KEY = stream_key(3, "test of fields")
POINTS = np.array([5, 77, 2**62 + 3], np.int64)


def nodes_of(shared_share: float) -> np.ndarray:
    nodes = np.zeros((POINTS.size, 4, 5), np.float32)
    fill_nodes(Field(KEY, 4.0, 6.0, shared_share), POINTS, 2, 1.0, nodes)
    return nodes


def test_access_points_have_one_field_where_they_share_all_of_it_and_their_own_where_none():
    shared, own = nodes_of(1.0), nodes_of(0.0)

    assert (shared == shared[0]).all()
    assert np.ptp(shared[0]) > 0.5
    assert (own[0] != own[1]).all()


def test_the_shared_field_is_the_mixture_that_the_shares_say():
    half = nodes_of(0.5)

    assert half == pytest.approx(np.sqrt(0.5) * (nodes_of(0.0) + nodes_of(1.0)), abs=1e-5)


def test_the_address_of_the_shared_field_is_that_of_minus_one():
    assert np.array([-1]).astype(np.uint64)[0] == ALL_POINTS
    assert int(draw_words(KEY, np.array([ALL_POINTS]), 2)[0]) == int(draw_words(KEY, np.array([-1]), 2)[0])
