"""A small day in which everything is going on at once, and what of it is going on at an instant; used by the tests of saving."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from sim.config import RunConfig
from sim.config_files import compose
from sim.crowd.state import Doing
from sim.ledger.records import Count, State
from sim.world import World

ROOT = Path(__file__).resolve().parents[1]
RICH = (
    "population.visits_per_day=300", "recording.report=false", "recording.events=edges", "engine.log_rows=16384",
    "policies=[meal_push,film_chain]", "policy.design.kind=none", "clearing.mode=realtime", "clearing.gateway.when_down=pending",
    "clearing.gateway.down_from='11:00'", "clearing.gateway.down_min=600",
)  # fmt: skip


def rich_day(*more: str) -> RunConfig:
    return compose("meal_push", [*RICH, *more])


def going_on(world: World) -> set[str]:
    """Return which of the things that are hard to save are going on in a mall."""
    mall, book = world.crowd.mall, world.crowd.ledger.book
    doing = mall.shoppers["doing"]
    inside = doing != Doing.NOTHING
    found = {
        "on an escalator or a lift": (doing == Doing.RIDING).any(),
        "a show running": (doing == Doing.WATCHING).any(),
        "a meal": (doing == Doing.EATING).any(),
        "a car looking for a bay": (doing == Doing.DRIVING).any(),
        "a coupon in a wallet": (mall.coupons["promo"][inside] >= 0).any(),
        "a message that nobody has read": (mall.letters["channel"][inside] >= 0).any(),
        "a pending transfer": (book.pendings["state"][: book.book_counts[Count.PENDINGS]] == State.PENDING).any(),
    }
    return {what for what, is_so in found.items() if is_so}


def resumed_elsewhere(pairs: list[tuple[Path, Path]], overrides: tuple[str, ...] = ()) -> None:
    """Resume each snapshot into its folder, all in one new process with another hash seed, time zone and place."""
    program = (
        "import json, sys; from pathlib import Path; from sim.resuming import resume\n"
        "for snapshot, out in json.loads(sys.argv[1]): resume(Path(snapshot), Path(out), json.loads(sys.argv[2]))"
    )
    words = [json.dumps([[str(one), str(other)] for one, other in pairs]), json.dumps(overrides)]
    setting = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai"}
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=ROOT, env=setting, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]


def files_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a finished run, its snapshots left out."""
    named = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {name: sha256 for name, sha256 in named.items() if not name.startswith("snapshots/")}
