"""The tutorial for Mesa users runs from its first cell to its last, as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="the notebook needs the extra dev: pip install -e .[dev]")
nbclient = pytest.importorskip("nbclient", reason="the notebook needs the extra dev: pip install -e .[dev]")
pytest.importorskip("ipykernel", reason="the notebook needs the extra dev: pip install -e .[dev]")

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "tutorial" / "mesa.ipynb"


@pytest.mark.slow
@pytest.mark.compiled
def test_the_tutorial_runs_from_its_first_cell_to_its_last(tmp_path, monkeypatch):
    paths = [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in paths if path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.plain
def test_the_tutorial_is_kept_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    assert [cell for cell in notebook.cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)] == []
