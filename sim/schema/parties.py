"""The typed schema of parties: who comes together, and how parties split and meet again."""

from __future__ import annotations

from dataclasses import dataclass

from sim.known import known

_JUDGED = "engineering judgement"


@dataclass
class PartiesConfig:
    """Parties: who comes together, and how parties split and meet again."""

    splits_share: float = known(
        0.12,
        "share of parties of two adults and more that part for a while, once, when they have nothing to keep together for",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    parents_split_share: float = known(
        0.5,
        "share of parents who part as well once their children are in the playground with bracelets",
        0,
        1,
        source="article S1: mother to clothes, father to books; share: engineering judgement",
        confidence="L",
    )
    third_part_share: float = known(
        0.3,
        "share of parties of four adults and more that make three of themselves, not two",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    into_singles: bool = known(False, "whether a party that parts makes one of each adult, five at most")
    apart_min_mean: float = known(
        35.0, "time until they mean to meet again, log-normal, 0.7 of the rest of the visit at most", 1, 600,
        source=_JUDGED, confidence="L",
    )  # fmt: skip
    apart_cv: float = known(0.5, "its coefficient of variation", 0, 3, source=_JUDGED, confidence="L")
    apart_min_least: float = known(15.0, "shorter than this nobody parts", 1, 600, source=_JUDGED, confidence="L")
    overrun_min_mean: float = known(
        4.0, "by how much somebody forgets the time, exponential", 0, 240, source=_JUDGED, confidence="L"
    )
    late_after_min: float = known(
        10.0,
        "wait beyond the time agreed after which those who are away are called, and the playground calls after the end of a visit",
        0.5,
        240,
        source=_JUDGED,
        confidence="L",
    )
    reachable_share: float = known(0.9, "share of people who notice when they are called", 0, 1, source=_JUDGED, confidence="L")
    sees_others_share: float = known(
        0.3,
        "share of parties without bracelets whose phones show where the others are and how long they stay",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    spare_min: float = known(
        8.0,
        "time left before a meeting below which nobody begins anything, and by which a usual visit to a store may outlast the time agreed",
        0,
        240,
        source="about half of a visit to a store, engineering judgement",
        confidence="L",
    )
    own_taste_sd: float = known(
        0.7, "how far somebody's taste lies from the party's, in standard deviations of all tastes", 0, 5, source=_JUDGED,
        confidence="L",
    )  # fmt: skip
    own_interest_share: float = known(
        0.7,
        "share of those without anything on their list who have an interest of their own",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    own_speed_cv: float = known(
        0.04, "coefficient of variation of the paces of people of one party", 0, 0.2, source=_JUDGED, confidence="L"
    )
    conflict_share: float = known(
        0.05,
        "share of needs on which two adults of usual distance in taste clash; parties that part do so instead",
        0,
        0.25,
        source=_JUDGED,
        confidence="L",
    )
    compromise_share: float = known(
        0.6,
        "share of clashes that end in a compromise; in the others the plan is given up",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    bracelet: bool = known(
        False,
        "whether families may lend bracelets, with which children stay in the playground without an adult and all see each other",
    )
    bracelet_share: float = known(0.8, "share of families that do, where they may", 0, 1, source=_JUDGED, confidence="L")
