"""What tenants are worth, what the mall shows of it, and what fraud, detection and feedback make of both."""

from __future__ import annotations

import numpy as np
import pytest

from agents.reputation import Reputation
from sim.config import problems_of
from sim.decisions import Promote, ReplaceTenant, SetHours, SetPrices, Verdict, WarnTenant
from sim.lived import RATING
from sim.standing import AVERAGE_STARS, STANDING, Fate, even_standing, rank_correlation
from tests.rating_days import config_of, day_of_ratings, live_days, lived, mall_of

pytestmark = pytest.mark.plain


def ratings_of(*rows):
    found = np.zeros(len(rows), RATING)
    for index, row in enumerate(rows):
        found[index] = row
    return found


def applied(*decisions):
    return tuple(Verdict(0, "somebody", decision, "") for decision in decisions)


def test_a_tenants_quality_is_its_own_whoever_else_is_there():
    few, many = Reputation(config_of(), mall_of(20)), Reputation(config_of(), mall_of(60))

    assert np.array_equal(few.standing["quality"], many.standing["quality"][:20])
    assert Reputation(config_of(seed=2), mall_of(20)).standing["quality"][0] != few.standing["quality"][0]


def test_quality_lies_around_the_average_and_within_the_scale():
    quality = Reputation(config_of(quality_sd=2.0), mall_of(400)).standing["quality"]

    assert quality.min() == 1.0
    assert quality.max() == 5.0
    spread = Reputation(config_of(), mall_of(400)).standing["quality"]
    assert abs(spread.mean() - AVERAGE_STARS) < 5 * 0.35 / 20  # five standard errors: false alarm below 1e-6
    assert 0.29 < spread.std() < 0.41


def test_the_mean_of_two_ratings_is_shown_as_it_is():
    config = config_of(display="mean", ratings_min=2, rounding_stars=0.0, memory_days=100_000.0)
    reputation = Reputation(config, mall_of(4))

    reputation.learn(lived(0, ratings_of((1, 0, 5.0), (2, 0, 2.0), (3, 1, 4.0))))

    assert reputation.standing["shown_stars"].tolist() == pytest.approx([3.5, 0.0, 0.0, 0.0])
    assert reputation.standing["ratings"].tolist() == [2, 1, 0, 0]


def test_a_bayesian_mean_of_few_ratings_lies_near_everybodys():
    config = config_of(ratings_min=1, rounding_stars=0.0, prior_ratings=3.0, memory_days=100_000.0)
    reputation = Reputation(config, mall_of(4))

    reputation.learn(lived(0, ratings_of((1, 0, 5.0), (2, 1, 2.0), (3, 1, 2.0))))

    assert reputation.standing["shown_stars"][:2].tolist() == pytest.approx([(5 + 3 * 3) / 4, (4 + 3 * 3) / 5])


def test_stars_are_rounded_to_the_step_of_the_display():
    config = config_of(display="mean", ratings_min=1, rounding_stars=0.5)
    reputation = Reputation(config, mall_of(4))

    reputation.learn(lived(0, ratings_of((1, 0, 4.3), (2, 1, 4.2))))

    assert reputation.standing["shown_stars"][:2].tolist() == [4.5, 4.0]


def test_ratings_recover_quality_within_their_error():
    reputation = live_days(
        config_of(rounding_stars=0.0, prior_ratings=0.0, quality_sd=0.2, memory_days=100_000.0), 40, per_day=5.0
    )

    standing = reputation.standing
    error = standing["shown_stars"] - standing["quality"]
    # 200 ratings of spread 0.7 have a mean within 0.05 (one sigma); clipping at five stars takes a little off the best
    assert np.abs(error).max() < 0.05 * 4.5 + 0.12
    assert reputation.summary()["rating_rank_correlation"] > 0.85


def test_nothing_is_shown_where_the_mall_shows_nothing():
    reputation = live_days(config_of(display="none", at_start=50), 5)

    assert not reputation.standing["shown_stars"].any()
    assert reputation.standing["ratings"].all()


def test_bought_ratings_raise_stars_and_blur_the_order_and_detection_takes_that_back():
    days, fraud = 28, {"fraud__tenants_share": 0.3, "fraud__ratings_per_day": 5.0}
    honest, bought = live_days(config_of(), days), live_days(config_of(**fraud), days)
    caught = live_days(config_of(fraud__detection_share=0.9, **fraud), days)
    buys = bought._books["buys"] == 1

    shown = [each.standing["shown_stars"][buys].mean() for each in (honest, bought, caught)]
    assert 10 < buys.sum() < 26  # 60 x 0.3, within 2.3 standard deviations of the seed's own draw
    assert shown[1] > shown[0] + 0.3
    assert shown[0] - 0.1 < shown[2] < shown[1] - 0.2
    order = [each.summary()["rating_rank_correlation"] for each in (honest, bought, caught)]
    assert order[1] < order[2] < order[0] + 0.1
    assert honest.summary()["fraud_share"] == 0
    assert bought.summary()["fraud_share"] > 4 * caught.summary()["fraud_share"] > 0


def test_false_alarms_cost_honest_tenants_their_best_ratings_and_some_their_place():
    keys = {"fraud__false_alarm_share": 0.3, "fraud__expelled_after": 10}
    reputation = live_days(config_of(**keys), 28)

    told = reputation.summary()
    assert told["tenants_expelled_wrongly"] == told["tenants_expelled"] > 0
    suspected = live_days(config_of(fraud__false_alarm_share=0.3), 28).standing["shown_stars"].mean()
    assert suspected < live_days(config_of(), 28).standing["shown_stars"].mean()


