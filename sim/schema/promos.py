"""The typed schema of what people do about messages and offers."""

from __future__ import annotations

from dataclasses import dataclass

from sim.known import known

_JUDGED = "engineering judgement"


@dataclass
class PromosConfig:
    """How messages are received, and what an offer does to a choice. Nothing of it matters while no policy is active."""

    push_open_share: float = known(
        0.15,
        "share of the app's messages that are opened, of average relevance and depth",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    app_open_share: float = known(0.30, "the same of what a page of the app shows", 0, 1, source=_JUDGED, confidence="L")
    portal_open_share: float = known(0.30, "the same of the page after logging in", 0, 1, source=_JUDGED, confidence="L")
    payment_open_share: float = known(0.50, "the same of the page after a payment", 0, 1, source=_JUDGED, confidence="L")
    till_open_share: float = known(0.60, "the same of what is said at the till", 0, 1, source=_JUDGED, confidence="L")
    chat_open_share: float = known(0.20, "the same of a message in a chat app", 0, 1, source=_JUDGED, confidence="L")
    leaflet_open_share: float = known(0.25, "share of leaflets that are read", 0, 1, source=_JUDGED, confidence="L")
    staff_open_share: float = known(0.80, "share of what staff say that is listened to", 0, 1, source=_JUDGED, confidence="L")
    screen_open_share: float = known(0.10, "share of passers-by who look at a screen", 0, 1, source=_JUDGED, confidence="L")
    relevance_weight: float = known(
        1.0,
        "logits of opening and taking for a standard deviation of relevance",
        0,
        10,
        source="random < located < trajectory-matched (Ghose et al. 2019): sign",
        confidence="L",
    )
    depth_weight: float = known(
        3.0,
        "logits of taking an offer for all of a price",
        0,
        20,
        source="face value dominates (Danaher et al. 2015): sign",
        confidence="L",
    )
    fatigue_weight: float = known(
        0.3, "logits of opening lost with each message read on the visit", 0, 10, source=_JUDGED, confidence="L"
    )
    company_weight: float = known(0.1, "logits of opening lost for each companion", 0, 10, source=_JUDGED, confidence="L")
    crowding_weight: float = known(
        0.2,
        "logits of opening gained per person and square metre around",
        0,
        5,
        source="2.1 % at < 2 /m2 to 4.3 % at 5 /m2 (Andrews et al. 2016)",
        tag="D",
        confidence="M",
    )
    hurry_weight: float = known(1.0, "logits of taking lost when no time is left", 0, 10, source=_JUDGED, confidence="L")
    hurry_min: float = known(15.0, "time left from which a party feels in a hurry", 0, 240, source=_JUDGED, confidence="L")
    claim_share: float = known(
        0.30,
        "share of opened offers that are taken into the wallet, of average relevance and depth",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    follow_share: float = known(
        0.25,
        "share of taken offers for which a party changes its way at once, at no distance",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    deal_weight: float = known(
        0.6,
        "log odds of buying gained for all of a price off",
        0,
        20,
        source="20 % off +2 points, 40 % off +5 points (Dube et al. 2017)",
        tag="D",
        confidence="M",
    )
    coupon_pull: float = known(
        3.0, "utility that a coupon for all of a price adds to its store", 0, 20, source=_JUDGED, confidence="L"
    )
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
    stack_base: str = known(
        "after", "whether a threshold is measured before other offers or after them", choices=("before", "after")
    )
