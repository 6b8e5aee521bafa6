"""How long a comparison will take here: by what finished ones took, else a careful guess."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from statistics import median
from typing import Any

from sim.calendar import day_of
from sim.config import RunConfig
from sim.experiments.workers import cores
from sim.precompile import is_done

# Careful guesses, not measurements; the first comparison that finishes here corrects them all by one factor: a comparison besides its days
# (workers, page), one day besides its visits, one visit.
BEGIN_S = 14.0
DAY_S = 2.0
VISIT_S = 0.00030
COMPILE_S = 200.0  # of the first start, while the cache of kernels is empty
LOOKED_AT = 5  # finished comparisons, the newest
RATIOS = (0.2, 10.0)  # of measured to guessed seconds that can be a machine's, and no accident (a laptop that slept)


def expected(config: RunConfig, outputs: Path = Path("outputs")) -> dict[str, Any]:
    """Return what a comparison of two arms takes: `begin_s` once and `pair_s` for each day of both; `measured` says by how many it is known."""
    ratios = [ratio for path in _newest(outputs) if (ratio := _ratio(path)) is not None]
    ratio = median(ratios) if ratios else 1.0
    pair_s = guess_s(_visits(config), config.days * config.malls, 2) - BEGIN_S
    return {"begin_s": (0.0 if is_done() else COMPILE_S) + ratio * BEGIN_S, "pair_s": ratio * pair_s, "measured": len(ratios)}


def guess_s(visits: float, days: int, runs: int) -> float:
    """Return the seconds of a comparison of so many runs, each of so many visits in so many days, on a machine like that of the measurement."""
    return BEGIN_S + runs * (days * DAY_S + visits * VISIT_S) / min(cores(), runs)


def _visits(config: RunConfig) -> float:
    first = datetime.date.fromisoformat(config.date)
    days = (day_of(config, first + datetime.timedelta(days=number)) for number in range(config.days))
    return config.population.visits_per_day * config.malls * sum(day.factor for day in days)


def _newest(outputs: Path) -> list[Path]:
    found = [path.parent for path in outputs.glob("*/*/comparison.json")]
    return sorted(found, key=str)[-LOOKED_AT:]


def _ratio(folder: Path) -> float | None:
    """Return how many times the guess a finished comparison took; None where its files do not tell."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        told = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
        visits = next(row["baseline_mean"] for row in told["kpis"] if row["name"] == "footfall_visits")
        ratio = float(manifest["wall_s"]) / guess_s(float(visits), 1, len(manifest["arms"]) * int(manifest["replications"]))
    except (OSError, ValueError, KeyError, TypeError, StopIteration, ZeroDivisionError):
        return None
    return ratio if RATIOS[0] <= ratio <= RATIOS[1] else None
