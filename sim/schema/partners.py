"""The typed schema of programmes outside: exchange with banks, airlines, telecoms, oil; vouchers and gifts from a catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sim.errors import Problem
from sim.known import known

JUDGED = "engineering judgement"
PROGRAMMES_MAX = 7  # so that all cycles of rates can be looked at one by one
ITEMS_MAX = 12
AMOUNT_MAX = 1_000_000.0
RATE_PARTS_MAX = 1_000_000  # numerator and denominator of a rate
FUNDERS = ("merchant", "alliance", "operator")
ITEM_KINDS = ("voucher", "gift")


@dataclass
class ProgrammeConfig:
    """A programme outside whose units members can have for points, and points for its units."""

    name: str = "bank"
    units_per_point_out: float = 400.0  # that a member gets for a point
    units_per_point_in: float = 500.0  # that a member gives for a point
    pays_yuan_per_point: float = 0.9  # what the programme pays the alliance for a point that a member gets for its units
    costs_yuan_per_point: float = 0.9  # what the alliance pays the programme for a point that is turned into its units
    fee_share: float = 0.0  # of what is converted, kept by whoever converts
    minimum_points: float = 5.0
    daily_points: float = 100.0  # most that a member converts in a day, each way
    annual_points: float = 2000.0
    delay_days: int = 1
    customers_share: float = 0.3  # of members, who hold units of the programme
    held_points_mean: float = 20.0  # what such a customer holds at first, in points at the rate in


@dataclass
class LinkConfig:
    """A way from one programme outside to another, which the alliance does not govern."""

    source: str = "bank"
    target: str = "airline"
    units: float = 0.05  # of the target for a unit of the source


def _usual_programmes() -> list[ProgrammeConfig]:
    return [
        ProgrammeConfig("bank", 400.0, 500.0, 0.9, 0.9, 0.0, 5.0, 100.0, 2000.0, 1, 0.40, 20.0),
        ProgrammeConfig("airline", 8.0, 14.0, 0.9, 0.9, 0.0, 10.0, 200.0, 5000.0, 7, 0.10, 40.0),
        ProgrammeConfig("telecom", 80.0, 110.0, 0.9, 0.9, 0.0, 5.0, 50.0, 1000.0, 1, 0.50, 10.0),
        ProgrammeConfig("oil", 80.0, 120.0, 0.9, 0.9, 0.0, 5.0, 50.0, 1000.0, 2, 0.15, 8.0),
    ]


@dataclass
class ExchangeConfig:
    """Exchange of points for units of programmes outside, and back."""

    is_on: bool = known(False, "whether members can exchange points with programmes outside")
    programmes: list[ProgrammeConfig] = field(default_factory=_usual_programmes)
    links: list[LinkConfig] = field(default_factory=list)
    limits_are_on: bool = known(True, "whether the daily and annual limits of the programmes hold")
    in_share_per_day: float = known(
        0.002, "members with units enough who turn some into points on a day", 0, 1, source=JUDGED, confidence="L"
    )
    out_share_per_day: float = known(
        0.001, "members with points enough who turn some into units on a day", 0, 1, source=JUDGED, confidence="L"
    )
    reach_points: float = known(
        30.0, "reward that members have in view: one that a conversion brings within reach is converted for", 0, 10_000, source=JUDGED, confidence="L"
    )  # fmt: skip
    reach_factor: float = known(
        4.0, "by what a member is likelier to convert when that brings the reward within reach", 1, 100,
        source="points pressure: members buy miles to reach a reward (Kivetz, Urminsky, Zheng 2006, sign)", confidence="L",
    )  # fmt: skip
    arbitrageurs_share: float = known(
        0.0, "members who watch the rates and run a cycle that gains, as often as limits let them", 0, 1, source=JUDGED, confidence="L"
    )  # fmt: skip
    rounds_per_day: int = known(
        3, "how often such a member goes round in a day where nothing delays it", 1, 100, source=JUDGED, confidence="L"
    )


@dataclass
class ItemConfig:
    """Something that members can have for points: a voucher for a merchant's till, or a gift."""

    name: str = "voucher"
    kind: str = "voucher"  # or gift
    unit: str = ""  # of the merchant that takes a voucher; empty: every merchant
    points: float = 20.0  # its price
    off_yuan: float = 25.0  # of a voucher, off a receipt of at least
    from_yuan: float = 100.0
    valid_days: float = 30.0  # from the instant at which it was taken; the instant of its end is outside
    stock: int = 1_000_000
    cost_yuan: float = 0.0  # of a gift, to the operator
    value_yuan: float = 0.0  # of a gift, as members see it
    funder: str = "alliance"  # who pays the merchant for a voucher: merchant, alliance, operator


def _usual_items() -> list[ItemConfig]:
    return [
        ItemConfig("voucher_25_off_100", "voucher", "", 20.0, 25.0, 100.0, 30.0, 1_000_000, 0.0, 0.0, "alliance"),
        ItemConfig("voucher_60_off_300", "voucher", "", 45.0, 60.0, 300.0, 30.0, 1_000_000, 0.0, 0.0, "alliance"),
        ItemConfig("umbrella", "gift", "", 15.0, 0.0, 0.0, 30.0, 200, 12.0, 19.0, "operator"),
    ]


