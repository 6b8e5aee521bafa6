"""Laws of messages and offers: nothing offered changes nothing, budgets and caps hold, what is claimed is used or lapses, money adds up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.decisions_of_policies import EVERYWHERE, Mark, Offer, PolicyDecision, PutTrigger, Send, SetBudget
from sim.events import EventKind
from sim.ledger.accounts import TransferReason
from sim.promos import Channel, Fate, Hook, Says
from sim.sensing.present import Present
from sim.units import US_PER_HOUR
from sim.verification.offers import NOON_US, Stand
from tests.engine_days import corner_mall, day_config, live, parties
from tests.promo_days import count, nothing, promo_config, promo_day

pytestmark = pytest.mark.compiled


def each_hour(offer: Offer, *before: PolicyDecision, channel: Channel = Channel.PUSH):
    """Return a decider that makes an offer once and sends it to everybody every hour."""

    def decide(now_us: int, present: Present) -> list[PolicyDecision]:
        first = [*before, offer] if now_us < 11 * US_PER_HOUR else []
        return [*first, Send(present.person, channel, offer.name)]

    return decide


def at_every_hook(offer: Offer):
    """Return a decider that lays a trigger out for everything that anybody can do."""

    def decide(now_us: int, present: Present) -> list[PolicyDecision]:
        if now_us > 11 * US_PER_HOUR:
            return []
        return [offer, *(PutTrigger(hook.name, hook, Channel.PUSH, offer.name, per_visit=3) for hook in Hook)]

    return decide


def everyone_says_yes():
    """Return a day on which everything is read, taken and followed."""
    config = promo_config()
    for name in ("push_open_share", "claim_share", "follow_share", "delivered_share", "chat_open_share"):
        setattr(config.promos, name, 1.0)
    config.promos.fatigue_weight = config.promos.walk_weight = 0.0
    return config


def test_a_policy_that_decides_nothing_changes_no_byte():
    config = day_config(120.0)
    without = live(corner_mall(), config, [parties(config, corner_mall())])
    assert promo_day(nothing)[0].digest == without.digest


@pytest.mark.parametrize(
    "offer",
    [
        Offer("nothing off"),
        Offer("no budget", off_share=0.5, budget="zero"),
        Offer("over", off_share=0.5, until_us=1),
        Offer("upside down", off_share=0.5, from_us=2**40, until_us=2**40),
        Offer("none left", off_share=0.5, claims_most=0),
    ],
    ids=lambda offer: offer.name,
)
def test_what_is_worth_nothing_or_not_to_be_had_changes_no_byte(offer):
    none = promo_day(nothing)[0].digest
    for decide in (each_hour(offer, SetBudget("zero", 0)), at_every_hook(offer)):
        assert promo_day(decide)[0].digest == none


def test_nobody_written_to_changes_no_byte():
    offer = Offer("deep", off_share=0.5)

    def decide(now_us: int, present: Present) -> list[PolicyDecision]:
        return [offer, Send(np.zeros(0, np.int64), Channel.PUSH, "deep"), Mark(present.person, 3)]

    assert promo_day(decide)[0].digest == promo_day(nothing)[0].digest


def test_a_day_of_offers_is_the_same_every_time_and_moves_choices():
    one, two = (promo_day(each_hour(Offer("deep", ("L1-bakery",), off_share=0.8)))[0] for _ in range(2))
    assert one.digest == two.digest
    assert one.digest != promo_day(nothing)[0].digest


def test_every_coupon_is_used_or_lapses_and_nothing_stays_set_aside():
    config = everyone_says_yes()
    offer = Offer("off", off_fen=200, budget="purse", per_member=3)
    lived, switches, _ = promo_day(each_hour(offer, SetBudget("purse", 20_000)), config)
    claimed, used, lapsed = (
        count(lived, kind) for kind in (EventKind.COUPON_CLAIMED, EventKind.COUPON_USED, EventKind.COUPON_LAPSED)
    )
    assert claimed == used + lapsed
    assert used > 10
    purse = switches.crowd.mall.budgets[0]
    assert purse.reserved_fen == 0
    assert purse.spent_fen == switches.used()["off"][2] <= 20_000


def test_every_message_that_is_sent_is_read_or_comes_too_late():
    lived, _, _ = promo_day(each_hour(Offer("off", off_share=0.2)))
    numbers = lived.events["value"][lived.events["kind"] == EventKind.MESSAGE_SENT]
    read = lived.events["value"][lived.events["kind"] == EventKind.MESSAGE_READ] // 8 - 1
    assert np.array_equal(np.sort(numbers), np.sort(read))
    assert numbers.size > 50


def test_the_funder_pays_the_seller_what_it_bears():
    config = everyone_says_yes()
    offer = Offer("off", off_fen=301, funded_by_seller_share=0.25)
    lived, _, _ = promo_day(each_hour(offer), config)
    funded = lived.transfers[lived.transfers["reason"] == TransferReason.OFFER_FUNDED]
    costs = lived.events["value"][lived.events["kind"] == EventKind.COUPON_USED]
    assert funded["amount"].sum() == sum(cost - round(cost * 0.25) for cost in costs.tolist())


def test_triggers_fire_at_every_hook_that_happens_and_never_more_often_than_they_may():
    lived, _, _ = promo_day(at_every_hook(Offer("off", off_share=0.3)))
    fired = lived.events["kind"] == EventKind.TRIGGERED
    visit, slot = lived.events["visit"][fired], lived.events["place"][fired]
    assert {Hook.ARRIVED, Hook.PASSED, Hook.ENTERED, Hook.LEFT_STORE, Hook.PAID} <= set(
        Hook(place) for place in np.unique(slot)
    )
    assert np.unique(np.stack([visit, slot]), axis=1, return_counts=True)[1].max() <= 3


def test_whoever_bears_little_turns_messages_off_and_gets_no_more():
    tells = [Says.TELL] * 3

    def decide(now_us: int, present: Present) -> list[PolicyDecision]:
        return [
            Send(present.person, Channel.PUSH, says=says, unit=EVERYWHERE, after_s=60.0 * n) for n, says in enumerate(tells)
        ]

    config = promo_config()
    config.promos.delivered_share = 1.0
    none = count(promo_day(decide, config)[0], EventKind.PUSH_TURNED_OFF)
    lived, _, _ = promo_day(decide, config, bears=1.5)
    off = lived.events["kind"] == EventKind.PUSH_TURNED_OFF
    assert none == 0
    assert off.sum() > 50
    assert np.unique(lived.events["visit"][off]).size == off.sum()
    read = lived.events["kind"] == EventKind.MESSAGE_READ
    came = read & (lived.events["value"] % 8 != Fate.UNREACHED)
    assert np.unique(lived.events["visit"][came], return_counts=True)[1].max() == 2


@settings(max_examples=40, deadline=None)
@given(
    limit_fen=st.integers(0, 5_000),
    off_fen=st.integers(1, 900),
    off_share=st.sampled_from([0.0, 0.3, 1.0]),
    gift_fen=st.integers(0, 300),
    most=st.integers(0, 40),
    per_member=st.integers(1, 4),
    acts=st.lists(st.tuples(st.sampled_from("cpl"), st.integers(0, 7), st.integers(1, 3_000)), max_size=60),
)
def test_budgets_and_caps_hold_whatever_is_claimed_paid_and_let_lapse(
    limit_fen, off_fen, off_share, gift_fen, most, per_member, acts
):
    stand = STAND
    name = f"offer {len(stand.switches.offers)}"
    stand.offer(
        Offer(
            name, off_fen=off_fen, off_share=off_share, gift_fen=gift_fen, claims_most=most, per_member=per_member, budget=name
        ),
        **{name: limit_fen},
    )
    purse = stand.crowd.mall.budgets[stand.switches.budgets[name]]
    for act, party, price_fen in acts:
        row = stand.rows[party : party + 1]
        if act == "c":
            stand.claim(name, row)
        elif act == "p":
            stand.pay("A", price_fen, row)
        else:
            stand.leave(row)
        assert purse.reserved_fen >= 0
        assert purse.spent_fen + purse.reserved_fen <= limit_fen
    claims, uses, cost_fen = stand.switches.used()[name]
    assert uses <= claims <= most
    assert cost_fen == purse.spent_fen <= limit_fen
    stand.leave(stand.rows[:8])
    assert purse.reserved_fen == 0
    assert sum(stand.crowd.ledger.balances_fen) == 0


STAND = Stand()


def test_a_coupon_is_never_worth_more_than_the_price_and_its_window_is_half_open():
    stand = Stand()
    for index, price_fen in enumerate((1, 49, 50, 51, 10_000)):
        stand.offer(Offer(f"{index}", off_fen=50, until_us=NOON_US + 10))
        stand.claim(f"{index}")
        assert stand.off("A", price_fen, NOON_US + 9) == min(50, price_fen)
        stand.offer(Offer(f"{index} late", off_fen=50, until_us=NOON_US + 10))
        stand.claim(f"{index} late")
        assert stand.off("B", price_fen, NOON_US + 10) == 0
        stand.leave(stand.rows[:1])
