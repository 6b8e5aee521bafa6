"""The typed schema of what people at home do about messages, coupons and leaflets."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.known import known

_JUDGED = "engineering judgement"
_O2O = "fitted to redemption by distance of 1,053,282 coupons (Tianchi O2O 2016: 13.5 / 6.0 / 3.9 / 3.0 / 1.7 %)"


@dataclass
class HomeConfig:
    """What reaches people at home, and what they make of it. Nothing of it matters while no policy addresses them."""

    trip_pull: float = known(
        0.104, "by how much a usual coupon, on the day it is taken, raises visits from 1 km away", 0, 20, source=_O2O, tag="D",
        confidence="M",
    )  # fmt: skip
    distance_exponent: float = known(
        2.0, "that falls with distance to this power", 0, 5, source=f"Huff's exponent; the same {_O2O}", tag="D", confidence="M"
    )
    remembers_share: float = known(
        0.456, "share of those who come anyway on the day they took a usual coupon that make for its store", 0, 1, source=_O2O,
        tag="D", confidence="M",
    )  # fmt: skip
    fades_days: float = known(
        0.88, "days after which a third is left of both", 0.01, 1000,
        source="68 % of the used coupons were used on the same day (Tianchi O2O 2016, mixed with online coupons)", tag="D",
        confidence="L",
    )  # fmt: skip
    usual_off_share: float = known(
        1 / 6,
        "depth of a usual coupon",
        0.001,
        1,
        source="the commonest of the same data: 5 off from 30 on",
        tag="D",
        confidence="M",
    )
    depth_weight: float = known(
        3.0, "logits of taking a coupon, and of remembering it, for all of a price", 0, 20,
        source="face value dominates (Danaher et al. 2015): sign", confidence="L",
    )  # fmt: skip
    news_pull: float = known(
        0.2, "utility of a visit for what is on, for those whom it suits by a standard deviation", 0, 5,
        source="behaviour-based push +5 % visits to regional malls (Liu 2017): order of magnitude", tag="D", confidence="L",
    )  # fmt: skip
    news_fades_days: float = known(3.0, "days after which a third is left of it", 0.1, 1000, source=_JUDGED, confidence="L")
    points_pull: float = known(
        0.15, "utility of a visit for very many points, once one is reminded of them", 0, 5, source=_JUDGED, confidence="L"
    )
    follow_share: float = known(
        0.05, "share of the buying parties that follow the mall's account when they are shown its code", 0, 1, source=_JUDGED,
        confidence="L",
    )  # fmt: skip
    prefers_pull_share: float = known(
        0.4, "share of people who would rather ask than be told", 0, 1,
        source="complement of the push opt-in of 0.49, less those who want neither (Localytics 2015)", tag="D", confidence="L",
    )  # fmt: skip
    subscribes_share: float = known(
        0.5, "share of them that subscribe when they are asked and look", 0, 1, source=_JUDGED, confidence="L"
    )
    told_subscribes_share: float = known(0.1, "the same of the others", 0, 1, source=_JUDGED, confidence="L")
    message_fen: float = known(
        3.0, "cost of a message, in fen", 0, 1000, source="bulk messages of 0.03-0.05 yuan", tag="M", confidence="L"
    )
    withheld: list[int] = field(
        default_factory=list,
        metadata={"meaning": "numbers of messages home that are not sent, for the twin run without them", "low": 0, "high": None,
                  "source": "a choice of the run", "tag": "-", "confidence": "-", "choices": ()},
    )  # fmt: skip
