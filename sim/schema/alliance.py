"""The typed schema of the alliance of merchants: who founds it, who joins, who leaves, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"
_AIR_MILES = "1.74 % of members' sales are driven by incentives (Air Miles Cash study), half of all sales are members'"
_PLENTI = "Plenti and Air Miles: who issues more than it gets back leaves, and an anchor's exit draws others after it"


@dataclass
class CloudTillConfig:
    """The till that gives and takes points: cloud POS, with all ways to pay, membership, points (row H16)."""

    integration_yuan: float = known(8000.0, "what it costs a merchant to change over", 0, 1e7, source=_JUDGED, confidence="L")
    month_yuan: float = known(200.0, "and what it costs a month from then on", 0, 1e6, source=_JUDGED, confidence="L")
    failure_share: float = known(
        0.01,
        "share of days on which a till has no line to the alliance: it neither gives points nor takes them",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )


@dataclass
class BarriersConfig:
    """The four barriers of article S3 (row J2), each a delay: concept, money, talent, logistics. How fast tills roll out is what they leave."""

    concept_days: float = known(
        30.0,
        "mean days until a merchant's people are won over; divided by 1 + the neighbours that show the sign",
        0,
        3650,
        source=_JUDGED,
        confidence="L",
    )
    saves_share: float = known(
        0.05,
        "share of its margin that a merchant puts aside until its part of the till is paid",
        0.001,
        1,
        source=_JUDGED,
        confidence="L",
    )
    teams: int = known(3, "teams of the operator's own that install tills", 1, 10_000, source=_JUDGED, confidence="L")
    install_days: float = known(5.0, "days that a team needs for one merchant", 0.1, 365, source=_JUDGED, confidence="L")
    talent: str = known("make", "whose people install: the operator's own, or bought ones", choices=("make", "buy"))
    bought_teams: int = known(12, "teams where they are bought", 1, 10_000, source=_JUDGED, confidence="L")
    bought_yuan: float = known(2000.0, "what a bought team adds to the price of a till", 0, 1e6, source=_JUDGED, confidence="L")
    logistics_days: float = known(10.0, "mean days until terminal and line are there", 0, 3650, source=_JUDGED, confidence="L")


@dataclass
class SubsidyConfig:
    """What others pay of what the alliance costs a merchant."""

    till_share: float = known(0.0, "share of a till's change-over that the operator pays", 0, 1)
    partner_share: float = known(
        0.0,
        "share that a partner pays, as Tencent did at first (article S3)",
        0,
        1,
        source="rows J5, H16 of the mission",
        confidence="L",
    )
    month_share: float = known(0.0, "share of what a till costs a month that the operator pays", 0, 1)
    fee_share: float = known(0.0, "share of the fees for points issued that the operator gives back every day", 0, 1)
    months: float = known(0.0, "months from the first day on after which all of this ends; 0: it does not", 0, 600)


@dataclass
class CustomerListConfig:
    """Customers whom a merchant that joins brings along (row H12)."""

    list_share: float = known(
        0.02,
        "share of the catchment that is on a merchant's own list, whoever else has it",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    reward_yuan: float = known(0.0, "what the operator pays for each new member that a list brings", 0, 10_000)
    fear_share: float = known(
        0.05,
        "share of the margin from its own customers that a merchant fears to lose when all its neighbours are in",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )


@dataclass
class OutsideMerchantsConfig:
    """Merchants elsewhere that join later (row H10): they have no unit here, issue points and take them by a law."""

    hotels: int = known(0, "hotels", 0, 1000)
    resorts: int = known(0, "resorts", 0, 1000)
    housing: int = known(0, "estates, whose owners pay for their homes and for upkeep", 0, 1000)
    from_day: int = known(
        180,
        "day from which they are in: after the founders and the mall",
        0,
        36500,
        source="order of article S0",
        confidence="L",
    )
    hotel_yuan: float = known(500.0, "what a guest of a hotel pays", 1, 1e6, source=_JUDGED, confidence="L")
    resort_yuan: float = known(1200.0, "and of a resort", 1, 1e6, source=_JUDGED, confidence="L")
    housing_yuan: float = known(3000.0, "and an owner in a quarter", 1, 1e8, source=_JUDGED, confidence="L")
    customers_per_day: float = known(
        6.0, "residents of the catchment who pay at each of them on an average day", 0, 10_000, source=_JUDGED, confidence="L"
    )
    season_share: float = known(
        0.5,
        "by what part more they are on the best day of the year, and fewer on the worst",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    spends_share: float = known(
        0.3, "share of members who pay there in points, as far as these go", 0, 1, source=_JUDGED, confidence="L"
    )
    issue_yuan: float = known(
        1.2, "what such a merchant pays for a point that it gives", 0, 10, source="parameters, section 7", confidence="L"
    )
    redeem_yuan: float = known(1.0, "and is paid for one that it takes", 0, 1, source="parameters, section 7", confidence="L")


@dataclass
class AllianceConfig:
    """The alliance of merchants as a game: each tenant sees its own statement and its neighbours' signs, joins, stays or leaves.

    Off by default: then every tenant takes part on the programme's terms.
    """

    is_played: bool = known(False, "whether tenants decide for themselves; else all take part")
    founders: str = known(
        "department, cinema, leisure",
        "trades, or ids of units, that are in from the first day",
        source="own plazas, department stores, cinemas, KTV first (article S0)",
        tag="V",
        confidence="H",
    )
    starts_with: str = known("founders", "who is in on the first day", choices=("founders", "all"))
    others_from_day: int = known(0, "day from which others than the founders may join", 0, 36500)
    review_days: float = known(
        30.0, "days between a merchant's looks at its statement", 1, 3650, source=_JUDGED, confidence="L"
    )
    days_each: float = known(
        1.0,
        "days for which one simulated day stands in statements, delays and contracts of the alliance; what members remember is not scaled",
        1,
        60,
    )
    neighbours: int = known(
        6, "nearest tenants on the same level whose sign a merchant sees", 0, 100, source=_JUDGED, confidence="L"
    )
    margin_sigma: float = known(
        0.25, "log-sd of merchants' margins about management.margin_share", 0, 2, source=_JUDGED, confidence="L"
    )
    expected_gain: float = known(
        0.009,
        "part by which a merchant expects its sales to rise before it knows better: mean",
        -1,
        1,
        source=_AIR_MILES,
        tag="D",
        confidence="M",
    )
    expected_gain_sd: float = known(0.01, "and its standard deviation over merchants", 0, 1, source=_JUDGED, confidence="L")
    doubt: float = known(
        0.02, "standard error that a merchant ascribes to that expectation", 0.0001, 1, source=_JUDGED, confidence="L"
    )
    memory_reviews: float = known(
        6.0, "reviews after which what was learnt counts 1 / e as much", 0.5, 1000, source=_JUDGED, confidence="L"
    )
    expected_fee_share: float = known(
        0.006,
        "share of its sales that a merchant expects to pay for points while nobody can tell it",
        0,
        1,
        source="1.2 yuan for a point, a point for 100 yuan, half of all sales by members (parameters, sections 3 and 7)",
        tag="D",
        confidence="L",
    )
    payback_days: float = known(730.0, "days within which a till must pay for itself", 1, 36500, source=_JUDGED, confidence="L")
    patience_reviews: int = known(
        3, "reviews in a row with a loss after which a merchant leaves", 1, 100, source=_JUDGED, confidence="L"
    )
    exit_per_year: float = known(
        0.2,
        "rate at which a merchant leaves whose share of the points issued is twice its share of those taken",
        0,
        100,
        source=_PLENTI,
        tag="V",
        confidence="L",
    )
    anchor: str = known("", "unit whose exit moves others; empty: the largest founder, else the largest tenant")
    anchor_leaves_day: int = known(0, "day on which the anchor leaves for good; 0: it decides as others do", 0, 36500)
    anchor_factor: float = known(
        2.0, "by what the anchor's exit multiplies others' rate", 1, 100, source=_PLENTI, tag="M", confidence="L"
    )
    anchor_days: float = known(180.0, "days for which it does", 0, 36500, source=_JUDGED, confidence="L")
    till: CloudTillConfig = field(default_factory=CloudTillConfig)
    barriers: BarriersConfig = field(default_factory=BarriersConfig)
    subsidy: SubsidyConfig = field(default_factory=SubsidyConfig)
    lists: CustomerListConfig = field(default_factory=CustomerListConfig)
    outside: OutsideMerchantsConfig = field(default_factory=OutsideMerchantsConfig)


def words_of(founders: str) -> list[str]:
    """Return the trades and units that a list in one line names."""
    return [word.strip() for word in str(founders).split(",") if word.strip()]


def problems(alliance: AllianceConfig) -> Iterator[Problem]:
    """Yield what cannot go together."""
    subsidy = alliance.subsidy
    if subsidy.till_share + subsidy.partner_share > 1:
        rule = f"and subsidy.partner_share ({subsidy.partner_share:g}) must not pay more than the whole till"
        yield Problem("alliance.subsidy.till_share", f"{subsidy.till_share:g}", rule, "lower one of them")
    if alliance.days_each > alliance.review_days:
        rule = f"must not exceed alliance.review_days ({alliance.review_days:g})"
        yield Problem("alliance.days_each", f"{alliance.days_each:g}", rule, "let a day stand for fewer days")
