"""Sweeps on a Ray cluster of two nodes on this machine: the same tables as from local processes, also when a node is lost."""

from __future__ import annotations

import dataclasses
import sys

import pytest

from sim.errors import ConfigError
from sim.experiments import ray_engine
from sim.experiments.engines import Runner, engine_for
from sim.experiments.sweep import sweep
from sim.experiments.sweep_plan import plan_of

FAKE = '''
import time
from pathlib import Path
from types import SimpleNamespace
import sim

def run(config, folder):
    """Stand in for a mall; `question` is a folder for notes."""
    time.sleep(0.3)
    with open(Path(config.question) / str(config.seed), "a") as note:
        note.write(f"{sim.__file__}\\n")
    return SimpleNamespace(kpis={"sales_fen": config.seed * 100, "till_wait_s_mean": config.seed / 7})
'''
slow = pytest.mark.slow
pytestmark = pytest.mark.plain


@pytest.fixture
def code(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "fake_mall.py").write_text(FAKE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "code"))  # what the nodes have; the packages are sent to them
    return tmp_path / "code"


@pytest.fixture
def cluster(code):
    """An existing cluster of two nodes with a core each; the second can be lost."""
    pytest.importorskip("ray", reason="the package ray is not installed")
    from ray.cluster_utils import Cluster

    found = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    found.second = found.add_node(num_cpus=1)
    yield found
    found.shutdown()


def plan_in(tmp_path, name):
    notes = tmp_path / "notes"
    notes.mkdir(exist_ok=True)
    return plan_of("corner_day", [f"question='{notes}'", "seed=range(1,17)", f"name={name}"])


def tables_of(folder):
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.name in ("runs.parquet", "parts.parquet", "sweep.json")
    }


@slow
def test_a_sweep_whose_node_is_lost_has_the_bytes_of_a_local_one(tmp_path, cluster):
    plan = plan_in(tmp_path, "same")
    sweep(plan, tmp_path / "local", Runner("fake_mall:run", workers=2))
    local_notes = {path.name: path.read_text().splitlines() for path in (tmp_path / "notes").iterdir()}
    lost = []

    def lose_a_node(done, _total):
        if done == 4:
            cluster.remove_node(cluster.second, allow_graceful=False)
            lost.append(done)

    sweep(plan, tmp_path / "ray", Runner("fake_mall:run", engine="ray", address=cluster.address), lose_a_node)

    assert lost == [4]
    assert tables_of(tmp_path / "ray") == tables_of(tmp_path / "local")
    homes = {
        line for path in (tmp_path / "notes").iterdir() for line in path.read_text().splitlines()[len(local_notes[path.name]) :]
    }
    assert homes
    assert all("working_dir" in home for home in homes), homes  # the nodes ran what was sent to them


@slow
def test_two_nodes_share_the_runs_and_one_of_other_code_is_refused(tmp_path, cluster, monkeypatch):
    runner = Runner("fake_mall:run", engine="ray", address=cluster.address)
    jobs = {run.key: run.config for run in plan_in(tmp_path, "shared").runs}
    with engine_for(runner) as engine:
        answers = dict(engine.answers(jobs))
        assert len({host.node for host in engine.hosts()}) == 2
        monkeypatch.setattr(ray_engine, "basis_of", lambda _plans: "other code")
        other = ray_engine._OnRay(engine._cluster, dataclasses.replace(runner, workers=1))
        engine.close()
        with pytest.raises(ConfigError, match="other code or libraries"):
            list(other.answers(jobs))

    assert {key: answer[0]["sales_fen"] for key, answer in answers.items()} == {key: key[1] * 100 for key in jobs}


def test_without_ray_one_message_names_the_way_out(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)  # an import of it then fails

    with pytest.raises(ConfigError, match="pip install") as caught, engine_for(Runner("fake_mall:run", engine="ray")):
        pass

    assert len(caught.value.problems) == 1


def test_a_cluster_that_does_not_answer_is_named(monkeypatch):
    ray = pytest.importorskip("ray", reason="the package ray is not installed")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)

    def refuse(**_words):
        raise ConnectionError("nobody answers")

    monkeypatch.setattr(ray, "init", refuse)

    with (
        pytest.raises(ConfigError, match=r"nobody answers.*head:6379"),
        engine_for(Runner("x:y", engine="ray", address="head:6379")),
    ):
        pass
