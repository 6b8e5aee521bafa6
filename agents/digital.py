"""People's digital habits: which resident of the catchment each visitor is, and the phones they carry."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.random_streams import draw_words, stream_key, uniforms
from sim.visitors import NEVER_US, App, Phones, Visitors

# The catchment's heaviest thousandth is left out of the power law, which would have some people come twenty times a day: with the
# defaults the most frequent visitor comes every other day.
LEFT_OUT_SHARE = 0.001
ALL = slice(None)


def residents_of(config: RunConfig, number: np.ndarray, ordinal: np.ndarray | int = 0) -> np.ndarray:
    """Return which resident the `ordinal`-th person of each visit is, 0 the one who comes most often.

    A power law without its heaviest part: resident ~ u ** frequency_exponent of the catchment, u from a little above 0 to 1.
    """
    digital = config.digital
    lowest = LEFT_OUT_SHARE ** (1 / digital.frequency_exponent)
    draw = lowest + (1 - lowest) * uniforms(stream_key(config.seed, "resident"), number, ordinal)
    rank = (draw**digital.frequency_exponent - LEFT_OUT_SHARE) / (1 - LEFT_OUT_SHARE)
    found: np.ndarray = np.clip(rank * digital.residents, 0, digital.residents - 1).astype(np.int64)
    return found


def keys_of(config: RunConfig, residents: np.ndarray) -> np.ndarray:
    """Return the draw address of each resident's phone, the same at every visit."""
    return (draw_words(stream_key(config.seed, "phone"), residents, 0) >> np.uint64(1)).astype(np.int64)


def favourites_of(config: RunConfig, residents: np.ndarray, slot: np.ndarray | int) -> np.ndarray:
    """Return uniform draws that fix what the `slot`-th favourite trade of each resident is."""
    return uniforms(stream_key(config.seed, "favourite"), residents, slot)


def phones_of(config: RunConfig, visitors: Visitors) -> Phones:
    """Return the phones of a batch's adults: habits are the resident's, battery and what the app is used for are the visit's.

    The first person of a party is an adult and drives its car, whose plate goes with them; each further person is an adult with
    digital.adult_share. `ordinal` counts persons, children included, so that an address never depends on who is of age.
    """
    digital, app = config.digital, config.sensing.identity.app
    party, ordinal = _adults(config, visitors)
    number = visitors.number[party]
    residents = residents_of(config, number, ordinal)

    def habit(purpose: str, share: float) -> np.ndarray:
        return _habit(config, purpose, residents) < share

    def today(purpose: str, who: np.ndarray | slice = ALL) -> np.ndarray:
        return uniforms(stream_key(config.seed, f"visit {purpose}"), number[who], ordinal[who])

    is_member = habit("member", digital.member_share)
    state = _app_states(config, residents)
    active = np.flatnonzero(is_active(state))
    drives = active[(visitors.parking[party[active]] >= 0) & (ordinal[active] == 0)]
    dying = np.flatnonzero(today("battery dies") < digital.battery_dies_share)
    lasts_us = (today("battery life", dying) * visitors.stay_s[party[dying]] * 1e6).astype(np.int64)
    drivers = residents[np.flatnonzero(ordinal == 0)[party]]
    plates = (draw_words(stream_key(config.seed, "plate"), drivers, 0) >> np.uint64(1)).astype(np.int64)
    shares = _habit(config, "friends", residents[active]) < digital.friends_opt_in_share
    pays = app.parking & (today("parking in the app", drives) < app.parking_use_share)
    books = app.booking & (today("booking in the app", active) < app.booking_use_share)
    return Phones(
        party=party,
        ordinal=ordinal.astype(np.int8),
        resident=residents,
        key=keys_of(config, residents),
        wifi_on=habit("Wi-Fi on", digital.wifi_on_share).astype(np.int8),
        offset=ndtri(_habit(config, "device offset", residents)),
        dies_us=_put(np.full(party.size, NEVER_US), dying, visitors.arrive_us[party[dying]] + lasts_us),
        knows_network=habit("knows network", digital.knows_network_share).astype(np.int8),
        willing=today("willing"),
        is_member=is_member.astype(np.int8),
        app=state,
        has_card=habit("card", digital.card_share).astype(np.int8),
        pays_linked=habit("pays linked", digital.pays_linked_share).astype(np.int8),
        is_partner_customer=habit("partner", config.sensing.identity.partner_share).astype(np.int8),
        shares_with_friends=_put(np.zeros(party.size, np.int8), active, shares),
        favourite=favourites_of(config, residents, 0),
        uses_parking=_put(np.zeros(party.size, np.int8), drives, pays),
        uses_booking=_put(np.zeros(party.size, np.int8), active, books),
        plate=np.where(visitors.parking[party] >= 0, plates, 0),
    )


def is_active(state: np.ndarray) -> np.ndarray:
    """Return who uses the mall's app."""
    return (state == App.ACTIVE) | (state == App.PUSH)


def navigates(config: RunConfig, visitors: Visitors) -> np.ndarray:
    """Return 1 for each party whose first adult lets the mall's app show the way, else 0 (int8)."""
    app = config.sensing.identity.app
    if not app.navigation:
        return np.zeros(visitors.number.size, np.int8)
    states = _app_states(config, residents_of(config, visitors.number))
    used = uniforms(stream_key(config.seed, "visit navigation in the app"), visitors.number, 0) < app.navigation_use_share
    return (is_active(states) & used).astype(np.int8)


def _adults(config: RunConfig, visitors: Visitors) -> tuple[np.ndarray, np.ndarray]:
    """Return (row of the batch, ordinal of the person) of every adult, in that order."""
    party = np.repeat(np.arange(visitors.number.size, dtype=np.int32), visitors.people)
    ordinal = np.arange(party.size) - np.repeat(np.cumsum(visitors.people) - visitors.people, visitors.people)
    draw = uniforms(stream_key(config.seed, "adult"), visitors.number[party], ordinal)
    is_adult = (ordinal == 0) | (draw < config.digital.adult_share)
    return party[is_adult], ordinal[is_adult]


def _habit(config: RunConfig, purpose: str, residents: np.ndarray, count: int = 0) -> np.ndarray:
    return uniforms(stream_key(config.seed, f"habit {purpose}"), residents, count)


def _app_states(config: RunConfig, residents: np.ndarray) -> np.ndarray:
    """Return what became of the app on each phone (int8 App); NONE without a membership.

    Of the members' phones app_share carry it; of these a = app_active_share are active, (1 - a) a are idle (INSTALLED), (1 - a)^2
    given up (CHURNED): whoever stops using it stays at each of two steps with the same chance. Of the phones without it, app_share x
    (1 - a)^2 have had it and REMOVED it.
    """
    digital = config.digital
    states = np.full(residents.size, App.NONE, np.int8)
    members = np.flatnonzero(_habit(config, "member", residents) < digital.member_share)
    has, use, push = (_habit(config, "app", residents[members], count) for count in range(3))
    active, gone = digital.app_active_share, (1 - digital.app_active_share) ** 2
    removed = has < digital.app_share + (1 - digital.app_share) * digital.app_share * gone
    pushes = (use < active) & (push < digital.push_share)
    carried = np.select([pushes, use < active, use < 1 - gone], [App.PUSH, App.ACTIVE, App.INSTALLED], App.CHURNED)
    states[members] = np.select([has < digital.app_share, removed], [carried, App.REMOVED], App.NONE)
    return states


def _put(column: np.ndarray, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    column[rows] = values
    return column
