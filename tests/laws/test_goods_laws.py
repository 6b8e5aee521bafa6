"""Laws of goods: nothing is sold that was not there, nothing comes back that was not sold, and what nobody uses changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import ndtri

from sim.config import RunConfig
from sim.crowd.engine import Crowd, Taken
from sim.crowd.goods.catalogue import catalogue_of
from sim.crowd.goods.stocking import Morning, morning_stock
from sim.events import EventKind
from sim.ledger.accounts import FIRST_TENANT
from sim.operations.goods import ShelvesClosed
from sim.random_streams import stream_key, uniforms
from sim.standing import even_standing
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.visitors import TASTES, Visitors
from tests import engine_days
from tests.engine_days import END_US, Lived, corner_mall, day_config, live, opened, parties

VISITS = 150.0
STORE = 1  # the outfitter's
NEW = (
    EventKind.ARTICLE_WANTED,
    EventKind.ARTICLE_OUT,
    EventKind.ARTICLE_MISFIT,
    EventKind.RETURN_FORESEEN,
    EventKind.MEMBER_GREETED,
    EventKind.GREETED_SALE,
)


def with_tastes(visitors: Visitors) -> Visitors:
    draws = [uniforms(stream_key(7, "tastes of a test"), visitors.number, dimension) for dimension in range(TASTES)]
    everybody = np.ones(visitors.number.size, np.int8)
    return visitors._replace(taste=ndtri(np.stack(draws, axis=1)).astype(np.float32), is_member=everybody)


def lived(
    change: Callable[[RunConfig], None] | None = None, stops_us: tuple[int, ...] = (), log_rows: int = 1_000_000
) -> Lived:
    config = day_config(VISITS)
    config.engine.log_rows = log_rows
    if change:
        change(config)
    return live(corner_mall(), config, [with_tastes(parties(config, corner_mall()))], stops_us)


def with_everything(config: RunConfig) -> None:
    """Little stock, much that does not fit, guides, reviews, tablets."""
    config.categories["fashion"].conversion_share, config.categories["fashion"].lost_to_stock_share = 0.4, 0.5
    config.goods.fit.return_share = 0.2
    config.goods.guide.recognition = "known"
    config.goods.reviews.show = True
    config.checkout.tablet.is_on = True
    config.checkout.tablet.saved_share = 0.7


@pytest.fixture(scope="module")
def day() -> Lived:
    return lived(with_everything)


def rows(day: Lived, kind: EventKind) -> np.ndarray:
    return np.flatnonzero(day.events["kind"] == kind)


def bought_here(day: Lived) -> np.ndarray:
    bought = rows(day, EventKind.PURCHASED)
    return bought[day.events["place"][bought] == STORE]


def test_everything_happens_on_that_day(day):
    for kind in (*NEW, EventKind.SALE_LOST, EventKind.SALE_SAVED):
        assert rows(day, kind).size > 0, kind


def test_what_is_sold_and_what_is_left_is_what_was_there(day):
    items = day.crowd.mall.items

    assert (items["stock"] >= 0).all()
    assert (items["sold"] + items["stock"] == items["stocked"]).all()
    assert (items["stock"] == 0).any()
    assert items["sold"].sum() == bought_here(day).size - rows(day, EventKind.SALE_SAVED).size


def test_every_wish_is_out_of_stock_or_tried_in_vain_or_taken_to_the_till(day):
    wanted, out, misfit = (rows(day, kind) for kind in NEW[:3])
    items = day.crowd.mall.items

    assert np.isin(out - 1, wanted).all()
    assert np.isin(misfit - 1, wanted).all()
    assert items["asked"].sum() == out.size
    lost = rows(day, EventKind.SALE_LOST).size + rows(day, EventKind.SALE_SAVED).size
    assert lost == out.size + misfit.size  # every one of them is lost or saved
    assert bought_here(day).size <= wanted.size


def test_nothing_comes_back_that_was_not_bought_and_for_no_other_price(day):
    back, bought = rows(day, EventKind.RETURN_FORESEEN), bought_here(day)
    sales = set(
        zip(
            day.events["visit"][bought].tolist(),
            day.events["time_us"][bought].tolist(),
            day.events["value"][bought].tolist(),
            strict=True,
        )
    )
    refunds = list(
        zip(
            day.events["visit"][back].tolist(),
            day.events["time_us"][back].tolist(),
            day.events["value"][back].tolist(),
            strict=True,
        )
    )
    items = day.crowd.mall.items

    assert len(refunds) == len(set(refunds))
    assert set(refunds) <= sales
    assert (items["returning"] <= items["sold"]).all()
    assert day.crowd.mall.venues["returning_fen"].sum() == day.events["value"][back].sum()


def test_what_will_be_brought_back_counts_as_spent_by_nobody(day):
    value, kind = day.events["value"], day.events["kind"]
    bought, back, returned = (
        value[kind == each].sum() for each in (EventKind.PURCHASED, EventKind.RETURN_FORESEEN, EventKind.SALE_REFUNDED)
    )

    assert back > 0
    assert day.outcomes["spent_fen"].sum() == bought - back - returned
    assert (day.outcomes["spent_fen"] >= 0).all()


def test_how_that_day_is_cut_changes_no_byte(day):
    cut = lived(with_everything, tuple(range(10 * US_PER_HOUR, 23 * US_PER_HOUR, 7 * US_PER_MIN)), log_rows=1000)

    assert cut.digest == day.digest


def test_refunds_and_sales_balance_to_the_fen():
    config = day_config(VISITS)
    with_everything(config)
    taken: list[Taken] = []
    crowd = opened(corner_mall(), config, taken)
    crowd.admit(with_tastes(parties(config, corner_mall())))
    crowd.advance_to(END_US - 2)
    sold_fen = crowd.takings_fen()[FIRST_TENANT + STORE]
    owed_fen = int(crowd.mall.venues["returning_fen"][STORE])
    closing = ShelvesClosed(crowd, np.full(3, 32_000.0), END_US - 2)
    closing.act(END_US - 2)
    closed = len(taken)
    crowd.finish(END_US)

    assert owed_fen > 0
    assert closing.next_us is None
    assert crowd.takings_fen()[FIRST_TENANT + STORE] == sold_fen - owed_fen
    assert crowd.ledger.balances_fen.sum() == 0
    last = taken[closed - 1 :][-1].events
    refunded = last.kind == EventKind.SALE_REFUNDED
    assert last.value[refunded].tolist() == [owed_fen]
    assert (last.visit[refunded] == -1).all()
    assert (last.kind == EventKind.SHELF_LEFT).sum() == 1


def test_a_mall_without_shelves_knows_nothing_of_goods():
    def bare(config: RunConfig) -> None:
        with_everything(config)
        config.goods.guide.recognition = "off"
        config.goods.items_per_store = 0

    def bare_and_careless(config: RunConfig) -> None:
        bare(config)
        config.goods.fit.return_share, config.goods.reviews.show, config.goods.catalogue.price_weight = 0.9, False, 9.0

    one, other = lived(bare), lived(bare_and_careless)

    assert one.crowd.mall.items.size == 0
    assert not np.isin(one.events["kind"], NEW).any()
    assert one.digest == other.digest


def test_guides_who_know_nobody_change_no_byte():
    def idle(config: RunConfig) -> None:
        config.goods.guide.recognition = "known"
        config.goods.guide.recognised_share = 0.0

    assert lived(idle).digest == lived().digest


def test_articles_that_are_sold_out_change_only_the_minds_of_those_who_wanted_it():
    config = day_config(VISITS)
    config.categories["fashion"].lost_to_stock_share = 0.0
    catalogue = catalogue_of(corner_mall(), config)
    pieces = morning_stock(catalogue, corner_mall(), config)
    gone = pieces.copy()
    gone[: 6 * catalogue.sizes[0]] = 0  # the first half of the articles, in every size

    full, empty = (first_wishes(config, Morning(catalogue, each)) for each in (pieces, gone))

    assert full == empty
    assert any(value // 16 < 6 for value in full.values())


def first_wishes(config: RunConfig, morning: Morning) -> dict[int, int]:
    """Return the first wish of each visit that entered the outfitter's before any other store."""
    taken: list[Taken] = []
    crowd = Crowd(corner_mall(), config, lambda full: taken.append(engine_days._copied(full)), shelves=morning)
    controls = crowd.controls
    controls.mall_is_open[0] = 1
    controls.entrance_is_open[:] = controls.unit_is_open[:] = 1
    controls.unit_closes_us[:] = engine_days.CLOSES_US
    crowd.admit(with_tastes(parties(config, corner_mall())))
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    kind, visit, place, value = (
        np.concatenate([getattr(part.events, name) for part in taken]) for name in ("kind", "visit", "place", "value")
    )
    entered = kind == EventKind.STORE_ENTERED
    first_place = {
        number: unit for number, unit in zip(visit[entered][::-1].tolist(), place[entered][::-1].tolist(), strict=True)
    }
    wished = kind == EventKind.ARTICLE_WANTED
    found = dict(zip(visit[wished][::-1].tolist(), value[wished][::-1].tolist(), strict=True))
    return {number: wish for number, wish in found.items() if first_place[number] == STORE}


