"""Parameters of tickets drawn from afar, of displayed waits and of what people do about them; and what a station keeps of them."""

from __future__ import annotations

from enum import IntEnum

TICKET_PARAMS: list[tuple[str, str]] = [
    ("ticket_share", "f8"), ("ticket_wait_s_min", "f8"), ("ticket_no_show_share", "f8"),
    ("ticket_lead_us", "i8"), ("ticket_grace_us", "i8"), ("ticket_walk_us", "i8"),
    ("shift_share", "f8"), ("shift_wait_s_min", "f8"), ("shift_relief_share", "f8"), ("shift_bias", "f8"), ("shift_delay_us", "i8"),
    ("shift_times", "i4"), ("shown_in_app", "i4"), ("shown_at_line", "i4"),
]  # fmt: skip

STATION_TICKET_FIELDS: list[tuple[str, str]] = [
    ("last_wait_us", "i8"),  # of the last party served, from when it took its place in the order
    ("shown_wait_s", "f8"),
    ("ticket_head", "i4"), ("ticket_tail", "i4"),  # parties with a ticket that have not yet come to the line, in order of drawing
    ("tickets", "i4"),  # how many these are
    ("takes_tickets", "i4"), ("is_shown", "i4"),
]  # fmt: skip


class TicketState(IntEnum):
    """What has become of a party's ticket."""

    NONE = 0  # has none, or has shown it at the line
    WAITING = 1
    CALLED = 2
    IGNORED = 3  # called, and the party does not come
