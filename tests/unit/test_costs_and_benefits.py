"""What a programme costs and brings its owner: hand-traced sums, and verdicts that can be negative."""

from __future__ import annotations

import pytest

from sim import config_files
from sim.errors import ConfigError
from sim.experiments.benefit import benefits_of
from sim.reporting.programme_costs import with_costs

pytestmark = pytest.mark.plain
KPIS = {"footfall_visits": 1000, "members_new": 20, "sales_fen": 5_000_000, "mall_income_fen": 400_000}
ITEM = "costs.items=[{name: till, capital_yuan: 36500, running_yuan_per_day: 10, yuan_per_visit: 0.1, yuan_per_new_member: 2, share_of_sales: 0.001, partner_share: 0.5, years: 5}]"


def test_costs_add_up_by_day_visit_member_and_sales_less_what_a_partner_bears():
    found = with_costs(KPIS, config_files.compose("corner_day", [ITEM, "costs.owner_margin_share=0.02"]))

    assert found["programme_capital_fen"] == 1_825_000
    assert found["programme_running_fen"] == (1_000 + 10_000 + 4_000 + 5_000) // 2
    assert found["owner_income_fen"] == 400_000 + 100_000


def test_a_run_without_items_costs_nothing_and_the_landlord_lives_on_rents():
    found = with_costs(KPIS, config_files.compose("corner_day"))

    assert (found["programme_capital_fen"], found["programme_running_fen"], found["owner_income_fen"]) == (0, 0, 400_000)


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [
        ([20_000, 22_000, 21_000], "pays"),
        ([5_000, 6_000, 5_500], "loses"),
        ([-40_000, 60_000, 12_000], "not shown to pay or to lose"),
    ],
)
def test_the_verdict_follows_the_interval_of_paired_days_whichever_way_it_falls(gains, verdict):
    config, plain = config_files.compose("corner_day", [ITEM]), config_files.compose("corner_day")
    kpis = {}
    for number, gain in enumerate(gains, start=1):
        kpis["none", number] = with_costs(KPIS, plain)
        kpis["programme", number] = with_costs({**KPIS, "mall_income_fen": 400_000 + gain}, config)

    (found,) = benefits_of([("none", plain), ("programme", config)], kpis, [1, 2, 3])

    assert found["verdict"] == verdict
    assert found["net_benefit_fen_per_day"] == pytest.approx(sum(gains) / 3 - 10_000)
    if verdict == "loses":
        assert found["payback_years"] is None
        assert found["present_value_fen"] < -found["capital_fen"]


def test_a_gain_of_11000_fen_a_day_pays_1825000_fen_back_in_its_hundred_sixty_sixth_day():
    config, plain = config_files.compose("corner_day", [ITEM]), config_files.compose("corner_day")
    kpis = {("none", n): with_costs(KPIS, plain) for n in (1, 2)}
    kpis |= {("programme", n): with_costs({**KPIS, "mall_income_fen": 421_000}, config) for n in (1, 2)}

    (found,) = benefits_of([("none", plain), ("programme", config)], kpis, [1, 2])

    assert found["payback_years"] * 365 == pytest.approx(1_825_000 / 11_000)


def test_impossible_items_are_refused_all_at_once():
    with pytest.raises(ConfigError) as wrong:
        config_files.compose("corner_day", ["costs.items=[{capital_yuan: -1, partner_share: 2, years: 0}]"])

    assert all(word in str(wrong.value) for word in ("capital_yuan", "partner_share", "years"))
