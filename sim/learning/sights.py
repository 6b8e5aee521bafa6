"""What a learner sees at a review: counts that the mall's systems report, the clock, the calendar, its budget; no truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.calendar import Day
from sim.categories import CATEGORIES
from sim.learning.coupons import LEARNER
from sim.operations.policies import Seen
from sim.promos import Reach

FEN_PER_YUAN = 100
US_PER_HOUR = 3_600_000_000
MILD_C = 15.0  # stands for the temperature where the calendar has no weather
LOWEST_C, HIGHEST_C = -60.0, 60.0
MOST = 1e9  # people, bills or yuan between two reviews
Sight = dict[str, np.ndarray]
# name -> (how many numbers; None: one for each trade of the mall), lowest, highest, what they are
FIELDS: dict[str, tuple[int | None, float, float, str]] = {
    "clock": (2, 0.0, 48.0, "hours since opening, hours until closing"),
    "calendar": (4, LOWEST_C, HIGHEST_C, "weekend or holiday (0, 1); visits foreseen, of an average day; wet (0, 1); degrees Celsius, 15 where no weather is set"),
    "doors": (2, 0.0, MOST, "people counted in, out since the last review"),
    "inside": (2, 0.0, MOST, "people known to be inside; of them, those whom the app reaches"),
    "sales_yuan": (None, 0.0, MOST, "what tills of each trade took since the last review, yuan"),
    "bills": (None, 0.0, MOST, "bills of each trade since the last review"),
    "coupons": (3, 0.0, MOST, "claims, uses, and cost in yuan of own coupons since the last review"),
    "budget_yuan": (1, 0.0, MOST, "what is left today, yuan"),
}  # fmt: skip


@dataclass
class Sights:
    """Makes sights of a day, one after the other."""

    unit_ids: tuple[str, ...]
    trades: tuple[str, ...]  # of each unit
    hours_us: tuple[int, int]
    day: Day
    budget_fen: int
    used: tuple[int, int, int] = (0, 0, 0)  # claims, uses, fen up to the last review

    @property
    def present_trades(self) -> tuple[str, ...]:
        """The mall's trades, in the order of sim.categories."""
        return tuple(trade for trade in CATEGORIES if trade in self.trades)

    def see(self, seen: Seen) -> Sight:
        """Return what is seen at a review."""
        rows, present = seen.observations.rows, seen.present
        own = [counts for name, counts in seen.used.items() if name.startswith(f"{LEARNER}:")]
        used = (sum(each[0] for each in own), sum(each[1] for each in own), sum(each[2] for each in own))
        claims, uses, cost_fen = (now - before for now, before in zip(used, self.used, strict=True))
        self.used = used
        fen, bills = self._tills(rows)
        opens_us, closes_us = self.hours_us
        weather = self.day.weather
        found: dict[str, Any] = {
            "clock": ((seen.now_us - opens_us) / US_PER_HOUR, max(0, closes_us - seen.now_us) / US_PER_HOUR),
            "calendar": (
                self.day.is_weekend, min(self.day.factor, HIGHEST_C),
                weather is not None and weather.is_wet, MILD_C if weather is None else weather.mean_c,
            ),
            "doors": [rows.value[rows.kind == kind].sum() for kind in ("people_in", "people_out")],
            "inside": (present.person.size, np.count_nonzero(present.reach & Reach.PUSH)),
            "sales_yuan": fen / FEN_PER_YUAN,
            "bills": bills,
            "coupons": (max(claims, 0), max(uses, 0), max(cost_fen, 0) / FEN_PER_YUAN),
            "budget_yuan": (max(0, self.budget_fen - used[2]) / FEN_PER_YUAN,),
        }  # fmt: skip
        return {name: np.array(values, np.float32) for name, values in found.items()}

    def _tills(self, rows: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return fen and bills of each trade."""
        trades = self.present_trades
        sold = rows.kind == "sale"
        unit_of = {f"till:{unit}": trades.index(trade) for unit, trade in zip(self.unit_ids, self.trades)}
        trade = np.array([unit_of[str(sensor)] for sensor in rows.sensor[sold]], np.int64)
        fen = np.zeros(len(trades), np.int64)
        np.add.at(fen, trade, rows.value[sold])
        return fen, np.bincount(trade, minlength=len(trades))


def earned_yuan(sight: Sight, margin_share: float) -> float:
    """Return what an interval has earned by what tills report: the margin on all sales less what own coupons cost, yuan."""
    return margin_share * float(sight["sales_yuan"].sum(dtype=np.float64)) - float(sight["coupons"][2])
