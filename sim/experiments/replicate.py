"""Makes every run that an experiment asks for, once; what is finished stays finished."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from sim.config import RecordingConfig, RunConfig
from sim.experiments.engines import Engine, Key, Runner, engine_for
from sim.experiments.kept_runs import KeptRuns, Kpis, basis_of
from sim.experiments.parts import Parts
from sim.random_streams import stream_key

Arm = tuple[str, RunConfig]
Count = Callable[[int, int], None]


@dataclass(frozen=True)
class Failure:
    """A run that could not be made."""

    arm: str
    replication: int
    reason: str


@dataclass(frozen=True)
class Replicated:
    """All runs by (arm, replication), and those that failed."""

    kpis: dict[Key, Kpis]
    failures: tuple[Failure, ...]
    parts: dict[Key, Parts] = field(default_factory=dict)  # of hours, levels, tenants and segments


class Runs:
    """The runs of an experiment in its folder. A search asks again and again: workers are started once, at the first run to be made."""

    def __init__(self, folder: Path, runner: Runner) -> None:
        """Start none yet."""
        self.folder = Path(folder)
        self._kept = KeptRuns(self.folder, basis_of(runner.plan_digests))
        self._runner = runner
        self._open = ExitStack()
        self._engine: Engine | None = None
        self._told: dict[str, RunConfig] = {}  # arms whose configuration is written: it takes longer than to read a kept run

    def __enter__(self) -> Runs:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the workers end; at once after an error."""
        self._open.__exit__(kind, error, trace)

    def make(self, wanted: Sequence[tuple[Arm, int]], count: Count | None = None) -> Replicated:
        """Return the wanted (arm, replication) pairs, making those that the folder does not hold; `count(done, total)` is told of each.

        Runs that fail twice are in `failures`; the others are made nevertheless. Results depend neither on the number of workers nor
        on the order in which they finish.
        """
        for arm, config in dict(arm for arm, _ in wanted).items():
            if self._told.get(arm) is not config:
                self._kept.keep_config(arm, config)
                self._told[arm] = config
        return self.make_as_they_are(
            {(arm, number): replication_config(config, number) for (arm, config), number in wanted}, count
        )

    def make_as_they_are(self, configs: Mapping[Key, RunConfig], count: Count | None = None) -> Replicated:
        """Do what `make` does, with the very seeds and records of these configurations; each run is kept under its key."""
        tell = count or _tell_nobody
        found = {key: kpis for key, config in configs.items() if (kpis := self._kept.read(*key, config)) is not None}
        tell(len(found), len(configs))
        failures = self._make({key: config for key, config in configs.items() if key not in found}, found, tell, len(configs))
        order = {key: place for place, key in enumerate(configs)}
        failures.sort(key=lambda failure: order[failure.arm, failure.replication])
        parts = {key: found[key].pop("parts", {}) for key in configs if key in found}
        return Replicated({key: found[key] for key in parts}, tuple(failures), parts)

    def _make(self, jobs: Mapping[Key, RunConfig], found: dict[Key, Kpis], tell: Count, total: int) -> list[Failure]:
        """Make runs and add them to `found`; return those that failed."""
        failures: list[Failure] = []
        if not jobs:
            return failures
        if self._engine is None:
            self._engine = self._open.enter_context(engine_for(self._runner))
        for key, (kpis, reason) in self._engine.answers(jobs):
            if kpis is None:
                failures.append(Failure(*key, reason))
            else:
                self._kept.keep(*key, jobs[key], kpis)
                found[key] = kpis
            tell(len(found) + len(failures), total)
        return failures


def replicate(
    arms: Sequence[Arm], replications: Sequence[int], folder: Path, runner: Runner, count: Count | None = None
) -> Replicated:
    """Make all (arm, replication) pairs that `folder` does not hold yet, replication by replication; see `Runs.make`."""
    with Runs(folder, runner) as runs:
        return runs.make([(arm, number) for number in replications for arm in arms], count)


def replication_config(config: RunConfig, replication: int) -> RunConfig:
    """Return the configuration of one replication: the same seed for it in every arm, and nothing recorded but KPIs."""
    seed = int(stream_key(config.seed, f"replication {replication}")) >> 2  # seeds have at most 62 bits
    return dataclasses.replace(config, seed=seed, recording=RecordingConfig(events="none", report=False))


def _tell_nobody(_done: int, _total: int) -> None:
    """Count in silence."""
