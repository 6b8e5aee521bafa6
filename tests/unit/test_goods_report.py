"""What is reported of goods: KPIs of a hand-made log, words and picture, and guides who are told who is there."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import log_of, made_up_plan

from sim.config import RunConfig, problems_of
from sim.crowd.state import Doing
from sim.crowd.tallies import empty_tallies
from sim.events import EventKind, Reason
from sim.operations.goods import Greetings, goods_of
from sim.reporting.figures import Span
from sim.reporting.kpis import Books
from sim.reporting.recorder import Recorder
from sim.reporting.topics import goods, goods_pictures
from sim.sensing.located import Greeted
from sim.units import US_PER_HOUR, US_PER_MIN
from tests.engine_days import corner_mall, day_config, opened

HOUR = US_PER_HOUR
SHOP = 0


def books_of(rows, config: RunConfig | None = None) -> Books:
    plan = made_up_plan(1, 2)
    plan = plan.__class__(**{**vars(plan), "tenant_categories": ("fashion", "restaurant")})
    recorder = Recorder(Path("unused"), plan, ["till:u000"], "none")
    recorder.take(log_of(rows))
    return Books(config or RunConfig(), plan, recorder.sums, empty_tallies(len(plan.zone_rings), 2, 1))


def day(wishes: int = 40) -> list[tuple[int, ...]]:
    """Each wish is an entry; of the first eight six are out of stock (four of one article) and two do not fit."""
    rows = []
    for visit in range(wishes):
        at = 10 * HOUR + visit * US_PER_MIN
        rows += [
            (at, EventKind.STORE_ENTERED, visit, 1, SHOP, Reason.NEED),
            (at + 1, EventKind.ARTICLE_WANTED, visit, 1, SHOP, 16 * (visit % 3)),
        ]
        if visit < 4:
            rows.append((at + 1, EventKind.ARTICLE_OUT, visit, 1, SHOP, 16 * 5 + visit % 2))
        elif visit < 6:
            rows.append((at + 1, EventKind.ARTICLE_OUT, visit, 1, SHOP, 16 * 7))
        elif visit < 8:
            rows.append((at + 1, EventKind.ARTICLE_MISFIT, visit, 1, SHOP, 16))
        else:
            rows.append((at + 2, EventKind.PURCHASED, visit, 1, SHOP, 1000))
    rows.append((11 * HOUR, EventKind.RETURN_FORESEEN, 9, 1, SHOP, 1000))
    rows += [
        (26 * HOUR, kind, -1, 0, SHOP, value)
        for kind, value in ((EventKind.SALE_REFUNDED, 1000), (EventKind.SHELF_LEFT, 123_456), (EventKind.SIZES_SOLD_OUT, 3))
    ]
    return rows


def test_wishes_are_told_from_sales_and_sales_from_what_stays_sold():
    books = books_of(day())
    kpis = goods.values(books.sums.topics["goods"], books)

    assert kpis["match_share"] == 1.0
    assert kpis["goods_stock_out_share"] == pytest.approx(6 / 40)
    assert kpis["fit_lost_share"] == pytest.approx(2 / 40)
    assert kpis["return_share"] == pytest.approx(1 / 32)
    assert kpis["returns_fen"] == 1000
    assert kpis["requests_pooled"] == 4  # two asked for the other article, fewer than three
    assert kpis["leftover_fen"] == 123_456
    assert kpis["sizes_sold_out"] == 3
    assert kpis["recognised_sales_share"] is None


def test_a_threshold_decides_which_requests_are_worth_an_order():
    config = RunConfig()
    config.goods.stocking.pool_threshold = 2
    books = books_of(day(), config)

    assert goods.values(books.sums.topics["goods"], books)["requests_pooled"] == 6


def test_sales_to_members_who_were_greeted_are_a_share_of_all_where_guides_know_anybody():
    config = RunConfig()
    config.goods.guide.recognition = "known"
    rows = [
        *day(),
        (12 * HOUR, EventKind.MEMBER_GREETED, 20, 1, SHOP, 0),
        (12 * HOUR, EventKind.GREETED_SALE, 20, 1, SHOP, 8000),
    ]
    books = books_of(rows, config)
    kpis = goods.values(books.sums.topics["goods"], books)

    assert kpis["recognised_sales_share"] == pytest.approx(8000 / 32_000)
    assert kpis["greeted_visits"] == 1


def test_words_and_picture_say_what_happened_and_nothing_where_nothing_did():
    books = books_of(day())
    sums = books.sums.topics["goods"]
    said = goods.words(goods.values(sums, books), goods.curves(sums, books))
    made = goods_pictures.pictures(goods.curves(sums, books), books.compiled, Span(600, 1320, 600, 1320))

    assert "6 parties asked in vain" in " ".join(said)
    assert "fashion" in said[0]
    assert len(made) == 1
    ElementTree.fromstring(made[0][1])
    silent = books_of([])
    assert (
        goods.words(goods.values(silent.sums.topics["goods"], silent), goods.curves(silent.sums.topics["goods"], silent)) == []
    )


def test_a_mall_without_shelves_has_no_kpis_of_goods():
    config = RunConfig()
    config.goods.items_per_store = 0
    books = books_of(day(), config)

    assert set(goods.values(books.sums.topics["goods"], books).values()) == {None}
    assert goods.curves(books.sums.topics["goods"], books) == {}


def test_guides_are_told_of_those_who_are_there_and_of_nobody_else():
    crowd = opened(corner_mall(), day_config(), [])
    mall = crowd.mall
    for row, number in ((3, 77), (5, 88), (9, 99)):
        mall.shoppers["number"][row], mall.shoppers["doing"][row] = number, Doing.BROWSING
        mall.minds["greeted"][row] = -1
    found = Greeted(np.array([50, 77, 99]), np.array([0, 1, 2]), np.arange(12.0).reshape(3, 4))
    greetings = Greetings(crowd, lambda now_us: found, US_PER_MIN, 24 * HOUR, 10 * HOUR)
    greetings.act(10 * HOUR)

    assert mall.minds["greeted"][[3, 5, 9]].tolist() == [1, -1, 2]
    assert [mall.minds[f"known_{dimension}"][3] for dimension in range(4)] == [4.0, 5.0, 6.0, 7.0]
    assert greetings.next_us == 10 * HOUR + US_PER_MIN


def test_operations_of_goods_are_those_that_the_day_needs():
    config = day_config()

    def operations(every_us: int | None) -> list[str]:
        crowd = opened(corner_mall(), config, [])
        return [
            type(each).__name__
            for each in goods_of(crowd, corner_mall(), config, 10 * HOUR, 26 * HOUR, lambda now_us: None, every_us)
        ]

    assert operations(US_PER_MIN) == ["ShelvesClosed"]
    config.goods.guide.recognition = "sensed"
    assert operations(US_PER_MIN) == ["ShelvesClosed", "Greetings"]
    assert operations(None) == ["ShelvesClosed"]
    config.goods.items_per_store = 0
    assert operations(US_PER_MIN) == []


def test_guides_without_shelves_are_refused():
    config = RunConfig()
    config.goods.guide.recognition, config.goods.items_per_store = "known", 0

    assert [problem.place for problem in problems_of(config)] == ["goods.guide.recognition"]
