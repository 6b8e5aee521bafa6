"""Lists, what is learnt of them, auctions and tags: small cases reckoned by hand, and laws of their arithmetic."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.policies.feedback import Entries, belief, learn, remember, settle
from agents.policies.history import Walks, marked, pairs_seen, sold_in
from agents.policies.ordering import by_what_others_did, lists_of, pick
from agents.policies.policy import PublicMap
from agents.policies.slots import auction
from agents.policies.tags import by_class, classes_of
from sim.crowd.goods.online import online_forecast
from sim.operations.policy_records import Receipt
from sim.schema.goods import StockingConfig
from sim.sensing.observations import Observations, observed, together
from sim.units import US_PER_MIN

pytestmark = pytest.mark.plain
TRADES = ("fashion", "cafe", "fashion", "sport")
UNITS = len(TRADES)


def public_map():
    zero = np.zeros(UNITS)
    return PublicMap(
        tuple(f"u{unit}" for unit in range(UNITS)), tuple("abcd"), TRADES, np.zeros(UNITS, np.int32), 10.0 * np.arange(UNITS), zero, zero,
        ("north",), np.full(UNITS, 10_000.0), np.ones(UNITS, np.int64),
    )  # fmt: skip


class Acquaintances:
    """People whose numbers are their subjects, with shares in stores and counts as given."""

    def __init__(self, shares=None, counts=None):
        self.shares, self.counts = shares, counts

    def number_of(self, subjects):
        return np.asarray(subjects, np.int64)

    def store_affinity(self, numbers, now_us):
        even = np.full(UNITS, 1 / UNITS)
        return np.array([even if number < 0 else self.shares[number] for number in numbers])

    def counts_of(self, numbers):
        return {name: np.asarray(values)[numbers] for name, values in self.counts.items()}


def seen(*rows):
    return Observations(together([observed(*row) for row in rows]), np.zeros(UNITS, np.int64))


def whole(*values):
    return np.array(values, np.int64)


# lists


@given(st.integers(1, 6), st.floats(0, 1), st.integers(0, 2**20))
def test_the_probabilities_of_all_that_could_be_picked_add_up_to_one(stores, explore, seed):
    draws = np.random.default_rng(seed).random((2, 1))
    scores = np.random.default_rng(seed + 1).random((1, stores))
    allowed = np.ones((1, stores), bool)
    grid = (np.arange(400) + 0.5) / 400

    _, probability = pick(scores, allowed, explore, *draws)
    best = explore / stores + 1 - explore
    found, of_each = pick(np.repeat(scores, 400, 0), np.repeat(allowed, 400, 0), 1.0, np.full(400, 0.5), grid)

    assert best + (stores - 1) * explore / stores == pytest.approx(1.0)
    assert probability[0] == pytest.approx(best) or probability[0] == pytest.approx(explore / stores)
    assert np.bincount(found, minlength=stores).min() >= 400 // stores - 1
    assert of_each == pytest.approx(np.full(400, 1 / stores))


def test_nobody_is_shown_what_is_not_allowed_and_nothing_is_shown_where_nothing_is():
    allowed = np.array([[False, True, False, True], [False, False, False, False]])
    found, _ = pick(np.ones((2, 4)), allowed, 1.0, np.zeros(2), np.array([0.999, 0.5]))

    assert found.tolist() == [3, -1]


def test_a_list_has_no_store_twice_and_one_of_a_trade():
    trades = whole(0, 1, 0, 2)
    scores = np.array([[4.0, 2.0, 3.0, 1.0]])
    draws = np.full((3, 2, 1), 0.9)

    nobody = np.zeros(4, bool)
    one = lists_of(scores, np.ones((1, 4), bool), trades, draws, 0.0, 1, nobody)
    two = lists_of(scores, np.ones((1, 4), bool), trades, draws, 0.0, 2, nobody)

    assert one.units[:, 0].tolist() == [0, 1, 3]
    assert two.units[:, 0].tolist() == [0, 2, 1]
    assert (one.propensity == 1.0).all()


def test_the_last_place_goes_to_a_store_that_is_behind_and_costs_a_better_one_its_place():
    scores, draws = np.array([[4.0, 3.0, 2.0, 1.0]]), np.full((2, 2, 1), 0.9)
    everything = np.ones((1, 4), bool)

    free = lists_of(scores, everything, np.arange(4), draws, 0.0, 1, np.zeros(4, bool))
    fair = lists_of(scores, everything, np.arange(4), draws, 0.0, 1, np.array([False, False, False, True]))

    assert free.units[:, 0].tolist() == [0, 1]
    assert fair.units[:, 0].tolist() == [0, 3]


# what others did


def test_stores_seen_with_the_same_people_are_alike_and_a_newcomer_gets_its_profile():
    memory = {}
    walks = Walks(memory, UNITS)
    walks.take(whole(1, 1, 2, 2, 3), whole(0, 1, 0, 1, 2))

    likeness = walks.likeness()
    profile = np.array([[0.1, 0.1, 0.1, 0.7], [0.1, 0.1, 0.1, 0.7]])
    scores = by_what_others_did(np.array([[1.0, 0, 0, 0], [0, 0, 0, 0]]), likeness, profile, 1.0)

    assert likeness[0, 1] == pytest.approx(1.0)
    assert likeness[0, 2] == 0.0
    assert scores[0] == pytest.approx(0.5 * np.array([0, 1, 0, 0]) + 0.5 * profile[0])
    assert scores[1] == pytest.approx(profile[1])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, UNITS - 1)), max_size=30), st.integers(1, 5))
def test_how_often_stores_are_seen_together_does_not_depend_on_how_often_one_looks(pairs, parts):
    people, units = whole(*(p for p, _ in pairs)), whole(*(u for _, u in pairs))
    at_once, bit_by_bit = {}, {}
    Walks(at_once, UNITS).take(people, units)
    for some in np.array_split(np.arange(people.size), parts):
        Walks(bit_by_bit, UNITS).take(people[some], units[some])

    assert np.array_equal(at_once.get("together"), bit_by_bit.get("together"))
    assert np.array_equal(at_once["pairs"], bit_by_bit["pairs"])
    was_there = np.zeros((5, UNITS))
    was_there[people, units] = 1.0
    assert np.array_equal(at_once["together"], was_there.T @ was_there)
    assert np.array_equal(marked(at_once["pairs"], np.arange(5), UNITS), was_there)


def test_stays_and_payments_of_the_known_are_seen_and_those_in_the_hall_are_not():
    rows = seen(
        (5, "stays", "stay", 7, 2), (6, "stays", "stay", 7, -1), (7, "till:u1", "paid", 8, 500), (8, "till:u1", "sale", 0, 500)
    )
    people, units = pairs_seen(rows, Acquaintances(), public_map())

    assert people.tolist() == [7, 8]
    assert units.tolist() == [2, 1]
    assert sold_in(rows, public_map())[0].tolist() == [0, 1, 0, 0]
    assert sold_in(rows, public_map())[1].tolist() == [0, 500, 0, 0]


# what is learnt


def tools_at(now_min, receipts=()):
    return SimpleNamespace(now_us=now_min * US_PER_MIN, receipts=receipts)


def test_what_was_sent_is_settled_once_with_what_was_opened_and_who_was_seen_there():
    memory, nobody = {}, (whole(), whole())
    features = np.array([[1.0, 0.0], [1.0, 2.0]])
    remember(memory, [Entries(whole(4, 9), whole(2, 3), 1, features)])
    receipt = Receipt("recommend", "", "", "", 100, whole(4, 9))

    assert settle(memory, "recommend", seen(), tools_at(5, (receipt,)), nobody, 45) is None
    opened = seen((6 * US_PER_MIN, "messages", "opened", 0, 101))
    assert settle(memory, "recommend", opened, tools_at(10), (whole(4), whole(2)), 45) is None
    found = settle(memory, "recommend", seen(), tools_at(50), nobody, 45)

    assert found is not None
    assert found.opened.tolist() == [False, True]
    assert found.visited.tolist() == [True, False]
    assert found.position.tolist() == [1, 1]
    assert settle(memory, "recommend", seen(), tools_at(100), nobody, 45) is None


def test_what_was_refused_is_learnt_nothing_of():
    memory = {}
    remember(memory, [Entries(whole(4), whole(2), 0, np.ones((1, 2)))])

    assert settle(memory, "recommend", seen(), tools_at(500), (whole(), whole()), 1) is None


def test_a_belief_is_ridge_regression_and_narrows_with_trials():
    memory = {}
    before = belief(memory, 2).bounds(np.array([[1.0, 0.0]]), 1.0)[0]
    learn(memory, np.tile([1.0, 0.0], (99, 1)), np.arange(99) < 33, np.ones(99))
    after = belief(memory, 2)

    assert before == pytest.approx(1.0)
    assert after.mean == pytest.approx([33 / 100, 0.0])
    assert after.bounds(np.array([[1.0, 0.0]]), 1.0)[0] == pytest.approx(0.33 + 0.1)


def test_what_is_looked_at_seldom_counts_as_fewer_trials_so_that_its_place_is_not_held_against_it():
    top, bottom = {}, {}
    learn(top, np.ones((100, 1)), np.arange(100) < 40, np.ones(100))
    learn(bottom, np.ones((100, 1)), np.arange(100) < 20, np.full(100, 0.5))

    assert belief(top, 1).mean[0] == pytest.approx(40 / 101)
    assert belief(bottom, 1).mean[0] == pytest.approx(20 / 51)


# auctions


bids = st.lists(st.integers(0, 1000), min_size=1, max_size=8)


@given(bids, st.integers(1, 4), st.integers(0, 500))
def test_nobody_pays_more_than_it_bid_or_less_than_the_reserve_and_places_go_by_bid(bid, places, reserve):
    winners, prices = auction(whole(*bid), places, reserve)

    assert len(winners) <= places
    assert all(reserve <= price <= bid[unit] for unit, price in zip(winners, prices, strict=True))
    left_out = set(range(len(bid))) - set(winners.tolist())
    assert all(bid[unit] >= bid[other] for unit in winners for other in left_out)
    assert list(prices) == sorted(prices, reverse=True)


@given(bids, st.integers(0, 1000), st.integers(0, 1000))
def test_with_one_place_no_bid_is_better_than_what_it_is_worth(others, worth, other_bid):
    def gain(bid):
        winners, prices = auction(whole(bid, *others), 1, 1)
        return worth - int(prices[0]) if winners.tolist() == [0] else 0

    assert gain(worth) >= gain(other_bid)


def test_without_a_bid_above_the_reserve_nothing_is_sold():
    winners, prices = auction(whole(5, 9), 2, 10)

    assert winners.size == prices.size == 0


# tags


def test_the_finer_a_tag_the_more_classes():
    shares = np.array([[0.1, 0.2, 0.3, 0.4]])

    assert by_class(shares, classes_of("store", TRADES))[0].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert by_class(shares, classes_of("category", TRADES))[0, [0, 8, 13]] == pytest.approx([0.4, 0.4, 0.2])
    assert by_class(shares, classes_of("group", TRADES))[0, [0, 1, 3]] == pytest.approx([0.2, 0.4, 0.4])


# stock


def test_looks_online_are_right_on_average_and_less_so_the_fewer_or_the_more_biased_they_are():
    """4,000 items: the mean of all is within 4 standard errors of what is wanted (false once in 16,000 seed sets)."""
    wishes, keys = np.full(4000, 2.0), np.arange(4000)

    def errors(looks, bias):
        stocking = StockingConfig(online_looks_per_wish=looks, online_bias_sd=bias)
        return online_forecast(wishes, keys, stocking, 3, 100) - 2.0

    many, few, biased = errors(50.0, 0.0), errors(2.0, 0.0), errors(50.0, 0.6)
    assert abs(many.mean()) < 4 * many.std() / np.sqrt(4000)
    assert abs(biased.mean()) < 4 * biased.std() / np.sqrt(4000)
    assert many.std() == pytest.approx(np.sqrt(2.0 / 50.0), rel=0.1)
    assert few.std() > 4 * many.std()
    assert biased.std() > 4 * many.std()
