"""Where a new store should be: Huff's law over all residents, and what members' addresses alone would say."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, radians
from typing import NamedTuple

import numpy as np

from agents.mall_choice import offer_of
from agents.member_map import MemberMap
from agents.population import Residents
from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.schema.layout import CandidateConfig


@dataclass(frozen=True)
class SiteForecast:
    """What a candidate would do, in visits a day; estimates know members only."""

    name: str
    visits: float  # to the new store
    cannibalised: float  # of them taken from the mall
    members_visits: float  # as members say, every member standing for as many people
    members_cannibalised: float
    weighted_visits: float  # as members say, weighted by the census of each distance band
    weighted_cannibalised: float

    @property
    def net(self) -> float:
        """Visits that the mall's owner has more."""
        return self.visits - self.cannibalised

    @property
    def members_net(self) -> float:
        """The same as members say."""
        return self.members_visits - self.members_cannibalised

    @property
    def weighted_net(self) -> float:
        """The same as weighted members say."""
        return self.weighted_visits - self.weighted_cannibalised


def forecasts(
    config: RunConfig, compiled: CompiledPlan, residents: Residents, members: MemberMap | None = None
) -> list[SiteForecast]:
    """Return a forecast of each candidate, in the order of the configuration; what members say is by `members` where they are given.

    Members come more often than others: each standing for as many people makes far too much of every site. Weighted, they stand for the
    census of their distance band, and for as many visits as the doors count; what else sets members apart stays in the answer.
    """
    x_km, y_km = homes_km(config, residents)
    visits = residents.visits_per_day.astype(np.float64)
    town = _People(x_km, y_km, visits, residents.distance_km)
    is_member = residents.is_member > 0
    if members is None:
        known, weight = town, is_member.astype(np.float64)
    else:
        known, weight = _known(members, town), members.members
    share = town.visits.size / max(_sum(weight), 1.0)
    plain, weighted = weight * share, _by_band(config, town, known, weight)
    found = []
    for site in config.layout.site.candidates:
        new, taken = _of_people(config, compiled, site, town)
        sums = [_sum(new), _sum(taken)]
        if members is not None:
            new, taken = _of_people(config, compiled, site, known)
        sums += [_sum(each * part) for each in (plain, weighted) for part in (new, taken)]
        found.append(SiteForecast(site.name, *sums))
    return found


class _People(NamedTuple):
    """Who makes trips from where, the mall at (0, 0)."""

    x_km: np.ndarray  # (n)
    y_km: np.ndarray
    visits: np.ndarray  # to the mall, a day
    distance_km: np.ndarray


def _known(members: MemberMap, town: _People) -> _People:
    """Return the members of a file; who comes how often is the town's mean where the file does not tell."""
    usual = _sum(town.visits) / max(town.visits.size, 1)
    visits = np.where(np.isfinite(members.visits_per_day), members.visits_per_day, usual)
    return _People(members.x_km, members.y_km, visits, np.hypot(members.x_km, members.y_km))


def homes_km(config: RunConfig, residents: Residents) -> tuple[np.ndarray, np.ndarray]:
    """Return where residents live, the mall at (0, 0); the same places as competitors see (agents/memory/rivals.py)."""
    bearing = 2 * pi * uniforms(stream_key(config.seed, "household bearing"), residents.household, 0)
    return residents.distance_km * np.sin(bearing), residents.distance_km * np.cos(bearing)


def _of_people(
    config: RunConfig, compiled: CompiledPlan, site: CandidateConfig, people: _People
) -> tuple[np.ndarray, np.ndarray]:
    """Return visits a day of each of the people to the new store, and those of them that the mall loses."""
    x_km, y_km = people.x_km, people.y_km
    rules, rivals = config.layout.site, config.membership.competitors
    mall_m2 = rules.mall_area_m2 or float(np.cumsum(offer_of(compiled))[-1])

    def pull(east_km: float, north_km: float, attraction: float) -> np.ndarray:
        away_km = np.maximum(np.hypot(x_km - east_km, y_km - north_km), rules.nearest_km)
        return attraction * away_km**-rules.distance_exponent

    def at(distance_km: float, bearing_deg: float) -> tuple[float, float]:
        bearing = radians(bearing_deg)
        return distance_km * float(np.sin(bearing)), distance_km * float(np.cos(bearing))

    own = pull(0.0, 0.0, 1.0)
    others = sum((pull(*at(rival.distance_km, rival.bearing_deg), rival.attraction) for rival in rivals), np.zeros(own.size))
    new = pull(*at(site.distance_km, site.bearing_deg), site.area_m2 / max(mall_m2, 1e-9))
    before, after = own + others, own + others + new
    to_mall = people.visits  # of all trips the mall has own / before
    trips_before = to_mall * before / own
    trips_after = trips_before * (after / before) ** rules.new_trips_share
    return trips_after * new / after, to_mall - trips_after * own / after


def _by_band(config: RunConfig, town: _People, known: _People, members: np.ndarray) -> np.ndarray:
    """Return weights of those who are known, by how many members each stands for.

    Each distance band counts as its census, all together make the visits that doors count.
    """
    edges = config.catchment.distance_edges_km

    def band(people: _People) -> np.ndarray:
        return np.minimum(np.searchsorted(edges, people.distance_km), len(edges) - 1)

    census = np.bincount(band(town), minlength=len(edges))
    there = np.bincount(band(known), members, len(edges))
    found = np.where(members > 0, members * (census / np.maximum(there, 1e-300))[band(known)], 0.0)
    return np.asarray(found * (_sum(town.visits) / max(_sum(found * known.visits), 1e-300)))


def _sum(values: np.ndarray) -> float:
    return float(np.cumsum(values)[-1]) if values.size else 0.0
