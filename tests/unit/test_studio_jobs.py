"""The server as it is started: a real socket, runs as child processes one after another, and nothing left behind when it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sim.studio.jobs import command_line, environment

httpx = pytest.importorskip("httpx", reason="needs the extra dev: pip install -e .[dev]")
pytest.importorskip("uvicorn", reason="the planner's page needs the extra studio: pip install -e .[studio]")
pytestmark = pytest.mark.compiled
LONG = {"base": "corner_day", "overrides": {"days": 3000, "recording.events": "none"}}
QUICK = {"population.visits_per_day": 80, "recording.report": False}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of its own in a folder of its own: process, address, token, folder."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "sim.py").write_text("raise SystemExit('a file of the folder was run instead of Galleria')")
    words = [*command_line(), "studio", "--json", "--no-browser", "--folder", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
    assert process.stdout is not None
    address = urlsplit(json.loads(process.stdout.readline())["address"])
    yield process, f"http://{address.netloc}", address.fragment, folder
    if process.poll() is None:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server[1], headers={"Authorization": f"Bearer {server[2]}"}, timeout=120) as client:
        yield client


def stream(client, job):
    with client.stream("GET", f"/api/jobs/{job}/stream") as answer:
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        yield from map(json.loads, answer.iter_lines())


def spoken(server, text):
    """Return the first line of the answer to bytes that no client would send."""
    where = urlsplit(server[1])
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(text.replace("\n", "\r\n").encode())
        return connection.recv(200).split(b"\r\n")[0].decode()


def test_only_this_machine_is_listened_to(server):
    where = urlsplit(server[1])

    assert where.hostname == "127.0.0.1"
    addresses = {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), where.port, socket.AF_INET)}
    for address in addresses - {"127.0.0.1"}:
        if not address.startswith("127."):
            with pytest.raises(OSError, match=r"refused|timed out|unreachable"):
                socket.create_connection((address, where.port), timeout=2)


def test_no_host_two_hosts_and_foreign_hosts_are_refused_on_the_wire(server):
    port = urlsplit(server[1]).port

    assert spoken(server, "GET / HTTP/1.0\n\n").split()[1] == "421"
    assert spoken(server, "GET / HTTP/1.1\n\n").split()[1] == "400"
    assert spoken(server, "POST /api/run HTTP/1.1\nHost: evil.test\nContent-Length: 0\n\n").split()[1] == "421"
    assert spoken(server, f"GET / HTTP/1.1\nHost: 127.0.0.1:{port}\nHost: evil.test\n\n").split()[1] in ("400", "421")
    assert spoken(server, f"GET http://evil.test/api/start HTTP/1.1\nHost: 127.0.0.1:{port}\n\n").split()[1] in ("401", "404")
    assert spoken(server, f"GET /../../etc/passwd HTTP/1.1\nHost: 127.0.0.1:{port}\n\n").split()[1] == "404"


def test_a_run_tells_itself_and_leaves_its_results(server, client):
    draft = {"base": "corner_day", "overrides": QUICK}
    job = client.post("/api/run", json={"draft": draft}).json()["job"]

    lines = list(stream(client, job))
    client.post(f"/api/jobs/{job}/open")
    folder = server[3] / lines[-1]["folder"]

    assert {line["kind"] for line in lines} == {"progress", "frame", "done"}
    assert lines[-1]["kpis"]["footfall_visits"] > 30
    assert (folder / "manifest.json").is_file()
    assert folder.is_relative_to(server[3] / "outputs")
    assert client.get(f"/results/{job}/kpis.json").json() == lines[-1]["kpis"]
    assert client.get(f"/results/{job}/events.parquet").status_code == 404
    assert client.get("/api/jobs").json()[0] == {
        "job": job, "kind": "run", "state": "done", "folder": lines[-1]["folder"], "started": client.get("/api/jobs").json()[0]["started"],
        "command": f"galleria run outputs/drafts/corner_day_1.yaml --out {lines[-1]['folder']}",
    }  # fmt: skip


def test_jobs_wait_for_their_turn_and_stop_when_told(server, client):
    first, second = (client.post("/api/run", json={"draft": LONG}).json()["job"] for _ in range(2))
    for line in stream(client, first):
        if line["kind"] == "progress" and line["text"] != "starting":
            break
    states = {job["job"]: job["state"] for job in client.get("/api/jobs").json()}
    client.post(f"/api/jobs/{second}/stop")
    began_s = time.monotonic()
    client.post(f"/api/jobs/{first}/stop")
    ends = [list(stream(client, job))[-1] for job in (first, second)]

    assert (states[first], states[second]) == ("running", "waiting")
    assert time.monotonic() - began_s < 20
    assert {job["state"] for job in client.get("/api/jobs").json() if job["job"] in (first, second)} == {"stopped"}
    assert [end["kind"] for end in ends] == ["failed", "failed"]
    assert all(end["message"].count("Stopped") <= 1 for end in ends), ends
    assert client.post(f"/api/jobs/{first}/open").status_code == 400


def test_ctrl_c_ends_the_server_and_its_run(server, client):
    process, *_, folder = server
    job = client.post("/api/run", json={"draft": LONG}).json()["job"]
    follower = stream(client, job)
    next(follower)
    while not (running := children_of(process.pid)):
        time.sleep(0.05)

    process.send_signal(signal.SIGINT)
    last = list(follower)[-1]
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert last["kind"] == "failed"  # told to whoever was looking on
    assert "ERROR" not in said
    assert "Stopped: galleria run" in said
    assert "Results: outputs/" in said
    assert "Traceback" not in said
    assert [each for each in running if is_alive(each)] == []
    assert not list((folder / "outputs").rglob("*.part"))


def children_of(number):
    found = Path(f"/proc/{number}/task/{number}/children")
    if not found.is_file():
        pytest.skip("children of a process are listed on Linux only")
    return [int(word) for word in found.read_text().split()]


def is_alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("words", "said"), [(["--port", "70000"], "--port"), (["--folder", "/nowhere/at/all"], "is no folder")]
)
def test_a_mistake_is_told_in_one_line(words, said):
    found = subprocess.run([*command_line(), "studio", "--no-browser", *words], capture_output=True, text=True, env=environment(), timeout=60)  # fmt: skip

    assert found.returncode == 2
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_a_port_that_is_taken_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = subprocess.run([*command_line(), "studio", "--no-browser", "--port", port], capture_output=True, text=True, env=environment(), timeout=60)  # fmt: skip

    assert found.returncode == 2
    assert f"(found {port})" in found.stderr


def test_no_shell_stands_between_a_draft_and_its_run():
    source = Path(sys.modules["sim.studio.jobs"].__file__).read_text(encoding="utf-8")

    assert "create_subprocess_exec" in source
    assert "create_subprocess_shell" not in source
