"""`galleria resume`: go on with a run that was saved, or fork it: the same day with other policies from that instant on."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.cli_output import UsageError, say, say_json
from sim.cli_policies import add_plugin_option, use_plugins
from sim.cli_run import announce_compiling, output_folder, say_result, watched
from sim.cli_saving import add_save_option, instants_us
from sim.config import RunConfig

Act = Callable[[argparse.Namespace], int]

_EXAMPLE = """\
examples:
  galleria run everyday --save-at 13:00 --out outputs/day
  galleria resume outputs/day/snapshots/130000
  galleria resume outputs/day/snapshots/130000 policies=[meal_push] --out outputs/with_meals
  galleria resume outputs/year                        (a run of several days that was stopped)

Without key=value the run ends as if it had never stopped. A fork can change policies=[...] and the numbers of policies that review
(policy.NAME.KEY); see docs/how-to/save-and-fork-a-run.md."""


def add_resume(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `resume`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("snapshot", metavar="SNAPSHOT", type=Path, help="folder of a snapshot, or of a run of several days")
    parser.add_argument("overrides", metavar="key=value", nargs="*", help="what is otherwise from here on: a fork")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the run (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier run in --out")
    add_save_option(parser)
    add_plugin_option(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return resume


def resume(options: argparse.Namespace) -> int:
    """Go on with a run."""
    use_plugins(options.plugin)
    from sim.saved.days import is_checkpointed

    if is_checkpointed(options.snapshot):
        return _resume_days(options)
    from sim.saved.snapshot import read_snapshot

    found = read_snapshot(options.snapshot, ("day",))
    announce_compiling()
    from sim import resuming

    save_at = instants_us(options.save_at)
    if options.out is not None and options.out.resolve() in options.snapshot.resolve().parents:
        raise UsageError(f"--out {options.out}: holds the snapshot itself, which would be deleted; name another folder")
    folder = output_folder(options.out, options.overwrite)
    command = shlex.join(["galleria", "resume", str(options.snapshot), *options.overrides])
    result = watched(
        found.config, folder,
        lambda show, _: resuming.resumed(found, folder, options.overrides, progress=show, command=command, save_at=save_at),
    )  # fmt: skip
    return _say(options, found.config, result, f"went on from {found.own['at']}" + (" as a fork" if options.overrides else ""))


def _resume_days(options: argparse.Namespace) -> int:
    refused = [
        name
        for name, value in (("--out", options.out), ("--save-at", options.save_at), ("key=value", options.overrides))
        if value
    ]
    if refused:
        raise UsageError(
            f"galleria resume: a run of several days goes on in its own folder, as it was begun: leave out {refused[0]}"
        )
    from sim.saved.days import read_checkpoint

    found = read_checkpoint(options.snapshot)
    announce_compiling()
    from sim import resuming

    result = watched(found.config, options.snapshot, lambda show, _: resuming.resume_days(options.snapshot, progress=show))
    return _say(options, found.config, result, f"went on after {found.own['days']} of {found.config.days} days")


def _say(options: argparse.Namespace, config: RunConfig, result: Any, how: str) -> int:
    if options.json:
        say_json({"folder": result.folder, "report": result.report, "kpis": result.kpis, "manifest": result.manifest})
        return 0
    say(f"{config.name}: {how}")
    say_result(result)
    return 0


COMMANDS = {"resume": add_resume}
