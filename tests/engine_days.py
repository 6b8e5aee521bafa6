"""Days of the small mall at the level of the crowd, for laws about the engine: hand parties over, stop where wanted, take the whole log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.api import population_of
from sim.config import RunConfig
from sim.crowd.engine import Crowd, Taken
from sim.crowd.tallies import Tallies
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.visitors import Visitors

CLOSES_US = 22 * US_PER_HOUR
END_US = 26 * US_PER_HOUR
COLUMNS = ("time_us", "kind", "visit", "people", "place", "value")


@dataclass(frozen=True, repr=False)
class Lived:
    """A day's log, books and what became of each party."""

    events: dict[str, np.ndarray]
    transfers: np.ndarray
    tallies: Tallies
    crowd: Crowd
    outcomes: np.ndarray

    @property
    def digest(self) -> str:
        """SHA-256 of every column and of the journal."""
        found = hashlib.sha256()
        journal = [
            self.transfers[name] for name in self.transfers.dtype.names or ()
        ]  # by column: bytes between them are nobody's
        for column in (*self.events.values(), *journal):
            found.update(np.ascontiguousarray(column).tobytes())
        return found.hexdigest()

    @property
    def happened(self) -> str:
        """SHA-256 of every column and of what each account holds: the journal's order besides depends on the batches of arrivals.

        Accounts of members are opened, and what they bring from before the run is posted, when a batch is handed over.
        """
        ledger, found = self.crowd.ledger, hashlib.sha256()
        for column in self.events.values():
            found.update(np.ascontiguousarray(column).tobytes())
        held = ledger.book.accounts["balance"][: len(ledger.names)].tolist()
        found.update(repr(sorted(zip(ledger.names, held, strict=True))).encode())
        return found.hexdigest()


@cache
def corner_mall() -> CompiledPlan:
    """Return the hand-drawn mall of three stores."""
    return load_compiled(find_floorplan("corner_mall"))


def day_config(visits: float = 400.0) -> RunConfig:
    """Return an ordinary Saturday with few visits."""
    config = RunConfig(seed=3)
    config.population.visits_per_day = visits
    config.population.day_total_cv = 0.0
    return config


def parties(config: RunConfig, compiled: CompiledPlan, from_min: int = 600, to_min: int = 1320) -> Visitors:
    """Return who comes in some minutes of the day."""
    return population_of(config, compiled).arrivals(from_min, to_min)


def opened(compiled: CompiledPlan, config: RunConfig, taken: list[Taken], shift_us: int = 0) -> Crowd:
    """Return a crowd in a mall that is open, its doors and stores too."""
    crowd = Crowd(compiled, config, lambda full: taken.append(_copied(full)))
    controls = crowd.controls
    controls.mall_is_open[0] = 1
    controls.entrance_is_open[:] = 1
    controls.unit_is_open[:] = 1
    controls.unit_closes_us[:] = CLOSES_US + shift_us
    for time in ("starts_us", "ends_us"):
        crowd.mall.shows[time] += shift_us
    crowd.mall.params[0].show_evening_us += shift_us
    return crowd


def live(
    compiled: CompiledPlan,
    config: RunConfig,
    batches: Iterable[Visitors],
    stops_us: Sequence[int] = (),
    shift_us: int = 0,
    batch_ends_us: Sequence[int] = (),
) -> Lived:
    """Let a day happen; each batch is handed over when the one before has come, and the mall closes at 22 h."""
    taken: list[Taken] = []
    crowd = opened(compiled, config, taken, shift_us)
    for batch, end_us in zip(batches, [*batch_ends_us, CLOSES_US + shift_us], strict=True):
        crowd.admit(batch)
        for stop_us in [*(stop for stop in stops_us if crowd.now_us < stop < end_us), end_us]:
            crowd.advance_to(stop_us)
    crowd.controls.mall_is_open[0] = 0
    crowd.controls.unit_is_open[:] = 0
    crowd.switched(CLOSES_US + shift_us)
    for stop_us in [*(stop for stop in stops_us if stop > CLOSES_US + shift_us), END_US + shift_us]:
        crowd.advance_to(stop_us)
    tallies = crowd.finish(END_US + shift_us)
    events = {name: np.concatenate([getattr(part.events, name) for part in taken]) for name in COLUMNS}
    transfers, outcomes = (np.concatenate([getattr(part, name) for part in taken]) for name in ("transfers", "outcomes"))
    return Lived(events, transfers, tallies, crowd, outcomes)


def an_ordinary_day(stops_us: Sequence[int] = (), log_rows: int = 1_000_000, batch_min: int = 720) -> Lived:
    """Return a Saturday in the small mall."""
    config, compiled = day_config(), corner_mall()
    config.engine.log_rows = log_rows
    edges = list(range(600, 1320, batch_min))
    population = population_of(config, compiled)
    batches = [population.arrivals(edge, min(edge + batch_min, 1320)) for edge in edges]
    return live(compiled, config, batches, stops_us, batch_ends_us=[edge * US_PER_MIN for edge in edges[1:]])


def _copied(full: Taken) -> Taken:
    events = full.events._replace(**{name: getattr(full.events, name).copy() for name in COLUMNS})
    return Taken(events, full.segments, np.array(full.transfers), np.array(full.outcomes))
