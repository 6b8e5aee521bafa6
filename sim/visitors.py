"""Who arrives: the batch of parties that the population hands to the crowd, and the phones they carry."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

NEEDS_MAX = 6  # needs a party can bring
TASTES = 4  # dimensions of the latent space in which people's tastes, brands and articles lie
LIKED_MAX = 4  # stores that a party remembers from earlier visits
COUPONS_MAX = 6  # coupons that a party brings from home
NOBODY = -1  # no resident of the catchment


class Purpose(IntEnum):
    """What a visit is for."""

    SHOPPING = 0
    MEAL = 1
    LEISURE = 2
    CINEMA = 3
    STROLL = 4  # no list: to look around
    WALK_THROUGH = 5


class Character(IntEnum):
    """How somebody is with others (article S1): who tells, who is hard to please, who joins in, who keeps to themselves."""

    PROMOTER = 0
    CHOOSY = 1
    PARTICIPATORY = 2
    QUIET = 3


class PayMethod(IntEnum):
    """Ways to pay."""

    CASH = 0
    CARD = 1  # inserted, with PIN
    CONTACTLESS = 2
    CONTACTLESS_PIN = 3
    MOBILE = 4  # held to the terminal
    QR = 5  # open the app, scan, confirm


class ParkingStrategy(IntEnum):
    """How a driver looks for a bay."""

    FIRST = 0  # takes the first free one
    HUNT = 1  # drives on towards the door, and takes what is nearest
    GUIDED = 2  # goes where signs or the app send it


class Visitors(NamedTuple):
    """Parties in order of (arrive_us, number); one row each."""

    number: np.ndarray  # int64 the visit's number, an address: independent of who else comes
    arrive_us: np.ndarray  # int64 at the entrance's door, or at the car park's gate
    entrance: np.ndarray  # int32 entrance, also for those by car (their car park's)
    parking: np.ndarray  # int32 car park, -1 on foot
    people: np.ndarray  # int32 1 to 6
    free_speed_mps: np.ndarray  # float64 on the level
    stay_s: np.ndarray  # float64 intended length of the visit
    spend_scale: np.ndarray  # float64 multiplies every basket; mean 1, heavy-tailed
    needs: np.ndarray  # int8 (rows, NEEDS_MAX) categories to visit, in order, -1 when none
    step_free: np.ndarray  # int8 1 when only lifts will do (pram, wheelchair)
    goal_entrance: np.ndarray  # int32 -1, or the entrance at which a party that only walks through leaves
    navigates: np.ndarray  # int8 1 when the mall's app shows the party the way
    uses_app: np.ndarray  # int8 1 when it looks at live information: waits shown, tickets, free bays
    pays_by: np.ndarray  # int8 PayMethod it is used to
    is_vip: np.ndarray  # int8 1 when a member of the top tier
    parks_by: np.ndarray  # int8 ParkingStrategy of its driver
    resident: np.ndarray  # int64 row of the resident whose visit it is, NOBODY for a walk-in
    children: np.ndarray  # int8 of its people
    purpose: np.ndarray  # int8 Purpose
    is_member: np.ndarray  # int8 1 when the resident is a member
    points_centi: np.ndarray  # int64 centi-points that a member holds from before the run
    earns_milli: np.ndarray  # int32 points that a member of its tier earns relative to others, in thousandths
    bonus_centi: np.ndarray  # int64 centi-points that it is given on this visit, for a tier that it has reached
    character: np.ndarray  # int8 Character of the resident
    budget_fen: np.ndarray  # int64 that it will not spend more than
    price_sensitivity: np.ndarray  # float64, mean 1: what dear prices do to its wish to buy
    hungry_us: np.ndarray  # int64 when it will be hungry, if it eats nothing before
    splits: np.ndarray  # int8 1 when its people would go separate ways for a while
    has_bracelets: np.ndarray  # int8 1 when its children wear the mall's smart bracelets
    taste: np.ndarray  # float32 (rows, TASTES) the party's joint taste, standard normal in each dimension
    liked: np.ndarray  # int32 (rows, LIKED_MAX) units remembered with pleasure, -1 for none
    shows_card: np.ndarray  # int8 1 when a member shows who it is on this visit
    habit: np.ndarray  # float64 share of a member's earlier purchases that earned points
    burn_cost_fen: np.ndarray  # int64 worth of points from which it would rather burn than keep them
    bears_messages: np.ndarray  # float32 annoying messages that it can still take this week before it lets the app send no more
    coupons: np.ndarray  # int32 (rows, COUPONS_MAX) brought from home: offers by number, -1 for none
    bound_for: np.ndarray  # int32 unit that it has come for, to use one of them, -1 for none
    account: np.ndarray  # int32 account of a member of another mall that is lent to this one today, -1 of everybody else


NEVER_US = 2**62
UNLIMITED_FEN = 2**53


def empty_visitors(rows: int) -> Visitors:
    """Return `rows` parties on foot, alone, at entrance 0 at midnight, with no needs."""
    return Visitors(
        number=np.zeros(rows, np.int64),
        arrive_us=np.zeros(rows, np.int64),
        entrance=np.zeros(rows, np.int32),
        parking=np.full(rows, -1, np.int32),
        people=np.ones(rows, np.int32),
        free_speed_mps=np.full(rows, 1.34),
        stay_s=np.zeros(rows),
        spend_scale=np.ones(rows),
        needs=np.full((rows, NEEDS_MAX), -1, np.int8),
        step_free=np.zeros(rows, np.int8),
        goal_entrance=np.full(rows, -1, np.int32),
        navigates=np.zeros(rows, np.int8),
        uses_app=np.zeros(rows, np.int8),
        pays_by=np.zeros(rows, np.int8),
        is_vip=np.zeros(rows, np.int8),
        parks_by=np.zeros(rows, np.int8),
        resident=np.full(rows, NOBODY, np.int64),
        children=np.zeros(rows, np.int8),
        purpose=np.zeros(rows, np.int8),
        is_member=np.zeros(rows, np.int8),
        points_centi=np.zeros(rows, np.int64),
        earns_milli=np.full(rows, 1000, np.int32),
        bonus_centi=np.zeros(rows, np.int64),
        character=np.full(rows, Character.QUIET, np.int8),
        budget_fen=np.full(rows, UNLIMITED_FEN),
        price_sensitivity=np.ones(rows),
        hungry_us=np.full(rows, NEVER_US),
        splits=np.zeros(rows, np.int8),
        has_bracelets=np.zeros(rows, np.int8),
        taste=np.zeros((rows, TASTES), np.float32),
        liked=np.full((rows, LIKED_MAX), -1, np.int32),
        shows_card=np.ones(rows, np.int8),
        habit=np.zeros(rows),
        burn_cost_fen=np.full(rows, UNLIMITED_FEN),
        bears_messages=np.full(rows, np.inf, np.float32),
        coupons=np.full((rows, COUPONS_MAX), -1, np.int32),
        bound_for=np.full(rows, -1, np.int32),
        account=np.full(rows, -1, np.int32),
    )


class App(IntEnum):
    """What became of the mall's app on a phone."""

    NONE = 0
    INSTALLED = 1  # and hardly used
    ACTIVE = 2
    PUSH = 3  # active, and lets it send messages
    CHURNED = 4  # installed, not used any more
    REMOVED = 5


