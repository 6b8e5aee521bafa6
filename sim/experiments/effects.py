"""Where an arm makes a difference: by hour, level, tenant and segment, each with its interval, corrected for the number of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.experiments.paired import compared, holm, verdict_of
from sim.experiments.parts import KINDS, Parts


def effects_of(
    arms: Sequence[str], parts: Mapping[tuple[str, int], Parts], replications: Sequence[int], first: int | None = None
) -> list[dict[str, Any]]:
    """Return one record for each arm but the first and each part: means, difference, interval, p-value after Holm over all records.

    A part that is zero in all runs of both arms (an hour at night) is left out, and so is one that a fifth of the pairs do not know.
    `first` is the size of the first stage, where the number of replications was chosen by what the runs say.
    """
    baseline, *others = arms
    if any((arm, number) not in parts for arm in arms for number in replications):
        return []
    found: list[dict[str, Any]] = []
    for arm in others:
        for kind in KINDS:
            sides = [(parts[baseline, number].get(kind, {}), parts[arm, number].get(kind, {})) for number in replications]
            for name in dict.fromkeys(name for pair in sides for side in pair for name in side):
                pairs = [(left.get(name), right.get(name)) for left, right in sides]
                if any(value for pair in pairs for value in pair):
                    found += _record(kind, name, arm, pairs, first)
    for record, p_adjusted in zip(found, holm([record["p_value"] for record in found]), strict=True):
        record["p_adjusted"] = p_adjusted
        record["verdict"] = verdict_of(record["difference_mean"], p_adjusted)
    return found


def _record(kind: str, name: str, arm: str, pairs: Sequence[tuple[Any, Any]], first: int | None) -> list[dict[str, Any]]:
    _, result = compared(pairs, first)
    if result is None or result.p_value is None:
        return []
    return [
        {
            "kind": kind,
            "name": name,
            "arm": arm,
            "baseline_mean": result.baseline_mean,
            "arm_mean": result.arm_mean,
            "difference_mean": result.difference_mean,
            "ci_low": result.ci_low,
            "ci_high": result.ci_high,
            "p_value": result.p_value,
        }
    ]
