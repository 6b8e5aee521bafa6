"""Records of company: what a party's MIND keeps of its parts, what a unit's VENUE says of meeting there, parameters of all."""

from __future__ import annotations

from enum import IntEnum


class Meets(IntEnum):
    """How far somebody is with an appointment."""

    NOT = 0
    GOING = 1
    WAITING = 2  # at the place


class Draw(IntEnum):
    """Counts of a party's draws of the stream SPLIT; those below are the ordinals of its parts."""

    TASTE = 10  # normals of a part, one for each dimension: draws 20 to 27
    SPEED = 15  # a normal: draws 30 and 31
    OVERRUN = 40
    HAS_PHONE = 41
    ROLE = 42
    INTEREST = 43
    WHICH = 44
    APART = 60  # a normal of the whole party: draws 120 and 121
    PARTS = 100
    SIZE = 101
    CHILDREN = 102
    SEES_OTHERS = 103
    PARENTS = 104
    NEEDS = 110  # one for each place on the list
    MEMBER_TASTE = 80  # normals of a party's first two adults: draws 160 to 175
    CONFLICT = 1000  # and on: two for each decision and trade


COMPANY_FIELDS = [
    ("parent", "i4"), ("first_part", "i4"), ("next_part", "i4"), ("in_care", "i4"), ("parts_away", "i4"), ("parts_made", "i4"),
    ("meet_place", "i4"), ("meet_us", "i8"), ("overrun_us", "i8"), ("kept_needs", "i8"), ("faster_mps", "f8"),
    ("together", "i4"), ("finds_before", "i4"), ("misses_before", "i4"), ("meals_before", "i4"), ("own_interest", "i1"),
    ("meets", "i1"), ("is_called", "i1"), ("is_late", "i1"), ("has_phone", "i1"), ("sees_others", "i1"), ("kept_eaten", "i1"),
]  # fmt: skip
# parent: row of the party that this one is a part of, -1 for a party of its own; first_part, next_part: its parts, linked;
# in_care: row of those of it who are in the playground, -1 for nobody; parts_away: parts that walk about and will come to meet_place;
# overrun_us: by which it forgets the time; is_called: somebody has asked where it stays; is_late: the meeting's lateness has been told;
# kept_needs, kept_eaten: what the whole party will want once it is together again; together: its people before they parted; faster_mps:
# what the leading row gains while it has less company; *_before: counts when they parted; own_interest: 1 when the need that somebody has
# while away was on no list.
MEETING_FIELDS = [("has_one_door", "i4")]  # one cannot miss each other there
PARTY_PARAMS = [
    ("parents_split_share", "f8"), ("apart_us_mean", "f8"), ("apart_cv", "f8"), ("apart_us_least", "i8"), ("overrun_us_mean", "f8"),
    ("late_after_us", "i8"), ("reachable_share", "f8"), ("sees_others_share", "f8"), ("spare_us", "i8"), ("own_taste_sd", "f8"),
    ("own_interest_share", "f8"), ("own_speed_cv", "f8"), ("member_faster_mps", "f8"), ("third_part_share", "f8"),
    ("conflict_share", "f8"), ("compromise_share", "f8"), ("always_singles", "i4"),
]  # fmt: skip
