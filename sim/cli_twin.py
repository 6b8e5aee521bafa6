"""`galleria twin`: malls kept in step with a feed; forecasts, alarms and forks every quarter of an hour, and a page that shows them."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
from collections.abc import Callable
from pathlib import Path

from sim import config_files
from sim.cli_output import UsageError
from sim.cli_policies import add_plugin_option, refuse_unknown_policies, use_plugins
from sim.cli_run import UNFINISHED, announce_compiling, output_folder
from sim.cli_twin_words import Asked, asked_of, refuse_closed
from sim.twin.sources import checked_file, past_of

Act = Callable[[argparse.Namespace], int]
NEEDED = ("starlette", "uvicorn")

_EXAMPLE = """\
examples:
  galleria run twin_surprise seed=7 --out outputs/truth
  galleria observe outputs/truth --as-feed --out outputs/day.jsonl
  galleria twin twin_identical feed=outputs/day.jsonl --out outputs/twin
  galleria twin twin_identical feed=outputs/day.jsonl tries=[meal_push] until=15:00 --pace 60 --page
  tail -f records.jsonl | galleria twin my_mall feed=-
  galleria twin my_mall feed=http --clock wall
  galleria twin my_mall feed=http past=outputs/morning/feed.jsonl

SCENARIO is what the malls of the ensemble believe an ordinary day to be. feed=FILE (.parquet, .csv, .jsonl) is played in order of arrival;
feed=- reads lines of JSON; feed=http takes them at an address of this machine, with a token (docs/reference/feeds.md). A twin that was
stopped goes on where past=FILE, the feed.jsonl that it kept, is played first. The clock is that of
the newest record, which no single record can move far, or with --clock wall this machine's. A quarter of an hour is closed by the first
record that comes after it and wait_min; what comes later than that moves nothing any more. Ctrl-C ends it and keeps what there is."""


def add_twin(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `twin`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("scenario", metavar="SCENARIO", help="a name from `galleria list scenarios`, or a path to a .yaml")
    parser.add_argument(
        "words", metavar="key=value", nargs="*",
        help="feed=FILE|-|http, past=FILE, members=N (24), tries=[POLICY,...], until=HH:MM, wait_min=MIN (0), and differences in Hydra's grammar",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the twin's files (default outputs/<date>/<time>)")
    parser.add_argument("--overwrite", action="store_true", help="replace earlier files of a twin in --out")
    parser.add_argument(
        "--page", action="store_true", help="serve the status page to this machine until Ctrl-C (always with feed=http)"
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port of page and feed (default: any that is free)")
    parser.add_argument(
        "--pace", type=float, metavar="X", help="play a file X times as fast as it came (default: as fast as it goes)"
    )
    parser.add_argument("--clock", choices=("feed", "wall"), default="feed", help="of live records: what tells the time (feed)")
    parser.add_argument(
        "--free", action="store_true", help="do not correct the malls by the feed: what the feed is worth, by contrast"
    )
    add_plugin_option(parser)
    parser.add_argument(
        "--json", action="store_true", help="print a line of JSON for each quarter of an hour, and one at the end"
    )
    return _twin


COMMANDS = {"twin": add_twin}


def _twin(options: argparse.Namespace) -> int:
    asked = asked_of(options)
    use_plugins(options.plugin)
    config = config_files.compose(options.scenario, list(asked.overrides))
    refuse_closed(asked, config)
    refuse_unknown_policies(config, dataclasses.replace(config, policies=list(asked.tries)))
    _refuse_without_server(options, asked)
    pairs = None if asked.file is None else checked_file(asked.file, config.date)
    past = None if asked.past is None else past_of(asked.past, config.date)
    announce_compiling()
    from sim.cli_twin_session import Session  # the engine and all that a run needs

    folder = output_folder(options.out, options.overwrite)
    (folder / UNFINISHED).write_text(f"{config.name}\n", encoding="utf-8")
    try:
        return Session(options, asked, config, folder).live(pairs, past)
    finally:
        if [path.name for path in folder.iterdir()] == [UNFINISHED]:
            (folder / UNFINISHED).unlink()
            folder.rmdir()


def _refuse_without_server(options: argparse.Namespace, asked: Asked) -> None:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing and (options.page or asked.feed == "http"):
        raise UsageError(f"galleria twin: page and feed=http need {' and '.join(missing)}: pip install 'galleria[studio]'")
