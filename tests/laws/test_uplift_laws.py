"""Laws of twins: what changes nobody's draw has no effect, whoever was not touched is where the effect is not, and one message more is one more."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim import api
from sim.config_files import compose
from sim.experiments.twins import TwinRunner, live_one
from sim.experiments.uplift import SOON_US, columns_of, effect_of, measure

pytestmark = pytest.mark.compiled
HERE = TwinRunner("sim.api:live_twin", workers=0)
MANY_MEMBERS = (
    "population.visits_per_day=150", "digital.member_share=0.9", "digital.app_share=0.95", "digital.app_active_share=0.9",
    "digital.push_share=0.95", "recording.events=none", "recording.report=false", "sensing.positioning.every_s=300", "policy.targeted.after_min=5", "policy.targeted.off_share=0.6",
)  # fmt: skip


def config(*words):
    return compose("corner_day", [*MANY_MEMBERS, *words])


@pytest.fixture(scope="module")
def measured():
    return measure(config("policies=[targeted]"), HERE, 2)


def digest(lives):
    return lives.visits.tobytes(), lives.sales.tobytes(), lives.held_fen.tobytes()


def test_the_parts_of_the_effect_add_up_to_the_difference_of_both_days_sales(measured):
    real, other = measured.real, measured.without

    assert measured.whole.uplift_fen == real.kpis["sales_fen"] - other.kpis["sales_fen"]
    assert sum(measured.whole.sales_fen) == measured.whole.uplift_fen


def test_both_days_have_the_same_visits(measured):
    assert np.array_equal(np.sort(measured.real.visits["number"]), np.sort(measured.without.visits["number"]))


def test_swapping_the_arms_turns_the_sign_of_every_part(measured):
    there = effect_of("it", measured.real, measured.without, ("targeted",))
    back = effect_of("it", measured.without, measured.real, ("targeted",))

    assert back.uplift_fen == -there.uplift_fen
    assert back.sales_fen == tuple(-fen for fen in there.sales_fen)
    assert back.mall_income_fen == -there.mall_income_fen
    assert back.offers_cost_fen == -there.offers_cost_fen


def test_a_policy_that_only_looks_has_no_effect_at_all_and_its_day_has_the_bytes_of_none():
    idle = measure(config("policies=[idle]"), HERE, 5)

    assert digest(idle.real) == digest(idle.without)
    assert (idle.whole.uplift_fen, idle.whole.net_benefit_fen, idle.whole.reached_visits) == (0, 0, 0)
    assert idle.messages == ()
    assert idle.kpis()["coupon_roi"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("policy.targeted.budget_yuan=0",), ("policy.targeted.off_share=0",), ("policy.targeted.least=0", "policy.targeted.most=0"),
        ("policy.targeted.trade=books",), ("sensing.identity.holdout_share=1",), ("policy.design.kind=ab", "policy.design.control_share=1"),
    ],
)  # fmt: skip
def test_nothing_to_give_or_nobody_to_give_it_to_is_the_day_without_the_policy(measured, words):
    without = live_one(HERE.name, config("policies=[targeted]", *words), None)

    # who sees no change is not counted by sensing either: only the hold-out changes whom it names, never whom it meets
    assert digest(without) == digest(measured.without)


def test_a_message_that_is_withheld_changes_nothing_before_it_would_have_been_sent(measured):
    number = int(measured.messages[0].number)
    row = measured.real.messages[measured.real.messages["number"] == number][0]
    policy = dataclasses.replace(measured.config.policy, withheld=[number])
    other = live_one(HERE.name, dataclasses.replace(measured.config, policy=policy), None)

    def before(lives):
        return lives.sales[lives.sales["time_us"] < row["time_us"]].tobytes()

    assert before(other) == before(measured.real)
    assert number not in other.touches["message"].tolist()
    assert number in measured.real.touches["message"].tolist()


def test_the_export_says_of_every_decision_what_was_done_how_likely_that_was_and_what_would_have_been(measured):
    columns = columns_of(measured, ("targeted",))
    bandit, uplift, truth = columns["bandit"], columns["uplift"], columns["truth"]

    assert np.array_equal(uplift["row"], truth["row"])
    assert set(uplift["row"].tolist()) <= set(bandit["row"].tolist())
    assert ((bandit["propensity"] >= 0.1 - 1e-12) & (bandit["propensity"] <= 0.9 + 1e-12)).all()
    assert np.array_equal(uplift["outcome_fen"] - truth["outcome_without_fen"], truth["effect_fen"])
    assert uplift["treatment"].sum() > 5
    assert (uplift["treatment"] == 0).sum() > 5


def test_a_file_of_the_export_names_its_schema_and_hides_the_truth_from_the_others(tmp_path, measured):
    import pyarrow.parquet as pq

    from sim.cli_uplift import facts_of, write

    files = write(tmp_path, measured, ("targeted",), facts_of(measured, ("targeted",)), True)

    assert {"bandit.parquet", "uplift.parquet", "truth.parquet"} <= set(files)
    tables = {name: pq.read_table(tmp_path / name) for name in files if name.endswith(".parquet")}
    assert all(table.schema.metadata[b"galleria_schema_version"] == b"1" for table in tables.values())
    assert "feature:affinity" in tables["uplift.parquet"].column_names
    assert not {"visit", "effect_fen", "outcome_without_fen"} & {
        *tables["uplift.parquet"].column_names,
        *tables["bandit.parquet"].column_names,
    }
    assert SOON_US > 0


def test_a_manifest_names_the_experiment_of_a_run_with_policies_and_none_without(tmp_path):
    with_one = api.run(config("policies=[idle]", "policy.design.kind=switchback"), tmp_path / "a").manifest
    without = api.run(config(), tmp_path / "b").manifest

    assert with_one["experiment"]["kind"] == "switchback"
    assert with_one["experiment"]["holdout_share"] == 0.1
    assert "experiment" not in without
