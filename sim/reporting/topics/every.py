"""The topics of the report, in its order."""

from __future__ import annotations

from sim.reporting.topics import (
    abuse,
    car_money,
    cars,
    checkout,
    cinema,
    desks,
    food,
    goods,
    lines,
    minds,
    parties,
    partners,
    ratings,
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
    ratings.TOPIC,
    partners.TOPIC,
    abuse.TOPIC,
)
