"""Searches assignments: learn what rooms are worth, guess which changes help, screen many of them at once, select a set, and go on from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.experiments.optimise.changes import Change, changed
from sim.experiments.optimise.screening import Effect, screen, width_of
from sim.experiments.optimise.space import Search
from sim.experiments.optimise.surrogate import Swap, disjoint, possible_swaps, ranked_swaps
from sim.experiments.optimise.trials import Trials, best_of
from sim.plan_arrays import CompiledPlan

AS_IT_IS = "as it is"
LEARN_DAYS = 3
SELECTION_ARMS, SELECTION_DAYS = 4, 6
PAIRS = (32, 16, 8, 4)
PER_ROUND = 1000  # replications that belong to one round


@dataclass(frozen=True)
class Stages:
    """How a budget of runs is spent."""

    pairs: int  # of days in the screening of a round
    rounds: int
    fresh_pairs: int

    @property
    def runs_at_most(self) -> int:
        """Return how many runs that can be; a search that drops arms early needs fewer."""
        return LEARN_DAYS + self.rounds * (2 * self.pairs + SELECTION_ARMS * SELECTION_DAYS) + 2 * self.fresh_pairs


def stages_of(budget: int, fresh_pairs: int) -> Stages:
    """Return the widest screening, and then the most rounds, that a budget of runs allows; raises ConfigError where it allows none."""
    for pairs in PAIRS:
        one = Stages(pairs, 1, fresh_pairs)
        if one.runs_at_most <= budget:
            return Stages(
                pairs, 1 + (budget - one.runs_at_most) // (one.runs_at_most - LEARN_DAYS - 2 * fresh_pairs), fresh_pairs
            )
    least = Stages(PAIRS[-1], 1, fresh_pairs).runs_at_most
    rule = f"the smallest search with {fresh_pairs} fresh pairs takes {least} runs"
    raise ConfigError.of(
        "galleria optimise", [Problem("budget", str(budget), rule, f"give budget={least} or more, or fewer fresh_pairs")]
    )


@dataclass
class Found:
    """Where a search has ended, and what each of its rounds has seen."""

    changes: tuple[Change, ...] = ()
    estimate: float = (
        0.0  # of the objective's difference to what is there, by the runs that chose it: too good, as such estimates are
    )
    rounds: list[dict[str, Any]] = field(default_factory=list)


Candidates = Callable[[set[str], set[str], int], list[Change]]


def search_layout(trials: Trials, config: RunConfig, search: Search, compiled: CompiledPlan, stages: Stages) -> Found:
    """Search the swaps and options of a layout within `stages`."""
    assert search.swaps is not None or search.options
    ranked: list[Swap] = []
    if search.swaps is not None:
        least, anchor_m2 = config.layout.least_area_share, config.layout.mix.anchor_m2
        possible = possible_swaps(compiled, search.swaps, least, anchor_m2)
        if not possible and not search.options:
            way_out = "allow more trades or levels, or a smaller similar_area_share"
            raise ConfigError.of(
                "the search", [Problem("swaps", "no pair", "two tenants must be allowed to change rooms", way_out)]
            )
        _, runs = trials.ask("learning", [((AS_IT_IS, config), number) for number in range(1, LEARN_DAYS + 1)])
        ranked = ranked_swaps(compiled, possible, list(runs.parts.values()), trials.objective)
    most = search.swaps.at_most if search.swaps is not None else 0

    def candidates(taken: set[str], tried: set[str], room: int) -> list[Change]:
        options = [Change(option.name, option=option) for option in search.options if option.name not in tried][:room]
        free = [swap for swap in ranked if swap.name not in tried]
        left = min(room - len(options), most - len(taken) // 2)
        return [*options, *(Change(swap.name, swap=swap) for swap in disjoint(free, taken, left))]

    return search_changes(trials, config, candidates, stages)


def search_changes(trials: Trials, config: RunConfig, candidates: Candidates, stages: Stages) -> Found:
    """Screen and select, round by round; each round begins with what the last one chose. `candidates(taken units, tried names, room)`."""
    found = Found()
    tried: set[str] = set()
    gains: list[float] = []
    held = AS_IT_IS
    for number in range(1, stages.rounds + 1):
        taken = {unit for change in found.changes for unit in change.units}
        changes = candidates(taken, tried, width_of(stages.pairs))
        if not changes:
            break
        tried |= {change.name for change in changes}
        stage, first = f"round {number}", number * PER_ROUND
        effects = screen(trials, stage, config, found.changes, changes, stages.pairs, first)
        sets = _sets(effects)
        arms = [(held, changed(config, found.changes))]
        arms += [(f"{stage}: {name}", changed(config, [*found.changes, *taken_on])) for name, taken_on in sets.items()]
        days = range(first + PER_ROUND // 2, first + PER_ROUND // 2 + SELECTION_DAYS)
        chosen = best_of(trials, f"{stage}: selection", arms, days)
        record = {
            "round": number,
            "began_with": held,
            "screened": [_effect(each, trials.sign) for each in effects],
            "chosen": chosen.arm,
        }
        record |= {
            "sets": {name: len(taken_on) for name, taken_on in sets.items()},
            "dropped": [list(each) for each in chosen.dropped],
        }
        if chosen.against_first is not None:
            held = chosen.arm
            found.changes = (*found.changes, *sets[chosen.arm.removeprefix(f"{stage}: ")])
            gains.append(chosen.against_first.difference_mean)
            record["difference_in_selection"] = chosen.against_first.difference_mean
        found.rounds.append(record)
    found.estimate = math.fsum(gains)
    return found


def _sets(effects: Sequence[Effect]) -> dict[str, tuple[Change, ...]]:
    """Return the sets of changes that are held against what is there: all screened, those that helped, those that helped clearly."""
    sets = {
        "all that were screened": tuple(each.change for each in effects),
        "those that helped": tuple(each.change for each in effects if each.effect > 0),
        "those that helped clearly": tuple(each.change for each in effects if each.effect > each.error),
    }
    different: dict[str, tuple[Change, ...]] = {}
    for name, changes in sets.items():
        if changes and changes not in different.values():
            different[name] = changes
    return different


def _effect(each: Effect, sign: int) -> dict[str, Any]:
    return {"change": each.change.name, "predicted": each.change.predicted, "effect": sign * each.effect, "error": each.error}
