"""`galleria observe`: a finished run as the feed that a real mall would send, whole or spoilt; and what a feed holds."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

from sim.cli_output import UsageError, note, say, say_json, say_table
from sim.config import RunConfig
from sim.errors import GalleriaError, Problem
from sim.feeds.from_run import Feed, damage_of, feed_of_run, spoilt
from sim.feeds.intake import Intake, in_batches
from sim.feeds.reading import read_feed
from sim.feeds.records import CADENCE_US, rules_of
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_MIN

Act = Callable[[argparse.Namespace], int]
ASIDE_SHOWN = 10

_EXAMPLE = """\
examples:
  galleria observe outputs/demo --as-feed --out outputs/day.jsonl
  galleria observe outputs/demo --as-feed --damage dropped=0.05,duplicated=0.02,absurd=0.01,late=0.1 --out outputs/bad.csv
  galleria observe outputs/demo --check outputs/bad.csv

--as-feed writes what the sensors of a finished run would have sent (.parquet, .csv or .jsonl; lines of JSON to standard output without
--out). --check reads a feed as a twin of that run's mall would, in order of arrival, and says what it would set aside and why."""


def add_observe(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `observe`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("folder", metavar="RUN", type=Path, help="the folder of a finished run that kept its events")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--as-feed", action="store_true", help="turn the run into a feed")
    what.add_argument("--check", type=Path, metavar="FEED", help="read a feed and say what is wrong with it")
    parser.add_argument(
        "--damage", default="", metavar="KIND=SHARE,...", help="dropped, duplicated, absurd, late (shares), late_min (10)"
    )
    parser.add_argument("--late-min", type=float, default=15.0, metavar="MIN", help="how old a record may be on coming (15)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the feed goes (default: standard output)")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    return _observe


COMMANDS = {"observe": add_observe}


def _observe(options: argparse.Namespace) -> int:
    config, compiled = mall_of(options.folder)
    return _check(options, config, compiled) if options.check else _write(options, config, compiled)


def mall_of(folder: Path) -> tuple[RunConfig, CompiledPlan]:
    """Return the configuration and the plan of a finished run; raises GalleriaError where the plan is no longer the same."""
    from sim.config_files import compose
    from sim.floorplan.cache import compiled_for
    from sim.reporting.manifest import read_finished

    manifest = read_finished(folder, "manifest.json")
    config = compose(str(folder / "config.yaml"))
    compiled = compiled_for(config)
    if compiled.digest != manifest.get("floorplan_sha256"):
        rule = f"the floor plan {config.floorplan} must be the one that the run was made in"
        raise GalleriaError.of(folder, [Problem("floorplan_sha256", compiled.digest, rule, "make the run again")])
    return config, compiled


def _write(options: argparse.Namespace, config: RunConfig, compiled: CompiledPlan) -> int:
    damage = damage_of(options.damage)
    feed = spoilt(feed_of_run(options.folder, compiled), damage, config.seed)
    if options.out is None:
        for line in feed_lines(feed):
            sys.stdout.write(line)
        return 0
    write_feed(options.out, feed)
    if options.json:
        say_json({"feed": options.out, "records": int(feed.time_us.size)})
    else:
        say(f"{feed.time_us.size:,} records of {len(set(feed.sensor.tolist())):,} sensors: {options.out}")
    return 0


def write_feed(path: Path, feed: Feed) -> None:
    """Write a feed in the form that the ending of its name says."""
    from sim.reporting.files import write_atomically
    from sim.reporting.recorder import write_columns

    columns = feed._asdict()
    if path.suffix == ".parquet":
        write_columns(path, columns)
    elif path.suffix in (".jsonl", ".ndjson"):
        write_atomically(path, "".join(feed_lines(feed)))
    elif path.suffix == ".csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
        write_atomically(path, text.getvalue())
    else:
        raise UsageError(f"galleria observe: --out must end in .parquet, .csv or .jsonl (found {path.name!r})")


def feed_lines(feed: Feed) -> list[str]:
    """Return a feed as lines of JSON."""
    names = feed._fields
    return [
        json.dumps(dict(zip(names, row, strict=True)), separators=(",", ":")) + "\n"
        for row in zip(*(column.tolist() for column in feed), strict=True)
    ]


def _check(options: argparse.Namespace, config: RunConfig, compiled: CompiledPlan) -> int:
    if not 0 <= options.late_min <= 24 * 60:
        raise UsageError(f"galleria observe: --late-min must be from 0 to 1440 minutes (found {options.late_min:g})")
    intake = Intake(rules_of(compiled), late_us=round(options.late_min * US_PER_MIN))
    for now_us, records in in_batches(read_feed(options.check, config.date), CADENCE_US):
        intake.take(records, now_us)
    if options.json:
        say_json({"feed": options.check, **intake.report()})
        return 0
    say(intake.in_words())
    if intake.aside:
        note(f"the last {min(ASIDE_SHOWN, len(intake.aside))} of those set aside:")
        say_table(
            [(one.why.value, one.text, one.detail) for one in list(intake.aside)[-ASIDE_SHOWN:]], ("why", "record", "detail")
        )
    return 0
