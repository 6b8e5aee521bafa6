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
        "online_orders", "Order in the chat app, pick up in the store.", ("I5", "I7"),
        "Who collects browses less, staff who pick are missing at the tills, orders that nobody fetches are given back.",
        scenario="pick_up_in_store", source="article S3",
    ),
    Entry(
        "send_gift", "Gifts bought online, which a friend of the buyer collects.", ("I6",),
        "Many receivers do not come, or would have come anyway; the platform keeps its fee, staff have the work.",
        scenario="gifts_online", source="article S3",
    ),
    Entry(
        "channels_by_scene", "Collect, have it delivered, or order from the line: each where it suits the moment.", ("I7", "F9"),
        "Deliveries take the place of visits, and of all that these would have bought beside; couriers cost more than the fee brings.",
        scenario="channels_by_scene", source="article S4",
    ),
    Entry(
        "branch_delivery", "Delivery by couriers from the branch that is soonest, with points and a small gift.", ("I8",),
        "Each delivery loses the courier's cost less the fee, the points and the gift; kitchens have more to cook; late ones are given back.",
        scenario="branch_delivery", source="article S4",
    ),
    Entry(
        "item_search", "The app says who has a thing soonest, and sends a runner where that is sooner.", ("G6",),
        "What the app knows is old: it sends people to shelves that are empty; who finds at once passes fewer stores.",
        scenario="item_search", source="article S4",
    ),
    Entry(
        "multi_channel", "Takes the accounts of a second chat app beside the first.", ("I11",),
        "Most people have both: it reaches few more, and costs as much again.",
        scenario="two_accounts", source="article S3",
    ),
    Entry(
        "endless_aisle", "A guide with a tablet orders what the shelf does not have.", ("I9", "F9"),
        "Guides are few, shipping costs the tenant, and what nobody has tried on comes back.",
        scenario="mobile_pay", source="article S4",
    ),
    Entry(
        "penny_onboarding", "Pay a penny by phone, get a rose or a drink; staff teach at the tills.", ("I1",),
        "Gifts and wages are spent on the day, lessons make lines longer, and what is won comes later if at all.",
        scenario="mobile_pay", source="article S3",
    ),
    Entry(
        "phone_price_cut", "A tenth off for whoever pays by phone.", ("I3",),
        "All who pay by phone anyway pay less too.",
        scenario="mobile_pay", source="article S3",
    ),
)  # fmt: skip
BY_NAME = {entry.name: entry for entry in ENTRIES}


def maker_of(entry: Entry) -> Callable[[Any], Any]:
    """Return the class of a policy of the catalogue."""
    module, name = entry.make.split(":")
    made: Callable[[Any], Any] = getattr(importlib.import_module(f"agents.policies.{module}"), name)
    return made
