"""Makes replay.html of a finished run, or of two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.plan_arrays import CompiledPlan
from sim.reporting.files import write_atomically
from sim.reporting.replay.encode import Encoded, encode
from sim.reporting.replay.page import page

REPLAY = "replay.html"


def make(folders: Sequence[Path], plans: Sequence[CompiledPlan], out: Path) -> list[Encoded]:
    """Write the page of one run or of two to the file `out`; return what it carries. Raises GalleriaError without trajectories."""
    runs = [encode(folder, plan) for folder, plan in zip(folders, plans, strict=True)]
    whens = dict.fromkeys(run.date for run in runs)
    write_atomically(out, page(runs, plans[0].level_names, plans[0].name.replace("_", " ").title(), ", ".join(whens)))
    return runs
