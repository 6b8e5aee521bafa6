"""One simulated day as a mall's sensors would have seen it: the run of which calibration makes hundreds."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import api
from sim.config import RecordingConfig, RunConfig
from sim.feeds.from_run import Feed, feed_of_tables
from sim.feeds.summaries import DayColumns, summaries_of
from sim.floorplan.cache import compiled_for
from sim.plan_arrays import CompiledPlan
from sim.reporting.recorder import read_columns
from sim.world import World

SUMMARIES = "summaries"
DAY_MIN = 1440.0  # all arrivals are handed over at once, which is faster and changes nothing
RUNNER = "sim.calibration.days:measured_day"


@dataclass(frozen=True)
class MeasuredDay:
    """What is kept of a day."""

    kpis: dict[str, Any]


def measured_day(config: RunConfig, folder: Path) -> MeasuredDay:
    """Live a day and sum it up; `folder` holds its log meanwhile."""
    feed, compiled = feed_of_day(config, folder)
    columns = DayColumns(feed.time_us, feed.sensor, feed.kind, feed.value)
    return MeasuredDay({SUMMARIES: summaries_of(columns, config, compiled, datetime.date.fromisoformat(config.date))})


def feed_of_day(config: RunConfig, folder: Path) -> tuple[Feed, CompiledPlan]:
    """Live a day into `folder` and return what its sensors would have sent, with the plan.

    The files that runs leave for people are not written, which are half of such a day's time.
    """
    compiled = compiled_for(config)
    deciders = api.Deciders(config, compiled)
    try:
        town = api.Town(config, compiled, deciders)
        world = World(config, compiled, town.people_on(config), Path(folder))
        finished = world.end(world.live(), 0.0)
        finished.recorder.close()
    finally:
        deciders.close()
    observed, events = (read_columns(Path(folder) / name) for name in ("observations.parquet", "events.parquet"))
    return feed_of_tables(observed, events, compiled, config.seed), compiled


def to_measure(config: RunConfig, date: str, seed: int) -> RunConfig:
    """Return the configuration of one day to be measured: its date and seed, a log of visits, and nothing that only a report reads.

    Where nobody acts on positions they are not worked out: they take most of such a day's time, and none of its summaries depends on them.
    """
    recording = RecordingConfig(events="visits", report=False)
    engine = dataclasses.replace(config.engine, arrivals_batch_min=DAY_MIN)
    found = dataclasses.replace(config, date=date, seed=seed, days=1, recording=recording, engine=engine)
    if config.policies:
        return found
    positioning = dataclasses.replace(config.sensing.positioning, method="off")
    identity = dataclasses.replace(config.sensing.identity, portal=False)
    return dataclasses.replace(found, sensing=dataclasses.replace(config.sensing, positioning=positioning, identity=identity))
