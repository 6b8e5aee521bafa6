"""What happened: the kinds of truth events, their columns, and the schema of events.parquet."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

EVENTS_SCHEMA_VERSION = 1


KINDS = 512  # EventKind stays below


class EventKind(IntEnum):
    """Kinds of events; `place` and `value` mean what the comment says."""

    GATE_REACHED = 1  # place car park, value cars in front
    PARKED = 2  # place car park, value search time us
    PARKING_BALKED = 3  # place car park, value cars inside
    UNPARKED = 4  # place car park, value us lost to paying and to lines at the exit
    BAY_TAKEN = 5  # place bay, value walk to the door us: a car stands before it and drives in
    BAY_LEFT = 6  # place bay
    PARKING_PAID = 7  # place car park, value fen
    PARKING_VALIDATED = 8  # place car park, value microseconds of stay that are free
    RAMP_BLOCKED = 9  # place car park, value cars before it on the ramp
    PARKING_PAID_IN_POINTS = 23  # place car park, value centi-points, for all of what is owed: PARKING_PAID follows
    PARKING_PAID_AT = 26  # place car park, value PayPlace: follows PARKING_PAID
    TICKET_LOST = 27  # place car park, value us since entry: a flat fee follows
    RECEIPT_REFUSED = 18  # place car park, value us that it would have made free: it has been used before
    CAR_FOUND = 19  # place car park, value us that the driver looked for the own car
    EXIT_BLOCKED = 24  # place car park, value cars on the ramp: it has no room, so the car waits in its bay
    STOOD_OVERNIGHT = 25  # place car park, value us since entry: the car has stood there since last night
    ARRIVED = 10  # place entrance, value 1 if by car: a party passes the door into the mall
    TURNED_AWAY = 11  # place entrance: the mall is closed, or stays so
    LEFT = 12  # place entrance, value metres walked in millimetres: a party passes the door out of the mall
    STRANDED = 13  # place node: no way left to where the party wants to go
    REROUTED = 14  # place connector: the party had chosen it and found it closed
    PARKING_GAVE_UP = 16  # place car park, value us since the gate: drives to the exit gate, where PARKING_BALKED follows
    VIP_PARKED = 17  # place bay, value walk to the door us: follows BAY_TAKEN
    MISLED = 15  # place unit the party wanted, value unit it came to instead: it sees its mistake and sets off again
    STORE_ENTERED = 20  # place unit, value Reason
    STORE_REFUSED = 21  # place unit, value 0 closed, 1 full
    STORE_LEFT = 22  # place unit, value time inside us
    WAIT_SHOWN = 28  # place station, value wait us: what a party reads on coming to the line
    DETERRED = 29  # place station, value patience us: the wait shown was longer, the party turned away; follows BALKED
    QUEUE_JOINED = 30  # place station, value people or parties in front
    BALKED = 31  # place station, value parties in front
    SERVICE_STARTED = 32  # place station, value wait us
    SERVICE_ENDED = 33  # place station, value service us
    RENEGED = 34  # place station, value wait us
    TICKET_TAKEN = 35  # place station, value wait foretold us
    TICKET_CALLED = 36  # place station, value us since it was taken
    TICKET_VOID = 37  # place station, value us since it was called, -1 before: nobody came
    REJECTED = 38  # place station, value parties there: no room
    PREEMPTED = 39  # place station, value service us since the last start: SERVICE_STARTED follows anew
    PURCHASED = 40  # place unit, value fen
    PAID_BY = 41  # place PayMethod, value time to pay us, 0 where it is part of something else: follows PURCHASED
    SALE_LOST = 42  # place unit, value fen: stock or fit did not allow it
    SALE_SAVED = 43  # place unit, value fen: the same, ordered on the guide's tablet and shipped; PURCHASED follows
    PAYMENT_ADOPTED = 44  # place unit, value the gift's cost in fen: first mobile payment
    SEATED = 45  # place unit, value seats of the table
    FOOD_SERVED = 46  # place unit, value us since it was ordered, or since sitting down if that was later
    STOCKED_OUT = 47  # place unit, value portions wanted
    ORDERED_AHEAD = 48  # place unit, value portions
    MEAL_PUT_OFF = 49  # place unit that was not gone to, value us until it wants to try again
    FOOD_ORDERED = 54  # place unit, value prepared portions it takes, 0 when these are gone and another dish is cooked
    RATED = 55  # place unit, value thousandths of a star
    TABLE_BOOKED = 56  # place unit, value us until its time
    BOOKING_KEPT = 57  # place unit, value us after its time, negative before: who booked sits down
    BOARDED = 50  # place ride, value wait us
    SEAT_SOLD = 60  # place show, value seats
    SHOW_SOLD_OUT = 61  # place show, value seats wanted: no show that would suit has as many
    SHOW_ENTERED = 62  # place show, value us after its start, negative before
    SHOW_LEFT = 63  # place show, value us after its start
    SEAT_REFUNDED = 64  # place show, value seats
    SHOW_MISSED = 65  # place show, value seats: came too late, or never
    SEAT_TAKEN = 66  # place show, value the seat's number in its hall, row by row from the screen: SEAT_SOLD follows
    SEAT_FREED = 67  # place show, value the same: SEAT_REFUNDED follows
    SALE_REFUNDED = 68  # place unit, value fen given back of an earlier PURCHASED
    BAGS_HANDED_IN = 70  # place unit where they were bought last, value bags
    BAGS_COLLECTED = 71  # place unit of the desk, value bags
    BAGS_DELIVERED = 72  # place unit of the desk, value bags: they will be sent home
    DESK_USED = 73  # place unit, value us there
    PORTER_SENT = 74  # place unit, value us of work until the bags are at the desk: follows BAGS_HANDED_IN
    BAGS_AWAITED = 75  # place unit of the desk, value us until they come
    BAGS_MISLAID = 76  # place unit of the desk, value bags that are not found there; BAGS_DELIVERED follows
    DESK_REFUSED = 77  # place unit, value parties or children there: closed, full, or not done in time
    DESK_PAID = 78  # place unit, value fen to the mall, negative when the mall pays
    SPLIT = 80  # place node, value the part's number, people of the part: some of the party go their own way, or stay in the playground
    REJOINED = 81  # place node, value the part's number, people of the part
    MEETING_AWAITED = 82  # place node, value us until the time agreed, negative after: somebody is there, others are not
    MEETING_KEPT = 83  # place node, value us waited there: all are together, or a part is with those who are there
    MEETING_LATE = 84  # place node, value us after the time agreed: who waits calls the others
    CHILD_ALERT = 85  # place node, value children who are late, or not fetched
    PLAN_ABANDONED = 86  # place node, value needs given up, for want of agreement or because it is time to meet
    FAMILY_CAME = 87  # place entrance, value children: follows ARRIVED
    FAMILY_LEFT = 88  # place entrance, value fen spent on the visit: LEFT follows
    ARTICLE_WANTED = 90  # place unit, value 16 x article + size: a party would buy it
    ARTICLE_OUT = 91  # the same: it is not there; follows ARTICLE_WANTED
    ARTICLE_MISFIT = 92  # the same: tried on, it does not fit; follows ARTICLE_WANTED
    RETURN_FORESEEN = 93  # place unit, value fen just paid: will be brought back, SALE_REFUNDED follows at the end of the day
    MEMBER_GREETED = 94  # place unit: its staff knows the party that has looked round
    GREETED_SALE = 95  # place unit, value fen just paid by a party that was greeted
    SHELF_LEFT = 96  # place unit, value fen, at prices of sale, of what is left on the shelves at the end of the day; of nobody
    SIZES_SOLD_OUT = 97  # place unit, value sizes of articles that were there in the morning and are all gone; of nobody
    VISIT_JUDGED = 100  # place Purpose, value satisfaction in thousandths: just before LEFT, or when a party is turned away
    WAIT_FELT = 101  # place Purpose, value waiting of the visit as it felt us: follows VISIT_JUDGED
    EFFORT_FELT = 102  # place Purpose, value effort that has not been rested off in metres walked: follows WAIT_FELT
    PLAN_CHANGED = 103  # place trade, value Change
    LIST_CLOSED = 104  # place Purpose, value 100 x needs on the list + needs found: follows EFFORT_FELT where there was a list
    STARS_SHOWN = 105  # place unit, value thousandths of a star, 0 for none: what the app shows of it today; of no visit (-1), as the next four
    STARS_DESERVED = 106  # place unit, value thousandths of a star: its true quality
    RATINGS_COUNTED = 107  # place unit, value ratings that its stars rest on
    RATINGS_BOUGHT = 108  # place unit, value how many of these it has bought
    TENANT_JUDGED = 109  # place unit, value sim.standing.Fate
    MEMBER_CAME = 110  # place entrance, value n of its account of points, member:n: follows ARRIVED
    POINTS_EARNED = 111  # place unit, value centi-points: follows PURCHASED
    POINTS_BURNED = (
        112  # place unit, value centi-points: PURCHASED follows, with all of the price; negative: given back with a refund
    )
    POINTS_TAKEN_BACK = 113  # place unit, value centi-points that a receipt had earned and its refund took back
    GIFTS_EARNED = 114  # place unit, value centi-points of gifts: follows PURCHASED
    REFERRAL_PAID = 120  # place unit that has brought the member, value fen that come back to it, in points or money
    REFERRAL_POINTS = (
        121  # place unit that sells, value centi-points that come back of it: to the member, and to who brought it
    )
    MEMBER_PAID = 115  # place unit, value fen: follows PURCHASED where a member has shown who it is
    MEMBER_UNSEEN = 116  # place unit, value fen: the same where it has not
    ALLIANCE_PART = (
        126  # place unit, value sim.alliance.Stage + 16 x Change + 256 when it gives and takes points today: every morning
    )
    ALLIANCE_RETURN = (
        127  # place unit, value thousandths: its return at its last review, sim.alliance.NO_RETURN: follows ALLIANCE_PART
    )
    REDEMPTION_CLEARED = 117  # place unit, value us until the points just burned are settled in cash, as planned
    POINTS_HINDERED = 118  # place unit, value 16 x fen + Hindrance (sim/crowd/points/gateway_records.py)
    CLEARING_NOTED = 119  # place Noted (the same file), value as it says: of no visit (-1)
    OFFER_TAKEN = 122  # place item of the catalogue, value centi-points: a member has a voucher or a gift
    OFFER_REDEEMED = 123  # place unit, value fen off the receipt; PURCHASED follows
    POINTS_EXCHANGED = 124  # place programme and flow, value its sum of the day; of nobody
    ABUSE_COUNTED = 125  # place attack and what is counted of it, value its sum of the day; of nobody

    # 130-139 online orders, 140-149 happenings, 150-169 messages and offers, 170-189 what policies do beside
    HAPPENING_SET = 140  # place happening, value 16 x its cost in fen + its Kind: it is planned; of nobody
    HAPPENING_JOINED = 142  # place happening, value people in 1000 m2 of the zone around, the party among them
    HAPPENING_LEFT = 143  # place happening, value us there
    HAPPENING_FULL = 144  # place happening, value people there: no room for the party
    HAPPENING_MISSED = 145  # place happening, value us after its end
    HUNT_GIVEN_UP = 146  # place the next clue, value clues found
    HUNT_WON = 147  # place the last clue, value 1 when it has brought a coupon
    FRIENDS_MET = 148  # place happening, value us that the first has waited: follows HAPPENING_JOINED of the second
    FRIEND_MISSED = 149  # place happening, value us waited in vain: follows HAPPENING_LEFT
    # an order's value: see sim/crowd/online/fulfil.py; visit: the one that is to collect it, -1 for none
    ORDER_PLACED = (
        130  # place unit, value 64 x fen + 32 x (takes a visit's place) + 8 x Way + Scene (sim/crowd/online/records.py)
    )
    ORDER_READY = 131  # place unit, value us since it was placed
    ORDER_COLLECTED = 132  # place unit, value 4 x us since it was ready + 2 x (first visit ever) + 1 x (came for nothing else)
    ORDER_DELIVERED = 133  # place unit, value us since it was placed
    ORDER_LAPSED = 134  # place unit, value fen given back: nobody came for it
    ORDER_REFUNDED = 135  # place unit, value fen given back: not there, not done, or too late
    ORDER_EXTRA = 136  # place unit, value fen that a visit which collected has spent beside
    ORDER_RETURNED = 137  # place unit, value fen given back of what was delivered: follows ORDER_DELIVERED
    ITEM_FOUND = 138  # place unit, value us since a party found out that it needs it
    ITEM_MISSED = 139  # place unit where it looked last, value us until it gave up
    MESSAGE_READ = 150  # place promos.Channel, value 8 x (number of the message + 1) + promos.Fate
    COUPON_CLAIMED = 151  # place offer, value number of the message, -1 for none
    COUPON_USED = 152  # place offer, value fen that it cost: PURCHASED follows
    COUPON_REFUSED = 153  # place offer, value promos.Refused
    COUPON_LAPSED = 154  # place offer, value number of the message: not used on this visit
    PUSH_TURNED_OFF = 155  # place promos.Channel, value messages read on the visit
    TRIGGERED = 156  # place trigger in order of first mention, value offer, -1 for none
    MESSAGE_SENT = 157  # place promos.Channel, value number of the message
    COUPON_RETURNED = 158  # place offer, value fen of its cost that came back with a refund
    PLACE_SHOWN = 170  # place unit, value 16 x number of the message + its position in a list; follows MESSAGE_SENT
    STOCK_RECALLED = 172  # place unit, value fen that it costs to call pieces back from its shelves; of nobody
    SLOT_PAID = 173  # place unit, value fen that it pays for being shown; of nobody
    TAGS_PAID = 174  # place unit, value fen that it pays for tags; of nobody
    TAG_TOLD = 175  # place unit that is told, value the tag
    TAGS_LEARNT = (
        171  # place unit that was given the party's tags, value messages read on the visit: it lets the app send no more
    )


class Change(IntEnum):
    """Why a party's plan changed."""

    NONE_THERE = 0  # no store of the trade that it needs would do
    UNMET = 1  # it needed something of the store, and left without: stock, fit, or the line
    REPLANNED = 2  # a store that it needed was closed or full; it looks for another of the trade
    UNAFFORDABLE = 3  # its money for the visit does not reach
    MEAL_GIVEN_UP = 4
    VETOED = 5  # one of the party would not go in


