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
        "home_coupons", "Offers people at home a coupon of a store, to take there and to spend in the store.", ("C10",),
        "Who comes anyway redeems most of them, far homes hardly any, and messages to people at home are turned off.",
        "home_coupons:HomeCoupons", "home_coupons", "S4; Tianchi O2O 2016",
    ),
    Entry(
        "points_reminder", "Reminds members who hold enough points and have been away long enough of what they hold.", ("C8",),
        "Points are burned that would have lain, each message costs, and who gets too many turns them off.",
        "home_news:PointsReminder", "points_reminder", "S0",
    ),
    Entry(
        "weekend_guide", "Tells people at home what is on at the weekend, and where.", ("C16",),
        "Whom it does not suit stays away, or goes to another mall; to all alike it moves nobody on average.",
        "home_news:WeekendGuide", "weekend_guide", "S4",
    ),
    Entry(
        "leaflets", "Puts leaflets with an offer into letter boxes: of all households near by, or of members who seem to want the store.", ("B11",),
        "Most are thrown away unread, each costs, and the offer goes to whoever would have bought.",
        "home_ties:Leaflets", "leaflets", "S4",
    ),
    Entry(
        "social_followers", "Wins followers of the mall's account at the tills, and posts to them.", ("C13",),
        "Posts beyond what followers bear lose them for good; a post draws some and puts as many off.",
        "home_ties:SocialFollowers", "social_followers", "S4",
    ),
    Entry(
        "subscriptions", "Asks people once of what they would like to hear, and tells them that alone.", ("C14",),
        "Few subscribe, and who did not hears nothing any more; the invitation itself is a message to everybody.",
        "home_ties:Subscriptions", "subscriptions", "S3",
    ),
    Entry(
        "festival_campaign", "Offers everybody whom it reaches something off the days on which all shop.", ("C12", "J4"),
        "On such days people come and buy anyway: the discount is given away, and the mall is fuller.",
        "home_coupons:FestivalCampaign", "festival_campaign", "S1, S4",
    ),
)  # fmt: skip
BY_NAME = {entry.name: entry for entry in ENTRIES}


def maker_of(entry: Entry) -> Callable[[Any], Any]:
    """Return the class of a policy of the catalogue."""
    module, name = entry.make.split(":")
    made: Callable[[Any], Any] = getattr(importlib.import_module(f"agents.policies.{module}"), name)
    return made
