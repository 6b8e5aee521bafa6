"""People's digital habits: the phones they carry, what they do with them, and their favourite trades."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from agents.parties import Persons
from sim.config import RunConfig
from sim.random_streams import draw_words, stream_key, uniforms
from sim.visitors import NEVER_US, App, Phones, Visitors

ALL = slice(None)


def favourites_of(config: RunConfig, key: np.ndarray, slot: np.ndarray | int) -> np.ndarray:
    """Return uniform draws that fix what the `slot`-th favourite trade of each person (by their key) is."""
    return uniforms(stream_key(config.seed, "favourite"), key, slot)


def phones_of(config: RunConfig, visitors: Visitors, persons: Persons) -> Phones:
    """Return the phones of a batch's people: habits are the person's, battery and what the app is used for are the visit's.

    Whose visit it is drives the party's car. Strangers have not been to this mall: none is a member, has its app or card, or a phone
    that knows its network. `ordinal` counts persons, children included, so that an address never depends on who is of age.
    """
    digital, app = config.digital, config.sensing.identity.app
    party, ordinal, key = persons.party, persons.ordinal, persons.key
    number = visitors.number[party]
    is_known = persons.resident >= 0

    def habit(purpose: str, share: float) -> np.ndarray:
        return _habit(config, purpose, key) < share

    def today(purpose: str, who: np.ndarray | slice = ALL) -> np.ndarray:
        return uniforms(stream_key(config.seed, f"visit {purpose}"), number[who], ordinal[who])

    active = np.flatnonzero(is_active(persons.app))
    drives = active[(visitors.parking[party[active]] >= 0) & (ordinal[active] == 0)]
    dying = np.flatnonzero(today("battery dies") < digital.battery_dies_share)
    lasts_us = (today("battery life", dying) * visitors.stay_s[party[dying]] * 1e6).astype(np.int64)
    plates = (draw_words(stream_key(config.seed, "plate"), persons.plate_key, 0) >> np.uint64(1)).astype(np.int64)
    shares = _habit(config, "friends", key[active]) < digital.friends_opt_in_share
    pays = app.parking & (today("parking in the app", drives) < app.parking_use_share)
    books = app.booking & (today("booking in the app", active) < app.booking_use_share)
    return Phones(
        party=party,
        ordinal=ordinal,
        resident=persons.resident,
        key=phone_keys_of(config, key),
        wifi_on=habit("Wi-Fi on", digital.wifi_on_share).astype(np.int8),
        offset=ndtri(_habit(config, "device offset", key)),
        dies_us=_put(np.full(party.size, NEVER_US), dying, visitors.arrive_us[party[dying]] + lasts_us),
        knows_network=(is_known & habit("knows network", digital.knows_network_share)).astype(np.int8),
        willing=today("willing"),
        is_member=persons.is_member,
        app=persons.app,
        has_card=(is_known & habit("card", digital.card_share)).astype(np.int8),
        pays_linked=habit("pays linked", digital.pays_linked_share).astype(np.int8),
        is_partner_customer=habit("partner", config.sensing.identity.partner_share).astype(np.int8),
        shares_with_friends=_put(np.zeros(party.size, np.int8), active, shares),
        favourite=favourites_of(config, key, 0),
        uses_parking=_put(np.zeros(party.size, np.int8), drives, pays),
        uses_booking=_put(np.zeros(party.size, np.int8), active, books),
        plate=np.where(visitors.parking[party] >= 0, plates, 0),
    )


def phone_keys_of(config: RunConfig, key: np.ndarray) -> np.ndarray:
    """Return the draw address of each person's phone, the same at every visit; from it nobody finds the person."""
    return (draw_words(stream_key(config.seed, "phone"), key, 0) >> np.uint64(1)).astype(np.int64)


def is_active(state: np.ndarray) -> np.ndarray:
    """Return who uses the mall's app."""
    return (state == App.ACTIVE) | (state == App.PUSH)


def navigates(config: RunConfig, number: np.ndarray, first_app: np.ndarray) -> np.ndarray:
    """Return 1 for each visit whose first person, with the app in that state, lets it show the way, else 0 (int8)."""
    app = config.sensing.identity.app
    if not app.navigation:
        return np.zeros(number.size, np.int8)
    used = uniforms(stream_key(config.seed, "visit navigation in the app"), number, 0) < app.navigation_use_share
    return (is_active(first_app) & used).astype(np.int8)


def app_states(config: RunConfig, key: np.ndarray, is_member: np.ndarray) -> np.ndarray:
    """Return what became of the app on each person's phone before anybody reacts to messages (int8 App); NONE without a membership.

    Of the members' phones app_share carry it; of these a = app_active_share are active, (1 - a) a are idle (INSTALLED), (1 - a)^2
    given up (CHURNED): whoever stops using it stays at each of two steps with the same chance. Of the phones without it, app_share x
    (1 - a)^2 have had it and REMOVED it.
    """
    digital = config.digital
    states = np.full(key.size, App.NONE, np.int8)
    members = np.flatnonzero(is_member == 1)
    has, use, push = (_habit(config, "app", key[members], count) for count in range(3))
    active, gone = digital.app_active_share, (1 - digital.app_active_share) ** 2
    removed = has < digital.app_share + (1 - digital.app_share) * digital.app_share * gone
    pushes = (use < active) & (push < digital.push_share)
    carried = np.select([pushes, use < active, use < 1 - gone], [App.PUSH, App.ACTIVE, App.INSTALLED], App.CHURNED)
    states[members] = np.select([has < digital.app_share, removed], [carried, App.REMOVED], App.NONE)
    return states


def _habit(config: RunConfig, purpose: str, key: np.ndarray, count: int = 0) -> np.ndarray:
    return uniforms(stream_key(config.seed, f"habit {purpose}"), key, count)


def _put(column: np.ndarray, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    column[rows] = values
    return column
