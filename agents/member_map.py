"""Where members live, as a mall knows it: a CSV of places with how many members each, for the choice of a site."""

from __future__ import annotations

from math import isnan, nan
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.errors import ConfigError, GalleriaError, Problem
from sim.forecasting.csv_rows import need_columns, number_in, refuse, rows_of

KEY = "layout.site.members_file"
WAY_OUT = "see docs/how-to/choose-a-site.md"
FARTHEST_KM = 500.0
MEMBERS_MAX = 1e9
VISITS_MAX = 3660.0  # a year
DAYS_PER_YEAR = 365.25
PLACES = (("x_km", "y_km"), ("distance_km", "bearing_deg"))


class MemberMap(NamedTuple):
    """Members by place, the mall at (0, 0), x to the east and y to the north."""

    x_km: np.ndarray  # float64 (n)
    y_km: np.ndarray
    members: np.ndarray  # float64 at each place
    visits_per_day: np.ndarray  # of each of them; NaN where the file does not tell


def read_members(path: Path) -> MemberMap:
    """Return the members of a CSV: x_km,y_km or distance_km,bearing_deg (0 north, 90 east), and where known members and visits_per_year.

    A row is a member, or with `members` a cell or a district; other columns are not looked at, so that no names need leave the house.
    Raises ConfigError for a file that cannot be read, columns that are missing, and all wrong rows together (the first ten of them).
    """
    try:
        return _read(path)
    except GalleriaError as trouble:
        raise ConfigError.of(f"{KEY}={path}", trouble.problems) from trouble


def _read(path: Path) -> MemberMap:
    rows = rows_of(path, WAY_OUT)
    form = next((names for names in PLACES if all(name in rows[0] for name in names)), PLACES[0])
    need_columns(path, rows, form, WAY_OUT)
    if all(name in rows[0] for names in PLACES for name in names):
        ways = " and ".join(",".join(names) for names in PLACES)
        refuse(path, [Problem("columns", ways, "must be one of the two", "leave the others out")], WAY_OUT)
    ranges = {
        "x_km": (-FARTHEST_KM, FARTHEST_KM), "y_km": (-FARTHEST_KM, FARTHEST_KM), "distance_km": (0.0, FARTHEST_KM),
        "bearing_deg": (-360.0, 360.0), "members": (0.0, MEMBERS_MAX), "visits_per_year": (0.0, VISITS_MAX),
    }  # fmt: skip
    named = [*form, *(name for name in ("members", "visits_per_year") if name in rows[0])]
    values = np.full((len(rows), len(named)), nan)
    problems = []
    for at, row in enumerate(rows):
        for column, name in enumerate(named):
            if name == "visits_per_year" and not row[name]:
                continue
            values[at, column] = number_in(row[name], *ranges[name])
            if isnan(values[at, column]):
                low, high = ranges[name]
                problems.append(
                    Problem(
                        f"line {at + 2}, {name}", repr(row[name])[:40], f"must be from {low:g} to {high:g}", "mend or delete it"
                    )
                )
    refuse(path, problems, WAY_OUT)
    of = dict(zip(named, values.T, strict=True))
    members = of.get("members", np.ones(len(rows)))
    if not members.sum() > 0:
        refuse(path, [Problem("members", "0", "there must be a member", WAY_OUT)], WAY_OUT)
    x_km, y_km = of[form[0]], of[form[1]]
    if form == PLACES[1]:
        bearing = np.radians(of["bearing_deg"])
        x_km, y_km = of["distance_km"] * np.sin(bearing), of["distance_km"] * np.cos(bearing)
    return MemberMap(x_km, y_km, members, of.get("visits_per_year", np.full(len(rows), nan)) / DAYS_PER_YEAR)
