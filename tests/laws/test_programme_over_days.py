"""The accounts of the programme over days in a row: the ledger and the report tell the same, and a closed programme leaves no debt."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from sim import api
from sim.config_files import compose
from sim.errors import ConfigError

QUIET = (
    "population.visits_per_day=60", "recording.report=false", "sensing.positioning.method=off", "date=2026-11-29", "days=4",
    "referral.is_on=true", "referral.label_share=0.5",
)  # fmt: skip


def run(folder, *overrides):
    return api.run(compose("corner_day", [*QUIET, *overrides]), folder)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Two days of November and two of December."""
    return run(tmp_path_factory.mktemp("goes on"))


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """The same, closed on the first of December."""
    return run(tmp_path_factory.mktemp("closed"), "finance.closes=2026-12-01")


def moved(result, reason):
    table = pq.read_table(result.folder / "transfers.parquet").to_pydict()
    return [
        (table["debit"][row], table["credit"][row], table["amount"][row], table["time_us"][row])
        for row in range(len(table["id"]))
        if table["reason"][row] == reason
    ]


def test_months_of_the_report_add_up_to_what_the_ledger_holds(lived):
    finance = json.loads((lived.folder / "curves.json").read_text())["finance"]
    november, december = finance["months"]

    assert (november["month"], december["month"]) == ("2026-11", "2026-12")
    held = pq.read_table(lived.folder / "lots.parquet")["held_centi"].to_pylist()
    assert (
        december["out_centi"]
        == sum(held)
        == november["out_centi"]
        + sum(
            december[f"{name}_centi"] * (1 if name == "issued" else -1)
            for name in ("issued", "spent", "exchanged", "expired", "voided", "broken")
        )
    )
    assert finance["liability_fen"] == sum(held)
    assert lived.kpis["deferred_revenue_fen"] == december["deferred_fen"]
    assert lived.kpis["points_revenue_fen"] == november["revenue_fen"] + december["revenue_fen"]


def test_what_came_back_over_the_days_is_what_the_ledger_moved(lived):
    fees = moved(lived, "referral_fee")
    assert fees
    brought = json.loads((lived.folder / "curves.json").read_text())["referral"]
    assert sum(brought["paid_fen"]) == sum(amount for *_, amount, _ in fees) == lived.kpis["referral_returned_fen"]
    assert lived.kpis["referred_members"] == sum(brought["by_how"].values())


def test_closing_the_programme_breaks_what_is_out_and_nobody_earns_or_owes_a_point_after(closed):
    finance = json.loads((closed.folder / "curves.json").read_text())["finance"]
    last = finance["months"][-1]

    assert last["out_centi"] == 0 == closed.kpis["points_outstanding"] == finance["liability_fen"]
    assert last["deferred_fen"] == 0
    assert last["broken_centi"] > 0
    end_us = 3 * 86_400_000_000 + 2 * 3_600_000_000
    assert max(time_us for *_, time_us in moved(closed, "earned")) < end_us
    broken = moved(closed, "closed_out")
    assert sum(amount for *_, amount, _ in broken) == last["broken_centi"]
    earned = moved(closed, "breakage")
    assert sum(amount for *_, amount, _ in earned) == finance["recognised_fen"] > 0


def test_a_day_that_is_no_day_is_refused_with_one_message():
    with pytest.raises(ConfigError, match=r"finance\.closes"):
        compose("corner_day", ["finance.closes=soon"])


def test_a_referral_that_nobody_pays_for_is_refused_with_one_message():
    with pytest.raises(ConfigError, match="somebody must pay"):
        compose("corner_day", ["referral.is_on=true", "referral.funding.seller=0"])
