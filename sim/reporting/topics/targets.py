"""How a day compares with what is known of malls: target, simulated value and verdict."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.calendar import SATURDAY, day_of
from sim.categories import CATEGORY_INDEX
from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.events import EventKind, Reason
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN, BINS, add_counts, bin_of
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.targets_table import (
    CONVERSION,
    NOTHING,
    ONE_DAY,
    OUTSIDE,
    PUT_IN,
    TOO_FEW,
    WITHIN,
    mon_fri_gap,
    targets_of,
)
from sim.reporting.topics.targets_words import words
from sim.reporting.topics.topic import Topic, Value
from sim.units import minutes_from_hours

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

CALENDAR_DAYS = 364
BASIS_LEAST = 200  # visits or entries below which a share says little
PEOPLE_MAX = 127
CALENDARS_KEPT = 8
Found = tuple[float | None, int]
_KPIS = (
    Kpi("visits_buying_share", "share", "higher", "visits", "Visits that buy", "Visits with at least one purchase / visits; what parts of a split party buy counts as their party's."),
    Kpi("people_per_visit_mean", "ratio", "neither", "visits", "People per visit", "People / visits."),
    Kpi("people_in_groups_share", "share", "neither", "visits", "People in company", "People who came in parties of two and more / people."),
    Kpi("visits_by_car_share", "share", "neither", "visits", "Visits by car", "Visits whose party came in from a car park / visits."),
    Kpi("co_visit_share", "share", "neither", "visits", "Customers of two merchants", "Visits that entered both targets.merchant_a and merchant_b / visits that entered merchant_a; where parts of a party go counts as their party's.", null_where="the mall lacks one of the two"),
    Kpi("targets_within_share", "share", "higher", "visits", "Figures as known elsewhere", "Of the figures in the table of targets that can be judged and were not put in, the share within its range."),
)  # fmt: skip


class Sums:
    """Takes batches of events; keeps the numbers of the day's visits, and which units each has entered."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.by_car = 0
        self.parties = np.zeros(PEOPLE_MAX + 1, np.int64)  # by size
        self.bins = np.zeros(BINS, np.int64)
        self._arrived: list[np.ndarray] = []
        self._bought: list[np.ndarray] = []
        self._entered: list[np.ndarray] = []  # visits, in step with _units
        self._units: list[np.ndarray] = []
        self._parts: list[np.ndarray] = []  # numbers of parts that left their party, in step with _parties
        self._parties: list[np.ndarray] = []
        self.found: dict[str, Found] | None = None  # the figures of all events so far, once somebody has asked for them

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        self.found = None
        arrived, entered = of_kind[EventKind.ARRIVED], of_kind[EventKind.STORE_ENTERED]
        self.by_car += int(rows.value[arrived].sum())
        add_counts(self.parties, rows.people[arrived])
        add_counts(self.bins, bin_of(rows.time_us[arrived]))
        self._arrived.append(rows.visit[arrived])
        self._bought.append(np.unique(rows.visit[of_kind[EventKind.PURCHASED]]))
        split = of_kind[EventKind.SPLIT]
        self._parts.append(rows.value[split])
        self._parties.append(rows.visit[split])
        entered = entered[rows.value[entered] != Reason.DESK]
        self._entered.append(rows.visit[entered])
        self._units.append(rows.place[entered])

    @property
    def buyers(self) -> int:
        """How many visits have bought something, together or in parts."""
        return int(np.isin(self._parties_of(_joined(self._bought)), _joined(self._arrived)).sum())

    def visits_of(self, unit: int) -> np.ndarray:
        """Return the numbers of the visits that have entered a unit, together or in parts, each once."""
        return self._parties_of(_joined([visit[units == unit] for visit, units in zip(self._entered, self._units)]))

    def _parties_of(self, numbers: np.ndarray) -> np.ndarray:
        """Return the visits to which numbers of parties and of their parts belong, each once."""
        parts, parties = _joined(self._parts), _joined(self._parties)
        if parts.size == 0:
            return np.unique(numbers)
        order = np.argsort(parts)
        place = order[np.minimum(np.searchsorted(parts[order], numbers), parts.size - 1)]
        return np.unique(np.where(parts[place] == numbers, parties[place], numbers))


def _joined(batches: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int64), *batches])


