"""The typed schema of desks and lounges: parcels and bags, VIP lounge, car wash, playground, information."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

_AT = 'unit of the plan where it stands beside the tenant; "auto": the next one of the trade services; empty: there is none'
_JUDGED = "engineering judgement"


@dataclass
class BagsConfig:
    """What parties carry, and what it does to them."""

    yuan_per_bag: float = known(
        400.0,
        "spend that fills a bag, in shops whose goods are carried away; a purchase makes 6 bags at most",
        1,
        1e6,
        source=_JUDGED,
        confidence="L",
    )
    supermarket_yuan_per_bag: float = known(60.0, "the same in a supermarket", 1, 1e6, source=_JUDGED, confidence="L")
    at_ease_per_person: float = known(
        1.0,
        "bags per person that burden nobody: speeds and stays were observed on people with a bag",
        0,
        20,
        source=_JUDGED,
        confidence="L",
    )
    slow_share_per_bag: float = known(
        0.02,
        "share of its speed that a party loses to every bag beyond those, half of it at most",
        0,
        0.5,
        source="one piece of luggage: no difference seen (Shi et al. 2020); more: engineering judgement",
        confidence="L",
    )
    tire_min_per_bag: float = known(
        5.0, "minutes by which every bag beyond those ends the visit earlier", 0, 240, source=_JUDGED, confidence="L"
    )


@dataclass
class ParcelConfig:
    """Empty-handed shopping: bags handed in at the till, brought by porters, picked up on the way out or sent home."""

    at: str = known("", _AT)
    hands_back: str = known("pick_up", "how parties get their bags", choices=("pick_up", "home"))
    staff: int = known(2, "people at the desk", 0, 200, source=_JUDGED, confidence="L")
    service_s_mean: float = known(45.0, "time to hand a party its bags", 1, 3600, source=_JUDGED, confidence="L")
    porters: int = known(
        3, "people who bring bags from stores to the desk, one party's at a time", 0, 500, source=_JUDGED, confidence="L"
    )
    porter_handling_s: float = known(
        60.0, "work of a porter beside the walk to the store and back", 0, 3600, source=_JUDGED, confidence="L"
    )
    from_bags: int = known(
        2, "bags in hand from which a party thinks of handing them in", 1, 100, source=_JUDGED, confidence="L"
    )
    share: float = known(0.5, "share of such parties that do where it is free", 0, 1, source=_JUDGED, confidence="L")
    free_from_yuan: float = known(300.0, "spend so far from which the service is free", 0, 1e6, source=_JUDGED, confidence="L")
    fee_yuan: float = known(10.0, "fee below that spend, paid at every hand-in", 0, 1000, source=_JUDGED, confidence="L")
    fee_deters_yuan: float = known(
        10.0, "fee at which the share of users falls to 1 / e", 0.1, 1000, source=_JUDGED, confidence="L"
    )
    mislaid_share: float = known(
        0.003,
        "share of hand-ins whose bags are not found at the desk; they are sent home later",
        0,
        1,
        source="0.69 % of airline bags in 2023 (SITA), half of them in transfer",
        tag="D",
        confidence="L",
    )
    patience_s_mean: float = known(
        900.0,
        "longest wait for bags on their way, and mean patience in the desk's line; then they are sent home",
        1,
        36000,
        source=_JUDGED,
        confidence="L",
    )
    delivery_cost_yuan: float = known(
        12.0,
        "what sending one party's bags home costs the mall",
        0,
        1000,
        source="same-city parcel, engineering judgement",
        confidence="L",
    )


@dataclass
class LoungeConfig:
    """Massage chairs for the top tier."""

    at: str = known("", _AT)
    chairs: int = known(6, "parties that it takes at once", 0, 500, source=_JUDGED, confidence="L")
    staff: int = known(1, "people who look after it", 0, 100, source=_JUDGED, confidence="L")
    stay_min_mean: float = known(
        25.0, "stay, log-normal", 1, 600, source="a massage chair's programme of 15 to 30 min", confidence="L"
    )
    balk_queue: int = known(3, "parties in line at which others turn away", 0, 1000, source=_JUDGED, confidence="L")
    patience_s_mean: float = known(600.0, "patience in its line, Weibull", 1, 36000, source=_JUDGED, confidence="L")
    share: float = known(
        0.4, "share of the top tier that go there, after their second store", 0, 1, source=_JUDGED, confidence="L"
    )
    rests_share: float = known(
        0.5,
        "share of the time there that the visit grows by; the rest is lost to shopping",
        0,
        2,
        source=_JUDGED,
        confidence="L",
    )
    cost_yuan: float = known(15.0, "what a visit costs the mall beside staff", 0, 1000, source=_JUDGED, confidence="L")


@dataclass
class CarWashConfig:
    """The car is washed while its party shops."""

    at: str = known("", _AT)
    staff: int = known(1, "people who take keys", 0, 100, source=_JUDGED, confidence="L")
    handover_s_mean: float = known(60.0, "time to hand in the key", 1, 3600, source=_JUDGED, confidence="L")
    balk_queue: int = known(5, "parties in line at which others turn away", 0, 1000, source=_JUDGED, confidence="L")
    bays: int = known(2, "cars washed at once", 0, 200, source=_JUDGED, confidence="L")
    wash_min: float = known(
        30.0, "length of a wash by hand, fetching and bringing included", 1, 600, source=_JUDGED, confidence="L"
    )
    share: float = known(0.1, "share of those it is for, who came by car, that want it", 0, 1, source=_JUDGED, confidence="L")
    vips_only: bool = known(True, "whether it is for the top tier only")
    price_yuan: float = known(
        0.0, "what a party pays", 0, 1000, source="a privilege of the top tier (article S1)", confidence="M"
    )
    cost_yuan: float = known(20.0, "what a wash costs the mall", 0, 1000, source=_JUDGED, confidence="L")


@dataclass
class PlaygroundConfig:
    """Children are looked after while their party shops. People are counted as if they went along."""

    at: str = known("", _AT)
    staff: int = known(3, "people who look after children", 0, 200, source=_JUDGED, confidence="L")
    children_per_staff: int = known(
        8,
        "children that one of them may look after",
        1,
        50,
        source="day-care ratios of 1:6 to 1:10, engineering judgement",
        confidence="L",
    )
    places: int = known(30, "children that there is room for", 0, 1000, source=_JUDGED, confidence="L")
    check_in_s_mean: float = known(90.0, "time to hand in a child", 1, 3600, source=_JUDGED, confidence="L")
    share: float = known(
        0.25, "share of parties of three and more that bring children there", 0, 1, source=_JUDGED, confidence="L"
    )
    extends_stay_min: float = known(20.0, "by how much their visit is longer", 0, 600, source=_JUDGED, confidence="L")
    price_yuan: float = known(20.0, "what a party pays", 0, 1000, source=_JUDGED, confidence="L")


@dataclass
class InformationConfig:
    """Who asks here finds the way as if the mall's app showed it."""

    at: str = known("", _AT)
    staff: int = known(1, "people at the desk", 0, 100, source=_JUDGED, confidence="L")
    service_s_mean: float = known(45.0, "time of an answer", 1, 3600, source=_JUDGED, confidence="L")
    patience_s_mean: float = known(180.0, "patience in its line, Weibull", 1, 36000, source=_JUDGED, confidence="L")
    share: float = known(0.05, "share of parties without the app's map that ask", 0, 1, source=_JUDGED, confidence="L")


