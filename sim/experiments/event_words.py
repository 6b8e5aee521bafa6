"""Every kind of event in a planner's words, and what it tells of the cause where it is the first thing that differs between two days."""

from __future__ import annotations

from enum import IntEnum

from sim.events import EventKind, Reason
from sim.promos import FATE_SLOTS, Fate
from sim.reporting.events_file import Events
from sim.units import US_PER_MIN, US_PER_S, clock_text

K = EventKind


class Touch(IntEnum):
    """How the difference between the two days has come to a visit."""

    DIRECT = 0  # what was changed has reached the visit itself
    INDIRECT = 1  # it has reached the visit through something shared: a line, a shelf, a car park, those it came with
    UNKNOWN = 2  # the events do not tell


class Cause(IntEnum):
    """What differed first for a visit."""

    PRESENCE = 0
    MESSAGE = 1
    HAPPENING = 2
    DISPLAY = 3
    MONEY = 4
    DOOR = 5
    SERVICE = 6
    QUEUE = 7
    STOCK = 8
    PARKING = 9
    CROWDING = 10
    COMPANY = 11
    WAY = 12
    STAY = 13
    CHOICE = 14
    FELT = 15
    OTHER = 16


# What is said where the second day has more of it, less of it, or something else.
CAUSE_WORDS = {
    Cause.PRESENCE: (Touch.DIRECT, "it came only on the second day", "it came only on the first day", "it came otherwise"),
    Cause.MESSAGE: (Touch.DIRECT, "a message or an offer reached it", "a message or an offer no longer reached it", "a message or an offer was another, or came at another time"),
    Cause.HAPPENING: (Touch.DIRECT, "something went on in the hall", "something no longer went on in the hall", "it met something else in the hall"),
    Cause.DISPLAY: (Touch.DIRECT, "a wait was shown to it, or a ticket given", "a wait was no longer shown, or no ticket given", "another wait was shown, or another ticket given"),
    Cause.MONEY: (Touch.DIRECT, "it paid or got more at the same purchase", "it paid or got less at the same purchase", "a price, a fee or points were different"),
    Cause.DOOR: (Touch.DIRECT, "a door or a way was shut", "a door or a way was no longer shut", "a door or a way was shut at another time"),
    Cause.SERVICE: (Touch.DIRECT, "serving it took longer", "serving it went faster", "it was served otherwise"),
    Cause.QUEUE: (Touch.INDIRECT, "a line was longer or a place fuller", "a line was shorter or a place emptier", "a line moved otherwise"),
    Cause.STOCK: (Touch.INDIRECT, "something was sold out", "something was no longer sold out", "something else was left on shelves, in kitchens or halls"),
    Cause.PARKING: (Touch.INDIRECT, "parking took longer", "parking went faster", "it found another bay"),
    Cause.CROWDING: (Touch.UNKNOWN, "its way took longer", "its way took less long", "its way was another"),
    Cause.COMPANY: (Touch.INDIRECT, "those it came with were later", "those it came with were earlier", "those it came with did something else"),
    Cause.WAY: (Touch.UNKNOWN, "it took stairs, a lift or an escalator more", "it took stairs, a lift or an escalator less", "it took another way up or down"),
    Cause.STAY: (Touch.UNKNOWN, "it stayed longer in one place", "it stayed less long in one place", "it stayed otherwise"),
    Cause.CHOICE: (Touch.UNKNOWN, "it chose to do more", "it chose to do less", "it chose another place or plan"),
    Cause.FELT: (Touch.UNKNOWN, "it was more content", "it was less content", "it judged the visit otherwise"),
    Cause.OTHER: (Touch.UNKNOWN, "something more happened to it", "something less happened to it", "something else happened to it"),
}  # fmt: skip

