"""What a researcher calls: run, compare, load; the one place that joins sim/ and agents/."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import paths
from sim.config import RunConfig
from sim.crowd.goods.stocking import Shelves
from sim.decisions import Decision
from sim.operations.own_services import Factory
from sim.plan_arrays import CompiledPlan
from sim.sensing.observations import Observations
from sim.world import Lived, People, Progress, RunResult, World

if TYPE_CHECKING:
    from agents.mall import TenantFacts
    from agents.visits import Visits


def run(
    config: RunConfig,
    out: Path,
    *,
    progress: Progress | None = None,
    command: str = "",
    services: Mapping[str, Factory] | None = None,
) -> RunResult:
    """Run one day into the folder `out` and return its KPIs; raises GalleriaError for mistakes in plan or configuration.

    `services` gives units, by id, a service of one's own (docs/how-to/a-service-of-your-own.md).
    """
    from sim.floorplan.cache import load_compiled

    compiled = load_compiled(paths.find_floorplan(config.floorplan))
    return run_on(config, compiled, out, progress=progress, command=command, services=services)


def run_on(
    config: RunConfig,
    compiled: CompiledPlan,
    out: Path,
    *,
    progress: Progress | None = None,
    command: str = "",
    services: Mapping[str, Factory] | None = None,
) -> RunResult:
    """Run one day on a compiled plan."""
    deciders = Deciders(config, compiled)
    try:
        return World(config, compiled, people(config, compiled, deciders), Path(out), services or {}).run(progress, command)
    finally:
        deciders.close()


def people(config: RunConfig, compiled: CompiledPlan, deciders: Deciders) -> People:
    """Return who comes and who decides."""
    from agents.digital import phones_of
    from agents.membership import Memory
    from agents.population import residents_of
    from agents.reputation import Reputation
    from agents.visits import Visits

    residents = residents_of(config)
    memory = Memory(config, residents)
    shelves = Shelves(config, compiled)
    population = Visits(config, compiled, residents, memory)
    reputation = Reputation(config, compiled)

    def learn(lived: Lived) -> None:
        memory.learn(lived)
        reputation.learn(lived)
        shelves.learn(lived.items, lived.date)

    phones = partial(phones_of, config)
    morning = shelves.morning(datetime.date.fromisoformat(config.date))
    return People(population.arrivals, phones, deciders.review, learn, reputation.standing, morning)


def population_of(config: RunConfig, compiled: CompiledPlan) -> Visits:
    """Return who comes on the day of a configuration; `galleria verify` holds it against theory."""
    from agents.membership import Memory
    from agents.population import residents_of
    from agents.visits import Visits

    residents = residents_of(config)
    return Visits(config, compiled, residents, Memory(config, residents))


class Deciders:
    """The Mesa model, made at its first review (importing Mesa takes a second that a run's start need not wait for)."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan) -> None:
        self._config = config
        self._compiled = compiled
        self._model: object = None

    def review(self, now_us: int, observations: Observations) -> list[tuple[str, Decision]]:
        """Let tenants and operator review."""
        from agents.mall import MallModel

        if self._model is None:
            self._model = MallModel(
                tenant_facts(self._config, self._compiled), self._compiled.entrance_ids, self._config.operations.review_s
            )
        assert isinstance(self._model, MallModel)
        return self._model.review(now_us, observations)

    def close(self) -> None:
        """Let Mesa forget the model."""
        if self._model is not None:
            self._model.close()  # type: ignore[attr-defined]


def tenant_facts(config: RunConfig, compiled: CompiledPlan) -> list[TenantFacts]:
    """Return what each tenant knows of itself."""
    from agents.mall import TenantFacts
    from sim.crowd.station_plans import cashiers_of, mean_till_s

    facts = []
    for index, unit_id in enumerate(compiled.unit_ids):
        category = config.categories[compiled.tenant_categories[index]]
        servers = cashiers_of(compiled, config, index)[0]
        service_s = mean_till_s(config, compiled.tenant_categories[index])
        facts.append(TenantFacts(index, unit_id, compiled.tenant_names[index], servers, service_s, category.tables))
    return facts


def policies() -> dict[str, str]:
    """Return the catalogue of policies: name -> what it does. Empty so far."""
    return {}


def compare(
    configs: list[tuple[str, RunConfig]],
    out: Path,
    replications: int = 20,
    count: Callable[[int, int], None] | None = None,
    *,
    workers: int | None = None,
) -> dict[str, Any]:
    """Compare named configurations with the first of them under common random numbers, `replications` days each.

    Runs on `workers` processes (default: all cores) into the folder `out`, which a later call with the same arguments completes.
    Returns what `galleria compare --json` prints. A script that calls this needs the guard `if __name__ == "__main__":`.
    """
    from sim.experiments.compare import compare as compare_arms
    from sim.experiments.replicate import Runner
    from sim.floorplan.cache import load_compiled

    # Compiled here once, so that the workers find it in the cache, and a mistake in a plan is told before any run.
    plans = {config.floorplan for _, config in configs}
    digests = {name: load_compiled(paths.find_floorplan(name)).digest for name in sorted(plans)}
    preload = ("sim.api", "sim.floorplan.cache", "agents.visits", "agents.mall")
    return compare_arms(configs, Path(out), replications, Runner("sim.api:run", preload, digests, workers), count)


def load(folder: Path) -> RunResult:
    """Return a finished run from its folder; raises GalleriaError where there is none or its KPIs were changed."""
    from sim.reporting.manifest import read_finished

    folder = Path(folder)
    report = folder / "report.html"
    kpis, manifest = read_finished(folder, "kpis.json"), read_finished(folder, "manifest.json")
    return RunResult(folder, kpis, manifest, report if report.exists() else None)
