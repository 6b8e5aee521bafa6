"""The topics of the report, in its order."""

from __future__ import annotations

from sim.reporting.topics import (
    abuse,
    alliance,
    car_money,
    cars,
    checkout,
    cinema,
    clearing,
    desks,
    finance,
    food,
    goods,
    lines,
    members,
    minds,
    parties,
    partners,
    points,
    promos,
    ratings,
    referral,
    targets,
)
from sim.reporting.topics.topic import Topic

TOPICS: tuple[Topic, ...] = (
    targets.TOPIC,
    lines.TOPIC,
    food.TOPIC,
    cinema.TOPIC,
    checkout.TOPIC,
    goods.TOPIC,
    desks.TOPIC,
    cars.TOPIC,
    car_money.TOPIC,
    minds.TOPIC,
    parties.TOPIC,
    members.TOPIC,
    ratings.TOPIC,
    alliance.TOPIC,
    promos.TOPIC,
    points.TOPIC,
    clearing.TOPIC,
    referral.TOPIC,
    finance.TOPIC,
    partners.TOPIC,
    abuse.TOPIC,
)