@dataclass
class DesksConfig:
    """What a run says of desks and lounges: parcels and bags, VIP lounge, car wash, playground, information."""

    bags: BagsConfig = field(default_factory=BagsConfig)
    parcel: ParcelConfig = field(default_factory=ParcelConfig)
    lounge: LoungeConfig = field(default_factory=LoungeConfig)
    car_wash: CarWashConfig = field(default_factory=CarWashConfig)
    playground: PlaygroundConfig = field(default_factory=PlaygroundConfig)
    information: InformationConfig = field(default_factory=InformationConfig)
    open_after_closing_min: float = known(
        30.0,
        "how long desks stay open after the mall; who is in line then is still served",
        0,
        120,
        source=_JUDGED,
        confidence="L",
    )
    wage_yuan_per_h: float = known(
        30.0,
        "cost of an hour of work at desks and of porters",
        0,
        1000,
        source="about twice the minimum hourly wage of Chinese cities, employer's share included",
        confidence="L",
    )


def problems(desks: DesksConfig) -> Iterator[Problem]:
    """Yield every desk that is wanted and that nobody serves."""
    served = (
        ("parcel.staff", desks.parcel.at and desks.parcel.hands_back == "pick_up"), ("parcel.porters", desks.parcel.at),
        ("lounge.chairs", desks.lounge.at), ("car_wash.staff", desks.car_wash.at), ("car_wash.bays", desks.car_wash.at),
        ("playground.staff", desks.playground.at), ("information.staff", desks.information.at),
    )  # fmt: skip
    for key, is_wanted in served:
        kind, name = key.split(".")
        own = getattr(desks, kind)
        if is_wanted and own.share > 0 and getattr(own, name) < 1:
            yield Problem(
                f"desks.{key}",
                str(getattr(own, name)),
                f"nobody would be served all day at desks.{kind}, which people come to",
                f"give it one at least, or leave desks.{kind}.at empty",
            )
