"""The twin's address takes records from whoever has the token and shows them the twin; everybody else learns nothing."""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.error
import urllib.request

import pytest

pytest.importorskip("starlette", reason="the twin's page needs the extra studio: pip install -e .[studio]")
pytest.importorskip("uvicorn", reason="the twin's page needs the extra studio: pip install -e .[studio]")

from starlette.testclient import TestClient

import sim.cli_twin_session as session
from sim.cli import main
from sim.feeds.records import CADENCE_US, Rule
from sim.twin.book import Book
from sim.twin.inbox import Inbox
from sim.twin_page.app import Desk, build
from sim.twin_page.board import Board
from tests.twin_standin import StandIn, quarter_us

pytestmark = [pytest.mark.plain, pytest.mark.filterwarnings("ignore")]

PORT, TOKEN = 8000, "the token of a test"
RULES = {("level:L1", "people"): Rule(0, 500, CADENCE_US, False)}
LINES = {"content-type": "application/x-ndjson"}
OURS = {"authorization": f"Bearer {TOKEN}"}
ABOUT = {
    "version": "0", "scenario": "s", "question": "", "mall": "m", "date": "2026-11-21", "members": 5, "tries": [],
    "opens_us": quarter_us(10), "closes_us": quarter_us(22),
}  # fmt: skip


def line(minute: int, value: int = 3) -> str:
    return json.dumps({"time": f"12:{minute:02d}:00", "sensor": "level:L1", "kind": "people", "value": value}) + "\n"


@pytest.fixture
def inbox():
    return Inbox(RULES, quarter_us(12))


def client_of(inbox, headers=OURS):
    board = Board()
    book = Book(ABOUT)
    book.add(StandIn(None, members=5, tries=["meal_push"]).step(quarter_us(12, 15), []))
    board.put(book, book.status(Inbox(RULES).report()))
    return TestClient(
        build(PORT, TOKEN, Desk(board, inbox, "2026-11-21")), base_url=f"http://127.0.0.1:{PORT}", headers=headers
    )


def test_records_that_are_sent_are_answered_with_how_many_were_used_and_why_the_others_were_not(inbox):
    answer = client_of(inbox).post("/feed", content=line(1) + "{\n" + line(2) + line(2) + line(3, -4), headers=LINES)

    found = answer.json()
    assert answer.status_code == 200
    assert (found["used"], found["set_aside"]) == (2, 3)
    assert found["reasons"] == {"malformed": 1, "duplicate": 1, "absurd value": 1}
    assert [each["why"] for each in found["last"]] == ["malformed", "duplicate", "absurd value"]
    assert inbox.report()["used"] == 2


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer the token of a tes", "Basic the token of a test"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/feed"), ("GET", "/status.json"), ("GET", "/parts.json"), ("GET", "/feed")]
)
def test_without_the_token_nothing_is_taken_and_nothing_is_shown(inbox, given, method, path):
    headers = {**LINES, **({"authorization": given} if given else {})}
    content = line(1) if method == "POST" else None
    answer = client_of(inbox, headers={}).request(method, path, content=content, headers=headers)

    assert answer.status_code == 401
    assert "galleria twin" in answer.text
    assert inbox.report()["used"] == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.test"}, 421),
        ({"host": f"evil.test:{PORT}"}, 421),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_another_host_or_origin_is_refused_even_with_the_token(inbox, headers, status):
    client = client_of(inbox)

    answers = [client.get(path, headers=headers) for path in ("/", "/status.json", "/assets/twin.js")]
    answers.append(client.post("/feed", content=line(1), headers={**LINES, **headers}))

    assert {answer.status_code for answer in answers} == {status}
    assert inbox.report()["used"] == 0


def test_too_much_at_once_or_of_another_kind_is_refused_whole(inbox):
    client = client_of(inbox)

    assert client.post("/feed", content=b" " * 2_000_001, headers=LINES).status_code == 413
    assert client.post("/feed", content=(b" " * 10_000 for _ in range(300)), headers=LINES).status_code == 413
    assert client.post("/feed", content=line(1), headers={"content-type": "text/plain"}).status_code == 415
    assert (
        client.post("/feed", content=line(1), headers={"content-type": "application/x-www-form-urlencoded"}).status_code == 415
    )
    assert client.put("/feed", content=line(1), headers=LINES).status_code == 405
    assert inbox.report()["used"] == 0


