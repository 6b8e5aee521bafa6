"""What the platform makes of each person it knows: visits, stays and purchases by kind of store, and the taste that they suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.categories import CATEGORIES, GROUP_OF, GROUPS
from sim.config_sensing import ProfilesConfig
from sim.errors import ConfigError, Problem
from sim.sensing.insight.stays import StayRows
from sim.units import US_PER_DAY, US_PER_HOUR

TAG_WEIGHT = (
    2.0  # stays that a partner's tag is worth: less than the average taste, as some tags are wrong; engineering judgement
)
SMOOTHING = 1.0  # stays, spread evenly over all stores, that everybody's taste starts from, so that no store is ever ruled out
VISIT_GAP_US = 3 * US_PER_HOUR  # seen again after so long, a person has come again
NEVER_US = -(2**62)
WHOLE = ("visits", "stays", "purchases", "spent_fen", "inside_us", "stayed_us", "first_seen_us", "last_seen_us")
ROWS_AT_FIRST = 256


class Profiles:
    """One row per known person, in order of first appearance; people are numbered by whoever knows them (identity).

    Observations lose half their weight in `half_life_days`. Weights are kept as they were worth at the run's first midnight, so
    that none has to be touched as time goes by.
    """

    def __init__(self, unit_ids: Sequence[str], trades: Sequence[str], config: ProfilesConfig) -> None:
        """Begin with nobody; `unit_ids` and `trades` are those of the plan's stores, in its order."""
        self._config = config
        names = {
            "group": ([GROUP_OF[trade] for trade in trades], tuple(GROUPS)),
            "category": (list(trades), CATEGORIES),
            "store": (list(unit_ids), tuple(unit_ids)),
        }
        of_unit, self.classes = names[config.depth]
        index = {name: at for at, name in enumerate(self.classes)}
        self.class_of_unit = np.array([index[name] for name in of_unit], np.int64)  # (U)
        self._trade_of_unit = np.array([CATEGORIES.index(trade) for trade in trades], np.int64)
        self._everybody = np.zeros(len(trades))  # weight of the stays and purchases in each store, also of people not known
        self._sorted = np.zeros(0, np.int64)  # numbers of the known, and the row of each
        self._sorted_rows = np.zeros(0, np.int64)
        self._whole = {name: np.zeros(ROWS_AT_FIRST, np.int64) for name in WHOLE}
        self._stay_weight = np.zeros((ROWS_AT_FIRST, len(self.classes)), np.float32)
        self._purchase_weight = np.zeros((ROWS_AT_FIRST, len(self.classes)), np.float32)

    @property
    def numbers(self) -> np.ndarray:
        """The people known, in ascending order (int64)."""
        return self._sorted.copy()

    def see(self, profiles: np.ndarray, now_us: int) -> None:
        """Note that phones of these people (-1 unknown; repeats count once) were located."""
        rows = self._rows(np.unique(profiles[profiles >= 0]))
        whole = self._whole
        apart_us = now_us - whole["last_seen_us"][rows]
        is_new = apart_us > VISIT_GAP_US
        whole["visits"][rows] += is_new
        whole["inside_us"][rows] += np.where(is_new, 0, apart_us)
        whole["last_seen_us"][rows] = now_us
        whole["first_seen_us"][rows] = np.where(whole["first_seen_us"][rows] == NEVER_US, now_us, whole["first_seen_us"][rows])

    def take_stays(self, profiles: np.ndarray, stays: StayRows) -> None:
        """Take stays with the person of each (-1 unknown: it counts for everybody's taste alone); those in the hall say nothing."""
        inside = np.flatnonzero(stays.unit >= 0)
        rows, known, weight = self._note(profiles[inside], stays.unit[inside], stays.to_us[inside], 1.0)
        np.add.at(self._stay_weight, (rows, self.class_of_unit[stays.unit[inside][known]]), weight[known])
        np.add.at(self._whole["stays"], rows, 1)
        np.add.at(self._whole["stayed_us"], rows, (stays.to_us - stays.from_us)[inside][known])

    def take_purchases(self, profiles: np.ndarray, units: np.ndarray, fen: np.ndarray, at_us: np.ndarray) -> None:
        """Take sales that tills reported, with the person of each (-1 unknown)."""
        rows, known, weight = self._note(profiles, units, at_us, self._config.purchase_weight)
        np.add.at(self._purchase_weight, (rows, self.class_of_unit[units[known]]), weight[known])
        np.add.at(self._whole["purchases"], rows, 1)
        np.add.at(self._whole["spent_fen"], rows, fen[known])

    def import_tags(self, profiles: np.ndarray, trades: np.ndarray, now_us: int = 0) -> None:
        """Take a partner's tags: that a person likes a trade (index into CATEGORIES). Each counts as TAG_WEIGHT stays of today.

        At depth `store` it is spread over the stores of the trade; a trade that the mall does not have says nothing there.
        """
        rows = self._rows(profiles)
        if self._config.depth == "store":
            has = (self._trade_of_unit == trades[:, None]).astype(float)
            share = has / np.maximum(has.sum(axis=1, keepdims=True), 1.0)
        else:
            at = np.array(
                [
                    self.classes.index(GROUP_OF[CATEGORIES[t]] if self._config.depth == "group" else CATEGORIES[t])
                    for t in trades
                ]
            )
            share = np.eye(len(self.classes))[at.astype(np.int64)] if at.size else np.zeros((0, len(self.classes)))
        np.add.at(self._stay_weight, rows, TAG_WEIGHT * self._worth(now_us) * share)

    def own_weight(self, profiles: np.ndarray, now_us: int) -> np.ndarray:
        """Return what each person's own stays and purchases in each class are worth, in stays, (n, classes); nothing of strangers."""
        at = np.searchsorted(self._sorted, profiles)
        at = np.minimum(at, max(self._sorted.size - 1, 0))
        own = np.zeros((profiles.size, len(self.classes)))
        known = np.flatnonzero(self._sorted[at] == profiles) if self._sorted.size else np.zeros(0, np.int64)
        rows = self._sorted_rows[at[known]] if known.size else known
        own[known] = self._stay_weight[rows] + self._config.purchase_weight * self._purchase_weight[rows]
        own /= self._worth(now_us)
        return own

    def whole_of(self, profiles: np.ndarray) -> dict[str, np.ndarray]:
        """Return the counts (WHOLE) of each person; 0 of strangers, whose instants are NEVER_US."""
        at = np.minimum(np.searchsorted(self._sorted, profiles), max(self._sorted.size - 1, 0))
        known = self._sorted[at] == profiles if self._sorted.size else np.zeros(profiles.size, bool)
        rows = self._sorted_rows[at[known]] if known.any() else np.zeros(0, np.int64)
        found = {}
        for name in WHOLE:
            found[name] = np.full(profiles.size, NEVER_US if name.endswith("_seen_us") else 0, np.int64)
            found[name][known] = self._whole[name][rows]
        return found

    def affinity(self, profiles: np.ndarray, now_us: int) -> np.ndarray:
        """Return the expected share of each class in what each person wants, (n, classes) float64; rows add up to 1.

        The posterior mean under a Dirichlet prior: (prior_weight x everybody's share + own weight) / (prior_weight + all own weight).
        Somebody not known (-1, or never seen) has everybody's taste.
        """
        own = self.own_weight(profiles, now_us)
        prior = self._config.prior_weight
        everybody = np.bincount(self.class_of_unit, self.store_shares(), len(self.classes))
        return (prior * everybody + own) / (prior + own.sum(axis=1, keepdims=True))

    def store_affinity(self, profiles: np.ndarray, now_us: int) -> np.ndarray:
        """Return the same for each store, (n, U): within a class of stores a person is taken to want what everybody wants."""
        shares = self.store_shares()
        of_class = np.bincount(self.class_of_unit, shares, len(self.classes))[self.class_of_unit]
        return self.affinity(profiles, now_us)[:, self.class_of_unit] * (shares / of_class)

    def store_shares(self) -> np.ndarray:
        """Return each store's share in what everybody wants, (U); known at every depth."""
        weight = self._everybody + SMOOTHING / max(self._everybody.size, 1)
        return weight / weight.sum()

    def columns(self) -> dict[str, np.ndarray]:
        """Return the state as it is written to profiles.parquet, in order of the people's numbers; weights are worth what they are at time 0."""
        rows = self._sorted_rows
        found = {"profile": self._sorted.copy(), **{name: values[rows] for name, values in self._whole.items()}}
        for prefix, weight in (("stays", self._stay_weight), ("purchases", self._purchase_weight)):
            found |= {f"{prefix}:{name}": weight[rows, index] for index, name in enumerate(self.classes)}
        return found

    def restore(self, columns: Mapping[str, np.ndarray], days_later: float) -> None:
        """Take over what an earlier run knew (see `columns`), whose first midnight was `days_later` days before this one's.

        Rows of one number add up. Everybody's taste begins with theirs. Raises ConfigError when it sorted people's wishes otherwise.
        """
        problems = self.problems_of(columns)
        if problems:
            raise ConfigError.of("sensing.identity.continue_from", problems)
        later_us = int(days_later * US_PER_DAY)
        whole = {name: np.asarray(columns[name]) for name in WHOLE}
        for name in ("first_seen_us", "last_seen_us"):
            whole[name] = np.where(whole[name] == NEVER_US, NEVER_US, whole[name] - later_us)
        aged = self._worth(-later_us)
        stays, purchases = (
            (aged * np.stack([columns[f"{prefix}:{name}"] for name in self.classes], axis=1)).astype(np.float32)
            for prefix in ("stays", "purchases")
        )
        self._add(np.asarray(columns["profile"]), whole, stays, purchases)
        own = stays + self._config.purchase_weight * purchases
        stores = np.bincount(self.class_of_unit, minlength=len(self.classes))
        self._everybody += (own.sum(axis=0, dtype=np.float64) / np.maximum(stores, 1))[self.class_of_unit]

    def problems_of(self, columns: Mapping[str, np.ndarray]) -> list[Problem]:
        """Return why `restore` cannot take these columns; nothing where it can."""
        return [] if list(columns) == list(self.columns()) else [_other_classes(columns, self._config.depth)]

    def gather(self, numbers_now: np.ndarray) -> None:
        """Make one row of people who turned out to be one: `numbers_now` (int64) is what each of `numbers` goes by by now.

        Counts, sums and weights add up; first seen is the earliest, last seen the latest.
        """
        if np.array_equal(numbers_now, self._sorted):
            return
        rows = self._sorted_rows
        whole = {name: values[rows] for name, values in self._whole.items()}
        stays, purchases = self._stay_weight[rows], self._purchase_weight[rows]
        self._sorted, self._sorted_rows = np.zeros(0, np.int64), np.zeros(0, np.int64)
        for values in self._whole.values():
            values[:] = 0
        self._stay_weight[:] = self._purchase_weight[:] = 0.0
        self._add(numbers_now, whole, stays, purchases)

    def _add(self, profiles: np.ndarray, whole: Mapping[str, np.ndarray], stays: np.ndarray, purchases: np.ndarray) -> None:
        """Add what is known of people (who may be named several times) to their rows."""
        rows = self._rows(profiles)
        for name in WHOLE:
            if name == "first_seen_us":
                seen = np.flatnonzero(whole[name] != NEVER_US)
                first_us = self._whole[name]
                first_us[rows[seen]] = np.where(first_us[rows[seen]] == NEVER_US, -NEVER_US, first_us[rows[seen]])
                np.minimum.at(first_us, rows[seen], whole[name][seen])
            elif name == "last_seen_us":
                np.maximum.at(self._whole[name], rows, whole[name])
            else:
                np.add.at(self._whole[name], rows, whole[name])
        np.add.at(self._stay_weight, rows, stays)
        np.add.at(self._purchase_weight, rows, purchases)

    def _worth(self, at_us: Any) -> Any:
        """Return what an observation at an instant is worth against one at time 0."""
        return 2.0 ** (at_us / (self._config.half_life_days * US_PER_DAY))

    def _note(
        self, profiles: np.ndarray, units: np.ndarray, at_us: np.ndarray, each: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Count observations for everybody; return rows and indices of those whose person is known, and the worth of all."""
        weight = np.asarray(self._worth(at_us))
        np.add.at(self._everybody, units, each * weight)
        known = np.flatnonzero(profiles >= 0)
        return self._rows(profiles[known]), known, weight

    def _rows(self, profiles: np.ndarray) -> np.ndarray:
        """Return the row of each person, a new one where there is none."""
        at = np.searchsorted(self._sorted, profiles)
        is_new = np.ones(profiles.size, bool)
        inside = at < self._sorted.size
        is_new[inside] = self._sorted[at[inside]] != profiles[inside]
        if is_new.any():
            new = np.unique(profiles[is_new])
            first = self._sorted.size
            self._enlarge(first + new.size)
            for name in ("first_seen_us", "last_seen_us"):
                self._whole[name][first : first + new.size] = NEVER_US
            where = np.searchsorted(self._sorted, new)
            self._sorted = np.insert(self._sorted, where, new)
            self._sorted_rows = np.insert(self._sorted_rows, where, np.arange(first, first + new.size))
            at = np.searchsorted(self._sorted, profiles)
        return self._sorted_rows[at]

    def _enlarge(self, rows: int) -> None:
        """Double the tables until they have room."""
        if rows > self._stay_weight.shape[0]:
            more = max(rows, 2 * self._stay_weight.shape[0]) - self._stay_weight.shape[0]
            self._whole = {name: np.concatenate([values, np.zeros(more, np.int64)]) for name, values in self._whole.items()}
            blank = np.zeros((more, len(self.classes)), np.float32)
            self._stay_weight = np.concatenate([self._stay_weight, blank])
            self._purchase_weight = np.concatenate([self._purchase_weight, blank])


def _other_classes(columns: Mapping[str, np.ndarray], depth: str) -> Problem:
    return Problem(
        "profiles.parquet", f"{len(columns)} columns", f"must have been kept at depth {depth!r}, and of the same stores at depth 'store'",
        "set sensing.profiles.depth as in the earlier run, or leave continue_from empty",
    )  # fmt: skip
