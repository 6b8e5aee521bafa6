"""Orders placed online: none is lost, money balances, what nobody uses changes nothing, and every channel can hurt."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow.parquet as pq
import pytest

from sim import api
from sim.config_files import compose
from sim.crowd.online.fulfil import SCENES, WAYS
from sim.ledger.accounts import TransferReason

pytestmark = pytest.mark.compiled
BUSY = (
    "population.visits_per_day=150",
    "recording.report=false",
    "sensing.positioning.every_s=300",
    "online.orders.wishes_per_day=0.2",
    "online.delivery.radius_km=20",
)
COLLECT, DELIVER = "online.orders.collects=true", "online.delivery.is_on=true"


class Day:
    """A day's log, journal and KPIs."""

    def __init__(self, overrides: tuple[str, ...]) -> None:
        folder = Path(mkdtemp())
        self.kpis: dict[str, Any] = api.run(compose("corner_day", [*BUSY, *overrides]), folder).kpis
        events = pq.read_table(folder / "events.parquet")
        self.log = {name: events[name].to_pylist() for name in ("time_us", "kind", "visit", "place", "value", "people")}
        self.moved = pq.read_table(folder / "transfers.parquet").to_pydict()

    def count(self, kind: str) -> int:
        """Return how often something happened."""
        return self.log["kind"].count(kind)

    def fen(self, reason: TransferReason) -> int:
        """Return what moved for a reason."""
        rows = zip(self.moved["reason"], self.moved["amount"], strict=True)
        return sum(amount for why, amount in rows if why == reason.name.lower())

    def values(self, *kinds: str) -> list[int]:
        """Return the values of events."""
        return [value for kind, value in zip(self.log["kind"], self.log["value"], strict=True) if kind in kinds]


@cache
def day(*overrides: str) -> Day:
    """Return a day in the small mall."""
    return Day(overrides)


def test_channels_that_nobody_would_choose_change_no_byte():
    never = [f"online.choice.{way}_utility=[-600,-600,-600,-600]" for way in ("collect", "deliver")]
    unused = day(COLLECT, DELIVER, "online.in_line.is_on=true", *never)
    assert unused.log == day().log
    assert unused.moved == day().moved


def test_no_wish_and_no_gift_are_as_if_there_were_none_to_send():
    assert day("online.gifts.is_on=true", "online.gifts.per_day=0").log == day().log


def test_every_order_ends_collected_delivered_lapsed_or_given_back():
    busy = day(COLLECT, DELIVER, "online.gifts.is_on=true", "online.gifts.per_day=0.05", "online.in_line.is_on=true")
    ends = [busy.count(f"ORDER_{end}") for end in ("COLLECTED", "DELIVERED", "LAPSED", "REFUNDED")]
    assert busy.count("ORDER_PLACED") == sum(ends)
    assert min(ends) > 0
    assert busy.count("ARRIVED") == busy.count("LEFT")


