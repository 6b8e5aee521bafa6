"""The pages written from the code say what the code says now; `make references` writes them anew."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.plain


def references() -> ModuleType:
    """Return docs/references.py, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("galleria_references", ROOT / "docs" / "references.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WRITTEN = references()


@pytest.mark.parametrize("name", sorted(WRITTEN.PAGES))
def test_a_reference_says_what_the_code_says(name):
    kept = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")

    # Versions of Python break the usage lines of a command differently.
    assert kept.split() == WRITTEN.PAGES[name]().split(), "write it anew: make references"


def test_every_parameter_of_a_run_is_in_the_reference():
    from sim.config import RunConfig, parameters_of

    text = (ROOT / "docs" / "reference" / "parameters.md").read_text(encoding="utf-8")
    keys = [each.key for each in parameters_of(RunConfig()) if not each.key.startswith("categories.")]

    assert len(keys) > 500
    assert [key for key in keys if f"| `{key}` |" not in text] == []


def test_a_bar_or_a_star_in_a_meaning_stays_within_its_cell():
    assert WRITTEN.cell("a | b *c* <d>\n e_f") == "a \\| b \\*c\\* &lt;d> e\\_f"
