"""The typed schema of the catalogue's policies, one dataclass each; a field of PolicyConfig under the policy's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known
from sim.schema.policies.baselines import RandomConfig
from sim.schema.policies.home import (
    FestivalCampaignConfig,
    HomeCouponsConfig,
    LeafletsConfig,
    PointsReminderConfig,
    SocialFollowersConfig,
    SubscriptionsConfig,
    WeekendGuideConfig,
    festival_problems,
)


@dataclass
class PolicyConfig:
    """What the policies are told; which of them act is the list `policies`."""

    every_s: float = known(300.0, "cadence of the policies' reviews, a multiple of operations.review_s", 1, 86400)
    withheld: list[int] = field(
        default_factory=list,
        metadata={"meaning": "numbers of messages that are not sent, for the twin run without them", "low": 0, "high": None,
                  "source": "a choice of the run", "tag": "-", "confidence": "-", "choices": ()},
    )  # fmt: skip
    own: dict[str, Any] = field(default_factory=dict)  # of policies of one's own (--plugin), by name
    random: RandomConfig = field(default_factory=RandomConfig)
    home_coupons: HomeCouponsConfig = field(default_factory=HomeCouponsConfig)
    points_reminder: PointsReminderConfig = field(default_factory=PointsReminderConfig)
    weekend_guide: WeekendGuideConfig = field(default_factory=WeekendGuideConfig)
    leaflets: LeafletsConfig = field(default_factory=LeafletsConfig)
    social_followers: SocialFollowersConfig = field(default_factory=SocialFollowersConfig)
    subscriptions: SubscriptionsConfig = field(default_factory=SubscriptionsConfig)
    festival_campaign: FestivalCampaignConfig = field(default_factory=FestivalCampaignConfig)


def problems(config: PolicyConfig, review_s: float) -> Iterator[Problem]:
    """Return what is wrong with it."""
    if (config.every_s / review_s) % 1:
        yield Problem(
            "policy.every_s",
            f"{config.every_s:g}",
            f"must be a multiple of operations.review_s ({review_s:g})",
            "raise it, or lower that",
        )
    yield from festival_problems(config.festival_campaign)
