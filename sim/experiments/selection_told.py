"""The answer of a selection: select.json, and in words how sure it is and what that rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.experiments.paired import mean, variance
from sim.experiments.procedures import Difference, Screened, levelled_means, paired, pcs_approximate, unpaired
from sim.experiments.replicate import Arm
from sim.experiments.selection import Question
from sim.reporting.kpi_catalogue import kpi_named

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Selection:
    """What was observed, and where the procedure stands."""

    arms: Sequence[Arm]
    question: Question
    delta: float  # in units of the KPI
    values: Sequence[Sequence[float]]  # of each arm, as the KPI has them: only what the procedure looked at
    screened: Screened | None  # None: OCBA

    @property
    def names(self) -> list[str]:
        """The arms' names."""
        return [arm for arm, _ in self.arms]

    @property
    def survivors(self) -> list[int]:
        """Arms that were not eliminated."""
        return list(self.screened.survivors) if self.screened else list(range(len(self.arms)))

    @property
    def shares_days(self) -> bool:
        """Whether replication n of all arms is the same day."""
        return self.question.method != "ocba"

    @property
    def signed(self) -> list[float]:
        """Means with the sign that makes larger better; of arms that share their days as if all had had them all."""
        means = levelled_means(self.values) if self.shares_days else [mean(values) for values in self.values]
        return means if self.question.maximise else [-mean for mean in means]

    @property
    def selected(self) -> int | None:
        """The arm that was selected, None where the budget ended first."""
        return self.screened.selected if self.screened else self.leader

    @property
    def leader(self) -> int:
        """The arm that was selected, else the best of those left."""
        if self.screened is not None and self.screened.selected is not None:
            return self.screened.selected
        signed = self.signed
        return max(self.survivors, key=lambda arm: (signed[arm], -arm))

    def against_leader(self, arm: int) -> Difference:
        """Return arm - leader; the intervals of all arms hold at once (Bonferroni)."""
        level = 1 - (1 - self.question.confidence) / (len(self.arms) - 1)
        return (paired if self.shares_days else unpaired)(self.values[self.leader], self.values[arm], level)

    def pcs(self, delta: float) -> float:
        """Return how probable it is, about, that no arm truly is better than the leader by more than `delta`."""
        sign = -1.0 if self.question.maximise else 1.0
        found = [self.against_leader(arm) for arm in range(len(self.arms)) if arm != self.leader]
        return pcs_approximate([sign * each.mean + delta for each in found], [each.error for each in found])


def told(selection: Selection) -> dict[str, Any]:
    """Return select.json: arms in the order of their standing."""
    question, names, lead = selection.question, selection.names, selection.leader
    signed, survivors, is_ocba = selection.signed, selection.survivors, selection.screened is None
    used = [len(values) for values in selection.values]
    order = sorted(
        range(len(names)), key=lambda arm: (arm != lead, arm not in survivors, -used[arm] * (not is_ocba), -signed[arm], arm)
    )
    first_seed = selection.arms[0][1].seed
    return {
        "schema": SCHEMA_VERSION,
        "scenario": selection.arms[0][1].name,
        "kpi": question.kpi,
        "unit": kpi_named(question.kpi).unit,
        "better": "higher" if question.maximise else "lower",
        "method": question.method,
        "confidence": question.confidence,
        "delta": selection.delta,
        "delta_asked": str(question.delta),
        "first": question.first,
        "budget": question.budget,
        "runs": sum(used),
        "selected": None if selection.selected is None else names[selection.selected],
        "leader": names[lead],
        "survivors": [names[arm] for arm in survivors],
        "pcs_approximate": selection.pcs(0.0) if is_ocba else None,
        "pcs_within_delta_approximate": selection.pcs(selection.delta) if is_ocba else None,
        "statement": _statement(selection),
        "cautions": [
            f"arm {arm!r} has a seed of its own: its days are not those of the first arm"
            for arm, config in selection.arms
            if config.seed != first_seed
        ],
        "arms": [_entry(selection, arm) for arm in order],
    }


def _entry(selection: Selection, arm: int) -> dict[str, Any]:
    names, numbers, lead = selection.names, selection.values[arm], selection.leader
    out = selection.screened.eliminated.get(arm) if selection.screened else None
    against = None if arm == lead else selection.against_leader(arm)
    return {
        "arm": names[arm],
        "status": _status(selection, arm),
        "replications": len(numbers),
        "mean": mean(numbers),
        "sd": math.sqrt(variance(numbers)),
        "eliminated_after": out[0] if out else None,
        "eliminated_by": names[out[1]] if out else None,
        "difference_mean": against.mean if against else None,  # this arm - the leader
        "ci_low": against.ci_low if against else None,
        "ci_high": against.ci_high if against else None,
    }


def _status(selection: Selection, arm: int) -> str:
    if arm == selection.selected:
        return "selected"
    if selection.screened is None:
        return "not selected"
    return "not eliminated" if arm in selection.survivors else "eliminated"


def _statement(selection: Selection) -> str:
    question, lead, now = selection.question, selection.names[selection.leader], selection.screened
    way = "highest" if question.maximise else "lowest"
    much = f"{selection.delta:,.4g} {kpi_named(question.kpi).unit}"
    if now is None:
        rests_on = "arms sharing their days" if selection.shares_days else "every arm on days of its own"
        return (
            f"{lead!r} has the {way} mean {question.kpi}. The probability that it truly is the best is about {selection.pcs(0.0):.1%} or "
            f"more, and that no arm is better by more than {much} about {selection.pcs(selection.delta):.1%} or more (Bonferroni's bound at "
            f"the observed means, {rests_on}, means about normal). It is an estimate, not a promise kept beforehand as KN's is."
        )
    if now.selected is None:
        return (
            f"Not decided: another round would pass the budget of {question.budget} runs, and {len(now.survivors)} arms are left. An arm that is better "
            f"than every other by {much} is still among them with probability {question.confidence:.0%} or more. {lead!r} leads without such a "
            f"promise. The procedure ends after at most {now.stage_max:,} replications of each arm left: give a larger budget or delta."
        )
    return (
        f"{lead!r} is selected. Where one arm's mean {question.kpi} is the {way} by at least {much}, this procedure selects it with "
        f"probability {question.confidence:.0%} or more; arms that are closer than that count as equally good (KN; differences about "
        "normal, replications independent, arms sharing their days). The intervals come after the choice and flatter it a little."
    )
