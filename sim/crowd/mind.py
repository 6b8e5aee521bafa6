"""What a party has in mind beside its walk: who it is, what it may spend, what grows and fades on a visit, and what it thinks of it."""

from __future__ import annotations

import numpy as np

from sim.kernel import kernel

# What the population says of a party on its arrival; names and meanings as in sim/visitors.py.
ARRIVING_MIND = [
    ("resident", "i8"), ("budget_fen", "i8"), ("price_sensitivity", "f8"), ("hungry_us", "i8"), ("list_length", "i4"),
    ("children", "i1"), ("purpose", "i1"), ("is_member", "i1"), ("character", "i1"), ("splits", "i1"), ("has_bracelets", "i1"),
]  # fmt: skip

MIND = np.dtype(
    [
        *ARRIVING_MIND,
        # what grows and fades on a visit (sim/crowd/needs.py)
        ("seen_us", "i8"), ("fatigue", "f8"), ("sated", "i8"),
        # what it thinks of the visit (sim/crowd/satisfaction.py)
        ("waited_us", "i8"), ("crowded_us", "i8"), ("purchases", "i4"), ("finds", "i4"), ("misses", "i4"), ("delight", "f8"),
        # a party that has split (sim/crowd/splitting.py)
        ("parent", "i4"), ("parts_away", "i4"), ("parts_made", "i4"), ("meet_place", "i4"), ("meet_us", "i8"), ("missed_us", "i8"),
        # what it looks at in a store (sim/crowd/goods/)
        ("article", "i4"), ("fits", "i4"),
        # what it may rate (sim/crowd/ratings.py)
        ("line_us", "i8"),
    ],
    align=True,
)  # fmt: skip
# parent: row of the party that this one is a part of, -1 for a party of its own.

OUTCOME = np.dtype(
    [
        ("number", "i8"), ("arrived_us", "i8"), ("left_us", "i8"), ("resident", "i8"), ("spent_fen", "i8"), ("waited_us", "i8"),
        ("satisfaction", "f8"), ("stores", "i4"), ("purchases", "i4"), ("finds", "i4"), ("misses", "i4"),
        ("people", "i1"), ("children", "i1"), ("purpose", "i1"), ("is_member", "i1"), ("came_by_car", "i1"), ("has_eaten", "i1"),
    ],
    align=True,
)  # fmt: skip


MIND_PARAMS: list[tuple[str, str]] = []  # of PARAMS: needs and satisfaction
PARTY_PARAMS: list[tuple[str, str]] = []  # splitting


@kernel
def forget_mind(mind: np.record) -> None:
    """Begin a visit, or a part of one, with a mind at rest."""
    mind.fatigue = 0.0
    mind.sated = 0
    mind.waited_us = 0
    mind.crowded_us = 0
    mind.purchases = 0
    mind.finds = 0
    mind.misses = 0
    mind.delight = 0.0
    mind.parent = -1
    mind.parts_away = 0
    mind.parts_made = 0
    mind.meet_place = -1
    mind.meet_us = 0
    mind.missed_us = 0
    mind.article = -1
    mind.fits = 1
    mind.line_us = 0
