"""How kinds of visitors fare: visits, spending, satisfaction and stay by purpose, membership, children and car."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np

from sim.units import US_PER_MIN
from sim.visitors import Purpose

SEGMENT_COLUMNS = ("segment", "visits", "spent_fen", "satisfaction_mean", "stay_min_mean")
_SUMS = ("visits", "spent_fen", "satisfaction_milli", "stay_us")
Sums = dict[str, dict[str, int]]


def segments_of(outcomes: np.ndarray) -> Sums:
    """Return the sums of each segment over visits that have ended (OUTCOME records); integers, so that days add up in any order."""
    masks = {f"purpose:{purpose.name.lower()}": outcomes["purpose"] == purpose for purpose in Purpose}
    masks |= {"members": outcomes["is_member"] == 1, "no members": outcomes["is_member"] == 0}
    masks |= {"with children": outcomes["children"] > 0, "without children": outcomes["children"] == 0}
    masks |= {"by car": outcomes["came_by_car"] == 1, "not by car": outcomes["came_by_car"] == 0}
    milli = np.rint(1000 * outcomes["satisfaction"]).astype(np.int64)
    stay_us = outcomes["left_us"] - outcomes["arrived_us"]
    return {
        name: {
            "visits": int(mask.sum()),
            "spent_fen": int(outcomes["spent_fen"][mask].sum()),
            "satisfaction_milli": int(milli[mask].sum()),
            "stay_us": int(stay_us[mask].sum()),
        }
        for name, mask in masks.items()
    }


def over_days(days: Sequence[Sums]) -> Sums:
    """Return the sums of several days."""
    return {name: {each: sum(day[name][each] for day in days) for each in _SUMS} for name in (days[0] if days else ())}


def segments_csv(sums: Mapping[str, Mapping[str, int]]) -> str:
    """Return a row for each segment, as CSV; a mean over nobody is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(SEGMENT_COLUMNS)
    for name, row in sums.items():
        visits = row["visits"]
        means = (row["satisfaction_milli"] / 1000 / visits, row["stay_us"] / US_PER_MIN / visits) if visits else ("", "")
        writer.writerow([name, visits, row["spent_fen"], *(f"{mean:.6g}" if mean != "" else "" for mean in means)])
    return text.getvalue()
