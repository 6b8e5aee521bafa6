"""What a party has in mind beside its walk: who it is, what it may spend, what grows and fades on a visit, and what it thinks of it."""

from __future__ import annotations

import numpy as np

from sim.crowd.company.records import COMPANY_FIELDS, Meets
from sim.crowd.happenings.records import HAPPENING_FIELDS
from sim.crowd.online.records import ONLINE_FIELDS
from sim.crowd.promos.records import PROMO_FIELDS
from sim.kernel import kernel

# What the population says of a party on its arrival; names and meanings as in sim/visitors.py.
ARRIVING_MIND = [
    ("resident", "i8"), ("budget_fen", "i8"), ("price_sensitivity", "f8"), ("hungry_us", "i8"), ("list_length", "i4"), ("account", "i4"),
    ("earns_milli", "i4"),
    ("children", "i1"), ("purpose", "i1"), ("is_member", "i1"), ("character", "i1"), ("splits", "i1"), ("has_bracelets", "i1"),
    ("habit", "f8"), ("burn_cost_fen", "i8"),
]  # fmt: skip

MIND = np.dtype(
    [
        *ARRIVING_MIND,
        # what grows and fades on a visit (sim/crowd/needs.py)
        ("seen_us", "i8"), ("fatigue", "f8"), ("sated", "i8"),
        ("metres_felt", "f8"), ("bought", "i4"), ("resumes_as", "i4"), ("meals", "i4"), ("meal_tries", "i4"), ("replans", "i4"),
        ("vetoed", "i4"),
        # what it thinks of the visit (sim/crowd/satisfaction.py)
        ("waited_us", "i8"), ("crowded_us", "i8"), ("purchases", "i4"), ("finds", "i4"), ("misses", "i4"), ("delight", "f8"), ("returned_fen", "i8"),
        ("felt_us", "i8"), ("beside", "i4"), ("meals_given_up", "i4"),
        # a party that has split (sim/crowd/splitting.py)
        *COMPANY_FIELDS,
        # what it looks at in a store (sim/crowd/goods/)
        ("article", "i4"), ("fits", "i4"), ("holds", "i1"), ("shown", "i4"), ("greeted", "i4"),
        ("known_0", "f4"), ("known_1", "f4"), ("known_2", "f4"), ("known_3", "f4"),
        # what it may rate (sim/crowd/ratings.py)
        ("line_us", "i8"),
        # its points (sim/crowd/points/burning.py)
        ("held_centi", "i8"), ("has_burned", "i1"), ("recognised", "i4"),
        # messages and coupons (sim/crowd/promos/)
        *PROMO_FIELDS,
        # happenings (sim/crowd/happenings/)
        *HAPPENING_FIELDS,
        # what it is to collect or seeks (sim/crowd/online/)
        *ONLINE_FIELDS,
    ],
    align=True,
)  # fmt: skip
# fatigue: effort in metres walked; metres_felt: of shopper.walked_m, those that are in it; sated: 3 bits for each trade; bought: number of
# the store (shopper.visits) in which it bought last; resumes_as: Reason of the errand in shopper.resume; meal_tries: restaurants that
# gave it no meal; felt_us: waiting as it felt; beside: purchases that were not on its list; delight: cheap (+) and dear (-) purchases;
# returned_fen: paid for what will be brought back; vetoed: number of the choice (shopper.choices) at which a veto was noted last.
# article: the item that it wants or has, of the store it was in last; holds: 1 while it carries it to the till; shown: the item that a
# guide has shown it; held_centi: points on its coming; has_burned: 1 once it has paid with points on this visit; recognised: purchases at
# which it has shown who it is; greeted: the unit whose staff knows that it is there; known_*: its taste, as the platform believes it to be.

