"""What a party carries through the day beside its walk: ticket, table, show, car, bags, way of paying; read seldom, so kept apart."""

from __future__ import annotations

import numpy as np

ERRAND = np.dtype(
    [
        # a ticket for a line, drawn from afar (sim/crowd/tickets.py)
        ("ticket_taken_us", "i8"), ("ticket_called_us", "i8"), ("ticket_walk_us", "i8"), ("ticket_station", "i4"),
        ("ticket_next", "i4"), ("ticket_prev", "i4"), ("ticket_state", "i4"),
        ("meal_after_us", "i8"),  # a meal put off until then (time-shifting)
        # at a station with priorities or preemption (sim/crowd/queues.py)
        ("left_us", "i8"), ("rank", "i4"),
        # restaurants (sim/crowd/venues/restaurants.py)
        ("table", "i4"), ("ordered_us", "i8"), ("has_ordered", "i4"),
        ("food_us", "i8"), ("seated_us", "i8"), ("waited_us", "i8"), ("eat_us", "i8"), ("booking", "i4"), ("booked_unit", "i4"), ("is_due", "i4"), ("booked_us", "i8"),
        # cinema (sim/crowd/venues/cinemas.py)
        ("show", "i4"), ("seat", "i4"), ("seats", "i4"),
        # paying (sim/crowd/checkout/)
        ("pays_by", "i4"), ("payments", "i4"), ("has_adopted", "i4"), ("spent_fen", "i8"),
        # the car (sim/crowd/cars/)
        ("bay", "i4"), ("aisle", "i4"), ("parks_by", "i4"), ("has_paid", "i4"), ("entered_us", "i8"), ("validated_us", "i8"),
        # bags and desks (sim/crowd/venues/desks.py)
        ("bags", "i4"), ("bags_held", "i4"), ("desks_seen", "i4"),
        ("uses_app", "i1"), ("is_vip", "i1"),
    ],
    align=True,
)  # fmt: skip
