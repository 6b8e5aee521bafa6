"""Other malls and online shops: which share of the trips made so far they draw off (Huff's law as a nested logit)."""

from __future__ import annotations

import datetime
from math import pi, radians

import numpy as np

from agents.population import Residents
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms

NEAREST_KM = 0.3  # Huff's power law has no meaning next door
DAYS_PER_YEAR = 365.25
ONLINE_MOST = 0.95  # as the schema's range


class Rivals:
    """Competing malls, each resident's distance to them, and the drift of online shopping."""

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        membership = config.membership
        self._rivalry = membership.rivalry
        self._scale_centi = 100 * membership.points_scale
        bearing = 2 * pi * uniforms(stream_key(config.seed, "household bearing"), residents.household, 0)
        self._malls = [  # (ordinal of the opening day, 0 when it was there before; pull relative to this mall's, by resident)
            (
                datetime.date.fromisoformat(str(rival.opens)).toordinal() if rival.opens else 0,
                self._pull_of(residents.distance_km, bearing - radians(rival.bearing_deg), rival.distance_km, rival.attraction),
            )
            for rival in membership.competitors
        ]

    def _pull_of(self, own_km: np.ndarray, bearing: np.ndarray, rival_km: float, attraction: float) -> np.ndarray:
        """Return a mall's pull on each resident relative to this mall's: attraction x (own distance / distance to it) ^ exponent."""
        square = own_km**2 + rival_km**2 - 2 * own_km * rival_km * np.cos(bearing)
        distance_km = np.maximum(np.sqrt(np.maximum(square, 0.0)), NEAREST_KM)
        found: np.ndarray = attraction * (np.maximum(own_km, NEAREST_KM) / distance_km) ** self._rivalry.distance_exponent
        return found.astype(np.float32)

    def held(self, points_centi: np.ndarray, is_member: np.ndarray) -> np.ndarray:
        """Return this mall's attraction to each resident, 1 for those who would leave nothing behind."""
        points = -np.expm1(-points_centi / self._scale_centi)
        found: np.ndarray = np.exp(self._rivalry.points_hold * points + self._rivalry.tags_hold * is_member)
        return found

    def factor(self, start: int, day: int, points_centi: np.ndarray, is_member: np.ndarray) -> np.ndarray | float:
        """Return what remains of each resident's trips of the days before `start`: (Sum0 / Sum1) ^ (1 - new trips) x (1 - online) / (1 - online0)."""
        rivalry = self._rivalry
        online = rivalry.online_share + rivalry.online_drift_per_year * (day - start) / DAYS_PER_YEAR
        offline = (1 - min(max(online, 0.0), ONLINE_MOST)) / (1 - rivalry.online_share)
        opened = [pull for opens, pull in self._malls if start <= opens <= day]
        if not opened:
            return offline
        before = self.held(points_centi, is_member) + sum(pull for opens, pull in self._malls if opens < start)
        found: np.ndarray = offline * (before / (before + sum(opened))) ** (1 - rivalry.new_trips_share)
        return found

    def own_share(self, day: int, points_centi: np.ndarray, is_member: np.ndarray) -> np.ndarray | None:
        """Return this mall's share of each resident's trips to malls; None where no other mall is open."""
        pulls = [pull for opens, pull in self._malls if opens <= day]
        if not pulls:
            return None
        own = self.held(points_centi, is_member)
        found: np.ndarray = own / (own + sum(pulls))
        return found
