"""A sweep before its first run: overrides expanded once to runs in a fixed order, each composed and checked."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

from sim import config_files, paths
from sim.config import RecordingConfig, RunConfig
from sim.config_overrides import Swept, keys_of, read_scenarios, read_sweep
from sim.errors import ConfigError, Problem
from sim.experiments.engines import Key
from sim.reporting.files import json_text
from sim.reporting.manifest import config_sha256
from sim.schema.network import is_network

SOURCE = "the sweep"
RUNS_MAX = 10_000  # unless told otherwise: a range typed with a digit too many should not fill a week
SEED = "seed"
Count = Callable[[int, int], None]


@dataclass(frozen=True)
class PlannedRun:
    """One run of a sweep."""

    number: int  # 1, 2, ... in the order of the product, the last override varying fastest
    scenario: str
    overrides: tuple[str, ...]
    values: dict[str, Any]  # of each override's key, as the configuration has it; lists and sections as JSON
    config: RunConfig

    @property
    def key(self) -> Key:
        """What the run is kept under: its scenario with all overrides but the seed, and its seed."""
        others = [text for text in self.overrides if text.partition("=")[0] != SEED]
        return " ".join([self.scenario, *others]), self.config.seed


@dataclass(frozen=True)
class SweepPlan:
    """All runs of a sweep."""

    scenarios: str  # as typed
    words: tuple[str, ...]  # as typed
    axes: dict[str, tuple[str, ...]]  # overrides with the values each takes, in Hydra's grammar; `scenario` first
    runs: tuple[PlannedRun, ...]


def plan_of(scenarios: str, words: Sequence[str], runs_max: int = RUNS_MAX, count: Count | None = None) -> SweepPlan:
    """Return the runs of "a,b" with overrides such as seed=range(1,31); `count(done, total)` is told of each that is composed.

    Raises ConfigError with all mistakes: of the words, or else of every configuration that they compose.
    """
    names, problems = read_scenarios(scenarios, runs_max)
    swept, wrong = read_sweep(words, runs_max)
    number = math.prod([len(names), *(len(each.values) for each in swept)])
    problems = [*_unknown(names), *problems, *wrong, *_unwanted(swept)]
    if number > runs_max and not problems:
        way_out = f"vary less, or allow so many: --max-runs {number} (runs_max in Python)"
        problems.append(Problem("runs", f"{number:,}", f"a sweep makes at most {runs_max:,} runs", way_out))
    if problems:
        raise ConfigError.of(SOURCE, problems)
    composer = _Composer(swept)
    runs: list[PlannedRun] = []
    mistakes: dict[str, Problem] = {}
    for scenario, *texts in product(names, *(each.texts for each in swept)):
        try:
            config = composer.compose(scenario, texts)
            _refuse_networks(config)
            values = {each.key: _value_of(config, each.key, text) for each, text in zip(swept, texts, strict=True)}
            runs.append(PlannedRun(len(runs) + 1, scenario, tuple(texts), values, config))
        except ConfigError as mistake:
            mistakes |= {str(problem): problem for problem in mistake.problems}
        if count is not None:
            count(len(runs), number)
    if mistakes:
        raise ConfigError.of(SOURCE, mistakes.values())
    _refuse_twins(runs)
    return SweepPlan(
        scenarios, tuple(words), {"scenario": tuple(names), **{each.key: each.values for each in swept}}, tuple(runs)
    )


class _Composer:
    """Composes once what only composing can tell and varies the rest, so that a thousand runs take seconds instead of minutes."""

    def __init__(self, swept: Sequence[Swept]) -> None:
        keys = sorted(keys_of(each.key) for each in swept)
        is_apart = not any(lower[: len(upper)] == upper for upper, lower in pairwise(keys))
        self._varying = {each.key for each in swept if is_apart and len(each.values) > 1 and config_files.can_vary(each.key)}
        seeds = sorted((int(value), f"{SEED}={value}") for each in swept if each.key == SEED for value in each.values)
        self._extreme_seeds = {text for _, text in (*seeds[:1], *seeds[-1:])}
        self._checked: set[str] = set()
        self._found: dict[tuple[str, ...], RunConfig | ConfigError] = {}

    def compose(self, scenario: str, texts: Sequence[str]) -> RunConfig:
        """Return the configuration of one run, which records nothing but KPIs."""
        seed = next((text for text in texts if _key(text) == SEED), "")
        config = self._once(scenario, tuple(text for text in texts if text != seed), self._of_point)
        if seed in self._extreme_seeds and seed not in self._checked:  # if these are in range, all are, whatever the rest
            config_files.varied(config, [seed])
            self._checked.add(seed)
        if seed:
            config = dataclasses.replace(config, seed=int(seed.partition("=")[2]))
        return dataclasses.replace(config, recording=RecordingConfig(events="none", report=False))

    def _of_point(self, scenario: str, texts: Sequence[str]) -> RunConfig:
        varying = [text for text in texts if _key(text) in self._varying]
        base = self._once(scenario, tuple(text for text in texts if text not in varying), config_files.compose)
        return config_files.varied(base, varying) if varying else base

    def _once(self, scenario: str, texts: tuple[str, ...], make: Callable[[str, Sequence[str]], RunConfig]) -> RunConfig:
        known = scenario, *texts
        if known not in self._found:
            try:
                self._found[known] = make(scenario, texts)
            except ConfigError as mistake:
                self._found[known] = mistake
        found = self._found[known]
        if isinstance(found, ConfigError):
            raise found
        return found


def _key(text: str) -> str:
    return text.partition("=")[0]


def _value_of(config: RunConfig, key: str, text: str) -> Any:
    """Return the value of a key as a table can hold it: a number, a truth, text; the option of a group; JSON of anything else."""
    if key in paths.group_names():
        return text.partition("=")[2]
    value: Any = config
    for part in keys_of(key):
        value = value[part] if isinstance(value, dict) else getattr(value, str(part))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    return value if isinstance(value, bool | int | float | str | None) else json_text(value, indent=None).strip()


def _unknown(scenarios: Sequence[str]) -> list[Problem]:
    found: list[Problem] = []
    for scenario in scenarios:
        try:
            config_files.scenario_path(scenario)
        except ConfigError as mistake:
            found += mistake.problems
    return found


def _unwanted(swept: Sequence[Swept]) -> list[Problem]:
    """Return what no run of a sweep can be told."""
    found = []
    for each in swept:
        place = f"command line: {each.key}"
        if keys_of(each.key)[:1] == ("recording",):
            found.append(
                Problem(
                    place, "", "the runs of a sweep keep their KPIs only", "leave it out, and look at one by `galleria run`"
                )
            )
    return found


def _refuse_networks(config: RunConfig) -> None:
    if is_network(config.malls, config.network):
        way_out = "leave malls and network out, or run one network by `galleria run`"
        raise ConfigError.of(SOURCE, [Problem("malls", str(config.malls), "a run of a sweep is of one mall", way_out)])


def _refuse_twins(runs: Sequence[PlannedRun]) -> None:
    """Refuse runs that would be the same one twice, such as a scenario by its name and by its path."""
    first: dict[str, PlannedRun] = {}
    problems = []
    points = {run.key[0]: run for run in reversed(runs)}  # the first of each; all points have the same seeds
    for run in reversed(points.values()):
        other = first.setdefault(config_sha256(run.config), run)
        if other is not run:
            words = " ".join([run.scenario, *run.overrides])
            same = " ".join([other.scenario, *other.overrides])
            problems.append(Problem(words, "", f"is the same run as {same}", "leave one out"))
    if problems:
        more = [Problem("...", "", f"and {len(problems) - 10} more of the kind", "see above")] if len(problems) > 10 else []
        raise ConfigError.of(SOURCE, [*problems[:10], *more])
