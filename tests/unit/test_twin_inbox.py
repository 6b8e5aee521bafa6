"""What a live feed says is held for its quarter of an hour; its clock follows what came, and no single record can put it wrong."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import GalleriaError
from sim.feeds.intake import SetAside, Why
from sim.feeds.records import CADENCE_US, Record, Rule
from sim.twin.following import QUARTER_US, follow
from sim.twin.inbox import FullError, Inbox, OverError
from sim.twin.sources import Past, catch_up, checked_file, listen, play
from sim.units import US_PER_HOUR, US_PER_MIN

pytestmark = pytest.mark.plain

RULES = {(f"level:{name}", "people"): Rule(0, 500, CADENCE_US, False) for name in ("L1", "L2")}
NOON_US = 12 * US_PER_HOUR


def told(minutes: float, value: int = 7, level: str = "L1") -> Record:
    return Record(NOON_US + round(minutes * US_PER_MIN), f"level:{level}", "people", 0, value)


def pairs(*records: Record, late_min: float = 0):
    return [(record.time_us + round(late_min * US_PER_MIN), record) for record in records]


def inbox_with(*records: Record, **how) -> Inbox:
    inbox = Inbox(RULES, NOON_US, **how)
    inbox.hand_in(pairs(*records), is_patient=False)
    return inbox


class Steps:
    """A twin that only notes what it is given."""

    opens_us, closes_us = NOON_US, NOON_US + 2 * US_PER_HOUR

    def __init__(self):
        self.given = []

    def step(self, until_us, records):
        self.given.append((until_us, list(records)))
        return until_us


def test_a_quarter_of_an_hour_holds_what_came_until_its_end_in_order_of_time():
    inbox = inbox_with(told(10), told(5), told(15), told(16))

    assert inbox.quarter(NOON_US + QUARTER_US) == [told(5), told(10), told(15)]
    inbox.end()
    assert inbox.quarter(NOON_US + 2 * QUARTER_US) is None


def test_a_late_record_is_used_in_the_next_quarter_of_an_hour_unless_one_waits_for_it():
    late = (NOON_US + 18 * US_PER_MIN, told(12, level="L2"))

    def first_quarter(wait_us):
        inbox = Inbox(RULES, NOON_US, wait_us=wait_us)
        inbox.hand_in([*pairs(told(14), told(16)), late, *pairs(told(30))], is_patient=False)
        return inbox.quarter(NOON_US + QUARTER_US), inbox

    at_once, inbox = first_quarter(0)
    inbox.end()
    waited, _ = first_quarter(5 * US_PER_MIN)

    assert at_once == [told(14)]
    assert inbox.quarter(NOON_US + 2 * QUARTER_US) == [told(12, level="L2"), told(16), told(30)]
    assert waited == [told(12, level="L2"), told(14)]


def test_what_the_feed_says_at_its_very_end_belongs_to_the_quarter_that_ends_then():
    inbox = inbox_with(told(5), told(15))
    inbox.end()

    assert inbox.quarter(NOON_US + QUARTER_US) == [told(5), told(15)]


def test_one_record_from_far_ahead_does_not_make_the_honest_ones_late():
    inbox = inbox_with(told(1), told(9 * 60), told(2), told(3))

    assert inbox.now_us == NOON_US + 3 * US_PER_MIN
    assert inbox.report()["used"] == 3
    assert inbox.report()["reasons"] == {Why.FUTURE.value: 1}


def test_a_pause_of_the_feed_is_believed_once_two_sensors_have_said_so_and_no_record_is_lost():
    inbox = inbox_with(told(1), told(90), told(90, level="L2"), told(95))

    assert inbox.now_us == NOON_US + 95 * US_PER_MIN
    assert inbox.report()["used"] == 4
    assert inbox.report()["refused"] == 0


def test_the_same_record_twice_is_no_second_witness_of_the_time():
    inbox = inbox_with(told(1), told(90), told(90))

    assert inbox.now_us == NOON_US + US_PER_MIN


@given(st.lists(st.tuples(st.integers(0, 119), st.integers(-3, 600), st.sampled_from(["L1", "L2", "L9"])), max_size=60))
def test_every_record_is_used_or_set_aside_and_none_is_used_twice(rows):
    inbox = Inbox(RULES, NOON_US)
    records = [told(minute, value, level) for minute, value, level in rows]
    inbox.hand_in(pairs(*records), is_patient=False)
    inbox.end()
    report, given_out = inbox.report(), []
    for quarter in range(1, 9):
        given_out += inbox.quarter(NOON_US + quarter * QUARTER_US) or []

    assert report["used"] + report["refused"] == len(rows)
    assert len(inbox.aside()) == report["refused"]
    assert len({record[:4] for record in given_out}) == len(given_out) <= report["used"]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_what_a_twin_is_given_does_not_depend_on_how_the_feed_is_cut_into_pieces(sizes):
    feed = [*pairs(*(told(minute, minute % 40) for minute in range(0, 115, 5))), *pairs(told(7, 1, "L2"), late_min=110)]

    def steps(cut):
        inbox, twin = Inbox(RULES, NOON_US), Steps()

        def bring():
            rest = list(feed)
            for size in cut:
                inbox.hand_in(rest[:size])
                rest = rest[size:]
            inbox.hand_in(rest)
            inbox.end()

        thread = threading.Thread(target=bring)
        thread.start()
        list(follow(twin, inbox, twin.closes_us))
        thread.join()
        return twin.given, inbox.report()

    assert steps(sizes) == steps([])


def test_what_is_counted_at_a_quarter_of_an_hour_does_not_run_ahead_of_the_twin():
    inbox, twin = Inbox(RULES, NOON_US), Steps()
    play(pairs(*(told(minute) for minute in range(0, 120, 5))), inbox)

    used = [(until_us - NOON_US, inbox.report()["used"]) for until_us in follow(twin, inbox, NOON_US + US_PER_HOUR)]
    inbox.end()

    assert used == [(quarter * QUARTER_US, 3 * quarter + 2) for quarter in (1, 2, 3, 4)]


def test_after_the_end_nothing_is_taken():
    inbox = inbox_with(told(1))
    inbox.end()

    with pytest.raises(OverError):
        inbox.hand_in(pairs(told(2)))
    assert inbox.report()["used"] == 1


def test_lines_that_are_no_records_are_set_aside_and_the_rest_is_used():
    inbox, twin = Inbox(RULES, NOON_US), Steps()
    texts = [
        '{"time":"12:05:00","sensor":"level:L1","kind":"people","value":4}',
        "{",
        "[1]",
        '{"sensor":"level:L1"}',
        "\x00" * 9000,
    ]
    texts += ['{"time":"12:16:00","sensor":"level:L1","kind":"people","value":4}']
    listen(texts, inbox, "2026-11-21")

    list(follow(twin, inbox, twin.closes_us))

    assert [len(records) for _, records in twin.given] == [1]
    assert inbox.report()["reasons"] == {Why.MALFORMED.value: 4, Why.MISSING.value: 1}


def test_trouble_on_the_way_reaches_whoever_waits_for_records():
    def broken():
        yield (NOON_US, told(0))
        raise OSError("the disk is gone")

    inbox = Inbox(RULES, NOON_US)
    play(broken(), inbox)

    with pytest.raises(OSError, match="the disk is gone"):
        list(follow(Steps(), inbox, NOON_US + US_PER_HOUR))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("day.csv", "time,sensor,kind,count\n12:00:00,level:L1,people,3\n", "column value"),
        ("day.jsonl", '{"time":"12:00:00","sensor":"level:L1","kind":"people","count":3}\n', "unknown column 'count'"),
        ("day.jsonl", "", "an empty file"),
        ("day.txt", "12:00 3", "must be .parquet, .csv or .jsonl"),
    ],
)
def test_a_file_that_is_no_feed_is_refused_with_one_message_before_any_mall_is_made(tmp_path, name, text, said):
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(GalleriaError, match=said) as refused:
        checked_file(path, "2026-11-21")

    assert name in str(refused.value)


def test_one_record_among_bad_lines_is_enough_to_be_a_feed(tmp_path):
    path = tmp_path / "day.jsonl"
    path.write_text('nonsense\n{"time":"12:00:00","sensor":"level:L1","kind":"people","value":3}\n')

    found = list(checked_file(path, "2026-11-21"))

    assert [type(record) for _, record in found] == [SetAside, Record]


def test_with_a_clock_on_the_wall_a_silent_quarter_of_an_hour_ends_too():
    times = iter([NOON_US, NOON_US + US_PER_MIN, NOON_US + QUARTER_US + 1, NOON_US + QUARTER_US + 2])
    inbox = Inbox(RULES, NOON_US, wall=lambda: next(times))
    inbox.hand_in([(NOON_US, told(0))], is_patient=False)

    assert inbox.quarter(NOON_US + QUARTER_US) == [told(0)]


def past(*records: Record, path="morning.jsonl", told=None) -> Past:
    return Past(Path(path), pairs(*records), (lambda used: None) if told is None else told.append)


def test_until_the_past_is_played_its_clock_rules_and_live_records_are_told_to_come_again():
    inbox = Inbox(RULES, NOON_US, wall=lambda: NOON_US + 50 * US_PER_MIN, has_past=True)
    with pytest.raises(FullError):
        inbox.hand_in(pairs(told(51)), is_patient=False)

    said: list[int] = []
    catch_up(past(told(5), told(10), told(20), told=said), inbox)

    assert inbox.quarter(NOON_US + QUARTER_US) == [told(5), told(10)]  # not late, though the clock on the wall is far ahead
    assert inbox.quarter(NOON_US + 2 * QUARTER_US) == [told(20)]
    assert inbox.quarter(NOON_US + 3 * QUARTER_US) == []  # nobody measured it; the clock on the wall ends it
    assert inbox.hand_in(pairs(told(51)), is_patient=False).used == 1
    assert said == [3]


def test_a_past_of_which_nothing_can_be_used_is_a_mistake_and_one_without_a_record_is_none():
    inbox = Inbox(RULES, NOON_US, has_past=True)
    catch_up(past(told(5, level="L7")), inbox)
    with pytest.raises(GalleriaError, match=r"(?s)morning.jsonl.*past: must hold records of the scenario.*1 unknown sensor"):
        inbox.quarter(NOON_US + QUARTER_US)
    empty = Inbox(RULES, NOON_US, wall=lambda: NOON_US + 16 * US_PER_MIN, has_past=True)
    catch_up(past(), empty)
    assert empty.quarter(NOON_US + QUARTER_US) == []


def test_a_past_that_ends_later_than_it_is_now_is_a_mistake():
    inbox = Inbox(RULES, NOON_US, wall=lambda: NOON_US, has_past=True)
    catch_up(past(told(10), told(20), told(35)), inbox)

    inbox.quarter(NOON_US + QUARTER_US)
    with pytest.raises(GalleriaError, match=r"must end before now, and it is 12:00 .found a record that came at 12:35"):
        inbox.quarter(NOON_US + 3 * QUARTER_US)
