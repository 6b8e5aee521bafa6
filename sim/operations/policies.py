"""Policies by the clock: they review what was observed, and what they decide is applied in order of (policy, index), or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.decisions_of_policies import Offer, PolicyDecision
from sim.operations.happenings import Happenings
from sim.operations.policy_log import PersonDay
from sim.operations.policy_records import Receipt
from sim.operations.policy_switches import Switchboard
from sim.plan_arrays import CompiledPlan
from sim.sensing.observations import Observations
from sim.sensing.present import Present
from sim.units import US_PER_S


@dataclass(frozen=True)
class Seen:
    """What policies get at a review."""

    now_us: int
    observations: Observations  # since the last review
    present: Present  # whom the platform knows to be inside
    used: dict[
        str, tuple[int, int, int]
    ]  # of each offer of theirs by name: claims, uses, fen that it has cost, as tills report them
    receipts: tuple[Receipt, ...] = ()  # under which numbers went out what they sent at the last review
    offers: dict[str, Offer] = field(default_factory=dict)  # that any policy has made, by name


# None: no answer yet; the same is asked again at the same instant, so that whoever decides outside the run may take their time.
Review = Callable[[Seen], Sequence[tuple[str, PolicyDecision]] | None]


class Remembers(Protocol):
    """Who can say what must be given back to go on."""

    def state(self) -> dict[str, Any]: ...

    def restore(self, state: dict[str, Any]) -> None: ...


@dataclass(frozen=True)
class PolicyVerdict:
    """What became of a policy's decision."""

    time_us: int
    policy: str
    kind: str  # name of the decision's class
    what: str  # of the offer, trigger, store or show
    refused_because: str  # empty when it was applied
    people: int = 0  # who were sent something


@dataclass
class PolicyReviews:
    """Every `every_us`, after tenants and operator: asks the policies and throws what they decide."""

    crowd: Crowd
    observe: Callable[[], Observations]  # what was observed since the last call
    present: Callable[[], tuple[Present, np.ndarray]]
    review: Review
    switches: Switchboard
    every_us: int
    until_us: int
    next_us: int | None
    rank: int = 52
    verdicts: list[PolicyVerdict] = field(default_factory=list)
    met: PersonDay = field(default_factory=PersonDay)
    _asked: tuple[Seen, Present, np.ndarray] | None = None  # and not answered yet

    def act(self, now_us: int) -> None:
        """Hold one review; without an answer it goes on at the same instant."""
        seen, present, visits = self._asked = self._asked or self._look(now_us)
        decisions = self.review(seen)
        if decisions is None:
            return
        self._asked = None
        self.switches.look_up(present, visits)
        has_switched = False
        for _, (policy, decision) in sorted(enumerate(decisions), key=lambda item: (item[1][0], item[0])):
            applied = self.switches.apply(now_us, policy, decision)
            self.verdicts.append(
                PolicyVerdict(now_us, policy, type(decision).__name__, applied.what, applied.refused, applied.people)
            )
            has_switched = has_switched or applied.has_switched
        if has_switched:
            self.crowd.switched(now_us)
        following_us = now_us + self.every_us
        self.next_us = following_us if following_us < self.until_us else None

    def _look(self, now_us: int) -> tuple[Seen, Present, np.ndarray]:
        """Return what policies see now, and who is present."""
        present, visits = self.present()
        seen = Seen(
            now_us,
            self.observe(),
            present,
            self.switches.used(),
            tuple(self.switches.take_receipts()),
            dict(self.switches.offers),
        )
        self.met.see(now_us, seen.observations, present, visits)
        return seen, present, visits

    def facts(self) -> dict[str, Any]:
        """Return what the run keeps of its policies."""
        return self.switches.facts() | {"verdicts": self.verdicts, "met": self.met.rows()}


def policies_of(
    crowd: Crowd,
    compiled: CompiledPlan,
    config: RunConfig,
    review: Review | None,
    observe: Callable[[], Observations],
    present: Callable[[], tuple[Present, np.ndarray]],
    hours_us: tuple[int, int],
    happenings: Happenings | None = None,
) -> list[PolicyReviews]:
    """Return the day's reviews of policies; none where no policy is active."""
    if review is None:
        return []
    opens_us, closes_us = hours_us
    every_us = round(config.policy.every_s * US_PER_S)
    switches = Switchboard(
        crowd, compiled, frozenset(config.policy.withheld), happenings, least_area_share=config.layout.least_area_share
    )
    return [PolicyReviews(crowd, observe, present, review, switches, every_us, closes_us, opens_us + every_us)]
