"""The same malls on a local Ray cluster: the same results as on processes, also when an actor dies."""

from __future__ import annotations

import os
import signal

import pytest

from sim.api import run_network
from sim.network.on_ray import OnRay
from tests.laws.test_networks_of_malls import corner_malls, network_of, told

ray = pytest.importorskip("ray", reason="the package ray is not installed")
pytestmark = [pytest.mark.compiled, pytest.mark.slow]


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two cores on this machine, as an existing one that runs join."""
    passed = {name: os.environ[name] for name in ("PYTHONPATH", "XDG_CACHE_HOME") if name in os.environ}
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": passed})
    yield
    ray.shutdown()


def test_a_network_on_ray_is_that_on_processes_whoever_dies(tmp_path, cluster, monkeypatch):
    config = corner_malls(3, days=2, travel_share=0.2)
    run_network(config, tmp_path / "processes", workers=2)
    config.network.engine = "ray"
    started, killed = [], []
    enter = OnRay.__enter__

    def noted(self):
        pool = enter(self)
        started[:] = ray.get([actor.process.remote() for actor in pool.actors])
        return pool

    monkeypatch.setattr(OnRay, "__enter__", noted)

    def kill_one(done, _total):
        if done == 5 and not killed:
            killed.append(started[0])
            os.kill(started[0], signal.SIGKILL)

    run_network(config, tmp_path / "ray", workers=2)
    run_network(config, tmp_path / "killed", count=kill_one, workers=2)

    assert killed
    kept = {name: text for name, text in told(tmp_path / "processes").items() if name != "manifest.json"}
    assert network_of(tmp_path / "processes")["common"]["guests"] > 20
    for other in ("ray", "killed"):
        assert {name: text for name, text in told(tmp_path / other).items() if name != "manifest.json"} == kept
