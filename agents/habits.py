"""What parties are used to: looking at live information, a way to pay, a way to look for a bay; and who is in the top tier."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.visitors import ParkingStrategy, PayMethod, Visitors


def with_habits(config: RunConfig, visitors: Visitors) -> Visitors:
    """Return the parties with their habits, each drawn by the visit's own number."""
    uses_app = uniforms(stream_key(config.seed, "uses the app"), visitors.number, 0) < config.queues.app_share
    visitors = visitors._replace(pays_by=_ways_to_pay(config, visitors.number), uses_app=uses_app.astype(np.int8))
    visitors = with_company(config, visitors)
    return visitors._replace(parks_by=parking_strategies(config, visitors), is_vip=vips(config, visitors))


def _ways_to_pay(config: RunConfig, number: np.ndarray) -> np.ndarray:
    """Return the way each party is used to, by the shares of the mix in the order of PayMethod: from cash to the phone.

    That order lets a mix with less cash change the minds of as few as may be.
    """
    shares = np.array([getattr(config.checkout.mix, method.name.lower()) for method in PayMethod], float)
    cumulated = np.cumsum(shares)
    draw = uniforms(stream_key(config.seed, "pays-by"), number, 0) * cumulated[-1]
    return np.minimum(np.searchsorted(cumulated, draw, side="right"), len(PayMethod) - 1).astype(np.int8)


def parking_strategies(config: RunConfig, visitors: Visitors) -> np.ndarray:
    """Return how each party's driver looks for a bay: as it is told, where it is told something and follows, else by its own habit."""
    parking = config.parking
    hunts = uniforms(stream_key(config.seed, "parking strategy"), visitors.number, 0) < parking.hunt_share
    found = np.where(hunts, ParkingStrategy.HUNT, ParkingStrategy.FIRST)
    if parking.information != "none":
        follows = uniforms(stream_key(config.seed, "follows parking guidance"), visitors.number, 0) < parking.followed_share
        if parking.information == "app":
            follows &= visitors.uses_app == 1
        found = np.where(follows, ParkingStrategy.GUIDED, found)
    return found.astype(np.int8)


def vips(config: RunConfig, visitors: Visitors) -> np.ndarray:
    """Return which parties have a member of the top tier."""
    draws = uniforms(stream_key(config.seed, "vip"), visitors.number, 0)
    return (draws < config.population.vip_share).astype(np.int8)


def with_company(config: RunConfig, visitors: Visitors) -> Visitors:
    """Return the parties with whether they would part for a while, and whether their children wear bracelets."""
    children = visitors.children
    parties = config.parties
    splits = uniforms(stream_key(config.seed, "splits"), visitors.number, 0) < parties.splits_share
    splits &= (visitors.people - children >= 2) & (visitors.goal_entrance < 0)
    lends = uniforms(stream_key(config.seed, "bracelet"), visitors.number, 0) < parties.bracelet_share
    lends &= (children > 0) & parties.bracelet
    return visitors._replace(splits=splits.astype(np.int8), has_bracelets=lends.astype(np.int8))
