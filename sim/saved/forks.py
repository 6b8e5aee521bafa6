"""A fork: a run that goes on from a snapshot with other policies, or other numbers of theirs, from that instant on."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from sim.config import RunConfig, problems_of
from sim.config_keys import kind_at
from sim.config_overrides import keys_of, read_values
from sim.decisions_of_policies import DropTrigger, EndOffer, PolicyDecision
from sim.errors import ConfigError, Problem
from sim.operations.policies import PolicyReviews
from sim.operations.policies import PolicyVerdict as Verdict
from sim.saved.configs import made_as
from sim.world import World

SOURCE = "the fork"
CAN_CHANGE = (
    "policies",
    "policy.*",
    "recording.report",
    "name",
    "question",
    "expects",
)  # in words: docs/how-to/save-and-fork-a-run.md
OF_THE_DAY = ("policy.every_s", "policy.withheld", "policy.design")  # of policies, and yet fixed when the day begins


def forked(config: RunConfig, overrides: Sequence[str]) -> RunConfig:
    """Return the configuration of a fork; raises ConfigError for keys that cannot change within a day, all at once."""
    values, problems = read_values(overrides)
    problems += [
        Problem(
            f"command line: {key}", "", "cannot change within a run", f"a fork can change {', '.join(CAN_CHANGE)}; or run anew"
        )
        for key, _ in values
        if not _can_change(key)
    ]
    if problems:
        raise ConfigError.of(SOURCE, problems)
    found = copy.deepcopy(config)
    for key, value in values:
        *above, last = keys_of(key)
        section: Any = found
        for part in above:
            section = section[part] if isinstance(section, dict) else getattr(section, str(part))
        if isinstance(section, dict):
            section[last] = value
        else:
            setattr(section, str(last), made_as(kind_at((*above, last))[0], value, key))
    wrong = list(problems_of(found))
    if wrong:
        raise ConfigError.of(SOURCE, wrong)
    return found


def _can_change(key: str) -> bool:
    if any(key == fixed or key.startswith(f"{fixed}.") for fixed in OF_THE_DAY):
        return False
    return key in CAN_CHANGE or (key.startswith("policy.") and key.count(".") >= 2)


def policy_problems(before: RunConfig, after: RunConfig, acts: Sequence[str], at_home: Sequence[str]) -> list[Problem]:
    """Return which policies cannot be switched within a day: those of settings alone (not in `acts`), and those that act in the morning."""
    problems = []
    for name in sorted(set(before.policies) ^ set(after.policies)):
        rule = ""
        if name not in acts:
            rule = "is settings alone, which the mall reads when its day begins"
        elif name in at_home:
            rule = "addresses people in the morning, before anybody comes"
        if rule:
            problems.append(
                Problem(f"policies: {name}", "", rule, "leave it as it was, or run a whole day with it and one without")
            )
    return problems


def switch_policies(world: World, reviews: Sequence[PolicyReviews], before: set[str], now_us: int) -> None:
    """Let policies that are new begin, and those that are gone end: their offers and triggers are withdrawn at `now_us`."""
    if not world.policies:
        world.policies[:] = reviews
        for review in reviews:  # whose first instants have passed
            while review.next_us is not None and review.next_us < now_us:
                following_us = review.next_us + review.every_us
                review.next_us = following_us if following_us < review.until_us else None
    if world.config.policies:
        world.crowd.mall.params["has_policies"] = 1
    for review in world.policies:
        for name in sorted(before - set(world.config.policies)):
            _withdraw(review, name, now_us)


def _withdraw(review: PolicyReviews, policy: str, now_us: int) -> None:
    board = review.switches
    withdrawn: list[PolicyDecision] = [
        DropTrigger(name) for name in sorted(board.triggers) if board.trigger_policy.get(name) == policy
    ]
    ended: list[PolicyDecision] = [EndOffer(name) for name in sorted(board.offers) if board.owner.get(name) == policy]
    for decision in (*withdrawn, *ended):
        applied = board.apply(now_us, policy, decision)
        review.verdicts.append(Verdict(now_us, policy, type(decision).__name__, applied.what, applied.refused, applied.people))
