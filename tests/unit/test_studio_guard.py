"""Whoever is not the planner's own page gets nothing: other hosts, other origins, no token, large bodies, paths out of the folder."""

from __future__ import annotations

import json

import pytest

from sim.studio.jobs import Job
from sim.studio.results import result_file
from tests.studio_sessions import OURS, PORT, session

pytest.importorskip("starlette", reason="the planner's page needs the extra studio: pip install -e .[studio]")
pytestmark = [pytest.mark.plain, pytest.mark.filterwarnings("ignore")]

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")
PATHS = ("/", "/assets/studio.css", "/api/start", "/api/run", "/results/1/report.html", "/nowhere", "//evil.test/x")
OTHER_HOSTS = (
    "evil.test", "evil.test:8000", "127.0.0.1.evil.test", f"127.0.0.1.evil.test:{PORT}", "127.0.0.1", "127.0.0.1:8001", f"0.0.0.0:{PORT}",
    f"[::1]:{PORT}", f"127.0.0.1:{PORT}@evil.test", "",
)  # fmt: skip
OUT = (
    "/..%2f..%2fetc/passwd", "/%2e%2e/", "//etc/passwd", "/file?path=/etc/passwd", "/..\\..\\etc\\passwd", "/assets/..%2f..%2fapp.py",
    "/assets/../app.py", "/assets/%2e%2e%2fapp.py", "/assets/..\\app.py", "/assets//etc/passwd", "/assets/index.html%00.js",
)  # fmt: skip


@pytest.fixture(scope="module")
def client():
    with session() as (client, _):
        yield client


@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_another_host_is_refused_for_every_method_and_path_before_routing(client, host):
    answers = {client.request(method, path, headers={"host": host}).status_code for method in METHODS for path in PATHS}

    assert answers == {421}


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}"])
def test_our_own_names_are_answered(client, host):
    assert client.get("/api/jobs", headers={"host": host}).json() == []


@pytest.mark.parametrize("origin", ["http://evil", "null", f"https://127.0.0.1:{PORT}", "http://127.0.0.1", f"http://127.0.0.1:{PORT}.evil.test"])  # fmt: skip
def test_another_origin_is_refused_for_every_method_and_path(client, origin):
    answers = [client.request(method, path, headers={"origin": origin}) for method in METHODS for path in PATHS]

    assert {answer.status_code for answer in answers} == {403}


def test_no_answer_lets_another_origin_read_it(client):
    answers = [
        client.request(method, path, headers={"origin": f"http://127.0.0.1:{PORT}"}) for method in METHODS for path in PATHS
    ]

    assert not [name for answer in answers for name in answer.headers if name.startswith("access-control-")]
    assert {answer.headers["x-content-type-options"] for answer in answers} == {"nosniff"}
    assert {answer.headers["referrer-policy"] for answer in answers} == {"no-referrer"}
    assert all("default-src 'none'" in answer.headers["content-security-policy"] for answer in answers)


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer a token of a tes", "bearer a token of a test", "Basic a token of a test", "Bearer a token of a test "])  # fmt: skip
def test_a_call_without_the_token_learns_nothing_not_even_what_there_is(client, given):
    paths = ("/api/start", "/api/jobs", "/api/jobs/1/stream", "/api/nothing", "/api")
    headers = {"authorization": given} if given else {}
    with session(headers={}) as (stranger, _):
        answers = {stranger.request(method, path, headers=headers).status_code for method in ("GET", "POST") for path in paths}

    assert answers == {401}


def test_methods_that_nobody_needs_are_refused(client):
    assert {client.request(method, path).status_code for method in METHODS[3:] for path in PATHS} == {405}


@pytest.mark.parametrize("path", OUT)
def test_no_path_leads_out_of_the_page_s_own_files(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "import" not in answer.text


def test_what_is_sent_must_be_small_json(client):
    assert client.post("/api/check", content=b"{}", headers={"content-type": "text/plain"}).status_code == 415
    assert (
        client.post("/api/check", content=b"{}", headers={"content-type": "application/x-www-form-urlencoded"}).status_code
        == 415
    )
    assert client.post("/api/check", content=b"x" * 2_000_001, headers={"content-type": "application/json"}).status_code == 413
    assert client.post("/api/check", content=b"{" * 100_000, headers={"content-type": "application/json"}).status_code == 400
    assert client.post("/api/check", content=b"[]", headers={"content-type": "application/json"}).status_code == 400


def test_a_body_that_lies_about_its_length_is_cut_off(client):
    def parts():
        for _ in range(300):
            yield b" " * 10_000

    answer = client.post("/api/check", content=parts(), headers={"content-type": "application/json"})

    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["..", "...", "%2e%2e%2fconf", "A", "x" * 200, "corner_day.yaml", "corner day", "-x"])
def test_names_that_are_no_names_are_refused_before_they_become_paths(client, name):
    assert client.get(f"/api/scenario/{name}").status_code in (400, 404)
    assert client.get(f"/api/plan/{name}").status_code in (400, 404)


@pytest.fixture
def finished(tmp_path):
    """A finished job with a page, and what must not be served beside it."""
    folder = tmp_path / "run"
    (folder / "figures").mkdir(parents=True)
    (folder / "report.html").write_text("<p>report</p>")
    (folder / "figures" / "hours.svg").write_text("<svg/>")
    (folder / "unlisted.html").write_text("not of the run")
    (folder / "events.parquet").write_text("large")
    (tmp_path / "secret.html").write_text("secret")
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    (folder / "linked").symlink_to(tmp_path)
    names = (
        "report.html",
        "figures/hours.svg",
        "events.parquet",
        "link.html",
        "linked/secret.html",
        "../secret.html",
        "figures",
    )
    (folder / "manifest.json").write_text(json.dumps({"files": dict.fromkeys(names, "")}))
    return Job(1, "run", [], folder, state="done")


def test_results_are_the_pages_that_the_manifest_lists(finished):
    shown = [name for name in ("report.html", "figures/hours.svg", "manifest.json") if result_file(finished, name)]

    assert shown == ["report.html", "figures/hours.svg", "manifest.json"]


@pytest.mark.parametrize(
    "name",
    ["unlisted.html", "events.parquet", "link.html", "linked/secret.html", "../secret.html", "figures", "figures/../report.html",
     "./report.html", "/etc/passwd", "report.html\0", "..\\secret.html", "", "figures//hours.svg"],
)  # fmt: skip
def test_nothing_else_is_served_whatever_a_manifest_says(finished, name):
    assert result_file(finished, name) is None


def test_an_unfinished_job_has_no_results(finished):
    finished.state = "running"

    assert result_file(finished, "report.html") is None


def test_results_open_by_a_cookie_of_their_own_and_read_nothing_of_the_page(finished):
    with session() as (client, studio):
        studio.jobs.jobs[1] = finished
        closed = client.get("/results/1/report.html", headers=OURS).status_code
        cookie = client.post("/api/jobs/1/open").headers["set-cookie"]
        answer = client.get("/results/1/report.html")
        missing = [client.get(f"/results/{path}").status_code for path in ("1/..%2fsecret.html", "1/%2e%2e/secret.html", "2/report.html", "x/y", "9" * 5000 + "/report.html")]  # fmt: skip

    assert closed == 403
    assert "HttpOnly" in cookie
    assert "Path=/results" in cookie
    assert cookie.startswith(f"galleria_results_{PORT}=")  # sessions on two ports share a jar, and must not shut each other out
    assert "a token of a test" not in cookie
    assert answer.text == "<p>report</p>"
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts")
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
    assert missing == [404] * 5
