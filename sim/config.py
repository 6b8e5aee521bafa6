"""The typed schema of a run: every key with its default, meaning, range, source and how far to trust it.

This file holds the schema and its ranges only. Composing it from files and the command line is `sim/config_files.py`.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.categories import CATEGORIES
from sim.config_sensing import DigitalConfig, SensingConfig
from sim.errors import Problem
from sim.known import known
from sim.schema import parking as parking_schema
from sim.schema.abuse import AbuseConfig
from sim.schema.abuse import AttacksConfig as AttacksConfig
from sim.schema.abuse import RulesConfig as RulesConfig
from sim.schema.abuse import problems as abuse_problems
from sim.schema.alliance import (  # noqa: F401
    AllianceConfig,
    BarriersConfig,
    CloudTillConfig,
    CustomerListConfig,
    OutsideMerchantsConfig,
    SubsidyConfig,
)
from sim.schema.alliance import problems as alliance_problems
from sim.schema.calendar import CalendarConfig
from sim.schema.calendar import CalendarEventConfig as CalendarEventConfig
from sim.schema.calendar import problems as calendar_problems
from sim.schema.catchment import CatchmentConfig
from sim.schema.catchment import problems as catchment_problems
from sim.schema.checkout import (  # noqa: F401  (a section of the schema is found by its name here)
    CashConfig,
    CashiersConfig,
    CheckoutConfig,
    FeesConfig,
    FoodPayTimesConfig,
    MixConfig,
    OnboardingConfig,
    PayTimesConfig,
    PriceCutConfig,
    SelfCheckoutConfig,
    TabletConfig,
)
from sim.schema.checkout import problems as checkout_problems
from sim.schema.cinema import CinemaConfig
from sim.schema.cinema import HallConfig as HallConfig
from sim.schema.cinema import ShowConfig as ShowConfig
from sim.schema.cinema import problems as cinema_problems
from sim.schema.clearing import (  # noqa: F401  (a section of the schema is found by its name here)
    ClearingConfig,
    DefaultsConfig,
    GatewayConfig,
    LatePayersConfig,
    LiquidityConfig,
    PanicConfig,
)
from sim.schema.clearing import problems as clearing_problems
from sim.schema.costs import CostItemConfig as CostItemConfig
from sim.schema.costs import CostsConfig
from sim.schema.costs import problems as cost_problems
from sim.schema.desks import (
    DesksConfig,
)
from sim.schema.desks import problems as desk_problems
from sim.schema.finance import FinanceConfig
from sim.schema.finance import problems as finance_problems
from sim.schema.food import DiningConfig as DiningConfig
from sim.schema.food import FoodConfig
from sim.schema.food import problems as food_problems
from sim.schema.goods import CatalogueConfig as CatalogueConfig
from sim.schema.goods import FitConfig as FitConfig
from sim.schema.goods import GoodsConfig
from sim.schema.goods import GuideConfig as GuideConfig
from sim.schema.goods import ReviewsAtShelfConfig as ReviewsAtShelfConfig
from sim.schema.goods import StockingConfig as StockingConfig
from sim.schema.goods import problems as goods_problems
from sim.schema.happenings import HappeningConfig as HappeningConfig
from sim.schema.happenings import HappeningsConfig
from sim.schema.happenings import problems as happening_problems
from sim.schema.home import HomeConfig as HomeConfig
from sim.schema.layout import LayoutConfig
from sim.schema.layout import problems as layout_problems
from sim.schema.loyalty import BurningConfig as BurningConfig
from sim.schema.loyalty import LoyaltyConfig
from sim.schema.loyalty import problems as loyalty_problems
from sim.schema.management import ManagementConfig
from sim.schema.management import problems as management_problems
from sim.schema.membership import (  # noqa: F401  (a section of the schema is found by its name here)
    CompetitorConfig,
    MembershipConfig,
    RecencyConfig,
    RemindersConfig,
    RivalryConfig,
    SeedingConfig,
    TalkConfig,
)
from sim.schema.membership import problems as membership_problems
from sim.schema.minds import AppealConfig, FatigueConfig, HungerConfig, MindsConfig, PlansConfig, SatisfactionConfig  # noqa: F401
from sim.schema.minds import problems as mind_problems
from sim.schema.network import (  # noqa: F401  (a section of the schema is found by its name here)
    MembersPathConfig,
    NetworkConfig,
    SiteConfig,
)
from sim.schema.network import problems as network_problems
from sim.schema.online import (  # noqa: F401  (a section of the schema is found by its name here)
    AccountsConfig,
    ChannelChoiceConfig,
    DeliveryConfig,
    GiftsConfig,
    InLineConfig,
    OnlineConfig,
    OrdersConfig,
    SearchConfig,
)
from sim.schema.online import problems as online_problems
from sim.schema.parking import ParkingConfig
from sim.schema.parties import PartiesConfig
from sim.schema.partners import ExchangeConfig as ExchangeConfig
from sim.schema.partners import ItemConfig as ItemConfig
from sim.schema.partners import LinkConfig as LinkConfig
from sim.schema.partners import OffersConfig as OffersConfig
from sim.schema.partners import PartnersConfig
from sim.schema.partners import ProgrammeConfig as ProgrammeConfig
from sim.schema.partners import problems as partner_problems
from sim.schema.points import PointsCampaignConfig as PointsCampaignConfig
from sim.schema.points import PointsConfig, face_problems
from sim.schema.points import PointsRateConfig as PointsRateConfig
from sim.schema.points import TierConfig as TierConfig
from sim.schema.points import problems as points_problems
from sim.schema.policies import PolicyConfig as PolicyConfig
from sim.schema.policies import problems as policy_problems
from sim.schema.policies.baselines import RandomConfig as RandomConfig
from sim.schema.policies.coupons import (  # noqa: F401  (a section of the schema is found by its name here)
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
)
from sim.schema.policies.design import DesignConfig as DesignConfig
from sim.schema.policies.happenings import (  # noqa: F401  (a section of the schema is found by its name here)
    ColdZoneGuidanceConfig,
    EventInvitationsConfig,
    FreezeConfig,
    FriendNearbyConfig,
    MicroRewardsConfig,
    TreasureHuntConfig,
)
from sim.schema.policies.home import FestivalCampaignConfig as FestivalCampaignConfig
from sim.schema.policies.home import HomeCouponsConfig as HomeCouponsConfig
from sim.schema.policies.home import LeafletsConfig as LeafletsConfig
from sim.schema.policies.home import PointsReminderConfig as PointsReminderConfig
from sim.schema.policies.home import SocialFollowersConfig as SocialFollowersConfig
from sim.schema.policies.home import SubscriptionsConfig as SubscriptionsConfig
from sim.schema.policies.home import WeekendGuideConfig as WeekendGuideConfig
from sim.schema.policies.recommend import ContentPerMemberConfig as ContentPerMemberConfig
from sim.schema.policies.recommend import RecommendConfig as RecommendConfig
from sim.schema.policies.recommend import SlotsConfig as SlotsConfig
from sim.schema.policies.recommend import TagsSoldConfig as TagsSoldConfig
from sim.schema.policies.targeted import TargetedConfig as TargetedConfig
from sim.schema.promos import PromosConfig
from sim.schema.queues import DisplaysConfig, QueuesConfig, ShiftConfig, ShiftingConfig, TicketsConfig  # noqa: F401  (types of fields are looked up here)
from sim.schema.queues import problems as queue_problems
from sim.schema.ratings import FeedbackConfig as FeedbackConfig
from sim.schema.ratings import FraudConfig as FraudConfig
from sim.schema.ratings import RatingsConfig
from sim.schema.ratings import problems as ratings_problems
from sim.schema.referral import FundingConfig as FundingConfig
from sim.schema.referral import ReferralConfig
from sim.schema.referral import problems as referral_problems
from sim.schema.targets import TargetsConfig
from sim.schema.tariff import ExitsConfig as ExitsConfig
from sim.schema.tariff import TariffConfig as TariffConfig
from sim.schema.tariff import TariffRowConfig as TariffRowConfig
from sim.schema.tariff import ValidationConfig as ValidationConfig
from sim.schema.tariff import problems as tariff_problems
from sim.units import minutes_from_hours


@dataclass
class PopulationConfig:
    """Who comes, when, and what they want."""

    visits_per_day: float = known(
        36_000.0, "visits (parties) on an average day", 0, 2_000_000, source="about 68,000 people: between Wanda's 40,000 and a mega mall's 100,000", tag="D"
    )
    day_total_cv: float = known(
        0.17, "sd / mean of a day's total about its weekday's mean", 0, 1, source="residual CV 0.14-0.24 of street and shop counts", tag="D"
    )
    weekday_factors: list[float] = field(
        default_factory=lambda: [0.86, 0.86, 0.86, 0.88, 0.98, 1.29, 1.27],
        metadata={
            "meaning": "visits on Mon ... Sun relative to the average day", "low": 0, "high": 5,
            "source": "weekend/weekday 1.5 (Pei et al. 2020, sign); Mon-Fri shape from payments at 2,000 Chinese shops (Koubei)",
            "tag": "D", "confidence": "M", "choices": (),
        },
    )  # fmt: skip
    hour_shares_weekday: list[float] = field(
        default_factory=lambda: [0.045, 0.075, 0.125, 0.120, 0.085, 0.070, 0.070, 0.080, 0.115, 0.115, 0.075, 0.025],
        metadata={
            "meaning": "share of a weekday's arrivals in each twelfth of the opening hours (normalised)", "low": 0, "high": 1,
            "source": "two meal-time peaks 12-13 and 18-20 h (Pei et al. 2020), between street counts of Melbourne and Leeds",
            "tag": "D", "confidence": "M", "choices": (),
        },
    )  # fmt: skip
    hour_shares_weekend: list[float] = field(
        default_factory=lambda: [0.050, 0.080, 0.105, 0.110, 0.115, 0.115, 0.105, 0.090, 0.080, 0.075, 0.055, 0.020],
        metadata={
            "meaning": "share of a weekend day's arrivals in each twelfth of the opening hours (normalised)", "low": 0, "high": 1,
            "source": "broad 13-17 h, then 19-21 h (parameters table); Saturday street counts 10.8-11.7 % an hour 13-16 h",
            "tag": "D", "confidence": "M", "choices": (),
        },
    )  # fmt: skip
    free_wifi_factor: float = known(1.0, "visits relative to a day without free Wi-Fi; the pilot reported about 1.10", 0.5, 2, source="pilot's +10 % passenger flow (Wanda article)", confidence="L")
    party_lambda_weekday: float = known(1.2, "lambda of the zero-truncated Poisson party size, Mon-Fri", 0.05, 5, source="Moussaid et al. 2010 (shape); 70 % in groups", tag="D")
    party_lambda_weekend: float = known(1.66, "lambda of the zero-truncated Poisson party size, Sat-Sun", 0.05, 5, source="81 % shop with someone (JCDecaux)", tag="D")
    car_share: float = known(0.35, "share of parties that come by car", 0, 1, source="central China mall", confidence="L")
    vip_share: float = known(0.02, "share of parties with a member of the top tier", 0, 1, source="engineering judgement", confidence="L")
    step_free_share: float = known(0.04, "share of parties that use lifts only (pram, wheelchair)", 0, 1, source="engineering judgement", confidence="L")
    free_speed_mps_mean: float = known(1.34, "free walking speed of one person", 0.3, 3, source="Weidmann 1993", confidence="H")
    free_speed_mps_sd: float = known(0.26, "its standard deviation", 0, 1, source="Weidmann 1993", confidence="H")
    free_speed_mps_min: float = known(0.5, "truncation below", 0.1, 3, source="Vadere AttributesAgent", tag="V")
    free_speed_mps_max: float = known(2.2, "truncation above", 0.3, 5, source="Vadere AttributesAgent", tag="V")
    party_slowdown_mps: float = known(0.04, "free speed lost per further person of a party", 0, 0.3, source="Moussaid et al. 2010, fig. 2", tag="V", confidence="H")
    child_pace: float = known(0.9, "pace of a party with a child under 7 relative to one without; the mean over all parties stays what it is", 0.3, 1, source="sign: Zanlungo et al. 2017, 2019, measured in a shopping mall; size: engineering judgement", tag="V", confidence="L")
    elderly_pace: float = known(0.85, "pace of a party with somebody of 65 or older, likewise; the slower of the two counts", 0.3, 1, source="sign: Zanlungo et al. 2017, 2019; size: engineering judgement", tag="V", confidence="L")
    stay_min_mean: float = known(84.0, "intended length of a visit, log-normal", 1, 600, source="ICSC 2013 (84), 2005 (81.5; 21,000 interviews)", tag="V", confidence="H")
    stay_min_sd: float = known(50.0, "its standard deviation", 0, 600, source="ICSC", confidence="L")
    needs_mean: float = known(1.7, "needs a party brings (Poisson, at most 6)", 0, 6, source="set so that stores entered per visit come near 3.5", tag="D", confidence="L")
    spend_sigma: float = known(0.6, "log-sd of a party's spending power, mean 1", 0, 3, source="total log-sd of spend 0.9 with the basket's own", tag="D", confidence="L")
    walk_through_share: float = known(0.03, "share of parties that only walk through the mall", 0, 1, source="engineering judgement", confidence="L")
    redraw_share: float = known(0.0, "share of members, by a hash of who they are, whose days are drawn anew: whether they come and what their visit is; a placebo, which changes nothing on average", 0, 1, source="a test of comparisons, no mechanism", confidence="H")
    redraw_salt: int = known(0, "which members these are, and which other draws they get", 0, 2**31, source="a test of comparisons, no mechanism", confidence="H")


@dataclass
class ChoiceConfig:
    """How a party chooses where to go next."""

    consideration_size: int = known(20, "stores a party considers for one need, at most", 1, 64, source="'basically within 20' (Wanda article)")
    area_exponent: float = known(0.5, "appeal grows with floor area to this power", 0, 2, source="anchors sell less per m2 (Gould et al. 2005), so below Huff's 1", tag="D", confidence="L")
    walk_s_scale: float = known(90.0, "walking time that costs one unit of utility", 1, 3600, source="Huff exponent 2 at typical distances", tag="D", confidence="L")
    wait_s_scale: float = known(240.0, "visible wait that costs one unit of utility", 1, 36000, source="about a third of patience at a table", tag="D", confidence="L")
    route_s_scale: float = known(15.0, "time that costs one unit of utility between connectors or exits", 0.1, 3600, source="engineering judgement", confidence="L")
    impulse_share: float = known(0.0085, "chance to enter an unplanned store on passing its frontage once", 0, 1, source="with all repeated passings gives a capture near 0.13 (Link Retail)", tag="D", confidence="L")
    browse_share: float = known(0.875, "chance to browse on when needs are done and time is left", 0, 1, source="set so that stores entered per visit come near 3.5", tag="D", confidence="L")
    wrong_turn_share: float = known(0.08, "share of errands to a newly chosen store that go to a wrong one of its level first", 0, 1, source="engineering judgement", confidence="L")
    orientation_share: float = known(0.3, "share of such errands before which a party stops to look for the way", 0, 1, source="engineering judgement", confidence="L")
    orientation_s_mean: float = known(30.0, "length of such a stop, exponential", 0, 600, source="engineering judgement: a look at a directory", confidence="L")
    navigation_factor: float = known(0.3, "what remains of both shares when the mall's app shows the way", 0, 1, source="engineering judgement", confidence="L")
    lunch_starts: Any = known("11:30", "from when parties feel like lunch")
    lunch_ends: Any = known("13:30", "until when")
    dinner_starts: Any = known("17:30", "from when parties feel like dinner")
    dinner_ends: Any = known("20:00", "until when")
    meal_share: float = known(0.65, "share of parties that get hungry at a meal time if they are inside then", 0, 1, source="set so that 43 % of parties dine (ICSC 2017)", tag="D", confidence="M")


@dataclass
class MovementConfig:
    """How people move on floors, stairs, escalators and in lifts."""

    congestion: bool = known(True, "whether density slows walking and borders limit flow")
    weidmann_gamma_per_m2: float = known(1.913, "shape of v(k) = v0 (1 - exp(-gamma (1/k - 1/k_jam)))", 0.1, 10, source="Weidmann 1993", confidence="H")
    jam_density_per_m2: float = known(5.4, "density at which walking stops", 3, 12, source="Weidmann 1993; literature 3.8-10", confidence="H")
    creep_mps: float = known(0.05, "speed below which no crowd slows a walker", 0.001, 0.5, source="keeps a jam moving; engineering judgement", confidence="L")
    border_flow_per_m_s: float = known(1.225, "people per second through a metre of door or corridor", 0.2, 5, source="peak of Weidmann's curve; IMO limit 1.33", tag="D", confidence="H")
    spill_back_per_m2: float = known(4.0, "density at which a zone takes nobody in", 1, 10, source="flow at 4 /m2 is half its peak (Weidmann)", tag="D", confidence="M")
    gridlock_patience_s: float = known(60.0, "wait before a full zone after which a walker squeezes in (counted)", 1, 3600, source="engineering judgement", confidence="L")
    stairs_up_factor: float = known(0.35, "speed along stairs going up relative to the level", 0.05, 1, source="IES-VE manual", tag="V", confidence="M")
    stairs_down_factor: float = known(0.5, "speed along stairs going down relative to the level", 0.05, 1, source="IES-VE manual", tag="V", confidence="M")
    stairs_up_flow_per_m_s: float = known(0.85, "people per second and metre of stairs, up", 0.1, 3, source="Weidmann 1993")
    stairs_down_flow_per_m_s: float = known(0.98, "people per second and metre of stairs, down", 0.1, 3, source="Weidmann 1993")
    escalator_mps: float = known(0.5, "speed of an escalator along its slope", 0.1, 1.5, source="EN 115; Bodendorf et al. 2014", tag="V")
    escalator_people_per_h: float = known(4500.0, "people an escalator 1 m wide takes in an hour", 100, 14000, source="75 % of EN 115's 6,000", tag="D")


@dataclass
class ServicesConfig:
    """Tills, tables and patience."""

    payment_s_mean: float = known(0.0, "mean time to pay, whatever the method and the amount; 0: as checkout.pay_s says of each method", 0, 600)
    service_cv: float = known(0.5, "sd / mean of the time that scanning and packing take; paying has checkout.pay_cv", 0, 3, source="engineering judgement: as of paying", confidence="L")
    till_patience_s_mean: float = known(354.0, "patience in a till's line, Weibull", 1, 36000, source="Omnico UK", tag="V")
    till_patience_shape: float = known(2.0, "its Weibull shape", 0.2, 10, source="Omnico UK")
    table_patience_s_mean: float = known(1800.0, "patience for a table, Weibull", 1, 36000, source="Toast, OpenTable, Tasting Table (n = 588)", tag="V")
    table_patience_shape: float = known(2.0, "its Weibull shape", 0.2, 10, source="as at the till")
    balk_queue: int = known(25, "length of line at which newcomers turn away", 0, 10_000, source="engineering judgement", confidence="L")
    store_m2_per_person: float = known(2.0, "floor area per person at which a store counts as full", 0.2, 100, source="Fruin level C/D", tag="D")
    last_orders_min: float = known(45.0, "minutes before closing at which restaurants take their last parties, other stores 5", 0, 600, source="common practice", confidence="L")
    closing_grace_s: float = known(600.0, "time within which shoppers leave a store after its closing", 0, 7200, source="engineering judgement", confidence="L")


@dataclass
class CategoryConfig:
    """How one trade serves: dwell, conversion, basket, tills or tables."""

    dwell_min_mean: float = known(10.0, "time inside before deciding to buy, or at the table, log-normal", 0.1, 600)
    dwell_cv: float = known(0.7, "its sd / mean", 0, 5)
    conversion_share: float = known(0.25, "share of entering parties that buy; with tables, that want one after a look at the menu", 0, 1)
    basket_yuan_mean: float = known(150.0, "spend of a buying party, log-normal; per head where per_head is true", 0, 1e6)
    basket_sigma: float = known(0.65, "its log-sd", 0, 3)
    handling_s_mean: float = known(45.0, "scanning and packing at the till; not at tables, where the dwell is all", 0, 3600)
    appeal: float = known(1.0, "pull relative to a fashion store of equal area", 0, 100)
    need_share: float = known(1.0, "how often this trade is a need a party comes with, relative", 0, 100)
    per_head: bool = known(False, "whether the basket is per person of the party")
    tables: bool = known(False, "whether parties wait for a table on entering instead of a till on leaving")
    self_checkout_share: float = known(0.0, "share of the tills that customers work themselves, where there are several", 0, 1)
    lost_to_stock_share: float = known(0.0, "share of would-be buyers who do not find their size, colour or article; conversion_share is what remains", 0, 0.9)


def _category(dwell: float, conversion: float, basket: float, handling: float, appeal: float, need: float, **more: Any) -> CategoryConfig:
    return CategoryConfig(
        dwell_min_mean=dwell, conversion_share=conversion, basket_yuan_mean=basket,
        handling_s_mean=handling, appeal=appeal, need_share=need, **more,
    )  # fmt: skip


# conversion: apparel, footwear, beauty, home AlterVision 2023 (V), others M; table turn 61 +- 18 min (23-restaurant survey, V);
# handling 45 s fashion, 90 s supermarket (M); baskets: China preset 150 yuan per visit (M, confidence L).
CATEGORY_SOURCE = "conversion: AlterVision 2023 and dojobusiness; table turn: 23-restaurant survey; baskets: China preset 150 yuan a visit (L)"


def default_categories() -> dict[str, CategoryConfig]:
    """Return the trades of `CATEGORIES` with their defaults."""
    table = {"tables": True, "per_head": True, "dwell_cv": 0.3}
    found = {
        "fashion": _category(12, 0.25, 320, 45, 1.0, 2.2),
        "footwear": _category(12, 0.27, 380, 45, 0.9, 0.8),
        "beauty": _category(10, 0.34, 260, 40, 0.9, 0.8),
        "accessories": _category(9, 0.25, 420, 50, 0.7, 0.4),
        "electronics": _category(12, 0.25, 600, 60, 0.8, 0.6),
        "home": _category(14, 0.48, 220, 60, 0.8, 0.5),
        "books": _category(14, 0.30, 90, 30, 0.8, 0.5),
        "kids": _category(15, 0.35, 180, 45, 0.9, 0.7),
        "sport": _category(14, 0.27, 400, 45, 0.9, 0.7),
        "supermarket": _category(22, 0.90, 130, 90, 2.0, 1.2),
        "department": _category(25, 0.40, 450, 60, 2.0, 0.9),
        "restaurant": _category(61, 0.95, 110, 0, 1.2, 0.25, **table),
        "fast_food": _category(22, 0.95, 45, 0, 1.2, 0.2, tables=True, per_head=True, dwell_cv=0.4),
        "cafe": _category(12, 0.85, 35, 35, 1.1, 0.9, per_head=True),
        "cinema": _category(125, 0.95, 40, 30, 1.5, 0.16, per_head=True, dwell_cv=0.1),  # what one sees and pays: cinema.*
        "leisure": _category(50, 0.70, 90, 40, 1.2, 0.6),
        "services": _category(18, 0.60, 120, 60, 0.5, 0.4),
    }
    assert tuple(found) == CATEGORIES
    found["supermarket"].self_checkout_share = 0.3  # engineering judgement
    for name, lost_share in (("fashion", 0.12), ("footwear", 0.15), ("kids", 0.1), ("sport", 0.1), ("electronics", 0.08)):
        found[name].lost_to_stock_share = lost_share  # engineering judgement: where sizes or models matter
    return found


@dataclass
class HoursConfig:
    """When the mall is open, in local time."""

    opens: Any = known("10:00", 'opening time, "HH:MM"')
    closes: Any = known("22:00", 'closing time, "HH:MM"')


@dataclass
class StaffingConfig:
    """How many servers tills have over the day."""

    quiet_share: float = known(0.6, "share of a tenant's servers on duty outside the peaks (at least one)", 0.05, 1)
    peak_starts: Any = known("11:30", "start of full staffing")
    peak_ends: Any = known("21:00", "end of full staffing")
    m2_per_till: float = known(150.0, "floor area for which a tenant has one till, where tenants.csv gives no staff", 5, 10_000, source="engineering judgement", confidence="L")


@dataclass
class OutageConfig:
    """One thing that stops and comes back."""

    asset: str = ""  # id of a connector, an entrance or an access point of the plan; "wifi:<level>" are all of a level, "wifi" all
    starts: Any = "14:00"
    lasts_s: float = 5400.0


@dataclass
class OperationsConfig:
    """What the mall does by the clock."""

    hours: HoursConfig = field(default_factory=HoursConfig)
    staffing: StaffingConfig = field(default_factory=StaffingConfig)
    outages: list[OutageConfig] = field(default_factory=list)
    access_point_failures_per_year: float = known(0.0, "times in a year that an access point fails, at random; about 0.1 is usual", 0, 1000, source="off: a day with and one without are then alike; 0.1 is engineering judgement", confidence="L")
    access_point_repair_h: float = known(24.0, "mean time until it works again, exponential", 0.01, 10_000, source="engineering judgement: a spare the next day", confidence="L")
    review_s: float = known(300.0, "cadence at which tenants and operator review their observations", 1, 86400)


@dataclass
class RecordingConfig:
    """What is written down."""

    events: str = known("visits", "detail of the log", choices=("none", "visits", "edges"))
    report: bool = known(True, "whether report.html and its figures are made")
    language: str = known("en", "language of report.html; galleria report DIR --language makes it again in another", choices=("en", "zh"))
    replay: bool = known(False, "whether replay.html is made; needs recording.events=edges, as recording=replay sets both")
    fixes: bool = known(False, "whether every fix of every phone is kept (fixes.parquet; a few million rows a day)")
    residents: bool = known(False, "whether the catchment's residents are kept (residents.parquet), for catchment.residents_from of another run")


@dataclass
class EngineConfig:
    """Sizes and rules of the machinery; no effect on what happens in the mall."""

    log_rows: int = known(1_000_000, "rows of the event buffer", 1_000, 100_000_000)
    arrivals_batch_min: float = known(30.0, "minutes of arrivals handed to the crowd at once", 1, 1440)


@dataclass
class RunConfig:
    """Everything one run depends on."""

    name: str = "everyday"
    question: str = ""
    expects: str = ""
    covers: list[str] = field(default_factory=list)
    arms: list[str] = field(default_factory=list)  # what `galleria compare` holds side by side unless told otherwise; a run ignores it
    calibrate: list[str] = field(default_factory=list)  # parameters, as key or key:low:high, that `galleria calibrate` fits unless told otherwise
    seed: int = known(1, "address of every draw", 0, 2**62)
    date: str = known("2026-11-21", "first day, YYYY-MM-DD; its weekday sets profile and factors (default a Saturday)")
    days: int = known(1, "days in a row, from `date` on: members, points and memory are carried from each to the next", 1, 3660)
    malls: int = known(1, "malls like this one, each with people and draws of its own, and one base of members between them; network.malls lists unlike ones", 1, 2000)
    floorplan: str = known("riverside_mall", "a name in floorplans/ or a folder")
    policies: list[str] = field(default_factory=list)
    calendar: CalendarConfig = field(default_factory=CalendarConfig)
    catchment: CatchmentConfig = field(default_factory=CatchmentConfig)
    population: PopulationConfig = field(default_factory=PopulationConfig)
    parties: PartiesConfig = field(default_factory=PartiesConfig)
    minds: MindsConfig = field(default_factory=MindsConfig)
    goods: GoodsConfig = field(default_factory=GoodsConfig)
    membership: MembershipConfig = field(default_factory=MembershipConfig)
    ratings: RatingsConfig = field(default_factory=RatingsConfig)
    management: ManagementConfig = field(default_factory=ManagementConfig)
    choice: ChoiceConfig = field(default_factory=ChoiceConfig)
    movement: MovementConfig = field(default_factory=MovementConfig)
    services: ServicesConfig = field(default_factory=ServicesConfig)
    categories: dict[str, CategoryConfig] = field(default_factory=default_categories)
    queues: QueuesConfig = field(default_factory=QueuesConfig)
    food: FoodConfig = field(default_factory=FoodConfig)
    cinema: CinemaConfig = field(default_factory=CinemaConfig)
    checkout: CheckoutConfig = field(default_factory=CheckoutConfig)
    desks: DesksConfig = field(default_factory=DesksConfig)
    parking: ParkingConfig = field(default_factory=ParkingConfig)
    operations: OperationsConfig = field(default_factory=OperationsConfig)
    digital: DigitalConfig = field(default_factory=DigitalConfig)
    sensing: SensingConfig = field(default_factory=SensingConfig)
    targets: TargetsConfig = field(default_factory=TargetsConfig)
    points: PointsConfig = field(default_factory=PointsConfig)
    loyalty: LoyaltyConfig = field(default_factory=LoyaltyConfig)
    clearing: ClearingConfig = field(default_factory=ClearingConfig)
    referral: ReferralConfig = field(default_factory=ReferralConfig)
    partners: PartnersConfig = field(default_factory=PartnersConfig)
    abuse: AbuseConfig = field(default_factory=AbuseConfig)
    alliance: AllianceConfig = field(default_factory=AllianceConfig)
    finance: FinanceConfig = field(default_factory=FinanceConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    layout: LayoutConfig = field(default_factory=LayoutConfig)
    promos: PromosConfig = field(default_factory=PromosConfig)
    happenings: HappeningsConfig = field(default_factory=HappeningsConfig)
    home: HomeConfig = field(default_factory=HomeConfig)
    policy: PolicyConfig = field(default_factory=PolicyConfig)
    costs: CostsConfig = field(default_factory=CostsConfig)
    online: OnlineConfig = field(default_factory=OnlineConfig)
    recording: RecordingConfig = field(default_factory=RecordingConfig)
    engine: EngineConfig = field(default_factory=EngineConfig)


@dataclass(frozen=True)
class Parameter:
    """One key of a run with its value and what is known of its default."""

    key: str
    value: Any
    default: Any
    meaning: str
    low: float | None
    high: float | None
    source: str
    tag: str
    confidence: str
    choices: tuple[str, ...] = ()


def parameters_of(config: Any, prefix: str = "", defaults: Any = None) -> Iterator[Parameter]:
    """Yield every documented key of a config, nested keys joined with dots.

    A section's defaults are those it has within its parent's (`defaults`), not its class's own: food.restaurant and food.counter share a class.
    """
    defaults = type(config)() if defaults is None else defaults
    for item in dataclasses.fields(config):
        value = getattr(config, item.name)
        key = f"{prefix}{item.name}"
        if dataclasses.is_dataclass(value):
            yield from parameters_of(value, f"{key}.", getattr(defaults, item.name))
        elif isinstance(value, dict):
            for name, entry in value.items():
                yield from _category_parameters(entry, f"{key}.{name}.", name)
        elif "meaning" in item.metadata:
            yield Parameter(key=key, value=value, default=getattr(defaults, item.name), **item.metadata)


def _category_parameters(entry: CategoryConfig, prefix: str, name: str) -> Iterator[Parameter]:
    default = default_categories().get(name, CategoryConfig())
    for parameter in parameters_of(entry, prefix):
        field_name = parameter.key.rsplit(".", 1)[1]
        known_default = getattr(default, field_name)
        yield dataclasses.replace(parameter, default=known_default, source=CATEGORY_SOURCE, tag="M", confidence="L")


def problems_of(config: RunConfig) -> list[Problem]:
    """Return every value out of its range or of a wrong kind, and every pair of values that cannot go together."""
    found = [problem for parameter in parameters_of(config) for problem in _range_problems(parameter)]
    found += [*_date_problems(config.date), *_identity_problems(config)]
    found += calendar_problems(config.calendar, config.date, config.days)
    found += queue_problems(config.queues)
    found += points_problems(config.points)
    found += loyalty_problems(config.loyalty)
    found += network_problems(config.network, config.malls, config.days)
    found += goods_problems(config.goods)
    found += food_problems(config.food)
    if not any(problem.place.startswith("cinema.") for problem in found):
        found += list(cinema_problems(config.cinema))
    found += [] if found else [*catchment_problems(config.catchment)]
    found += parking_schema.problems(config.parking)
    found += mind_problems(config.minds)
    found += clearing_problems(config.clearing)
    found += ratings_problems(config.ratings)
    found += management_problems(config.management, config.ratings.display)
    found += tariff_problems(config.parking.tariff, config.parking.exits)
    found += [] if found else [*desk_problems(config.desks)]
    found += [] if found else [*referral_problems(config.referral), *finance_problems(config.finance)]
    found += alliance_problems(config.alliance)
    found += cost_problems(config.costs)
    found += policy_problems(config.policy, config.policies, config.operations.review_s)
    found += layout_problems(config.layout)
    found += happening_problems(config.happenings)
    found += online_problems(config.online)
    found += partner_problems(config.partners)
    found += [] if found else [*abuse_problems(config.abuse)]
    found += list(_replay_problems(config))
    found += [] if found else [*face_problems(config.points, _where_a_point_is_a_yuan(config))]
    found += [] if found else [*membership_problems(config.membership, config.date)]
    for key, hours in hours_of(config):
        try:
            minutes_from_hours(hours)
        except ValueError as reason:
            found.append(Problem(key, repr(hours), f"a time of day is wanted: {reason}", 'write it as "09:30"'))
    if not found:
        found += list(_order_problems(config))
    for index, outage in enumerate(config.operations.outages):
        if outage.lasts_s <= 0:
            found.append(Problem(f"operations.outages[{index}].lasts_s", str(outage.lasts_s), "must be positive", "give its length in seconds"))
    if not found:
        found += list(checkout_problems(config.checkout))
    if not found:
        found += list(_overlapping_outages(config.operations.outages))
    return found


def _replay_problems(config: RunConfig) -> Iterator[Problem]:
    if not config.recording.replay:
        return
    if config.recording.events != "edges":
        yield Problem("recording.events", config.recording.events, "a replay is made of trajectories: must be edges", "write recording=replay")
    for key, count in (("days", config.days), ("malls", config.malls)):
        if count > 1:
            yield Problem("recording.replay", "true", f"a replay shows one day of one mall, and {key} is {count}", f"leave out {key}, or recording.replay")


def _where_a_point_is_a_yuan(config: RunConfig) -> dict[str, bool]:
    """Return by their keys what knows points of one yuan only, and whether it is in use."""
    outside = config.alliance.outside
    return {
        "clearing.liquidity.is_limited": config.clearing.liquidity.is_limited,
        "abuse.is_on": config.abuse.is_on,
        "alliance.outside": outside.hotels + outside.resorts + outside.housing > 0,
    }


def _overlapping_outages(outages: list[OutageConfig]) -> Iterator[Problem]:
    """Yield every outage that begins before an earlier one of the same thing is over: its end would set the other right too."""
    until_min: dict[str, float] = {}
    for index, outage in sorted(enumerate(outages), key=lambda item: minutes_from_hours(item[1].starts)):
        starts_min = minutes_from_hours(outage.starts)
        if starts_min < until_min.get(outage.asset, 0):
            place, rule = f"operations.outages[{index}].starts", f"another outage of {outage.asset!r} lasts until later"
            yield Problem(place, str(outage.starts), rule, "make one outage of the two, or let this one begin later")
        until_min[outage.asset] = max(until_min.get(outage.asset, 0), starts_min + outage.lasts_s / 60)


def hours_of(config: RunConfig) -> Iterator[tuple[str, Any]]:
    """Yield every time of day of a config with its key."""
    yield "operations.hours.opens", config.operations.hours.opens
    yield "operations.hours.closes", config.operations.hours.closes
    for name in ("lunch_starts", "lunch_ends", "dinner_starts", "dinner_ends"):
        yield f"choice.{name}", getattr(config.choice, name)
    yield "operations.staffing.peak_starts", config.operations.staffing.peak_starts
    yield "operations.staffing.peak_ends", config.operations.staffing.peak_ends
    for index, outage in enumerate(config.operations.outages):
        yield f"operations.outages[{index}].starts", outage.starts
    yield "cinema.evening_starts", config.cinema.evening_starts
    for index, show in enumerate(config.cinema.shows):
        yield f"cinema.shows[{index}].starts", show.starts


def _order_problems(config: RunConfig) -> Iterator[Problem]:
    """Yield pairs in the wrong order, named by the key that is not at its default; a meal or a peak may have no length."""
    hours, default = dict(hours_of(config)), dict(hours_of(RunConfig()))
    for starts, ends in (
        ("operations.hours.opens", "operations.hours.closes"),
        ("choice.lunch_starts", "choice.lunch_ends"),
        ("choice.dinner_starts", "choice.dinner_ends"),
        ("operations.staffing.peak_starts", "operations.staffing.peak_ends"),
    ):
        length_min = minutes_from_hours(hours[ends]) - minutes_from_hours(hours[starts])
        if length_min < 0 or (length_min == 0 and starts == "operations.hours.opens"):
            if hours[ends] == default[ends]:
                yield Problem(starts, str(hours[starts]), f"must come before {ends} ({hours[ends]})", "choose an earlier time")
            else:
                yield Problem(ends, str(hours[ends]), f"must come after {starts} ({hours[starts]})", "choose a later time")
    low, high = config.population.free_speed_mps_min, config.population.free_speed_mps_max
    if low > high:
        is_low = high == PopulationConfig().free_speed_mps_max
        key, value, other = ("min", low, f"most free_speed_mps_max ({high})") if is_low else ("max", high, f"least free_speed_mps_min ({low})")
        yield Problem(f"population.free_speed_mps_{key}", str(value), f"must be at {other}", "choose another speed")
    median_s, p95_s = config.sensing.phones.probe_s_median, config.sensing.phones.probe_s_p95
    if median_s > p95_s:
        is_median = p95_s == RunConfig().sensing.phones.probe_s_p95
        key, value, other = ("median", median_s, f"most probe_s_p95 ({p95_s:g})") if is_median else ("p95", p95_s, f"least probe_s_median ({median_s:g})")
        yield Problem(f"sensing.phones.probe_s_{key}", f"{value:g}", f"must be at {other}", "choose another time; where both are equal, every gap has that length")


def _date_problems(text: str) -> Iterator[Problem]:
    try:
        datetime.date.fromisoformat(text)
    except ValueError as reason:
        yield Problem("date", repr(text), f"must be a day of the calendar: {reason}", 'write it as "2026-11-21"')


def _identity_problems(config: RunConfig) -> Iterator[Problem]:
    starts, earlier = config.sensing.identity.roll_out_starts, config.sensing.identity.continue_from
    try:
        if starts:
            datetime.date.fromisoformat(str(starts))
    except ValueError as reason:
        rule = f"must be a day of the calendar, or empty: {reason}"
        yield Problem("sensing.identity.roll_out_starts", repr(starts), rule, 'write it as "2026-11-21"')
    if earlier and not (Path(earlier).expanduser() / "manifest.json").is_file():
        rule = "must be the folder of a finished run, which holds a manifest.json"
        yield Problem("sensing.identity.continue_from", earlier, rule, "name such a folder, or leave it empty")


def _range_problems(parameter: Parameter) -> Iterator[Problem]:
    values = parameter.value if isinstance(parameter.value, list) else [parameter.value]
    if isinstance(parameter.value, list) and parameter.default and len(values) != len(parameter.default):
        yield Problem(parameter.key, f"{len(values)} values", f"must have {len(parameter.default)} values", "write one for each")
    for value in values:
        if parameter.choices and value not in parameter.choices:
            yield Problem(parameter.key, repr(value), f"must be one of {', '.join(parameter.choices)}", "choose one of them")
        if parameter.low is None and parameter.high is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            yield Problem(parameter.key, repr(value), "must be a number", f"the default is {parameter.default}")
        elif parameter.low is not None and value < parameter.low:
            yield Problem(parameter.key, str(value), f"must be at least {parameter.low:g}", f"the default is {parameter.default}")
        elif parameter.high is not None and value > parameter.high:
            yield Problem(parameter.key, str(value), f"must be at most {parameter.high:g}", f"the default is {parameter.default}")
