"""Mornings at home without the engine: a small town, decisions of one's own, visits as the law draws them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial

import numpy as np

from agents.digital import phone_keys_of
from agents.home.home import Home
from agents.membership import Memory
from agents.policy_desk import Desk
from agents.population import residents_of
from agents.visits import Visits
from sim.config import RunConfig
from sim.crowd.mind import OUTCOME
from sim.decisions_of_home import HomeDecision
from sim.home import HomeDay, Members
from sim.lived import RATING, Lived
from sim.sensing.identity.ids import IdKind, ids_of
from tests.engine_days import corner_mall

FIRST = datetime.date(2026, 11, 2)
BAKERY = "L1-bakery"


def town_config(residents: int = 4000, **digital: float) -> RunConfig:
    """Return a small town, in which everybody holds the chat card and reads what comes, unless told otherwise."""
    config = RunConfig(seed=11, floorplan="corner_mall", date=FIRST.isoformat())
    config.population.visits_per_day, config.population.day_total_cv = residents / 26.0, 0.0
    config.catchment.residents = residents
    config.digital.card_share = 1.0
    config.promos.chat_open_share = config.promos.claim_share = 0.999
    config.home.prefers_pull_share = 0.0
    for name, value in digital.items():
        setattr(config.digital, name, value)
    return config


class HomeTown:
    """Residents, memory and what is known at home."""

    def __init__(self, config: RunConfig) -> None:
        self.config = config
        self.residents = residents_of(config)
        self.memory = Memory(config, self.residents)
        numbers = ids_of(IdKind.NUMBER, phone_keys_of(config, self.residents.key))
        self.home = Home(config, corner_mall(), self.residents, self.memory, numbers)
        self.members: Members | None = None

    def morning(self, decisions: Sequence[HomeDecision] = (), day: int = 0, choose=None) -> HomeDay:
        """Let one policy decide that; `choose` makes its decisions of the members."""

        def decide(members: Members, used: dict[str, tuple[int, int, int]]) -> list[tuple[str, HomeDecision]]:
            self.members = members
            return [("mine", decision) for decision in (decisions if choose is None else choose(members))]

        return self.home.morning(FIRST + datetime.timedelta(days=day), decide)

    def visits(self, day: int = 0) -> Visits:
        """Return who comes."""
        config = RunConfig(**{**vars(self.config), "date": (FIRST + datetime.timedelta(days=day)).isoformat()})
        return Visits(config, corner_mall(), self.residents, self.memory, self.home)

    def evening(self, outcomes: np.ndarray | None = None, day: int = 0) -> None:
        """Close the day; nobody has come unless outcomes say so."""
        found = np.zeros(0, OUTCOME) if outcomes is None else outcomes
        self.home.learn(Lived(FIRST + datetime.timedelta(days=day), found, np.zeros(0, RATING)))


def refused(town: HomeTown) -> list[str]:
    """Return why decisions of the morning were refused."""
    return [reason for *_, reason in town.home.log()["verdicts"] if reason]


def a_week_of_all_policies() -> HomeTown:
    """Live a week in which all policies address people at home; whoever comes buys something and uses what it holds. No engine."""
    config = town_config(1500, member_share=0.6, app_share=0.9)
    config.policies = [
        "festival_campaign", "home_coupons", "leaflets", "points_reminder", "social_followers", "subscriptions", "weekend_guide",
    ]  # fmt: skip
    config.policy.festival_campaign.dates = ["11-04"]
    config.policy.weekend_guide.is_targeted = True
    config.policy.leaflets.every_days, config.policy.home_coupons.life_days = 3, 4
    config.home.withheld = [1]
    town, desk = HomeTown(config), Desk(config, corner_mall())
    town.memory.points_centi[:] = 100_000
    for day in range(7):
        date = FIRST + datetime.timedelta(days=day)
        today = RunConfig(**{**vars(config), "date": date.isoformat()})
        town.home.morning(date, partial(desk.at_home, today))
        visitors = town.visits(day).arrivals(0, 1440)
        outcomes = np.zeros(visitors.number.size, OUTCOME)
        outcomes["number"], outcomes["resident"], outcomes["purchases"] = visitors.number, visitors.resident, 1
        town.evening(outcomes, day)
    return town
