"""The catalogue of policies by name: what each does, which rows of the mission it covers, by which path it can lose, and its scenario."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One policy. `make` is "module:class" of agents.policies; a measure (make "") is a file conf/policies/<name>.yaml of settings alone."""

    name: str
    does: str
    covers: tuple[str, ...]
    loses: str  # by which path it can lose
    make: str = ""
    scenario: str = ""
    source: str = ""


ENTRIES = (
    Entry("idle", "Looks at everything and does nothing.", (), "It cannot: it is there to show that looking changes nothing.", "baselines:Idle"),
    Entry(
        "random", "Sends offers of stores at random to people at random, whatever they like and wherever they are.", ("B7", "C1"),
        "Discounts go to whoever would have bought anyway, messages that concern nobody annoy and are turned off.", "baselines:Random",
    ),
    Entry(
        "joint_promotion", "Gives whoever has bought at one of two stores with common customers an offer of the other.", ("C2",),
        "Common customers would have gone to both anyway: then the discount is a gift, and the third store that they skip pays for it.", "promotions:JointPromotion", "joint_promotion", "article S0",
    ),
    Entry(
        "film_chain", "Opens an offer of a meal to whoever has shopped, and of a film to whoever has eaten, until a deadline.", ("C3",),
        "Parties that had all three on their list take it along; others break off before the reward and have been hurried past other stores.", "promotions:FilmChain", "film_chain", "article S0",
    ),
    Entry(
        "meal_push", "Sends whoever was located near a restaurant of its taste an offer at meal times.", ("C4", "B12"),
        "It fills restaurants that are full already, moves guests from one to the next at a discount, and fixes are wrong.", "meals:MealPush", "meal_push", "article S0",
    ),
    Entry(
        "flash_sale", "Lowers the price of empty seats step by step before a show and tells who could still walk there.", ("C5", "D7"),
        "Who would have paid the full price waits in line for the lower one, and a film keeps people out of stores.", "cinema_seats:FlashSale", "flash_sale", "article S0",
    ),
    Entry(
        "free_seats", "Gives seats of an empty house to members nearby.", ("C6", "D7"),
        "Members who had a film on their list do not pay for it, and sit in the dark in place of buying.", "cinema_seats:FreeSeats", "free_seats", "article S1",
    ),
    Entry(
        "forecast_coupons", "Offers the places that a forecast expects to stay empty, and stops when the house fills.", ("C9", "D1", "D6"),
        "The forecast is wrong, or guests come from the restaurant next door: the mall pays for moving them.", "forecasts:ForecastCoupons", "forecast_coupons", "article S1",
    ),
    Entry(
        "deep_discount", "Sends offers that match nobody's taste, deep or shallow as one reads the article.", ("C7",),
        "Nine tenths off is a loss on whatever is bought, and a fifth off is an annoyance.", "off_taste:DeepDiscount", "deep_discount", "article S0",
    ),
    Entry(
        "payment_page", "Shows an offer, or a word about following or joining, when a payment by phone is over.", ("C11",),
        "Whoever has just paid may be done with buying; discounts go to those who stay in any case.", "after_paying:PaymentPage", "payment_page", "article S4",
    ),
    Entry(
        "second_visit", "Sends whoever is inside again an offer of the store that stands out in its profile.", ("C1",),
        "Regulars would have bought without it.", "after_paying:SecondVisit", "second_visit", "article S0",
    ),
    Entry(
        "queue_replan", "Estimates waits for tables, shows them, and sends people from long lines to short ones.", ("D3", "D6", "D9"),
        "Waits reckoned from fixes are wrong: people leave a line that was short, or all go to the same place.", "waits:QueueReplan", "queue_replan", "article S1",
    ),
    Entry(
        "pooled_demand", "Keeps lists of names for a trade; a full one turns into an offer to all who were asked.", ("B9",),
        "The names on a list are those who wanted it anyhow, and the rest are asked twice.", "pooled:PooledDemand", "pooled_demand", "article S1",
    ),
    Entry(
        "do_no_harm", "Ends offers after which too many tenants of the trade sell less than usual.", ("J3",),
        "What it takes for harm is often luck: good offers end early, and bad ones that harm other trades go on.", "harm:DoNoHarm", "do_no_harm", "article S4",
    ),
)  # fmt: skip
BY_NAME = {entry.name: entry for entry in ENTRIES}


def maker_of(entry: Entry) -> Callable[[Any], Any]:
    """Return the class of a policy of the catalogue."""
    module, name = entry.make.split(":")
    made: Callable[[Any], Any] = getattr(importlib.import_module(f"agents.policies.{module}"), name)
    return made
