"""What the tills of a finished run of several days reported, day by day: the history that forecasters of its mall would have had."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.calendar import day_of
from sim.config import RunConfig
from sim.config_files import compose
from sim.errors import GalleriaError, Problem
from sim.floorplan.cache import compiled_for
from sim.forecasting.bills_judged import Sales
from sim.opening import mall_hours_min
from sim.reporting.manifest import read_finished
from sim.reporting.recorder import read_columns
from sim.units import US_PER_MIN

OBSERVATIONS = "observations.parquet"


@dataclass(frozen=True)
class RunSales:
    """The days of a run."""

    config: RunConfig
    unit_ids: tuple[str, ...]
    names: tuple[str, ...]  # of tenants
    trades: tuple[str, ...]
    days: list[Sales]


def sales_of(folder: Path) -> RunSales:
    """Return what tills reported on each day of a finished run; raises GalleriaError where it has no days or kept no observations."""
    read_finished(folder, "manifest.json")
    config = compose(str(folder / "config.yaml"))
    compiled = compiled_for(config)
    found = []
    unit_of = {f"till:{name}": unit for unit, name in enumerate(compiled.unit_ids)}
    for path in sorted((folder / "days").glob(f"*/{OBSERVATIONS}")):
        date = datetime.date.fromisoformat(path.parent.name)
        columns = read_columns(path)
        rows = np.flatnonzero(columns["kind"] == "sale")
        units = np.array([unit_of.get(sensor, -1) for sensor in columns["sensor"][rows].tolist()], np.int64)
        opens_min, closes_min = mall_hours_min(dataclasses.replace(config, date=date.isoformat()))
        found.append(
            Sales(
                day_of(config, date), units[units >= 0], columns["time_us"][rows][units >= 0],
                opens_min * US_PER_MIN, closes_min * US_PER_MIN,
            )
        )  # fmt: skip
    if len(found) < 2:
        raise GalleriaError.of(
            folder,
            [
                Problem(
                    "days",
                    str(len(found)),
                    "must be a run of several days",
                    "galleria run SCENARIO days=21 recording.report=false",
                )
            ],
        )
    return RunSales(config, tuple(compiled.unit_ids), tuple(compiled.tenant_names), tuple(compiled.tenant_categories), found)
