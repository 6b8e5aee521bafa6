"""What the report says of programmes outside, the catalogue and abuse: sums of events, and plain words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.config import LinkConfig, RunConfig
from sim.crowd.points.watching import Attack, Rule
from sim.events import EventKind
from sim.operations.abuse import COLUMNS, GOT_FEN, HONEST, TRIED, abuse_names
from sim.operations.exchange import Flow, exchange_names
from sim.reporting.topics import abuse, partners

pytestmark = pytest.mark.plain


def told(topic: Any, events: list[tuple[EventKind, int, int]], config: RunConfig) -> tuple[Any, list[str]]:
    columns = np.array([(int(kind), place, value) for kind, place, value in events], np.int64).reshape(-1, 3).T
    rows = SimpleNamespace(kind=columns[0], place=columns[1], value=columns[2])
    of_kind = {kind: np.flatnonzero(rows.kind == kind) for kind in EventKind}
    sums = topic.TOPIC.begin(None, None)
    sums.take(rows, of_kind)
    books = SimpleNamespace(config=config)
    kpis = topic.TOPIC.values(sums, books)
    return kpis, topic.TOPIC.words(kpis, topic.TOPIC.curves(sums, books))


def test_nothing_is_said_where_nothing_is_on():
    for topic in (partners, abuse):
        kpis, words = told(topic, [], RunConfig())
        assert set(kpis.values()) == {None}
        assert words == []


def test_arbitrage_costs_what_was_paid_less_received_and_points_that_stayed():
    config = RunConfig()
    config.partners.exchange.is_on = True
    config.partners.exchange.links = [LinkConfig("bank", "airline", 0.05)]
    bank, airline = 0, len(Flow)
    events = [
        (EventKind.POINTS_EXCHANGED, bank + Flow.OUT_CENTI, 5000),
        (EventKind.POINTS_EXCHANGED, bank + Flow.PAID_FEN, 4500),
        (EventKind.POINTS_EXCHANGED, bank + Flow.GAINED_OUT_CENTI, 5000),
        (EventKind.POINTS_EXCHANGED, bank + Flow.GAINED_PAID_FEN, 4500),
        (EventKind.POINTS_EXCHANGED, airline + Flow.IN_CENTI, 7142),
        (EventKind.POINTS_EXCHANGED, airline + Flow.RECEIVED_FEN, 6427),
        (EventKind.POINTS_EXCHANGED, airline + Flow.GAINED_IN_CENTI, 7142),
        (EventKind.POINTS_EXCHANGED, airline + Flow.GAINED_RECEIVED_FEN, 6427),
    ]

    kpis, words = told(partners, events, config)

    assert exchange_names(config)[airline + Flow.IN_CENTI] == "airline:in_centi"
    assert kpis["points_exchanged_out"] == 50.0
    assert kpis["arbitrage_loss_fen"] == 4500 - 6427 + 7142 - 5000 == 215
    assert any("points to bank to airline to points makes 1.42857 of 1" in text for text in words)
    assert any("cost the alliance ¥2" in text for text in words)


def test_vouchers_and_gifts_are_counted_apart():
    config = RunConfig()
    config.partners.catalogue.is_on = True
    events = [(EventKind.OFFER_TAKEN, 0, 2000), (EventKind.OFFER_TAKEN, 2, 1500), (EventKind.OFFER_REDEEMED, 7, 2500)]

    kpis, words = told(partners, events, config)

    counts = [kpis[name] for name in ("vouchers_taken", "gifts_taken", "vouchers_redeemed", "voucher_value_fen")]
    assert counts == [1, 1, 1, 2500]
    assert "1 vouchers were used and took ¥25 off receipts." in words


def test_what_is_only_held_back_costs_nobody_honest_anything():
    config = RunConfig()
    config.abuse.is_on = True
    farming = Attack.REFUND_FARMING * COLUMNS
    events = [
        (EventKind.ABUSE_COUNTED, farming + TRIED, 4),
        (EventKind.ABUSE_COUNTED, farming + GOT_FEN, 300),
        (EventKind.ABUSE_COUNTED, farming + 2 + Rule.HOLD, 900),
        (EventKind.ABUSE_COUNTED, HONEST + 2 * Rule.HOLD, 50),
        (EventKind.ABUSE_COUNTED, HONEST + 2 * Rule.HOLD + 1, 9000),
        (EventKind.ABUSE_COUNTED, HONEST + 2 * Rule.RECEIPTS, 2),
        (EventKind.ABUSE_COUNTED, HONEST + 2 * Rule.RECEIPTS + 1, 700),
    ]

    kpis, words = told(abuse, events, config)

    assert abuse_names()[farming + 2 + Rule.HOLD] == "refund_farming:stopped_by_hold_fen"
    assert abuse_names()[HONEST + 2 * Rule.RECEIPTS + 1] == "honest:receipts_fen"
    assert {name: kpi for name, kpi in kpis.items() if kpi} == {
        "abuse_cost_fen": 300,
        "abuse_refund_farming_fen": 300,
        "abuse_stopped_fen": 900,
        "abuse_hold_stopped_fen": 900,
        "abuse_rules_cost_fen": 700,
    }
    assert words == [
        "Refund farming: tried 4 times, got ¥3. Rules stopped ¥9 by holding points back.",
        "The rule of holding points back held back, of honest members, points worth ¥90, 50 times.",
        "The rule of a limit of receipts a day cost honest members points worth ¥7, 2 times.",
    ]
