"""The typed schema of what people do about messages and offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.known import known

_JUDGED = "engineering judgement"
_LEVELS = "redeemed of messages sent: random 2 %, located 3-4 %, matched 5-7 % (order: Ghose et al. 2019, levels judged): `galleria verify response`"


def _share(value: float, meaning: str, source: str = _JUDGED) -> Any:
    return known(value, meaning, 0, 1, source=source, confidence="L")


def _weight(value: float, meaning: str, source: str = _JUDGED) -> Any:
    return known(value, meaning, 0, 20, source=source, confidence="L")


@dataclass
class PromosConfig:
    """How messages are received, and what an offer does to a choice. Nothing of it matters while no policy is active."""

    push_open_share: float = _share(
        0.20, "share of the app's messages that are opened, of average relevance, by one alone", _LEVELS
    )
    app_open_share: float = _share(0.30, "the same of what a page of the app shows")
    portal_open_share: float = _share(0.30, "the same of the page after logging in")
    payment_open_share: float = _share(0.50, "the same of the page after a payment")
    till_open_share: float = _share(0.60, "the same of what is said at the till")
    chat_open_share: float = _share(0.20, "the same of a message in a chat app")
    leaflet_open_share: float = _share(0.25, "share of leaflets that are read")
    staff_open_share: float = _share(0.80, "share of what staff say that is listened to")
    screen_open_share: float = _share(0.10, "share of passers-by who look at a screen")
    delivered_share: float = _share(
        0.95, "share of the messages of apps that come through: the others' phones are off or silent"
    )
    relevance_weight: float = _weight(
        0.8,
        "logits of opening and taking for a standard deviation of relevance",
        "random < located < trajectory-matched (Ghose et al. 2019): sign",
    )
    needed_relevance: float = _weight(1.0, "relevance, in standard deviations, of a store whose trade is on a party's list")
    hungry_relevance: float = _weight(1.0, "the same of a restaurant to a party that is hungry")
    depth_weight: float = _weight(
        3.0,
        "logits of taking an offer for all of a price, and of not minding its message",
        "face value dominates (Danaher et al. 2015): sign",
    )
    walk_weight: float = _weight(
        0.5,
        "logits of taking an offer lost for each choice.walk_s_scale of walking",
        "near offers are redeemed more (Danaher et al. 2015; Ghose et al. 2019): sign",
    )
    fatigue_weight: float = _weight(0.3, "logits of opening lost with each message read on the visit")
    company_weight: float = _weight(0.1, "logits of opening lost for each companion")
    weekend_weight: float = _weight(
        0.3, "logits of opening lost on a Saturday or Sunday", "weaker at weekends (Ghose et al. 2019): sign"
    )
    crowding_weight: float = known(
        0.2,
        "logits of opening gained per person and square metre around",
        0,
        5,
        source="2.1 % at < 2 /m2 to 4.3 % at 5 /m2 (Andrews et al. 2016)",
        tag="D",
        confidence="M",
    )
    hurry_weight: float = _weight(1.0, "logits of taking lost when no time is left")
    hurry_min: float = known(15.0, "time left from which a party feels in a hurry", 0, 240, source=_JUDGED, confidence="L")
    claim_share: float = _share(
        0.30, "share of opened offers that are taken, worth nothing and where the party stands", _LEVELS
    )
    follow_share: float = _share(
        0.25, "share of taken offers for which a party changes its way at once, of the same kind", _LEVELS
    )
    deal_weight: float = known(
        0.98,
        "log odds of buying gained for all of a price off",
        0,
        20,
        source="20 % off +2 points, 40 % off +5 points (Dube et al. 2017), over all stores of the default mall",
        tag="D",
        confidence="M",
    )
    deal_power: float = known(
        1.31,
        "power of the depth in them: more than 1 where a deeper cut gains more than in proportion",
        0.1,
        5,
        source="20 % off +2 points, 40 % off +5 points (Dube et al. 2017), over all stores of the default mall",
        tag="D",
        confidence="M",
    )
    coupon_pull: float = _weight(3.0, "utility that a coupon for all of a price adds to its store", _LEVELS)
    later_share: float = _share(0.5, "what an offer counts for that has first to be opened by another one")
    deal_prone_share: float = known(
        0.20, "share of parties that look for deals", 0, 1, source="Mills & Zamudio 2018", tag="V", confidence="M"
    )
    position_decay: float = known(
        0.7,
        "share of those who look at one place of a list that look at the next one too",
        0.01,
        1,
        source="examination falls geometrically down a list (cascade and position-based click models)",
        confidence="L",
    )
    tag_learnt_share: float = known(
        0.05,
        "share of the people inside whose tags are handed to somebody else that learn of it, and let the app send no more",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    deal_prone_factor: float = _weight(2.0, "by what depth counts for more with them")
    stack_base: str = known(
        "after", "whether a threshold is measured before other offers or after them", choices=("before", "after")
    )
