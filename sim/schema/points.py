"""The typed schema of the programme of points: what earns them, what they buy, at which merchants."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known
from sim.units import minutes_from_hours

JUDGED = "engineering judgement"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class PointsRateConfig:
    """What a trade or a merchant gives beyond the usual points, or short of them."""

    category: str = known("", "trade whose receipts earn so; empty: give a unit")
    unit: str = known("", "id of the one unit whose receipts earn so, whatever its trade does; empty: give a category")
    factor: float = known(1.0, "points of its receipts relative to the usual ones; 0: none", 0, 100)


@dataclass
class PointsCampaignConfig:
    """Some days, or hours of them, on which receipts earn more; where campaigns meet, the best of them counts."""

    name: str = known("", "what it is, for the report")
    first: str = known("", "first day, YYYY-MM-DD; empty: from the start")
    until: str = known("", "the day after its last, YYYY-MM-DD; empty: without end")
    starts: Any = known("", 'from which time of day on, "HH:MM"; empty: from midnight')
    ends: Any = known("", 'until which time of day, "HH:MM", at which it is over; empty: midnight')
    weekdays: list[str] = field(default_factory=list)  # of mon ... sun; none: all
    categories: list[str] = field(default_factory=list)  # trades; none of these and no units: all
    units: list[str] = field(default_factory=list)  # ids of units
    factor: float = known(2.0, "points relative to those of the same receipt without it", 0, 100)


@dataclass
class TierConfig:
    """A tier of membership by what a member has spent in the last 12 months."""

    name: str = known("", "what it is called")
    from_yuan: float = known(0.0, "spent in the last 12 months, from which a member is in it", 0, 1e8)
    factor: float = known(1.0, "points of a member's receipts relative to those of others", 0, 100)
    bonus_points: float = known(0.0, "points for reaching it", 0, 1e6)
    parks_as_vip: bool = known(False, "whether its members park in the bays kept for VIPs")


@dataclass
class PointsConfig:
    """The programme of points: what earns them, what they buy, at which merchants."""

    is_on: bool = known(True, "whether there is a programme of points at all")
    yuan_per_point: float = known(
        100.0, "what a member pays in money, on one receipt, for one point; the rest is lost", 0.01, 10_000,
        source="1 point for 100 yuan (article S0)", tag="V", confidence="H",
    )  # fmt: skip
    yuan_per_gift_point: float = known(
        0.0, "likewise for one gift point, which buys gifts only and is earned beside; 0: there are none", 0, 10_000,
        source="gift points beside cash points (article S2); off by default", tag="V", confidence="L",
    )  # fmt: skip
    value_yuan: float = known(
        1.0, "what a point is worth as cash at the till", 0.01, 100, source="1 point = 1 yuan (articles S0, S2)", tag="V", confidence="H"
    )  # fmt: skip
    issue_yuan: float = known(
        1.2, "what a merchant is charged for a point that its receipt earns", 0, 100,
        source="1.5 cents a point in programmes abroad; 1.0-1.5", confidence="L",
    )  # fmt: skip
    redemption_yuan: float = known(
        1.0, "what a merchant is paid for a point that it takes", 0, 100, source="0.8-1.0 in programmes abroad", confidence="L"
    )  # fmt: skip
    redeems: bool = known(True, "whether points are cash at the till")
    burn_points_min: float = known(1.0, "points of one redemption, at least", 0, 1e6, source=JUDGED, confidence="L")
    burn_points_max: float = known(1e6, "points of one redemption, at most", 0, 1e6)
    burn_share_max: float = known(
        1.0, "share of a price that points may pay", 0, 1, source="points are cash (article S2): all of it", tag="V", confidence="M"
    )  # fmt: skip
    parking_share: float = known(
        0.2, "share of members without receipts who pay all of their parking in points where they hold enough", 0, 1,
        source="points for parking (mechanisms F3, H2); share: engineering judgement", confidence="L",
    )  # fmt: skip
    expiry: str = known(
        "never", "when points end: never; months: at the end of the month so many months after they were earned; year_end: with the year after",
        choices=("never", "months", "year_end"), source="permanent points (article S2)", tag="V", confidence="H",
    )  # fmt: skip
    expiry_months: int = known(24, "those months", 1, 240, source=JUDGED, confidence="L")
    participation: str = known(
        "all", "which tenants give and take points: all; listed: those of `participants`; share: so many of all, own trades first",
        choices=("all", "listed", "share"), source="all merchants (article S2)", tag="V", confidence="M",
    )  # fmt: skip
    participation_share: float = known(
        0.5, "share of tenants that take part, where participation=share", 0, 1, source=JUDGED, confidence="L"
    )
    participants: list[str] = field(default_factory=list)  # ids of units, where participation=listed
    own_trades: list[str] = field(
        default_factory=lambda: ["department", "cinema", "leisure"]
    )  # founders' own (S0), who are first
    rates: list[PointsRateConfig] = field(default_factory=list)
    campaigns: list[PointsCampaignConfig] = field(default_factory=list)
    spent_before_yuan: float = known(
        300.0, "what a visit before the run brought in, by which tiers go on its first day", 0, 1e6,
        source="sales per visit of the demo day; the same of everybody, so that tiers follow how often one comes", tag="D", confidence="L",
    )  # fmt: skip
    tiers: list[TierConfig] = field(
        default_factory=list
    )  # from the lowest up; whoever has spent less than the first is in none


def problems(config: PointsConfig) -> Iterator[Problem]:
    """Yield every rate, campaign and tier that cannot be meant; ids of units are compared with the plan when it is there."""
    for index, rate in enumerate(config.rates):
        place = f"points.rates[{index}]"
        if bool(rate.category) == bool(rate.unit):
            value = f"{rate.category!r}, {rate.unit!r}"
            yield Problem(place, value, "must name a category or a unit, and not both", "write category: cafe, or unit: an id")
        yield from _trades([rate.category] if rate.category else [], f"{place}.category")
        yield from _factor(rate.factor, f"{place}.factor")
    for index, campaign in enumerate(config.campaigns):
        yield from _campaign_problems(campaign, f"points.campaigns[{index}]")
    yield from _trades(config.own_trades, "points.own_trades")
    if config.participation == "listed" and not config.participants:
        yield Problem(
            "points.participants", "[]", "must name the units that take part, where participation=listed", "give their ids"
        )
    if config.burn_points_max < config.burn_points_min:
        rule = f"must be at least burn_points_min ({config.burn_points_min:g})"
        yield Problem("points.burn_points_max", f"{config.burn_points_max:g}", rule, "choose a larger number")
    if config.redemption_yuan > config.issue_yuan:
        rule = f"must not be above issue_yuan ({config.issue_yuan:g}): every point would cost the treasury money"
        yield Problem("points.redemption_yuan", f"{config.redemption_yuan:g}", rule, "lower it, or raise issue_yuan")
    for index, tier in enumerate(config.tiers):
        yield from _factor(tier.factor, f"points.tiers[{index}].factor")
        if tier.bonus_points < 0:
            yield Problem(f"points.tiers[{index}].bonus_points", f"{tier.bonus_points:g}", "must be at least 0", "give points")
        if index and tier.from_yuan <= config.tiers[index - 1].from_yuan:
            rule = f"must be more than that of the tier before it ({config.tiers[index - 1].from_yuan:g})"
            yield Problem(f"points.tiers[{index}].from_yuan", f"{tier.from_yuan:g}", rule, "put the tiers in order")


def face_problems(config: PointsConfig, in_use: dict[str, bool]) -> Iterator[Problem]:
    """Yield a value of a point other than a yuan where something is in use (by its key) that reckons a point as a yuan."""
    names = ", ".join(key for key, is_used in in_use.items() if is_used)
    if names and config.is_on and config.value_yuan != 1.0:
        rule = f"must be 1 together with {names}, where a point is reckoned as a yuan"
        yield Problem("points.value_yuan", f"{config.value_yuan:g}", rule, "set it to 1, or switch the others off")


def _campaign_problems(campaign: PointsCampaignConfig, place: str) -> Iterator[Problem]:
    days = []
    for name in ("first", "until"):
        text = str(getattr(campaign, name) or "")
        try:
            days.append(datetime.date.fromisoformat(text) if text else None)
        except ValueError as reason:
            days.append(None)
            yield Problem(
                f"{place}.{name}", repr(text), f"must be a day of the calendar, or empty: {reason}", 'write it as "2026-11-21"'
            )
    first, until = days
    if first is not None and until is not None and until <= first:
        yield Problem(
            f"{place}.until", str(until), f"must come after first ({first}): it is the day after the last", "choose a later day"
        )
    minutes = []
    for name, otherwise in (("starts", 0), ("ends", 24 * 60)):
        value = getattr(campaign, name)
        try:
            minutes.append(otherwise if value in ("", None) else minutes_from_hours(value))
        except ValueError as reason:
            yield Problem(f"{place}.{name}", repr(value), f"a time of day is wanted: {reason}", 'write it as "09:30"')
    if len(minutes) == 2 and minutes[1] <= minutes[0]:
        yield Problem(f"{place}.ends", str(campaign.ends), f"must come after starts ({campaign.starts})", "choose a later time")
    for day in campaign.weekdays:
        if day not in WEEKDAYS:
            yield Problem(f"{place}.weekdays", repr(day), f"must be of {', '.join(WEEKDAYS)}", "write three letters")
    yield from _trades(campaign.categories, f"{place}.categories")
    yield from _factor(campaign.factor, f"{place}.factor")


def _factor(factor: float, place: str) -> Iterator[Problem]:
    if not 0 <= factor <= 100:
        yield Problem(
            place, f"{factor:g}", "must be from 0 to 100: a receipt cannot take points away", "give 2 for twice the points"
        )


def _trades(names: list[str], place: str) -> Iterator[Problem]:
    for name in names:
        if name not in CATEGORIES:
            yield Problem(place, repr(name), f"must be a trade: {', '.join(CATEGORIES)}", "choose one of them")
