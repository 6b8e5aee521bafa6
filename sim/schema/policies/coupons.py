"""What the policies of coupons, pushes and seats are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known
from sim.schema.policies.giving import JUDGED, GivingConfig, WindowConfig
from sim.units import minutes_from_hours


def _listed(meaning: str) -> dict[str, Any]:
    return {
        "meaning": meaning,
        "low": None,
        "high": None,
        "source": "a choice of the run",
        "tag": "-",
        "confidence": "-",
        "choices": (),
    }


@dataclass
class JointPromotionConfig(GivingConfig):
    """Two stores with common customers."""

    seller_share: float = known(
        0.5, "share of what it takes off that the store bears where it is used; the other store of the two bears the rest", 0, 1
    )
    merchant_a: str = known("", "id of one store; empty: the pair that shares most customers, as the platform sees it")
    merchant_b: str = known("", "id of the other")
    both_ways: bool = known(True, "whether customers of B are offered A too")
    common_least: int = known(
        20,
        "people seen in both stores before a pair that nobody has named is trusted",
        1,
        100_000,
        source=JUDGED,
        confidence="L",
    )


@dataclass
class FilmChainConfig(GivingConfig):
    """Shop, eat, film."""

    off_share: float = known(0.1, "of the price of the first step, in a shop", 0, 1, source=JUDGED, confidence="L")
    meal_off_share: float = known(0.15, "of the meal", 0, 1, source=JUDGED, confidence="L")
    film_off_share: float = known(0.5, "of the film, which is the reward", 0, 1, source=JUDGED, confidence="L")
    deadline_min: float = known(
        720.0, "from the first review of the window until the last step must be done", 1, 1440, source=JUDGED, confidence="L"
    )
    shops: list[str] = field(
        default_factory=list, metadata=_listed("trades of the first step; none: fashion, footwear, beauty, accessories")
    )
    meals: list[str] = field(default_factory=list, metadata=_listed("trades of the second step; none: restaurant"))
    by_payment: bool = known(
        False, "whether the next step is shown on the page after a payment by phone; else at the till, to everybody"
    )


@dataclass
class MealPushConfig(GivingConfig):
    """A push near a meal."""

    lunch_starts: Any = known("11:00", "from when on it is time for lunch")
    lunch_ends: Any = known("13:00", "until when", source="hourly peak at meal times (Pei et al. 2020)", confidence="M")
    dinner_starts: Any = known("17:00", "from when on it is time for dinner")
    dinner_ends: Any = known("19:30", "until when")
    radius_m: float = known(60.0, "from the last fix to a restaurant's door, at most", 0, 10_000, source=JUDGED, confidence="L")
    taste_least: float = known(
        0.8, "by what factor somebody must want the store more than everybody does", 0, 100, source=JUDGED, confidence="L"
    )
    by: str = known(
        "taste",
        "how it matches: taste among what is near, the nearest, or any restaurant",
        choices=("taste", "place", "anybody"),
    )
    trades: list[str] = field(
        default_factory=list, metadata=_listed("trades that are offered; none: restaurant, fast_food, cafe")
    )
    units: list[str] = field(default_factory=list, metadata=_listed("ids of the stores that are offered, in place of trades"))


@dataclass
class FlashSaleConfig(WindowConfig):
    """Seats that get cheaper as the show comes near."""

    lead_min: float = known(60.0, "before the start from when on seats are cheaper", 0, 1440, source=JUDGED, confidence="L")
    stop_min: float = known(
        5.0, "before the start from when on nobody is told any more", 0, 1440, source=JUDGED, confidence="L"
    )
    most_off_share: float = known(0.5, "of the price that the last step takes off", 0, 1, source=JUDGED, confidence="L")
    price_steps: int = known(3, "steps in which the price falls", 1, 100)
    empty_least: float = known(
        0.5, "share of a hall's seats that must be unsold", 0, 1, source="halls fill to 12-16 % on average (2014)", tag="D"
    )
    parties_per_seat: float = known(4.0, "people told for every unsold pair of seats", 0, 1000, source=JUDGED, confidence="L")
    walk_mps: float = known(
        0.8,
        "pace at which people are taken to get there",
        0.1,
        3,
        source="1.34 m/s free, less for detours",
        tag="D",
        confidence="L",
    )
    budget_yuan: float = known(5000.0, "most that price cuts may forgo in a day on seats sold", 0, 1e9)


@dataclass
class FreeSeatsConfig(GivingConfig):
    """Seats for nothing."""

    off_share: float = known(1.0, "of the price", 0, 1, source="article S1: free tickets to nearby members", tag="V")
    seller_share: float = known(1.0, "share of the price that the cinema bears", 0, 1)
    lead_min: float = known(60.0, "before the start from when on seats are given away", 0, 1440, source=JUDGED, confidence="L")
    stop_min: float = known(10.0, "before the start from when on none is", 0, 1440, source=JUDGED, confidence="L")
    radius_m: float = known(120.0, "from the last fix to the cinema's door, at most", 0, 10_000, source=JUDGED, confidence="L")
    empty_least: float = known(0.7, "share of a hall's seats that must be unsold", 0, 1, source=JUDGED, confidence="L")
    given_share: float = known(0.3, "of the unsold seats that are given away", 0, 1, source=JUDGED, confidence="L")


@dataclass
class ForecastCouponsConfig(GivingConfig):
    """Offers by a forecast."""

    units: list[str] = field(default_factory=list, metadata=_listed("ids of restaurants that take part; none: all"))
    horizon_min: float = known(60.0, "stretch that is forecast", 15, 720, source=JUDGED, confidence="L")
    load_low: float = known(
        0.5, "expected bills / places for bills below which offers go out", 0, 10, source=JUDGED, confidence="L"
    )
    load_high: float = known(
        0.8, "the same up to which places are offered, and from which offers end", 0, 10, source=JUDGED, confidence="L"
    )
    turn_min: float = known(
        61.0, "time at table by which places are reckoned", 1, 600, source="casual 61 +- 18 min", tag="V", confidence="M"
    )
    usual_turns: float = known(5.0, "bills per table of a usual day, where no day is known", 0, 100, source="500 guests a day at 100 seats (article S1)", tag="D", confidence="M")  # fmt: skip
    messages_per_place: float = known(20.0, "people asked for every free place", 0, 10_000, source="5-7 % of matched messages are redeemed", tag="D", confidence="L")  # fmt: skip
    stop_bills: int = known(0, "bills of a store from which on its offers end for the day; 0: none", 0, 100_000)


@dataclass
class DeepDiscountConfig(GivingConfig):
    """Offers that match nobody's taste."""

    off_share: float = known(1.0, "factor on the depth that the reading says", 0, 1)
    reading: str = known("deep", "what the article's 10-20 % means: that so much is paid (80-90 % off), or taken off", choices=("deep", "shallow"), source="articles.deep_offpref, alt")  # fmt: skip
    per_review: int = known(50, "people who are written to at a review, on average at most", 0, 100_000)
    taste_most: float = known(
        0.9,
        "by what factor somebody may want the store more than everybody does, at most",
        0,
        100,
        source=JUDGED,
        confidence="L",
    )