def test_while_records_of_earlier_today_are_played_live_ones_are_told_to_come_again():
    inbox = Inbox(RULES, quarter_us(12), has_past=True)
    client = client_of(inbox)
    first = client.post("/feed", content=line(1), headers=LINES)
    inbox.go_live()

    assert (first.status_code, first.headers["retry-after"]) == (503, "10")
    assert client.post("/feed", content=line(1), headers=LINES).json()["used"] == 1


def test_lines_of_any_bytes_are_set_aside_and_stop_nothing(inbox):
    client = client_of(inbox)
    answer = client.post("/feed", content=b"\xff\xfe\x00\n" + b"[" * 50_000 + b"\n" + line(1).encode(), headers=LINES)

    assert (answer.status_code, answer.json()["used"]) == (200, 1)
    assert client.post("/feed", content=line(2), headers=LINES).json()["used"] == 1


def test_after_the_day_nothing_more_is_taken_and_a_twin_fed_by_a_file_takes_nothing(inbox):
    inbox.end()

    assert client_of(inbox).post("/feed", content=line(1), headers=LINES).status_code == 410
    assert client_of(None).post("/feed", content=line(1), headers=LINES).status_code == 409


def test_the_status_is_the_file_s_and_parts_are_sent_once(inbox):
    client = client_of(inbox)
    status, parts = client.get("/status.json").json(), client.get("/parts.json").json()

    assert (status["now"], status["scenario"]) == ("12:15", "s")
    assert {"now", "forecast", "alarms", "tried", "aside"} <= set(parts["sections"])
    assert client.get(f"/parts.json?have={parts['version']}").status_code == 204
    assert client.get("/parts.json?have=99999999999999999999").status_code == 200
    assert client.get("/parts.json?have=-1").status_code == 200


def test_no_answer_runs_a_script_that_is_not_the_page_s_own(inbox):
    client = client_of(inbox)
    answers = [
        client.get(path) for path in ("/", "/status.json", "/assets/twin.js", "/assets/twin.css", "/nowhere", "/assets/app.py")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 404, 404]
    assert all("default-src 'none'; script-src 'self'" in answer.headers["content-security-policy"] for answer in answers)


def test_a_day_sent_over_http_gives_the_twin_every_record_and_its_files_hold_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(session, "Twin", StandIn)
    monkeypatch.setattr(session, "_wait_at_page", lambda: None)
    words = ["twin", "corner_day", "feed=http", "members=5", "until=11:00", "--out", str(tmp_path / "twin")]
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(main(words)))
    thread.start()
    said, deadline = "", time.monotonic() + 60
    while "The twin's page" not in said and time.monotonic() < deadline:
        said += capsys.readouterr().err
        time.sleep(0.05)
    address, token = re.findall(r"(http://127\.0\.0\.1:\d+)/#(\S+)", said)[0]

    def send(minute: int) -> dict:
        hour, rest = divmod(minute, 60)
        row = {"time": f"{hour:02d}:{rest:02d}:00", "sensor": "level:L1", "kind": "people", "value": minute % 50}
        request = urllib.request.Request(
            f"{address}/feed", json.dumps(row).encode(), {**LINES, "Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    answers = [send(minute) for minute in range(600, 670, 5)]
    thread.join(60)

    assert codes == [0]
    # The first lies far ahead of a clock that begins at midnight, and waits until a second one agrees.
    assert [answer["used"] for answer in answers] == [0, 2, *[1] * 12]
    assert [len(records) for _, records in StandIn.latest.steps] == [4, 3, 3, 3]
    assert len((tmp_path / "twin" / "feed.jsonl").read_text("utf-8").splitlines()) == 14
    assert token not in "".join(path.read_text("utf-8", "replace") for path in (tmp_path / "twin").iterdir())
    with pytest.raises(urllib.error.URLError):
        send(700)
