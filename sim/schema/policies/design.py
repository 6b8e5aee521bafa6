"""The typed schema of how a run's messages are given to some and held back from others, so that their effect can be measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.errors import Problem
from sim.known import known

KINDS = ("none", "ab", "switchback", "zones")


@dataclass
class DesignConfig:
    """Who of those that the policies would send something gets nothing: by person, by the hour, or by where it is."""

    kind: str = known(
        "none",
        "none; ab: each person is in one arm all the while; switchback: a stretch of time is in one arm; zones: a part of the floor is",
        choices=KINDS,
        source="Bojinov, Simchi-Levi & Zhao 2023 on switchbacks; a choice of the experimenter",
    )
    control_share: float = known(0.5, "share of people, stretches or zones that get nothing", 0, 1)
    slot_min: float = known(60.0, "length of a stretch of a switchback", 5, 1440)
    zones_per_level: int = known(3, "zones of a level, of equally many stores, from left to right", 1, 50)


def design_problems(design: DesignConfig, every_s: float) -> Iterator[Problem]:
    """Return what is wrong with it."""
    if design.kind == "switchback" and (60.0 * design.slot_min / every_s) % 1:
        yield Problem(
            "policy.design.slot_min",
            f"{design.slot_min:g}",
            f"must be a multiple of policy.every_s ({every_s:g} s), so that no review falls between two stretches",
            f"make it {max(1, round(60.0 * design.slot_min / every_s)) * every_s / 60:g}",
        )