@dataclass
class PaymentPageConfig(GivingConfig):
    """The page after a payment by phone."""

    shows: str = known("offer", "what it shows: an offer of the other kind of stores, a word to members about following, to all about joining", choices=("offer", "follow", "member"))  # fmt: skip


@dataclass
class SecondVisitConfig(GivingConfig):
    """Recall and repurchase."""

    lift_least: float = known(
        1.2, "by what factor a store must stand out in somebody's profile", 0, 100, source=JUDGED, confidence="L"
    )
    recall_after_min: float = known(5.0, "minutes after somebody was first seen", 0, 1440, source=JUDGED, confidence="L")


@dataclass
class QueueReplanConfig(WindowConfig):
    """Waits told."""

    units: list[str] = field(default_factory=list, metadata=_listed("ids of restaurants whose lines it knows; none: all"))
    padding: float = known(1.0, "factor on the estimated wait that is told: below 1 it promises too much", 0, 10)
    shows_waits: bool = known(True, "whether waits are shown beside what is sent")
    says_when: bool = known(True, "whether people are told to come when the line is gone where no line is short")
    long_s: float = known(600.0, "wait from which a line is long", 0, 100_000, source=JUDGED, confidence="L")
    short_s: float = known(120.0, "wait up to which it is short", 0, 100_000, source=JUDGED, confidence="L")
    radius_m: float = known(60.0, "from a long line within which people are told", 0, 10_000, source=JUDGED, confidence="L")
    turn_min: float = known(
        61.0, "time at table by which waits are reckoned", 1, 600, source="casual 61 +- 18 min", tag="V", confidence="M"
    )
    people_per_party: float = known(2.2, "people at a table", 1, 20, source=JUDGED, confidence="L")


