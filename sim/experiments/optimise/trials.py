"""What a search has tried: every run it asks for, counted against its budget, and the choice of the best among a few arms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.errors import EngineError, Problem
from sim.experiments.engines import Key
from sim.experiments.paired import CONFIDENCE, Paired, holm, mean, paired_difference
from sim.experiments.replicate import Arm, Replicated, replication_config

FRESH_FROM = 90_001  # replications from here on belong to the last comparison alone: no search has seen their seeds
Make = Callable[[Sequence[tuple[Arm, int]]], Replicated]


@dataclass
class Trials:
    """Asks for runs and remembers, in the order of asking, what each was for and what it gave."""

    make: Make  # `Runs.make`, or what stands in for it
    objective: str
    sign: int = 1  # +1 where more is better, -1 where less is
    rows: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, stage: str, wanted: Sequence[tuple[Arm, int]]) -> tuple[dict[Key, float], Replicated]:
        """Return the objective of each wanted run, and the runs; raises EngineError for runs that failed or have no objective."""
        runs = self.make(wanted)
        problems = [
            Problem(
                f"arm {each.arm!r}, replication {each.replication}",
                each.reason,
                "the run failed twice",
                "the other runs are kept",
            )
            for each in runs.failures
        ]
        values: dict[Key, float] = {}
        for (arm, config), number in wanted:
            if (arm, number) not in runs.kpis:
                continue
            value = runs.kpis[arm, number].get(self.objective)
            if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
                rule, way_out = "must be a number in every run of a search", "choose a KPI that these runs know"
                problems.append(Problem(f"{self.objective} of arm {arm!r}, replication {number}", str(value), rule, way_out))
                continue
            values[arm, number] = float(value)
            seed = replication_config(config, number).seed
            self.rows.append({"stage": stage, "arm": arm, "replication": number, "seed": seed, "value": value})
        if problems:
            raise EngineError.of("the search", problems)
        return values, runs

    @property
    def runs(self) -> int:
        """Return how many different runs were asked for."""
        return len({(row["arm"], row["replication"]) for row in self.rows})


@dataclass(frozen=True)
class Chosen:
    """The best of some arms, and what the runs that chose it say of it against the first arm; None where that is the best itself."""

    arm: str
    against_first: Paired | None
    dropped: tuple[tuple[str, int], ...]  # arm, and after how many runs of each arm it was surely worse than the best


def best_of(trials: Trials, stage: str, arms: Sequence[Arm], numbers: Sequence[int], batch: int = 3) -> Chosen:
    """Return the best of some arms on common draws, dropping those that are surely worse as soon as they are.

    After each batch of replications every arm but the best so far is tested against it, pair by pair, by a t test corrected for their
    number (Holm); the first arm stays to the end, for all others are meant to better it. Looks are repeated without correction: the
    choice is no proof, which is why its gain is measured again on seeds of its own.
    """
    left, dropped = list(arms), []
    values: dict[Key, float] = {}
    done: list[int] = []
    for start in range(0, len(numbers), batch):
        block = list(numbers[start : start + batch])
        values |= trials.ask(stage, [(arm, number) for number in block for arm in left])[0]
        done += block
        if len(left) == 1:
            break
        scores = {arm: [trials.sign * values[arm, number] for number in done] for arm, _ in left}
        best = max((arm for arm, _ in left), key=lambda arm: mean(scores[arm]))  # the earlier arm where two are equal
        others = [arm for arm, _ in left if arm not in (best, arms[0][0])]
        tests = {arm: paired_difference(scores[best], scores[arm]) for arm in others}
        known = [arm for arm in others if tests[arm].p_value is not None]
        adjusted = dict(zip(known, holm([tests[arm].p_value or 0.0 for arm in known]), strict=True))
        worse = [arm for arm in known if tests[arm].difference_mean < 0 and adjusted[arm] < 1 - CONFIDENCE]
        dropped += [(arm, len(done)) for arm in worse]
        left = [each for each in left if each[0] not in worse]
    scores = {arm: [trials.sign * values[arm, number] for number in done] for arm, _ in left}
    best = max(scores, key=lambda arm: mean(scores[arm]))
    first = arms[0][0]
    against = None
    if best != first:
        against = paired_difference([values[first, number] for number in done], [values[best, number] for number in done])
    return Chosen(best, against, tuple(dropped))
