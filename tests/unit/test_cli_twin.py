"""`galleria twin` through a day: from a file, from standard input; damaged feeds, mistakes, Ctrl-C; with a stand-in for the malls."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest

import sim.cli_twin_session as session
from sim.cli import main
from sim.feeds.intake import Why
from sim.reporting.files import sha256_of
from sim.reporting.recorder import read_columns
from tests.twin_standin import HOSTILE, StandIn, quarter_us

pytestmark = pytest.mark.plain


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(session, "Twin", StandIn)
    monkeypatch.setattr(StandIn, "interrupted_at_us", None)


def line(hour: int, minute: int, level: str, value: int, **more) -> str:
    facts = {"time": f"{hour:02d}:{minute:02d}:00", "sensor": f"level:{level}", "kind": "people", "value": value, **more}
    return json.dumps(facts) + "\n"


def day_lines(until: int = 14) -> list[str]:
    """Counts of both levels every five minutes from opening on, a wave over the day and a rush at three."""
    ticks = [(hour, minute) for hour in range(10, until) for minute in range(0, 60, 5)]
    wave = [round(20 + 18 * math.sin((60 * hour + minute) / 90)) + 60 * (hour == 15) for hour, minute in ticks]
    return [line(*tick, level, count) for tick, count in zip(ticks, wave, strict=True) for level in ("L1", "L2")]


def ran(tmp_path, *words, feed="day.jsonl", lines=None, name="out"):
    if lines is not None:
        (tmp_path / feed).write_text("".join(lines), encoding="utf-8")
    folder = tmp_path / name
    source = feed if feed in ("-", "http") else tmp_path / feed
    return main(["twin", "corner_day", f"feed={source}", "members=5", *words, "--out", str(folder)]), folder


def status_of(folder):
    return json.loads((folder / "status.json").read_text("utf-8"))


def test_a_day_from_a_file_ends_in_tables_a_page_and_a_manifest_that_fit_together(tmp_path, capsys):
    code, folder = ran(tmp_path, "tries=[meal_push]", lines=day_lines(22))

    said = capsys.readouterr().out.splitlines()
    manifest, status = (json.loads((folder / name).read_text("utf-8")) for name in ("manifest.json", "status.json"))
    forecasts = read_columns(folder / "forecasts.parquet")
    assert code == 0
    assert [text[:5] for text in said[:3]] == ["10:15", "10:30", "10:45"]
    assert "288 records used; nothing set aside." in said
    assert {name: sha256_of(folder / name) for name in manifest["files"]} == manifest["files"]
    assert manifest["feed_sha256"] == sha256_of(tmp_path / "day.jsonl")
    assert manifest["quarters"] == status["quarters"] == 47
    assert sorted(set(forecasts["made_us"].tolist())) == [quarter_us(10) + 900_000_000 * n for n in range(1, 48)]
    assert {name for name in forecasts if name.startswith("member_")} == {f"member_0{n}" for n in range(1, 6)}
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    scored = ~(forecasts["measured"] != forecasts["measured"])
    rows = list(csv.DictReader((folder / "scores.csv").read_text("utf-8").splitlines()))
    assert sum(int(row["forecasts"]) for row in rows) == int(scored.sum()) > 300
    assert (forecasts["for_us"][scored] <= status["now_us"]).all()
    alarms = list(csv.DictReader((folder / "alarms.csv").read_text("utf-8").splitlines()))
    assert len(alarms) == status["alarms_count"] > 0
    for row in alarms:
        last = (
            (forecasts["ahead_min"] == 15)
            & (forecasts["for_us"] == int(row["until_us"]))
            & (forecasts["where"] == row["where"])
        )
        low, high, found = (
            float(forecasts[name][last & (forecasts["what"] == row["what"])][0]) for name in ("low", "high", "measured")
        )
        assert found > high if row["side"] == "above" else found < low


def test_the_day_is_over_where_it_was_told_to_be_however_long_the_feed(tmp_path, capsys):
    code, folder = ran(tmp_path, "until=11:30", lines=day_lines())

    assert code == 0
    assert (status_of(folder)["now"], status_of(folder)["ended"]) == ("11:30", "it was to go on until 11:30")
    assert status_of(folder)["set_aside"]["used"] == 2 * 19 + 1  # what came after the end by one record closed it


def test_a_damaged_feed_runs_on_to_the_end_and_every_record_is_accounted_for(tmp_path, capsys):
    lines = day_lines()
    lines[7:7] = [
        "{not json\n",
        '{"sensor":"level:L1"}\n',
        line(10, 15, "L1", -5),
        line(10, 16, "L9", 5),
        line(10, 15, "L2", 10**9),
    ]
    lines[40:40] = [lines[39], line(10, 0, "L2", 3), line(21, 0, "L1", 5, came_us=quarter_us(11, 30))]
    code, folder = ran(tmp_path, lines=lines)

    aside = [json.loads(text) for text in (folder / "aside.jsonl").read_text("utf-8").splitlines()]
    found = status_of(folder)["set_aside"]
    assert code == 0
    assert status_of(folder)["quarters"] == 15
    assert found["used"] + found["refused"] == len(lines)
    assert len(aside) == found["refused"] == 8
    assert {Why.MALFORMED, Why.ABSURD, Why.UNKNOWN, Why.DUPLICATE, Why.LATE, Why.FUTURE} == {Why(one["why"]) for one in aside}
    assert "8 set aside" in (folder / "twin.html").read_text("utf-8")
    assert "records used; 2 malformed, 1 unknown sensor" in capsys.readouterr().out


def test_standard_input_gives_the_twin_what_the_file_gives_it_and_is_kept_as_a_feed_that_does_so_again(tmp_path, monkeypatch):
    _, of_file = ran(tmp_path, lines=day_lines(13), name="file")
    first = StandIn.latest.steps
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(day_lines(13))))
    code, of_stream = ran(tmp_path, feed="-", name="stream")
    second = StandIn.latest.steps
    ran(tmp_path, feed="stream/feed.jsonl", name="again")

    assert code == 0
    assert first == second == StandIn.latest.steps
    assert len(first) == 11
    for name in ("forecasts.parquet", "scores.csv", "alarms.csv"):
        assert (of_file / name).read_bytes() == (of_stream / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_ctrl_c_ends_it_with_all_that_there_is_and_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(StandIn, "interrupted_at_us", quarter_us(11))
    code, folder = ran(tmp_path, lines=day_lines())

    assert code == 130
    assert StandIn.latest.is_closed
    assert status_of(folder)["ended"] == "stopped"
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["quarters"] == 3
    assert "Stopped" in (folder / "twin.html").read_text("utf-8")
    assert "What there is, is kept" in capsys.readouterr().err


def test_a_feed_of_another_day_is_one_message_and_the_reasons_are_kept(tmp_path, capsys):
    code, folder = ran(tmp_path, lines=[line(12, 0, "L1", 3, date="2031-05-05"), line(12, 5, "L1", 3, date="2031-05-06")])

    assert code == 2
    assert "must hold records of the mall corner_mall on 2026-11-21" in capsys.readouterr().err
    assert len((folder / "aside.jsonl").read_text("utf-8").splitlines()) == 2


def test_a_stopped_twin_goes_on_where_its_records_are_played_first(tmp_path, monkeypatch):
    lines = day_lines(13)
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(lines)))
    _, whole = ran(tmp_path, feed="-", name="whole")
    steps = StandIn.latest.steps
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(lines[:31])))
    ran(tmp_path, feed="-", name="morning")
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(lines[31:])))
    code, again = ran(tmp_path, f"past={tmp_path / 'morning' / 'feed.jsonl'}", feed="-", name="again")

    assert code == 0
    assert StandIn.latest.steps == steps
    for name in ("forecasts.parquet", "feed.jsonl"):
        assert (again / name).read_bytes() == (whole / name).read_bytes()


def test_a_feed_within_the_folder_that_is_written_anew_is_not_lost(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(day_lines(11))))
    _, folder = ran(tmp_path, feed="-")
    kept = (folder / "feed.jsonl").read_bytes()

    assert ran(tmp_path, "--overwrite", feed="out/feed.jsonl")[0] == 2
    assert ran(tmp_path, "--overwrite", f"past={folder / 'feed.jsonl'}", feed="-")[0] == 2
    assert capsys.readouterr().err.count("which is written anew") == 2
    assert (folder / "feed.jsonl").read_bytes() == kept


def test_a_wrong_column_is_one_message_without_traceback_and_leaves_no_folder(tmp_path, capsys):
    (tmp_path / "day.csv").write_text("time,sensor,kind,count\n12:00:00,level:L1,people,3\n")
    code, folder = ran(tmp_path, feed="day.csv")

    said = capsys.readouterr().err
    assert code == 2
    assert "column value" in said
    assert "Traceback" not in said
    assert not folder.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["members=3"], "members: must be a whole number from 4 to 200"),
        (["until=25:00"], "until: must be a time of day"),
        (["until=09:00"], "must be within the mall's hours, 10:00 to 22:00"),
        (["tries=[free_lunch]"], "free_lunch"),
        (["wait_min=-1", "--pace", "0"], "--pace: must be above 0"),
        (["--clock", "wall"], "is for live records"),
        (["members=x", "until=noon"], "2 problems"),
        (["tires=[meal_push]"], "tires"),
        (["past=morning.jsonl"], "is for live records"),
        (["past="], "must be a file"),
    ],
)
def test_what_is_typed_wrongly_is_told_before_anything_is_made(tmp_path, capsys, words, said):
    code, folder = ran(tmp_path, *words, lines=day_lines(11))

    assert code == 2
    assert said in capsys.readouterr().err
    assert not folder.exists()


def test_no_feed_is_a_mistake_that_names_the_three_kinds(capsys):
    assert main(["twin", "corner_day"]) == 2
    assert "must be a file, - (standard input) or http" in capsys.readouterr().err


def test_an_earlier_twin_is_not_overwritten_unless_asked(tmp_path, capsys):
    ran(tmp_path, "until=10:30", lines=day_lines(11))

    assert ran(tmp_path, "until=10:30")[0] == 2
    assert "add --overwrite" in capsys.readouterr().err
    assert ran(tmp_path, "until=10:45", "--overwrite")[0] == 0


def test_lines_for_machines_are_json_and_the_last_one_says_where_the_files_are(tmp_path, capsys):
    _, folder = ran(tmp_path, "until=11:00", "--json", lines=day_lines(12))

    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [each["kind"] for each in lines] == [*["quarter"] * 4, "done"]
    assert lines[-1]["folder"] == str(folder)


def test_a_pace_makes_the_feed_come_as_slowly_as_asked_and_changes_no_number(tmp_path):
    _, at_once = ran(tmp_path, lines=day_lines(12), name="at_once")
    _, paced = ran(tmp_path, "--pace", "36000", name="paced")

    assert (at_once / "forecasts.parquet").read_bytes() == (paced / "forecasts.parquet").read_bytes()


def test_a_name_of_the_feed_or_the_plan_cannot_be_more_than_text_in_the_page(tmp_path):
    lines = [*day_lines(11), line(11, 0, HOSTILE, 3), line(11, 0, "L1", 3), line(11, 1, "L1", 3)]
    _, folder = ran(tmp_path, lines=lines)

    text = (folder / "twin.html").read_text("utf-8")
    assert HOSTILE not in text
    assert "&lt;/script&gt;&lt;img" in text
    assert "<script" not in text
    assert "default-src 'none'" in text
