"""Laws of paying: money adds up, nobody pays more than the list price, and mechanisms that nobody uses change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest

from sim.config import RunConfig
from sim.crowd.checkout.methods import fee_fen, price_cut_fen
from sim.crowd.tallies import Counted
from sim.events import EventKind
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, OUTSIDE, PAYMENT_PLATFORM, Currency, TransferReason
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.visitors import PayMethod
from tests.engine_days import COLUMNS, Lived, corner_mall, day_config, live, parties

VISITS = 250.0


def lived(
    change: Callable[[RunConfig], None] | None = None, stops_us: tuple[int, ...] = (), log_rows: int = 1_000_000
) -> Lived:
    config = day_config(VISITS)
    config.points.is_on = False  # points at tills have laws of their own
    config.engine.log_rows = log_rows
    if change:
        change(config)
    return live(corner_mall(), config, [parties(config, corner_mall())], stops_us)


def with_everything(config: RunConfig) -> None:
    """Half cash and half phones, teachers everywhere, a price cut, self-checkouts at the cafe, tablets at the outfitter's."""
    for name, share in {"cash": 0.4, "card": 0.2, "contactless": 0.0, "contactless_pin": 0.0, "mobile": 0.2, "qr": 0.2}.items():
        setattr(config.checkout.mix, name, share)
    config.checkout.price_cut.stated_percent = 90.0
    config.checkout.price_cut.wallet_share = 0.5
    config.checkout.onboarding.is_on = True
    config.checkout.onboarding.teacher_share = 1.0
    config.checkout.tablet.is_on = True
    config.checkout.tablet.saved_share = 0.8
    config.categories["cafe"].self_checkout_share = 0.5
    config.categories["fashion"].lost_to_stock_share = 0.6


@pytest.fixture(scope="module")
def day() -> Lived:
    return lived(with_everything)


def rows(day: Lived, kind: EventKind) -> np.ndarray:
    return np.flatnonzero(day.events["kind"] == kind)


def of_reason(day: Lived, reason: TransferReason) -> np.ndarray:
    return day.transfers[day.transfers["reason"] == reason]


def test_everything_happens_on_that_day(day):
    for kind in (EventKind.PAYMENT_ADOPTED, EventKind.SALE_LOST, EventKind.SALE_SAVED):
        assert rows(day, kind).size > 0, kind
    assert day.tallies.counts[Counted.PRICE_CUT_FEN] > 0
    assert day.tallies.counts[Counted.PAYMENT_FEE_FEN] > 0


def test_money_adds_up_to_nothing_after_every_transfer(day):
    balances = np.zeros(day.crowd.ledger.balances_fen.size, np.int64)
    money = day.transfers[day.transfers["currency"] == Currency.FEN]
    np.subtract.at(balances, money["debit"], money["amount"])
    np.add.at(balances, money["credit"], money["amount"])

    assert (day.transfers["amount"] > 0).all()
    assert balances.tolist() == day.crowd.ledger.balances_fen.tolist()
    assert balances.sum() == 0


def test_every_purchase_names_its_method_at_the_same_instant(day):
    bought, paid = rows(day, EventKind.PURCHASED), rows(day, EventKind.PAID_BY)

    assert paid.tolist() == (bought + 1).tolist()
    assert day.events["visit"][paid].tolist() == day.events["visit"][bought].tolist()
    assert day.events["time_us"][paid].tolist() == day.events["time_us"][bought].tolist()


def test_every_fee_is_exact_to_the_fen_and_goes_to_whoever_carries_payments(day):
    bought = rows(day, EventKind.PURCHASED)
    methods = day.crowd.mall.methods["fee_ppm"][day.events["place"][bought + 1]]
    in_points = day.events["kind"][bought - 1] == EventKind.POINTS_BURNED
    money = day.events["value"][bought] - np.where(in_points, day.events["value"][bought - 1], 0)
    wanted = [fee_fen(int(amount), int(ppm)) for amount, ppm in zip(money, methods, strict=True)]
    fees = of_reason(day, TransferReason.PAYMENT_FEE)

    assert fees["amount"].tolist() == [fee for fee in wanted if fee > 0]
    assert (fees["credit"] == PAYMENT_PLATFORM).all()
    assert day.crowd.ledger.balances_fen[PAYMENT_PLATFORM] == sum(wanted) == day.tallies.counts[Counted.PAYMENT_FEE_FEN]