def pair_of(config: RunConfig, compiled: CompiledPlan) -> tuple[int, int] | None:
    """Return the two merchants whose customers are looked for in both, None where the mall lacks one; raises ConfigError."""
    problems, found = [], []
    for key, trade in (("merchant_a", "fashion"), ("merchant_b", "restaurant")):
        wanted = getattr(config.targets, key)
        if not wanted:
            found.append(_largest(compiled, trade))
        elif wanted in compiled.unit_ids:
            found.append(compiled.unit_ids.index(wanted))
        else:
            rule = "must be the id of a unit that has a tenant"
            problems.append(Problem(f"targets.{key}", wanted, rule, "tenants.csv names them in its column unit"))
    if problems:
        raise ConfigError.of("the configuration", problems)
    return (found[0], found[1]) if min(found) >= 0 else None


def _largest(compiled: CompiledPlan, trade: str) -> int:
    area_m2 = np.where(compiled.arrays.unit_category == CATEGORY_INDEX[trade], compiled.arrays.unit_area_m2, 0.0)
    return int(area_m2.argmax()) if area_m2.any() else -1


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    found = _found(sums, books)
    verdicts = [row["verdict"] for row in _rows(sums, books) if row["origin"] != PUT_IN]
    return {
        "visits_buying_share": found["buyers"][0],
        "people_per_visit_mean": found["people"][0],
        "people_in_groups_share": found["groups"][0],
        "visits_by_car_share": _share(sums.by_car, int(sums.parties.sum())),
        "co_visit_share": found["both"][0],
        "targets_within_share": _share(verdicts.count(WITHIN), verdicts.count(WITHIN) + verdicts.count(OUTSIDE)),
    }


def _share(part: int | float, whole: int | float) -> float | None:
    return part / whole if whole else None


def _found(sums: Sums, books: Books) -> dict[str, Found]:
    """Return each simulated figure, None where it is not known, and of how many cases it is."""
    if sums.found is None:
        sums.found = _figures(sums, books) | _of_calendar(books.config)
    return sums.found


