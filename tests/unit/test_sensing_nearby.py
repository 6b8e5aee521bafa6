"""Friends near each other: told once per visit, on one level, whatever the order; and judged against true places."""

from __future__ import annotations

import numpy as np
import pytest

from sim.sensing.insight.nearby import NearbyFriends, NearbyJudge, near_friends
from sim.units import US_PER_MIN

pytestmark = pytest.mark.plain
USERS = np.array([5, 3, 9, 8], np.int64)


def all_friends(one, other):
    return np.ones(one.size, bool)


def even_friends(one, other):
    return (one + other) % 2 == 0


def places(*xy, level=0):
    x_m, y_m = np.array(xy, float).T
    return np.full(x_m.size, level, np.int32), x_m, y_m


CLOSE = places((0, 0), (10, 0), (0, 10), (300, 0))


def test_friends_within_the_radius_are_found_once_and_in_order():
    near = near_friends(USERS, *CLOSE, 12.0, all_friends)

    assert near.T.tolist() == [[3, 5], [5, 9]]


def test_strangers_are_not_told_of_each_other():
    assert near_friends(USERS, *CLOSE, 12.0, even_friends).T.tolist() == [[3, 5], [5, 9]]
    assert near_friends(USERS, *CLOSE, 12.0, lambda one, other: one + other == 8).T.tolist() == [[3, 5]]


def test_the_order_of_phones_changes_nothing():
    order = np.array([2, 0, 3, 1])

    shuffled = near_friends(USERS[order], *(column[order] for column in CLOSE), 12.0, all_friends)

    assert np.array_equal(shuffled, near_friends(USERS, *CLOSE, 12.0, all_friends))


def test_one_above_the_other_are_not_near():
    _, x_m, y_m = CLOSE
    assert near_friends(USERS, np.array([0, 1, 1, 0]), x_m, y_m, 12.0, all_friends).size == 0


def test_two_phones_of_one_user_are_not_friends():
    assert near_friends(np.array([4, 4]), *places((0, 0), (1, 0)), 12.0, all_friends).size == 0


def test_a_pair_is_told_once_each_and_anew_on_another_visit():
    friends = NearbyFriends(12.0, all_friends)
    both, alone = places((0, 0), (5, 0)), places((0, 0))

    first = friends.take(0, USERS[:2], *both)
    again = friends.take(10 * US_PER_MIN, USERS[:2], *both)
    for minute in range(20, 80, 10):
        friends.take(minute * US_PER_MIN, USERS[:1], *alone)
    back = friends.take(80 * US_PER_MIN, USERS[:2], *both)

    assert list(zip(first.subject.tolist(), first.value.tolist(), strict=True)) == [(3, 5), (5, 3)]
    assert set(first.kind.tolist()) == {"friend_near"}
    assert again.time_us.size == 0
    assert back.time_us.size == 2
    assert friends.summary() == {"friends_near_pairs": 2}


def test_two_who_part_and_meet_in_the_same_visit_are_told_once():
    friends = NearbyFriends(12.0, all_friends)
    for tick in range(8):
        friends.take(tick * 20 * US_PER_MIN, USERS[:2], *places((0, 0), (5 + 100 * (tick % 2), 0)))

    assert friends.pairs == 1


def test_nearness_is_judged_pair_by_pair_at_each_tick():
    judge = NearbyJudge(12.0, all_friends)
    judge.take(USERS, CLOSE, CLOSE)
    judge.take(
        USERS, CLOSE, places((0, 0), (10, 0), (500, 500), (4, 0))
    )  # (3, 5) right; (5, 9) wrong; (3, 8) and (5, 8) missed

    assert judge.curves() == {"friends_near_precision_share": 3 / 4, "friends_near_recall_share": 3 / 5}


def test_nothing_near_is_nothing_to_judge():
    judge = NearbyJudge(12.0, all_friends)
    judge.take(USERS[:0], *[tuple(column[:0] for column in CLOSE)] * 2)

    assert judge.curves() == {"friends_near_precision_share": None, "friends_near_recall_share": None}
