"""What is known of malls from elsewhere: each figure with its range and source, to hold a day against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WITHIN, OUTSIDE, ONE_DAY, TOO_FEW, NOTHING = (
    "within", "outside", "cannot be known in one day", "too few to tell", "nothing of it in this mall",
)  # fmt: skip
PUT_IN, TUNED, COMES_OUT = "put in", "tuned", "comes out"


@dataclass(frozen=True)
class Target:
    """One figure. `unit` says how numbers are shown: min, share, ratio or hour (of the clock, its beginning)."""

    key: str
    what: str
    unit: str
    best: float | None
    ranges: tuple[tuple[float, float], ...]  # a value in any of them is within
    source: str
    origin: str  # PUT_IN: the simulation was given it; TUNED: settings were chosen to come near it; COMES_OUT: neither

    def text(self, value: float) -> str:
        """Return a value as a planner reads it."""
        if self.unit == "share":
            return f"{100 * value:.1f} %"
        if self.unit == "hour":
            return f"{value:.0f}-{value + 1:.0f} h"
        return f"{value:.1f} min" if self.unit == "min" else f"{value:.2f}"

    @property
    def wanted(self) -> str:
        """The target in words: its ranges, and the best single value in front where there is one."""
        ranges = " or ".join(_range_text(low, high, self.unit) for low, high in self.ranges)
        return ranges if self.best is None else f"{self.text(self.best)} ({ranges})"

    def verdict(self, value: float) -> str:
        """Say whether a value lies within; the ends count."""
        return WITHIN if any(low <= value <= high for low, high in self.ranges) else OUTSIDE


def _range_text(low: float, high: float, unit: str) -> str:
    if unit == "share":
        return f"at most {100 * high:g} %" if low == 0 else f"{100 * low:g}-{100 * high:g} %"
    return f"{low:g}-{high + 1:g} h" if unit == "hour" else f"{low:g}-{high:g}"


# Conversion after entry: what is known, for the trades it is known of; food is everything with tables or a counter.
CONVERSION = {
    "fashion": (("fashion",), "clothes", 0.25, "AlterVision 2023"),
    "footwear": (("footwear",), "shoes", 0.27, "AlterVision 2023"),
    "beauty": (("beauty",), "beauty", 0.34, "AlterVision 2023"),
    "home": (("home",), "home", 0.48, "AlterVision 2023"),
    "electronics": (("electronics",), "electronics", 0.25, "from memory of trade reports"),
    "supermarket": (("supermarket",), "supermarkets", 0.90, "from memory of trade reports"),
    "food": (("restaurant", "fast_food", "cafe"), "food and drink", 0.85, "from memory of trade reports"),
}
CONVERSION_SPREAD = 0.2  # malls' stores convert 20-30 % less or more than the shops of the sources
_GROUPS = {False: (1.72, 0.70), True: (2.05, 0.81)}  # weekday, weekend: mean size, share of people in groups
_BUSIEST = {False: ((12.0, 12.0), (18.0, 19.0)), True: ((13.0, 16.0),)}


def targets_of(is_weekend: bool, car_share: float) -> tuple[Target, ...]:
    """Return the figures for a weekday or a weekend day, in a market of which `car_share` comes by car."""
    kind = "weekend day" if is_weekend else "weekday"
    people, in_groups = _GROUPS[is_weekend]
    return (
        Target("dwell", "Time in the mall, mean", "min", 84.0, ((75.0, 95.0),), "ICSC 2005 (21,000 interviews), 2013", TUNED),
        Target("stores", "Stores entered per visit", "ratio", 3.5, ((2.0, 6.0),), "JCDecaux / ICSC: 2 in the US; 3.5 for mixed use", TUNED),
        Target("buyers", "Visits that buy at least once", "share", 0.81, ((0.5, 0.85),), "JCDecaux; ICSC 2017", COMES_OUT),
        *(_conversion(key) for key in CONVERSION),
        Target("people", f"People per visit, {kind}", "ratio", people, ((people - 0.1, people + 0.1),), "zero-truncated Poisson: Moussaid et al. 2010; JCDecaux", PUT_IN),
        Target("groups", f"People who come in company, {kind}", "share", in_groups, ((in_groups - 0.04, in_groups + 0.04),), "Moussaid et al. 2010; JCDecaux", PUT_IN),
        Target("cars", "Visits by car", "share", car_share, ((round(car_share - 0.03, 4), round(car_share + 0.03, 4)),), "population.car_share of the market; elsewhere 0.2-0.9", PUT_IN),
        Target("busiest", f"Busiest hour of arrivals, {kind}", "hour", None, _BUSIEST[is_weekend], "Pei et al. 2020; Chinese mall counts", PUT_IN),
        Target("profile", "Arrivals in a twelfth of the day: largest gap to the known profile", "share", None, ((0.0, 0.02),), "population.hour_shares: Pei et al. 2020, street counts", PUT_IN),
        Target("weekend", "Visits on a weekend day / a weekday (calendar)", "ratio", 1.5, ((1.2, 2.0),), "Pei et al. 2020 (sign)", PUT_IN),
        Target("weekdays", "Monday ... Friday: largest gap to payments (calendar)", "share", None, ((0.0, 0.05),), "Koubei: payments at 2,000 Chinese food shops", PUT_IN),
        Target("spread", "Day totals about what the calendar foresees, sd / mean (calendar)", "ratio", None, ((0.14, 0.24),), "residual CV of street counts and payments", PUT_IN),
        Target("shop", "A shop of 100 customers a day: variance / mean of its day totals", "ratio", 6.7, ((5.0, 9.0),), "Koubei: one shop, 494 days", COMES_OUT),
        Target("both", "Customers of {a} who also go to {b} that day", "share", 0.25, ((0.20, 0.30),), "a points alliance's own account (article S0): 20-30 % of its users go to Uniqlo and Pizza Hut, maybe over many visits", COMES_OUT),
    )  # fmt: skip


PAYMENTS_MON_FRI = np.array([0.94, 0.97, 0.96, 0.97, 1.07])  # Koubei, relative to the mean of the week


def mon_fri_gap(week: np.ndarray) -> float:
    """Return the largest gap of Monday ... Friday, each relative to their mean, to those of payments; `week` has all seven days."""
    mon_fri, payments = week[:5] / max(float(week[:5].mean()), 1e-300), PAYMENTS_MON_FRI / PAYMENTS_MON_FRI.mean()
    return float(np.abs(mon_fri - payments).max())


def _conversion(key: str) -> Target:
    _, name, best, source = CONVERSION[key]
    low, high = round(best * (1 - CONVERSION_SPREAD), 3), round(min(best * (1 + CONVERSION_SPREAD), 1.0), 3)
    return Target(f"conversion_{key}", f"Entries that end in a purchase: {name}", "share", best, ((low, high),), source, PUT_IN)
