"""The typed schema of restaurants: tables, kitchens, stocks, ratings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known

_JUDGED = "engineering judgement"


def _table_seats(shares: list[float]) -> Any:
    return field(
        default_factory=lambda: list(shares),
        metadata={
            "meaning": "share of a restaurant's seats at tables for 2, 4, 6 and 8", "low": 0, "high": 1, "source": _JUDGED,
            "tag": "M", "confidence": "L", "choices": (),
        },
    )  # fmt: skip


@dataclass
class DiningConfig:
    """How one kind of restaurant seats, cooks and plans."""

    m2_per_seat: float = known(
        1.8,
        "floor area per seat, kitchen included",
        0.5,
        50,
        source=_JUDGED + ": 1.4 m2 of dining room and a small kitchen; 2.5 to 3 with a full one",
        confidence="L",
    )
    table_shares: list[float] = _table_seats([0.4, 0.4, 0.12, 0.08])  # noqa: RUF009  (makes a field)
    turn_growth_per_head: float = known(
        0.04,
        "part by which the time at table grows with each person beyond two",
        0,
        0.5,
        source="sign: larger parties stay longer (Bell & Pliner 2003); size: " + _JUDGED,
        confidence="L",
    )
    order_share: float = known(
        0.12,
        "part of an undisturbed time at table that is over when the order is placed",
        0,
        0.9,
        source=_JUDGED,
        confidence="L",
    )
    cook_min_base: float = known(8.0, "a cook's time for an order, whatever its size", 0, 120, source=_JUDGED, confidence="L")
    cook_min_per_head: float = known(3.5, "and for each person", 0, 60, source=_JUDGED, confidence="L")
    cook_cv: float = known(0.35, "its sd / mean", 0, 2, source=_JUDGED, confidence="L")
    seats_per_cook: float = known(10.0, "seats for which there is one cook", 1, 500, source=_JUDGED, confidence="L")
    forecast_covers_per_seat: float = known(
        5.0,
        "guests per seat for whom the average day is planned; population.weekday_factors say how much more on a Saturday",
        0,
        40,
        source="500 at 100 seats is the best load (article S1)",
        tag="D",
        confidence="L",
    )


def _counter() -> DiningConfig:
    return DiningConfig(
        m2_per_seat=1.2, table_shares=[0.6, 0.4, 0.0, 0.0], turn_growth_per_head=0.03, order_share=0.1, cook_min_base=1.5,
        cook_min_per_head=0.7, cook_cv=0.4, seats_per_cook=12.0, forecast_covers_per_seat=12.0,
    )  # fmt: skip


@dataclass
class FoodConfig:
    """What a run says of restaurants: tables, kitchens, stocks, ratings."""

    restaurant: DiningConfig = field(default_factory=DiningConfig)  # trade "restaurant"
    counter: DiningConfig = field(default_factory=_counter)  # every other trade with tables
    seating: str = known(
        "longest_wait_that_fits", "who is called when a table gets free", source="Thompson 2002, 2014: size and wait together do best, self-seating worst", tag="V",
        choices=("longest_wait_that_fits", "best_fit", "self_seating"),
    )  # fmt: skip
    order_ahead_share: float = known(0.0, "share of parties with the app that order as soon as they are on the list", 0, 1)
    reservation_share: float = known(
        0.0, "share of parties with the app that book a table for the next meal when they come", 0, 1
    )
    reservable_share: float = known(
        0.5, "share of a restaurant's tables that can be booked for the same time", 0, 1, source=_JUDGED, confidence="L"
    )
    hold_min: float = known(
        15.0, "minutes before a booking from when its table is kept free", 0, 180, source="common practice", confidence="L"
    )
    grace_min: float = known(
        15.0, "minutes after it until when the table is kept", 0, 180, source="common practice", confidence="L"
    )
    no_show_share: float = known(
        0.1, "share of bookings whose party does not mean to come", 0, 1, source="vendors quote 5-20 %", confidence="L"
    )
    preparation_buffer: float = known(
        0.1, "part by which more portions are prepared than the forecast says", -1, 5, source=_JUDGED, confidence="L"
    )
    spoilage_share: float = known(
        0.3,
        "share of unused portions that spoil by the end of the day",
        0,
        1,
        source="parameters table, the article's restaurant",
        tag="D",
    )
    ingredient_share: float = known(
        0.35,
        "cost of a portion's ingredients relative to the trade's basket per head",
        0,
        1,
        source="30-40 % is usual",
        confidence="L",
    )
    substitute_share: float = known(
        0.6,
        "share of parties that take another dish when the prepared ones are gone; the others leave",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    substitute_spend: float = known(
        0.65, "what these spend relative to what they meant to", 0, 2, source=_JUDGED, confidence="L"
    )
    substitute_work: float = known(
        1.4, "a cook's time for a dish that is not prepared, relative", 1, 10, source=_JUDGED, confidence="L"
    )
    substitute_cost: float = known(
        2.0, "cost of its ingredients, bought at short notice, relative", 0, 10, source=_JUDGED, confidence="L"
    )
    overload_orders_per_cook: float = known(
        1.0, "orders waiting per cook from when on the kitchen slows down", 0, 100, source=_JUDGED, confidence="L"
    )
    overload_slope: float = known(
        0.3,
        "part by which work takes longer for each further order per cook",
        0,
        5,
        source="sign: staff overstretched at 800 a day (article S1)",
        confidence="L",
    )
    overload_most: float = known(0.6, "part by which it takes longer at most", 0, 10, source=_JUDGED, confidence="L")
    staff_yuan_per_seat: float = known(
        90.0,
        "wages per seat and day",
        0,
        10_000,
        source="about 18 % of the sales of the article's restaurant on its best day",
        tag="D",
        confidence="L",
    )
    fixed_yuan_per_seat: float = known(
        70.0,
        "other cost per seat and day that no guest changes, the mall's rent apart",
        0,
        10_000,
        source=_JUDGED,
        confidence="L",
    )
    rating_start: float = known(
        4.2, "a restaurant's rating at the start of the day, 1 to 5", 1, 5, source=_JUDGED, confidence="L"
    )
    rating_best: float = known(4.7, "mean score of a meal without a wait", 1, 5, source=_JUDGED, confidence="L")
    rating_share: float = known(0.2, "share of parties that leave a score", 0, 1, source=_JUDGED, confidence="L")
    rating_memory: float = known(0.02, "weight of the newest score in the rating", 0, 1, source=_JUDGED, confidence="L")
    rating_wait_min: float = known(
        30.0, "minutes of wait for a table or for food that cost one star", 1, 1000, source=_JUDGED, confidence="L"
    )
    rating_cold_min: float = known(
        15.0, "minutes that food ordered ahead stood ready that cost one star", 1, 1000, source=_JUDGED, confidence="L"
    )
    rating_stock_out_stars: float = known(1.5, "stars that a sold-out dish costs", 0, 4, source=_JUDGED, confidence="L")
    rating_weight: float = known(
        0.5,
        "utility of one star above rating_start, for those who look at the app",
        0,
        10,
        source="sign: ratings draw guests (Luca 2016: 5-9 % revenue a star); size: " + _JUDGED,
        confidence="L",
    )


def problems(food: FoodConfig) -> Iterator[Problem]:
    """Yield what cannot go together."""
    for kind in ("restaurant", "counter"):
        total = sum(getattr(food, kind).table_shares)
        if abs(total - 1.0) > 1e-6:
            yield Problem(
                f"food.{kind}.table_shares", f"a sum of {total:g}", "must sum to 1", "the default is [0.4, 0.4, 0.12, 0.08]"
            )
        dining = getattr(food, kind)
        if dining.cook_min_base + dining.cook_min_per_head <= 0:
            yield Problem(
                f"food.{kind}.cook_min_base",
                "0",
                "an order must take a cook some time",
                "give it or cook_min_per_head more than 0",
            )