# What a visit did, to be read after "it"; a phrase that begins otherwise is of no visit. {place} and one form of the value: {span} of
# microseconds, {yuan} of fen, {points} of centi-points, {count} as it is, {reason} of an entry, {fate} of a message.
WORDS: dict[EventKind, tuple[str, Cause]] = {
    K.GATE_REACHED: ("came to the gate of {place} behind {count} cars", Cause.PARKING),
    K.PARKED: ("parked in {place} after {span}", Cause.PARKING),
    K.PARKING_BALKED: ("turned away from {place}, {count} cars inside", Cause.PARKING),
    K.UNPARKED: ("drove out of {place}, {span} lost at the exit", Cause.PARKING),
    K.BAY_TAKEN: ("took the bay {place}", Cause.PARKING),
    K.BAY_LEFT: ("left the bay {place}", Cause.PARKING),
    K.PARKING_PAID: ("paid {yuan} for parking in {place}", Cause.MONEY),
    K.PARKING_VALIDATED: ("had {span} of parking in {place} free", Cause.MONEY),
    K.RAMP_BLOCKED: ("stood on the ramp of {place} behind {count} cars", Cause.PARKING),
    K.PARKING_PAID_IN_POINTS: ("paid for parking in {place} with {points} points", Cause.MONEY),
    K.PARKING_PAID_AT: ("paid for parking in {place} in way {count}", Cause.MONEY),
    K.TICKET_LOST: ("had lost the ticket of {place}", Cause.MONEY),
    K.RECEIPT_REFUSED: ("showed a receipt that {place} refused", Cause.MONEY),
    K.CAR_FOUND: ("found its car in {place} after {span}", Cause.PARKING),
    K.EXIT_BLOCKED: ("could not leave its bay in {place}, {count} cars on the ramp", Cause.PARKING),
    K.STOOD_OVERNIGHT: ("had left its car in {place} overnight", Cause.PARKING),
    K.ARRIVED: ("came in through {place}", Cause.CHOICE),
    K.TURNED_AWAY: ("was turned away at {place}", Cause.DOOR),
    K.LEFT: ("left through {place}", Cause.CHOICE),
    K.STRANDED: ("had no way left at {place}", Cause.DOOR),
    K.REROUTED: ("found {place} closed", Cause.DOOR),
    K.PARKING_GAVE_UP: ("gave up parking in {place} after {span}", Cause.PARKING),
    K.VIP_PARKED: ("was given the bay {place}", Cause.PARKING),
    K.MISLED: ("looked for {place} and came to another store", Cause.WAY),
    K.STORE_ENTERED: ("entered {place} {reason}", Cause.CHOICE),
    K.STORE_REFUSED: ("found {place} closed or full", Cause.DOOR),
    K.STORE_LEFT: ("left {place} after {span}", Cause.STAY),
    K.WAIT_SHOWN: ("read at {place} that the wait is {span}", Cause.DISPLAY),
    K.DETERRED: ("turned away from {place} for the wait that was shown", Cause.DISPLAY),
    K.QUEUE_JOINED: ("joined the line at {place} behind {count}", Cause.QUEUE),
    K.BALKED: ("did not join the line at {place}, {count} in front", Cause.QUEUE),
    K.SERVICE_STARTED: ("was served at {place} after waiting {span}", Cause.QUEUE),
    K.SERVICE_ENDED: ("was done at {place} after {span}", Cause.SERVICE),
    K.RENEGED: ("gave up waiting at {place} after {span}", Cause.QUEUE),
    K.TICKET_TAKEN: ("took a ticket for {place}, wait foretold {span}", Cause.DISPLAY),
    K.TICKET_CALLED: ("was called to {place} after {span}", Cause.QUEUE),
    K.TICKET_VOID: ("did not come to {place} when called", Cause.QUEUE),
    K.REJECTED: ("found no room in the line at {place}", Cause.QUEUE),
    K.PREEMPTED: ("was interrupted at {place} by somebody with priority", Cause.QUEUE),
    K.PURCHASED: ("paid {yuan} at {place}", Cause.CHOICE),
    K.PAID_BY: ("paid by {place}, which took {span}", Cause.SERVICE),
    K.SALE_LOST: ("did not get at {place} what it would have paid {yuan} for", Cause.STOCK),
    K.SALE_SAVED: ("had {yuan} of goods shipped that {place} did not have", Cause.STOCK),
    K.PAYMENT_ADOPTED: ("paid by phone for the first time at {place}", Cause.MONEY),
    K.SEATED: ("sat down at {place}", Cause.QUEUE),
    K.FOOD_SERVED: ("got its food at {place} after {span}", Cause.QUEUE),
    K.STOCKED_OUT: ("wanted {count} portions that {place} had no more", Cause.STOCK),
    K.ORDERED_AHEAD: ("ordered {count} portions ahead at {place}", Cause.CHOICE),
    K.MEAL_PUT_OFF: ("put off its meal at {place} by {span}", Cause.CHOICE),
    K.FOOD_ORDERED: ("ordered at {place}, {count} of it prepared", Cause.STOCK),
    K.RATED: ("rated {place} {count} thousandths of a star", Cause.FELT),
    K.TABLE_BOOKED: ("booked a table at {place}, {span} ahead", Cause.CHOICE),
    K.BOOKING_KEPT: ("sat down at the table it had booked at {place}", Cause.QUEUE),
    K.BOARDED: ("took {place} after waiting {span}", Cause.WAY),
    K.SEAT_SOLD: ("bought {count} seats for {place}", Cause.CHOICE),
    K.SHOW_SOLD_OUT: ("wanted {count} seats for {place}, which was sold out", Cause.STOCK),
    K.SHOW_ENTERED: ("came to {place}, {span} after its start", Cause.CROWDING),
    K.SHOW_LEFT: ("left {place}", Cause.STAY),
    K.SEAT_REFUNDED: ("gave back {count} seats for {place}", Cause.CHOICE),
    K.SHOW_MISSED: ("missed {place}", Cause.CROWDING),
    K.SEAT_TAKEN: ("chose seat {count} for {place}", Cause.STOCK),
    K.SEAT_FREED: ("gave back seat {count} for {place}", Cause.CHOICE),
    K.SALE_REFUNDED: ("got {yuan} back at {place}", Cause.CHOICE),
    K.BAGS_HANDED_IN: ("handed in {count} bags at {place}", Cause.SERVICE),
    K.BAGS_COLLECTED: ("collected {count} bags at {place}", Cause.SERVICE),
    K.BAGS_DELIVERED: ("had {count} bags sent home from {place}", Cause.SERVICE),
    K.DESK_USED: ("was at the desk in {place} for {span}", Cause.SERVICE),
    K.PORTER_SENT: ("had its bags carried from {place}", Cause.SERVICE),
    K.BAGS_AWAITED: ("waited at {place} for its bags", Cause.QUEUE),
    K.BAGS_MISLAID: ("did not get {count} bags at {place}", Cause.SERVICE),
    K.DESK_REFUSED: ("was refused at the desk in {place}", Cause.DOOR),
    K.DESK_PAID: ("paid {yuan} at the desk in {place}", Cause.MONEY),
    K.SPLIT: ("split up at {place}", Cause.COMPANY),
    K.REJOINED: ("came together again at {place}", Cause.COMPANY),
    K.MEETING_AWAITED: ("waited for others at {place}", Cause.COMPANY),
    K.MEETING_KEPT: ("met at {place} after waiting {span}", Cause.COMPANY),
    K.MEETING_LATE: ("called those who were late at {place}", Cause.COMPANY),
    K.CHILD_ALERT: ("missed a child at {place}", Cause.COMPANY),
    K.PLAN_ABANDONED: ("gave up {count} things it wanted, at {place}", Cause.CHOICE),
    K.FAMILY_CAME: ("came with {count} children through {place}", Cause.CHOICE),
    K.FAMILY_LEFT: ("left as a family through {place}, {yuan} spent", Cause.CHOICE),
    K.ARTICLE_WANTED: ("wanted an article at {place}", Cause.CHOICE),
    K.ARTICLE_OUT: ("wanted an article that {place} had no more", Cause.STOCK),
    K.ARTICLE_MISFIT: ("tried on an article at {place} that did not fit", Cause.STOCK),
    K.RETURN_FORESEEN: ("bought something at {place} for {yuan} that it will bring back", Cause.CHOICE),
    K.MEMBER_GREETED: ("was greeted by name at {place}", Cause.SERVICE),
    K.GREETED_SALE: ("was greeted at {place} and paid {yuan}", Cause.CHOICE),
    K.SHELF_LEFT: ("{place} has {yuan} of goods left on its shelves", Cause.STOCK),
    K.SIZES_SOLD_OUT: ("{place} has {count} sizes sold out", Cause.STOCK),
    K.VISIT_JUDGED: ("judged its visit ({place}) {count} of 1,000", Cause.FELT),
    K.WAIT_FELT: ("felt {span} of waiting ({place})", Cause.FELT),
    K.EFFORT_FELT: ("was as tired as of {count} metres walked ({place})", Cause.FELT),
    K.PLAN_CHANGED: ("changed its plan for {place}", Cause.CHOICE),
    K.LIST_CLOSED: ("closed its list ({place}) at {count}", Cause.CHOICE),
    K.STARS_SHOWN: ("{place} is shown with {count} thousandths of a star", Cause.OTHER),
    K.STARS_DESERVED: ("{place} deserves {count} thousandths of a star", Cause.OTHER),
    K.RATINGS_COUNTED: ("{place} has {count} ratings", Cause.OTHER),
    K.RATINGS_BOUGHT: ("{place} has bought {count} ratings", Cause.OTHER),
    K.TENANT_JUDGED: ("{place} is judged by the mall (verdict {count})", Cause.OTHER),
    K.MEMBER_CAME: ("came as a member through {place}", Cause.MONEY),
    K.POINTS_EARNED: ("earned {points} points at {place}", Cause.MONEY),
    K.POINTS_BURNED: ("paid with {points} points at {place}", Cause.MONEY),
    K.POINTS_TAKEN_BACK: ("lost {points} points with a refund at {place}", Cause.MONEY),
    K.GIFTS_EARNED: ("was given {points} points at {place}", Cause.MONEY),
    K.REFERRAL_PAID: ("brought back {yuan} to {place}, which had referred it", Cause.MONEY),
    K.REFERRAL_POINTS: ("brought {points} points of a referral at {place}", Cause.MONEY),
    K.MEMBER_PAID: ("paid {yuan} at {place} as a member", Cause.MONEY),
    K.MEMBER_UNSEEN: ("paid {yuan} at {place} without showing its membership", Cause.MONEY),
    K.ALLIANCE_PART: ("{place} takes its part in the alliance ({count})", Cause.OTHER),
    K.ALLIANCE_RETURN: ("{place} reckons its return on the alliance ({count})", Cause.OTHER),
    K.REDEMPTION_CLEARED: ("burned points at {place} that will be settled in {span}", Cause.MONEY),
    K.POINTS_HINDERED: ("could not pay with points at {place}", Cause.MONEY),
    K.CLEARING_NOTED: ("Clearing notes {place} ({count})", Cause.OTHER),
    K.OFFER_TAKEN: ("took {place} for {points} points", Cause.MESSAGE),
    K.OFFER_REDEEMED: ("used an offer worth {yuan} at {place}", Cause.MESSAGE),
    K.POINTS_EXCHANGED: ("Programmes exchanged points ({place}, {count})", Cause.OTHER),
    K.ABUSE_COUNTED: ("Abuse was counted ({place}, {count})", Cause.OTHER),
    K.HAPPENING_SET: ("Happening {place} is planned", Cause.HAPPENING),
    K.HAPPENING_JOINED: ("joined happening {place}", Cause.HAPPENING),
    K.HAPPENING_LEFT: ("left happening {place} after {span}", Cause.HAPPENING),
    K.HAPPENING_FULL: ("found happening {place} full", Cause.HAPPENING),
    K.HAPPENING_MISSED: ("came too late for happening {place}", Cause.HAPPENING),
    K.HUNT_GIVEN_UP: ("gave up the treasure hunt with {count} clues found", Cause.HAPPENING),
    K.HUNT_WON: ("won the treasure hunt", Cause.HAPPENING),
    K.FRIENDS_MET: ("met friends at happening {place}", Cause.COMPANY),
    K.FRIEND_MISSED: ("waited in vain for friends at happening {place}", Cause.COMPANY),
    K.ORDER_PLACED: ("ordered online at {place}", Cause.CHOICE),
    K.ORDER_READY: ("had its order ready at {place}", Cause.STOCK),
    K.ORDER_COLLECTED: ("collected its order at {place}", Cause.CHOICE),
    K.ORDER_DELIVERED: ("had its order delivered from {place}", Cause.STOCK),
    K.ORDER_LAPSED: ("did not collect its order at {place}", Cause.CHOICE),
    K.ORDER_REFUNDED: ("got {yuan} back for its order at {place}", Cause.STOCK),
    K.ORDER_EXTRA: ("spent {yuan} more when it collected at {place}", Cause.CHOICE),
    K.ORDER_RETURNED: ("sent back {yuan} of its order at {place}", Cause.CHOICE),
    K.ITEM_FOUND: ("found at {place} what it looked for, after {span}", Cause.STOCK),
    K.ITEM_MISSED: ("gave up looking for an item, last at {place}", Cause.STOCK),
    K.MESSAGE_READ: ("had a message by {place} and {fate}", Cause.MESSAGE),
    K.COUPON_CLAIMED: ("took offer {place}", Cause.MESSAGE),
    K.COUPON_USED: ("used offer {place}, {yuan} off", Cause.MESSAGE),
    K.COUPON_REFUSED: ("was refused offer {place}", Cause.MESSAGE),
    K.COUPON_LAPSED: ("left without using offer {place}", Cause.MESSAGE),
    K.PUSH_TURNED_OFF: ("turned off messages by {place}", Cause.MESSAGE),
    K.TRIGGERED: ("set off trigger {place}", Cause.MESSAGE),
    K.MESSAGE_SENT: ("was sent a message by {place}", Cause.MESSAGE),
    K.COUPON_RETURNED: ("got offer {place} back with a refund", Cause.MESSAGE),
    K.PLACE_SHOWN: ("was shown {place} in a list", Cause.MESSAGE),
    K.TAGS_LEARNT: ("let {place} have its tags", Cause.MESSAGE),
    K.STOCK_RECALLED: ("{place} calls pieces back from its shelves for {yuan}", Cause.OTHER),
    K.SLOT_PAID: ("{place} pays {yuan} for being shown", Cause.OTHER),
    K.TAGS_PAID: ("{place} pays {yuan} for tags", Cause.OTHER),
    K.TAG_TOLD: ("had a tag told to {place}", Cause.MESSAGE),
}  # fmt: skip

