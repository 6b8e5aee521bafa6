"""What policies of layout are told."""

from __future__ import annotations

from dataclasses import dataclass

from sim.known import known


@dataclass
class MoveTenantsConfig:
    """Strong tenants to cold places, by observed footfall and sales."""

    moves: int = known(1, "pairs of tenants that change rooms at a time", 0, 100)
    first_days: int = known(3, "days that are observed before the first move", 1, 1000)
    every_days: int = known(7, "days between moves", 1, 1000)
    reach_m: float = known(12.0, "a phone this near to a store's door counts as passing it", 1, 200)
    before_closing_min: float = known(60.0, "how long before closing it is decided, for the night", 1, 600)
    least_area_share: float = known(
        0.8, "rooms that differ more are not exchanged; layout.least_area_share is the mall's own rule", 0.05, 1
    )
