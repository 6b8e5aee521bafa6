"""Where a run keeps what it has saved."""

from __future__ import annotations

from pathlib import Path

SNAPSHOTS = "snapshots"  # of a day, each under its time
CHECKPOINT, STREAMS = ".checkpoint", "streams"  # of a run of several days, each under the number of days that are over
MANIFEST = "manifest.json"


def snapshots_of(folder: Path) -> list[Path]:
    """Return the folders of the snapshots of a run, in order of time."""
    return sorted(found.parent for found in (Path(folder) / SNAPSHOTS).glob(f"[0-9]*/{MANIFEST}"))


def checkpoint_of(folder: Path) -> Path | None:
    """Return the folder of a run's last checkpoint that is whole."""
    whole = sorted(found.parent for found in (Path(folder) / CHECKPOINT).glob(f"[0-9]*/{MANIFEST}"))
    return whole[-1] if whole else None