_REASONS = {
    Reason.NEED: "for what it needs", Reason.BROWSE: "to look around", Reason.IMPULSE: "on impulse", Reason.MEAL: "for a meal",
    Reason.TICKET: "as its ticket was called", Reason.SHOW: "for a show", Reason.DESK: "for the desk", Reason.REST: "for a rest",
    Reason.OFFER: "sent by a message", Reason.HAPPENING: "for a happening", Reason.COLLECT: "to collect an order",
}  # fmt: skip
_FATES = {
    Fate.UNREACHED: "was not reached", Fate.UNOPENED: "did not open it", Fate.OPENED: "read it",
    Fate.CLAIMED: "read it and took its offer", Fate.FOLLOWED: "read it and went where it said",
}  # fmt: skip


def event_words(events: Events, row: int) -> str:
    """Return what happened in one row of a log, without its time: "it entered Corner Bakery on impulse"."""
    kind, value = EventKind(int(events.kind[row])), int(events.value[row])
    phrase, _ = WORDS[kind]
    who = "" if not phrase[0].islower() else "it " if events.visit[row] >= 0 else "somebody "
    forms = {
        "place": place_words(events, row),
        "span": span_words(value),
        "yuan": f"{value / 100:,.2f} yuan",
        "points": f"{value / 100:,.2f}",
        "count": f"{value:,}",
        "reason": _REASONS.get(value, ""),  # type: ignore[call-overload]
        "fate": _FATES.get(value % FATE_SLOTS, "was reached"),  # type: ignore[call-overload]
    }
    return (who + phrase.format_map(forms)).rstrip()


def place_words(events: Events, row: int) -> str:
    """Return the name of a row's place as a planner knows it; its number where it has no name."""
    word = int(events.place_word[row])
    if word < 0:
        return f"number {int(events.place[row])}" if events.place[row] >= 0 else "nowhere"
    name = events.words[word]
    head, colon, rest = name.partition(":")
    if colon and rest in events.tenants:  # a station of a tenant, as "till:L1-bakery"
        return f"{head.replace('_', ' ')} of {events.tenants[rest]}"
    return events.tenants.get(name, name)


def span_words(microseconds: int) -> str:
    """Return a length of time as "12.3 s" or "14 min 5 s"."""
    sign, length = ("-" if microseconds < 0 else ""), abs(microseconds)
    if length < US_PER_MIN:
        return f"{sign}{length / US_PER_S:.1f} s"
    seconds = round(length / US_PER_S)
    return f"{sign}{seconds // 60} min {seconds % 60} s"


def instant_words(time_us: int) -> str:
    """Return the time of day with the part of the second, since first differences may be that small."""
    return f"{clock_text(time_us)}.{time_us % US_PER_S // 1000:03d}"
