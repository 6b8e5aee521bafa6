"""What the baselines are told."""

from __future__ import annotations

from dataclasses import dataclass

from sim.known import known


@dataclass
class RandomConfig:
    """Offers at random: nobody's preference, no place, no time."""

    per_review: int = known(20, "people who are sent an offer at a review", 0, 100_000)
    off_share: float = known(0.2, "of the price that it takes off", 0, 1)
    budget_yuan: float = known(2000.0, "most that the offers take off in a day", 0, 1e9)
    life_min: float = known(120.0, "how long an offer is good for", 1, 100_000)
