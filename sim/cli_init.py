"""`galleria init`: a folder of one's own, with a scenario, a plan and a tenants' table to start from."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

from sim import paths
from sim.cli_output import UsageError, say

Act = Callable[[argparse.Namespace], int]

_SCENARIO = """\
# @package _global_
question: What would one hundred more visits mean for the corner mall?
expects: Longer lines at the tills; sales grow a little less than visits.
floorplan: my_mall
population:
  visits_per_day: 300
  day_total_cv: 0.0
"""

_GUIDE = """\
# A folder for Galleria

Work from inside this folder; what lies here is found before what Galleria brings.

    galleria run my_first                       one run, with a report in outputs/
    galleria run my_first --dry-run             what would be run, how long, how much disk
    galleria compare everyday arms=[none,escalator_outage] replications=5
    galleria list scenarios
    galleria list parameters
    galleria explain population.car_share

- `scenarios/my_first.yaml`: a scenario is a question and its differences from the defaults. Copy it.
- `floorplans/my_mall/`: a plan to edit, in GeoJSON (local metres) with `tenants.csv`. `galleria floorplan check my_mall` names what is wrong with it,
  `galleria floorplan draw my_mall` draws it, `galleria floorplan import SOURCE DEST` reads a plan from elsewhere.
- `tenants_template.csv`: the columns a plan's `tenants.csv` can have.
- `outputs/`: one folder a run, by date and time.
"""


def add_init(parser: argparse.ArgumentParser) -> Act:
    """Declare the arguments of `init`."""
    parser.epilog = "example:\n  galleria init my_study && cd my_study && galleria run my_first"
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder to make")
    return _init


COMMANDS = {"init": add_init}


def _init(options: argparse.Namespace) -> int:
    from sim.floorplan.tenants_csv import tenants_template

    folder: Path = options.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: exists and is not empty; name a new folder")
    plan = paths.find_floorplan("corner_mall")
    for name in ("scenarios", "floorplans", "outputs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copytree(plan, folder / "floorplans" / "my_mall")
    (folder / "scenarios" / "my_first.yaml").write_text(_SCENARIO, encoding="utf-8")
    (folder / "tenants_template.csv").write_text(tenants_template(), encoding="utf-8")
    (folder / "README.md").write_text(_GUIDE, encoding="utf-8")
    say(f"{folder}: a scenario, a plan and a table of tenants to start from; README.md says how.")
    say(f"Start with: cd {folder} && galleria run my_first")
    return 0
