"""The typed schema of car parks: gates, bays and the search for one, tariffs, balking."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.known import known
from sim.schema.tariff import ExitsConfig, TariffConfig


@dataclass
class ParkingConfig:
    """Car parks: gates, search, balking."""

    gate_s_mean: float = known(
        8.0, "time at an entry or exit gate", 0.5, 300, source="engineering judgement for plate readers", confidence="L"
    )
    search_s_base: float = known(
        45.0,
        "drive from gate to bay in an empty car park",
        1,
        1800,
        source="first space in row 61 s with walk (Cassady & Kobza 1998)",
        tag="D",
    )
    search_s_per_bay: float = known(3.0, "time to pass one occupied bay", 0, 120, source="about 7 m a bay at 8 km/h", tag="D")
    manoeuvre_s: float = known(7.0, "time to drive into or out of a bay", 0, 120, source="SUMO defaults 3/4, 11/2 s", tag="V")
    balk_queue: int = known(
        8, "cars before the gate at which a driver turns away", 0, 1000, source="parameters table", confidence="L"
    )
    tariff: TariffConfig = field(default_factory=TariffConfig)
    exits: ExitsConfig = field(default_factory=ExitsConfig)
