"""What a party carries through the day beside its walk: ticket, table, show, car, bags, way of paying; read seldom, so kept apart."""

from __future__ import annotations

import numpy as np

from sim.crowd.points.records import RECEIPT_FIELDS, SEAT_RECEIPT_FIELDS

ERRAND = np.dtype(
    [
        # a ticket for a line, drawn from afar (sim/crowd/tickets.py)
        ("ticket_taken_us", "i8"), ("ticket_called_us", "i8"), ("ticket_walk_us", "i8"), ("ticket_station", "i4"),
        ("ticket_next", "i4"), ("ticket_prev", "i4"), ("ticket_state", "i4"),
        ("ticket_order_us", "i8"), ("tickets_drawn", "i4"), ("meals_put_off", "i4"),
        ("meal_after_us", "i8"),  # a meal put off until then (time-shifting)
        # at a station with priorities or preemption (sim/crowd/queues.py)
        ("left_us", "i8"), ("rank", "i4"),
        ("due_us", "f8"), ("lane", "i4"),
        # restaurants (sim/crowd/venues/restaurants.py)
        ("table", "i4"), ("ordered_us", "i8"), ("has_ordered", "i4"),
        ("food_us", "i8"), ("seated_us", "i8"), ("waited_us", "i8"), ("eat_us", "i8"), ("booking", "i4"), ("booked_unit", "i4"), ("booked_us", "i8"),
        # cinema (sim/crowd/venues/cinemas.py)
        ("show", "i4"), ("seat", "i4"), ("seats", "i4"),
        ("seats_fen", "i8"), ("film", "i4"), ("is_refunded", "i4"),
        # paying (sim/crowd/checkout/)
        ("pays_by", "i4"), ("payments", "i4"), ("has_adopted", "i4"), ("spent_fen", "i8"),
        ("pay_us", "i8"), ("paying_by", "i4"),
        # the car (sim/crowd/cars/)
        ("bay", "i4"), ("aisle", "i4"), ("parks_by", "i4"), ("has_paid", "i4"), ("entered_us", "i8"), ("validated_us", "i8"),
        # its search for a bay (sim/crowd/cars/search.py)
        ("floor", "i4"), ("sought_bay", "i4"), ("best_bay", "i4"), ("aisles_driven", "i4"), ("drive_to", "i1"), ("at_back", "i1"),
        ("is_let_in", "i1"),
        # paying for parking and the way out (sim/crowd/cars/{paying,leaving}.py)
        ("paid_us", "i8"), ("fee_paid_fen", "i8"), ("find_us", "i8"), ("ready_us", "i8"), ("pay_place", "i4"), ("has_shown_receipts", "i4"),
        # bags and desks (sim/crowd/venues/desks.py)
        ("bags", "i4"), ("bags_held", "i4"), ("desks_seen", "i4"),
        ("bags_mislaid", "i4"), ("hand_ins", "i4"), ("has_asked_for_bags", "i4"), ("bags_ready_us", "i8"),
        ("wash_ready_us", "i8"), ("unladen_mps", "f8"), ("bags_felt", "f8"),
        # in the hands of a service of one's own (sim/crowd/own_services.py)
        ("is_begun", "i4"), ("is_handed_back", "i4"),
        # what its last receipt, and that of its seats, did in points (sim/crowd/points/till.py)
        *RECEIPT_FIELDS,
        *SEAT_RECEIPT_FIELDS,
        ("uses_app", "i1"), ("is_vip", "i1"),
    ],
    align=True,
)  # fmt: skip
