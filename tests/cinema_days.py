"""Evenings at a cinema of one hall, for laws and hand-traced cases: hand parties over, take the whole log."""

from __future__ import annotations

import numpy as np

from sim.config import HallConfig, RunConfig, ShowConfig
from sim.crowd.engine import Crowd
from sim.crowd.venues.cinema_records import CINEMA
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.verification.drawings import Drawing, box
from sim.visitors import Visitors, empty_visitors

COLUMNS = ("time_us", "kind", "visit", "people", "place", "value")
END_US = 26 * US_PER_HOUR


def one_hall() -> CompiledPlan:
    """Return a floor with a street door 25 m from the doors of a cinema."""
    drawing = Drawing("cinema")
    drawing.floor("L0", box(0, 0, 60, 20))
    drawing.store("screen", "cinema", box(0, 20, 60, 60), (30.0, 20.0), 2.0)
    drawing.spot("street", 5.0, 19.0)
    return drawing.compiled()


def film_config(seats: int = 120, starts: str = "19:30") -> RunConfig:
    """Return a run in which everybody takes the one film, nobody tires of waiting, and nothing else is wanted."""
    config = RunConfig(seed=5)
    config.cinema.halls = [HallConfig(seats=seats)]
    config.cinema.shows = [ShowConfig(starts=starts, lasts_min=100.0)]
    config.cinema.show_utility, config.cinema.refund_share = 20.0, 0.0
    config.services.balk_queue, config.services.till_patience_s_mean = 10_000, 36_000.0
    config.choice.meal_share = config.choice.browse_share = config.choice.impulse_share = 0.0
    config.choice.orientation_share = 0.0
    return config


def film_goers(minutes: list[int], people: int = 1) -> Visitors:
    """Return parties of one size that come at these minutes of the day and want a film."""
    found = empty_visitors(len(minutes))
    found.needs[:, 0] = CINEMA
    found.people[:] = people
    return found._replace(
        number=np.arange(len(minutes), dtype=np.int64),
        arrive_us=np.array(minutes, np.int64) * US_PER_MIN,
        stay_s=np.full(len(minutes), 3600.0),
    )


def evening(config: RunConfig, visitors: Visitors) -> tuple[dict[str, np.ndarray], Crowd]:
    """Let the evening happen in an open mall; return all events, and the crowd at its end."""
    taken: list[dict[str, np.ndarray]] = []
    crowd = Crowd(one_hall(), config, lambda full: taken.append({name: getattr(full.events, name).copy() for name in COLUMNS}))
    controls = crowd.controls
    controls.mall_is_open[0] = 1
    controls.entrance_is_open[:] = controls.unit_is_open[:] = 1
    controls.unit_closes_us[:] = END_US
    crowd.admit(visitors)
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    return {name: np.concatenate([part[name] for part in taken]) for name in COLUMNS}, crowd


def of_kind(events: dict[str, np.ndarray], kind: EventKind, column: str = "value") -> list[int]:
    """Return one column of all events of a kind, in order."""
    return [int(value) for value in events[column][events["kind"] == kind]]
