"""Events of two days matched by visit, kind and how-manieth, on hand-made logs."""

from __future__ import annotations

import time

import numpy as np
import pytest

from sim.errors import GalleriaError
from sim.events import EventKind as K
from sim.experiments.divergence import Nature, first_difference, first_of, firsts_of_visits, pair_events
from sim.experiments.event_words import WORDS, event_words
from sim.reporting.event_schema import EVENTS_SCHEMA
from tests.event_tables import S, log, write_log

pytestmark = pytest.mark.plain
DAY = (
    (10, K.ARRIVED, 7, "door", 0),
    (20, K.STORE_ENTERED, 7, "A1", 1),
    (30, K.QUEUE_JOINED, 7, "till:A1", 2),
    (40, K.SERVICE_STARTED, 7, "till:A1", 10 * S),
    (50, K.PURCHASED, 7, "A1", 1200),
    (60, K.LEFT, 7, "door", 0),
    (15, K.ARRIVED, 8, "door", 0),
    (70, K.LEFT, 8, "door", 0),
)


def in_order(*rows):
    return log(*sorted(rows, key=lambda row: row[0]))


def natures(left, right):
    pairs = pair_events(left, right)
    return {(int(v), K(k).name, Nature(n)) for v, k, n in zip(pairs.visit, pairs.kind, pairs.nature, strict=True) if n}


def test_a_day_does_not_differ_from_itself():
    day = in_order(*DAY)

    assert not pair_events(day, day).nature.any()
    assert first_of(day, day, pair_events(day, day)) is None


def test_every_event_of_either_log_has_exactly_one_slot():
    left, right = in_order(*DAY[:5]), in_order(*DAY[3:], (90, K.PURCHASED, 7, "B2", 5))

    pairs = pair_events(left, right)

    assert sorted(pairs.left[pairs.left >= 0]) == list(range(left.time_us.size))
    assert sorted(pairs.right[pairs.right >= 0]) == list(range(right.time_us.size))
    assert ((pairs.left >= 0) | (pairs.right >= 0)).all()


def test_an_event_at_another_time_is_the_same_event():
    later = [row if row[1] != K.LEFT or row[2] != 8 else (75, *row[1:]) for row in DAY]

    assert natures(in_order(*DAY), in_order(*later)) == {(8, "LEFT", Nature.TIME)}


def test_the_second_event_of_a_kind_is_matched_with_the_second():
    left = log((1, K.STORE_ENTERED, 7, "A1", 0), (2, K.STORE_ENTERED, 7, "B2", 0))
    right = log((1, K.STORE_ENTERED, 7, "A1", 0), (2, K.STORE_ENTERED, 7, "A1", 0), (3, K.STORE_ENTERED, 7, "B2", 0))

    assert natures(left, right) == {(7, "STORE_ENTERED", Nature.PLACE), (7, "STORE_ENTERED", Nature.ONLY_RIGHT)}


def test_places_are_compared_by_name_where_two_plans_number_them_differently():
    left = log((1, K.STORE_ENTERED, 7, "B2", 0))
    right = log((1, K.STORE_ENTERED, 7, "B2", 0), (2, K.STORE_ENTERED, 8, "A1", 0))

    assert left.place[0] != right.place[0]
    assert natures(left, right) == {(8, "STORE_ENTERED", Nature.ONLY_RIGHT)}


def test_places_without_a_name_are_compared_by_number():
    left, right = log((1, K.COUPON_USED, 7, 3, 50)), log((1, K.COUPON_USED, 7, 4, 50))

    assert natures(left, right) == {(7, "COUPON_USED", Nature.PLACE)}


def test_the_first_difference_is_the_earliest_on_either_side_in_words():
    message = (18, K.MESSAGE_READ, 7, "push", 8 * 5 + 2)
    longer = [(30, K.QUEUE_JOINED, 7, "till:A1", 3) if row[1] == K.QUEUE_JOINED else row for row in DAY]
    left, right = in_order(*DAY), in_order(*longer, message)

    found = first_of(left, right, pair_events(left, right))

    assert (found.time_us, found.visit, found.left, found.right) == (18 * S, 7, "", "it had a message by push and read it")
    assert found.as_words("none", "push") == (
        "00:00:18.000, visit 7: in none, nothing of the kind; in push, it had a message by push and read it"
    )


def test_both_sides_are_told_with_the_name_of_the_tenant():
    longer = [(30, K.QUEUE_JOINED, 7, "till:A1", 3) if row[1] == K.QUEUE_JOINED else row for row in DAY]
    later = [(41.5, K.SERVICE_STARTED, 7, "till:A1", 10 * S) if row[1] == K.SERVICE_STARTED else row for row in DAY]

    found = [
        first_of(in_order(*DAY), day, pair_events(in_order(*DAY), day)).as_words()
        for day in map(lambda d: in_order(*d), (longer, later))
    ]

    assert found[0].endswith(
        "in the first, it joined the line at till of Ada's Tea behind 2; in the second, it joined the line at till of Ada's Tea behind 3"
    )
    assert found[1].endswith("was served at till of Ada's Tea after waiting 10.0 s at 00:00:41.500")