def test_takings_are_the_sales_whatever_was_paid_out_of_them(day):
    bought = rows(day, EventKind.PURCHASED)
    sales = np.bincount(day.events["place"][bought], weights=day.events["value"][bought], minlength=3).astype(np.int64)

    assert day.crowd.takings_fen()[FIRST_TENANT:].tolist() == sales.tolist()
    assert (day.crowd.ledger.balances_fen[FIRST_TENANT : FIRST_TENANT + 3] < sales).all()


def test_whoever_begins_pays_a_penny_and_gets_one_gift_and_pays_by_phone_ever_after(day):
    begun = rows(day, EventKind.PAYMENT_ADOPTED)
    first = dict(zip(day.events["visit"][begun].tolist(), begun.tolist(), strict=True))
    paid = rows(day, EventKind.PAID_BY)
    onboarding = of_reason(day, TransferReason.ONBOARDING)

    assert len(first) == begun.size
    assert (onboarding["amount"][onboarding["debit"] == OUTSIDE] == 1).all()
    assert (onboarding["debit"] == OUTSIDE).sum() == (onboarding["debit"] == OPERATOR).sum() == begun.size
    for row in paid.tolist():
        visit = int(day.events["visit"][row])
        if visit in first and row + 1 >= first[visit]:
            assert day.events["place"][row] == PayMethod.QR


def test_a_sale_that_stock_would_have_lost_is_lost_or_saved_and_shipped(day):
    saved = rows(day, EventKind.SALE_SAVED)
    deliveries = of_reason(day, TransferReason.DELIVERY)

    assert (day.events["kind"][saved + 1] == EventKind.PURCHASED).all()
    assert deliveries["amount"].tolist() == [1200] * saved.size
    assert set(zip(day.events["visit"][saved], day.events["place"][saved], strict=True)).isdisjoint(
        zip(
            day.events["visit"][rows(day, EventKind.SALE_LOST)],
            day.events["place"][rows(day, EventKind.SALE_LOST)],
            strict=True,
        )
    )


def test_one_guide_serves_one_party_at_a_time(day):
    guide = day.crowd.station_names.index("guide:L1-outfitters")
    here = day.events["place"] == guide
    starts = day.events["time_us"][here & (day.events["kind"] == EventKind.SERVICE_STARTED)]
    ends = day.events["time_us"][here & (day.events["kind"] == EventKind.SERVICE_ENDED)]

    assert starts.size > 1
    assert (starts[1:] >= ends[:-1]).all()


def test_nobody_pays_cash_at_a_self_checkout_or_on_a_tablet(day):
    stations = [index for index, name in enumerate(day.crowd.station_names) if name.startswith(("self:", "guide:"))]
    ended = rows(day, EventKind.SERVICE_ENDED)
    without_cash = ended[np.isin(day.events["place"][ended], stations)]
    paid = rows(day, EventKind.PAID_BY)
    next_paid = paid[np.searchsorted(paid, without_cash)]

    assert without_cash.size > 0
    assert (day.events["visit"][next_paid] == day.events["visit"][without_cash]).all()
    assert (day.events["place"][next_paid] != PayMethod.CASH).all()


def test_how_that_day_is_cut_changes_no_byte(day):
    cut = lived(with_everything, tuple(range(10 * US_PER_HOUR, 23 * US_PER_HOUR, 7 * US_PER_MIN)), log_rows=1000)

    assert cut.digest == day.digest


