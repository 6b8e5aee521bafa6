"""Laws of all policies: looking changes nothing, what cannot act changes nothing, and the same seed decides the same."""

from __future__ import annotations

import pytest

from sim import api, config_files
from sim.reporting.manifest import read_finished

pytestmark = pytest.mark.compiled
SMALL = ["population.visits_per_day=250", "recording.report=false", "sensing.positioning.every_s=300"]


def _truth(tmp_path, name, *overrides):
    day = api.run(config_files.compose("corner_day", [*SMALL, *overrides]), tmp_path / name)
    return read_finished(day.folder, "manifest.json")["events_content_sha256"], day.kpis["sales_fen"]


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    return _truth(tmp_path_factory.mktemp("none"), "none")


@pytest.mark.parametrize(
    "overrides",
    [
        ["policies=[idle]"],
        ["policies=[random]", "policy.random.per_review=0"],
        ["policies=[random]", "digital.app_share=0", "policy.random.per_review=50"],
    ],
    ids=["looks only", "nobody", "empty audience"],
)
def test_a_policy_that_cannot_act_leaves_the_truth_byte_for_byte(tmp_path, without, overrides):
    same = (
        _truth(tmp_path, "same", *[word for word in overrides if not word.startswith("polic")])
        if "digital.app_share=0" in overrides
        else without
    )

    assert _truth(tmp_path, "with", *overrides) == same


def test_a_policy_that_sends_messages_decides_the_same_again(tmp_path, without):
    sends = [
        "policies=[random]",
        "policy.random.per_review=200",
        "digital.member_share=0.8",
        "digital.app_share=1.0",
        "digital.push_share=1.0",
    ]

    first, second = _truth(tmp_path, "first", *sends), _truth(tmp_path, "second", *sends)

    assert first == second
    assert first != without