@dataclass
class PooledDemandConfig(GivingConfig):
    """Names on a list."""

    off_share: float = known(0.3, "of the price, once a list is full", 0, 1, source=JUDGED, confidence="L")
    trades: list[str] = field(default_factory=list, metadata=_listed("trades that have a list; none: restaurant, leisure"))
    threshold: int = known(10, "names that make a list full", 1, 100_000)
    window_min: float = known(60.0, "how long a list is open", 5, 1440, source=JUDGED, confidence="L")
    taste_least: float = known(1.0, "by what factor somebody must want the trade's stores more than everybody does to be asked", 0, 100, source=JUDGED, confidence="L")  # fmt: skip


@dataclass
class DoNoHarmConfig:
    """When offers are ended for the sake of those whom they pass by."""

    worse_share_most: float = known(0.2, "share of the other tenants of an offer's trades that may be worse off", 0, 1, source="article S4: first benefit to stores; level is engineering judgement", confidence="L")  # fmt: skip
    worse_sd: float = known(1.64, "standard deviations below the expected bills from which a tenant counts as worse off", 0, 10, source="one in twenty by luck", tag="D", confidence="M")  # fmt: skip
    judge_after_min: float = known(
        60.0, "minutes that an offer is out before it is judged", 0, 1440, source=JUDGED, confidence="L"
    )
    bills_least: int = known(5, "expected bills below which nobody is judged", 1, 100_000, source=JUDGED, confidence="L")
    starts: Any = known("", 'from when on it judges, "HH:MM"; empty: at once')


def coupon_problems(policy: Any) -> Iterator[Problem]:
    """Return pairs of settings that cannot go together."""
    for name in ("flash_sale", "free_seats"):
        config = getattr(policy, name)
        if config.stop_min > config.lead_min:
            yield Problem(f"policy.{name}.stop_min", f"{config.stop_min:g}", f"must not be more than policy.{name}.lead_min ({config.lead_min:g})", "raise that, or lower this")  # fmt: skip
    if policy.forecast_coupons.load_low > policy.forecast_coupons.load_high:
        yield Problem("policy.forecast_coupons.load_low", f"{policy.forecast_coupons.load_low:g}", f"must not be more than load_high ({policy.forecast_coupons.load_high:g})", "lower it")  # fmt: skip
    trades = {"film_chain.shops": policy.film_chain.shops, "film_chain.meals": policy.film_chain.meals, "meal_push.trades": policy.meal_push.trades, "pooled_demand.trades": policy.pooled_demand.trades}  # fmt: skip
    for place, named in trades.items():
        for trade in sorted(set(named) - set(CATEGORIES)):
            yield Problem(f"policy.{place}", repr(trade), "there is no such trade", f"the trades are {', '.join(CATEGORIES)}")
    joint = policy.joint_promotion
    if bool(joint.merchant_a) != bool(joint.merchant_b) or (joint.merchant_a and joint.merchant_a == joint.merchant_b):
        yield Problem("policy.joint_promotion.merchant_b", repr(joint.merchant_b), f"must name another store where merchant_a is named ({joint.merchant_a!r})", "name two stores, or none")  # fmt: skip
    hours = [("meal_push", name) for name in ("lunch_starts", "lunch_ends", "dinner_starts", "dinner_ends")] + [
        ("do_no_harm", "starts")
    ]
    for section, name in hours:
        value = getattr(getattr(policy, section), name)
        try:
            minutes_from_hours(value if value != "" else 0)
        except ValueError as reason:
            yield Problem(f"policy.{section}.{name}", repr(value), f"a time of day is wanted: {reason}", 'write it as "09:30"')


def units_named_by(policy: Any) -> Iterator[tuple[str, str]]:
    """Return every id of a store that a setting names, and the setting."""
    for section in ("meal_push", "forecast_coupons", "queue_replan"):
        for unit in getattr(policy, section).units:
            yield f"policy.{section}.units", unit
    for name in ("merchant_a", "merchant_b"):
        unit = getattr(policy.joint_promotion, name)
        if unit:
            yield f"policy.joint_promotion.{name}", unit
