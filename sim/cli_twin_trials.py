"""`galleria twin-trials`: what a live twin of a scenario is worth, on synthetic days that surprise it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from sim import config_files
from sim.cli_output import UsageError, note, say_json, say_table
from sim.cli_run import announce_compiling
from sim.progress import Progress

Act = Callable[[argparse.Namespace], int]

_EXAMPLE = """\
examples:
  galleria twin-trials everyday floorplan=quarter_mall population.visits_per_day=8000 --days 30 --out outputs/trials.jsonl
  galleria twin-trials everyday floorplan=quarter_mall population.visits_per_day=8000 --days 30 --out outputs/spoilt.jsonl \\
      --damage dropped=0.05,duplicated=0.02,absurd=0.01,late=0.1,late_min=10

Each day has 1.3 to 2 times the visitors that SCENARIO expects for some hours. Forecasts of an hour, by malls that are kept in step and by
the same malls left alone, are scored by CRPS (0 is perfect). A line for each finished day is added to --out; the same command goes on there."""


def add_twin_trials(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `twin-trials`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("scenario", metavar="SCENARIO", help="a name from `galleria list scenarios`, or a path to a .yaml")
    parser.add_argument("overrides", metavar="key=value", nargs="*", help="differences, in Hydra's grammar")
    parser.add_argument("--days", type=int, default=30, metavar="N", help="how many days (30)")
    parser.add_argument("--members", type=int, default=24, metavar="N", help="malls of the ensemble (24)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="how many live at a time (2)")
    parser.add_argument("--damage", default="", metavar="KIND=SHARE,...", help="spoil the feed as `galleria observe` does")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSON lines, one for each finished day")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _twin_trials


COMMANDS = {"twin-trials": add_twin_trials}


def _twin_trials(options: argparse.Namespace) -> int:
    least = {"--days": (options.days, 1), "--members": (options.members, 4), "--workers": (options.workers, 1)}
    wrong = [f"{name} must be at least {low} (found {value})" for name, (value, low) in least.items() if value < low]
    if wrong:
        raise UsageError("galleria twin-trials: " + "; ".join(wrong))
    config = config_files.compose(options.scenario, options.overrides)
    announce_compiling()
    from sim.feeds.from_run import damage_of
    from sim.twin.trials import trials

    damage = damage_of(options.damage) if options.damage else None
    progress = Progress("twin-trials")
    try:
        found = trials(
            config, options.days, options.out, members=options.members, damage=damage, workers=options.workers,
            count=lambda done, of: progress.count(done, of, "days"),
        )  # fmt: skip
    finally:
        progress.close()
    if options.json:
        say_json(found)
        return 0
    rows = [
        (
            what, row["forecasts"], f"{row['crps']:,.2f}", f"{row['crps_alone']:,.2f}",
            f"{1 - row['crps'] / row['crps_alone']:.0%}" if row["crps_alone"] else "", f"{row['covered']:.0%}", f"{row['covered_alone']:.0%}",
        )
        for what, row in found["scores"].items()
    ]  # fmt: skip
    say_table(rows, ("60 minutes ahead", "forecasts", "CRPS", "left alone", "better by", "in 90 %", "left alone"))
    note(
        f"{found['days']} days: {found['gain']:.0%} better (mean of the rows); {found['covered']:.0%} lay in the 90 % intervals"
    )
    return 0
