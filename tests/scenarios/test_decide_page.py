"""The commands on the page for planners run as they stand, and go on where the page says that they do."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from sim import cli

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "decide-with-a-comparison.md"


def commands():
    blocks = re.findall(r"```\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines() if line.startswith("galleria ")]


@pytest.mark.slow
@pytest.mark.compiled
def test_every_command_on_the_page_runs_and_the_second_comparison_goes_on_from_the_first(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    kept = {}

    for words in commands():
        assert cli.main(words) == 0, words
        for path in sorted(tmp_path.glob("outputs/slow_tills/runs/*/0000[1-3].json")):
            kept.setdefault(path, path.stat().st_mtime_ns)

    assert len(kept) == 6
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    found = json.loads((tmp_path / "outputs" / "slow_tills" / "comparison.json").read_text(encoding="utf-8"))
    waits = next(row for row in found["kpis"] if row["name"] == "till_wait_s_mean")
    assert found["replications"] == 5
    assert waits["difference_mean"] > 0
    assert "verdict" in capsys.readouterr().out
