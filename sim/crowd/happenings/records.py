"""Records of happenings, and what a party keeps of them."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Kind(IntEnum):
    """What a happening is; the name in lower case is that of the configuration."""

    EXHIBITION = 0
    ANIMATION = 1
    PARENT_CHILD = 2
    SPORT = 3
    TALENT = 4
    DATING = 5
    FREEZE = 6  # everybody stands still together until it is over
    CLUE = 7  # of a treasure hunt: who has found it may go on to the next
    MEETING = 8  # of two parties that have both agreed to it
    HUNT = 9  # the first clue of a treasure hunt


class Attends(IntEnum):
    """How far a party is with the happening that it has in mind."""

    NOT = 0
    INTENDS = 1  # has agreed to come, and does something else until it is time
    GOING = 2
    THERE = 3


class Draw(IntEnum):
    """Which draw of a party and a happening."""

    STOPS = 0
    GOES_ON = 1


KINDS = 16  # the event HAPPENING_SET has the value KINDS x cost + Kind
BITS_MAX = 62  # happenings of a day that passers-by may stop at
CANCELLED = -1  # happening.agreed
NEED_BITS, NEED_MASK = 8, 255

HAPPENING = np.dtype(
    [
        ("key", "i8"), ("from_us", "i8"), ("until_us", "i8"), ("bit", "i8"),
        ("stay_mu", "f8"), ("stay_sigma", "f8"), ("extends", "f8"), ("stops_logit", "f8"), ("goes_on_logit", "f8"),
        ("appeal", "f8"), ("children", "f8"), ("company", "f8"), ("alone", "f8"), ("joins_in", "f8"),
        ("place", "i4"), ("capacity", "i4"), ("people", "i4"), ("next", "i4"), ("reward", "i4"), ("theme", "i4"),
        ("first", "i4"), ("agreed", "i4"), ("kind", "i1"),
    ],
    align=True,
)  # fmt: skip
# key: address of its draws; bit: in Mall.happenings_by_leg and mind.attended, 0 where no passer-by may stop; place: unit, or units + entrance:
# in the hall before its door; next: the clue after this one, -1 for none; reward: offer that the last clue gives, -1 for none; theme: trade;
# appeal, children, company, alone, joins_in: what it is to everybody, to families, to adults in company, to one alone, to who likes to join in,
# in standard deviations of taste; first: row that waits at a meeting, -1 for nobody; agreed: of a meeting, the parties that want it.
HAPPENING_PARAMS = [  # of PARAMS
    ("happenings", "i4"), ("audience_weight", "f8"), ("early_us_scale", "f8"), ("spare_for_happening_us", "i8"), ("clue_s_scale", "f8"),
]  # fmt: skip
HAPPENING_FIELDS = [("attended", "i8"), ("happening", "i4"), ("clues", "i4"), ("attends", "i1")]  # of MIND
# attended: bits of those it has been at or was turned away from; happening: row of the one in mind, -1 for none; clues: found of a hunt