def _figures(sums: Sums, books: Books) -> dict[str, Found]:
    visits, people = int(sums.parties.sum()), int((sums.parties * np.arange(sums.parties.size)).sum())
    config, stay, bays = books.config, books.sums.stay, int(books.compiled.arrays.parking_bays.sum())
    found: dict[str, Found] = {
        "dwell": (_share(stay.sum_us / 60e6, stay.ended), stay.ended),
        "stores": (_share(int(books.sums.unit["entries"].sum()), visits), visits),
        "buyers": (_share(sums.buyers, visits), visits),
        "people": (_share(people, visits), visits),
        "groups": (_share(people - int(sums.parties[1]), people), visits),
        "cars": (_share(sums.by_car, visits) if bays else None, visits),
        "shop": (None, 0),
    }
    shares, profile = _twelfths(sums, config)
    first_min, last_min = _open_min(config)
    busiest_min = first_min + (last_min - first_min) / 12 * int(shares.argmax())
    found["busiest"] = (float(busiest_min // 60) if visits else None, visits)
    found["profile"] = (float(np.abs(shares - profile).max()) if visits else None, visits)
    category = books.compiled.arrays.unit_category
    for key, (trades, *_) in CONVERSION.items():
        of_trade = np.isin(category, [CATEGORY_INDEX[trade] for trade in trades])
        entries = int(books.sums.unit["entries"][of_trade].sum())
        found[f"conversion_{key}"] = (_share(int(books.sums.unit["purchases"][of_trade].sum()), entries), entries)
    found["both"] = _customers_of_both(sums, books)
    return found


def _customers_of_both(sums: Sums, books: Books) -> Found:
    pair = pair_of(books.config, books.compiled)
    customers = customers_of_a(sums, books)
    both = np.isin(customers, sums.visits_of(pair[1])) if pair else np.zeros(0, bool)
    return _share(int(both.sum()), customers.size), customers.size


def customers_of_a(sums: Sums, books: Books) -> np.ndarray:
    """Return the visits that have entered targets.merchant_a; none where the mall lacks one of the two merchants."""
    pair = pair_of(books.config, books.compiled)
    return sums.visits_of(pair[0]) if pair else np.zeros(0, np.int64)


def _twelfths(sums: Sums, config: RunConfig) -> tuple[np.ndarray, np.ndarray]:
    """Return the shares of the day's arrivals in each twelfth of the opening hours, as simulated and as known."""
    opens, closes = _open_min(config)
    minutes = np.arange(BINS) * BIN_MIN
    twelfth = np.clip((minutes - opens) * 12 // max(closes - opens, 1), 0, 11)
    counts = np.bincount(twelfth, weights=sums.bins, minlength=12)
    population = config.population
    profile = np.array(population.hour_shares_weekend if day_of(config).is_weekend else population.hour_shares_weekday)
    return counts / max(counts.sum(), 1), profile / max(profile.sum(), 1e-300)


def _open_min(config: RunConfig) -> tuple[int, int]:
    hours = config.operations.hours
    return minutes_from_hours(hours.opens), minutes_from_hours(hours.closes)


_calendars: dict[str, dict[str, Found]] = {}


def _of_calendar(config: RunConfig) -> dict[str, Found]:
    """Return what the calendar says of the run's year, this seed's luck included; reckoned once for all days of that year."""
    year = datetime.date.fromisoformat(config.date).year
    key = f"{config.seed} {year} {config.population!r} {config.calendar!r}"
    if key not in _calendars:
        if len(_calendars) >= CALENDARS_KEPT:
            _calendars.clear()
        _calendars[key] = _of_year(config, datetime.date(year, 1, 1))
    return _calendars[key]


def _of_year(config: RunConfig, first: datetime.date) -> dict[str, Found]:
    dates = [first + datetime.timedelta(days=after) for after in range(CALENDAR_DAYS)]
    days = [day_of(config, date) for date in dates]
    factor, luck = np.array([day.factor for day in days]), np.array([day.luck for day in days])
    weekday = np.array([date.weekday() for date in dates])
    mean = np.array([factor[weekday == day].mean() for day in range(7)])
    expected = config.population.visits_per_day * float(factor.mean())
    spread = float(np.sqrt(luck.var() / luck.mean() ** 2 + 1 / max(expected, 1.0)))  # chance adds that of a Poisson count
    return {
        "weekend": (_share(float(mean[SATURDAY:].mean()), float(mean[:SATURDAY].mean())), CALENDAR_DAYS),
        "weekdays": (mon_fri_gap(mean), CALENDAR_DAYS),
        "spread": (spread, CALENDAR_DAYS),
    }


def _rows(sums: Sums, books: Books) -> list[dict[str, str]]:
    """Return the table: what, target, simulated, verdict, origin, source."""
    found = _found(sums, books)
    car_share = books.config.population.car_share
    pair = pair_of(books.config, books.compiled)
    names = [books.compiled.tenant_names[unit] for unit in pair] if pair else ["merchant A", "merchant B"]
    rows = []
    for target in targets_of(day_of(books.config).is_weekend, car_share):
        value, basis = found[target.key]
        what = target.what.replace("{a}", names[0]).replace("{b}", names[1])
        verdict = ONE_DAY if target.key == "shop" else NOTHING if value is None else TOO_FEW
        if value is not None and basis >= BASIS_LEAST:
            verdict = target.verdict(value)
        simulated = "-" if value is None else target.text(value)
        rows.append(
            {
                "what": what, "target": target.wanted, "simulated": simulated, "verdict": verdict, "origin": target.origin,
                "source": target.source,
            }
        )  # fmt: skip
    return rows


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return the table, and the day's arrivals beside the known profile; {} when nobody came."""
    if not sums.parties.any():
        return {}
    shares, profile = _twelfths(sums, books.config)
    opens, closes = _open_min(books.config)
    spread = _found(sums, books)["spread"][0] or 0.0
    return {
        "rows": _rows(sums, books),
        "starts_min": [opens + (closes - opens) * part / 12 for part in range(13)],
        "arrivals_share": shares,
        "profile_share": profile,
        "merchants": _merchants(sums, books),
        "shop_from_mall": 1 + 100 * spread**2,
        "visits": int(sums.parties.sum()),
    }


def _merchants(sums: Sums, books: Books) -> dict[str, Any]:
    """Return how many go to the second merchant, of all visits and of the customers of the first; {} where a mall lacks one of them."""
    pair = pair_of(books.config, books.compiled)
    both = _found(sums, books)["both"][0]
    if pair is None or both is None:
        return {}
    a, b = (books.compiled.tenant_names[unit] for unit in pair)
    return {"a": a, "b": b, "share_b": sums.visits_of(pair[1]).size / int(sums.parties.sum()), "share_both": both}


TOPIC = Topic("targets", "How this day compares with what is known", _KPIS, Sums, values, curves, words)