@dataclass
class OffersConfig:
    """The catalogue: vouchers and gifts for points."""

    is_on: bool = known(False, "whether members can have vouchers and gifts for points")
    items: list[ItemConfig] = field(default_factory=_usual_items)
    look_share: float = known(
        0.10, "members with points enough who look at the catalogue on a visit", 0, 1, source=JUDGED, confidence="L"
    )
    use_share: float = known(
        0.80, "chance, as a member sees it, that a voucher will be used before it ends", 0, 1,
        source="share of vouchers bought that are used; the members' own estimate is judged", confidence="L",
    )  # fmt: skip
    value_weight: float = known(
        6.0, "utility per log unit of perceived value over what the points would be worth as cash", 0, 50, source=JUDGED, confidence="L"
    )  # fmt: skip
    keep_utility: float = known(1.0, "utility of keeping the points as cash", -10, 10, source=JUDGED, confidence="L")
    pull_utility: float = known(
        0.4, "what a voucher in the wallet adds to the utility of a store that takes it and no other", 0, 5,
        source="push coupons lift visits to the store (Danaher et al. 2015, sign)", confidence="L",
    )  # fmt: skip


@dataclass
class PartnersConfig:
    """Programmes outside: exchange with banks, airlines, telecoms, oil; vouchers and gifts from a catalogue."""

    exchange: ExchangeConfig = field(default_factory=ExchangeConfig)
    catalogue: OffersConfig = field(default_factory=OffersConfig)


def exact(value: float) -> Fraction:
    """Return a number as it was written, exactly."""
    return Fraction(str(value))


def problems(partners: PartnersConfig) -> Iterator[Problem]:
    """Yield what is wrong with programmes, links and the catalogue."""
    yield from _programme_problems(partners.exchange)
    yield from _item_problems(partners.catalogue.items)


def _programme_problems(exchange: ExchangeConfig) -> Iterator[Problem]:
    key = "partners.exchange.programmes"
    names = [programme.name for programme in exchange.programmes]
    if len(names) > PROGRAMMES_MAX:
        yield Problem(key, f"{len(names)} programmes", f"must be at most {PROGRAMMES_MAX}", "leave some out")
    for index, programme in enumerate(exchange.programmes):
        place = f"{key}[{index}]"
        if not programme.name or programme.name == "points" or names.index(programme.name) != index:
            yield Problem(f"{place}.name", repr(programme.name), "must be a name of its own, and not points", "rename it")
        for name in ("units_per_point_out", "units_per_point_in"):
            rate = getattr(programme, name)
            if not _is_rate(rate):
                yield Problem(f"{place}.{name}", str(rate), "must be positive, of at most six digits", "write it shorter")
        for name, high in (
            ("pays_yuan_per_point", 100), ("costs_yuan_per_point", 100), ("minimum_points", 1e6), ("daily_points", 1e6),
            ("annual_points", 1e7), ("delay_days", 365), ("customers_share", 1), ("held_points_mean", 1e6),
        ):  # fmt: skip
            value = getattr(programme, name)
            if not 0 <= value <= high:
                yield Problem(f"{place}.{name}", str(value), f"must be from 0 to {high:g}", "choose a value in this range")
        if not 0 <= programme.fee_share < 1:
            yield Problem(f"{place}.fee_share", str(programme.fee_share), "must be from 0 to below 1", "choose a share")
    for index, link in enumerate(exchange.links):
        place = f"partners.exchange.links[{index}]"
        for name in ("source", "target"):
            if getattr(link, name) not in names:
                wanted = ", ".join(names) or "none there are"
                yield Problem(
                    f"{place}.{name}", repr(getattr(link, name)), f"must be one of the programmes: {wanted}", "name one"
                )
        if link.source == link.target:
            yield Problem(f"{place}.target", repr(link.target), "must be another programme than its source", "name another")
        if not _is_rate(link.units):
            yield Problem(f"{place}.units", str(link.units), "must be positive, of at most six digits", "write it shorter")


def _is_rate(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= RATE_PARTS_MAX:
        return False
    rate = exact(value)
    return rate.numerator <= RATE_PARTS_MAX and rate.denominator <= RATE_PARTS_MAX


def _item_problems(items: list[ItemConfig]) -> Iterator[Problem]:
    key = "partners.catalogue.items"
    if len(items) > ITEMS_MAX:
        yield Problem(key, f"{len(items)} items", f"must be at most {ITEMS_MAX}", "leave some out")
    names = [item.name for item in items]
    for index, item in enumerate(items):
        place = f"{key}[{index}]"
        if names.index(item.name) != index:
            yield Problem(f"{place}.name", repr(item.name), "must be a name of its own", "rename it")
        for name, choices in (("kind", ITEM_KINDS), ("funder", FUNDERS)):
            if getattr(item, name) not in choices:
                yield Problem(
                    f"{place}.{name}", repr(getattr(item, name)), f"must be one of {', '.join(choices)}", "choose one"
                )
        for name in ("points", "off_yuan", "from_yuan", "valid_days", "cost_yuan", "value_yuan"):
            value = getattr(item, name)
            if not 0 <= value <= AMOUNT_MAX or (name == "points" and value == 0):
                rule = f"must be {'above' if name == 'points' else 'from'} 0, at most {AMOUNT_MAX:g}"
                yield Problem(f"{place}.{name}", str(value), rule, "choose a value in this range")
        if item.stock < 0:
            yield Problem(f"{place}.stock", str(item.stock), "must not be negative", "give how many there are")
        if item.kind == "voucher" and not 0 < item.off_yuan <= item.from_yuan:
            rule = f"must be positive and at most from_yuan ({item.from_yuan:g})"
            yield Problem(f"{place}.off_yuan", str(item.off_yuan), rule, "give less off, or from a larger receipt")
        if item.kind == "voucher" and item.valid_days <= 0:
            yield Problem(f"{place}.valid_days", str(item.valid_days), "must be positive", "give it a life")
        if item.kind == "gift" and item.value_yuan == 0:
            yield Problem(f"{place}.value_yuan", "0", "a gift is worth something to members", "give what they would pay for it")
