"""The typed schema of what is ordered online: channels of a purchase, collecting, gifts sent, delivery, search, and accounts to pay by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.categories import CATEGORIES
from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"
SCENES = 4  # home, on the way, in a line of the mall, the night before
GOODS = (
    "fashion", "footwear", "beauty", "accessories", "electronics", "home", "books", "kids", "sport", "supermarket", "department",
    "restaurant", "fast_food", "cafe",
)  # fmt: skip


def _by_scene(meaning: str) -> dict[str, Any]:
    """Return what is known of one number for each scene."""
    return {
        "meaning": f"{meaning}; at home, on the way, in a line of the mall, the night before", "low": None, "high": None,
        "source": _JUDGED, "tag": "M", "confidence": "L", "choices": (),
    }  # fmt: skip


@dataclass
class ChannelChoiceConfig:
    """Multinomial logit of each scene: going there or not buying (utility 0), ordering and collecting, having it delivered."""

    collect_utility: list[float] = field(
        default_factory=lambda: [-3.2, -2.8, -1.0, -3.0],
        metadata=_by_scene("utility of ordering and collecting before all else"),
    )
    deliver_utility: list[float] = field(
        default_factory=lambda: [-2.2, -3.5, -1.6, -1.8], metadata=_by_scene("utility of having it delivered before all else")
    )
    minute_weight: float = known(
        0.015, "utility that a minute of waiting or of an extra way costs", 0, 1, source=_JUDGED, confidence="L"
    )
    yuan_weight: float = known(
        0.06, "utility that a yuan of fee costs somebody of average price sensitivity", 0, 10, source=_JUDGED, confidence="L"
    )
    certainty_weight: float = known(2.0, "utility of being certain to get it, times the share of wishes that the shelf disappoints", 0, 50, source=_JUDGED, confidence="L")  # fmt: skip
    unseen_weight: float = known(1.0, "utility that not trying it on costs, times the share of what does not fit", 0, 50, source=_JUDGED, confidence="L")  # fmt: skip
    travel_kmh: float = known(15.0, "speed of the way to the mall, door to door", 1, 200, source=_JUDGED, confidence="L")


@dataclass
class OrdersConfig:
    """Search, select and order in the chat app, and pick up in the store (article S3)."""

    collects: bool = known(False, "whether what is ordered can be picked up in the store")
    wishes_per_day: float = known(0.02, "wishes for something of the mall, per resident and day, of those who do not come", 0, 1, source=_JUDGED, confidence="L")  # fmt: skip
    way_share: float = known(
        0.2, "share of those who come anyway that would think of it on the way", 0, 1, source=_JUDGED, confidence="L"
    )
    night_share: float = known(
        0.25, "share that thinks of it after closing, the night before", 0, 1, source=_JUDGED, confidence="L"
    )
    way_min: float = known(15.0, "how long before arriving somebody on the way orders", 0, 600, source=_JUDGED, confidence="L")
    promised_min: float = known(30.0, "after how long it is said to be ready", 0, 10_000, source=_JUDGED, confidence="L")
    pick_min_mean: float = known(6.0, "work of the store's staff on an order, exponential; of kitchens it is their own", 0.01, 600, source=_JUDGED, confidence="L")  # fmt: skip
    pickers_per_store: int = known(
        1, "people of a store who can work on orders at once", 1, 100, source=_JUDGED, confidence="L"
    )
    picks_at_till: bool = known(True, "whether they are missing at the tills meanwhile; else they are there beside, for wages")
    trades: list[str] = field(default_factory=lambda: list(GOODS))  # whose stores take orders
    handover_s: float = known(40.0, "time to hand an order over", 0, 3600, source=_JUDGED, confidence="L")
    at_till: bool = known(True, "whether it is handed over at the tills, in their line; else at a shelf beside")
    waits_min: float = known(10.0, "how long who has come waits for what is not ready", 0, 600, source=_JUDGED, confidence="L")
    no_show_share: float = known(0.06, "share of orders whose buyer, who has no other reason to come, does not come", 0, 1, source=_JUDGED, confidence="L")  # fmt: skip
    keeps_list_share: float = known(
        0.5, "share of those who came anyway that still do the rest of their list", 0, 1, source=_JUDGED, confidence="L"
    )
    stay_min: float = known(
        25.0, "how long who comes to collect means to stay, exponential", 1, 600, source=_JUDGED, confidence="L"
    )
    looks_round_share: float = known(0.35, "share that looks round the store, once it has got what it came for", 0, 1, source=_JUDGED, confidence="L")  # fmt: skip
    returns_share: float = known(
        0.08, "share of what was ordered untried that is sent back on the day", 0, 1, source=_JUDGED, confidence="L"
    )
    platform_fee_share: float = known(
        0.03, "of the price, to the platform that carries the order", 0, 1, source=_JUDGED, confidence="L"
    )


@dataclass
class DeliveryConfig:
    """Delivery from the nearest branch by couriers (article S4: a coffee is brought from the Starbucks nearby)."""

    is_on: bool = known(False, "whether what is ordered is brought home")
    couriers: int = known(10, "couriers on duty", 1, 10_000, source=_JUDGED, confidence="L")
    courier_kmh: float = known(18.0, "their speed", 1, 200, source=_JUDGED, confidence="L")
    stop_min: float = known(4.0, "time to find the way in and hand it over", 0, 120, source=_JUDGED, confidence="L")
    radius_km: float = known(3.0, "largest distance of a home that is served", 0, 1000, source=_JUDGED, confidence="L")
    promised_min: float = known(40.0, "what the app says it takes", 0, 10_000, source=_JUDGED, confidence="L")
    late_min: float = known(
        45.0, "so much later than promised it is refused, and given back", 0, 10_000, source=_JUDGED, confidence="L"
    )
    dispatch: str = known("brand", "which store works on an order: the one chosen, the branch of its brand, or any of its trade, that is soonest", choices=("chosen", "brand", "trade"))  # fmt: skip
    fee_yuan: float = known(6.0, "what the buyer pays for it, to the operator", 0, 1000, source=_JUDGED, confidence="L")
    cost_yuan: float = known(8.0, "what a delivery costs the operator", 0, 1000, source=_JUDGED, confidence="L")
    replaces_share: float = known(0.5, "share of visits that serve the one wish only, and are not made when it is delivered", 0, 1, source=_JUDGED, confidence="L")  # fmt: skip
    gift_yuan: float = known(0.0, "worth of a small gift with it, at the store's expense", 0, 1000)
    points: float = known(0.0, "points with it for members, at the operator's expense of a yuan each", 0, 10_000)


@dataclass
class GiftsConfig:
    """A gift bought online that somebody else collects (article S3)."""

    is_on: bool = known(False, "whether gifts can be sent")
    per_day: float = known(0.002, "gifts sent per resident and day", 0, 1, source=_JUDGED, confidence="L")
    comes_share: float = known(0.6, "share of receivers that come to collect on the day, whether or not they would have come", 0, 1, source=_JUDGED, confidence="L")  # fmt: skip


@dataclass
class InLineConfig:
    """Ordering from the line: who would wait long at a till can order what it holds, and go."""

    is_on: bool = known(False, "whether who stands before a till can order instead")
    uses_share: float = known(0.3, "share of parties that would think of it", 0, 1, source=_JUDGED, confidence="L")


@dataclass
class SearchConfig:
    """Who has the thing that somebody needs now, and where it is had soonest (article S4: a charger)."""

    wants_share: float = known(0.0, "share of parties that find out on their visit that they need it", 0, 1)
    scope: str = known("none", "what tells them: nothing, the app by what stores have, or the app, which can also send it by a runner", choices=("none", "stores", "delivery"))  # fmt: skip
    trades: list[str] = field(
        default_factory=lambda: ["electronics", "supermarket", "accessories", "services"]
    )  # that may have it
    has_share: float = known(0.4, "share of their stores that have it in the morning", 0, 1, source=_JUDGED, confidence="L")
    stock_mean: float = known(12.0, "how many such a store has in the morning", 1, 1e6, source=_JUDGED, confidence="L")
    shown_every_min: float = known(60.0, "how often the app learns what stores have", 1, 1440, source=_JUDGED, confidence="L")
    tries_max: int = known(3, "stores in which somebody looks for it before giving up", 1, 100, source=_JUDGED, confidence="L")
    price_yuan: float = known(60.0, "what it costs", 0.01, 1e6, source=_JUDGED, confidence="L")
    runner_min: float = known(12.0, "time of a runner from a store to who has asked", 0, 600, source=_JUDGED, confidence="L")
    runner_fee_yuan: float = known(
        5.0, "what the runner costs who has asked; all of it goes to the runner", 0, 1000, source=_JUDGED, confidence="L"
    )


@dataclass
class AccountsConfig:
    """Accounts to pay and to be written to: who has which, and which of them the mall takes."""

    is_on: bool = known(False, "whether it matters which ones the mall takes; else everybody's phone pays everywhere")
    takes_wechat: bool = known(True, "whether orders, tills and messages go by WeChat")
    takes_alipay: bool = known(False, "whether they go by Alipay")
    wechat_share: float = known(0.85, "share of residents with the one", 0, 1, source=_JUDGED, confidence="L")
    alipay_share: float = known(0.7, "share with the other", 0, 1, source=_JUDGED, confidence="L")
    overlap: float = known(
        0.8, "how far they are the same people: 0 as if drawn apart, 1 as many as can be", 0, 1, source=_JUDGED, confidence="L"
    )
    yuan_per_day: float = known(
        300.0, "what keeping up each that is taken costs the operator", 0, 1e6, source=_JUDGED, confidence="L"
    )


@dataclass
class OnlineConfig:
    """What is bought with the phone rather than in the store; nothing unless it is switched on."""

    choice: ChannelChoiceConfig = field(default_factory=ChannelChoiceConfig)
    orders: OrdersConfig = field(default_factory=OrdersConfig)
    delivery: DeliveryConfig = field(default_factory=DeliveryConfig)
    gifts: GiftsConfig = field(default_factory=GiftsConfig)
    in_line: InLineConfig = field(default_factory=InLineConfig)
    search: SearchConfig = field(default_factory=SearchConfig)
    accounts: AccountsConfig = field(default_factory=AccountsConfig)
    every_s: float = known(60.0, "how often stores look at new orders", 1, 3600, source=_JUDGED, confidence="L")


def takes_orders(online: OnlineConfig) -> bool:
    """Return whether anything can be ordered."""
    return online.orders.collects or online.delivery.is_on or online.gifts.is_on or online.in_line.is_on


def is_online(online: OnlineConfig) -> bool:
    """Return whether the population has something to say of it."""
    return takes_orders(online) or online.accounts.is_on


def problems(online: OnlineConfig) -> Iterator[Problem]:
    """Yield what cannot go together."""
    for name in ("collect_utility", "deliver_utility"):
        values = getattr(online.choice, name)
        if len(values) != SCENES:
            yield Problem(
                f"online.choice.{name}", str(values), f"needs {SCENES} numbers: home, way, line, night", "give one for each"
            )
    for place, trades in (("online.orders.trades", online.orders.trades), ("online.search.trades", online.search.trades)):
        for trade in trades:
            if trade not in CATEGORIES:
                yield Problem(place, repr(trade), "is no trade", f"choose of {', '.join(CATEGORIES)}")
    if online.orders.way_share + online.orders.night_share > 1:
        yield Problem(
            "online.orders.way_share", f"{online.orders.way_share:g}", "with night_share is more than everybody", "lower one"
        )
    if online.in_line.is_on and not online.delivery.is_on and not online.orders.collects:
        rule = "what is ordered in a line is collected or delivered"
        yield Problem("online.in_line.is_on", "true", rule, "switch online.orders.collects or online.delivery.is_on on")
