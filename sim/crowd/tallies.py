"""Sums that the crowd keeps while it runs: person-time and peaks per zone, passers-by per frontage, counted rules."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

HOURS = 26  # hours after local midnight that are told apart; the last one takes all that comes later


class Counted(IntEnum):
    """What `counts` counts."""

    EVENTS = 0  # agenda entries taken
    GRIDLOCK_BREAKS = 1  # walkers who squeezed into a full zone after `gridlock_patience_s`
    STRANDED = 2
    LIFT_REFUSALS = 3  # parties who found no room in any of the lift's next departures and chose again
    VISITS = 4  # parties that passed an entrance into the mall
    PEOPLE = 5  # people in them
    DEAD_ENTRIES = 6  # agenda entries whose party had moved on meanwhile
    CHOICES = 7
    ZONE_CROSSINGS = 8
    ORIENTING_US = 9  # microseconds that parties stood looking for the way
    PRICE_CUT_FEN = 10  # taken off list prices
    PAYMENT_FEE_FEN = 11  # that tenants paid to whoever carries payments
    MEMBER_DISCOUNT_FEN = 12  # taken off prices for members


class Tallies(NamedTuple):
    """All integers (int64), so that their order of summation cannot matter. Z zones, U units, T stations."""

    zone_person_us: np.ndarray  # (HOURS, Z) person-microseconds spent in each zone by hour
    zone_entries: np.ndarray  # (Z) people who entered the zone
    zone_people_max: np.ndarray  # (Z) most people at once
    zone_crowded_us: np.ndarray  # (Z) person-microseconds at Fruin level of service D or worse (< 1.39 m2 per person)
    unit_passed: np.ndarray  # (U) parties that passed the unit's frontage (each passing counts)
    unit_person_us: np.ndarray  # (U) person-microseconds inside the unit
    station_served: np.ndarray  # (T)
    station_busy_us: np.ndarray  # (T) server-microseconds in use
    station_duty_us: np.ndarray  # (T) server-microseconds on duty while the station's unit was open
    counts: np.ndarray  # (len(Counted))


def empty_tallies(zones: int, units: int, stations: int) -> Tallies:
    """Return all zeros."""
    return Tallies(
        zone_person_us=np.zeros((HOURS, zones), np.int64),
        zone_entries=np.zeros(zones, np.int64),
        zone_people_max=np.zeros(zones, np.int64),
        zone_crowded_us=np.zeros(zones, np.int64),
        unit_passed=np.zeros(units, np.int64),
        unit_person_us=np.zeros(units, np.int64),
        station_served=np.zeros(stations, np.int64),
        station_busy_us=np.zeros(stations, np.int64),
        station_duty_us=np.zeros(stations, np.int64),
        counts=np.zeros(len(Counted), np.int64),
    )
