"""The parts of memory, each by hand: recency, liked stores, who comes again, messages, other malls, value, joining."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pytest

from agents.memory.life_cycle import Again
from agents.memory.liked import remember_ratings
from agents.memory.messages import Messages
from agents.memory.recency import Recency
from agents.memory.value import life_value_yuan, lost_share, top_tenth
from agents.population import LifeCycle
from sim.config import CompetitorConfig, RecencyConfig, RunConfig, problems_of
from sim.crowd.promos.received import LETTERS
from sim.visitors import App
from tests.memory_years import FIRST, a_day, config_of, day, live, people_of

pytestmark = pytest.mark.plain


def test_who_has_just_been_rests_then_wants_to_come_and_forgets_after_long():
    recency = Recency(RecencyConfig())

    just_been, due, long_absent = recency.since_visit[0], recency.since_visit[64], recency.since_visit[-1]

    assert just_been < 0.75 * due
    assert 0 < long_absent < 0.5 * due


def test_without_rest_and_lapse_recency_moves_nobody():
    recency = Recency(RecencyConfig(rest_depth=0.0, lapse_floor=1.0))

    np.testing.assert_allclose(recency.since_visit, 1.0, atol=1e-9)
    np.testing.assert_allclose(recency.unseen, 1.0, atol=1e-9)


def test_ages_are_counted_from_the_middle_of_the_day_of_the_visit():
    recency = Recency(RecencyConfig())
    rate = np.full(3, 0.5, np.float32)

    found = recency.factor(rate, np.array([100, 103, -1], np.int32), 90, 104)

    at = recency.since_visit
    np.testing.assert_array_equal(found, [at[int(3.5 * 0.5 * 64)], at[int(0.5 * 0.5 * 64)], recency.unseen[int(14 * 0.5 * 64)]])


def test_liked_stores_are_the_newest_first_and_a_bad_visit_takes_one_off():
    liked = np.full((2, 4), -1, np.int32)

    for rows, units, stars in [
        ([0, 0, 1], [3, 5, 3], [5.0, 5.0, 4.0]),  # 4 stars are not enough
        ([0, 0, 0], [7, 8, 9], [5.0, 5.0, 5.0]),  # a fifth one drives out the oldest
        ([0], [7], [5.0]),  # liked again: once only, in front
        ([0, 0], [8, 1], [2.0, 1.0]),  # one taken off, one that was never liked
    ]:
        remember_ratings(liked, np.array(rows), np.array(units), np.array(stars), 4.5, 2.5)

    assert liked.tolist() == [[7, 9, 5, -1], [-1, -1, -1, -1]]


def test_ratings_find_their_resident_by_the_number_of_the_visit():
    people = people_of(config_of())

    people.memory.learn(a_day(FIRST, [7, -1, 3], ratings=[(2, 12, 5.0), (1, 4, 5.0), (0, 6, 1.0)]))

    assert people.memory.liked[3].tolist() == [12, -1, -1, -1]
    assert (people.memory.liked >= 0).sum() == 1


def test_who_comes_again_within_thirty_days_counts_once_the_thirty_days_are_over():
    again, last = Again(), {}
    came = {0: [1, 2, 3], 10: [1], 30: [2], 31: [3]}  # 3 is a day late; of those of day 10 nobody comes again

    shares = []
    for number in range(41):
        rows = came.get(number, [])
        again.take(number, np.array([last.get(row, -1) for row in rows], np.int64), 0)
        last.update(dict.fromkeys(rows, number))
        shares.append(again.share)

    assert shares[29] is None
    assert shares[30] == 2 / 3
    assert shares[40] == 2 / 4


def test_everybody_bears_as_many_messages_as_the_survey_says():
    people = people_of(config_of(20_000))
    messages = Messages(people.config, people.residents)

    off, stop = messages.thresholds(np.arange(people.residents.key.size))

    for per_week, wanted_off, wanted_stop in [(1.5, 0.10, 0.0), (5.5, 0.47, 0.22), (10.5, 0.80, 0.53)]:
        assert (off < per_week).mean() == pytest.approx(wanted_off, abs=0.02)
        assert (stop < per_week).mean() == pytest.approx(wanted_stop, abs=0.02)
    assert (off <= stop).all()


def test_few_messages_remind_and_too_many_drive_people_away():
    people = people_of(config_of(20_000))
    messages, rows = Messages(people.config, people.residents), people.residents.key.size
    push_on = np.ones(rows, np.int8)

    means = [messages.effect(np.full(rows, per_week, np.float16), push_on)[1].mean() for per_week in (1.0, 12.0)]

    assert means[0] > 0 > means[1]


def test_what_was_sent_on_a_visit_uses_up_what_is_borne_and_too_much_of_it_ends_the_app_too():
    people = people_of(config_of(2_000))
    messages, size = Messages(people.config, people.residents), people.residents.key.size
    rows = np.arange(size)
    off, stop = messages.thresholds(rows)
    received, app, push_on = np.zeros(size, np.float16), np.full(size, App.PUSH, np.int8), np.ones(size, np.int8)

    before = messages.bears(rows, received)
    messages.take(rows, np.full(size, 4), received)
    after = messages.bears(rows, received)
    reacted = messages.turn_off(rows[after < 0], received, app, push_on)

    assert before == pytest.approx(off, abs=1e-5)
    assert after == pytest.approx(off - 4, abs=1e-5)
    assert np.array_equal(np.sort(np.concatenate(reacted)), rows[off < 4])
    assert np.array_equal(reacted.stopped, rows[stop < 4])
    assert (push_on[off < 4] == 0).all()
    assert (push_on[off > 4] == 1).all()
    assert set(app[reacted.opted_out]) == {App.ACTIVE}
    assert set(app[reacted.stopped]) <= {App.CHURNED, App.REMOVED}


def test_messages_of_a_visit_find_their_resident_and_strangers_have_none():
    people = people_of(config_of())
    memory = people.memory
    day = a_day(FIRST, [7, -1, 3])
    letters = np.zeros(3, LETTERS)
    letters["number"], letters["received"], letters["has_turned_off"] = [1000, 1001, 1002], [2, 9, 1], [0, 1, 1]
    memory.push_on[:] = 1

    memory.learn(dataclasses.replace(day, letters=letters))

    assert memory.push_on[3] == 0
    assert memory.received[7] > memory.received[3] > 0 == memory.received[8]


def test_who_stops_using_the_app_receives_nothing_any_more():
    config = config_of(messages_per_week=25.0)
    config.digital.member_share = config.digital.app_share = config.digital.app_active_share = config.digital.push_share = 1.0
    people = people_of(config)
    start = int(people.memory.push_on.sum())
    assert start == int((people.memory.is_member == 1).sum())

    summaries = live(people, 100)

    assert summaries[-1]["push_on"] < 0.05 * start
    assert summaries[-1]["messages_sent"] < 0.05 * summaries[0]["messages_sent"]
    assert set(np.unique(people.memory.app[people.memory.is_member == 1])) >= {App.CHURNED, App.REMOVED}
    assert (people.memory.push_on <= (people.memory.app == App.PUSH)).all()


def test_a_competitor_takes_more_visits_from_those_who_live_nearer_to_it_and_none_before_it_opens():
    people = people_of(config_of(20_000, competitors=[CompetitorConfig(distance_km=4.0, opens="2026-11-24")]))
    ((_, pull),) = people.memory._rivals._malls

    before, after = people.memory.visit_factor(day(2)), people.memory.visit_factor(day(3))
    loss = after / before

    np.testing.assert_array_equal(before, people_of(config_of(20_000)).memory.visit_factor(day(2)))
    order = np.argsort(pull)
    assert loss[order[-1000:]].mean() < 0.5
    assert loss[order[:1000]].mean() > 0.9
    assert people.memory.summary(day(3))["own_share_of_trips"] < 1


def test_points_and_membership_hold_people_when_a_competitor_opens():
    competitors = [CompetitorConfig(distance_km=4.0, opens="2026-11-24")]
    people = people_of(config_of(20_000, competitors=competitors, points_effect=0.0))
    half = np.arange(people.residents.key.size) % 2 == 0
    people.memory.points_centi[half] = 100_00
    people.memory.is_member[:] = half

    loss = people.memory.visit_factor(day(3)) / people.memory.visit_factor(day(2))

    assert loss[half].mean() > loss[~half].mean() + 0.02


def test_a_competitor_that_was_there_before_is_in_the_rates_already():
    people = people_of(config_of(competitors=[CompetitorConfig(distance_km=1.0, attraction=5.0)]))
    alone = people_of(config_of())

    np.testing.assert_array_equal(people.memory.visit_factor(day(40)), alone.memory.visit_factor(day(40)))


def test_online_shops_draw_off_what_the_drift_says():
    config = config_of()
    config.membership.rivalry = dataclasses.replace(config.membership.rivalry, online_share=0.2, online_drift_per_year=0.08)

    ratio = people_of(config).memory.visit_factor(day(365)) / people_of(config_of()).memory.visit_factor(day(365))

    assert ratio.mean() == pytest.approx(0.72 / 0.80, abs=1e-3)


def test_free_wifi_brings_those_with_wifi_on_and_the_mean_is_what_the_pilot_said():
    config = config_of(20_000)
    config.population.free_wifi_factor = 1.1

    factor = people_of(config).memory.visit_factor(day(0)) * 1.1

    assert sorted({round(value, 9) for value in factor}) == [1.0, round(1 + 0.1 / config.digital.wifi_on_share, 9)]
    assert factor.mean() == pytest.approx(1.1, abs=0.002)


def test_satisfaction_above_what_was_expected_brings_people_back_and_below_keeps_them_away():
    good, usual, bad = (people_of(config_of(norm_days=0)) for _ in range(3))

    for people, satisfaction in ((good, 1.0), (usual, 0.69), (bad, 0.2)):
        people.memory.learn(a_day(day(0), [4], satisfaction))

    factors = [people.memory.visit_factor(day(3))[4] for people in (bad, usual, good)]
    assert factors == sorted(factors)
    assert factors[0] < factors[1] < factors[2]


def test_the_best_tenth_and_the_value_of_a_life_by_hand():
    spent = np.array([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 550], np.int32)

    rows, share = top_tenth(spent)

    assert (rows.tolist(), share) == ([10], 0.55)
    assert lost_share(np.array([LifeCycle.LOST, LifeCycle.LOYAL]), np.array([0, 1])) == 0.5
    # 100 yuan a year x 0.1 margin; half stay each year, 10 % discount: 10 x 0.5 / (1.1 - 0.5)
    assert life_value_yuan(np.full(3, 10_000), 0.5, 365, 0.1, 0.1) == pytest.approx(10 * 0.5 / 0.6, rel=2e-3)
    assert top_tenth(np.zeros(3, np.int32))[1] is None


def test_visitors_join_by_the_shares_of_the_portal_where_there_is_one():
    config = config_of(20_000)
    config.sensing.identity.portal_share, config.sensing.identity.join_share = 0.5, 0.5
    by_law = people_of(config)
    rows = np.flatnonzero(by_law.residents.is_member == 0)[:4000]
    lived = a_day(day(0), rows)

    by_law.memory.learn(lived)
    assert by_law.memory.is_member[rows].sum() == 0  # learning makes nobody a member
    by_law.memory.join_by_law(lived)
    config.sensing.identity.portal = False
    without = people_of(config)
    without.memory.learn(lived)
    without.memory.join_by_law(lived)

    assert by_law.memory.is_member[rows].mean() == pytest.approx(0.25, abs=0.03)
    assert without.memory.is_member[rows].sum() == 0


def test_who_is_enrolled_twice_is_counted_once():
    people = people_of(config_of())
    rows = np.flatnonzero(people.residents.is_member == 0)

    people.memory.learn(a_day(day(0), rows[:5]))
    people.memory.enrol(rows[:3])
    people.memory.enrol(rows[:2])

    assert people.memory.is_member[rows].sum() == people.memory.tally.joined == 3


def test_a_competitor_that_opens_on_the_first_day_takes_visits_from_then_on():
    first = people_of(config_of(20_000, competitors=[CompetitorConfig(distance_km=4.0, opens=FIRST.isoformat())]))
    later = people_of(config_of(20_000, competitors=[CompetitorConfig(distance_km=4.0, opens=day(1).isoformat())]))

    assert first.memory.visit_factor(day(0)).mean() < 0.95
    np.testing.assert_array_equal(first.memory.visit_factor(day(1)), later.memory.visit_factor(day(1)))


def test_a_competitor_cannot_open_before_the_run_begins():
    config = RunConfig()
    config.membership.competitors = [CompetitorConfig(opens="2026-11-20"), CompetitorConfig(opens=config.date)]

    assert [each.place for each in problems_of(config)] == ["membership.competitors[0].opens"]


def test_the_value_of_a_life_is_unknown_in_a_short_run():
    assert life_value_yuan(np.full(3, 10_000), 0.1, 179, 0.1, 0.1) is None
    assert life_value_yuan(np.full(3, 10_000), 0.1, 180, 0.1, 0.1) is not None


def test_what_cannot_be_is_said_all_at_once():
    config = RunConfig()
    config.membership.reminders.opt_out_shares = [0.1, 0.1, 0.1, 0.1]
    config.membership.competitors = [CompetitorConfig(distance_km=0.0, opens="soon")]
    config.membership.disliked_stars = 5.0

    places = {problem.place for problem in problems_of(config)}

    assert places >= {
        "membership.reminders.opt_out_shares",
        "membership.competitors[0].distance_km",
        "membership.competitors[0].opens",
        "membership.disliked_stars",
    }


def test_the_run_begins_on_the_first_day_whatever_its_date():
    config = dataclasses.replace(config_of(), date="2027-02-01")

    assert (people_of(config).memory.visit_factor(datetime.date(2027, 2, 1)) == 1.0).all()
