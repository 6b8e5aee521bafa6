"""What a policy can decide in the morning about people at home: frozen records, applied in order of (policy, index) before anybody comes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.decisions_of_policies import EVERYWHERE, NO_OFFER, Offer, SetBudget
from sim.home import HomeSays, HomeWay


@dataclass(frozen=True)
class OfferAtHome:
    """An offer that can be taken at home, and used on the day it is taken and `days` - 1 days after it."""

    offer: Offer
    days: int


@dataclass(frozen=True, eq=False)
class SendHome:
    """A message to people at home, by their numbers (Members.person): with an offer, or for information."""

    people: np.ndarray  # int64
    way: HomeWay
    says: HomeSays = HomeSays.OFFER
    offer: str = NO_OFFER
    units: tuple[str, ...] = ()  # what it is about, when it is no offer
    asked: bool = False  # they have asked to hear of this
    because: str = ""
    features: dict[str, np.ndarray] = field(default_factory=dict)  # of each person, what the policy went by; each (n)
    propensity: np.ndarray | None = None  # of each person, the probability with which the policy sends it this; None: 1


@dataclass(frozen=True, eq=False)
class Print:
    """Leaflets with an offer: to people's addresses, or to so many households within a distance, whoever lives there."""

    offer: str
    fen_each: int
    people: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    households: int = 0
    within_km: float = 3.0
    unit: str = EVERYWHERE


@dataclass(frozen=True)
class ShowCode:
    """Today whoever has paid is shown the code by which one follows the mall's account."""


@dataclass(frozen=True, eq=False)
class Invite:
    """Ask people, by their app or chat card, of which kind of stores they would like to hear, and of nothing else."""

    people: np.ndarray


HomeDecision = OfferAtHome | SetBudget | SendHome | Print | ShowCode | Invite
