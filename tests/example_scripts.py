"""Runs the scripts of a page as its reader would: each in a process of its own, in one empty folder, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_S = 600


def run_in_turn(scripts: Iterable[str], folder: Path) -> None:
    """Run Python scripts, given as their texts; AssertionError with the end of what it said for one that fails."""
    for number, text in enumerate(scripts):
        path = folder / f"script_{number}.py"
        path.write_text(text, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, str(path)], cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST_S
        )
        assert done.returncode == 0, done.stderr[-2000:]
