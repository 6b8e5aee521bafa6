"""The typed schema of what a day is compared with: the two merchants whose customers are looked for in both."""

from __future__ import annotations

from dataclasses import dataclass

from sim.known import known


@dataclass
class TargetsConfig:
    """What a day is compared with, where that is a choice."""

    merchant_a: str = known(
        "", "id of the unit whose customers are looked for in merchant_b too; empty: the largest fashion store"
    )
    merchant_b: str = known("", "id of that other unit; empty: the largest restaurant")
