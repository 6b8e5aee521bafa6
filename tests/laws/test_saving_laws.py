"""A run that is saved, stopped and gone on with elsewhere is the run that was never stopped: every file of it, byte by byte."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from saved_days import files_of, going_on, resumed_elsewhere, rich_day

from sim import api
from sim.resuming import resume
from sim.saved import day
from sim.saved.names import snapshots_of
from sim.units import US_PER_HOUR, US_PER_MIN

pytestmark = pytest.mark.compiled
HARD = {
    "on an escalator or a lift", "a show running", "a meal", "a car looking for a bay", "a coupon in a wallet", "a message that nobody has read",
    "a pending transfer",
}  # fmt: skip
TIE_US = 17 * US_PER_HOUR  # reviews of tenants and of policies, a tick of the positioning and more act at this very instant


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The day without a stop."""
    return api.run(rich_day(), tmp_path_factory.mktemp("whole")).folder


def saved(folder, instants_us, monkeypatch):
    """Run the day and save it at some instants; return what was going on at each."""
    found = {}
    save_day = day.save_day

    def watched(world, now_us, command=""):
        found[now_us] = going_on(world)
        save_day(world, now_us, command)

    monkeypatch.setattr(day, "save_day", watched)
    api.run(rich_day(), folder, save_at=instants_us)
    return found


def ties_us(folder) -> list[int]:
    """Return instants at which events of several visits happen."""
    events = pq.read_table(folder / "events.parquet", columns=["time_us", "visit"])
    visits: dict[int, set[int]] = {}
    for time_us, visit in zip(events["time_us"].to_pylist(), events["visit"].to_pylist()):
        if visit >= 0:
            visits.setdefault(time_us, set()).add(visit)
    return [time_us for time_us, together in visits.items() if len(together) > 1 and time_us > 12 * US_PER_HOUR]


def test_a_day_that_is_saved_is_the_day_that_is_not_and_so_is_the_one_that_goes_on_from_it(whole, tmp_path, monkeypatch):
    seen = saved(tmp_path / "saved", [18 * US_PER_HOUR + 7 * US_PER_MIN + 123_457], monkeypatch)
    snapshot = snapshots_of(tmp_path / "saved")[0]
    resumed_elsewhere([(snapshot, tmp_path / "resumed")])

    assert len(set.union(*seen.values())) >= 4
    assert files_of(tmp_path / "saved") == files_of(whole)
    assert files_of(tmp_path / "resumed") == files_of(whole)


@pytest.mark.slow
def test_whatever_is_going_on_at_ten_random_instants_the_rest_of_the_day_is_the_same(whole, tmp_path, monkeypatch):
    luck = random.Random(20261121)
    ties = ties_us(whole)
    instants_us = [TIE_US, luck.choice(ties), *(luck.randrange(10 * US_PER_HOUR, 22 * US_PER_HOUR) for _ in range(8))]

    seen = saved(tmp_path / "saved", instants_us, monkeypatch)
    folders = snapshots_of(tmp_path / "saved")
    resumed_elsewhere([(each, tmp_path / each.name) for each in folders])

    assert len(folders) == 10
    assert set.union(*seen.values()) == HARD
    for name in ("saved", *(each.name for each in folders)):
        assert files_of(tmp_path / name) == files_of(whole), name


@pytest.mark.slow
def test_a_day_that_went_on_can_be_saved_and_gone_on_with_again(whole, tmp_path):
    api.run(rich_day(), tmp_path / "first", save_at=[12 * US_PER_HOUR])

    resume(snapshots_of(tmp_path / "first")[0], tmp_path / "second", save_at=[15 * US_PER_HOUR])
    resume(snapshots_of(tmp_path / "second")[0], tmp_path / "third")

    assert files_of(tmp_path / "third") == files_of(whole)
