"""Times a network of many malls: `python -m tests.bench.network [MALLS] [WORKERS ...]` lives so many malls of the national day by 1, 2 ... workers."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sim.api import run_network
from sim.config_files import compose
from sim.schema.network import SiteConfig


def main(words: list[str]) -> None:
    """Print wall time, visits and visits a second for each number of workers, and what the whole nation would take."""
    malls = int(words[0]) if words else 8
    for workers in [int(word) for word in words[1:]] or [1, 2]:
        config = compose("national_day", [])
        config.network.malls = [
            SiteConfig("plaza_1", malls - malls // 8),
            *([SiteConfig("resort_1", malls // 8)] if malls >= 8 else []),
        ]
        with tempfile.TemporaryDirectory() as folder:
            found = run_network(config, Path(folder), workers=workers)
        visits, wall_s = found.kpis["footfall_visits"], found.manifest["wall_s"]
        print(
            f"{malls} malls, {workers} workers: {wall_s:.1f} s, {visits} visits, {visits / wall_s:.0f} visits/s, 160 malls: {wall_s * 160 / malls:.0f} s"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
