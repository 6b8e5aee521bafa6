"""A platform of four stores and so many members, for what policies of the hall decide."""

from __future__ import annotations

import datetime

import numpy as np

from agents.policies.guidance import ColdZoneGuidance, MicroRewards
from agents.policies.happenings import EventInvitations, Freeze, FriendNearby, TreasureHunt
from agents.policies.policy import PublicMap, Tools
from sim.calendar import day_of
from sim.config import RunConfig
from sim.promos import Reach
from sim.schema.policies import PolicyConfig
from sim.sensing.observations import Observations, observed, together
from sim.sensing.present import Present
from sim.units import US_PER_HOUR

UNITS = ("a-sport", "b-cafe", "c-books", "d-kids")
MAP = PublicMap(
    UNITS, UNITS, ("sport", "cafe", "books", "kids"), np.zeros(4, np.int32), np.array([0.0, 20.0, 40.0, 200.0]), np.zeros(4),
    np.array([900.0, 50.0, 60.0, 70.0]), ("door",), np.full(4, 1000.0), np.ones(4, np.int64),
)  # fmt: skip


class Known:
    """Profiles in which person n likes store n % 4, and nobody but `held` is held out."""

    def __init__(self, held: tuple[int, ...] = ()) -> None:
        self.held = held

    def number_of(self, subjects: np.ndarray) -> np.ndarray:
        return np.asarray(subjects, np.int64)

    def affinity(self, numbers: np.ndarray, now_us: int) -> np.ndarray:
        return self.store_affinity(numbers, now_us)

    def store_affinity(self, numbers: np.ndarray, now_us: int) -> np.ndarray:
        return 0.1 + np.eye(4)[np.asarray(numbers) % 4]

    def is_held_out(self, numbers: np.ndarray) -> np.ndarray:
        return np.isin(numbers, self.held)


def tools(hour: float, people: int = 40, x_m: float = 0.0, seed: int = 1, level: int = 0) -> Tools:
    """Return tools at an hour with so many members inside, all located at one place."""
    day = day_of(RunConfig(), datetime.date(2026, 11, 21))
    reach = np.full(people, Reach.PUSH | Reach.APP, np.int16)
    present = Present(
        np.arange(people, dtype=np.int64), np.ones(people, bool), reach, np.full(people, level, np.int32), np.full(people, x_m), np.zeros(people),
        np.full(people, 3.0), np.full(people, -1, np.int32),
    )  # fmt: skip
    return Tools(round(hour * US_PER_HOUR), 10 * US_PER_HOUR, 22 * US_PER_HOUR, MAP, day, (), present, {}, seed)


def nothing() -> Observations:
    return Observations(together([]), np.zeros(4, np.int64))


def near(*pairs: tuple[int, int]) -> Observations:
    rows = [observed(0, "app", "friend_near", one, other) for one, other in pairs]
    return Observations(together(rows), np.zeros(4, np.int64))


def reviews_of_the_hall(told: PolicyConfig) -> None:
    """Let each policy of the hall review when it has something to do."""
    for hour in (14.5, 15.7, 16.0):
        for policy in (
            EventInvitations(told.event_invitations), TreasureHunt(told.treasure_hunt), Freeze(told.freeze), FriendNearby(told.friend_nearby),
            MicroRewards(told.micro_rewards),
        ):  # fmt: skip
            policy.review(near((3, 5)), Known(), tools(hour))
    told.micro_rewards.shakes = 1
    MicroRewards(told.micro_rewards).review(nothing(), Known(), tools(12.0))
    for way in ("hint", "coupon", "screen"):
        told.cold_zone_guidance.by = way
        ColdZoneGuidance(told.cold_zone_guidance).review(nothing(), Known(), tools(12.0))
