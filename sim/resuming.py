"""Goes on with a run that was saved: a day from a snapshot, as it was or with other policies; many days from their checkpoint."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim import api
from sim.config import RunConfig
from sim.days import DaysInARow
from sim.errors import ConfigError
from sim.reporting.results import RunResult
from sim.saved import day, days
from sim.saved.forks import SOURCE, forked, policy_problems
from sim.saved.snapshot import Snapshot, read_snapshot
from sim.world import People, Progress, World


def resume(
    snapshot: Path,
    out: Path,
    overrides: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    command: str = "",
    save_at: Sequence[int] = (),
) -> RunResult:
    """Go on with a day from a snapshot into a new folder; with `overrides` as a fork, whose policies are others from that instant on.

    `save_at` are instants, microseconds since midnight, at which it is saved again. Raises GalleriaError for a snapshot that is not
    whole, of another version or plan, and for overrides that cannot change within a day.
    """
    return resumed(read_snapshot(Path(snapshot), ("day",)), out, overrides, progress=progress, command=command, save_at=save_at)


def resumed(
    found: Snapshot,
    out: Path,
    overrides: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    command: str = "",
    save_at: Sequence[int] = (),
) -> RunResult:
    """Do what `resume` does with a snapshot that has been read."""
    config = forked(found.config, overrides)
    api.refuse_unknown_policies([config])
    compiled, town, close = api.home_of(config)
    try:
        day.refuse_other_plan(found, compiled)
        town.begin_deciders()
        people = town.people_on(config)
        _refuse_unfit(found.config, config, people)
        if found.config.policies and people.policies is None:
            people = dataclasses.replace(people, policies=lambda seen: ())  # what the policies had begun is told to its end
        world = World(config, compiled, people, Path(out))
        day.restore_day(world, found, is_fork=bool(overrides))
        name = f"snapshot {found.own['at']}"
        world.continued_from |= {name: found.sha256}
        if save_at:
            day.save_at(world, save_at, command)
        return world.run(progress, command if overrides else str(found.own["command"]))
    finally:
        close()


def resume_days(folder: Path, *, progress: Progress | None = None) -> RunResult:
    """Go on with a run of several days that was stopped, from its last checkpoint, in the folder that it has."""
    found = days.read_checkpoint(Path(folder))
    compiled, town, close = api.home_of(found.config)
    try:
        day.refuse_other_plan(found, compiled)
        town.begin_deciders()
        keeper = days.Checkpoints(Path(folder), found, command=str(found.own["command"]))
        return DaysInARow(found.config, compiled, town, Path(folder), keeper=keeper).run(progress, keeper.command)
    finally:
        close()


def _refuse_unfit(before: RunConfig, after: RunConfig, people: People) -> None:
    desk: Any = people.desk
    acting = {} if desk is None else desk.policies
    old: dict[str, Callable[..., Any]] = {} if set(before.policies) <= set(after.policies) else _policies_of(before)
    at_home = [name for name, policy in {**old, **acting}.items() if hasattr(policy, "at_home")]
    problems = policy_problems(before, after, [*acting, *old], at_home)
    if problems:
        raise ConfigError.of(SOURCE, problems)


def _policies_of(config: RunConfig) -> dict[str, Any]:
    _, town, close = api.home_of(config)
    close()
    return {} if town.policies is None else dict(town.policies.policies)
