"""Days of a small mall under the policies of coupons: without means they change no byte of the truth, with means only by what people choose."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from sim import api
from sim.config_files import compose
from sim.events import EventKind
from sim.reporting.recorder import read_columns
from tests.policy_reviews import POLICIES

pytestmark = pytest.mark.compiled
EVERYBODY = [
    "digital.member_share=1", "digital.app_share=1", "digital.app_active_share=1", "digital.push_share=1", "sensing.identity.holdout_share=0",
    "sensing.identity.consent_share=1", "population.visits_per_day=60", "population.car_share=0", "recording.report=false", "recording.events=visits",
    "sensing.positioning.every_s=300",
]  # fmt: skip
WITH_BUDGET = [name for name in POLICIES if name not in ("queue_replan", "do_no_harm")]
WITH_AUDIENCE = [name for name in POLICIES if name != "do_no_harm"]
NULLS = {
    "no budget": [f"policy.{name}.budget_yuan=0" for name in WITH_BUDGET] + ["policy.queue_replan.per_person=0"],
    "no audience": [f"policy.{name}.audience_share=0" for name in WITH_AUDIENCE],
    "nothing off": [f"policy.{name}.off_share=0" for name in WITH_BUDGET if name != "flash_sale"]
    + ["policy.flash_sale.most_off_share=0", "policy.queue_replan.audience_share=0"],
    "a window that is over": [f"policy.{name}.ends='09:00'" for name in WITH_AUDIENCE],
}  # fmt: skip


@cache
def day(*words: str):
    """Live a day of few visits; return its events, what it digests to, and its transfers' digest."""
    with TemporaryDirectory() as folder:
        run = api.run(compose("corner_day", [*EVERYBODY, *words]), Path(folder))
        events = read_columns(Path(folder) / "events.parquet")
        return events, run.manifest["events_content_sha256"], run.manifest["files"]["transfers.parquet"], run.kpis


def active(*names: str) -> str:
    return f"policies=[{','.join(names)}]"


@pytest.mark.parametrize("null", NULLS)
def test_without_means_the_day_is_byte_for_byte_that_of_no_policy(null):
    _, digest, transfers, _ = day(active(*POLICIES), *NULLS[null])
    _, usual, usual_transfers, _ = day(active())

    assert digest == usual
    assert transfers == usual_transfers


def test_with_means_the_day_is_another():
    assert day(active(*POLICIES))[1] != day(active())[1]


def test_whoever_comes_and_when_is_the_same_under_every_policy():
    """Common random numbers: policies act on people inside, and nobody comes by car, who might find the bays taken longer."""
    came = []
    for words in ((active(),), (active(*POLICIES),)):
        events = day(*words)[0]
        arrived = np.asarray(events["kind"]).astype(str) == EventKind.ARRIVED.name
        came.append((events["visit"][arrived], events["time_us"][arrived], events["people"][arrived]))

    assert all(np.array_equal(one, other) for one, other in zip(*came, strict=True))