class Reason(IntEnum):
    """Why a party entered a store."""

    NEED = 0
    BROWSE = 1
    IMPULSE = 2
    MEAL = 3
    TICKET = 4  # its ticket was called
    SHOW = 5  # it has seats there, or comes to buy some
    DESK = 6
    REST = 7  # to sit down, or for a snack
    OFFER = 8  # a message has sent it there
    HAPPENING = 9  # no store: it is on its way to something in the hall
    COLLECT = 10  # what was ordered is there


class EventLog(NamedTuple):
    """A buffer of events, filled by the kernel and flushed when full; `count[0]` rows are in use, `count[1]` flushes wanted."""

    time_us: np.ndarray  # int64 since local midnight of the run's first day
    kind: np.ndarray  # int16 EventKind
    visit: np.ndarray  # int64 the visit's number
    people: np.ndarray  # int8 people in the party
    place: np.ndarray  # int32 index of the place's kind
    value: np.ndarray  # int64
    count: np.ndarray  # int64 (1)


class SegmentLog(NamedTuple):
    """A buffer of trajectory segments: where a party was between two instants. Of every party at recording level `edges`, else of tracked ones."""

    start_us: np.ndarray  # int64
    end_us: np.ndarray  # int64
    visit: np.ndarray  # int64
    people: np.ndarray  # int8
    kind: np.ndarray  # int8 SegmentKind
    place: np.ndarray  # int32 piece, unit, ride or node
    from_m: np.ndarray  # float32 distance along the piece at the start
    to_m: np.ndarray  # float32 distance along the piece at the end
    side: np.ndarray  # float32 the party's own lateral place, -1 (right) to 1 (left)
    tracker: np.ndarray  # int32 the row under which sensors follow the party, -1 when nobody does
    count: np.ndarray  # int64 (1)


