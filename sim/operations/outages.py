"""Things that stop and come back: a connector or an entrance."""

from __future__ import annotations

from dataclasses import dataclass

from sim.config import OutageConfig
from sim.crowd.engine import Crowd
from sim.errors import ConfigError, Problem
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN, US_PER_S, minutes_from_hours


@dataclass
class Outage:
    """Stops one connector or entrance at `next_us` and lets it run again after `lasts_us`."""

    crowd: Crowd
    is_connector: bool
    index: int
    lasts_us: int
    rank: int
    next_us: int | None
    has_stopped: bool = False

    def act(self, now_us: int) -> None:
        """Stop, or run again."""
        controls = self.crowd.controls
        switch = controls.connector_is_open if self.is_connector else controls.entrance_is_open
        switch[self.index] = int(self.has_stopped)
        self.crowd.switched(now_us)
        self.next_us = None if self.has_stopped else now_us + self.lasts_us
        self.has_stopped = True


def outages_of(crowd: Crowd, compiled: CompiledPlan, configs: list[OutageConfig], first_rank: int = 100) -> list[Outage]:
    """Return the outages of a scenario; raises ConfigError for assets that the plan does not have."""
    problems = []
    outages = []
    for number, config in enumerate(configs):
        is_connector = config.asset in compiled.connector_ids
        if not is_connector and config.asset not in compiled.entrance_ids:
            known = ", ".join((*compiled.connector_ids, *compiled.entrance_ids))
            problems.append(
                Problem(
                    f"operations.outages[{number}].asset", config.asset, f"floor plan {compiled.name!r} has no connector or entrance of this id",
                    f"choose one of {known}",
                )
            )  # fmt: skip
            continue
        ids = compiled.connector_ids if is_connector else compiled.entrance_ids
        starts_us = minutes_from_hours(config.starts) * US_PER_MIN
        outages.append(
            Outage(crowd, is_connector, ids.index(config.asset), int(config.lasts_s * US_PER_S), first_rank + number, starts_us)
        )
    if problems:
        raise ConfigError.of("scenario", problems)
    return outages
