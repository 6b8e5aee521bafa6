"""Arms of an experiment as a person names them: a scenario, a policy, or overrides in quotes."""

from __future__ import annotations

import re

from sim import config_files, paths
from sim.cli_output import UsageError
from sim.config import RunConfig
from sim.errors import ConfigError, Problem


def arm_names(text: str) -> list[str]:
    """Return the arms of "[none,b,"key=1,other=2"]"."""
    inner = text.strip().removeprefix("[").removesuffix("]")
    arms = [(quoted or plain).strip() for quoted, plain in re.findall(r"""["']([^"']+)["']|([^,"']+)""", inner)]
    return _two_or_more([arm for arm in arms if arm], text or "none")


def arms_of(scenario: str, overrides: list[str]) -> list[str]:
    """Return the arms that a scenario names itself."""
    arms = [str(arm).strip() for arm in config_files.compose(scenario, overrides).arms]
    return _two_or_more(arms, f"{arms} under `arms` of {scenario}" if arms else f"none given, and {scenario} names none")


def _two_or_more(arms: list[str], found: str) -> list[str]:
    if len(arms) < 2 or len(set(arms)) < len(arms) or "" in arms:
        raise UsageError(
            f"arms: two or more different arms are wanted (found {found}); "
            "for instance arms=[none,escalator_outage]. See `galleria compare --help`."
        )
    return arms


def count_of(text: str, key: str = "replications") -> int:
    """Return how many replications are wanted."""
    if not text.isdigit() or not 2 <= int(text) <= 10_000:
        raise UsageError(f"{key}: must be a whole number from 2 to 10000 (found {text!r})")
    return int(text)


def config_of(scenario: str, arm: str, overrides: list[str]) -> RunConfig:
    """Return the configuration of an arm: SCENARIO with a policy or with overrides, or a scenario of its own.

    A policy comes before a scenario of the same name, which would bring its whole mall along; a path (`scenarios/NAME.yaml`) is always the scenario.
    """
    if arm == "none":
        return config_files.compose(scenario, [*overrides, "policies=[]"])
    if "=" in arm:
        return config_files.compose(scenario, [*overrides, *_split_overrides(arm)])
    from sim import api

    policies = api.policies()
    if arm in policies:
        return config_files.compose(scenario, [*overrides, f"policies=[{arm}]"])
    if arm in paths.scenario_files() or arm.endswith(".yaml"):
        return config_files.compose(arm, overrides)
    known = [*paths.scenario_files(), *policies, "none"]
    problem = paths.unknown_name(
        "arms", arm, known, "scenario or policy", "`galleria list scenarios`, `galleria list policies`"
    )
    raise UsageError(str(problem))


def refuse_earlier_runs(configs: list[tuple[str, RunConfig]]) -> None:
    """Refuse arms that continue a run: every replication has a seed of its own, with which that run's ids mean nobody."""
    rule = "must be empty in a comparison: each replication has a seed of its own, and a run continues only one of its own seed"
    way_out = "leave it out; or run each arm by `galleria run` and compare the two folders"
    problems = [
        Problem(f"arm {arm!r}: sensing.identity.continue_from", config.sensing.identity.continue_from, rule, way_out)
        for arm, config in configs
        if config.sensing.identity.continue_from
    ]
    if problems:
        raise ConfigError.of("the comparison", problems)


def _split_overrides(text: str) -> list[str]:
    """Return the overrides of "a.b=1 c=[1,2]", which are parted by blanks."""
    return [word for word in re.split(r"\s+(?=[\w.]+=)", text.strip()) if word]
