"""A party's wallet of coupons: claiming, within caps and budgets; and what lapses."""

from __future__ import annotations

from sim.crowd.promos.records import COUPONS_MAX, FROM_HOME_US, LETTERS_MAX
from sim.crowd.state import Mall, Stream
from sim.crowd.writing import note
from sim.events import EventKind
from sim.kernel import kernel
from sim.promos import Fate, Refused
from sim.random_streams import uniform

NO_LIMIT_FEN = 2**53
FATE_SLOTS = 8  # an event's value is FATE_SLOTS x (number of the message + 1) + Fate


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
    refused = why_not_to_be_had(mall, promo, now_us)
    if offer.members_only == 1 and mind.is_member == 0:
        refused = Refused.NOBODY
    elif refused < 0 and held >= offer.per_member:
        refused = Refused.PER_MEMBER
    elif refused < 0 and slot < 0:
        refused = Refused.WALLET_FULL
    if refused >= 0:
        note(mall, row, now_us, EventKind.COUPON_REFUSED, promo, refused)
        return False
    sure_fen = offer.off_fen + offer.gift_fen
    if offer.budget >= 0:
        mall.budgets[offer.budget].reserved_fen += sure_fen
    offer.claims += 1
    coupon = mall.coupons[row, slot]
    coupon.promo = promo
    coupon.letter = letter
    coupon.claimed_us = now_us
    coupon.used = 0
    coupon.off_fen = 0
    coupon.unit = -1
    coupon.reserved_fen = sure_fen if offer.budget >= 0 else 0
    coupon.until_us = min(offer.until_us, now_us + offer.life_us)
    mind.coupons += 1
    note(mall, row, now_us, EventKind.COUPON_CLAIMED, promo, letter)
    return True


@kernel
def why_not_to_be_had(mall: Mall, promo: int, now_us: int) -> int:
    """Return why nobody can claim an offer now (Refused), -1 when it is to be had."""
    offer = mall.promos[promo]
    left_fen = NO_LIMIT_FEN
    if offer.budget >= 0:
        purse = mall.budgets[offer.budget]
        left_fen = purse.limit_fen - purse.spent_fen - purse.reserved_fen
    is_over = now_us >= offer.until_us or offer.is_ended == 1
    return why_not(is_over, offer.claims_most - offer.claims, left_fen, offer.off_fen + offer.gift_fen)


@kernel
def why_not(is_over: bool, claims_left: int, left_fen: int, sure_fen: int) -> int:
    """Return why an offer cannot be had (Refused), -1 when it can: over, all claimed, or nothing left for what it takes off for certain."""
    if is_over:
        return Refused.TOO_LATE
    if claims_left <= 0:
        return Refused.CLAIMS
    return Refused.BUDGET if left_fen < max(sure_fen, 1) else -1


@kernel
def forget_promos(mall: Mall, row: int) -> None:
    """Begin a visit with an empty wallet and no messages; whether a party looks for deals is its own."""
    empty_pockets(mall, row)
    draw = uniform(mall.keys[Stream.OFFER], mall.shoppers[row].number, 0)
    mall.minds[row].deals = 1 if draw < mall.params[0].deal_prone_share else 0


@kernel
def empty_pockets(mall: Mall, row: int) -> None:
    """No coupons, no messages, no triggers so far."""
    for slot in range(COUPONS_MAX):
        mall.coupons[row, slot].promo = -1
    for slot in range(LETTERS_MAX):
        mall.letters[row, slot].channel = -1
    for slot in range(mall.triggered.shape[1]):
        mall.triggered[row, slot] = 0
    mall.shoppers[row].letters = 0
    mall.minds[row].coupons = 0


@kernel
def stay_with_the_lead(mall: Mall, row: int) -> None:
    """A part of a party goes without what is on the leading phone: it has a wallet of its own, which is empty, and no app."""
    if mall.params[0].has_policies == 0:
        return
    empty_pockets(mall, row)
    mall.minds[row].reach = 0
    mall.minds[row].letters_read = 0


@kernel
def share_pockets(mall: Mall, lead: int, row: int, now_us: int) -> None:
    """A part is back: its coupons go into the party's wallet as far as there is room, the others lapse; what it used the party has used."""
    if mall.params[0].has_policies == 0 or mall.minds[row].coupons == 0:
        return
    for slot in range(COUPONS_MAX):
        if mall.coupons[row, slot].promo < 0:
            continue
        free = -1
        for index in range(COUPONS_MAX):
            if mall.coupons[lead, index].promo < 0:
                free = index
                break
        if free < 0:
            break
        mall.coupons[lead, free] = mall.coupons[row, slot]
        mall.coupons[row, slot].promo = -1
        mall.minds[lead].coupons += 1
        mall.minds[row].coupons -= 1
    let_lapse(mall, row, now_us)


@kernel
def let_lapse(mall: Mall, row: int, now_us: int) -> None:
    """At the end of a visit: coupons that were not used are gone, what was set aside for them is free again, and messages come too late."""
    if mall.params[0].has_policies == 0:
        return
    for slot in range(LETTERS_MAX):
        letter = mall.letters[row, slot]
        if letter.channel >= 0 and mall.shoppers[row].letters > 0:
            note(mall, row, now_us, EventKind.MESSAGE_READ, letter.channel, FATE_SLOTS * (letter.letter + 1) + Fate.UNREACHED)
            letter.channel = -1
            mall.shoppers[row].letters -= 1
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