OUTCOME = np.dtype(
    [
        ("number", "i8"), ("arrived_us", "i8"), ("left_us", "i8"), ("resident", "i8"), ("spent_fen", "i8"), ("waited_us", "i8"),
        ("satisfaction", "f8"), ("stores", "i4"), ("purchases", "i4"), ("finds", "i4"), ("misses", "i4"), ("recognised", "i4"),
        ("people", "i1"), ("children", "i1"), ("purpose", "i1"), ("is_member", "i1"), ("came_by_car", "i1"), ("has_eaten", "i1"),
    ],
    align=True,
)  # fmt: skip


MIND_PARAMS = [  # of PARAMS: needs and satisfaction
    ("hunger_grows_us", "i8"), ("snack_holds_us", "i8"), ("hunger_patience_us", "i8"), ("meal_tries_max", "i4"), ("replans_max", "i4"), ("unhungry_utility", "f8"),
    ("usual_m_per_us", "f8"), ("tire_us_per_m", "f8"), ("tire_us_max", "f8"), ("queue_m_per_us", "f8"), ("rest_m_per_us", "f8"),
    ("sit_from_m", "f8"), ("sit_share", "f8"),
    ("taste_utility", "f8"), ("liked_utility", "f8"), ("price_utility", "f8"), ("sated_utility", "f8"), ("veto_at", "f8"), ("veto_spread", "f8"),
    ("unplanned_slope", "f8"), ("unplanned_m_usual", "f8"), ("crowded_pace", "f8"),
    ("mood_start", "f8"), ("mood_found", "f8"), ("mood_missed", "f8"), ("mood_meal", "f8"), ("mood_wait_us_scale", "f8"),
    ("uninformed_factor", "f8"), ("mood_crowd_us_scale", "f8"), ("mood_tired_per_m", "f8"), ("mood_dear", "f8"), ("mood_choosy", "f8"),
    ("mood_spread", "f8"), ("mood_turned_away", "f8"),
]  # fmt: skip
PULL = np.dtype([("log_pull", "f8"), ("correction", "f8"), ("price_rise", "f8")], align=True)
# of a unit today: ln of what moves everybody's wish for it, what keeps its mean appeal whatever people's tastes are, prices over usual - 1


@kernel
def forget_mind(mind: np.record) -> None:
    """Begin a visit, or a part of one, with a mind at rest."""
    mind.fatigue = 0.0
    mind.sated = 0
    mind.metres_felt = 0.0
    mind.bought = 0
    mind.resumes_as = 0
    mind.meals = 0
    mind.meal_tries = 0
    mind.replans = 0
    mind.waited_us = 0
    mind.crowded_us = 0
    mind.purchases = 0
    mind.finds = 0
    mind.misses = 0
    mind.delight = 0.0
    mind.returned_fen = 0
    mind.vetoed = 0
    mind.felt_us = 0
    mind.beside = 0
    mind.meals_given_up = 0
    mind.parent = -1
    mind.first_part = -1
    mind.next_part = -1
    mind.in_care = -1
    mind.parts_away = 0
    mind.parts_made = 0
    mind.meet_place = -1
    mind.meet_us = 0
    mind.overrun_us = 0
    mind.kept_needs = 0
    mind.faster_mps = 0.0
    mind.own_interest = 0
    mind.meets = Meets.NOT
    mind.is_called = 0
    mind.is_late = 0
    mind.has_phone = 0
    mind.sees_others = 0
    mind.kept_eaten = 0
    mind.article = -1
    mind.fits = 1
    mind.holds = 0
    mind.shown = -1
    mind.greeted = -1
    mind.line_us = 0
    mind.has_burned = 0
    mind.recognised = 0
    mind.attended = 0
    mind.happening = -1
    mind.attends = 0
    mind.clues = 0
    mind.segments = 0
    mind.letters_read = 0
    mind.annoyed = np.float32(0.0)
    mind.coupons = 0
    mind.bound_for = -1
    mind.triggered = 0
    mind.points_milli = 1000
    mind.opted_out = 0
    mind.order = -1
    mind.errand = 0
    mind.got_order = 0
    mind.seeks = 0
    mind.seek_tries = 0
    mind.seek_unit = -1
