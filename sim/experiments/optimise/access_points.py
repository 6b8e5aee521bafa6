"""Which access points a mall can do without: the most redundant by distance are guessed, screened by whole days, and the choice is judged."""

from __future__ import annotations

import math

from sim.config import RunConfig
from sim.errors import ConfigError, Problem
from sim.experiments.optimise.changes import Change, changed, described
from sim.experiments.optimise.layout_search import AS_IT_IS, PER_ROUND, SELECTION_DAYS, Found, Stages
from sim.experiments.optimise.screening import screen, width_of
from sim.experiments.optimise.space import Search
from sim.experiments.optimise.trials import Trials, best_of
from sim.experiments.paired import mean
from sim.plan_arrays import CompiledPlan

GUESSED, MEASURED = "nearest to another", "those that mattered least"


def search_access_points(trials: Trials, config: RunConfig, search: Search, compiled: CompiledPlan, stages: Stages) -> Found:
    """Return the `search.off` access points whose silence harms the objective least, of those that lie nearest to others.

    The set is chosen although it may harm: how much, against all of them, is what the verdict says.
    """
    ranked = redundant_first(compiled, search.levels)
    screened = ranked[: width_of(stages.pairs)]
    if search.off >= len(screened):
        rule = f"must be fewer than the {len(screened)} that can be screened (of {len(ranked)} on these levels)"
        raise ConfigError.of("the search", [Problem("off", str(search.off), rule, "switch off fewer, or give a larger budget")])
    changes = [Change(point, access_point=point) for point in screened]
    effects = screen(trials, "round 1", config, (), changes, stages.pairs, PER_ROUND)
    best_first = sorted(range(len(effects)), key=lambda place: (-effects[place].effect, place))
    sets = {GUESSED: tuple(changes[: search.off]), MEASURED: tuple(changes[place] for place in best_first[: search.off])}
    days = range(PER_ROUND + PER_ROUND // 2, PER_ROUND + PER_ROUND // 2 + SELECTION_DAYS)
    arms = [(name, changed(config, taken)) for name, taken in sets.items()]
    chosen = best_of(trials, "round 1: selection", arms if arms[0][1] != arms[1][1] else arms[:1], days)
    wanted = [((AS_IT_IS, config), day) for day in days] + [
        (next(arm for arm in arms if arm[0] == chosen.arm), day) for day in days
    ]
    values, _ = trials.ask("round 1: selection", wanted)
    estimate = mean([values[chosen.arm, day] for day in days]) - mean([values[AS_IT_IS, day] for day in days])
    record = {
        "round": 1, "chosen": chosen.arm,
        "screened": [{"change": each.change.name, "effect": trials.sign * each.effect, "error": each.error} for each in effects],
        "sets": {name: [described(change)["access_point"] for change in taken] for name, taken in sets.items()},
    }  # fmt: skip
    return Found(sets[chosen.arm], estimate, [record])


def redundant_first(compiled: CompiledPlan, levels: tuple[str, ...]) -> list[str]:
    """Return access points in the order in which one would go without them: always the one that is nearest to another that stays."""
    points = compiled.access_points
    wanted = [*(levels or compiled.level_ids)]
    unknown = [level for level in wanted if level not in compiled.level_ids]
    if unknown or points is None or not points.key.size:
        key, value = ("levels", ", ".join(unknown)) if unknown else ("access points", "none in the plan")
        way_out = (
            f"levels are {', '.join(compiled.level_ids)}" if unknown else "`galleria floorplan access-points` proposes some"
        )
        raise ConfigError.of("the search", [Problem(key, value, "must be in the plan", way_out)])
    level, x_m, y_m = points.level.tolist(), points.x_m.tolist(), points.y_m.tolist()
    left = [place for place in range(len(level)) if compiled.level_ids[level[place]] in wanted]
    away_m = {
        one: {other: math.hypot(x_m[one] - x_m[other], y_m[one] - y_m[other]) for other in left if other != one and level[other] == level[one]}
        for one in left
    }  # fmt: skip
    order: list[str] = []
    while left:
        gone = min(left, key=lambda place: (min(away_m[place].values(), default=math.inf), place))
        left.remove(gone)
        order.append(compiled.access_point_ids[gone])
        for place in left:
            away_m[place].pop(gone, None)
    return order
