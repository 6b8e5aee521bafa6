"""From the configuration and from decisions to the records of happenings."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.happenings.records import BITS_MAX, HAPPENING
from sim.crowd.state import Mall
from sim.units import US_PER_MIN
from sim.visitors import TASTES

NO_THEME = ""


def describe_happenings(params: Any, config: RunConfig) -> None:
    """Write how parties take happenings into the one record of PARAMS."""
    told = config.happenings
    params.audience_weight = told.audience_weight
    params.early_us_scale = told.early_min_scale * US_PER_MIN
    params.spare_for_happening_us = round(told.spare_min * US_PER_MIN)
    params.clue_s_scale = told.clue_walk_s_scale


def no_happenings(legs: int) -> dict[str, np.ndarray]:
    """Return the arrays of a mall in which nothing happens."""
    return {
        "happenings": np.zeros(0, HAPPENING).view(np.recarray), "themes": np.zeros((0, TASTES), np.float32),
        "happenings_by_leg": np.zeros(legs, np.int64),
    }  # fmt: skip


def with_happening(mall: Mall, row: np.ndarray, place: int, node: int, theme: str) -> Mall:
    """Return the mall with one happening more, in the hall before a place; `row` is its HAPPENING record but for place, theme and bit.

    Whoever walks through the zone of that door passes it. Its place in the space of tastes is the mean of its trade's brands, to the
    length of one standard deviation of a party's taste.
    """
    index = mall.happenings.size
    row["place"], row["theme"] = place, CATEGORIES.index(theme) if theme else -1
    if np.isfinite(row["stops_logit"][0]):
        taken = int(np.count_nonzero(mall.happenings["bit"]))
        assert taken < BITS_MAX
        row["bit"] = np.int64(1) << np.int64(taken)
        mall.happenings_by_leg[_legs_through(mall, int(mall.nodes["zone"][node]))] |= row["bit"]
    mall.params["happenings"] = index + 1
    return mall._replace(
        happenings=np.concatenate([mall.happenings, row]).view(np.recarray),
        themes=np.concatenate([mall.themes, _theme_of(mall, theme)[None]]),
    )


def _legs_through(mall: Mall, zone: int) -> np.ndarray:
    """Return the legs (int64) with a piece in a zone."""
    inside = np.flatnonzero(mall.pieces["zone"] == zone)
    return np.unique(np.searchsorted(mall.legs["piece_end"], inside, side="right"))


def _theme_of(mall: Mall, theme: str) -> np.ndarray:
    found = np.zeros(TASTES, np.float32)
    if theme:
        of_trade = mall.brands[mall.units["category"] == CATEGORIES.index(theme)]
        mean = of_trade.mean(axis=0) if of_trade.size else found
        length = float(np.sqrt((mean * mean).sum()))
        found = np.asarray(mean / length if length > 0 else found, np.float32)
    return found