class SegmentKind(IntEnum):
    """What a party does during a segment."""

    WALKING = 0  # place: leg piece
    STANDING = 1  # place: leg piece (waiting at its end) or node
    INSIDE_UNIT = 2  # place: unit
    RIDING = 3  # place: ride


# How the `place` of an event kind is named in events.parquet (column place_id): which table of ids it indexes.
PLACE_TABLE = {
    EventKind.GATE_REACHED: "parking", EventKind.PARKED: "parking", EventKind.PARKING_BALKED: "parking",
    EventKind.UNPARKED: "parking", EventKind.ARRIVED: "entrance", EventKind.TURNED_AWAY: "entrance", EventKind.LEFT: "entrance",
    EventKind.STRANDED: "node", EventKind.REROUTED: "connector", EventKind.MISLED: "unit", EventKind.STORE_ENTERED: "unit",
    EventKind.STORE_REFUSED: "unit", EventKind.STORE_LEFT: "unit", EventKind.QUEUE_JOINED: "station",
    EventKind.BALKED: "station", EventKind.SERVICE_STARTED: "station", EventKind.SERVICE_ENDED: "station",
    EventKind.RENEGED: "station", EventKind.PURCHASED: "unit", EventKind.BOARDED: "ride", EventKind.BAY_TAKEN: "bay",
    EventKind.BAY_LEFT: "bay", EventKind.PARKING_GAVE_UP: "parking", EventKind.VIP_PARKED: "bay",
    EventKind.PARKING_PAID: "parking", EventKind.PARKING_VALIDATED: "parking",
    EventKind.PARKING_PAID_AT: "parking", EventKind.TICKET_LOST: "parking", EventKind.RECEIPT_REFUSED: "parking",
    EventKind.CAR_FOUND: "parking", EventKind.EXIT_BLOCKED: "parking", EventKind.STOOD_OVERNIGHT: "parking",
    EventKind.RAMP_BLOCKED: "parking", EventKind.TICKET_TAKEN: "station", EventKind.TICKET_CALLED: "station",
    EventKind.PREEMPTED: "station", EventKind.TICKET_VOID: "station", EventKind.WAIT_SHOWN: "station",
    EventKind.DETERRED: "station", EventKind.REJECTED: "station", EventKind.PAID_BY: "method", EventKind.SALE_LOST: "unit",
    EventKind.SALE_SAVED: "unit", EventKind.PAYMENT_ADOPTED: "unit", EventKind.SEATED: "unit", EventKind.FOOD_SERVED: "unit",
    EventKind.STOCKED_OUT: "unit", EventKind.FOOD_ORDERED: "unit", EventKind.RATED: "unit", EventKind.TABLE_BOOKED: "unit",
    EventKind.BOOKING_KEPT: "unit", EventKind.ORDERED_AHEAD: "unit", EventKind.MEAL_PUT_OFF: "unit", EventKind.SEAT_SOLD: "show",
    EventKind.SHOW_SOLD_OUT: "show", EventKind.SHOW_ENTERED: "show", EventKind.SHOW_LEFT: "show", EventKind.SEAT_REFUNDED: "show",
    EventKind.SHOW_MISSED: "show", EventKind.BAGS_HANDED_IN: "unit", EventKind.BAGS_COLLECTED: "unit",
    EventKind.BAGS_DELIVERED: "unit", EventKind.DESK_USED: "unit",
    EventKind.SEAT_TAKEN: "show", EventKind.SEAT_FREED: "show", EventKind.SALE_REFUNDED: "unit",
    EventKind.PORTER_SENT: "unit", EventKind.BAGS_AWAITED: "unit", EventKind.BAGS_MISLAID: "unit", EventKind.DESK_REFUSED: "unit",
    EventKind.DESK_PAID: "unit",
    EventKind.VISIT_JUDGED: "purpose", EventKind.WAIT_FELT: "purpose", EventKind.EFFORT_FELT: "purpose",
    EventKind.LIST_CLOSED: "purpose", EventKind.PLAN_CHANGED: "trade",
    EventKind.SPLIT: "node", EventKind.REJOINED: "node", EventKind.MEETING_AWAITED: "node", EventKind.MEETING_KEPT: "node",
    EventKind.MEETING_LATE: "node", EventKind.CHILD_ALERT: "node", EventKind.PLAN_ABANDONED: "node",
    EventKind.FAMILY_CAME: "entrance", EventKind.FAMILY_LEFT: "entrance",
    EventKind.ARTICLE_WANTED: "unit", EventKind.ARTICLE_OUT: "unit", EventKind.ARTICLE_MISFIT: "unit",
    EventKind.RETURN_FORESEEN: "unit", EventKind.MEMBER_GREETED: "unit", EventKind.GREETED_SALE: "unit",
    EventKind.SHELF_LEFT: "unit", EventKind.SIZES_SOLD_OUT: "unit",
    EventKind.STARS_SHOWN: "unit", EventKind.STARS_DESERVED: "unit", EventKind.RATINGS_COUNTED: "unit",
    EventKind.RATINGS_BOUGHT: "unit", EventKind.TENANT_JUDGED: "unit",
    EventKind.MEMBER_CAME: "entrance", EventKind.POINTS_EARNED: "unit", EventKind.POINTS_BURNED: "unit",
    EventKind.POINTS_TAKEN_BACK: "unit", EventKind.GIFTS_EARNED: "unit", EventKind.PARKING_PAID_IN_POINTS: "parking",
    EventKind.REFERRAL_PAID: "unit", EventKind.REFERRAL_POINTS: "unit",
    EventKind.MEMBER_PAID: "unit", EventKind.MEMBER_UNSEEN: "unit",
    EventKind.ALLIANCE_PART: "unit", EventKind.ALLIANCE_RETURN: "unit",
    EventKind.REDEMPTION_CLEARED: "unit", EventKind.POINTS_HINDERED: "unit", EventKind.CLEARING_NOTED: "clearing",
    EventKind.OFFER_TAKEN: "offer", EventKind.OFFER_REDEEMED: "unit", EventKind.POINTS_EXCHANGED: "exchange",
    EventKind.ABUSE_COUNTED: "abuse",
    EventKind.HAPPENING_SET: "number", EventKind.HAPPENING_JOINED: "number", EventKind.HAPPENING_LEFT: "number",
    EventKind.HAPPENING_FULL: "number", EventKind.HAPPENING_MISSED: "number", EventKind.HUNT_GIVEN_UP: "number",
    EventKind.HUNT_WON: "number", EventKind.FRIENDS_MET: "number", EventKind.FRIEND_MISSED: "number",
    EventKind.MESSAGE_READ: "channel", EventKind.MESSAGE_SENT: "channel", EventKind.PUSH_TURNED_OFF: "channel",
    EventKind.COUPON_CLAIMED: "number", EventKind.COUPON_USED: "number", EventKind.COUPON_REFUSED: "number",
    EventKind.COUPON_LAPSED: "number", EventKind.TRIGGERED: "number", EventKind.COUPON_RETURNED: "number",
    EventKind.PLACE_SHOWN: "unit", EventKind.TAGS_LEARNT: "unit", EventKind.STOCK_RECALLED: "unit",
    EventKind.SLOT_PAID: "unit", EventKind.TAGS_PAID: "unit", EventKind.TAG_TOLD: "unit",
    EventKind.ORDER_PLACED: "unit", EventKind.ORDER_READY: "unit", EventKind.ORDER_COLLECTED: "unit", EventKind.ORDER_DELIVERED: "unit",
    EventKind.ORDER_LAPSED: "unit", EventKind.ORDER_REFUNDED: "unit", EventKind.ORDER_EXTRA: "unit", EventKind.ORDER_RETURNED: "unit",
    EventKind.ITEM_FOUND: "unit", EventKind.ITEM_MISSED: "unit",
}  # fmt: skip
