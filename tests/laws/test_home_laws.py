"""Laws of what reaches people at home: it moves nobody when it says nothing, budgets and caps hold, coupons are neither made nor lost."""

from __future__ import annotations

import numpy as np
import pytest

from sim.decisions_of_home import Invite, OfferAtHome, Print, SendHome, ShowCode
from sim.decisions_of_policies import Offer, SetBudget
from sim.events import EventKind, EventLog
from sim.home import HomeSays, HomeWay
from sim.visitors import COUPONS_MAX, NOBODY
from tests.home_days import BAKERY, HomeTown, a_week_of_all_policies, refused, town_config

pytestmark = pytest.mark.plain


def offers_to_all(off_fen: int = 500, days: int = 3, limit_fen: int = 10**9, **more):
    """Return a choice of decisions: a coupon of the bakery for everybody with the card."""

    def choose(members):
        offer = Offer("bread", (BAKERY,), off_fen=off_fen, threshold_fen=3000, budget="mine", **more)
        return [
            SetBudget("mine", limit_fen), OfferAtHome(offer, days), SendHome(members.person, HomeWay.CHAT, offer="bread"),
        ]  # fmt: skip

    return choose


def same(one, other) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in one._fields)


def test_nobody_told_anything_at_home_comes_as_without_any_policy():
    idle, none = HomeTown(town_config()), HomeTown(town_config())
    idle.morning()
    none.home = None

    assert same(idle.visits().arrivals(600, 1320), none.visits().arrivals(600, 1320))


@pytest.mark.parametrize(
    "choose",
    [
        lambda members: [SendHome(members.person[:0], HomeWay.CHAT, HomeSays.PROGRAMME, units=(BAKERY,))],
        offers_to_all(off_fen=0),
        offers_to_all(limit_fen=0),
        offers_to_all(days=0),
        offers_to_all(claims_most=0),
    ],
    ids=["empty audience", "value zero", "budget zero", "window over", "none to take"],
)
def test_what_offers_nothing_changes_nobodys_visit(choose):
    told, none = HomeTown(town_config()), HomeTown(town_config())
    told.morning(choose=choose)
    none.home = None

    assert told.home.wallets.held.size == 0
    assert same(told.visits().arrivals(600, 1320), none.visits().arrivals(600, 1320))


def test_coupons_only_add_visits_and_move_none_of_the_others():
    told, none = HomeTown(town_config(12_000)), HomeTown(town_config(12_000))
    told.morning(choose=offers_to_all())
    none.home = None
    with_coupons, without = told.visits().arrivals(0, 1440), none.visits().arrivals(0, 1440)
    stays = np.isin(with_coupons.number, without.number)

    assert stays.sum() == without.number.size
    assert (~stays).sum() == told.home.facts()["today"]["drawn"] > 0
    for name in ("number", "arrive_us", "entrance", "needs", "budget_fen"):
        assert np.array_equal(getattr(with_coupons, name)[stays], getattr(without, name))


def test_whoever_comes_for_a_coupon_has_it_with_them_and_strangers_have_none():
    town = HomeTown(town_config(12_000))
    town.morning(choose=offers_to_all())
    visitors = town.visits().arrivals(0, 1440)
    comes_for = visitors.bound_for >= 0

    assert comes_for.any()
    assert (visitors.coupons[comes_for, 0] == 0).all()
    assert (visitors.coupons[visitors.resident == NOBODY] == -1).all()
    assert (visitors.bound_for[visitors.resident == NOBODY] == -1).all()


def test_a_budget_is_never_promised_twice():
    town = HomeTown(town_config())
    day = town.morning(choose=offers_to_all(limit_fen=10_499))

    assert town.home.wallets.held.size == 20
    assert day.reserved_fen == {"mine": 10_000}
    assert town.home.offers.used()["bread"][0] == 20


def test_nobody_takes_a_coupon_twice_and_nobody_more_than_a_wallet_holds():
    town = HomeTown(town_config())

    def many(members):
        made = [OfferAtHome(Offer(f"bread {number}", (BAKERY,), off_share=0.5), 3) for number in range(COUPONS_MAX + 2)]
        sent = [SendHome(members.person, HomeWay.CHAT, offer=each.offer.name) for each in made for _ in range(2)]
        return [*made, *sent]

    town.morning(choose=many)
    held = town.home.wallets.held
    assert np.bincount(held["resident"]).max() == COUPONS_MAX
    assert np.unique(np.stack([held["resident"], held["offer"]]), axis=1).shape[1] == held.size


def test_coupons_are_out_used_or_over():
    town = HomeTown(town_config(12_000))
    taken = 0
    for day in range(5):
        town.morning(choose=offers_to_all(days=3) if day == 0 else None, day=day)
        visitors = town.visits(day).arrivals(0, 1440)
        comes = np.flatnonzero(visitors.coupons[:, 0] >= 0)
        town.home.take(_used(visitors.number[comes], visitors.coupons[comes, 0]))
        town.evening(_outcomes(visitors, comes), day)
        taken += comes.size
    total = town.home.facts()["total"]

    assert total["redeemed"] == taken > 0
    assert total["claimed"] == total["redeemed"] + total["expired"] + town.home.wallets.held.size
    assert town.home.wallets.held.size == 0
    assert sum(total["claimed_in"]) == total["claimed"]
    assert town.home.offers.spent_fen["mine"] == 500 * taken


