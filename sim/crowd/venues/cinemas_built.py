"""From timetable to shows and seats."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.state import Role, records
from sim.crowd.station_plans import StationPlan
from sim.crowd.venues.cinema_records import SEAT, SHOW
from sim.plan_arrays import CompiledPlan
from sim.timetable import Hall, cinemas_of, timetable_of
from sim.units import US_PER_MIN, minutes_from_hours

BEST_ROW = 2 / 3  # of the way from the screen to the back wall
ROW_IN_SEATS = 2.0  # a row is as deep as two seats are wide


def box_office_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the clerks, "box_office:<unit>", and the machines, "kiosk:<unit>", of every cinema."""
    cinema, services = config.cinema, config.services
    return [
        StationPlan(
            f"{kind}:{compiled.unit_ids[unit]}", Role.BOX_OFFICE, servers, mean_s, services.service_cv, unit,
            patience_s_mean=services.till_patience_s_mean, patience_shape=services.till_patience_shape, balk_queue=services.balk_queue,
        )
        for unit in cinemas_of(compiled)
        for kind, servers, mean_s in (
            ("box_office", cinema.box_office_servers, cinema.box_office_s_mean), ("kiosk", cinema.kiosks, cinema.kiosk_s_mean),
        )
        if servers > 0
    ]  # fmt: skip


def list_shows(venues: Any, compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> tuple[Any, Any]:
    """Return the day's shows and their seats, and write into `venues` which are whose."""
    planned = timetable_of(compiled, config)
    shows = records(len(planned), SHOW)
    seats = records(sum(show.hall.seats for show in planned), SEAT)
    seats["visit"] = -1
    start = 0
    for record, show in zip(shows, planned, strict=True):
        record.starts_us, record.ends_us, record.price_fen, record.key = show.starts_us, show.ends_us, show.price_fen, show.key
        record.unit, record.hall, record.seat_start = show.hall.unit, show.hall.number, start
        record.seats = record.on_sale = show.hall.seats
        seats["row"][start : start + show.hall.seats], seats["column"][start : start + show.hall.seats] = seat_places(show.hall)
        seats["off_best"][start : start + show.hall.seats] = off_best(show.hall)
        start += show.hall.seats
    venues["kiosk"] = -1
    for unit in cinemas_of(compiled):
        of_unit = np.flatnonzero(shows["unit"] == unit)
        venue = venues[unit]
        venue.show_start, venue.show_end = (of_unit[0], of_unit[-1] + 1) if of_unit.size else (0, 0)
        venue.box_office = index.get(f"box_office:{compiled.unit_ids[unit]}", -1)
        venue.kiosk = index.get(f"kiosk:{compiled.unit_ids[unit]}", -1)
    return shows, seats


def seat_places(hall: Hall) -> tuple[np.ndarray, np.ndarray]:
    """Return the row, from the screen, and the column of every seat of a hall, row by row."""
    number = np.arange(hall.seats)
    return number // hall.columns, number % hall.columns


def off_best(hall: Hall) -> np.ndarray:
    """Return every seat's squared distance from the best, in widths of a seat: in the middle, two thirds of the way to the back."""
    row, column = seat_places(hall)
    best_row, best_column = round(BEST_ROW * float(row[-1])), (min(hall.columns, hall.seats) - 1) / 2
    return np.asarray((ROW_IN_SEATS * (row - best_row)) ** 2 + (column - best_column) ** 2)


def show_names(compiled: CompiledPlan, config: RunConfig) -> list[str]:
    """Return what each show is called in events."""
    return [show.name for show in timetable_of(compiled, config)]


def describe_cinemas(params: Any, config: RunConfig) -> None:
    """Write the parameters of cinemas into the one record of PARAMS."""
    cinema = config.cinema
    for name, minutes in (
        ("show_within_us", cinema.show_within_min), ("show_doors_us", cinema.doors_min), ("show_late_us", cinema.late_min),
        ("show_margin_us", cinema.margin_min), ("refund_cutoff_us", cinema.refund_cutoff_min),
        ("show_evening_us", minutes_from_hours(cinema.evening_starts)),
    ):  # fmt: skip
        params[name] = int(minutes * US_PER_MIN)
    params.show_utility, params.show_evening_utility = cinema.show_utility, cinema.evening_utility
    params.show_wait_us_scale = cinema.show_wait_min_scale * US_PER_MIN
    params.show_price_fen, params.show_price_fen_scale = 100 * cinema.price_yuan, 100 * cinema.price_yuan_scale
    params.show_advance_share, params.show_app_share = cinema.advance_share, cinema.app_share
    params.show_kiosk_share, params.refund_share = cinema.kiosk_share, cinema.refund_share
