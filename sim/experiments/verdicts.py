"""What becomes of each KPI when its runs are held against a baseline's: exact, within tolerance, moved, or undecided."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.experiments.baselines import Value
from sim.experiments.equivalence import EQUIVALENCE_LEVEL, equivalence_p, margin_of, pairs_needed
from sim.experiments.paired import holm, paired_difference
from sim.reporting.kpi_catalogue import BY_NAME

IDENTICAL, EXACT, WITHIN = "identical", "exact", "within tolerance"
MOVED, UNDECIDED, GONE, NEW = "moved", "undecided", "gone", "new"
VERDICTS = (MOVED, GONE, UNDECIDED, WITHIN, EXACT, NEW, IDENTICAL)  # the worst first
STAGE_LEVEL = 0.05  # over all KPIs of all scenarios together, at each of the two stages
FALSE_ALARM_RATE = STAGE_LEVEL**2  # the stages have different seeds, and both must say so
KNOWN_SHARE_MIN = 0.8  # a KPI that is null in more than a fifth of the pairs is no fair sample


@dataclass(frozen=True)
class Judged:
    """What the pairs of one KPI say, before the correction for the number of KPIs."""

    name: str
    verdict: str  # MOVED stands for "seems to have moved" until the fresh seeds have spoken
    p_value: float | None = None  # that the mean has not moved at all
    baseline_mean: float | None = None
    now_mean: float | None = None
    difference_mean: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    margin: float | None = None
    pairs: int = 0
    pairs_needed: int | None = None
    p_adjusted: float | None = None
    p_confirmed: float | None = None
    note: str = ""

    def record(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {**dataclasses.asdict(self), "unit": BY_NAME[self.name].unit if self.name in BY_NAME else ""}


def judge(name: str, then: Sequence[Value], now: Sequence[Value], margins: Mapping[str, float]) -> Judged:
    """Compare a KPI pair by pair; whether it seems to have moved is left to `seem_moved`, which knows how many there are."""
    known = [(float(a), float(b)) for a, b in zip(then, now, strict=True) if a is not None and b is not None]
    if all(a == b for a, b in zip(then, now, strict=True)):
        middle = math.fsum(a for a, _ in known) / len(known) if known else None
        return Judged(name, EXACT, 1.0 if known else None, middle, middle, 0.0 if known else None, pairs=len(known))
    nulls = [sum(1 for value in values if value is None) for values in (then, now)]
    if sorted(nulls) == [0, len(then)]:
        return Judged(name, MOVED, note="it was null and is known now" if nulls[0] else "it was known and is null now")
    if len(known) < max(2, KNOWN_SHARE_MIN * len(then)):
        return Judged(name, UNDECIDED, pairs=len(known), note=f"it is null in {len(then) - len(known)} of {len(then)} pairs")
    found = paired_difference([before for before, _ in known], [after for _, after in known])
    steps = [after - before for before, after in known]
    margin = margin_of(name, found.baseline_mean, margins)
    p_equivalent = equivalence_p(steps, margin)
    is_within = p_equivalent is not None and p_equivalent < EQUIVALENCE_LEVEL
    return Judged(
        name, WITHIN if is_within else UNDECIDED, found.p_value, found.baseline_mean, found.arm_mean, found.difference_mean,
        found.ci_low, found.ci_high, margin, len(known), None if is_within else pairs_needed(steps, margin),
    )  # fmt: skip


def seem_moved(judged: Mapping[Any, Judged]) -> dict[Any, Judged]:
    """Return the same with p-values corrected for their number (Holm), and those that seem to have moved marked so."""
    tested = [key for key, each in judged.items() if each.p_value is not None]
    adjusted = dict(zip(tested, holm([judged[key].p_value or 0.0 for key in tested]), strict=True))
    found = {}
    for key, each in judged.items():
        p_adjusted = adjusted.get(key)
        is_moved = each.verdict == UNDECIDED and p_adjusted is not None and p_adjusted < STAGE_LEVEL
        found[key] = dataclasses.replace(each, p_adjusted=p_adjusted, verdict=MOVED if is_moved else each.verdict)
    return found


def confirmed(first: Mapping[Any, Judged], fresh: Mapping[Any, Judged]) -> dict[Any, Judged]:
    """Return the final verdicts of KPIs that seemed to have moved: moved where fresh seeds say so again, in the same direction.

    What is reported of a KPI that has moved is what the fresh seeds say: the first ones had picked it out.
    """
    again = seem_moved(fresh)
    found = {}
    for key, each in again.items():
        same_way = (each.difference_mean or 0.0) * (first[key].difference_mean or 0.0) > 0
        verdict, note = each.verdict, ""
        if verdict == MOVED and not same_way and not each.note:
            verdict, note = UNDECIDED, "it seemed to have moved, and fresh seeds say the other way"
        elif verdict == UNDECIDED:
            note = each.note or "it seemed to have moved, and fresh seeds do not confirm it"
        found[key] = dataclasses.replace(
            each, verdict=verdict, p_adjusted=first[key].p_adjusted, p_confirmed=each.p_adjusted, note=note or each.note
        )
    return found


def worst_first(judged: Sequence[Judged]) -> list[Judged]:
    """Return KPIs by verdict, and those that have moved by how far beyond chance."""
    order = {verdict: place for place, verdict in enumerate(VERDICTS)}

    def chance(each: Judged) -> float:
        return min(each.p_value if each.p_value is not None else 1.0, 1.0)

    return sorted(judged, key=lambda each: (order[each.verdict], chance(each), each.name))
