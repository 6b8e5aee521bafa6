"""What is known and decided of people at home: members as the platform's own books have them, and what a morning hands to the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from sim.decisions_of_policies import PolicyDecision
from sim.events import EventLog

HOME_BANDS = 5  # of distance, see HOME_BAND_EDGES_KM
HOME_BAND_EDGES_KM = np.array([0.5, 1.0, 2.0, 3.0])
# Redeemed of 1,053,282 coupons taken at home, by distance to the shop: under 500 m, about 500 m, 1-1.5 km, 2-2.5 km, 3 km and more
# (Tianchi O2O Coupon Usage Forecast, January to June 2016; codes are steps of 500 m, rounded down).
REDEEMED_OF_O2O = np.array([0.13456, 0.05979, 0.03924, 0.0296, 0.01716])
SAME_DAY_OF_O2O = 0.68  # of the used ones, used on the day they were taken; mixed with online coupons, so weaker evidence


class HomeWay(IntEnum):
    """A way to somebody at home; bits of a set."""

    PUSH = 1  # the mall's app
    CHAT = 2  # the mall's card in a chat app
    FOLLOWS = 4  # follows the mall's account
    POST = 8  # a letter box


class HomeSays(IntEnum):
    """What a message to somebody at home says."""

    OFFER = 0
    POINTS = 1  # what it holds, and that it has not been there for long
    PROGRAMME = 2  # what is on, and where


class Members(NamedTuple):
    """One row for each person whom the platform has a way to, in order of number; what its own books say, nothing else."""

    person: np.ndarray  # int64 number under which the membership, or the follower, is kept
    ways: np.ndarray  # int16 HomeWay
    is_member: np.ndarray  # bool
    away_days: np.ndarray  # int32 since the last visit on record
    points_centi: np.ndarray  # int64 held, as of last night
    km: np.ndarray  # float64 from the address that it has registered, in half kilometres rounded down; NaN of who is no member
    interest: np.ndarray  # float32 (rows, classes) expected share of each class of stores in what it wants
    subscribed: np.ndarray  # int16 class of stores of which it has asked to hear, -1 for none
    is_held_out: np.ndarray  # bool: no policy may address it
    class_of_unit: np.ndarray  # int64 (units)


@dataclass(frozen=True)
class HomeDay:
    """What people bring with them from home on one day, and where the day says what became of it."""

    put_up: tuple[tuple[str, PolicyDecision], ...]  # budgets and offers of which coupons are out, in the order of their numbers
    reserved_fen: Mapping[str, int]  # of each budget, set aside for coupons that people hold at home
    take: Callable[[EventLog], None]  # sees the day's events
    facts: Callable[[], dict[str, Any]]  # once the day has been learnt
    log: Callable[[], dict[str, Any]]  # the day's messages, as they are kept for whoever looks into them


def show_home(home: HomeDay | None, events: EventLog) -> None:
    """Let whoever follows coupons from home see events."""
    if home is not None:
        home.take(events)


def facts_of(home: HomeDay | None) -> dict[str, Any]:
    """Return what came of a day at home, in numbers; nothing where no policy addresses anybody there."""
    return {} if home is None else {"home": home.facts()}


def log_of(home: HomeDay | None) -> dict[str, Any]:
    """Return the day's messages home, one by one, and what was refused."""
    return {} if home is None else {"home": home.log()}


def band_of(km: np.ndarray) -> np.ndarray:
    """Return the band of distance of each (int64)."""
    return np.digitize(km, HOME_BAND_EDGES_KM)
