"""What is asked of a selection: the KPI, the way that is better, the smallest difference that matters, how surely, for how many runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.errors import ConfigError, Problem
from sim.experiments.replicate import Arm
from sim.reporting.kpi_catalogue import kpi_named

METHODS = {
    "kn": "procedure KN (Kim and Nelson 2001): runs until it is sure; arms share their days",
    "ocba": "OCBA (Chen and others 2000): spends a budget where it helps most; every arm has days of its own, as its theory asks",
    "ocba_crn": "OCBA's rule on the differences from the leader; arms share their days",
}
FIRST_MIN = 5  # a variance of fewer observations says little (Chen and Lee 2011, 3.4)
SOURCE = "the selection"


@dataclass(frozen=True)
class Delta:
    """The smallest difference worth finding: so much of the KPI, or that share of the first arm's mean over the first replications."""

    value: float
    is_share: bool = False

    def of(self, first_mean: float) -> float:
        """Return it in units of the KPI."""
        return self.value * abs(first_mean) if self.is_share else self.value

    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"{100 * self.value:g}%" if self.is_share else f"{self.value:g}"


@dataclass(frozen=True)
class Question:
    """What is to be selected, and how surely."""

    kpi: str
    maximise: bool
    method: str = "kn"
    delta: Delta = Delta(0.01, True)
    confidence: float = 0.95
    budget: int = 200  # runs over all arms
    first: int = 10  # replications of every arm before any is judged


def refuse(arms: Sequence[Arm], question: Question) -> None:
    """Raise ConfigError for all that is wrong with a question, at once."""
    names, count = [arm for arm, _ in arms], len(arms)
    low, start = 1 / max(count, 2), question.first * count
    is_known = kpi_named(question.kpi).is_known
    rules = (
        (len(set(names)) == count >= 2, "arms", ", ".join(names), "two or more different arms are wanted", "name more, or rename one"),
        (is_known, "kpi", question.kpi, "no run knows it yet", "`galleria list kpis` names others"),
        (question.method in METHODS, "method", question.method, f"must be one of {', '.join(METHODS)}", "method=kn"),
        (question.delta.value > 0, "delta", question.delta, "must be more than 0", "delta=1%, or a number in units of the KPI"),
        (low < question.confidence < 1, "confidence", question.confidence, f"must lie between {low:.3g}, a guess among {count} arms, and 1", "confidence=0.95"),
        (question.first >= FIRST_MIN, "first", question.first, f"must be at least {FIRST_MIN} replications", "first=10"),
        (question.budget >= start, "budget", question.budget, f"must cover the first {question.first} replications of {count} arms, {start} runs", "give more runs, fewer arms, or a smaller `first`"),
    )  # fmt: skip
    problems = [Problem(place, str(value), rule, way_out) for holds, place, value, rule, way_out in rules if not holds]
    if problems:
        raise ConfigError.of(SOURCE, problems)


def is_more_better(kpi: str, maximise: bool | None = None) -> bool:
    """Return whether more of a KPI is better; raises ConfigError where the catalogue does not say and nobody else did."""
    way = kpi_named(kpi).direction
    if maximise is None and way == "neither":
        rule = f"must be told: the catalogue calls neither more nor less of {kpi} better"
        raise ConfigError.of(SOURCE, [Problem("maximise", "", rule, "maximise=true or maximise=false")])
    return maximise if maximise is not None else way == "higher"
