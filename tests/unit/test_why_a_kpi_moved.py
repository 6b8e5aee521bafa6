"""Why a KPI moved between two hand-made days: causes, their parts of the difference, and the words."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from sim.events import EventKind as K
from sim.events import Reason
from sim.experiments.additive import ADDITIVE, contributions, value_of
from sim.experiments.causes import Parties
from sim.experiments.event_words import CAUSE_WORDS, Cause
from sim.experiments.why import explain, match
from sim.experiments.why_words import amount, example_of, lines_of, rows_of, table_of
from tests.event_tables import S, log

pytestmark = pytest.mark.plain
# Visit 1 reads a message and buys at B2 instead of A1; visit 2 therefore finds a line at B2 and gives up; visit 3 leaves later, visit 4 is
# as ever, visit 5 does not come. By hand: sales 500 + 300 + 200 + 100 + 50 before, 900 + 0 + 200 + 100 after.
BEFORE = (
    (10, K.ARRIVED, 1, "door", 0),
    (11, K.ARRIVED, 2, "door", 0),
    (12, K.ARRIVED, 3, "door", 0),
    (13, K.ARRIVED, 4, "door", 0),
    (14, K.ARRIVED, 5, "door", 0),
    (20, K.STORE_ENTERED, 1, "A1", Reason.BROWSE),
    (25, K.PURCHASED, 1, "A1", 500),
    (30, K.QUEUE_JOINED, 2, "till:B2", 0),
    (31, K.PURCHASED, 2, "B2", 300),
    (40, K.PURCHASED, 3, "A1", 200),
    (41, K.PURCHASED, 4, "A1", 100),
    (42, K.PURCHASED, 5, "A1", 50),
    (60, K.LEFT, 3, "door", 0),
)
AFTER = (
    *BEFORE[:4],
    (15, K.MESSAGE_READ, 1, "push", 8 + 4),
    (21, K.STORE_ENTERED, 1, "B2", Reason.OFFER),
    (26, K.PURCHASED, 1, "B2", 900),
    (30, K.QUEUE_JOINED, 2, "till:B2", 1),
    (35, K.RENEGED, 2, "till:B2", 5 * S),
    (40, K.PURCHASED, 3, "A1", 200),
    (41, K.PURCHASED, 4, "A1", 100),
    (61, K.LEFT, 3, "door", 0),
)


def told(left, right, name="sales_fen"):
    left, right = log(*left), log(*right)
    values = [value_of(ADDITIVE[name], events) for events in (left, right)] if name in ADDITIVE else [1, 2]
    kpis = [{name: None if value is None else float(value)} for value in values]
    return explain(match(left, right), name, kpis, ("none", "push"))


def by_words(found):
    return {each["words"]: each for each in found["groups"]}


def test_each_visit_is_told_by_what_differed_first_for_it():
    found = by_words(told(BEFORE, AFTER))

    assert {words: (each["visits"], each["contribution"], each["touch"]) for words, each in found.items()} == {
        "a message or an offer reached it": (1, 400, "direct"),
        "a line was longer or a place fuller": (1, -300, "indirect"),
        "its way took longer": (1, 0, "not told"),
        "it came only on the first day": (1, -50, "direct"),
    }
    assert [each["place"] for each in found["a line was longer or a place fuller"]["places"]] == ["till of Bob's Books"]
    assert found["a message or an offer reached it"]["kinds"] == [
        {"kind": "MESSAGE_READ", "differs": "only_right", "reason": "followed", "visits": 1}
    ]


def test_visits_are_counted_and_those_that_differ_only_in_time():
    found = told(BEFORE, AFTER)

    assert (found["visits"], found["visits_differ"], found["visits_differ_in_time_only"]) == (5, 4, 1)
    assert (found["baseline_value"], found["arm_value"], found["difference"]) == (1150, 1200, 50)
    assert found["first"]["visit"] == 5  # came at 14 s, before the message at 15 s


def test_direct_and_indirect_parts_sum_to_the_difference():
    touches = {each["touch"]: each for each in told(BEFORE, AFTER)["touches"]}

    assert (touches["direct"]["contribution"], touches["indirect"]["contribution"]) == (350, -300)
    assert touches["direct"]["share"] + touches["indirect"]["share"] == 1.0


def test_the_example_follows_one_visit_from_its_first_difference_to_the_kpi():
    example = told(BEFORE, AFTER)["example"]

    assert (example["visit"], example["contribution"]) == (1, 400)
    assert [step["kind"] for step in example["steps"]] == ["MESSAGE_READ", "STORE_ENTERED", "PURCHASED"]
    assert example["steps"][1]["baseline"] == "it entered Ada's Tea to look around"
    assert example["steps"][1]["arm"] == "it entered Bob's Books sent by a message"


def test_the_words_say_the_sums_the_groups_and_the_example():
    found = told(BEFORE, AFTER)

    lines = lines_of(found)
    assert lines[0] == "Tenants' sales (sales_fen): 11.50 yuan in none, 12.00 yuan in push: +0.50 yuan."
    assert "4 of 5 parties have a day that differs, 1 of them only in when things happened." in lines
    assert "- reached by the change itself: 2 parties, +3.50 yuan, 700% of the difference." in lines
    assert ("A line was longer or a place fuller", "1", "0", "till of Bob's Books (1)", "-3.00 yuan", "-600%") in rows_of(found)
    assert example_of(found)[0] == "For instance visit 1, +4.00 yuan:"
    assert len(table_of(found)) == 5


def test_exchanging_the_days_changes_the_sign_of_every_part():
    there, back = told(BEFORE, AFTER), told(AFTER, BEFORE)

    assert sorted(each["contribution"] for each in there["groups"]) == sorted(-each["contribution"] for each in back["groups"])
    assert by_words(back)["a line was shorter or a place emptier"]["contribution"] == 300
    assert by_words(back)["a message or an offer no longer reached it"]["contribution"] == -400
    assert by_words(back)["it came only on the second day"]["contribution"] == 50


def test_a_day_held_against_itself_says_that_nothing_differs():
    found = told(BEFORE, BEFORE)

    assert (found["first"], found["groups"], found["example"], found["visits_differ"]) == (None, [], None, 0)
    assert lines_of(found)[1] == "Every one of the 13 events is the same on both days."


def test_a_kpi_that_does_not_add_up_over_visits_is_told_without_parts():
    found = told(BEFORE, AFTER, "queue_wait_s_p95")

    assert found["groups"][0]["contribution"] is None
    assert found["example"] is None
    assert "does not add up over visits" in " ".join(lines_of(found))


def test_events_that_do_not_give_the_kpi_of_the_run_are_not_shared_out():
    left, right = log(*BEFORE), log(*AFTER)

    found = explain(match(left, right), "sales_fen", ({"sales_fen": 1150}, {"sales_fen": 1201}))

    assert found["note"] == "the events of these days do not add up to their sales_fen"
    assert {each["contribution"] for each in found["groups"]} == {None}


def test_a_part_that_goes_its_own_way_counts_as_its_party():
    split = (5, K.SPLIT, 1, "node", 77)
    left = [split, (6, K.PURCHASED, 77, "A1", 100), (7, K.SPLIT, 77, "node", 88), (8, K.PURCHASED, 88, "A1", 10)]
    right = [split, (6, K.PURCHASED, 77, "A1", 150), (7, K.SPLIT, 77, "node", 88), (8, K.PURCHASED, 88, "A1", 10)]

    found = told(left, right)

    assert (found["visits"], found["visits_differ"], found["example"]["visit"]) == (1, 1, 1)
    assert Parties(log(*left), log(*right)).of(np.array([1, 77, 88, 99])).tolist() == [1, 1, 1, 99]


def test_what_happens_to_no_visit_has_a_group_of_its_own():
    left = [(1, K.ARRIVED, 1, "door", 0), (50, K.PURCHASED, -1, "A1", 30)]
    right = [(1, K.ARRIVED, 1, "door", 0), (50, K.PURCHASED, -1, "A1", 80)]

    found = told(left, right)

    assert [(each["cause"], each["visits"], each["contribution"]) for each in found["groups"]] == [("nobody", 0, 50)]
    assert (found["visits"], found["visits_differ"]) == (1, 0)
    assert "- not of any visit: +0.50 yuan, 100% of the difference." in lines_of(found)


@pytest.mark.parametrize("name", sorted(ADDITIVE))
def test_the_parts_of_groups_sum_to_the_difference_of_the_kpi_exactly(name):
    """Random days of 30 visits in 4 groups, 20 times: the sums are of whole numbers, so that equality is exact."""
    random = np.random.default_rng(3)
    kinds = [K.ARRIVED, K.LEFT, *{each.kind for each in (*ADDITIVE[name].part, *ADDITIVE[name].whole)}]
    for _ in range(20):
        days = [_random_day(random, kinds) for _ in range(2)]
        groups = [events.visit % 4 for events in days]

        parts = contributions(ADDITIVE[name], *days, *groups, 4)

        values = [value_of(ADDITIVE[name], events) for events in days]
        assert (None in values) == (parts is None)
        assert parts is None or sum(parts) == values[1] - values[0]
        back = contributions(ADDITIVE[name], *days[::-1], *groups[::-1], 4)
        assert parts is None or [-part for part in back] == parts


def _random_day(random, kinds):
    places = ("A1", "till:A1", "table:B2", "desk:B2")
    return log(
        *(
            (int(random.integers(100)), kinds[int(random.integers(len(kinds)))], int(random.integers(30)), places[int(random.integers(4))], int(random.integers(50)))
            for _ in range(60)
        )
    )  # fmt: skip


def test_a_visit_that_does_not_differ_has_no_part_in_the_difference_of_a_mean():
    """A mean moves for everybody when one more comes; the part is that one's: (9 - 3) / 3 = 2 by hand."""
    same = [(1, K.LEFT, visit, "door", 3000) for visit in (1, 2)]
    left, right = log(*same), log(*same, (2, K.LEFT, 3, "door", 9000))

    parts = contributions(ADDITIVE["walk_m_mean"], left, right, left.visit - 1, right.visit - 1, 3)

    assert parts == [0, 0, Fraction(2)]


def test_every_cause_has_words_for_more_less_and_neither():
    assert set(CAUSE_WORDS) == set(Cause)
    assert all(len({*words}) == 3 for _, *words in CAUSE_WORDS.values())


def test_amounts_are_said_in_the_units_of_planners():
    assert amount(-1766, "fen", signed=True) == "-17.66 yuan"
    assert amount(0.0123, "share", signed=True) == "+1.23 percentage points"
    assert amount(3.9654, "s", signed=True) == "+3.965 s"
    assert amount(1234, "visits") == "1,234"
    assert amount(None, "fen") == "not known"


def test_a_full_store_is_told_apart_from_a_closed_one():
    plain = (1, K.ARRIVED, 1, "door", 0)
    for value, cause in ((0, "door"), (1, "queue")):
        found = told([plain], [plain, (2, K.STORE_REFUSED, 1, "A1", value)])
        assert [each["cause"] for each in found["groups"]] == [cause]
