"""`galleria replay`: make the page on which a finished run can be watched, or two of them side by side."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim import config_files
from sim.cli_output import UsageError, note, say, say_json
from sim.errors import GalleriaError, Problem

Act = Callable[[argparse.Namespace], int]

_EXAMPLE = """\
examples:
  galleria run corner_day recording=replay --out outputs/corner
  galleria replay outputs/corner
  galleria replay outputs/corner outputs/corner_with_coupons --out outputs/both.html

A run can be watched when it has kept its trajectories: recording=replay (which also makes the page at once) or recording.events=edges.
Two runs play side by side under one clock, and whoever is followed in one is followed in the other."""


def add_replay(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `replay`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("folders", metavar="DIR", type=Path, nargs="+", help="the folder of a finished run, or of two")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the page (default replay.html in the first folder)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _replay


COMMANDS = {"replay": add_replay}


def _replay(options: argparse.Namespace) -> int:
    folders: list[Path] = options.folders
    if len(folders) > 2:
        raise UsageError(f"galleria replay: shows one run or two side by side (found {len(folders)} folders)")
    for folder in folders:
        if not (folder / "manifest.json").is_file():
            state = "is no folder of a run" if not folder.is_dir() else "holds no finished run (no manifest.json)"
            raise UsageError(f"{folder}: {state}; name one that `galleria run` printed")
    out: Path = options.out or folders[0] / ("replay.html" if len(folders) == 1 else "replay_of_two.html")
    if out.is_dir() or out.suffix not in (".html", ".htm"):
        raise UsageError(f"{out}: the page is one file; name it with --out, for instance --out {out}/replay.html")
    plans = [_plan_of(folder) for folder in folders]
    if len(plans) == 2 and plans[0].level_ids != plans[1].level_ids:
        problem = Problem("floorplan", plans[1].name, f"must have the floors of {plans[0].name}", "choose two runs of one mall")
        raise GalleriaError.of(folders[1], [problem])
    note("Reading where everybody was ...")
    from sim.reporting.replay.make import make

    runs = make(folders, plans, out)
    _add_to_manifest(folders, out)
    size_mb = out.stat().st_size / 1e6
    if options.json:
        facts = [
            {"name": run.name, "visits": run.visits, "movements": run.segments, "keypoints": run.keypoints} for run in runs
        ]
        say_json({"replay": out, "size_mb": round(size_mb, 2), "runs": facts})
        return 0
    for run in runs:
        say(f"{run.name}: {run.visits:,} visits, {run.segments:,} movements as {run.keypoints:,} points")
    say(f"Replay: {out} ({size_mb:,.1f} MB)")
    return 0


def _plan_of(folder: Path) -> Any:
    """Return the plan that a run was on; raises GalleriaError where it is not the same any more."""
    from sim.floorplan.cache import compiled_for
    from sim.reporting.manifest import read_finished

    facts = read_finished(folder, "manifest.json")
    compiled = compiled_for(config_files.compose(str(folder / "config.yaml"), []))
    if compiled.digest != facts.get("floorplan_sha256"):
        problem = Problem(
            "floorplan", compiled.name, "must be drawn as it was when the run was made", "run it again with recording=replay"
        )
        raise GalleriaError.of(folder, [problem])
    return compiled


def _add_to_manifest(folders: list[Path], out: Path) -> None:
    """Let the manifest of a run name the page that lies in its folder."""
    from sim.reporting.manifest import read_finished, write_manifest

    for folder in folders:
        if folder.resolve() == out.resolve().parent:
            facts = read_finished(folder, "manifest.json")
            facts.pop("files")
            write_manifest(folder, facts)
