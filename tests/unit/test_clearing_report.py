"""What the report tells of clearing: indicators reckoned by hand, words that say who did not pay, pictures that have something to show."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config import RunConfig, problems_of
from sim.crowd.points.gateway_records import HINDRANCES, Hindrance, Noted
from sim.crowd.tallies import empty_tallies
from sim.events import EventKind
from sim.reporting.figures import Span
from sim.reporting.kpis import Books, compute
from sim.reporting.recorder import Recorder
from sim.reporting.topics.clearing import TOPIC
from sim.reporting.topics.clearing_pictures import pictures
from sim.units import US_PER_HOUR, US_PER_S
from tests.reporting_day import log_of, made_up_plan, station_names

pytestmark = pytest.mark.plain
AT_US = 23 * US_PER_HOUR
CYCLE = (
    (Noted.GROSS, 1935),
    (Noted.BILATERAL, 1155),
    (Noted.MULTILATERAL, 105),
    (Noted.SETTLED, 60),
    (Noted.LATE, 15),
    (Noted.LOST, 30),
)


def told(config, rows, tmp_path):
    plan = made_up_plan()
    recorder = Recorder(tmp_path, plan, station_names(plan), "none")
    recorder.take(log_of(rows))
    books = Books(config, plan, recorder.sums, empty_tallies(len(plan.zone_rings), len(plan.unit_ids), len(plan.unit_ids)))
    kpis, found = compute(books), TOPIC.curves(recorder.sums.topics["clearing"], books)
    return kpis, found, " ".join(TOPIC.words(kpis, found)), plan


def noted(*pairs, at_us=AT_US):
    return [(at_us, EventKind.CLEARING_NOTED, -1, 0, int(what), number) for what, number in pairs]


def test_a_cycle_of_four_merchants_is_told_as_it_was(tmp_path):
    config = RunConfig()
    config.clearing.mode = "multilateral"
    kpis, _, words, _ = told(config, noted(*CYCLE), tmp_path)

    assert kpis["clearing_gross_fen"] == 1935
    assert kpis["clearing_saved_share"] == pytest.approx(0.945736, abs=5e-7)
    assert kpis["clearing_imbalance_fen"] == 0
    assert kpis["clearing_open_fen"] == 0
    assert "owed each other ¥19.35 in 1 clearing cycle" in words
    assert "¥0.15 were not paid in time" in words
    assert "never pay cost their creditors ¥0.30" in words


def test_an_imbalance_would_be_told(tmp_path):
    config = RunConfig()
    config.clearing.mode = "bilateral"

    assert told(config, noted((Noted.IMBALANCE, 7)), tmp_path)[0]["clearing_imbalance_fen"] == 7


def test_latency_is_that_which_one_redemption_in_twenty_exceeds(tmp_path):
    rows = [(AT_US + n, EventKind.REDEMPTION_CLEARED, n, 1, 0, n * US_PER_S) for n in range(1, 101)]

    assert told(RunConfig(), rows, tmp_path)[0]["clearing_latency_s_p95"] == 95.0


def test_what_the_line_refuses_and_loses_is_told(tmp_path):
    rows = [
        (AT_US, EventKind.POINTS_HINDERED, 1, 1, 0, HINDRANCES * fen + what)
        for what, fen in (
            (Hindrance.LINE_DOWN, 500), (Hindrance.SUSPENDED, 300), (Hindrance.STOOD_IN, 900), (Hindrance.VOIDED, 200),
            (Hindrance.TAKEN_TWICE, 70), (Hindrance.SENT_AGAIN, 10),
        )
    ]  # fmt: skip
    kpis, found, words, plan = told(RunConfig(), rows, tmp_path)

    assert (kpis["redemptions_refused"], kpis["redemptions_refused_fen"]) == (2, 800)
    assert (kpis["stood_in_fen"], kpis["points_line_loss_fen"]) == (900, 270)
    assert "members lost ¥0.70 in points" in words
    assert len(pictures(found, plan, Span(600, 1440, 600, 1320))) == 1


def test_a_treasury_is_told_at_its_last_look(tmp_path):
    config = RunConfig()
    config.clearing.liquidity.is_limited = True
    looks = [(Noted.CASH, 4000), (Noted.INVESTED, 1000), (Noted.OUTSTANDING, 10_000), (Noted.DISTRUST, 250_000)]
    rows = noted(*looks, at_us=AT_US - US_PER_HOUR) + noted((Noted.CASH, 2000), *looks[1:3], (Noted.DISTRUST, 100_000))
    kpis, found, words, plan = told(config, rows, tmp_path)

    assert kpis["treasury_coverage_share"] == 0.2
    assert kpis["distrust_share_max"] == 0.25
    assert "cash covered 20.0 %" in words
    assert len(pictures(found, plan, Span(600, 1440, 600, 1320))) == 1


def test_nothing_is_told_where_nothing_of_it_happened(tmp_path):
    kpis, found, words, _ = told(RunConfig(), [], tmp_path)

    assert (found, words) == ({}, "")
    assert kpis["clearing_gross_fen"] is None
    assert kpis["clearing_latency_s_p95"] is None


@pytest.mark.parametrize(
    ("change", "told_of"),
    [
        (lambda clearing: setattr(clearing, "cycle_h", 0.0), "clearing.cycle_h"),
        (lambda clearing: setattr(clearing, "cycle_h", -24.0), "clearing.cycle_h"),
        (lambda clearing: setattr(clearing, "mode", "sometimes"), "clearing.mode"),
        (lambda clearing: setattr(clearing, "cut_off", "half past"), "clearing.cut_off"),
        (lambda clearing: setattr(clearing.late, "share", 0.5), "clearing.late.share"),
        (lambda clearing: setattr(clearing.defaults, "unit", "bakery"), "clearing.defaults.unit"),
        (lambda clearing: setattr(clearing, "is_prefunded", True), "clearing.is_prefunded"),
        (lambda clearing: setattr(clearing.gateway, "latency_s_median", 9.0), "clearing.gateway.latency_s_median"),
        (lambda clearing: setattr(clearing.gateway, "down_from", "noon"), "clearing.gateway.down_from"),
        (lambda clearing: setattr(clearing.liquidity.panic, "news_on", "soon"), "clearing.liquidity.panic.news_on"),
    ],
)
def test_each_mistake_gets_one_message(change, told_of):
    config = RunConfig()
    change(config.clearing)

    assert [problem.place for problem in problems_of(config)] == [told_of]


def test_sums_do_not_depend_on_how_events_come_in_batches(tmp_path):
    config = RunConfig()
    config.clearing.mode = "multilateral"
    rows = noted(*CYCLE) + noted((Noted.OPEN, 5), (Noted.PREFUND, 9), at_us=AT_US + 1)
    plan = made_up_plan()
    parts = Recorder(tmp_path, plan, station_names(plan), "none")
    for row in rows:
        parts.take(log_of([row]))
    books = Books(config, plan, parts.sums, empty_tallies(len(plan.zone_rings), len(plan.unit_ids), len(plan.unit_ids)))
    whole, _, _, _ = told(config, rows, tmp_path)

    assert all(np.array_equal(whole[kpi.name], compute(books)[kpi.name]) for kpi in TOPIC.kpis)