class Phones(NamedTuple):
    """The phones of a batch of parties: one row per adult, sorted by (party, ordinal). What people are and would do, not what is known.

    `resident` is a person of the catchment, the same on every day; who a party's first adult is decides what it wants.
    """

    party: np.ndarray  # int32 row of the Visitors batch
    ordinal: np.ndarray  # int8 0 for the party's first adult
    resident: np.ndarray  # int64
    key: np.ndarray  # int64 the phone's own address for draws
    wifi_on: np.ndarray  # int8
    offset: np.ndarray  # float64 standard normal: its own offset in units of sensing.radio.device_offset_db
    dies_us: np.ndarray  # int64 when its battery runs out, NEVER_US when it does not
    knows_network: np.ndarray  # int8 joins the mall's Wi-Fi by itself
    willing: np.ndarray  # float64 in (0, 1): a low value connects, completes the portal and joins sooner (see sensing/identity)
    is_member: np.ndarray  # int8 a member before today
    app: np.ndarray  # int8 App
    has_card: np.ndarray  # int8 the card in a chat app
    pays_linked: np.ndarray  # int8 pays by an account linked to the membership
    is_partner_customer: np.ndarray  # int8
    shares_with_friends: np.ndarray  # int8
    favourite: np.ndarray  # float64 in (0, 1): where its owner's first favourite trade stands in the cumulated shares of needs
    uses_parking: np.ndarray  # int8 the app's utilities on this visit
    uses_booking: np.ndarray  # int8
    plate: np.ndarray  # int64 of the party's car, 0 on foot


def no_phones() -> Phones:
    """Return an empty batch."""
    kinds = {
        "party": np.int32,
        "resident": np.int64,
        "key": np.int64,
        "offset": np.float64,
        "dies_us": np.int64,
        "willing": np.float64,
        "favourite": np.float64,
        "plate": np.int64,
    }
    return Phones(**{name: np.zeros(0, kinds.get(name, np.int8)) for name in Phones._fields})
