"""`galleria site`: where a new store should be, by all residents and by what members' addresses alone would say."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable
from typing import Any

from sim import config_files
from sim.cli_output import UsageError, say, say_json, say_table, shown

Act = Callable[[argparse.Namespace], int]
SHORT, MEMBERS_FILE = "members=", "layout.site.members_file"
_EXAMPLE = """\
examples:
  galleria site new_site
  galleria site new_site layout.site.distance_exponent=1.5 --json
  galleria site new_site members=members.csv

Columns are visits a day: to the new store, of them taken from the mall, and what remains; as all residents would make them, as
members say who stand for everybody, and as members say weighted by the census of each distance band and scaled to the visits that doors count.
Members are the town's own, or those of a CSV of x_km,y_km or distance_km,bearing_deg, with members and visits_per_year if known (members=FILE.csv,
which is layout.site.members_file)."""


def add_site(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `site`."""
    parser.epilog = _EXAMPLE
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario with layout.site.candidates")
    parser.add_argument("words", metavar="key=value", nargs="*", help="overrides; members=FILE.csv: where members live")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return _site


def _site(options: argparse.Namespace) -> int:
    from sim.api import choose_site

    words = [f"{MEMBERS_FILE}={json.dumps(word[len(SHORT) :])}" if word.startswith(SHORT) else word for word in options.words]
    config = config_files.compose(options.scenario, words)
    if not config.layout.site.candidates:
        raise UsageError("galleria site: there are no candidates; list layout.site.candidates: [{name: ..., distance_km: ...}]")
    found = choose_site(config)
    best = max(found, key=lambda each: each.net)
    picks = {
        "members": max(found, key=lambda each: each.members_net),
        "weighted": max(found, key=lambda each: each.weighted_net),
    }
    lost = {name: best.net - pick.net for name, pick in picks.items()}
    if options.json:
        rows: list[dict[str, Any]] = [
            {**dataclasses.asdict(each), "net": each.net, "members_net": each.members_net, "weighted_net": each.weighted_net}
            for each in found
        ]
        say_json(
            {"sites": rows, "best": best.name, "picked": {name: pick.name for name, pick in picks.items()}, "lost_visits": lost}
        )
        return 0
    head = ("site", "visits", "from mall", "more", "members: visits", "more", "weighted: visits", "more")
    say_table(
        [
            [each.name, *(shown(round(value, 1)) for value in (
                each.visits, each.cannibalised, each.net, each.members_visits, each.members_net, each.weighted_visits, each.weighted_net
            ))]
            for each in found
        ],
        head, right=True,
    )  # fmt: skip
    say(f"best for the mall's owner: {best.name}, {best.net:,.1f} visits a day more")
    for name, pick in picks.items():
        by = "members alone" if name == "members" else "members weighted by distance"
        say(
            f"by {by}: {pick.name}" + (f", which gives {lost[name]:,.1f} visits a day away" if lost[name] > 0 else ", the same")
        )
    return 0


COMMANDS = {"site": add_site}
