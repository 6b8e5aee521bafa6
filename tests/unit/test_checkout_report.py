"""What is reported of paying: hours of cashiers, costs at the end of the day, KPIs of a hand-made log, words and pictures."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import log_of, made_up_plan

from sim.config import RunConfig
from sim.crowd.tallies import Counted, empty_tallies
from sim.events import EventKind
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, PAYMENT_PLATFORM
from sim.operations.payment_costs import payment_costs_of
from sim.reporting.figures import Span
from sim.reporting.kpis import Books
from sim.reporting.recorder import Recorder
from sim.reporting.topics import checkout, checkout_pictures
from sim.reporting.topics.checkout_kpis import KPIS, words
from sim.units import US_PER_HOUR, US_PER_S
from sim.visitors import PayMethod
from tests.engine_days import corner_mall, day_config, opened

HOUR, S = US_PER_HOUR, US_PER_S
NAMES = ["till:u000", "self:u000", "guide:u000"]
TILL, SELF = 0, 1


def books_of(rows, config: RunConfig | None = None, duty_h=(0, 0, 0)) -> Books:
    plan = made_up_plan(1, 2)
    recorder = Recorder(Path("unused"), plan, NAMES, "none")
    recorder.take(log_of(rows))
    tallies = empty_tallies(len(plan.zone_rings), 2, 3)
    tallies.station_duty_us[:] = [hours * HOUR for hours in duty_h]
    tallies.counts[Counted.PAYMENT_FEE_FEN] = 77
    return Books(config or RunConfig(), plan, recorder.sums, tallies)


ROWS = [
    (10 * HOUR, EventKind.SERVICE_STARTED, 1, 1, TILL, 30 * S),
    (10 * HOUR + 60 * S, EventKind.SERVICE_ENDED, 1, 1, TILL, 60 * S),
    (10 * HOUR + 60 * S, EventKind.PURCHASED, 1, 1, 0, 5000),
    (10 * HOUR + 60 * S, EventKind.PAID_BY, 1, 1, PayMethod.CASH, 20 * S),
    (11 * HOUR, EventKind.SERVICE_STARTED, 2, 1, SELF, 0),
    (11 * HOUR + 90 * S, EventKind.SERVICE_ENDED, 2, 1, SELF, 90 * S),
    (11 * HOUR + 90 * S, EventKind.PURCHASED, 2, 1, 0, 800),
    (11 * HOUR + 90 * S, EventKind.PAID_BY, 2, 1, PayMethod.QR, 10 * S),
    (12 * HOUR, EventKind.PURCHASED, 3, 1, 1, 9900),
    (12 * HOUR, EventKind.PAID_BY, 3, 1, PayMethod.MOBILE, 0),  # at a table
    (12 * HOUR, EventKind.PAYMENT_ADOPTED, 3, 1, 1, 500),
    (13 * HOUR, EventKind.SALE_LOST, 4, 1, 0, 12_345),
    (14 * HOUR, EventKind.SALE_SAVED, 5, 1, 0, 30_000),
]


def values_of(books: Books) -> dict:
    return checkout.values(books.sums.topics["checkout"], books)


def test_the_kpis_of_a_hand_made_day_are_what_one_reckons():
    found = values_of(books_of(ROWS, duty_h=(10, 0, 8)))

    assert list(found) == [kpi.name for kpi in KPIS]
    assert found["pay_s_mean"] == 15.0
    assert found["mobile_pay_share"] == pytest.approx(2 / 3)
    assert found["till_service_s_mean"] == 60.0
    assert found["self_checkout_share"] == 0.5
    assert found["cashier_h"] == 10.0
    assert found["cashier_cost_fen"] == 10 * 2500
    assert found["payment_fee_fen"] == 77
    assert found["payment_adopters"] == 1
    assert found["adoption_cost_fen"] == 499
    assert found["sales_lost_fen"] == 12_345
    assert found["sales_saved_fen"] == 30_000
    assert found["saving_cost_fen"] == 1200 + 8 * 2500


def test_attendants_cost_the_hours_of_their_store_however_many_machines_they_watch():
    config = RunConfig()
    config.categories["fashion"].self_checkout_share = 0.5
    books = books_of(ROWS, config, duty_h=(10, 40, 0))
    plan = dataclasses.replace(books.compiled, tenants=({"staff": 8}, {}))

    assert values_of(dataclasses.replace(books, compiled=plan))["cashier_h"] == 20.0


def test_the_time_at_a_till_falls_into_line_handling_and_paying():
    found = checkout.curves(books_of(ROWS).sums.topics["checkout"], books_of(ROWS))

    assert found["till_wait_s_mean"][10] == 30.0
    assert found["till_handling_s_mean"][10] == 40.0
    assert found["till_pay_s_mean"][10] == 20.0
    assert found["till_wait_s_mean"][12] is None


def test_a_day_without_payments_has_no_words_and_no_curves():
    books = books_of([])

    assert checkout.curves(books.sums.topics["checkout"], books) == {}
    assert words(values_of(books), {}) == []


def test_words_name_what_was_lost_and_what_it_cost_to_save_the_rest():
    books = books_of(ROWS, duty_h=(10, 0, 8))
    text = " ".join(words(values_of(books), checkout.curves(books.sums.topics["checkout"], books)))

    assert "66.7\u00a0% of the payments were made by phone" in text
    assert "Stock or fit lost 1 sales worth ¥123.45" in text
    assert "at a cost of ¥212.00" in text


def test_pictures_are_drawings_with_a_text_each():
    config = RunConfig()
    config.checkout.onboarding.is_on = True
    books = books_of(ROWS, config)
    curves = checkout.curves(books.sums.topics["checkout"], books)
    found = checkout_pictures.pictures(curves, books.compiled, Span(600, 1320, 600, 1320))

    assert [picture.file for picture, _ in found] == [
        "figures/paying_mix.svg",
        "figures/paying_time.svg",
        "figures/paying_adopters.svg",
    ]
    for picture, svg in found:
        assert ElementTree.fromstring(svg).tag.endswith("svg")
        assert picture.section == "checkout"
        assert picture.alt


def test_servers_are_on_duty_while_their_store_is_open_and_as_many_as_were_planned_then():
    crowd = opened(corner_mall(), day_config(), [])
    crowd.controls.unit_is_open[:] = 0
    crowd.switched(0)
    crowd.controls.unit_is_open[0] = 1
    crowd.controls.servers_open[0] = 2
    crowd.switched(10 * HOUR)
    crowd.controls.servers_open[0] = 1
    crowd.switched(11 * HOUR)
    crowd.switched(11 * HOUR)
    crowd.controls.unit_is_open[0] = 0
    crowd.switched(14 * HOUR)
    tallies = crowd.finish(24 * HOUR)

    assert tallies.station_duty_us[:3].tolist() == [5 * HOUR, 0, 0]


def test_the_day_ends_with_the_fixed_fee_of_each_tenant_and_the_teachers_wages():
    config = day_config()
    config.checkout.fees.fixed_yuan_per_day = 2.5
    config.checkout.onboarding.is_on = True
    config.checkout.onboarding.teacher_share = 1.0
    crowd = opened(corner_mall(), config, [])
    costs = payment_costs_of(crowd, corner_mall(), config, 22 * HOUR)
    costs.act(22 * HOUR)
    balances = crowd.ledger.balances_fen

    assert costs.next_us is None
    assert balances[FIRST_TENANT : FIRST_TENANT + 3].tolist() == [-250, -250, -250]
    assert balances[PAYMENT_PLATFORM] == 750
    assert balances[OPERATOR] == -2 * 9 * 2500  # the third tenant is a cinema: nobody teaches there
    assert balances.sum() == 0
    assert np.array_equal(crowd.takings_fen(), np.zeros(FIRST_TENANT + 3))


def test_a_day_without_extras_owes_nothing_at_its_end():
    crowd = opened(corner_mall(), day_config(), [])
    payment_costs_of(crowd, corner_mall(), day_config(), 22 * HOUR).act(22 * HOUR)

    assert not crowd.ledger.balances_fen.any()
