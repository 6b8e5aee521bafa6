"""What the policies of coupons, pushes and seats decide, traced by hand on a made-up mall; and when they decide nothing."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from agents.policies.giving import Gives
from agents.policies.harm import worse_off
from agents.policies.visited import best_pair, common_customers
from sim.config import PolicyConfig, RunConfig, problems_of
from sim.decisions_of_policies import EndOffer, Mark, Offer, PutTrigger, Send, SetBudget, SetSeatPrice, ShowWait
from sim.forecasting.bills import SeasonalNaive, supposed_shape
from sim.promos import Channel, Hook, Says
from sim.units import US_PER_HOUR, US_PER_MIN
from tests.policy_reviews import (
    CINEMA,
    IDS,
    POLICIES,
    PRICE_FEN,
    Known,
    a_day,
    ask_all,
    fans,
    of,
    policy,
    present,
    public,
    seen,
    tools,
    with_people,
)

pytestmark = pytest.mark.plain
ACTING = [name for name in POLICIES if name != "do_no_harm"]
EAGER = {
    "joint_promotion": {"merchant_a": "u0", "merchant_b": "u2"},
    "queue_replan": {"long_s": 0.0, "short_s": 1e5},
    "second_visit": {"lift_least": 0.5},
}
CROWD = [unit % 8 for unit in range(40)]


def everything(name: str, **settings):
    return a_day(policy(name, **(EAGER.get(name, {}) | settings)), fans(40), present(CROWD))


@pytest.mark.parametrize("name", ACTING)
def test_a_policy_with_means_and_people_does_something(name):
    assert everything(name)


@pytest.mark.parametrize("name", ACTING)
@pytest.mark.parametrize("null", ["budget", "audience", "value", "past window", "no message"])
def test_without_budget_audience_value_or_time_it_decides_nothing_at_all(name, null):
    config = getattr(PolicyConfig(), name)
    worth = {"flash_sale": "most_off_share"}.get(name, "off_share")
    nulls = {"budget": {"budget_yuan": 0.0}, "audience": {"audience_share": 0.0}, "value": {worth: 0.0}, "past window": {"ends": "09:00"}, "no message": {"per_person": 0}}  # fmt: skip
    if not all(hasattr(config, key) for key in nulls[null]):
        pytest.skip("it has no such means")

    assert everything(name, **nulls[null]) == []


@pytest.mark.parametrize(
    "name",
    [name for name in ACTING if name not in ("flash_sale", "payment_page", "queue_replan", "joint_promotion", "film_chain")],
)
def test_with_nobody_to_reach_it_sends_nothing(name):
    decisions = a_day(policy(name, **EAGER.get(name, {})), fans(1), present([]))

    assert not of(decisions, Send)


@pytest.mark.parametrize("name", ACTING)
def test_nobody_gets_more_messages_than_the_cap_nor_any_who_are_held_out(name):
    tastes = fans(40).store_affinity(np.arange(40), 0)
    decisions = a_day(policy(name, **EAGER.get(name, {}), per_person=1), Known(tastes, held_out=(3, 4)), present(CROWD))

    told = np.concatenate([np.zeros(0, np.int64), *(send.people for send in of(decisions, Send))])
    most = 2 if name == "pooled_demand" else 1  # whoever is on a list is written to once more when it is full
    assert not told.size or np.bincount(told).max() <= most
    assert not np.isin(told, [3, 4]).any()


@pytest.mark.parametrize("name", ACTING)
def test_half_an_audience_is_a_part_of_the_whole_one(name):
    """A draw belongs to a person, so that who is addressed with a share of a half is addressed with all too."""
    half, whole = (
        {person for send in of(everything(name, audience_share=share), Send) for person in send.people.tolist()}
        for share in (0.5, 1.0)
    )

    assert half <= whole
    assert not whole or len(half) < len(whole)


@pytest.mark.parametrize("name", POLICIES)
def test_every_setting_is_read(name, monkeypatch):
    kind, read = type(getattr(PolicyConfig(), name)), set()

    def noted(self, key):
        if Path(sys._getframe(1).f_code.co_filename).parent.name == "policies":
            read.add(key)
        return object.__getattribute__(self, key)

    monkeypatch.setattr(kind, "__getattribute__", noted)
    ask_all((name,))

    assert {field.name for field in dataclasses.fields(kind)} - read == set()


def test_a_state_given_back_goes_on_as_before():
    for name in ACTING:
        one, other = policy(name, **EAGER.get(name, {})), policy(name, **EAGER.get(name, {}))
        looked = with_people(seen(12 * US_PER_HOUR, {2: 3}, 90), fans(40))
        one.review(looked, fans(40), tools("12:00", present(CROWD)))
        other.restore(one.state())

        assert repr(other.review(looked, fans(40), tools("12:05", present(CROWD)))) == repr(
            one.review(looked, fans(40), tools("12:05", present(CROWD)))
        )


def test_offers_name_a_budget_that_was_opened_before_them():
    for name in ACTING:
        budgets: set[str] = set()
        for decision in everything(name):
            if isinstance(decision, SetBudget):
                budgets.add(decision.name)
            if isinstance(decision, Offer) and decision.budget:
                assert decision.budget in budgets, name


# Joint promotion


def test_the_pair_of_two_trades_with_the_largest_common_part_is_found():
    was_in = ([0, 2], [0, 2], [2, 0, 0], [0, 1], [0, 1], [0, 1], [0, 1, 5], [5, 7])
    people = np.concatenate([np.full(len(units), person) for person, units in enumerate(was_in)])

    counts = common_customers(people, np.concatenate(was_in), len(IDS))
    assert (counts[0, 0], counts[0, 2], counts[0, 5], counts[7, 5]) == (7, 3, 1, 1)
    assert counts[0, 1] == 4
    assert best_pair(counts, public().trades, least=3) == (0, 2)  # 0 and 1 share more but are of one trade
    assert best_pair(counts, public().trades, least=4) is None


def test_a_pair_that_nobody_named_is_found_once_enough_have_been_seen_in_both():
    stays = tuple((person, unit) for person in range(6) for unit in (0, 2))
    for least, found in ((6, [("u2",), ("u0",)]), (7, [])):
        made = policy("joint_promotion", common_least=least)
        decisions = list(made.review(with_people(seen(0, stays=stays), fans(8)), fans(8), tools("12:00", present([]))))
        assert sorted(offer.units for offer in of(decisions, Offer)) == sorted(found)


def test_each_of_two_stores_offers_the_other_and_they_share_what_it_costs():
    decisions = a_day(policy("joint_promotion", merchant_a="u0", merchant_b="u2", seller_share=0.4), fans(8), present([]))

    offers, triggers = of(decisions, Offer), of(decisions, PutTrigger)
    assert [(offer.units, offer.co_funder, offer.funded_by_seller_share) for offer in offers] == [
        (("u2",), "u0", 0.4),
        (("u0",), "u2", 0.4),
    ]
    assert [(each.at_units, each.offer) for each in triggers] == [(("u0",), offers[0].name), (("u2",), offers[1].name)]
    assert {each.hook for each in triggers} == {Hook.PAID}
    one_way = a_day(policy("joint_promotion", merchant_a="u0", merchant_b="u2", both_ways=False), fans(8), present([]))
    assert len(of(one_way, Offer)) == 1


# Chain


def test_a_chain_is_three_offers_each_after_the_one_before():
    decisions = everything("film_chain")

    offers = of(decisions, Offer)
    assert [offer.after for offer in offers] == ["", offers[0].name, offers[1].name]
    assert [offer.off_share for offer in offers] == [0.1, 0.15, 0.5]
    assert offers[2].units == ("u6",)
    assert {trigger.segment for trigger in of(decisions, PutTrigger)} == {of(decisions, Mark)[0].segment}
    assert np.array_equal(of(decisions, Mark)[0].people, of(decisions, Send)[0].people)


# Meals


def test_a_meal_is_offered_near_at_the_hour_and_to_the_taste():
    """Person 2 likes restaurant u2, person 3 likes u3; both stand at the door of u3, 50 m from u2 and u4."""
    people = Known(fans(8).store_affinity(np.array([2, 3]), 0))
    here = present([3, 3])
    at_noon = tools("12:00", here)

    def told(clock="12:00", **settings):
        sends = of(
            list(policy("meal_push", units=["u2", "u3", "u4"], **settings).review(seen(0), people, tools(clock, here))), Send
        )
        return {send.offer.split(":")[1]: send.people.tolist() for send in sends}

    assert at_noon.review == 12 * 3600
    assert told() == {"u2": [0], "u3": [1]}
    assert told(by="place") == {"u3": [0, 1]}
    assert told(radius_m=10.0) == {"u3": [1]}  # u3 is none that person 0 likes
    assert told("15:00") == {}
    nowhere = of(list(policy("meal_push").review(seen(0), people, tools("12:00", present([-1, -1])))), Send)
    assert nowhere == []


# Seats


def test_seats_get_cheaper_step_by_step_and_only_who_can_get_there_is_told():
    """90 of 100 seats unsold; 60 to 5 minutes ahead in three steps down to half the price; 350 m is 7 min at 0.8 m/s."""
    people, here = fans(2), present([CINEMA, 0])
    made = policy("flash_sale", parties_per_seat=1000.0, per_person=10)
    prices, told = {}, {}
    for clock in ("18:30", "19:05", "19:30", "19:50", "19:54", "20:05"):
        decisions = list(made.review(seen(0, unsold=90), people, tools(clock, here)))
        prices[clock] = [each.price_fen for each in of(decisions, SetSeatPrice)]
        told[clock] = [send.people.tolist() for send in of(decisions, Send)]

    assert prices == {"18:30": [], "19:05": [round(PRICE_FEN * 5 / 6)], "19:30": [round(PRICE_FEN * 4 / 6)], "19:50": [2000], "19:54": [], "20:05": []}  # fmt: skip
    assert told == {"18:30": [], "19:05": [[0, 1]], "19:30": [[0, 1]], "19:50": [[0, 1]], "19:54": [[0]], "20:05": []}


def test_a_house_that_fills_and_a_budget_that_is_spent_bring_the_price_back():
    people, here = fans(2), present([])
    filling = policy("flash_sale")
    filling.review(seen(0, unsold=90), people, tools("19:30", here))
    assert list(filling.review(seen(0, unsold=40), people, tools("19:35", here))) == [SetSeatPrice(0, PRICE_FEN)]

    poor = policy("flash_sale", budget_yuan=50.0)
    poor.review(seen(0, unsold=90), people, tools("19:30", here))  # a third of 40 yuan off
    poor.review(seen(0, unsold=87), people, tools("19:35", here))  # three sold: 40 yuan forgone
    assert list(poor.review(seen(0, unsold=86), people, tools("19:40", here))) == [SetSeatPrice(0, PRICE_FEN)]
    assert of(list(policy("flash_sale").review(seen(0, unsold=40), people, tools("19:30", here))), SetSeatPrice) == []


def test_free_seats_go_to_members_nearby_and_to_no_more_than_a_share():
    people, here = fans(4), present([CINEMA, CINEMA, 5, 0], members=[0, 2, 3])
    decisions = list(policy("free_seats").review(seen(0, unsold=90), people, tools("19:30", here)))

    (offer,), (send,) = of(decisions, Offer), of(decisions, Send)
    assert send.people.tolist() == [0, 2]  # 1 is no member, 3 is 300 m away
    assert (offer.off_share, offer.claims_most, offer.members_only, offer.until_us) == (1.0, 13, True, 20 * US_PER_HOUR)


# Forecast


def test_the_forecast_is_the_last_day_of_the_kind_times_how_today_goes():
    forecaster, day = SeasonalNaive(IDS), tools("10:00", present([])).day
    forecaster.begin_day(day)
    for hour in range(10, 20):
        forecaster.see(hour * US_PER_HOUR + 1, seen(hour * US_PER_HOUR, {2: 20}))
    forecaster.begin_day(dataclasses.replace(day, is_weekend=False))
    assert forecaster.usual_by_now() is None  # no workday is known
    forecaster.begin_day(day)
    forecaster.see(12 * US_PER_HOUR, seen(11 * US_PER_HOUR, {2: 80}))

    ratio = (80 + 10) / (40 + 10)  # 20 bills at 10 and at 11 then; 80 today
    assert forecaster.expected(2, 12 * US_PER_HOUR, 14 * US_PER_HOUR) == pytest.approx(2 * 20 * ratio)
    assert forecaster.expected(2, 12 * US_PER_HOUR, 12 * US_PER_HOUR + 7.5 * US_PER_MIN) == pytest.approx(20 * ratio / 2)
    forecaster.see(12 * US_PER_HOUR, seen(11 * US_PER_HOUR, {2: 80}))
    assert forecaster.sold()[2] == 80  # what is shown twice counts once


def test_of_a_store_of_which_nothing_is_known_two_meals_are_supposed():
    shape = supposed_shape()

    assert shape.sum() == pytest.approx(1.0)
    assert shape[: 11 * 4].sum() == 0
    assert shape[12 * 4 : 14 * 4].sum() > 3 * shape[14 * 4 : 16 * 4].sum()


def test_places_are_offered_where_few_guests_are_expected_and_no_more_than_there_are():
    """Ten tables and 61 minutes are 9.8 places an hour; 50 bills a day are 2.5 at 14 to 15 h, 8 from 12 to 13 h."""
    quiet = list(policy("forecast_coupons", units=["u2"]).review(seen(0), fans(40), tools("14:00", present(CROWD))))
    busy = list(policy("forecast_coupons", units=["u2"]).review(seen(0), fans(40), tools("12:00", present(CROWD))))

    (offer,) = of(quiet, Offer)
    assert offer.units == ("u2",)
    assert 4 <= offer.claims_most <= 8
    assert of(busy, Offer) == []


def test_an_offer_ends_when_the_house_fills_or_has_had_enough():
    forecaster = SeasonalNaive(IDS)
    made = policy("forecast_coupons", units=["u2"], stop_bills=30)
    (offer,) = of(list(made.review(seen(0), fans(40), tools("14:00", present(CROWD), forecaster=forecaster))), Offer)
    sold = seen(14 * US_PER_HOUR, {2: 30})
    later = list(made.review(sold, fans(40), tools("14:05", present(CROWD), forecaster=forecaster)))

    assert of(later, EndOffer) == [EndOffer(offer.name)]
    assert of(later, Send) == []


# Off taste


def test_both_readings_of_the_depth_and_none_who_likes_the_store():
    for reading, low, high in (("deep", 0.8, 0.9), ("shallow", 0.1, 0.2)):
        decisions = everything("deep_discount", reading=reading)
        offers = {offer.name: offer for offer in of(decisions, Offer)}
        assert all(low <= offer.off_share <= high for offer in offers.values())
        for send in of(decisions, Send):
            unit = IDS.index(offers[send.offer].units[0])
            assert unit not in (send.people % 8).tolist()
            assert 0 < send.propensity.max() <= 1 / 8


# After paying


def test_a_payment_page_shows_the_other_kind_of_stores_or_only_a_word():
    offers = of(everything("payment_page"), Offer)
    assert [offer.units for offer in offers] == [("u2", "u3", "u4", "u5"), ("u0", "u1", "u7")]
    assert {trigger.channel for trigger in of(everything("payment_page"), PutTrigger)} == {Channel.PAYMENT}
    word = everything("payment_page", shows="follow")
    assert of(word, Offer) == []
    assert {(each.says, each.members_only) for each in of(word, PutTrigger)} == {(Says.TELL, True)}


def test_whoever_comes_again_is_offered_where_its_profile_stands_out():
    made = policy("second_visit", recall_after_min=5.0)
    assert of(list(made.review(seen(0), fans(3), tools("12:00", present([0, 0, 0])))), Send) == []
    sends = of(list(made.review(seen(0), fans(3), tools("12:05", present([0, 0, 0])))), Send)

    assert {send.offer: send.people.tolist() for send in sends} == {f"second_visit:u{unit}": [unit] for unit in range(3)}
    assert of(list(made.review(seen(0), fans(3), tools("12:10", present([0, 0, 0])))), Send) == []


# Waits


def test_the_wait_told_is_what_fixes_say_times_the_padding():
    """20 of 40 known people in u2 of 88 counted in: 20 x 2.2 / 2.2 = 20 parties, ten too many for ten tables: 61 minutes."""
    here = present([2] * 20 + [3] * 5 + [7] * 15)
    waits = {}
    for padding in (1.0, 0.5):
        made = policy("queue_replan", padding=padding)
        decisions = list(made.review(seen(0, came=88), fans(40), tools("12:00", here)))
        waits[padding] = {each.unit_id: each.wait_s for each in of(decisions, ShowWait)}
    sends = of(list(policy("queue_replan").review(seen(0, came=88), fans(40), tools("12:00", here))), Send)

    assert waits[1.0] == pytest.approx({"u2": 3660.0, "u3": 0.0, "u4": 0.0})
    assert waits[0.5]["u2"] == pytest.approx(1830.0)
    assert {send.unit for send in sends} == {"u3"}
    assert set(range(20)) <= set(sends[0].people.tolist())


def test_where_no_line_is_short_people_are_told_when_to_come():
    here = present([2] * 20)
    sends = of(list(policy("queue_replan", units=["u2"]).review(seen(0, came=44), fans(20), tools("12:00", here))), Send)

    assert [(send.unit, send.after_s) for send in sends] == [("u2", pytest.approx(3660.0))]
    silent = policy("queue_replan", units=["u2"], says_when=False)
    assert of(list(silent.review(seen(0, came=44), fans(20), tools("12:00", here))), Send) == []


# Pools


def test_a_list_becomes_an_offer_at_the_threshold_and_not_before():
    for names, is_filled in ((9, False), (10, True)):
        made = policy("pooled_demand", trades=["leisure"], threshold=10, taste_least=0.0)
        first = list(made.review(seen(0), fans(40), tools("12:00", present(CROWD))))
        (pledge,) = of(first, Offer)
        used = {pledge.name: (names, 0, 0)}
        later = list(made.review(seen(0), fans(40), tools("12:05", present(CROWD), used=used)))
        deep = [offer for offer in of(later, Offer) if offer.off_share > 0]

        assert (pledge.off_share, pledge.budget) == (0.0, "")
        assert len(deep) == int(is_filled)
        if is_filled:
            assert deep[0].claims_most == 10
            assert np.array_equal(of(later, Send)[0].people, of(first, Send)[0].people)
            assert EndOffer(pledge.name) in later


# Harm


def test_offers_after_which_rivals_sell_less_than_their_part_are_ended():
    """Before, u2, u3 and u4 had 100 bills each; since the offer of u2, u2 had 100 and the two others 20 or 90 each."""
    for rivals, is_ended in ((20, True), (90, False)):
        made, forecaster = policy("do_no_harm"), SeasonalNaive(IDS)
        offers = {"x:1": Offer("x:1", ("u2",))}
        made.review(
            seen(0, {2: 100, 3: 100, 4: 100}), fans(1), tools("12:00", present([]), forecaster=forecaster, offers=offers)
        )
        later = tools("13:00", present([]), forecaster=forecaster, offers=offers)
        found = list(made.review(seen(0, {2: 100, 3: rivals, 4: rivals}), fans(1), later))

        assert found == ([EndOffer("x:1")] if is_ended else [])


def test_by_luck_alone_one_tenant_in_twenty_is_worse_off():
    """1,000 tenants with a Poisson mean of 50: the share below 1.64 sd is 0.04 to 0.06 but once in a thousand seed sets."""
    sold = np.random.default_rng(3).poisson(50, 1000).astype(float)
    found = worse_off(sold, np.full(1000, 50.0), np.ones(1000, bool), 1.64, 5)

    assert 0.03 < found < 0.07


# Configuration


@pytest.mark.parametrize(
    ("section", "key", "value", "says"),
    [
        ("meal_push", "off_share", 1.2, "policy.meal_push.off_share"),
        ("meal_push", "starts", "25:00", "policy.meal_push.starts"),
        ("meal_push", "trades", ["resturant"], "no such trade"),
        ("flash_sale", "stop_min", 90.0, "lead_min"),
        ("forecast_coupons", "load_low", 0.9, "load_high"),
        ("joint_promotion", "merchant_a", "u1", "merchant_b"),
    ],
)
def test_a_setting_that_cannot_be_is_told_with_its_key(section, key, value, says):
    config = RunConfig()
    setattr(getattr(config.policy, section), key, value)

    problems = [str(dataclasses.astuple(problem)) for problem in problems_of(config)]
    assert len(problems) == 1
    assert says in problems[0]


def test_a_window_that_ends_before_it_begins_is_told():
    config = RunConfig()
    config.policy.film_chain.starts, config.policy.film_chain.ends = "14:00", "13:00"

    assert [problem.place for problem in problems_of(config)] == ["policy.film_chain.ends"]
    assert issubclass(type(policy("film_chain")), Gives)
