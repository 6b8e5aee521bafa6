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
    Entry(
        "event_invitations", "Sets up an event in the hall and invites people inside, those whose profile is nearest to its theme first.", ("C15",),
        "Time at an event is lost to stores, its crowd stands in the way of others, staff and stage cost money whoever comes, and messages annoy.",
        "happenings:EventInvitations", "event_invitations", "article S1",
    ),
    Entry(
        "treasure_hunt", "Gives out clues one after another through quiet parts of the mall, and a coupon at the last.", ("E7", "G1"),
        "Walking from clue to clue takes time and strength from shopping; those who give up get nothing; coupons go to who would have bought.",
        "happenings:TreasureHunt", "treasure_hunt", "article S1",
    ),
    Entry(
        "freeze", "Asks people inside to stand still together at a place and minute.", ("E6",),
        "It blocks the hall where it is densest, sells nothing by itself, and takes visitors away from stores for as long as they wait.",
        "happenings:Freeze", "freeze", "article S1",
    ),
    Entry(
        "friend_nearby", "Tells two friends who are near each other by estimate, and lets them meet before a cafe if both want.", ("E4",),
        "A wrong position sends people to each other who are far apart, one may wait in vain, and time together is lost to stores.",
        "happenings:FriendNearby", "friend_nearby", "article S1",
    ),
    Entry(
        "micro_rewards", "Lets people shake their phones: every n-th time there is a small coupon that is good everywhere.", ("E5",),
        "Coupons are used by who would have bought anyway, and blanks tire people of messages that matter more.",
        "guidance:MicroRewards", "micro_rewards", "article S1",
    ),
    Entry(
        "cold_zone_guidance", "Tells people where most are of stores where few are: by a hint, a coupon, or screens.", ("G1", "G2"),
        "What quiet stores gain is taken from busy ones that suit better, people walk more, and coupons cost both sides.",
        "guidance:ColdZoneGuidance", "cold_zone_guidance", "article S1",
    ),
    Entry(
        "vip_programme", "Bays by the doors, a lounge and a car wash for the top tier.", ("F3", "F4", "F8"),
        "Bays stand idle while others search, and the lounge takes VIPs' time from stores.", "", "vip_programme", "article S1",
    ),
    Entry(
        "promoters_programme", "Finds members who talk, and rewards them for talking.", ("E2",),
        "Rewards are paid to many whose friends know the mall already.", "", "promoters_programme", "article S1",
    ),
    Entry(
        "empty_handed", "Bags are handed in at the till and picked up on the way out.", ("F5",),
        "Porters and desk cost more than the few extra purchases bring.", "", "empty_handed", "article S1",
    ),
    Entry(
        "bracelets", "Families lend bracelets: children stay in the playground, and all see where the others are.", ("F6",),
        "More people go their own way, and more children are late or not fetched.", "", "bracelets", "article S1",
    ),
    Entry(
        "feedback", "Tenants answer complaints and act on them.", ("E3",),
        "Answers cost money, and what they mend fades.", "", "feedback", "article S1",
    ),
    Entry(
        "managed_ratings", "Shows stars, takes out ratings that it believes bought, and expels tenants that buy many.", ("E1",),
        "Honest ratings are taken for bought ones, and businesses that are expelled leave stores empty.", "", "managed_ratings", "article S1",
    ),
    Entry(
        "parking_guidance", "Signs at the aisles say where bays are free.", ("F1",),
        "Late or wrong readings send drivers to bays that are taken.", "", "parking_guidance", "article S1",
    ),
    Entry(
        "parking_pay", "Drivers pay for parking on the phone.", ("F2",),
        "Who pays early pays for less time, and who is late for the exit pays again.", "", "parking_pay", "articles S0, S3",
    ),
    Entry(
        "virtual_queue", "Tickets for a table are drawn from anywhere in the building.", ("D4",),
        "Called too early people stand as long as before, called too late they lose their turn.", "", "virtual_queue", "article S1",
    ),
    Entry(
        "remote_ordering", "Parties order as soon as they are on the list for a table.", ("D5",),
        "Food that is ordered early is ready before a table is, and is wasted where the party gives up.", "", "remote_ordering", "article S1",
    ),
    Entry(
        "queue_display", "Shows the wait for a table.", ("D3",),
        "A number that is old or prettier than the truth sends away guests who would have been seated.", "", "queue_display", "article S1",
    ),
    Entry(
        "dining_time", "Shows waits, and makes eating later worth while.", ("D6",),
        "The gift goes to many who would have come later anyway, and a meal put off may be a meal elsewhere.", "", "dining_time", "article S1",
    ),
)  # fmt: skip
BY_NAME = {entry.name: entry for entry in ENTRIES}


def maker_of(entry: Entry) -> Callable[[Any], Any]:
    """Return the class of a policy of the catalogue."""
    module, name = entry.make.split(":")
    made: Callable[[Any], Any] = getattr(importlib.import_module(f"agents.policies.{module}"), name)
    return made