def test_exchanging_the_days_exchanges_the_words_and_nothing_else():
    longer = [(30, K.QUEUE_JOINED, 7, "till:A1", 3) if row[1] == K.QUEUE_JOINED else row for row in DAY[:-1]]
    left, right = in_order(*DAY), in_order(*longer, (15, K.MESSAGE_READ, 8, "push", 10))

    one, two = first_of(left, right, pair_events(left, right)), first_of(right, left, pair_events(right, left))
    firsts = [
        pairs.kind[firsts_of_visits(pairs, pairs.visit)] for pairs in (pair_events(left, right), pair_events(right, left))
    ]

    assert (one.time_us, one.visit, one.left, one.right) == (two.time_us, two.visit, two.right, two.left)
    assert firsts[0].tolist() == firsts[1].tolist() == [K.QUEUE_JOINED, K.MESSAGE_READ]


def test_at_one_instant_the_event_that_the_log_has_first_is_the_first():
    left = log((1, K.ARRIVED, 7, "door", 0), (1, K.STORE_ENTERED, 7, "A1", 0))
    right = log((1, K.ARRIVED, 7, "door", 0), (1, K.MESSAGE_READ, 7, "push", 2), (1, K.STORE_ENTERED, 7, "B2", 0))

    pairs = pair_events(left, right)

    assert [K(kind) for kind in pairs.kind[firsts_of_visits(pairs, pairs.visit)]] == [K.MESSAGE_READ]


def test_every_kind_of_event_has_words_and_a_cause():
    assert set(WORDS) == set(K)
    for kind in K:
        words = event_words(log((1, kind, 7, "A1", 12)), 0)
        assert "{" not in words
        assert words.startswith("it ") or not words[0].islower()


def test_tables_on_disk_are_compared_and_folders_too(tmp_path):
    left, right = in_order(*DAY), in_order(*DAY[:-1])
    write_log(tmp_path / "one" / "events.parquet", left)
    write_log(tmp_path / "two" / "events.parquet", right)

    assert first_difference(tmp_path / "one", tmp_path / "one") is None
    found = first_difference(tmp_path / "one", tmp_path / "two" / "events.parquet")
    assert (found.visit, found.left, found.right) == (8, "it left through door", "")


def test_a_folder_without_events_and_a_table_of_another_version_are_refused(tmp_path):
    write_log(tmp_path / "good" / "events.parquet", log(*DAY[:1]))
    old = EVENTS_SCHEMA.with_metadata({"galleria_schema": "events", "galleria_schema_version": "0"})
    write_log(tmp_path / "old" / "events.parquet", log(*DAY[:1]), old)

    for folder, words in (("none", "no such file"), ("old", "events version 0")):
        with pytest.raises(GalleriaError, match=words) as caught:
            first_difference(tmp_path / "good", tmp_path / folder)
        assert "recording.events=visits" in str(caught.value)


def test_an_empty_log_differs_from_a_day_by_all_of_it(tmp_path):
    write_log(tmp_path / "empty" / "events.parquet", log())
    write_log(tmp_path / "day" / "events.parquet", in_order(*DAY))

    assert first_difference(tmp_path / "empty", tmp_path / "empty") is None
    assert first_difference(tmp_path / "empty", tmp_path / "day").left == ""


def test_the_first_difference_does_not_depend_on_the_order_in_which_visits_of_one_instant_stand():
    """Matching is within visits: 200 shuffles of 40 visits at equal times leave the natures as they are."""
    random = np.random.default_rng(5)
    left = [(t, K.STORE_ENTERED, visit, "A1", 0) for visit in range(40) for t in (1, 2, 3)]
    right = [(t + (visit == 17 and t == 2), K.STORE_ENTERED, visit, "A1", 0) for t, _, visit, _, _ in left]
    for _ in range(200):
        days = [in_order(*[day[at] for at in random.permutation(len(day))]) for day in (left, right)]
        assert natures(*days) == {(17, "STORE_ENTERED", Nature.TIME)}


def test_a_million_events_a_side_are_matched_within_seconds():
    """A loop over events would take minutes: 20 s is the bar on any machine."""
    random = np.random.default_rng(1)
    rows, visits = 1_000_000, 60_000
    kinds = np.array(list(K), np.int16)
    day = log()._replace(
        time_us=np.sort(random.integers(0, 10**11, rows)), kind=random.choice(kinds, rows), visit=random.integers(0, 2**62, visits)[random.integers(0, visits, rows)],
        people=np.ones(rows, np.int8), place=np.zeros(rows, np.int32), place_word=np.full(rows, -1, np.int32), value=np.zeros(rows, np.int64),
    )  # fmt: skip
    other = day._replace(value=(np.arange(rows) % 1000 == 3).astype(np.int64))
    started_s = time.perf_counter()

    pairs = pair_events(day, other)
    found = firsts_of_visits(pairs, pairs.visit)

    assert time.perf_counter() - started_s < 20
    assert int((pairs.nature == Nature.VALUE).sum()) == 1000
    assert found.size == np.unique(day.visit[other.value > 0]).size
