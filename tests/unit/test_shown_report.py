"""What is reported of stores that were shown and of tags that were told: KPIs of a hand-made log, words and pictures; what a list must be."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import log_of, made_up_plan

from sim.config import RunConfig, problems_of
from sim.crowd.tallies import empty_tallies
from sim.decisions_of_policies import Send
from sim.events import EventKind, Reason
from sim.operations.policy_records import wrong_with_list
from sim.promos import Channel, Fate
from sim.reporting.figures import Span
from sim.reporting.kpis import Books
from sim.reporting.recorder import Recorder
from sim.reporting.topics import shown, shown_pictures
from sim.sensing.clicks import Clicks
from sim.units import US_PER_HOUR

pytestmark = pytest.mark.plain
TEN = 10 * US_PER_HOUR


def books_of(rows):
    plan = made_up_plan(1, 4)
    recorder = Recorder(Path("unused"), plan, ["till:u000"], "none")
    recorder.take(log_of(rows))
    return Books(RunConfig(), plan, recorder.sums, empty_tallies(len(plan.zone_rings), 4, 1))


def of_day(rows):
    books = books_of(rows)
    sums = books.sums.topics["shown"]
    return shown.values(sums, books), shown.curves(sums, books)


def entry(number, unit, position, fate, visit):
    at = TEN + number
    return [
        (at, EventKind.PLACE_SHOWN, visit, 1, unit, 16 * number + position),
        (at, EventKind.MESSAGE_READ, visit, 1, Channel.APP, 8 * (number + 1) + fate),
    ]


def test_a_day_without_lists_says_nothing():
    kpis, curves = of_day([(TEN, EventKind.MESSAGE_READ, 1, 1, Channel.PUSH, 8 + Fate.OPENED)])

    assert curves == {}
    assert shown.words(kpis, curves) == []
    assert set(kpis.values()) == {None}


def test_entries_are_counted_by_what_became_of_them_and_other_messages_are_not():
    rows = [
        *entry(0, 1, 0, Fate.FOLLOWED, 7), *entry(1, 1, 0, Fate.OPENED, 8), *entry(2, 2, 1, Fate.UNOPENED, 7), *entry(3, 2, 1, Fate.UNOPENED, 8),
        (TEN + 9, EventKind.MESSAGE_READ, 9, 1, Channel.PUSH, 8 * 5 + Fate.OPENED), (TEN + 10, EventKind.STORE_ENTERED, 7, 1, 1, Reason.OFFER),
        (TEN + 11, EventKind.PURCHASED, 7, 1, 1, 500), (TEN + 11, EventKind.PURCHASED, 8, 1, 1, 300), (TEN + 12, EventKind.PURCHASED, 7, 1, 2, 200),
    ]  # fmt: skip
    kpis, curves = of_day(rows)

    assert kpis["places_shown"] == 4
    assert kpis["places_opened_share"] == 0.5
    assert kpis["places_followed_share"] == 0.25
    assert kpis["tenants_shown_share"] == 0.5
    assert kpis["exposure_gini"] == pytest.approx(0.5)
    assert kpis["led_sales_fen"] == 500
    assert curves["positions"] == [{"shown": 2, "opened": 2, "followed": 1}, {"shown": 2, "opened": 0, "followed": 0}]
    assert "100.0" in shown.words(kpis, curves)[0]
    assert len(shown_pictures.pictures(curves, made_up_plan(1, 4), Span(600, 1320, 600, 1320))) == 2


def test_who_paid_for_a_place_and_sold_less_by_it_is_a_loser():
    rows = [
        (TEN, EventKind.SLOT_PAID, -1, 0, 1, 400), (TEN, EventKind.SLOT_PAID, -1, 0, 2, 600), (TEN + 1, EventKind.STORE_ENTERED, 7, 1, 1, Reason.OFFER),
        (TEN + 2, EventKind.PURCHASED, 7, 1, 1, 500),
    ]  # fmt: skip
    kpis, curves = of_day(rows)

    assert kpis["slot_fees_fen"] == 1000
    assert kpis["slot_led_sales_fen"] == 500
    assert kpis["slot_losers"] == 1
    assert "paid more than they sold" in " ".join(shown.words(kpis, curves))


def test_what_tags_give_away_is_their_entropy_over_visits():
    tags = [(7, 0), (8, 1), (9, 2), (10, 3)]
    rows = [(TEN + at, EventKind.TAG_TOLD, visit, 1, unit, tag) for at, (visit, tag) in enumerate(tags) for unit in (0, 1)]
    kpis, _ = of_day([*rows, (TEN + 20, EventKind.TAGS_PAID, -1, 0, 0, 40), (TEN + 21, EventKind.TAGS_LEARNT, 7, 1, 0, 0)])

    assert kpis["tags_told_visits"] == 4
    assert kpis["tag_bits_mean"] == pytest.approx(2.0)
    assert kpis["tag_tellings_per_visit_mean"] == 2.0
    assert kpis["tags_learnt_share"] == 0.25
    assert shown.entropy_bits(np.zeros(5, np.int64)) == 0.0


def test_unevenness_reckoned_by_hand():
    assert shown.gini(np.array([1, 1, 1, 1])) == 0.0
    assert shown.gini(np.array([0, 0, 0, 5])) == pytest.approx(0.75)


def test_the_app_reports_what_is_opened_and_taken_and_not_what_is_left_unopened():
    log = log_of([
        (TEN, EventKind.MESSAGE_READ, 1, 1, Channel.PUSH, 8 * 4 + Fate.OPENED), (TEN + 1, EventKind.MESSAGE_READ, 2, 1, Channel.PUSH, 8 * 5 + Fate.UNOPENED),
        (TEN + 2, EventKind.MESSAGE_READ, 3, 1, Channel.SCREEN, Fate.FOLLOWED), (TEN + 3, EventKind.COUPON_CLAIMED, 1, 1, 0, 3),
        (TEN + 4, EventKind.COUPON_CLAIMED, 2, 1, 0, -1),
    ])  # fmt: skip
    clicks = Clicks()
    clicks.take(log, 0, 5)
    rows = clicks.read()

    assert list(zip(rows.kind.tolist(), rows.value.tolist(), strict=True)) == [("opened", 3), ("claimed", 3)]
    assert clicks.read().time_us.size == 0


@pytest.mark.parametrize(
    ("units", "position", "said"),
    [
        ([0, 1], 16, "places 0 to 15"),
        ([0, 9], 0, "a store that the plan does not have"),
        ([0], 0, "1 stores for 2 people"),
        ([0, 3], 15, ""),
    ],
)
def test_a_list_that_cannot_be_shown_is_refused_with_a_reason(units, position, said):
    assert said in wrong_with_list(Send(np.array([5, 6]), Channel.APP, units=np.array(units), position=position), 4)
    assert (said == "") == (
        wrong_with_list(Send(np.array([5, 6]), Channel.APP, units=np.array(units), position=position), 4) == ""
    )


def test_a_window_that_ends_before_it_begins_and_an_unknown_trade_are_one_message_each():
    config = RunConfig()
    config.policy.recommend.from_min, config.policy.recommend.until_min = 800, 700
    config.policy.tags_sold.trades = ["bakery"]

    assert sorted(problem.place for problem in problems_of(config)) == ["policy.recommend.until_min", "policy.tags_sold.trades"]