def _used(visits: np.ndarray, offers: np.ndarray) -> EventLog:
    count = visits.size
    log = {name: np.zeros(count, np.int64) for name in EventLog._fields}
    log |= {"kind": np.full(count, EventKind.COUPON_USED), "visit": visits, "place": offers, "value": np.full(count, 500)}
    return EventLog(**{**log, "count": np.array([count])})


def _outcomes(visitors, places: np.ndarray) -> np.ndarray:
    from sim.crowd.mind import OUTCOME

    found = np.zeros(places.size, OUTCOME)
    found["number"], found["resident"] = visitors.number[places], visitors.resident[places]
    return found


def test_whoever_is_held_out_hears_nothing():
    config = town_config()
    config.sensing.identity.holdout_share = 0.3
    town = HomeTown(config)
    town.morning(choose=offers_to_all())
    held_out = town.home.register.rows_of(town.members.person[town.members.is_held_out])

    assert held_out.size > 500
    assert not np.isin(town.home.wallets.held["resident"], held_out).any()


def test_withholding_one_message_changes_nobody_else():
    whole = HomeTown(town_config())
    whole.morning(choose=offers_to_all())
    config = town_config()
    config.home.withheld = [int(whole.home.wallets.held["message"][7])]
    one_less = HomeTown(config)
    one_less.morning(choose=offers_to_all())
    missing = np.setdiff1d(whole.home.wallets.held["resident"], one_less.home.wallets.held["resident"])

    assert missing.tolist() == [whole.home.wallets.held["resident"][7]]


def test_news_for_all_moves_people_about_and_hardly_changes_how_many_come():
    config = town_config(20_000)
    config.home.news_pull = 0.3
    town = HomeTown(config)
    town.morning(choose=lambda members: [SendHome(members.person, HomeWay.CHAT, HomeSays.PROGRAMME, units=(BAKERY,))])
    ones = np.ones(town.residents.key.size)
    factor = town.home.leaning(ones)

    assert factor.min() < 0.98
    assert factor.max() > 1.02
    assert abs(float((factor - 1) @ town.residents.visits_per_day) / float(town.residents.visits_per_day.sum())) < 0.01


def three_posts(members):
    return [
        ShowCode(),
        *(
            SendHome(members.person, HomeWay.FOLLOWS, HomeSays.PROGRAMME, units=(BAKERY,), because=str(post))
            for post in range(3)
        ),
    ]


def test_followers_that_get_too_much_leave_and_come_not_back():
    town = HomeTown(town_config(card_share=0.0))
    everybody = np.arange(town.residents.key.size)
    town.home.ties.follows[everybody] = 1
    left = []
    for day in range(28):
        town.morning(choose=three_posts, day=day)
        town.evening(day=day)
        left.append(town.home.facts()["today"]["unfollowed"])
    gone = np.flatnonzero(town.home.ties.follows == 0)

    assert sum(left) > 0.3 * everybody.size
    assert town.home.ties.follow(gone, 99) == 0


def test_leaflets_reach_households_once_each_and_most_are_thrown_away():
    town = HomeTown(town_config())
    town.morning([OfferAtHome(Offer("paper", (BAKERY,), off_share=0.2), 7), Print("paper", 30, households=300, within_km=20.0)])
    today = town.home.facts()["today"]

    assert today["leaflets"] == 300
    assert today["cost_fen"] == 9000
    assert today["leaflet_coupons"] <= today["leaflets_read"] < 150


def test_whoever_would_rather_ask_subscribes_sooner():
    shares = []
    for prefers in (0.0, 1.0):
        config = town_config()
        config.home.prefers_pull_share = prefers
        town = HomeTown(config)
        town.morning(choose=lambda members: [Invite(members.person)])
        today = town.home.facts()["today"]
        shares.append(today["subscribed"] / today["invited"])

    assert shares[0] < 0.15 < shares[1]


def test_decisions_that_cannot_be_are_refused_with_a_reason():
    town = HomeTown(town_config())
    town.morning(
        [
            OfferAtHome(Offer("a", ("nowhere",)), 3), OfferAtHome(Offer("b", off_share=1.2), 3), OfferAtHome(Offer("c"), 0),
            OfferAtHome(Offer("d", budget="none"), 3), SendHome(np.zeros(1, np.int64), HomeWay.CHAT, offer="e"), SetBudget("f", -1),
            Print("g", 30), OfferAtHome(Offer("h", off_fen=-1), 3),
        ]
    )  # fmt: skip

    assert len(refused(town)) == 8
    assert "120%" in refused(town)[1]


def test_a_restored_home_goes_on_as_the_first():
    first, second = HomeTown(town_config()), HomeTown(town_config())
    first.morning(choose=offers_to_all())
    first.evening()
    second.home.restore(first.home.state())
    for town in (first, second):
        town.morning(day=1)

    assert same(first.visits(1).arrivals(600, 1320), second.visits(1).arrivals(600, 1320))


def test_a_week_of_all_policies_is_the_same_week_twice_and_every_message_has_one_fate():
    first, second = a_week_of_all_policies(), a_week_of_all_policies()
    total = first.home.facts()["total"]

    assert first.home.facts() == second.home.facts()
    assert refused(first) == []
    assert 0 < total["opened"] <= total["sent"]
    assert total["subscribed"] <= total["invited"]
    assert total["new_followers"] > 0
    for sent in first.home.log()["sent"]:
        assert sent.people.size == sent.fate.size == sent.propensity.size
        assert all(values.size == sent.people.size for values in sent.features.values())
