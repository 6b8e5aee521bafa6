"""What `run` and `resume` share about saving: when, and where what was saved is."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.cli_output import UsageError
from sim.config import RunConfig
from sim.schema.network import is_network
from sim.units import US_PER_S


def add_save_option(parser: argparse.ArgumentParser) -> None:
    """Declare --save-at, which may be given several times."""
    parser.add_argument(
        "--save-at",
        metavar="HH:MM",
        action="append",
        default=[],
        help="write DIR/snapshots/HHMMSS at this time of the day, and go on",
    )


def add_checkpoint_option(parser: argparse.ArgumentParser) -> None:
    """Declare --checkpoint-every."""
    parser.add_argument(
        "--checkpoint-every", type=float, default=None, metavar="SECONDS",
        help="a run of several days saves itself that often, between two of them (default 60)",
    )  # fmt: skip


def saving_of(config: RunConfig, options: argparse.Namespace) -> dict[str, Any]:
    """Return what `sim.api.run` is told of saving; raises UsageError where the run cannot be saved so."""
    of_one_mall = not is_network(config.malls, config.network)
    if options.save_at and (config.days > 1 or not of_one_mall):
        what = "a network goes on by itself" if not of_one_mall else "several days save themselves between two of them"
        raise UsageError(f"--save-at: is for one day of one mall; {what} (`galleria resume DIR`, or the same command again)")
    if options.checkpoint_every is not None and (config.days == 1 or not of_one_mall or not options.checkpoint_every >= 0):
        raise UsageError("--checkpoint-every: seconds, at least 0, for a run of several days of one mall (days=30)")
    every = {} if options.checkpoint_every is None else {"checkpoint_s": options.checkpoint_every}
    return {**every, **({"save_at": instants_us(options.save_at)} if options.save_at else {})}


def saved_in(folder: Path) -> Path | None:
    """Return what `galleria resume` would go on from in the folder of a run that was stopped: the last that is whole."""
    from sim.saved.names import checkpoint_of, snapshots_of

    if checkpoint_of(folder):
        return folder
    whole = snapshots_of(folder)
    return whole[-1] if whole else None


def instants_us(texts: Sequence[str]) -> tuple[int, ...]:
    """Return times of day as microseconds since midnight; those after 24:00 are of the night that follows."""
    return tuple(_instant_us(text) for text in texts)


def _instant_us(text: str) -> int:
    parts = text.split(":")
    if len(parts) in (2, 3) and all(part.isdigit() and len(part) == 2 for part in parts):
        hours, minutes, seconds = (*map(int, parts), 0)[:3]
        if hours < 26 and minutes < 60 and seconds < 60:
            return (hours * 3600 + minutes * 60 + seconds) * US_PER_S
    raise UsageError(f"--save-at {text}: is no time of the day; write it as 13:00 or 13:00:30")