def test_lower_prices_sell_more_and_higher_ones_less():
    def sold(price_factor: float) -> int:
        config = day_config(VISITS)
        crowd = opened(corner_mall(), config, [])
        crowd.mall.standing["price_factor"] = price_factor
        crowd.admit(with_tastes(parties(config, corner_mall())))
        crowd.advance_to(END_US)
        return int(crowd.mall.items["sold"].sum())

    assert sold(0.5) > sold(1.0) > sold(2.0)


def wishes_and_returns(change: Callable[[RunConfig, np.ndarray], None]) -> tuple[int, int]:
    """Return the articles wanted at the outfitter's on a day, and the purchases that will be brought back."""
    config = day_config(VISITS)
    taken: list[Taken] = []
    standing = even_standing(3)
    change(config, standing)
    crowd = opened(corner_mall(), config, taken)
    crowd.mall.standing[:] = standing
    crowd.admit(with_tastes(parties(config, corner_mall())))
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    kind = np.concatenate([part.events.kind for part in taken])
    return int((kind == EventKind.ARTICLE_WANTED).sum()), int((kind == EventKind.RETURN_FORESEEN).sum())


def test_a_guide_with_a_right_profile_sells_more_and_one_with_a_wrong_profile_less_than_none():
    def guided(reliability: float) -> Callable[[RunConfig, np.ndarray], None]:
        def change(config: RunConfig, standing: np.ndarray) -> None:
            guide = config.goods.guide
            guide.recognition, guide.recognised_share, guide.trust = "known", 1.0, 1.0
            guide.profile_reliability = reliability

        return change

    right, none, wrong = (
        wishes_and_returns(change)[0] for change in (guided(1.0), lambda config, standing: None, guided(-1.0))
    )

    assert right > none > wrong


def test_flattering_reviews_sell_more_and_bring_more_back_and_honest_ones_deter_from_what_is_bad():
    def bad(shown_stars: float, is_shown: bool) -> Callable[[RunConfig, np.ndarray], None]:
        def change(config: RunConfig, standing: np.ndarray) -> None:
            config.goods.fit.return_share, config.goods.reviews.show = 0.1, is_shown
            standing["quality"], standing["shown_stars"] = 2.5, shown_stars

        return change

    flattered, honest, unseen = (wishes_and_returns(bad(*case)) for case in ((5.0, True), (2.5, True), (2.5, False)))

    assert flattered[0] > unseen[0] > honest[0]
    assert flattered[1] > honest[1]
