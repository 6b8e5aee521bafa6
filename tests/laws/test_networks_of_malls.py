"""Laws of many malls: alone as together, the same by any number of workers, whoever dies; points and money that go nowhere."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import signal

import pytest

from sim.api import run, run_network
from sim.config import RunConfig
from sim.network.malls import malls_of
from sim.network.totals import mall_folder
from sim.reporting.ledger_check import check_ledger

pytestmark = [pytest.mark.compiled, pytest.mark.slow]
UNMEASURED = ("wall_s", "engine_s", "shoppers_per_s", "malls_wall_s", "git_commit", "files")


def corner_malls(malls=3, days=1, visits=300.0, **network):
    config = RunConfig(seed=5, malls=malls, days=days, floorplan="corner_mall", date="2026-11-20")
    config.population.visits_per_day = visits
    config.population.day_total_cv = 0.0
    config.digital.member_share = 0.7
    config.recording.report = False
    for name, value in network.items():
        setattr(config.network, name, value)
    return config


def told(folder):
    """Return all that a network or a mall says, without what a clock has measured."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        if path.name == "manifest.json":
            found[str(path.relative_to(folder))] = {
                name: value for name, value in json.loads(path.read_text()).items() if name not in UNMEASURED
            }
        elif path.name not in ("config.yaml", "basis.json"):
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def network_of(folder):
    return json.loads((folder / "network.json").read_text())


@pytest.mark.parametrize("days", [1, 2])
def test_malls_without_common_members_are_each_as_alone(tmp_path, days):
    config = corner_malls(2, days=days, travel_share=0.0)

    run_network(config, tmp_path / "both", workers=2)

    for mall in malls_of(config):
        run(mall.config, tmp_path / f"alone_{mall.number}")
        assert told(tmp_path / f"alone_{mall.number}") == told(mall_folder(tmp_path / "both", mall.number))
    config.network.only = 1
    run(config, tmp_path / "only")
    assert told(tmp_path / "only") == told(mall_folder(tmp_path / "both", 1))


def test_an_exchange_in_which_nobody_travels_changes_no_event(tmp_path):
    apart, idle = corner_malls(2, days=2, travel_share=0.0), corner_malls(2, days=2, travel_share=1e-12)

    run_network(apart, tmp_path / "apart", workers=1)
    run_network(idle, tmp_path / "idle", workers=1)

    for number in (0, 1):
        for name in ("kpis.json", "visits.parquet", "days.csv"):
            one, other = (mall_folder(tmp_path / side, number) / name for side in ("apart", "idle"))
            assert one.read_bytes() == other.read_bytes()


def test_results_depend_neither_on_workers_nor_on_one_that_is_killed(tmp_path):
    config = corner_malls(3, days=2, travel_share=0.2)
    killed = []

    def kill_one(done, _total):
        if done == 5 and not killed:
            victim = multiprocessing.active_children()[0]
            killed.append(victim.pid)
            os.kill(victim.pid, signal.SIGKILL)

    for workers in (1, 2, 4):
        run_network(config, tmp_path / f"by_{workers}", workers=workers)
    run_network(config, tmp_path / "killed", count=kill_one, workers=2)

    assert killed
    first = told(tmp_path / "by_1")
    assert network_of(tmp_path / "by_1")["common"]["guests"] > 20
    for other in ("by_2", "by_4", "killed"):
        assert told(tmp_path / other) == first


def test_a_network_that_was_stopped_goes_on_to_the_same_result(tmp_path):
    config = corner_malls(2, days=2, travel_share=0.2)

    def stop(done, _total):
        if done == 5:
            raise KeyboardInterrupt

    run_network(config, tmp_path / "whole", workers=1)
    with pytest.raises(KeyboardInterrupt):
        run_network(config, tmp_path / "stopped", count=stop, workers=1)
    counted = []
    run_network(config, tmp_path / "stopped", count=lambda done, _total: counted.append(done), workers=1)

    assert max(counted[:3]) >= 4  # what was there was not done again
    assert told(tmp_path / "stopped") == told(tmp_path / "whole")


def test_points_and_money_between_malls_add_up_to_nothing(tmp_path):
    """Ledgers differ by what is on its way; a message takes two days on average, so that accounts are missed at home."""
    config = corner_malls(3, days=4, travel_share=0.3, latency_s_mean=2 * 86_400.0)

    run_network(config, tmp_path, workers=2)

    found = network_of(tmp_path)
    clearing, common = found["clearing"], found["common"]
    assert clearing["late_messages"] > 0
    assert clearing["points_elsewhere_centi"] == clearing["in_transit_centi"]
    assert clearing["imbalance_fen"] == 0
    assert common["guests"] == common["away_visits"]
    assert common["guests_earned_centi"] > 0
    assert clearing["moved_fen"] <= clearing["gross_fen"]


def test_the_ledger_of_every_mall_stands_the_check_though_points_end_while_they_are_elsewhere(tmp_path):
    """What was earned in November ends at new year, some of it on its way home."""
    config = corner_malls(2, days=35, visits=60.0, travel_share=0.5, latency_s_mean=86_400.0)
    config = dataclasses.replace(config, date="2026-11-28")
    config.points.expiry, config.points.expiry_months, config.recording.events = "months", 1, "visits"

    run_network(config, tmp_path, workers=2)

    for mall in malls_of(config):
        assert check_ledger(mall_folder(tmp_path, mall.number)).differs == []
