"""The typed schema of referral: who has brought whom, for how long, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"


@dataclass
class FundingConfig:
    """Who pays for what comes back, by weights: shares are rounded to whole fen by largest remainder."""

    seller: float = known(
        1.0,
        "weight of the merchant that makes the sale",
        0,
        1000,
        source="the other businesses return points (article S1)",
        tag="V",
        confidence="M",
    )
    operator: float = known(0.0, "weight of the mall", 0, 1000, source=_JUDGED, confidence="L")
    alliance: float = known(
        0.0,
        "weight of the alliance: what it pays to members are points without money behind them",
        0,
        1000,
        source=_JUDGED,
        confidence="L",
    )


@dataclass
class ReferralConfig:
    """Referral: who has brought whom, for how long, and what comes back."""

    is_on: bool = known(False, "whether something comes back when a member buys elsewhere than with whoever brought it")
    rule: str = known(
        "first_touch",
        "who counts as having brought a member: whoever came first, until that is too long ago, or whoever came last",
        choices=("first_touch", "last_touch"),
        source=_JUDGED,
        confidence="L",
    )
    life_days: float = known(365.0, "how long it counts, from the instant on", 0.01, 36_500, source=_JUDGED, confidence="L")
    share_to_referrer: float = known(
        0.005, "share of the net price that comes back to who brought the member", 0, 0.5, source=_JUDGED, confidence="L"
    )
    share_to_member: float = known(
        0.005,
        "share of the net price that comes back to the member, in points at a yuan each",
        0,
        0.5,
        source=_JUDGED,
        confidence="L",
    )
    merchants_get: str = known(
        "money",
        "what comes back to a merchant: a fee in money, or points (article S1)",
        choices=("money", "points"),
        source=_JUDGED,
        confidence="L",
    )
    cap_yuan: float = known(
        0.0, "most that comes back for one member to who brought it, 0 for no limit", 0, 1e6, source=_JUDGED, confidence="L"
    )
    label_share: float = known(
        0.02, "share of members' purchases at which the merchant labels the member", 0, 1, source=_JUDGED, confidence="L"
    )
    recruit_share: float = known(
        0.5,
        "share of new members who bought on that day that one of those stores has recruited",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    of_old_share: float = known(
        0.3, "share of members from before the run whom a merchant had brought", 0, 1, source=_JUDGED, confidence="L"
    )
    friends: bool = known(True, "whether a member counts whose tale has led to somebody's first visit")
    funding: FundingConfig = field(default_factory=FundingConfig)


def problems(referral: ReferralConfig) -> Iterator[Problem]:
    """Yield what does not go together."""
    funding = referral.funding
    if referral.is_on and funding.seller + funding.operator + funding.alliance <= 0:
        yield Problem("referral.funding", "0 + 0 + 0", "somebody must pay", "give one of seller, operator, alliance a weight")
    if referral.share_to_referrer + referral.share_to_member > 0.5:
        shares = f"{referral.share_to_referrer:g} + {referral.share_to_member:g}"
        yield Problem("referral.share_to_member", shares, "more than half of the price would come back", "lower one of the two")
