"""A policy of the hall with nobody to ask, nothing to give or no time left has the bytes of no policy; its knob turned moves its KPI."""

from __future__ import annotations

import hashlib

import pytest

from sim import api
from sim.config_files import compose

pytestmark = pytest.mark.compiled
QUICK = (
    "recording.report=false",
    "sensing.positioning.every_s=300",
    "population.visits_per_day=120",
    "digital.member_share=1",
    "digital.app_share=1",
    "digital.push_share=1",
)
IDLE = {
    "event_invitations": "policy.event_invitations.capacity=0",
    "treasure_hunt": "policy.treasure_hunt.clues=0",
    "freeze": "policy.freeze.invited=0",
    "friend_nearby": "policy.friend_nearby.pairs_per_day=0",
    "micro_rewards": "policy.micro_rewards.budget_yuan=0",
    "cold_zone_guidance": "policy.cold_zone_guidance.per_review=0",
}


def day_of(folder, *overrides: str):
    """Return the KPIs of a day, and a digest of its truth log."""
    result = api.run(compose("corner_day", [*QUICK, *overrides]), folder)
    return result.kpis, hashlib.sha256((folder / "events.parquet").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    return day_of(tmp_path_factory.mktemp("none"))


@pytest.mark.parametrize("name", sorted(IDLE))
def test_a_policy_of_the_hall_that_can_do_nothing_changes_no_byte(name, without, tmp_path):
    assert day_of(tmp_path, f"policies=[{name}]", IDLE[name])[1] == without[1]


def test_knobs_of_the_hall_move_their_kpis(without, tmp_path):
    kpis, digest = day_of(
        tmp_path, "policies=[event_invitations,treasure_hunt]", "policy.event_invitations.theme=fashion", "happenings.stops_share=0.5",
        "happenings.goes_on_share=1", "promos.push_open_share=1", "promos.follow_share=1",
    )  # fmt: skip

    assert digest != without[1]
    assert without[0]["happening_visits"] is None
    assert kpis["happening_visits"] > 0
    assert kpis["hunt_clues_found"] > kpis["hunt_started_visits"] > 0
    assert kpis["stranded_visits"] == 0
