"""Which arms are beaten in every KPI that counts, surely, and which may be on the front: paired differences, corrected for all pairs of arms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

from scipy.special import stdtr

from sim.errors import ConfigError, Problem
from sim.experiments.engines import Runner
from sim.experiments.paired import holm, mean, variance
from sim.experiments.procedures import paired
from sim.experiments.replicate import Arm, Count
from sim.experiments.selection import SOURCE
from sim.experiments.study_folder import facts_of, made, study, values_of
from sim.reporting.files import write_atomically, write_json
from sim.reporting.kpi_catalogue import kpi_named

SCHEMA_VERSION = 1
RESULT = "pareto.json"
FIGURE = "pareto.svg"
DOMINATED, OPEN = "dominated", "may be on the front"
Values = Sequence[Sequence[Sequence[float]]]  # [arm][KPI][replication]


@dataclass(frozen=True)
class Goal:
    """A KPI, and which way of it is better."""

    kpi: str
    maximise: bool


def front(
    arms: Sequence[Arm], out: Path, goals: Sequence[Goal], replications: int, confidence: float, runner: Runner, count: Count | None = None
) -> dict[str, Any]:  # fmt: skip
    """Run every arm `replications` times into `out`, write pareto.json and pareto.svg there, and return the former.

    A second call makes only what is missing. Raises ConfigError for what cannot be asked, EngineError for runs that failed twice or do
    not know one of the KPIs.
    """
    from sim.reporting.pareto_drawing import draw_fronts

    _refuse(arms, goals, replications, confidence)
    out = Path(out)
    with study(out, "front", runner, facts_of(arms)) as runs:
        wanted = [(arm, number) for number in range(1, replications + 1) for arm in arms]
        found = made(out, runs, wanted, count)
        of_kpi = {goal.kpi: values_of(out, found, goal.kpi) for goal in goals}
        values = [[[of_kpi[goal.kpi][arm, n] for n in range(1, replications + 1)] for goal in goals] for arm, _ in arms]
        told = _told(arms, goals, values, confidence)
        write_json(out / RESULT, told)
        write_atomically(out / FIGURE, draw_fronts(told))
    return told


def dominations(values: Values, goals: Sequence[Goal]) -> dict[tuple[int, int], float]:
    """Return, for each ordered pair (better, worse), the corrected p-value of "`better` is better in every KPI in which they differ".

    The p-value of a pair is the largest of its KPIs' one-sided paired t tests (intersection-union, Berger 1982: no correction for their
    number is wanted); Holm's correction over all ordered pairs follows, so that with probability 1 - alpha no arm is wrongly called dominated at
    p < alpha. A KPI whose values are the same in every replication neither speaks for nor against.
    """
    pairs = list(permutations(range(len(values)), 2))
    raw = [max(_p_values(values[better], values[worse], goals), default=1.0) for better, worse in pairs]
    return dict(zip(pairs, holm(raw), strict=True))


def front_of_means(means: Sequence[Sequence[float]], goals: Sequence[Goal]) -> list[int]:
    """Return the arms that no other equals or beats in every KPI and beats in one, by means [arm][KPI] alone."""

    def beats(first: int, second: int) -> bool:
        gains = [(a - b) * (1 if goal.maximise else -1) for a, b, goal in zip(means[first], means[second], goals, strict=True)]
        return min(gains) >= 0 and max(gains) > 0

    return [arm for arm in range(len(means)) if not any(beats(other, arm) for other in range(len(means)))]


def _p_values(better: Sequence[Sequence[float]], worse: Sequence[Sequence[float]], goals: Sequence[Goal]) -> list[float]:
    found = []
    for first, second, goal in zip(better, worse, goals, strict=True):
        gains = [(a - b) * (1 if goal.maximise else -1) for a, b in zip(first, second, strict=True)]
        if any(gains):
            error = math.sqrt(variance(gains) / len(gains))
            middle = mean(gains)
            found.append(float(stdtr(len(gains) - 1, -middle / error)) if error > 0 else float(middle < 0))
    return found


def _told(arms: Sequence[Arm], goals: Sequence[Goal], values: Values, confidence: float) -> dict[str, Any]:
    names = [arm for arm, _ in arms]
    p_values = dominations(values, goals)
    means = [[mean(each) for each in kpis] for kpis in values]
    by_means = front_of_means(means, goals)
    level = 1 - (1 - confidence) / max(1, (len(names) - 1) * len(goals))  # all intervals hold at once (Bonferroni)
    entries = []
    for arm, name in enumerate(names):
        against = [paired(values[0][kpi], values[arm][kpi], level) for kpi in range(len(goals))]
        beaten = [
            (p, names[other]) for other in range(len(names)) if other != arm and (p := p_values[other, arm]) < 1 - confidence
        ]
        entries.append(
            {
                "arm": name,
                "verdict": DOMINATED if beaten else OPEN,
                "is_on_front_of_means": arm in by_means,
                "dominated_by": [{"arm": other, "p_adjusted": p} for p, other in sorted(beaten)],
                "kpis": [
                    {
                        "name": goal.kpi,
                        "mean": means[arm][index],
                        "difference_mean": against[index].mean,  # arm - first arm
                        "ci_low": against[index].ci_low,
                        "ci_high": against[index].ci_high,
                    }
                    for index, goal in enumerate(goals)
                ],
            }
        )
    return {
        "schema": SCHEMA_VERSION,
        "scenario": arms[0][1].name,
        "baseline": names[0],
        "replications": len(values[0][0]),
        "confidence": confidence,
        "kpis": [
            {"name": goal.kpi, "unit": kpi_named(goal.kpi).unit, "better": "higher" if goal.maximise else "lower"}
            for goal in goals
        ],
        "arms": entries,
        "statement": _statement(entries, confidence),
    }


def _statement(entries: Sequence[dict[str, Any]], confidence: float) -> str:
    beaten = [entry["arm"] for entry in entries if entry["verdict"] == DOMINATED]
    if not beaten:
        return "No arm is surely beaten in every KPI: all may be on the front. More replications may tell."
    return (
        f"{len(beaten)} of {len(entries)} arms are beaten in every KPI in which they differ by one other arm ({', '.join(map(repr, beaten))}); the probability "
        f"that any of them is called so wrongly is at most {1 - confidence:.0%}. The others may be on the front."
    )


def _refuse(arms: Sequence[Arm], goals: Sequence[Goal], replications: int, confidence: float) -> None:
    names, kpis = [arm for arm, _ in arms], [goal.kpi for goal in goals]
    unknown = [kpi for kpi in kpis if not kpi_named(kpi).is_known]
    rules = (
        (len(set(names)) == len(names) >= 2, "arms", ", ".join(names), "two or more different arms are wanted", "name more, or rename one"),
        (len(set(kpis)) == len(kpis) >= 2, "kpis", ", ".join(kpis), "two or more different KPIs make a front", "for one give kpi=NAME"),
        (not unknown, "kpis", ", ".join(unknown), "no run knows them yet", "`galleria list kpis` names others"),
        (replications >= 2, "replications", str(replications), "an interval needs at least 2", "20 is a good start"),
        (0.5 < confidence < 1, "confidence", str(confidence), "must lie between 0.5 and 1", "confidence=0.95"),
    )  # fmt: skip
    problems = [Problem(place, value, rule, way_out) for holds, place, value, rule, way_out in rules if not holds]
    if problems:
        raise ConfigError.of(SOURCE, problems)
