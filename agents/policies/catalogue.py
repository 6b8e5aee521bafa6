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
        "recommend",
        "Shows each person a list of stores: by sales, by what others did, or by what is learnt of clicks, with exploration and a floor of exposure.",
        ("B7", "B1", "B2"),
        "People go where they are sent instead of where they would have gone, and spend their time on the way; lists that do not suit are not opened, "
        "pushed ones annoy; what sells is shown, so that it sells more and others less; exploration shows what nobody wants.",
        "recommend:Recommend", "which_recommendation",
        "article: precise personalised recommendation over hundreds of businesses",
    ),
    Entry(
        "content_per_member",
        "Writes to each member once on a visit: a deal, a story of a store, a place to eat or a benefit, by what goes down with people like it.",
        ("B12",),
        "Deals are opened most and so are learnt first, by people who would have paid the price; every message that does not concern "
        "somebody annoys; few members come for a belief to become sharp.",
        "content:ContentPerMember", "content_per_member", "article: different content for each member",
    ),
    Entry(
        "slots", "Sells the places of a page or a screen to stores at a sealed auction, each at the price of the next bid below.", ("C12",),
        "Who has overrated a place most gets it (winner's curse) and may never earn the fee back; whom it sends there goes nowhere else.",
        "slots:Slots", "feature_slots", "article: feature services on festival days",
    ),
    Entry(
        "tags_sold", "Tells stores what visitors like, for a price or for nothing; the stores write to them with offers of their own.", ("B13",),
        "People who learn of it let the app send no more; stores give discounts to those who liked them anyway; more messages tire.",
        "tags:TagsSold", "tags_for_sale", "article: the platform shares user tags with any service provider",
    ),
    Entry(
        "in_store_recognition", "Tells a store's guide which members are located in it, and what they like.", ("B10",),
        "Being addressed puts some off; a wrong profile shows what pleases less than what one would have looked at unasked; places are often wrong.",
        "", "guides_who_know", "article: the guide recognises the member on arrival",
    ),
    Entry(
        "reviews_at_the_shelf", "Lets reviews of articles be read at the shelf.", ("E8",),
        "What is worse than its brand sells less; the guide's word counts less beside them.", "", "reviews_at_the_shelf",
        "article: linked information, online reviews in the store",
    ),
    Entry(
        "deep_labels", "Keeps apart every store in profiles, and describes twice as many articles.", ("B8", "B2"),
        "Finer classes have fewer observations each, so that profiles are noisier; more articles have less stock each.", "", "deep_labels",
        "article: labelling down to products, a deep joint venture",
    ),
    Entry(
        "smart_stocking", "Orders by looks online beside tenants' own sales, and calls back what stands too long.", ("I10",),
        "Whoever looks online is not whoever comes, so that the wrong articles are ordered; every piece called back costs.", "", "smart_stocking",
        "article: stock by size and colour from online data",
    ),
    Entry(
        "targeted", "Sends a coupon of one trade to those believed to like it or heard to pay, each with a probability that is written down.",
        ("C17", "B12"), "It picks those who would have bought anyway: it looks far better than it is, and its discounts are given away.",
        "targeted:Targeted", "targeted_uplift",
    ),
)  # fmt: skip
BY_NAME = {entry.name: entry for entry in ENTRIES}


def maker_of(entry: Entry) -> Callable[[Any], Any]:
    """Return the class of a policy of the catalogue."""
    module, name = entry.make.split(":")
    made: Callable[[Any], Any] = getattr(importlib.import_module(f"agents.policies.{module}"), name)
    return made
