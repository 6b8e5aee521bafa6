"""Files that somebody sent: read as plain data, refused with file, line and way out, never run."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config_yaml import dotted, read_plain

pytestmark = pytest.mark.plain


def read(folder: Path, content: str | bytes):
    path = folder / "sent.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_plain(path)


def test_plain_values_come_back_with_the_line_of_each_key(tmp_path):
    found = read(tmp_path, "question: why?\noperations:\n  outages:\n    - {asset: lift, lasts_s: 5}\n")

    assert not found.problems
    assert found.values == {"question": "why?", "operations": {"outages": [{"asset": "lift", "lasts_s": 5}]}}
    assert found.lines["operations", "outages", 0, "asset"] == 4


@pytest.mark.parametrize(
    ("text", "value"),
    [("10:00", 600), ("09:30", "09:30"), ('"10:00"', "10:00"), ("24:00", 1440), ("2026-11-21", "2026-11-21"), ("1e5", 1e5)],
)
def test_hours_dates_and_powers_are_read_as_omegaconf_reads_them(tmp_path, text, value):
    assert read(tmp_path, f"key: {text}\n").values == {"key": value}


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a: 1\nx: {_target_: os.system, _args_: [ls]}\n", 2, "never name code"),
        ("a: [1, {b: {_target_: posix.system}}]\n", 1, "never name code"),
        ("a:\n  b: ${oc.env:HOME}\n", 2, "resolvers are refused"),
        ("a: ${oc.decode:x}\n", 1, "resolvers are refused"),
        ("a: 'x ${eval:1+1}'\n", 1, "resolvers are refused"),
        ("a: ???\n", 1, "resolvers are refused"),
        ("a: 1\nhydra: {job: {name: x}}\n", 2, "composing machinery"),
        ("hydra/job_logging: x\n", 1, "composing machinery"),
        ("defaults:\n  - override hydra/launcher: x\n", 2, "composing machinery"),
        ("a: !!python/object/apply:os.system ['ls']\n", 1, "tags are refused"),
        ("a: !x 1\n", 1, "tags are refused"),
        ("a: &x [1]\nb: [*x, *x]\n", 1, "aliases are refused"),
        ("a: &x\n  - *x\n", 1, "aliases are refused"),
        ("<<: {a: 1}\n", 1, "must be a word"),
        ("a: 1\nb: 2\na: 3\n", 3, "stands twice"),
        ("p:\n  a: 1\n  a: 3\n", 3, "stands twice"),
        ("a: 1\n---\nb: 2\n", 2, "one document"),
        ("- a\n- b\n", 1, "key: value"),
        ("a:\n\tb: 1\n", 2, "not valid YAML"),
        ("a: {b: 1\n", 2, "not valid YAML"),
        ("", 1, "is empty"),
        ("  \n\n", 1, "is empty"),
        (b"\x00\x01\x02PK", 1, "control characters"),
        ("a: 1".encode("utf-16"), 1, "UTF-8"),
        (b"ok: 1\nb: \xff\xfe\n", 2, "UTF-8"),
        ("x" * 1_000_001, 1, "at most"),
    ],
)
def test_what_is_not_plain_data_is_refused_at_its_line(tmp_path, content, line, words):
    found = read(tmp_path, content)

    assert found.problems
    assert any(words in problem.rule for problem in found.problems), found.problems
    assert found.problems[0].place.startswith(f"{tmp_path / 'sent.yaml'}:{line}")
    assert all(problem.way_out for problem in found.problems)


@pytest.mark.parametrize(
    "content",
    [
        "a: " + "[" * 5000 + "]" * 5000,
        "a: &a [x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [" + f"*{chr(97 + n)}," * 9 + "]\n" for n in range(9)),
        "a: [" + "1," * 450_000 + "]",
        "{" * 900_000,
        "a: " + "9" * 900_000,
    ],
)
def test_a_bomb_is_refused_or_read_within_two_seconds(tmp_path, content):
    started_s = time.perf_counter()

    read(tmp_path, content)

    assert time.perf_counter() - started_s < 2


def test_a_folder_a_missing_file_and_a_device_are_refused(tmp_path):
    (tmp_path / "folder.yaml").mkdir()

    for path in (tmp_path / "folder.yaml", tmp_path / "missing.yaml", Path("/dev/zero")):
        assert len(read_plain(path).problems) == 1


def test_a_mark_of_byte_order_and_line_ends_of_another_system_change_nothing(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: two\r\n").values == {"a": 1, "b": "two"}


@given(st.binary(max_size=300))
def test_no_bytes_whatever_raise(tmp_path_factory, content):
    found = read(tmp_path_factory.getbasetemp(), content)

    assert found.problems or isinstance(found.values, dict)


def test_a_place_names_the_nearest_line_that_is_known(tmp_path):
    found = read(tmp_path, "a:\n  b: 1\n")

    assert found.place(("a", "b", "c")).endswith("sent.yaml:2: a.b.c")
    assert dotted(("operations", "outages", 0, "asset")) == "operations.outages[0].asset"
