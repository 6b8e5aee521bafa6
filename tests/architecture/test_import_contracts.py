"""Dependencies point one way, and every library has one home: the contracts of pyproject.toml, run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.plain


def test_no_import_breaks_a_contract():
    program = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_package_loads_no_library():
    program = "import sys; before = set(sys.modules); import sim, agents; print(sorted({n.split('.')[0] for n in set(sys.modules) - before}))"

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    loaded = eval(done.stdout)
    assert not {"numba", "numpy", "mesa", "simpy", "shapely", "hydra", "matplotlib", "pyarrow"} & set(loaded)
