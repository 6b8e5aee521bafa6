"""Chooses the best of many arms by one KPI with as few runs as it takes, by procedure KN or by OCBA, under common random numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import ConfigError, Problem
from sim.experiments.engines import Runner
from sim.experiments.paired import mean, variance
from sim.experiments.procedures import kn, ocba, ocba_crn
from sim.experiments.replicate import Arm, Count, Runs
from sim.experiments.selection import SOURCE, Question, refuse
from sim.experiments.selection_told import Selection, told
from sim.experiments.study_folder import facts_of, made, study, values_of
from sim.experiments.workers import cores
from sim.reporting.files import write_json

RESULT = "select.json"
OWN_DAYS = 100_000  # replications of the n-th arm start after n times so many where arms are not to share their days
STEPS = 20  # OCBA looks again after a twentieth of the budget (5 to 10 % of it: Chen and Lee 2011, 3.4)


def select(arms: Sequence[Arm], out: Path, question: Question, runner: Runner, count: Count | None = None) -> dict[str, Any]:
    """Run arms as the procedure asks for them, write select.json into `out`, and return it.

    A second call with the same arguments makes only what the folder lacks. Raises ConfigError for a question that has no answer and
    EngineError for runs that failed twice or do not know the KPI. Neither the number of workers nor their order moves a byte.
    """
    refuse(arms, question)
    out = Path(out)
    with study(out, "selection", runner, facts_of(arms)) as runs:
        seen = _Seen(arms, question, out, runs, count, [[] for _ in arms])
        seen.take([question.first] * len(arms))
        delta = question.delta.of(mean(seen.values[0]))
        if delta <= 0:
            rule = f"must come to more than 0, and {question.kpi} of {arms[0][0]!r} is 0 so far"
            raise ConfigError.of(SOURCE, [Problem("delta", str(question.delta), rule, "give it in units of the KPI")])
        procedure = _by_kn if question.method == "kn" else _by_ocba
        found = told(procedure(seen, delta, runner.workers or cores()))
        write_json(out / RESULT, found)
    return found


@dataclass
class _Seen:
    """The observations so far, and how to get more."""

    arms: Sequence[Arm]
    question: Question
    folder: Path
    runs: Runs
    count: Count | None
    values: list[list[float]] = field(default_factory=list)  # of each arm, in the order of replications

    def take(self, more: Sequence[int]) -> None:
        """Make so many more replications of each arm."""
        have = [len(values) for values in self.values]
        wanted = [
            (arm, have[arm] + ahead) for ahead in range(1, max(more) + 1) for arm in range(len(more)) if ahead <= more[arm]
        ]
        apart = OWN_DAYS if self.question.method == "ocba" else 0
        jobs = [(self.arms[arm], number + arm * apart) for arm, number in wanted]
        found = values_of(self.folder, made(self.folder, self.runs, jobs, self._counter(sum(have))), self.question.kpi)
        for (arm, _), ((name, _), number) in zip(wanted, jobs, strict=True):
            self.values[arm].append(found[name, number])

    def signed(self) -> list[list[float]]:
        """Return the observations with the sign that makes larger better."""
        sign = 1.0 if self.question.maximise else -1.0
        return [[sign * value for value in values] for values in self.values]

    def _counter(self, before: int) -> Count | None:
        tell, budget = self.count, self.question.budget
        return None if tell is None else lambda done, _: tell(min(before + done, budget), budget)


def _by_kn(seen: _Seen, delta: float, workers: int) -> Selection:
    """Observe survivors until one is left or the budget is spent.

    Several replications are asked for at once, so that all workers are busy; the procedure looks at them one by one, so that the
    answer is that of asking for one at a time.
    """
    question, arms = seen.question, range(len(seen.arms))
    while True:
        now = kn(seen.signed(), delta, question.confidence, question.first)
        used = [now.eliminated[arm][0] if arm in now.eliminated else now.stage for arm in arms]
        room = (question.budget - sum(used)) // len(now.survivors)
        if now.selected is not None or room < 1:
            looked_at = [values[:number] for values, number in zip(seen.values, used, strict=True)]
            return Selection(seen.arms, question, delta, looked_at, now)
        ahead = min(math.ceil(2 * workers / len(now.survivors)), room, now.stage_max - now.stage)
        seen.take([ahead if arm in now.survivors else 0 for arm in arms])


def _by_ocba(seen: _Seen, delta: float, _workers: int) -> Selection:
    """Give the budget out in steps, each where it helps most by what is known so far."""
    budget = seen.question.budget
    step = max(len(seen.arms), math.ceil(budget / STEPS))
    while (spent := sum(map(len, seen.values))) < budget:
        signed, more = seen.signed(), min(step, budget - spent)
        if seen.question.method == "ocba_crn":
            seen.take(ocba_crn(signed, more, delta))
        else:
            means, spreads = [mean(values) for values in signed], [variance(values) for values in signed]
            seen.take(ocba(means, spreads, [len(values) for values in signed], more, delta))
    return Selection(seen.arms, seen.question, delta, seen.values, None)