def test_a_price_cut_that_makes_nobody_switch_lowers_prices_by_phone_and_changes_nothing_else():
    def cut(config: RunConfig) -> None:
        config.checkout.price_cut.stated_percent = 80.0
        config.checkout.price_cut.wallet_share = 0.0
        on_foot(config)

    def on_foot(config: RunConfig) -> None:  # since what a receipt says decides on free parking
        config.population.car_share = 0.0

    dear, cheap = lived(on_foot), lived(cut)
    bought = rows(dear, EventKind.PURCHASED)
    by_phone = dear.events["place"][bought + 1] >= PayMethod.MOBILE
    list_fen, paid_fen = dear.events["value"][bought], cheap.events["value"][bought]

    for name in ("time_us", "kind", "visit", "people", "place"):
        assert dear.events[name].tolist() == cheap.events[name].tolist(), name
    assert by_phone.any()
    assert not by_phone.all()
    assert paid_fen[~by_phone].tolist() == list_fen[~by_phone].tolist()
    assert paid_fen[by_phone].tolist() == [price - price_cut_fen(price, 200_000) for price in list_fen[by_phone].tolist()]


def test_mechanisms_that_nobody_uses_change_no_byte():
    def idle(config: RunConfig) -> None:
        config.checkout.onboarding.is_on = True
        config.checkout.onboarding.teacher_share = 1.0
        config.checkout.onboarding.hazard_taught = config.checkout.onboarding.hazard_alone = 0.0
        config.checkout.tablet.is_on = True
        config.checkout.tablet.saved_share = 0.0
        config.checkout.price_cut.reading = "off"
        config.categories["cafe"].self_checkout_share = 0.0

    assert lived(idle).digest == lived().digest


def test_without_shelves_what_stock_loses_changes_nothing_but_what_people_think_of_it():
    def bare(config: RunConfig) -> None:
        config.goods.items_per_store = 0

    def without(config: RunConfig) -> None:
        bare(config)
        config.categories["fashion"].lost_to_stock_share = 0.0

    told, untold = lived(bare), lived(without)
    thoughts = [
        EventKind.SALE_LOST, EventKind.RATED, EventKind.PLAN_CHANGED, EventKind.VISIT_JUDGED, EventKind.LIST_CLOSED,
    ]  # fmt: skip
    kept, kept_untold = (~np.isin(day.events["kind"], thoughts) for day in (told, untold))

    assert (told.events["kind"] == EventKind.SALE_LOST).any()
    assert digest_of(told, kept) == digest_of(untold, kept_untold)


def digest_of(day: Lived, kept: np.ndarray) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(day.events[name][kept]).tobytes() for name in COLUMNS)).hexdigest()


def test_days_that_differ_in_how_people_pay_share_baskets_and_luck():
    def all_by(method: str) -> Callable[[RunConfig], None]:
        def change(config: RunConfig) -> None:
            for name in ("cash", "card", "contactless", "contactless_pin", "mobile", "qr"):
                setattr(config.checkout.mix, name, float(name == method))

        return change

    qr, phone = first_payments(lived(all_by("qr"))), first_payments(lived(all_by("mobile")))
    both = sorted(set(qr) & set(phone))

    assert len(both) > 0.9 * max(len(qr), len(phone))
    same = [visit for visit in both if qr[visit][0] == phone[visit][0]]
    assert len(same) > 0.9 * len(both)
    for visit in same:
        assert qr[visit][1] == phone[visit][1]
        assert qr[visit][2] / phone[visit][2] == pytest.approx(15.0 / 14.0, rel=1e-4)


def first_payments(day: Lived) -> dict[int, tuple[int, int, int]]:
    """Return the unit, amount and time of each visit's first payment at a till, of those made in the first store it entered."""
    entered: dict[int, int] = {}
    found: dict[int, tuple[int, int, int]] = {}
    for row in range(day.events["kind"].size):
        kind, visit = day.events["kind"][row], int(day.events["visit"][row])
        if kind == EventKind.STORE_ENTERED:
            entered[visit] = entered.get(visit, 0) + 1
        elif (
            kind == EventKind.PURCHASED and entered.get(visit) == 1 and visit not in found and day.events["value"][row + 1] > 0
        ):
            amount_fen, pay_us = (int(day.events["value"][at]) for at in (row, row + 1))
            found[visit] = (int(day.events["place"][row]), amount_fen, pay_us)
    return found