def test_whoever_is_expelled_for_bought_ratings_makes_room_for_an_unrated_business():
    config = config_of(
        fraud__tenants_share=1.0, fraud__ratings_per_day=5.0, fraud__detection_share=1.0, fraud__expelled_after=5
    )
    reputation = Reputation(config, mall_of(4))
    before = reputation.standing["quality"].copy()

    reputation.learn(lived(0, ratings_of((1, 0, 4.0))))

    assert reputation.standing["fate"].tolist() == [Fate.EXPELLED] * 4
    assert not np.any(reputation.standing["quality"] == before)
    assert not reputation.standing["ratings"].any()
    assert reputation.news()[1].all()
    assert reputation.summary()["tenants_expelled_wrongly"] == 0
    assert reputation.standing["upkeep_fen"].tolist() == [7500] * 4


def test_answered_complaints_raise_quality_for_money_and_it_fades_without():
    config = config_of(
        feedback__answers_per_day=2.0, feedback__gain_stars=0.1, feedback__fade_per_day=0.5, feedback__answer_yuan=20.0
    )
    reputation = Reputation(config, mall_of(4))
    base = reputation.standing["quality"].copy()

    reputation.learn(lived(0, ratings_of((1, 0, 1.0), (2, 0, 2.0), (3, 0, 2.9), (4, 1, 3.0))))

    quality = reputation.standing["quality"]
    gained = (5 - base[0]) * (1 - np.exp(-0.2 / 4))
    assert quality[0] == pytest.approx(base[0] + gained)
    assert np.array_equal(quality[1:], base[1:])
    assert reputation.standing["upkeep_fen"].tolist() == [4000, 0, 0, 0]
    reputation.learn(lived(1, ratings_of()))
    assert reputation.standing["quality"][0] == pytest.approx(base[0] + gained / 2)
    assert reputation.standing["upkeep_fen"][0] == 0


def test_what_was_decided_holds_tomorrow_and_what_was_refused_does_not():
    reputation = Reputation(config_of(), mall_of(4))
    ids = mall_of(4).unit_ids
    refused = (Verdict(0, "somebody", SetPrices(ids[0], 9.0), "too dear"),)

    decided = applied(SetPrices(ids[1], 1.1), SetHours(ids[2], 600, 1200), Promote(ids[3], 100_000))
    reputation.learn(lived(0, ratings_of(), (*refused, *decided)))

    standing = reputation.standing
    assert standing["price_factor"].tolist() == [1.0, 1.1, 1.0, 1.0]
    assert standing["closes_min"].tolist() == [-1, -1, 1200, -1]
    assert standing["appeal_factor"].tolist() == pytest.approx([1.0, 1.0, 1.0, 1.15])
    reputation.learn(lived(1, ratings_of()))
    assert standing["appeal_factor"].tolist() == [1.0] * 4  # a day of promotion is one day
    assert standing["price_factor"][1] == 1.1


def test_a_warned_tenant_is_helped_and_a_replaced_one_begins_anew():
    reputation = Reputation(config_of(), mall_of(4))
    ids, before = mall_of(4).unit_ids, reputation.standing.copy()

    reputation.learn(lived(0, ratings_of((1, 0, 1.0)), applied(WarnTenant(ids[0], 1_000_000), ReplaceTenant(ids[1]))))

    standing = reputation.standing
    assert standing["quality"][0] > before["quality"][0]
    assert standing["help_fen"][0] == 1_000_000
    assert standing["quality"][1] != before["quality"][1]
    assert standing["fate"].tolist() == [Fate.WARNED, Fate.REPLACED, Fate.STAYS, Fate.STAYS]


def test_a_mall_that_does_nothing_stays_as_it_is():
    reputation = live_days(config_of(display="none"), 10)

    fresh = Reputation(config_of(display="none"), mall_of(60)).standing
    for name in set(STANDING.names) - {"ratings"}:
        assert np.array_equal(reputation.standing[name], fresh[name]), name
    assert even_standing(2)["appeal_factor"].tolist() == [1.0, 1.0]


def test_a_reputation_that_was_saved_goes_on_as_if_nothing_had_happened():
    config = config_of(fraud__tenants_share=0.3, fraud__detection_share=0.5, fraud__expelled_after=5)
    one, other = live_days(config, 6), Reputation(config, mall_of(60))
    other.restore(one.state())

    for day in range(6, 12):
        for each in (one, other):
            each.learn(lived(day, day_of_ratings(config, each, day, 3.0)))

    assert one.standing.tobytes() == other.standing.tobytes()
    assert one.summary() == other.summary()


def test_memory_does_not_grow_with_days():
    reputation = live_days(config_of(), 3)

    assert sum(np.asarray(value).nbytes for value in reputation.state().values()) < 60 * 250


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [([1, 2, 3], [2, 4, 9], 1.0), ([1, 2, 3], [3, 2, 1], -1.0), ([1, 1, 2, 2], [1, 2, 1, 2], 0.0), ([1, 1, 1], [1, 2, 3], None), ([1, 2], [1, 2], None)],
)  # fmt: skip
def test_rank_correlation_is_spearmans(one, other, wanted):
    found = rank_correlation(np.array(one), np.array(other))

    assert found is None if wanted is None else found == pytest.approx(wanted)


def test_settings_that_cannot_go_together_are_told():
    config = config_of(fraud__expelled_after=3)
    config.ratings.display, config.management.review_days = "none", 7

    assert {problem.place for problem in problems_of(config)} == {"ratings.fraud.expelled_after", "management.review_days"}
