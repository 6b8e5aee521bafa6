"""A day of three stores with slower tills, and one with a policy that writes: what is told of each against the plain day."""

from __future__ import annotations

import json

import pytest

from sim import api, config_files
from sim.events import EventKind as K
from sim.experiments.additive import ADDITIVE, agrees, value_of
from sim.experiments.divergence import first_difference
from sim.experiments.finished_pair import compare_finished
from sim.experiments.why import explain, match
from sim.reporting.events_file import read_events

pytestmark = pytest.mark.compiled
PLAIN = ["recording.report=false", "sensing.positioning.every_s=300", "seed=1", "digital.member_share=0.8", "policies=[]"]
ARMS = {"plain": PLAIN, "slow": [*PLAIN, "services.payment_s_mean=60"], "coupons": [*PLAIN[:-1], "policies=[targeted]"]}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for name, overrides in ARMS.items():
        api.run(config_files.compose("corner_day", overrides), folder / name)
    return folder


@pytest.fixture(scope="module")
def days(runs):
    return {name: (read_events(runs / name), json.loads((runs / name / "kpis.json").read_text())) for name in ARMS}


def test_every_kpi_that_is_said_to_add_up_does(days):
    for events, kpis in days.values():
        assert [name for name, kpi in ADDITIVE.items() if not agrees(value_of(kpi, events), kpis[name])] == []


def test_slower_tills_are_first_seen_at_a_till_and_reach_others_through_lines(runs, days):
    found = compare_finished(runs / "plain", runs / "slow", "till_wait_s_mean")["why"][0]

    first = first_difference(runs / "plain", runs / "slow")
    assert (first.kind, first.time_us, first.visit) == (K.SERVICE_ENDED, found["first"]["time_us"], found["first"]["visit"])
    groups = {each["words"]: each for each in found["groups"]}
    assert groups["serving it took longer"]["visits"] > 50
    assert groups["a line was longer or a place fuller"]["contribution"] > 0
    assert found["difference"] > 0
    assert found["example"]["contribution"] > 0


@pytest.mark.parametrize("arm", ["slow", "coupons"])
def test_the_parts_of_all_groups_sum_to_the_difference_of_each_kpi(days, arm):
    matched = match(days["plain"][0], days[arm][0])
    for name in ADDITIVE:
        found = explain(matched, name, (days["plain"][1], days[arm][1]))
        parts = [each["contribution"] for each in found["groups"]]
        if None in (found["baseline_value"], found["arm_value"]):
            assert set(parts) <= {None}
        else:
            assert sum(parts) == pytest.approx(found["difference"], rel=1e-9, abs=1e-9)


def test_a_policy_that_writes_is_first_seen_by_its_messages(runs):
    found = compare_finished(runs / "plain", runs / "coupons")["why"][0]

    assert found["first"]["kind"] in ("MESSAGE_SENT", "MESSAGE_READ")
    assert found["groups"][0]["cause"] == "message"
    assert found["touches"][0]["touch"] == "direct"


def test_a_day_lived_again_does_not_differ_from_itself(runs, tmp_path):
    api.run(config_files.compose("corner_day", PLAIN), tmp_path / "again")

    assert first_difference(runs / "plain", tmp_path / "again") is None
    assert compare_finished(runs / "plain", tmp_path / "again")["why"][0]["groups"] == []
