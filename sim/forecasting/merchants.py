"""What each merchant expects to be asked for, for stocking: foretold from its own days as they go by, or read from a file of forecasts."""

from __future__ import annotations

import csv
import datetime
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from sim.calendar import day_of
from sim.config import RunConfig
from sim.crowd.goods.catalogue import catalogue_of, wanted_share
from sim.crowd.goods.stocking import Merchants
from sim.errors import ConfigError, GalleriaError, Problem
from sim.forecasting.csv_rows import need_columns, number_in, refuse, rows_of
from sim.forecasting.runs import RunSales
from sim.forecasting.usual_days import UsualDays
from sim.plan_arrays import CompiledPlan
from sim.reporting.files import write_atomically

COLUMNS = ("date", "place", "expected")
BILLS_MAX = 1e7  # of a store on a day
WAY_OUT = "see docs/how-to/stock-by-forecasts.md"


def merchants_for(config: RunConfig, compiled: CompiledPlan) -> Merchants | None:
    """Return who foretells the stores' wishes, by goods.stocking.forecast; None where articles are foretold one by one."""
    stocking = config.goods.stocking
    if stocking.forecast == "articles":
        return None
    units = catalogue_of(compiled, config).units
    if stocking.forecast == "merchants":
        return LearntMerchants(config, [compiled.tenant_categories[unit] for unit in units.tolist()])
    path = Path(stocking.forecast_file)
    names = place_numbers(compiled)
    try:
        bills = read_forecasts(path, names)
    except GalleriaError as trouble:
        raise ConfigError.of(f"goods.stocking.forecast_file={path}", trouble.problems) from trouble
    first = datetime.date.fromisoformat(config.date)
    if not any(first + datetime.timedelta(days=number) in bills for number in range(config.days)):
        known = f"{min(bills)} to {max(bills)}"
        raise ConfigError.of(
            f"goods.stocking.forecast_file={path}",
            [
                Problem(
                    "date",
                    known,
                    f"must foretell some day of the run, which begins on {first}",
                    "name another file, or set date",
                )
            ],
        )
    return ToldMerchants(config, compiled, units, bills)


def place_numbers(compiled: CompiledPlan) -> dict[str, int]:
    """Return the number of each unit by its id and by its tenant's name; the id goes first."""
    found = {name: unit for unit, name in reversed(list(enumerate(compiled.tenant_names)))}
    return found | {name: unit for unit, name in enumerate(compiled.unit_ids)}


class LearntMerchants:
    """Foretells from what the run's own days told so far: level by weekday, leaning on the trade's (sim/forecasting/usual_days.py).

    Days are compared by what the public calendar expects of them, as tenants do who order article by article.
    """

    def __init__(self, config: RunConfig, trades: Sequence[str]) -> None:
        """Know nothing; `trades` are those of the stores with shelves."""
        self._config = config
        self._usual = UsualDays(trades, 1)

    def expected(self, date: datetime.date) -> np.ndarray:
        """Return the wishes (S); NaN before the first day is over."""
        day = day_of(self._config, date)
        found = self._usual.expected(date.weekday(), day.is_weekend)[:, 0] * day.factor
        return found if self._usual.knows else np.full(found.size, np.nan)

    def learn(self, date: datetime.date, wishes: np.ndarray) -> None:
        """Take a day (S)."""
        day = day_of(self._config, date)
        self._usual.add(wishes[:, None] / max(day.factor, 1e-9), date.weekday(), day.is_weekend)


class ToldMerchants:
    """Reads wishes off foretold bills: of so many wishes a trade sells a known share."""

    def __init__(
        self, config: RunConfig, compiled: CompiledPlan, units: np.ndarray, bills: Mapping[datetime.date, Mapping[int, float]]
    ) -> None:
        """`units` (S) have shelves; `bills` by date and unit."""
        trades = [compiled.tenant_categories[unit] for unit in units.tolist()]
        per_bill = np.array(
            [wanted_share(config, each) / max(config.categories[each].conversion_share, 1e-9) for each in trades]
        )
        self._wishes = {
            date.toordinal(): np.array([told.get(unit, math.nan) for unit in units.tolist()]) * per_bill
            for date, told in bills.items()
        }
        self._unknown = np.full(units.size, np.nan)

    def expected(self, date: datetime.date) -> np.ndarray:
        """Return the wishes (S); NaN where the file does not tell."""
        return self._wishes.get(date.toordinal(), self._unknown)

    def learn(self, date: datetime.date, wishes: np.ndarray) -> None:
        """Stay with what the file says."""


def read_forecasts(path: Path, names: Mapping[str, int]) -> dict[datetime.date, dict[int, float]]:
    """Return the bills of each day by unit from a CSV of date, place (a unit's id or its tenant's name) and expected.

    Raises GalleriaError for a file that cannot be read, columns that are missing, and all wrong rows together (the first ten of them).
    """
    rows = rows_of(path, WAY_OUT)
    need_columns(path, rows, COLUMNS, WAY_OUT)
    found: dict[datetime.date, dict[int, float]] = {}
    wrong = [(line, _taken(row, names, found)) for line, row in enumerate(rows, start=2)]
    refuse(path, [Problem(f"line {line}", *problem) for line, problem in wrong if problem], WAY_OUT)
    return found


def _taken(
    row: Mapping[str, str], names: Mapping[str, int], found: dict[datetime.date, dict[int, float]]
) -> tuple[str, str, str] | None:
    """Take a row into what was found; return what is wrong with it, as value, rule and way out."""
    date_text, place, expected = (row[name] for name in COLUMNS)
    try:
        date = datetime.date.fromisoformat(date_text)
    except ValueError:
        return repr(date_text), "must have a date", "write it as 2026-11-21"
    if place not in names:
        return repr(place), "must name a unit's id or its tenant", "tenants.csv of the floor plan names them"
    bills = number_in(expected, 0.0, BILLS_MAX)
    if math.isnan(bills):
        return repr(expected), "must expect a number of bills, 0 or more", "mend the row or delete it"
    day = found.setdefault(date, {})
    if names[place] in day:
        return f"{date} {place}", "a day of a store must stand in one row", "delete one of them"
    day[names[place]] = bills
    return None


def write_forecasts(path: Path, rows: Sequence[tuple[datetime.date, str, float]]) -> None:
    """Write bills a day (date, place, expected) as `read_forecasts` reads them; a file of that name is replaced."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((date.isoformat(), place, f"{expected:.3f}") for date, place, expected in rows)
    write_atomically(path, text.getvalue())


def next_days(run: RunSales, ahead: int) -> list[tuple[datetime.date, np.ndarray]]:
    """Return the bills of each store (P) of a run on each of the days after its last."""
    usual = UsualDays(run.trades, 1)
    for sales in run.days:
        bills = np.bincount(sales.units, minlength=len(run.unit_ids))
        usual.add(bills[:, None] / max(sales.day.factor, 1e-9), sales.day.date.weekday(), sales.day.is_weekend)
    found = []
    for number in range(1, ahead + 1):
        date = run.days[-1].day.date + datetime.timedelta(days=number)
        day = day_of(run.config, date)
        found.append((date, usual.expected(date.weekday(), day.is_weekend)[:, 0] * day.factor))
    return found
