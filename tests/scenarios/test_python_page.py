"""What the page on Python says is run as it stands: names with overrides, configurations, frames, tables, figures, loading, a mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("pandas", reason="frames need the extra frames: pip install -e .[frames]")
pytest.importorskip("polars", reason="the page shows frames of Polars too: pip install polars")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "python.md"


@pytest.mark.slow
@pytest.mark.compiled
def test_every_example_on_the_page_runs_and_holds(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    names: dict[str, object] = {}

    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), names)

    assert len(blocks) >= 9
    assert (tmp_path / "hours.png").stat().st_size > 5_000
    assert (tmp_path / "forest.png").stat().st_size > 5_000
    assert "<table>" in names["result"]._repr_html_()
    assert "3 replications against" in names["found"]._repr_html_()
