"""What the report says of the comparison with what is known."""

from __future__ import annotations

from typing import Any

from sim.reporting.topics.targets_table import OUTSIDE, PUT_IN, WITHIN
from sim.reporting.topics.topic import Value

ORIGINS = (
    'Figures marked "put in" were given to the simulation: conversion, means of travel, party sizes, the profile of the day, the calendar and its '
    'luck. There the table only checks that what was given is carried out. Those marked "tuned" rest on settings that were chosen to come near '
    "them. The others come out by themselves: only they can speak for or against the simulation."
)


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return the paragraphs above the table."""
    if not curves:
        return []
    rows = curves["rows"]
    judged = [row for row in rows if row["verdict"] in (WITHIN, OUTSIDE) and row["origin"] != PUT_IN]
    within = sum(row["verdict"] == WITHIN for row in judged)
    missed = misses(rows)
    found = [
        f"What is known of real malls, and what this day gives. {within} of the {len(judged)} figures that can be judged and were not put in lie "
        "within their range. A figure outside is not repaired anywhere: mind it when you rely on what hangs on it. Those marked "
        "(calendar) are what the calendar and its luck foresee for a year; no other day was simulated.",
        ORIGINS,
    ]
    if missed:
        found.append(f"Outside their range: {'; '.join(missed)}.")
    if pair := curves["merchants"]:
        found.append(
            f"Of all visits, {100 * pair['share_b']:.1f} % went to {pair['b']}; of the customers of {pair['a']}, {100 * pair['share_both']:.1f} % did. "
            "The source says it of an alliance's users, whom it may have followed over many visits; this is one day."
        )
    found.append(
        "How much the day totals of one shop vary takes a run of many days. If a shop of 100 customers a day went up and down with the mall "
        f"alone, their variance would be {curves['shop_from_mall']:.1f} times their mean; 6.7 was measured at a real one."
    )
    return found


def misses(rows: list[dict[str, str]]) -> list[str]:
    """Return what lies outside, in words."""
    return [f"{row['what']} {row['simulated']}, known {row['target']}" for row in rows if row["verdict"] == OUTSIDE]
