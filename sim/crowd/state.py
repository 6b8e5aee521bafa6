"""The crowd's whole state as arrays of records, and the one tuple that kernels receive.

Records (NumPy structured arrays) rather than one array per trait: an event touches a dozen traits of one row, which then share two
cache lines, and a kernel's argument list stays short (decision 0003).
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.crowd.cars.exit_records import EXIT_PARAMS, TARIFF, VALIDATION
from sim.crowd.cars.records import AISLE, BAY, CAR_PARK, FLOOR, PARKING_PARAMS
from sim.crowd.checkout.records import CHECKOUT_PARAMS, METHOD
from sim.crowd.company.records import PARTY_PARAMS
from sim.crowd.errand import ERRAND
from sim.crowd.goods.records import GOODS_PARAMS, ITEM
from sim.crowd.happenings.records import HAPPENING, HAPPENING_PARAMS
from sim.crowd.mind import ARRIVING_MIND, MIND, MIND_PARAMS, OUTCOME, PULL
from sim.crowd.online.records import ONLINE_PARAMS, ORDER
from sim.crowd.points.gateway_records import CLEARING_PARAMS, GATEWAY
from sim.crowd.points.loyalty_records import LOYALTY_PARAMS
from sim.crowd.points.offer_records import DEED, HELD, OFFER, OFFER_PARAMS, SUSPECT
from sim.crowd.points.records import POINTS_PARAMS, RETURN, TERMS
from sim.crowd.points.referral_records import REFERRAL, REFERRAL_PARAMS
from sim.crowd.promos.records import BUDGET, CHANNEL, COUPON, LETTER, PROMO, PROMO_PARAMS, TRIGGER
from sim.crowd.rating_records import RATING_PARAMS
from sim.crowd.sign_records import SIGN_OF_NODE, SIGN_OF_UNIT, SIGN_PARAMS
from sim.crowd.streams import Stream as Stream
from sim.crowd.ticket_records import STATION_TICKET_FIELDS, TICKET_PARAMS
from sim.crowd.venues.cinema_records import CINEMA_PARAMS, SEAT, SHOW
from sim.crowd.venues.desk_records import DESK, DESK_PARAMS, HAND
from sim.crowd.venues.records import VENUE
from sim.crowd.venues.restaurant_records import BOOKING, COOK, RESTAURANT_PARAMS, TABLE
from sim.kernel import declare_type
from sim.ledger.records import ACCOUNT, LOT, PENDING, TRANSFER, UNDO
from sim.standing import STANDING


class Role(IntEnum):
    """What a station is for; its end of service means something else for each."""

    TILL = 0
    TABLE = 1
    GATE_IN = 2
    GATE_OUT = 3
    SELF_CHECKOUT = 4
    KITCHEN = 5
    BOX_OFFICE = 6
    DESK = 7
    PAY_MACHINE = 8
    OWN = 9  # a researcher's own service, which is a SimPy process
    GUIDE = 10  # a shop's guide with a tablet


class Doing(IntEnum):
    """What a party is doing; its next agenda entry is the end of it."""

    NOTHING = 0  # free row
    WALKING = 1  # along a piece of a leg
    CROSSING = 2  # waits for its slot at a border between zones
    BLOCKED = 3  # waits for room in the zone ahead; the entry is the end of its patience
    BOARDING = 4  # waits for an escalator step, a stair's width or a lift
    RIDING = 5
    ENTERING_STORE = 6  # waits for its slot in the store's door
    BROWSING = 7
    IN_LINE = 8  # the entry is the end of patience
    IN_SERVICE = 9  # at a till, a table or a car park's gate
    ENTERING_MALL = 10  # waits for its slot in the entrance's door
    LEAVING_MALL = 11  # the same, outwards
    SEARCHING_BAY = 12
    WALKING_FROM_CAR = 13
    WALKING_TO_CAR = 14
    STRANDED = 15  # no way out; looks again every minute
    ORIENTING = 16  # stands at a node and looks for the way to the store it has chosen
    WAITING_FOR_FOOD = 17  # at a table, the kitchen at work
    EATING = 18
    WAITING_FOR_SHOW = 19  # in the foyer
    WATCHING = 20
    DRIVING = 21  # along an aisle or a ramp, looking for a bay
    WALKING_TO_MACHINE = 22  # to a car park's pay machine
    AT_DESK = 23  # in a lounge, a playground: in service without a server
    AWAY = 24  # in the hands of a SimPy process
    MEETING = 25  # waits where its people have agreed to meet
    ATTENDING = 29  # stands at a happening in the hall


class Then(IntEnum):
    """What follows at the same instant, once an event has been handled."""

    WAIT = 0  # the next instant is in the agenda
    DECIDE = 1  # stands at a node and wants a goal
    SET_OFF = 2  # has a goal, wants a way
    WALK_ON = 3  # stands at a node and has a target on this level
    ARRIVE = 4  # stands at its target
    LOST = 5  # its goal cannot be reached
    STRIDE = 6  # is on a piece of a leg and wants to walk
    GONE = 7  # has left; its row is free


class Heading(IntEnum):
    """What a party will do where its present walk ends."""

    TO_STORE = 0
    TO_RIDE = 1
    TO_EXIT = 2


class Law(IntEnum):
    """Laws of service times."""

    DETERMINISTIC = 0
    EXPONENTIAL = 1
    ERLANG = 2
    LOGNORMAL = 3
    HYPEREXPONENTIAL = 4
    UNIFORM = 5


class Discipline(IntEnum):
    """Who is served next at a station."""

    FIFO = 0  # one line in order of arrival
    PRIORITY = 1  # by rank, then arrival; nobody in service is disturbed
    PREEMPTIVE = 2  # by rank, then arrival; a better rank takes the server, and what was begun is resumed
    SHARING = 3  # everybody at once, at a pace of servers / customers but never above 1
    LANES = 4  # a line before each server: newcomers take the shortest, its last goes over to one that is two shorter


class Meta(IntEnum):
    """Whole numbers of the run that kernels read and write; `meta` is indexed by it."""

    NOW_US = 0
    AGENDA_SIZE = 1
    AGENDA_HOLE = 2  # 1 while the root has been taken and not yet refilled
    AGENDA_DEAD = 3  # entries whose party has moved on
    LOG_ROWS = 4
    SEGMENT_ROWS = 5
    ARRIVALS_NEXT = 7
    ARRIVALS_SIZE = 8
    FREE_ROWS = 9
    INSIDE_PEOPLE = 10
    LOG_LEVEL = 11  # 0 none, 1 visits, 2 edges
    OUTCOME_ROWS = 6
    RETURN_ROWS = 13
    HANDED_OVER = 12  # 1 + row of the party that a service of one's own must take now, 0 when there is none


VISITED_KEPT = 8  # stores a party remembers having been in
LIFT_TRIPS = 64  # departures ahead for which a lift takes bookings
LIFT_STOPS = 20
SCRATCH = 256
CACHE_LINE = 64  # bytes

SHOPPER = np.dtype(
    [
        # the first 64 bytes are what a step from zone to zone touches: one cache line
        ("number", "i8"), ("since_us", "i8"), ("speed_mps", "f8"), ("pace_mps", "f8"),
        ("serial", "i4"), ("leg", "i4"), ("piece", "i4"), ("zone", "i4"), ("node", "i4"), ("target", "i4"),
        ("doing", "i1"), ("heading", "i1"), ("people", "i1"), ("has_entry", "i1"), ("promised", "i1"), ("leaving", "i1"), ("reason", "i1"),
        ("is_tracked", "i1"),
        ("walked_m", "f8"), ("arrived_us", "i8"), ("stay_until_us", "i8"), ("joined_us", "i8"), ("spend_scale", "f8"), ("needs", "i8"),
        ("amount_fen", "i8"), ("place", "i4"), ("goal", "i4"),
        ("ride", "i4"), ("unit", "i4"), ("resume", "i4"), ("station", "i4"), ("line_next", "i4"), ("line_prev", "i4"),
        ("entrance", "i4"), ("parking", "i4"), ("walk_through", "i4"), ("choices", "i4"), ("visits", "i4"), ("services", "i4"),
        ("side", "f4"), ("has_eaten", "i1"), ("has_booked", "i1"), ("rides_taken", "i1"), ("step_free", "i1"), ("tracker", "i4"),
        ("navigates", "i1"), ("is_misled", "i1"), ("letters", "i1"),
    ],
    align=True,
)  # fmt: skip
assert SHOPPER.itemsize == 3 * CACHE_LINE
# place: unit u, or number of units + entrance k, where the party last was; goal: the same for where it wants to go;
# tracker: the row under which sensors follow the party's phones, -1 when nobody does;
# is_misled: goal is a store taken for the wanted one, which is in resume.

NODE = np.dtype([("level", "i4"), ("zone", "i4"), ("local", "i4"), *SIGN_OF_NODE], align=True)
LEG = np.dtype(
    [
        ("m", "f8"),
        ("walked", "i8"),
        ("to", "i4"),
        ("piece_start", "i4"),
        ("piece_end", "i4"),
        ("frontage_start", "i4"),
        ("frontage_end", "i4"),
    ],
    align=True,
)
FRONTAGE = np.dtype([("key", "i8"), ("unseen", "i8"), ("unit", "i4")], align=True)
# key: the unit's own, so that passing needs no look at the unit; unseen: parties that turned aside before it, of those that set out
PIECE = np.dtype([("m", "f8"), ("zone", "i4"), ("border", "i4")], align=True)
BORDER = np.dtype([("free_us", "i8"), ("headway_us", "i8")], align=True)
ZONE = np.dtype(
    [
        ("since_us", "i8"), ("person_us", "i8"), ("crowded_us", "i8"), ("entries", "i8"), ("area_m2", "f8"),
        ("people", "i4"), ("promised", "i4"), ("room_people", "i4"), ("people_max", "i4"), ("line_head", "i4"), ("line_tail", "i4"),
    ],
    align=True,
)  # fmt: skip
LEVEL = np.dtype(
    [
        ("table_start", "i8"), ("targets", "i4"), ("target_start", "i4"), ("ride_start", "i4"), ("ride_end", "i4"),
        ("unit_start", "i4"), ("unit_end", "i4"),
    ],
    align=True,
)  # fmt: skip
UNIT = np.dtype(
    [
        ("key", "i8"), ("closes_us", "i8"), ("free_us", "i8"), ("headway_us", "i8"), ("person_us", "i8"),
        ("level", "i4"), ("target", "i4"), ("category", "i4"), ("people", "i4"), ("room_people", "i4"), ("is_open", "i4"),
        *SIGN_OF_UNIT,
    ],
    align=True,
)  # fmt: skip
ENTRANCE = np.dtype(
    [
        ("free_us", "i8"), ("headway_us", "i8"), ("key", "i8"), ("share", "f8"), ("x_m", "f8"), ("y_m", "f8"),
        ("node", "i4"), ("level", "i4"), ("target", "i4"), ("is_open", "i4"),
    ],
    align=True,
)  # fmt: skip
RIDE = np.dtype(
    [
        ("free_us", "i8"), ("headway_us", "i8"), ("key", "i8"), ("length_m", "f8"), ("ride_s", "f8"), ("speed_factor", "f8"),
        ("connector", "i4"), ("to_node", "i4"), ("to_level", "i4"), ("target", "i4"),
        ("kind", "i4"), ("lift", "i4"), ("from_stop", "i4"), ("to_stop", "i4"),
    ],
    align=True,
)  # fmt: skip
CONNECTOR = np.dtype(
    [("cycle_us", "i8"), ("phase_us", "i8"), ("capacity_people", "i4"), ("stops", "i4"), ("is_open", "i4")], align=True
)
STATION = np.dtype(
    [
        ("busy_us", "i8"), ("served", "i8"), ("service_s_mean", "f8"), ("service_cv", "f8"), ("patience_s_scale", "f8"),
        ("patience_shape", "f8"), ("servers_open", "i4"), ("busy", "i4"), ("waiting", "i4"), ("balk_queue", "i4"),
        ("line_head", "i4"), ("line_tail", "i4"), ("law", "i4"), ("unit", "i4"), ("role", "i4"), ("place", "i4"),
        ("discipline", "i4"), ("places", "i4"), ("lane_start", "i4"), ("lane_count", "i4"), ("is_held", "i4"),
        ("balk_share", "f8"), ("shared_us", "i8"), ("attained_us", "f8"), ("pace", "f8"),
        *STATION_TICKET_FIELDS,
    ],
    align=True,
)  # fmt: skip
# places: in line, beyond which newcomers are refused; balk_share: of those who foresee a wait beyond their patience;
# shared_us, attained_us, pace: at a SHARING station, until when the service that each has had is known, how much it is, and at what pace
# it goes on; is_held: 1 at an entry gate that serves nobody because the ramp behind it is full, however many gates are on duty.
# A PREEMPTIVE station has one lane, in which those in service stand.
LANE = np.dtype([("line_head", "i4"), ("line_tail", "i4"), ("waiting", "i4"), ("busy", "i4")], align=True)
CATEGORY = np.dtype(
    [
        ("last_entry_us", "i8"), ("dwell_mu", "f8"), ("dwell_sigma", "f8"), ("conversion_share", "f8"), ("basket_mu", "f8"), ("basket_sigma", "f8"), ("basket_fen", "f8"),
        ("pool_start", "i4"), ("pool_end", "i4"), ("has_tables", "i4"), ("per_head", "i4"),
        ("handling_s", "f8"), ("wanted_share", "f8"), ("is_food_retail", "i4"),
    ],
    align=True,
)  # fmt: skip
POOL = np.dtype([("cumulative", "f8"), ("log_appeal", "f8"), ("unit", "i4"), ("guide", "i4")], align=True)
PARAMS = np.dtype(
    [
        ("critical_per_m2", "f8"), ("critical_factor", "f8"), ("gamma_per_m2", "f8"), ("jam_per_m2", "f8"), ("creep_mps", "f8"), ("walk_s_scale", "f8"), ("wait_s_scale", "f8"),
        ("route_s_scale", "f8"), ("impulse_share", "f8"), ("browse_share", "f8"),
        ("wrong_turn_share", "f8"), ("orientation_share", "f8"), ("orientation_s_mean", "f8"), ("navigation_factor", "f8"), ("gridlock_us", "i8"), ("closing_grace_us", "i8"), ("closes_us", "i8"),
        ("lunch_starts_us", "i8"), ("lunch_ends_us", "i8"), ("dinner_starts_us", "i8"), ("dinner_ends_us", "i8"),
        ("consideration_size", "i4"), ("congestion", "i4"), ("units", "i4"), ("entrances", "i4"), ("is_open", "i4"), ("food_pool", "i4"),
        *EXIT_PARAMS,
        *RESTAURANT_PARAMS, *CINEMA_PARAMS, *DESK_PARAMS, *CHECKOUT_PARAMS, *PARKING_PARAMS, *TICKET_PARAMS, *MIND_PARAMS, *PARTY_PARAMS, *GOODS_PARAMS,
        *RATING_PARAMS, *POINTS_PARAMS,
        *REFERRAL_PARAMS,
        *CLEARING_PARAMS,
        *LOYALTY_PARAMS,
        *OFFER_PARAMS,
        *PROMO_PARAMS,
        *SIGN_PARAMS,
        *HAPPENING_PARAMS,
        *ONLINE_PARAMS,
    ],
    align=True,
)  # fmt: skip
ARRIVAL = np.dtype(
    [
        ("number", "i8"), ("arrive_us", "i8"), ("needs", "i8"), ("free_speed_mps", "f8"), ("stay_s", "f8"), ("spend_scale", "f8"),
        ("entrance", "i4"), ("parking", "i4"), ("people", "i4"), ("goal_entrance", "i4"), ("step_free", "i4"), ("tracker", "i4"), ("navigates", "i4"),
        ("uses_app", "i4"), ("pays_by", "i4"), ("is_vip", "i4"), ("parks_by", "i4"), *ARRIVING_MIND, ("reach", "i2"), ("bears", "f4"),
        ("bound_for", "i4"),
        ("order", "i4"),
    ],
    align=True,
)  # fmt: skip
EVENT = np.dtype(
    [("time_us", "i8"), ("visit", "i8"), ("value", "i8"), ("place", "i4"), ("kind", "i2"), ("people", "i1")], align=True
)
SEGMENT = np.dtype(
    [
        ("start_us", "i8"), ("end_us", "i8"), ("visit", "i8"), ("place", "i4"), ("from_m", "f4"), ("to_m", "f4"), ("side", "f4"),
        ("tracker", "i4"), ("kind", "i1"), ("people", "i1"),
    ],
    align=True,
)  # fmt: skip


class Mall(NamedTuple):
    """All that a kernel may touch. Records are indexed by the thing they describe."""

    shoppers: np.ndarray  # SHOPPER rows
    errands: np.ndarray  # ERRAND of each row
    minds: np.ndarray  # MIND of each row
    tastes: np.ndarray  # (rows, TASTES) float32
    liked: np.ndarray  # (rows, LIKED_MAX) int32 units
    visited: np.ndarray  # (rows, VISITED_KEPT) int32 units
    heap: np.ndarray  # (entries, 3) int64: time and priority, number, serial and row
    free_rows: np.ndarray  # int32 stack
    arrivals: np.ndarray  # ARRIVAL, in order of time and number
    arriving_tastes: np.ndarray  # (arrivals, TASTES) float32
    arriving_liked: np.ndarray  # (arrivals, LIKED_MAX) int32
    arriving_coupons: np.ndarray  # (arrivals, COUPONS_MAX) int32 offers
    nodes: np.ndarray
    legs: np.ndarray
    pieces: np.ndarray
    frontages: np.ndarray  # FRONTAGE, in order of legs
    borders: np.ndarray
    zones: np.ndarray
    levels: np.ndarray
    next_leg: np.ndarray  # int32, per level (nodes, targets): the rides of a level lie side by side
    walk_m: np.ndarray  # float32, the same
    units: np.ndarray
    brands: np.ndarray  # (units, TASTES) float32: where each unit stands in the space of tastes
    pulls: np.ndarray  # PULL of each unit today
    entrances: np.ndarray
    rides: np.ndarray
    ways: np.ndarray  # int32 rides that lead from a level towards another, see tables.ways_between
    way_start: np.ndarray  # int32 (L * L + 1) where those of (from level, to level) begin
    connectors: np.ndarray
    togo_s: np.ndarray  # (2, U + K, R) float32: from a ride's exit to a place; class 1 is step-free
    hop_s: np.ndarray  # (2, U + K, U + K) float32: between places, at routing.REFERENCE_MPS and without waits
    lift_load: np.ndarray  # (lifts, 2, LIFT_TRIPS, LIFT_STOPS) int32 people booked; the last column is the trip's number + 1
    stations: np.ndarray
    lanes: np.ndarray
    car_parks: np.ndarray
    floors: np.ndarray  # FLOOR of car parks
    aisles: np.ndarray
    bays: np.ndarray
    tariff: np.ndarray  # TARIFF rows, which cover 24 hours
    validation: np.ndarray  # VALIDATION steps, ascending
    venues: np.ndarray  # VENUE of each unit
    tables: np.ndarray
    cooks: np.ndarray
    bookings: np.ndarray
    shows: np.ndarray
    seats: np.ndarray
    desks: np.ndarray  # DESK of each kind
    hands: np.ndarray  # HAND: porters and bays of the car wash
    methods: np.ndarray
    categories: np.ndarray
    pool: np.ndarray  # POOL: units of each category (and of all, and of all food) with cumulative appeal
    params: np.ndarray  # PARAMS (1)
    keys: np.ndarray  # uint64 by Stream
    meta: np.ndarray  # int64 by Meta
    counts: np.ndarray  # int64 by tallies.Counted
    log: np.ndarray  # EVENT buffer
    segments: np.ndarray  # SEGMENT buffer
    accounts: np.ndarray  # from here to book_counts: sim.ledger.records.Book
    lots: np.ndarray
    pendings: np.ndarray
    transfers: np.ndarray
    undo: np.ndarray
    book_counts: np.ndarray
    terms: np.ndarray  # TERMS of each unit: on what it gives and takes points
    gateways: np.ndarray  # GATEWAY of each unit
    earning: np.ndarray  # int64 (units, windows of the day): by what its receipts earn more than usual, in thousandths
    earning_from_us: np.ndarray  # int64 (windows) when each begins, the first at 0
    returns: np.ndarray  # RETURN buffer
    referrals: np.ndarray  # REFERRAL of each resident; of nobody where there is no referral
    offers: np.ndarray  # OFFER of each item of the catalogue
    held: np.ndarray  # HELD, WALLET_MAX of each account of the ledger
    suspects: np.ndarray  # SUSPECT of each account
    deeds: np.ndarray  # DEED buffer
    watched: np.ndarray  # int64 by points.watching.Watched
    promos: np.ndarray  # PROMO of each offer
    promo_units: np.ndarray  # int8 (offers, units): 1 where a unit takes it
    budgets: np.ndarray  # BUDGET
    coupons: np.ndarray  # (rows, COUPONS_MAX) COUPON
    letters: np.ndarray  # (rows, LETTERS_MAX) LETTER
    triggers: np.ndarray  # TRIGGER, in order of hooks
    trigger_start: np.ndarray  # int32 (hooks + 1)
    trigger_places: np.ndarray  # int8 (triggers, units or entrances)
    triggered: np.ndarray  # int8 (rows, slots of triggers): how often each has fired at the party on its visit
    channels: np.ndarray  # CHANNEL of each promos.Channel
    happenings: np.ndarray  # HAPPENING
    themes: np.ndarray  # (happenings, TASTES) float32: where each stands in the space of tastes
    happenings_by_leg: np.ndarray  # int64 bits of those that one passes on a leg
    orders: np.ndarray  # ORDER: those planned, by (placed_us, number), then room for those made in the mall
    picker_free_us: np.ndarray  # int64 (units, pickers) when each has done all its orders
    courier_free_us: np.ndarray  # int64 (couriers)
    brand_of: np.ndarray  # int64 (units) first unit of the same name
    seller_stock: np.ndarray  # int64 (units) of the thing that some seek
    seller_shown: np.ndarray  # int64 (units) the same, as the app knows it
    outcomes: np.ndarray  # OUTCOME buffer
    standing: np.ndarray  # STANDING of each unit
    items: np.ndarray  # ITEM, those of a unit side by side
    scratch_place: np.ndarray  # int32 (SCRATCH)
    scratch_utility: np.ndarray  # float64 (SCRATCH)
    scratch_draw: np.ndarray  # float64 (SCRATCH)


def records(rows: int, dtype: np.dtype) -> np.recarray:  # type: ignore[type-arg]
    """Return `rows` zeroed records whose fields read as attributes, compiled or not; they start on a cache line."""
    raw = np.zeros(rows * dtype.itemsize + CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    return raw[start : start + rows * dtype.itemsize].view(dtype).view(np.recarray)


def example_mall() -> Mall:
    """Return an empty mall, whose types are those of every mall."""
    tables = {
        "shoppers": SHOPPER, "arrivals": ARRIVAL, "nodes": NODE, "legs": LEG, "frontages": FRONTAGE, "pieces": PIECE, "borders": BORDER, "zones": ZONE,
        "levels": LEVEL, "units": UNIT, "entrances": ENTRANCE, "rides": RIDE, "connectors": CONNECTOR, "stations": STATION,
        "lanes": LANE,
        "gateways": GATEWAY,
        "car_parks": CAR_PARK, "floors": FLOOR, "aisles": AISLE, "bays": BAY, "venues": VENUE, "tables": TABLE, "cooks": COOK, "bookings": BOOKING, "shows": SHOW, "seats": SEAT,
        "tariff": TARIFF, "validation": VALIDATION,
        "desks": DESK, "hands": HAND,
        "methods": METHOD, "errands": ERRAND, "categories": CATEGORY, "pool": POOL, "params": PARAMS, "log": EVENT, "segments": SEGMENT,
        "offers": OFFER, "held": HELD, "suspects": SUSPECT, "deeds": DEED,
        "accounts": ACCOUNT, "lots": LOT, "pendings": PENDING, "transfers": TRANSFER, "undo": UNDO, "terms": TERMS, "returns": RETURN, "minds": MIND, "pulls": PULL, "outcomes": OUTCOME, "items": ITEM, "standing": STANDING,
        "referrals": REFERRAL, "promos": PROMO, "budgets": BUDGET, "triggers": TRIGGER, "channels": CHANNEL,
        "happenings": HAPPENING,
        "orders": ORDER,
    }  # fmt: skip
    whole, real, single = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int32)
    return Mall(
        **{name: records(0, dtype) for name, dtype in tables.items()},
        visited=np.zeros((0, 0), np.int32), liked=np.zeros((0, 0), np.int32), arriving_liked=np.zeros((0, 0), np.int32),
        arriving_coupons=np.zeros((0, 0), np.int32),
        tastes=np.zeros((0, 0), np.float32), arriving_tastes=np.zeros((0, 0), np.float32), brands=np.zeros((0, 0), np.float32), heap=np.zeros((0, 3), np.int64), free_rows=single, ways=single, way_start=single, next_leg=single,
        walk_m=np.zeros(0, np.float32), togo_s=np.zeros((0, 0, 0), np.float32), hop_s=np.zeros((0, 0, 0), np.float32),
        lift_load=np.zeros((0, 0, 0, 0), np.int32), keys=np.zeros(0, np.uint64), meta=whole, counts=whole, book_counts=whole, watched=whole,
        scratch_place=single, scratch_utility=real, scratch_draw=real,
        earning=np.zeros((0, 0), np.int64), earning_from_us=whole,
        themes=np.zeros((0, 0), np.float32), happenings_by_leg=whole,
        coupons=np.zeros((0, 0), COUPON).view(np.recarray), letters=np.zeros((0, 0), LETTER).view(np.recarray),
        picker_free_us=np.zeros((0, 0), np.int64), courier_free_us=whole, brand_of=whole, seller_stock=whole, seller_shown=whole,
        promo_units=np.zeros((0, 0), np.int8), trigger_places=np.zeros((0, 0), np.int8), trigger_start=single,
        triggered=np.zeros((0, 0), np.int8),
    )  # fmt: skip


declare_type("Mall", example_mall(), by_reference=True)
