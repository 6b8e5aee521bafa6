"""What befell one visit, in words, with what it did to the wallet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.events import EventKind, Reason
from sim.promos import Channel, Fate
from sim.units import US_PER_MIN

Line = tuple[int, str, int, int, str]  # us, sentence, centi-points more, offers more, the offer
WHY = {
    Reason.NEED: "it was on the list", Reason.BROWSE: "to look around", Reason.IMPULSE: "on impulse, in passing", Reason.MEAL: "to eat",
    Reason.TICKET: "its ticket was called", Reason.SHOW: "for a show", Reason.DESK: "for the desk", Reason.REST: "to rest",
    Reason.OFFER: "a message sent it there", Reason.HAPPENING: "for a happening", Reason.COLLECT: "to collect an order",
}  # fmt: skip


def line_of(time_us: int, kind: int, place: str, number: int, value: int, offers: Sequence[str]) -> Line | None:
    """Return the line of one event, None for one that says nothing to a reader; `place` is a name, `number` the place's index."""
    if kind in _COUPONS:
        offer = offers[number] if 0 <= number < len(offers) else f"offer {number}"
        more = 1 if kind == EventKind.COUPON_CLAIMED else -1 if kind != EventKind.COUPON_REFUSED else 0
        return time_us, f"{_COUPONS[EventKind(kind)]} {offer}", 0, more, offer
    if kind in _POINTS:
        sentence, sign = _POINTS[EventKind(kind)]
        return time_us, sentence.format(place=place, points=abs(value) / 100), sign * value, 0, ""
    if kind in _SENTENCES:
        return time_us, _SENTENCES[EventKind(kind)](place, value), 0, 0, ""
    return None


def _minutes(value: int) -> str:
    minutes = value / US_PER_MIN
    return "less than a minute" if minutes < 1 else f"{minutes:.0f} min"


def _yuan(fen: int) -> str:
    return f"¥{fen / 100:,.2f}"


def _read(place: str, value: int) -> str:
    return f"had a message ({place or Channel(0).name.lower()}): {Fate(value % 8).name.lower().replace('_', ' ')}"


_COUPONS = {
    EventKind.COUPON_CLAIMED: "took the offer", EventKind.COUPON_USED: "used the offer", EventKind.COUPON_REFUSED: "was refused the offer",
    EventKind.COUPON_LAPSED: "left without using the offer",
}  # fmt: skip
_POINTS = {
    EventKind.POINTS_EARNED: ("earned {points:,.0f} points at {place}", 1),
    EventKind.GIFTS_EARNED: ("was given {points:,.0f} points at {place}", 1),
    EventKind.POINTS_BURNED: ("paid with {points:,.0f} points at {place}", -1),
    EventKind.POINTS_TAKEN_BACK: ("{points:,.0f} points were taken back by {place}", -1),
}
_SENTENCES: dict[EventKind, Callable[[str, int], str]] = {
    EventKind.GATE_REACHED: lambda place, value: f"drove up to {place}",
    EventKind.PARKED: lambda place, value: f"parked in {place} after {_minutes(value)} of looking",
    EventKind.PARKING_GAVE_UP: lambda place, value: f"gave up looking for a bay in {place}",
    EventKind.ARRIVED: lambda place, value: f"came in by {place}",
    EventKind.LEFT: lambda place, value: f"left by {place}, {value / 1000:,.0f} m walked",
    EventKind.REROUTED: lambda place, value: f"found {place} closed",
    EventKind.MISLED: lambda place, value: f"looked for {place} and took the wrong way",
    EventKind.STORE_ENTERED: lambda place, value: f"entered {place}: {WHY[Reason(value)]}",
    EventKind.STORE_REFUSED: lambda place, value: f"was turned back at {place}: {'full' if value else 'closed'}",
    EventKind.STORE_LEFT: lambda place, value: f"left {place} after {_minutes(value)}",
    EventKind.QUEUE_JOINED: lambda place, value: f"stood in line at {place}, {value} before it",
    EventKind.BALKED: lambda place, value: f"did not join the line at {place}, {value} before it",
    EventKind.RENEGED: lambda place, value: f"gave up waiting at {place} after {_minutes(value)}",
    EventKind.SERVICE_STARTED: lambda place, value: f"was served at {place} after {_minutes(value)}",
    EventKind.PURCHASED: lambda place, value: f"paid {_yuan(value)} at {place}",
    EventKind.SALE_LOST: lambda place, value: f"would have paid {_yuan(value)} at {place}: not in stock or no fit",
    EventKind.FOOD_SERVED: lambda place, value: f"was served food at {place} after {_minutes(value)}",
    EventKind.RATED: lambda place, value: f"gave {place} {value / 1000:.1f} stars",
    EventKind.MEAL_PUT_OFF: lambda place, value: f"put off a meal at {place}",
    EventKind.PLAN_CHANGED: lambda place, value: f"changed its plan: {place}",
    EventKind.SPLIT: lambda place, value: "some of the party went their own way",
    EventKind.REJOINED: lambda place, value: "was together again",
    EventKind.MEETING_AWAITED: lambda place, value: "waited at the meeting point",
    EventKind.CHILD_ALERT: lambda place, value: "missed a child",
    EventKind.HAPPENING_JOINED: lambda place, value: "joined a happening",
    EventKind.SHOW_ENTERED: lambda place, value: "took its seats",
    EventKind.MESSAGE_READ: _read,
    EventKind.PUSH_TURNED_OFF: lambda place, value: "turned messages off",
    EventKind.VISIT_JUDGED: lambda place, value: f"was {value / 10:.0f} % satisfied with the visit",
    EventKind.WAIT_SHOWN: lambda place, value: f"read a wait of {_minutes(value)} at {place}",
}
