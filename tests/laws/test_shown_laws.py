"""Laws of stores that are shown and of tags that are told: idle ones change nothing, fees move and never appear, knobs act."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim import api
from sim.config_files import compose

KNOWN = (
    "population.visits_per_day=150", "digital.member_share=0.9", "digital.app_share=0.95", "digital.app_active_share=0.95", "digital.push_share=0.9",
    "digital.card_share=0.9", "recording.report=false", "sensing.positioning.every_s=300",
)  # fmt: skip
ALL = "policies=[recommend,content_per_member,slots,tags_sold]"
EAGER = ("policy.tags_sold.affinity_least=0.2", "policy.slots.reserve_yuan=1")


@cache
def day(*overrides):
    return api.run(compose("corner_day", [*KNOWN, *overrides]), Path(mkdtemp()))


def digest(*overrides):
    return day(*overrides).manifest["events_content_sha256"]


def paid(run, reason):
    transfers = pq.read_table(run.folder / "transfers.parquet").to_pydict()
    rows = [at for at, why in enumerate(transfers["reason"]) if why == reason]
    return [(transfers["debit"][at], transfers["credit"][at], transfers["amount"][at]) for at in rows]


@pytest.mark.slow
def test_lists_slots_and_tags_of_nothing_leave_the_log_of_no_policy():
    nothing = (
        "policy.recommend.k=0", "policy.content_per_member.audience_share=0", "policy.slots.slots=0", "policy.tags_sold.access=none",
    )  # fmt: skip
    nobody = (
        "policy.recommend.audience_share=0", "policy.content_per_member.rule=same", "policy.content_per_member.off_share=0",
        "policy.slots.views_expected=0", "policy.tags_sold.budget_yuan=0",
    )  # fmt: skip

    assert digest(ALL, *nothing) == digest()
    assert digest(ALL, *nobody) == digest()


def test_a_window_that_is_over_shows_nothing():
    assert digest("policies=[recommend]", "policy.recommend.until_min=300") == digest()


@pytest.mark.slow
def test_a_day_with_all_of_them_happens_twice_alike_and_everybody_goes_home():
    run = day(ALL, *EAGER)
    again = api.run(compose("corner_day", [*KNOWN, ALL, *EAGER, "recording.report=true"]), Path(mkdtemp()))

    assert again.report is not None
    assert run.manifest["events_content_sha256"] == again.manifest["events_content_sha256"]
    assert run.kpis["stranded_visits"] == 0
    assert run.kpis["places_shown"] > 0


def test_what_stores_pay_goes_to_the_mall_and_is_what_the_report_says():
    run = day(ALL, *EAGER)
    fees, tags = paid(run, "slot_fee"), paid(run, "tags_sold")

    assert sum(fen for _, _, fen in fees) == run.kpis["slot_fees_fen"] > 0
    assert sum(fen for _, _, fen in tags) == run.kpis["tags_income_fen"] > 0
    assert {credit for _, credit, _ in [*fees, *tags]} == {"operator"}


@pytest.mark.slow
def test_who_learns_that_tags_were_told_reads_no_more_of_what_the_app_sends():
    nobody = day("policies=[tags_sold]", *EAGER, "promos.tag_learnt_share=0")
    everybody = day("policies=[tags_sold]", *EAGER, "promos.tag_learnt_share=1")

    assert nobody.kpis["tags_learnt_share"] == 0.0
    assert everybody.kpis["tags_learnt_share"] > 0.9
    assert everybody.kpis["tags_told_visits"] > 0


@pytest.mark.slow
def test_the_further_down_the_fewer_open_and_exploring_shows_more_stores():
    seen = day("policies=[recommend]", "promos.position_decay=1")
    unseen = day("policies=[recommend]", "promos.position_decay=0.01")

    assert unseen.kpis["places_opened_share"] < seen.kpis["places_opened_share"]


@pytest.mark.slow
def test_every_knob_of_the_order_reaches_the_log():
    orders = [
        digest("policies=[recommend]", f"policy.recommend.algorithm={name}", "policy.recommend.k=1")
        for name in ("random", "popularity", "bandit")
    ]

    assert len(set(orders)) == len(orders)


@pytest.mark.slow
def test_a_screen_is_seen_by_whoever_comes_and_a_page_by_known_people_only():
    page = day("policies=[slots]", *EAGER)
    screen = day("policies=[slots]", *EAGER, "policy.slots.medium=screen")
    kinds = [np.array(pq.read_table(run.folder / "events.parquet")["kind"].to_pylist()) for run in (page, screen)]

    assert (kinds[1] == "TRIGGERED").sum() > (kinds[0] == "PLACE_SHOWN").sum() > 0
    assert (kinds[0] == "TRIGGERED").sum() == 0


@pytest.mark.slow
def test_what_differs_by_member_differs_from_what_all_are_told():
    same = day("policies=[content_per_member]", "policy.content_per_member.rule=same")
    drawn = day("policies=[content_per_member]", "policy.content_per_member.rule=random")

    assert same.kpis["places_shown"] is None
    assert drawn.kpis["places_shown"] > 0
