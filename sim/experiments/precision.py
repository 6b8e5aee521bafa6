"""How many replications a wanted half-width takes: a first stage, then as many more as its spread asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import ConfigError, Problem
from sim.experiments.paired import compared
from sim.paths import unknown_name
from sim.reporting.kpi_catalogue import BY_NAME

FIRST_STAGE_MIN = (
    10  # fewer runs tell too little of their spread: t(0.975, 4) is 2.8, and a small spread by luck would stop too early
)
REPLICATIONS_MAX = 200
RULE = "first stage, then more until t(0.975, first - 1) S / sqrt(n) <= wanted, S the larger spread of the first stage and of all pairs"


@dataclass(frozen=True)
class Target:
    """A half-width that is wanted of a KPI's paired difference."""

    kpi: str
    half_width: float
    is_share: bool  # of the baseline's mean over the first stage, else in the KPI's own unit


def targets_of(text: str) -> tuple[Target, ...]:
    """Return the targets of "sales_fen<=1%,queue_wait_s_mean<=5"; nothing of an empty text.

    Raises ConfigError that names every word that is wrong.
    """
    found: list[Target] = []
    problems: list[Problem] = []
    for word in filter(None, (part.strip() for part in text.strip().removeprefix("[").removesuffix("]").split(","))):
        match = re.fullmatch(r"(\w+)\s*<=\s*([0-9.eE+-]+)\s*(%?)", word.strip("\"' "))
        size = _number(match[2]) if match else None
        if match is None or size is None:
            way_out = "write KPI<=SHARE% or KPI<=NUMBER, for instance until='sales_fen<=1%'"
            problems.append(
                Problem("until", word, "must be a KPI and the half-width wanted of its difference, above 0", way_out)
            )
        elif match[1] not in BY_NAME or not BY_NAME[match[1]].is_known:
            known = [kpi.name for kpi in BY_NAME.values() if kpi.is_known]
            problems.append(unknown_name("until", match[1], known, "simulated KPI", "`galleria list kpis`"))
        else:
            found.append(Target(match[1], size / 100 if match[3] else size, bool(match[3])))
    if problems:
        raise ConfigError.of("the comparison", problems)
    return tuple(found)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def stage_problems(first: int, most: int) -> list[Problem]:
    """Say what is wrong with the sizes of a comparison that goes on until it is precise."""
    problems = []
    if first < FIRST_STAGE_MIN:
        rule = f"with until, it is the first stage, which needs at least {FIRST_STAGE_MIN}"
        problems.append(Problem("replications", str(first), rule, "20 is a good start"))
    if most < first:
        problems.append(
            Problem("max_replications", str(most), "cannot be below replications", f"leave it out ({REPLICATIONS_MAX})")
        )
    return problems


def precision_of(
    arms: Sequence[str],
    kpis: Mapping[tuple[str, int], Mapping[str, Any]],
    done: int,
    first: int,
    targets: Sequence[Target],
) -> list[dict[str, Any]]:
    """Return one record for each target and arm: what is wanted, what `done` replications give, and how many it is thought to take.

    `replications_needed` is None where no number would do: the KPI is null on too many days, or the share is one of nothing.

    Why the interval of `paired_difference(..., first)` is honest whatever stops the runs: for normal differences their mean over n
    pairs is independent of every sample variance of those pairs, so that |mean - truth| sqrt(n) / S_first follows Student's t with
    first - 1 degrees of freedom at a number n chosen by spreads (Stein 1945, Ann. Math. Stat. 16, 243-258), and a larger S only
    widens the interval. A share of the baseline's mean makes n depend a little on means; tests measure what that costs.
    """
    baseline, *others = arms
    found = []
    for target in targets:
        at_start = [kpis[baseline, number].get(target.kpi) for number in range(1, first + 1)]
        known = [float(value) for value in at_start if isinstance(value, int | float)]
        wanted = (
            target.half_width * abs(math.fsum(known) / len(known) if known else 0.0) if target.is_share else target.half_width
        )
        for arm in others:
            pairs = [(kpis[baseline, n].get(target.kpi), kpis[arm, n].get(target.kpi)) for n in range(1, done + 1)]
            _, result = compared(pairs, first)
            half = None if result is None else result.half_width
            found.append(
                {
                    "name": target.kpi,
                    "arm": arm,
                    "half_width_wanted": wanted,
                    "share_wanted": target.half_width if target.is_share else None,
                    "half_width": half,
                    "replications_needed": needed(half, wanted, done),
                    "is_reached": half is not None and half <= wanted,
                }
            )
    return found


def needed(half: float | None, wanted: float, done: int) -> int | None:
    """Return how many replications the wanted half-width takes if the spread stays as it is."""
    if half is None or (wanted == 0.0 and half > 0.0):
        return None
    return done if half <= wanted else max(done + 1, math.ceil(done * (half / wanted) ** 2))
