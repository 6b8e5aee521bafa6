"""The typed schema of the catchment: its households, who lives in them, how far away."""

from __future__ import annotations

from dataclasses import dataclass

from sim.known import known


@dataclass
class CatchmentConfig:
    """The catchment: its households, who lives in them, how far away."""

    residents: int = known(
        0, "people who live in the catchment; 0: as many as the visits of an average day need", 0, 20_000_000
    )
    residents_per_visit: float = known(
        26.0, "people of the catchment for each visit of an average day, where residents is 0", 1, 10_000,
        source="1.9 people a visit; a shopper comes 3.1-3.4 times a month (ICSC), so 17.8 shoppers; two thirds of all people ever come",
        tag="D", confidence="L",
    )  # fmt: skip
    walk_in_share: float = known(
        0.15, "share of visits by people from outside the catchment: tourists, passers-by", 0, 1,
        source="engineering judgement", tag="D", confidence="L",
    )  # fmt: skip
