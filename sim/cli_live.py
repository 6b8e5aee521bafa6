"""`galleria live`: watch a day in the browser while it is simulated, on this machine alone."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from sim import config_files
from sim.cli_output import UsageError, note
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import announce_compiling, output_folder
from sim.config import RunConfig
from sim.schema.network import is_network

Act = Callable[[argparse.Namespace], int]

_EXAMPLE = """\
examples:
  galleria live corner_day
  galleria live everyday population.visits_per_day=5000 --every 120
  galleria live escalator_outage --out outputs/watched --port 8766 --no-browser

The day goes on while you look: play, pause, step. It is the day that `galleria run` makes, bit for bit. Without --out nothing of it is kept.
Ctrl-C ends it. Needs the extra live: pip install 'galleria[live]'."""


def add_live(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `live`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("scenario", metavar="SCENARIO", help="a name from `galleria list scenarios`, or a path to a .yaml")
    parser.add_argument("overrides", metavar="key=value", nargs="*", help="differences, in Hydra's grammar")
    parser.add_argument(
        "--every", type=float, default=60.0, metavar="S", help="seconds of the mall's time between two looks (60)"
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port of the page (default: a free one)")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the run's files there")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier run in --out")
    add_plugin_option(parser)
    return _live


COMMANDS = {"live": add_live}


def _live(options: argparse.Namespace) -> int:
    from sim.live.server import free_port, refuse_without_solara, stay_on_this_machine

    refuse_without_solara()
    stay_on_this_machine()
    use_plugins(options.plugin)
    kept = [] if options.out else ["recording.report=false"]
    config = config_files.compose(options.scenario, [*options.overrides, *kept])
    refuse_unknown_policies(config)
    _refuse(config, options)
    port = free_port(options.port)
    announce_compiling()
    if options.out is not None:
        _watch(config, options, output_folder(options.out, options.overwrite), port)
        return 0
    with tempfile.TemporaryDirectory(prefix="galleria-live-") as folder:
        _watch(config, options, Path(folder), port)
    return 0


def _refuse(config: RunConfig, options: argparse.Namespace) -> None:
    if config.days > 1 or is_network(config.malls, config.network):
        raise UsageError("galleria live: one day of one mall can be watched; set days=1, and leave malls and network out")
    if not 1 <= options.every <= 86_400:
        raise UsageError(f"galleria live: --every must be 1 to 86400 seconds (found {options.every:g})")
    if not 0 <= options.port <= 65_535:
        raise UsageError(f"galleria live: --port must be 0 to 65535 (found {options.port})")


def _watch(config: RunConfig, options: argparse.Namespace, folder: Path, port: int) -> None:
    from sim.live import page
    from sim.live.day import LiveDay
    from sim.live.server import serve

    day = LiveDay(config, folder, options.every)
    page.show(day)
    try:
        serve(port, not options.no_browser, lambda address: note(f"{config.name} is at {address} (Ctrl-C ends it)"))
    finally:
        day.close()
