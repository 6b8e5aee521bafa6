"""Files appear whole, JSON holds no NaN, and no cell of a CSV is a formula."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.reporting.files import appearing_whole, csv_cell, csv_text, json_text, write_atomically


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "kpis.json"
    write_atomically(path, "old")

    def fail():
        with appearing_whole(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_json_holds_null_where_numbers_are_not_finite():
    text = json_text(
        {"a": float("nan"), "b": np.float64("inf"), "c": np.int64(3), "d": np.array([1.0, np.nan]), "e": (True, None)}
    )

    assert json.loads(text) == {"a": None, "b": None, "c": 3, "d": [1.0, None], "e": [True, None]}


def test_json_keeps_the_order_it_is_given():
    assert json_text({"b": 1, "a": 2}, indent=None) == '{"b": 1, "a": 2}\n'


@given(st.text())
def test_a_cell_never_begins_a_formula_and_gives_its_text_back(text):
    cell = csv_cell(text)

    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r") or cell == ""
    assert csv_text(cell) == text
