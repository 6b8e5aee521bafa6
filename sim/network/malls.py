"""Which malls a network has, and the configuration of each: a run of its own, whose draws have addresses of their own."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.network.templates import find_plan
from sim.random_streams import stream_key
from sim.schema.network import NetworkConfig, SiteConfig
from sim.units import US_PER_HOUR


@dataclass(frozen=True)
class Mall:
    """One mall of a network."""

    number: int
    plan: str  # as the configuration names it
    config: RunConfig  # of the mall alone


def malls_of(config: RunConfig) -> list[Mall]:
    """Return the malls of a network in the order of their numbers; raises ConfigError for a plan that does not exist."""
    sites = _sites(config)
    weights = [_visits_per_day(config, site) for site in sites for _ in range(site.count)]
    found: list[Mall] = []
    for site in sites:
        visits = _visits_per_day(config, site)
        folder = str(find_plan(site.plan)) if site.plan else config.floorplan
        for _ in range(site.count):
            alone = _alone(config, len(found), folder, visits, site.seed_offset, weights)
            found.append(Mall(len(found), site.plan or config.floorplan, alone))
    return found


def mall_alone(config: RunConfig) -> RunConfig:
    """Return the configuration of the one mall that network.only asks for, or the given one."""
    if config.network.only < 0:
        return config
    return malls_of(config)[config.network.only].config


def require_lively(config: RunConfig) -> None:
    """Refuse what members who visit several malls cannot go together with; raises ConfigError."""
    problems = []
    if config.network.travel_share > 0 and config.recording.residents:
        way_out = "give network.travel_share=0, or ask for residents in a run of one mall (network.only)"
        problems.append(Problem("recording.residents", "true", "residents of malls with common visitors are not kept", way_out))
    if config.catchment.residents_from and len(_sites(config)) + config.malls > 2:
        problems.append(
            Problem(
                "catchment.residents_from",
                config.catchment.residents_from,
                "every mall has residents of its own",
                "leave it out",
            )
        )
    if problems:
        raise ConfigError.of("the configuration", problems)


def split(total: int, weights: Sequence[float]) -> list[int]:
    """Divide a whole number by weights: largest remainder, ties to the lower number; the parts add up to it."""
    shares = np.asarray(weights, float)
    exact = total * shares / shares.sum()
    parts = np.floor(exact).astype(np.int64)
    order = np.lexsort((np.arange(shares.size), -(exact - parts)))
    parts[order[: total - int(parts.sum())]] += 1
    return [int(part) for part in parts]


def opening_us(config: RunConfig) -> int:
    """Return when malls open, for what must be there by then."""
    from sim.units import minutes_from_hours

    return minutes_from_hours(config.operations.hours.opens) * US_PER_HOUR // 60


def _sites(config: RunConfig) -> list[SiteConfig]:
    return config.network.malls or [SiteConfig(count=config.malls)]


def _visits_per_day(config: RunConfig, site: SiteConfig) -> float:
    if site.share > 0:
        return site.share * config.network.visits_per_day / site.count
    return site.visits_per_day or config.population.visits_per_day


def _divide_stocks(config: RunConfig, number: int, weights: Sequence[float]) -> None:
    """Leave a mall its part, by visits, of what the alliance has in stock for all: vouchers and gifts of the catalogue."""
    for item in getattr(getattr(config.partners, "catalogue", None), "items", ()):
        item.stock = split(item.stock, weights)[number]


def _alone(config: RunConfig, number: int, plan: str, visits: float, seed_offset: int, weights: Sequence[float]) -> RunConfig:
    found = copy.deepcopy(config)
    found.population.visits_per_day = visits
    _divide_stocks(found, number, weights)
    found.recording.report = config.recording.report and config.network.reports
    # Seeds have at most 62 bits.
    seed = int(stream_key(config.seed, f"mall {number + seed_offset}")) >> 2
    return dataclasses.replace(found, malls=1, network=NetworkConfig(), floorplan=plan, seed=seed)
