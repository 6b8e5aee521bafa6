"""The typed schema of the catalogue's policies, one dataclass each; a field of PolicyConfig under the policy's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known
from sim.schema.policies.baselines import RandomConfig
from sim.schema.policies.coupons import (
    DeepDiscountConfig,
    DoNoHarmConfig,
    FilmChainConfig,
    FlashSaleConfig,
    ForecastCouponsConfig,
    FreeSeatsConfig,
    JointPromotionConfig,
    MealPushConfig,
    PaymentPageConfig,
    PooledDemandConfig,
    QueueReplanConfig,
    SecondVisitConfig,
    coupon_problems,
)
from sim.schema.policies.design import DesignConfig, design_problems
from sim.schema.policies.giving import WindowConfig, window_problems
from sim.schema.policies.happenings import (
    ColdZoneGuidanceConfig,
    EventInvitationsConfig,
    FreezeConfig,
    FriendNearbyConfig,
    MicroRewardsConfig,
    TreasureHuntConfig,
)
from sim.schema.policies.happenings import problems as happening_problems
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
from sim.schema.policies.layout import MoveTenantsConfig
from sim.schema.policies.recommend import (
    ContentPerMemberConfig,
    RecommendConfig,
    SlotsConfig,
    TagsSoldConfig,
    recommend_problems,
)
from sim.schema.policies.targeted import TargetedConfig, targeted_problems


@dataclass
class PolicyConfig:
    """What the policies are told; which of them act is the list `policies`."""

    every_s: float = known(300.0, "cadence of the policies' reviews, a multiple of operations.review_s", 1, 86400)
    forecaster: str = known(
        "seasonal_naive",
        "what foretells stores' bills to policies: the last day of the kind times how today goes, or an ensemble that learns over days",
        choices=("seasonal_naive", "ensemble"),
    )
    withheld: list[int] = field(
        default_factory=list,
        metadata={"meaning": "numbers of messages that are not sent, for the twin run without them", "low": 0, "high": None,
                  "source": "a choice of the run", "tag": "-", "confidence": "-", "choices": ()},
    )  # fmt: skip
    own: dict[str, Any] = field(default_factory=dict)  # of policies of one's own (--plugin), by name
    random: RandomConfig = field(default_factory=RandomConfig)
    move_tenants: MoveTenantsConfig = field(default_factory=MoveTenantsConfig)
    recommend: RecommendConfig = field(default_factory=RecommendConfig)
    content_per_member: ContentPerMemberConfig = field(default_factory=ContentPerMemberConfig)
    slots: SlotsConfig = field(default_factory=SlotsConfig)
    tags_sold: TagsSoldConfig = field(default_factory=TagsSoldConfig)
    targeted: TargetedConfig = field(default_factory=TargetedConfig)
    design: DesignConfig = field(default_factory=DesignConfig)
    event_invitations: EventInvitationsConfig = field(default_factory=EventInvitationsConfig)
    treasure_hunt: TreasureHuntConfig = field(default_factory=TreasureHuntConfig)
    freeze: FreezeConfig = field(default_factory=FreezeConfig)
    friend_nearby: FriendNearbyConfig = field(default_factory=FriendNearbyConfig)
    micro_rewards: MicroRewardsConfig = field(default_factory=MicroRewardsConfig)
    cold_zone_guidance: ColdZoneGuidanceConfig = field(default_factory=ColdZoneGuidanceConfig)
    joint_promotion: JointPromotionConfig = field(default_factory=JointPromotionConfig)
    film_chain: FilmChainConfig = field(default_factory=FilmChainConfig)
    meal_push: MealPushConfig = field(default_factory=MealPushConfig)
    flash_sale: FlashSaleConfig = field(default_factory=FlashSaleConfig)
    free_seats: FreeSeatsConfig = field(default_factory=FreeSeatsConfig)
    forecast_coupons: ForecastCouponsConfig = field(default_factory=ForecastCouponsConfig)
    deep_discount: DeepDiscountConfig = field(default_factory=DeepDiscountConfig)
    payment_page: PaymentPageConfig = field(default_factory=PaymentPageConfig)
    second_visit: SecondVisitConfig = field(default_factory=SecondVisitConfig)
    queue_replan: QueueReplanConfig = field(default_factory=QueueReplanConfig)
    pooled_demand: PooledDemandConfig = field(default_factory=PooledDemandConfig)
    do_no_harm: DoNoHarmConfig = field(default_factory=DoNoHarmConfig)
    home_coupons: HomeCouponsConfig = field(default_factory=HomeCouponsConfig)
    points_reminder: PointsReminderConfig = field(default_factory=PointsReminderConfig)
    weekend_guide: WeekendGuideConfig = field(default_factory=WeekendGuideConfig)
    leaflets: LeafletsConfig = field(default_factory=LeafletsConfig)
    social_followers: SocialFollowersConfig = field(default_factory=SocialFollowersConfig)
    subscriptions: SubscriptionsConfig = field(default_factory=SubscriptionsConfig)
    festival_campaign: FestivalCampaignConfig = field(default_factory=FestivalCampaignConfig)


def problems(config: PolicyConfig, active: list[str], review_s: float) -> Iterator[Problem]:
    """Return what is wrong with it."""
    yield from happening_problems(config.event_invitations, config.treasure_hunt)
    if active and (config.every_s / review_s) % 1:
        yield Problem(
            "policy.every_s",
            f"{config.every_s:g}",
            f"must be a multiple of operations.review_s ({review_s:g})",
            "raise it, or lower that",
        )
    yield from recommend_problems(config.recommend, config.tags_sold)
    yield from design_problems(config.design, config.every_s)
    yield from targeted_problems(config.targeted)
    yield from coupon_problems(config)
    for section, settings in vars(config).items():
        if isinstance(settings, WindowConfig):
            yield from window_problems(f"policy.{section}", settings)
    yield from festival_problems(config.festival_campaign)
