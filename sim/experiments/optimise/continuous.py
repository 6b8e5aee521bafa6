"""Searches numbers and choices: Optuna asks for settings in batches, all are lived on the same days, the best few again on others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.config import RunConfig, parameters_of, problems_of
from sim.errors import ConfigError, GalleriaError, Problem
from sim.experiments.optimise.layout_search import AS_IT_IS, SELECTION_ARMS, SELECTION_DAYS
from sim.experiments.optimise.space import Search, Variable, with_parameters
from sim.experiments.optimise.trials import Trials, best_of
from sim.experiments.paired import mean
from sim.random_streams import stream_key

BATCH = 4  # settings asked for at once, whatever the number of workers: results must not depend on it
SELECTION_FROM = 501  # replications of the last choice


@dataclass
class Settings:
    """The best settings found; empty where nothing is better than what is there."""

    values: Mapping[str, Any] = field(default_factory=dict)
    estimate: float = 0.0  # of the objective's difference to what is there, by the runs that chose it
    trials: list[dict[str, Any]] = field(default_factory=list)


def count_of_settings(budget: int, search: Search) -> int:
    """Return how many settings a budget of runs allows besides the last choice and the fresh pairs; raises ConfigError below four."""
    spent = SELECTION_ARMS * SELECTION_DAYS + 2 * search.fresh_pairs
    count = (budget - spent) // search.replications
    if count < BATCH:
        least = spent + BATCH * search.replications
        rule = f"the smallest search with {search.fresh_pairs} fresh pairs takes {least} runs"
        raise ConfigError.of("galleria optimise", [Problem("budget", str(budget), rule, f"give budget={least} or more")])
    return count


def search_parameters(trials: Trials, config: RunConfig, search: Search, count: int) -> Settings:
    """Try `count` settings, the present one first (of each parameter whose range it is in); raises GalleriaError where Optuna is not installed.

    The study is not stored: told the same values in the same order it asks for the same settings, so that a search that was broken off
    goes on from the runs in its folder.
    """
    study = _study(config.seed, search)
    now = {each.key: each.value for each in parameters_of(config)}
    study.enqueue_trial({each.key: now[each.key] for each in search.variables if is_within(each, now[each.key])})
    days = range(1, search.replications + 1)
    found = Settings()
    while len(found.trials) < count:
        asked = [study.ask(_distributions(search)) for _ in range(min(BATCH, count - len(found.trials)))]
        possible = {}
        for each in asked:
            tried = with_parameters(config, each.params)
            wrong = problems_of(tried)
            if not wrong:
                possible[each.number] = (f"setting {each.number:04d}", tried)
            found.trials.append({"setting": each.number, "values": dict(each.params), "refused": [str(one) for one in wrong]})
        values, _ = trials.ask("search", [(arm, day) for day in days for arm in possible.values()])
        for each in asked:
            score = mean([values[possible[each.number][0], day] for day in days]) if each.number in possible else None
            found.trials[each.number]["mean"] = score
            _tell(study, each, score)
    return _selected(trials, config, search, found)


def _selected(trials: Trials, config: RunConfig, search: Search, found: Settings) -> Settings:
    """Hold the best settings against what is there, on days that the search has not seen."""
    known = [each for each in found.trials if each["mean"] is not None]
    best = sorted(known, key=lambda each: (-trials.sign * each["mean"], each["setting"]))
    now = {each.key: each.value for each in parameters_of(config)}
    others = [each for each in best if any(each["values"][key] != now[key] for key in each["values"])]
    arms = [(AS_IT_IS, config)]
    arms += [
        (f"setting {each['setting']:04d}", with_parameters(config, each["values"])) for each in others[: SELECTION_ARMS - 1]
    ]
    chosen = best_of(trials, "selection", arms, range(SELECTION_FROM, SELECTION_FROM + SELECTION_DAYS))
    if chosen.against_first is not None:
        found.values = next(each["values"] for each in others if f"setting {each['setting']:04d}" == chosen.arm)
        found.estimate = chosen.against_first.difference_mean
    return found


def is_within(variable: Variable, value: Any) -> bool:
    """Say whether a value is one that the search of this variable can try."""
    if variable.choices:
        return value in variable.choices
    return (variable.low is None or value >= variable.low) and (variable.high is None or value <= variable.high)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        rule, way_out = "is needed to search parameters", "pip install 'galleria[search]'"
        raise GalleriaError.of("galleria optimise", [Problem("optuna", "not installed", rule, way_out)]) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _study(seed: int, search: Search) -> Any:
    optuna = _optuna()
    # Tree-structured Parzen estimators (Bergstra et al. 2011), over all parameters together; settings of one batch repel each other.
    sampler = optuna.samplers.TPESampler(seed=int(stream_key(seed, "optimise")) % 2**32, multivariate=True, constant_liar=True)
    return optuna.create_study(direction="maximize" if search.sign > 0 else "minimize", sampler=sampler)


def _distributions(search: Search) -> dict[str, Any]:
    return {each.key: _distribution(each) for each in search.variables}


def _distribution(variable: Variable) -> Any:
    distributions = _optuna().distributions
    if variable.choices:
        return distributions.CategoricalDistribution(variable.choices)
    if variable.is_integer:
        return distributions.IntDistribution(int(variable.low or 0), int(variable.high or 0))
    return distributions.FloatDistribution(variable.low, variable.high)


def _tell(study: Any, trial: Any, score: float | None) -> None:
    if score is None:
        study.tell(trial, state=_optuna().trial.TrialState.FAIL)
    else:
        study.tell(trial, score)