def test_what_is_paid_for_orders_less_what_goes_back_is_what_the_report_says():
    busy = day(COLLECT, DELIVER, "online.gifts.is_on=true", "online.gifts.per_day=0.05", "online.in_line.is_on=true")
    placed = [value // (2 * WAYS * SCENES) for value in busy.values("ORDER_PLACED")]
    back = sum(busy.values("ORDER_LAPSED", "ORDER_REFUNDED", "ORDER_RETURNED"))
    assert busy.fen(TransferReason.ONLINE_SALE) == sum(placed)
    assert busy.kpis["online_sales_fen"] == sum(placed) - back
    fees_fen = busy.fen(TransferReason.ONLINE_REFUND) - back  # for bringing what was not brought
    assert fees_fen >= 0
    assert fees_fen % 600 == 0
    assert busy.fen(TransferReason.PLATFORM_FEE) > 0


@pytest.mark.slow
def test_who_orders_from_the_line_buys_less_at_the_till():
    keen = ("population.visits_per_day=600", "queues.app_share=1")
    orders = (
        DELIVER,
        "online.in_line.is_on=true",
        "online.in_line.uses_share=1",
        "online.choice.deliver_utility=[-600,-600,5,-600]",
    )
    plain, online = day(*keen), day(*keen, *orders)
    assert {value % SCENES for value in online.values("ORDER_PLACED")} == {2}
    assert online.count("PURCHASED") < plain.count("PURCHASED")


def test_a_delivery_that_takes_a_visits_place_takes_that_visit_away():
    alone = day(DELIVER, "online.delivery.replaces_share=1", "online.choice.deliver_utility=[0,0,0,0]")
    assert alone.kpis["online_replaced_visits"] > 0
    assert day().kpis["footfall_visits"] - alone.kpis["footfall_visits"] == alone.kpis["online_replaced_visits"]
    assert alone.kpis["sales_fen"] < day().kpis["sales_fen"]


@pytest.mark.slow
def test_one_courier_for_too_many_orders_brings_them_too_late_and_the_money_goes_back():
    few = day(DELIVER, "online.delivery.couriers=1", "online.delivery.courier_kmh=3")
    many = day(DELIVER, "online.delivery.couriers=50", "online.delivery.courier_kmh=3")
    assert few.kpis["online_refunded_orders"] > many.kpis["online_refunded_orders"]
    assert few.kpis["online_sales_fen"] < many.kpis["online_sales_fen"]


@pytest.mark.slow
def test_whoever_works_on_orders_is_missing_at_the_tills():
    work = (COLLECT, "online.orders.pick_min_mean=40", "online.orders.pickers_per_store=2")
    assert day(*work).kpis["till_wait_s_mean"] > day(*work, "online.orders.picks_at_till=false").kpis["till_wait_s_mean"]


@pytest.mark.slow
def test_gifts_that_nobody_comes_for_bring_nobody_and_are_given_back():
    gifts = ("online.gifts.is_on=true", "online.gifts.per_day=0.05")
    nobody, everybody = day(*gifts, "online.gifts.comes_share=0"), day(*gifts, "online.gifts.comes_share=1")
    assert nobody.kpis["online_collecting_visits"] == 0
    assert nobody.kpis["footfall_visits"] == day().kpis["footfall_visits"]
    assert nobody.kpis["online_lapsed_orders"] > 0
    assert everybody.kpis["online_collecting_visits"] > everybody.kpis["online_new_visitors"] > 0
    assert everybody.kpis["footfall_visits"] > nobody.kpis["footfall_visits"]


@pytest.mark.slow
def test_a_search_finds_sooner_and_old_news_send_people_to_empty_shelves():
    seek = ("online.search.wants_share=0.5", "online.search.trades=[cafe,fashion]", "queues.app_share=1")
    scarce = (*seek, "online.search.has_share=1", "online.search.stock_mean=2", "online.search.scope=stores")
    assert day(*seek).count("ITEM_FOUND") + day(*seek).count("ITEM_MISSED") > 0
    fresh, old = day(*scarce, "online.search.shown_every_min=1"), day(*scarce, "online.search.shown_every_min=1440")
    assert old.count("STORE_ENTERED") > fresh.count("STORE_ENTERED")
    sent = day(*seek, "online.search.has_share=1", "online.search.stock_mean=500", "online.search.scope=delivery",
               "online.search.runner_min=0.1", "online.search.runner_fee_yuan=0")  # fmt: skip
    walked = day(*seek, "online.search.has_share=1", "online.search.stock_mean=500", "online.search.scope=stores")
    assert sent.kpis["item_found_min_mean"] < walked.kpis["item_found_min_mean"]


@pytest.mark.slow
def test_a_second_account_reaches_more_and_costs_as_much_again():
    both, one = day("online.accounts.is_on=true", "online.accounts.takes_alipay=true"), day("online.accounts.is_on=true")
    assert both.kpis["accounts_reach_share"] > one.kpis["accounts_reach_share"]
    assert both.kpis["accounts_counted_twice_share"] > both.kpis["accounts_reach_share"]
    assert both.kpis["accounts_cost_fen"] == 2 * one.kpis["accounts_cost_fen"]
