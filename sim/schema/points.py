"""The typed schema of the programme of points: what earns them, what they buy, at which merchants."""

from __future__ import annotations

from dataclasses import dataclass

from sim.known import known


@dataclass
class PointsConfig:
    """The programme of points: what earns them, what they buy, at which merchants."""

    is_on: bool = known(True, "whether members earn points")
    yuan_per_point: float = known(
        100.0,
        "what a member pays for one point",
        1,
        10_000,
        source="1 point for 100 yuan (article S0)",
        tag="V",
        confidence="H",
    )
