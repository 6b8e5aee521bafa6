"""The public timetable of a mall's cinemas: halls, seats, shows, prices; the same for shoppers, sensors and whoever decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.opening import tenant_hours_min
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stable_key, uniforms
from sim.schema.cinema import LAST_END_MIN, ShowConfig
from sim.units import US_PER_MIN, minutes_from_hours

TRADE = "cinema"
START_STEP_MIN = 5  # shows begin at whole five minutes
COLUMNS_PER_ROW = 1.6  # a hall has this many times more seats in a row than rows
PROGRAMME = np.uint64(stable_key("programme"))


@dataclass(frozen=True)
class Hall:
    """One hall."""

    unit: int
    number: int  # from 1, within its cinema
    seats: int

    @property
    def columns(self) -> int:
        """Seats in a row; the last row may have fewer."""
        return ceil(sqrt(COLUMNS_PER_ROW * self.seats))


@dataclass(frozen=True)
class Show:
    """One show of the day."""

    name: str  # "<unit>/<hall>/<HH:MM>"
    hall: Hall
    starts_us: int
    ends_us: int
    price_fen: int
    key: int  # its address in draws


def timetable_of(compiled: CompiledPlan, config: RunConfig) -> list[Show]:
    """Return the day's shows by unit, start and hall; raises ConfigError for halls and shows that the plan has no room for."""
    wrong = list(problems(compiled, config))
    if wrong:
        raise ConfigError.of("cinema", wrong)
    shows: list[Show] = []
    for unit in cinemas_of(compiled):
        halls = halls_of(compiled, config, unit)
        listed = [show for show in config.cinema.shows if _unit_of(compiled, show.unit) == unit]
        found = _listed(compiled, halls, listed) if listed else _programme(compiled, config, halls)
        shows += sorted(found, key=lambda show: (show.starts_us, show.hall.number))
    return shows


def cinemas_of(compiled: CompiledPlan) -> list[int]:
    """Return the units whose trade is cinema."""
    return [unit for unit, trade in enumerate(compiled.tenant_categories) if trade == TRADE]


def halls_of(compiled: CompiledPlan, config: RunConfig, unit: int) -> list[Hall]:
    """Return a cinema's halls: those listed, else as many equal ones as its floor has room for."""
    listed = [hall for hall in config.cinema.halls if _unit_of(compiled, hall.unit) == unit]
    if listed:
        return [Hall(unit, number, hall.seats) for number, hall in enumerate(listed, 1)]
    seats = max(1.0, float(compiled.arrays.unit_area_m2[unit]) / config.cinema.m2_per_seat)
    count = max(1, round(seats / config.cinema.hall_seats))
    return [Hall(unit, number, max(1, int(seats / count))) for number in range(1, count + 1)]


def problems(compiled: CompiledPlan, config: RunConfig) -> Iterator[Problem]:
    """Yield what is wrong with listed halls and shows on this plan."""
    hours = tenant_hours_min(compiled, config)
    named = {"halls": [hall.unit for hall in config.cinema.halls], "shows": [show.unit for show in config.cinema.shows]}
    for kind, units in named.items():
        for index, name in enumerate(units):
            if _unit_of(compiled, name) < 0:
                names = ", ".join(compiled.unit_ids[unit] for unit in cinemas_of(compiled)) or "none"
                rule = f"must be a cinema of the plan; {compiled.name} has {names}"
                yield Problem(f"cinema.{kind}[{index}].unit", repr(name), rule, "name one of them")
    for index, show in enumerate(config.cinema.shows):
        unit = _unit_of(compiled, show.unit)
        if unit < 0:
            continue
        halls = len(halls_of(compiled, config, unit))
        if show.hall > halls:
            rule = f"{compiled.unit_ids[unit]} has {halls} {'hall' if halls == 1 else 'halls'}"
            yield Problem(
                f"cinema.shows[{index}].hall", str(show.hall), rule, "choose one of them, or list another under cinema.halls"
            )
        opens, closes = hours[unit]
        if not opens <= minutes_from_hours(show.starts) <= closes:
            rule = f"{compiled.unit_ids[unit]} takes people in from {_clock(opens)} to {_clock(closes)}"
            yield Problem(
                f"cinema.shows[{index}].starts", str(show.starts), rule, "let it start within these hours, or change them"
            )
    yield from _room_problems(compiled, config)


def _room_problems(compiled: CompiledPlan, config: RunConfig) -> Iterator[Problem]:
    """Yield cinemas whose listed halls have more seats than people find room in the unit."""
    for unit in cinemas_of(compiled):
        if any(_unit_of(compiled, hall.unit) == unit for hall in config.cinema.halls):
            seats = sum(hall.seats for hall in halls_of(compiled, config, unit))
            room = int(compiled.arrays.unit_area_m2[unit] / config.services.store_m2_per_person)
            if seats > room:
                rule = f"the floor of {compiled.unit_ids[unit]} has room for {room} people (services.store_m2_per_person)"
                yield Problem("cinema.halls", f"{seats} seats", rule, "list fewer seats")


def _unit_of(compiled: CompiledPlan, name: str) -> int:
    """Return the unit of that id where it is a cinema, the only cinema for an empty name, else -1."""
    cinemas = cinemas_of(compiled)
    if name == "":
        return cinemas[0] if len(cinemas) == 1 else -1
    return next((unit for unit in cinemas if compiled.unit_ids[unit] == name), -1)


def _listed(compiled: CompiledPlan, halls: list[Hall], listed: list[ShowConfig]) -> Iterator[Show]:
    for show in listed:
        starts_min = minutes_from_hours(show.starts)
        yield _show(compiled, halls[show.hall - 1], starts_min, show.lasts_min, show.price_yuan)


def _programme(compiled: CompiledPlan, config: RunConfig, halls: list[Hall]) -> Iterator[Show]:
    """Yield a day of films: in each hall one after the other, as long as it starts by closing and its audience can go home.

    Lengths belong to the hall and the show's place in its day, not to the seed: a programme is a plan, not luck.
    """
    cinema, hours = config.cinema, tenant_hours_min(compiled, config)
    for hall in halls:
        opens, closes = hours[hall.unit]
        starts_min = _rounded_up(opens + cinema.first_show_min + (hall.number - 1) * cinema.stagger_min)
        place = stable_key(f"{compiled.unit_ids[hall.unit]}/{hall.number}")
        for ordinal in range(24 * 60):
            draw = float(uniforms(PROGRAMME, np.array([place]), ordinal)[0])
            lasts_min = round(cinema.film_min_low + draw * (cinema.film_min_high - cinema.film_min_low))
            if starts_min > closes or starts_min + lasts_min > LAST_END_MIN:
                break
            yield _show(compiled, hall, starts_min, lasts_min, cinema.price_yuan)
            starts_min = _rounded_up(starts_min + lasts_min + cinema.cleaning_min)


def _rounded_up(minutes: float) -> int:
    return START_STEP_MIN * ceil(minutes / START_STEP_MIN)


def _show(compiled: CompiledPlan, hall: Hall, starts_min: int, lasts_min: float, price_yuan: float) -> Show:
    name = f"{compiled.unit_ids[hall.unit]}/{hall.number}/{_clock(starts_min)}"
    starts_us = starts_min * US_PER_MIN
    return Show(name, hall, starts_us, starts_us + round(lasts_min * US_PER_MIN), round(100 * price_yuan), stable_key(name))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
