"""A party's wallet of coupons: claiming, within caps and budgets; and what lapses."""

from __future__ import annotations

from sim.crowd.promos.records import COUPONS_MAX, FROM_HOME_US, LETTERS_MAX
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.promos import Refused
from sim.random_streams import uniform


@kernel
def claim(mall: Mall, row: int, promo: int, letter: int, now_us: int) -> bool:
    """Put an offer into the party's wallet; return False, and say why, where its rules forbid it.

    What an offer takes off for certain is set aside of its budget now, so that a budget cannot be overspent however many claim at once.
    """
    offer = mall.promos[promo]
    mind = mall.minds[row]
    slot, held = -1, 0
    for index in range(COUPONS_MAX):
        coupon = mall.coupons[row, index]
        if coupon.promo == promo:
            held += 1
        if coupon.promo < 0 and slot < 0:
            slot = index
    refused = -1
    sure_fen = offer.off_fen + offer.gift_fen
    if offer.members_only == 1 and mind.is_member == 0:
        refused = Refused.NOBODY
    elif now_us >= offer.until_us or offer.is_ended == 1:
        refused = Refused.TOO_LATE
    elif offer.claims >= offer.claims_most:
        refused = Refused.CLAIMS
    elif held >= offer.per_member:
        refused = Refused.PER_MEMBER
    elif slot < 0:
        refused = Refused.WALLET_FULL
    elif offer.budget >= 0 and _left_fen(mall, offer.budget) < max(sure_fen, 1):
        refused = Refused.BUDGET
    if refused >= 0:
        note(mall, row, now_us, EventKind.COUPON_REFUSED, promo, refused)
        return False
    if offer.budget >= 0:
        mall.budgets[offer.budget].reserved_fen += sure_fen
    offer.claims += 1
    coupon = mall.coupons[row, slot]
    coupon.promo = promo
    coupon.letter = letter
    coupon.claimed_us = now_us
    coupon.used = 0
    coupon.reserved_fen = sure_fen
    coupon.until_us = min(offer.until_us, now_us + offer.life_us)
    mind.coupons += 1
    note(mall, row, now_us, EventKind.COUPON_CLAIMED, promo, letter)
    return True


@kernel
def _left_fen(mall: Mall, budget: int) -> int:
    purse = mall.budgets[budget]
    return purse.limit_fen - purse.spent_fen - purse.reserved_fen


@kernel
def forget_promos(mall: Mall, row: int) -> None:
    """Begin a visit with an empty wallet and no messages; whether a party looks for deals is its own."""
    for slot in range(COUPONS_MAX):
        mall.coupons[row, slot].promo = -1
    for slot in range(LETTERS_MAX):
        mall.letters[row, slot].channel = -1
    mall.shoppers[row].letters = 0
    draw = uniform(mall.keys[Stream.OFFER], mall.shoppers[row].number, 0)
    mall.minds[row].deals = 1 if draw < mall.params[0].deal_prone_share else 0


@kernel
def let_lapse(mall: Mall, row: int, now_us: int) -> None:
    """At the end of a visit: coupons that were not used are gone, and what was set aside for them is free again."""
    if mall.minds[row].coupons == 0:
        return
    for slot in range(COUPONS_MAX):
        coupon = mall.coupons[row, slot]
        if coupon.promo >= 0:
            if coupon.claimed_us != FROM_HOME_US:
                give_up_reserve(mall, row, slot)
            if coupon.used == 0 and coupon.claimed_us != FROM_HOME_US:
                note(mall, row, now_us, EventKind.COUPON_LAPSED, coupon.promo, coupon.letter)
            coupon.promo = -1
    mall.minds[row].coupons = 0


@kernel
def give_up_reserve(mall: Mall, row: int, slot: int) -> None:
    """What was set aside of a budget for a coupon is free again."""
    coupon = mall.coupons[row, slot]
    budget = mall.promos[coupon.promo].budget
    if budget >= 0:
        mall.budgets[budget].reserved_fen -= coupon.reserved_fen
    coupon.reserved_fen = 0
