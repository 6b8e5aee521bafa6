"""What a researcher calls: run, compare, load; the one place that joins sim/ and agents/."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import paths
from sim.config import RunConfig
from sim.crowd.engine import journal_rows
from sim.crowd.goods.stocking import Shelves
from sim.days import DaysInARow
from sim.decisions import Decision
from sim.earlier_run import Columns
from sim.errors import ConfigError, Problem
from sim.home import HomeDay
from sim.ledger.accounts import POINTS_ISSUED, POINTS_REDEEMED
from sim.ledger.finance_books import FinanceBooks
from sim.ledger.ledger import Ledger
from sim.lived import Lived
from sim.opening import mall_hours_min, tenant_hours_min
from sim.operations.own_services import Factory
from sim.operations.partners import Programme
from sim.operations.watching import Watch
from sim.plan_arrays import CompiledPlan
from sim.reporting.results import RunResult
from sim.saved.day import save_at as save_day_at
from sim.saved.days import EVERY_S as CHECKPOINT_S
from sim.saved.days import Checkpoints
from sim.schema.network import is_network
from sim.schema.online import is_online
from sim.schema.policies import PolicyConfig
from sim.sensing.identity.ids import IdKind, ids_of
from sim.sensing.observations import Observations
from sim.units import US_PER_MIN, US_PER_S
from sim.world import People, Progress, Witness, World

if TYPE_CHECKING:
    from agents.alliance import Alliance
    from agents.home.home import Home
    from agents.mall import TenantFacts
    from agents.policy_desk import Desk
    from agents.population import Residents
    from agents.site_choice import SiteForecast
    from agents.tiers import Tiers
    from agents.visits import Visits
    from sim.experiments.engines import Runner
    from sim.experiments.sweep_plan import SweepPlan
    from sim.experiments.twins import Lives
    from sim.experiments.uplift import Measured
    from sim.visitors import Visitors

PLUGINS_VARIABLE = "GALLERIA_PLUGINS"  # names the files with policies of one's own, for this process and those that it starts


def run(
    config: RunConfig,
    out: Path,
    *,
    progress: Progress | None = None,
    command: str = "",
    services: Mapping[str, Factory] | None = None,
    watch: Any = None,
    watch_every_s: float = 300.0,
    witness: Witness | None = None,
    save_at: Sequence[int] = (),
    checkpoint_s: float = CHECKPOINT_S,
) -> RunResult:
    """Run one day, or `config.days` in a row, into the folder `out` and return its KPIs; raises GalleriaError for mistakes in plan or configuration.

    `services` gives units, by id, a service of one's own (docs/how-to/a-service-of-your-own.md). `watch` looks at the shoppers every
    `watch_every_s` and changes nothing: a function that takes an agents.shopper_view.ShopperView, or a Mesa model, whose `shoppers`
    the view becomes before each of its steps (docs/tutorial/mesa.ipynb). `witness` sees what every day logs and leaves. `save_at` are
    instants of a day, microseconds since midnight, at which it is saved; several days save themselves every `checkpoint_s` seconds, both
    for sim.resuming.
    """
    from sim.floorplan.cache import compiled_for
    from sim.network.malls import mall_alone

    if is_network(config.malls, config.network):
        return run_network(config, out, command=command)
    config = mall_alone(config)
    compiled = compiled_for(config)
    return run_on(
        config, compiled, out, progress=progress, command=command, services=services, watch=watch, watch_every_s=watch_every_s,
        witness=witness, save_at=save_at, checkpoint_s=checkpoint_s,
    )  # fmt: skip


def run_on(
    config: RunConfig,
    compiled: CompiledPlan,
    out: Path,
    *,
    progress: Progress | None = None,
    command: str = "",
    services: Mapping[str, Factory] | None = None,
    watch: Any = None,
    watch_every_s: float = 300.0,
    witness: Witness | None = None,
    save_at: Sequence[int] = (),
    checkpoint_s: float = CHECKPOINT_S,
) -> RunResult:
    """Run one day, or several in a row, on a compiled plan."""
    looks = watch_of(watch, watch_every_s, config, compiled)
    deciders = Deciders(config, compiled)
    try:
        town = Town(config, compiled, deciders)
        town.witness = witness
        if config.recording.residents:
            keep_residents(config, town.people, Path(out) / "residents.parquet")
        if config.days > 1:
            if save_at:
                way_out = "leave save_at out: they save themselves between two of them"
                raise ConfigError.of(
                    "save_at", [Problem("days", str(config.days), "an instant of one day is saved, not of several", way_out)]
                )
            keeps = not (services or looks or witness)
            keeper = Checkpoints(Path(out), command=command, every_s=checkpoint_s) if keeps else None
            return DaysInARow(config, compiled, town, Path(out), services or {}, looks, keeper).run(progress, command)
        world = World(config, compiled, town.people_on(config), Path(out), services or {}, watch=looks)
        if save_at:
            save_day_at(world, save_at, command)
        return world.run(progress, command)
    finally:
        deciders.close()


def live_twin(config: RunConfig, folder: Path) -> Lives:
    """Run one day, or several in a row, and return what became of every visit, tenant and message (sim.experiments.twins)."""
    from sim.experiments.twins import Notes

    notes = Notes()
    result = run(config, folder, witness=notes)
    return notes.close(result.kpis)


def run_printed(config: RunConfig, folder: Path) -> RunResult:
    """Run one day, or several in a row, with the fingerprint of its events among the KPIs; `galleria check` runs malls so."""
    from sim.experiments.event_print import EVENTS, EventPrint

    events = EventPrint()
    result = run(config, folder, witness=events)
    return dataclasses.replace(result, kpis={**result.kpis, EVENTS: events.close()})


def uplift(
    config: RunConfig,
    messages: int = 50,
    policies: tuple[str, ...] = (),
    count: Callable[[int, int], None] | None = None,
    *,
    only: Callable[[list[str]], RunConfig] | None = None,
    workers: int | None = None,
) -> Measured:
    """Return what the policies of a configuration truly do, by twins of its days; see sim.experiments.uplift.

    `policies` names those that are measured (default: all active ones, each by itself where there are several, and all together). `only`
    composes the same days with some of the policies alone; without it what measures have set stays as it is. A script that calls this
    needs the guard `if __name__ == "__main__":`, or `workers=0`: then all is lived in this process.
    """
    from sim.experiments.twins import TwinRunner
    from sim.experiments.uplift import measure
    from sim.floorplan.cache import load_compiled

    if is_network(config.malls, config.network):
        way_out = "measure one mall: leave malls and network out"
        raise ConfigError.of("galleria uplift", [Problem("malls", str(config.malls), "twins are of one mall", way_out)])
    load_compiled(
        paths.find_floorplan(config.floorplan)
    )  # a mistake in the plan is told before any run, and workers find it compiled
    preload = ("sim.api", "sim.floorplan.cache", "agents.visits", "agents.mall", "agents.policy_desk")
    return measure(config, TwinRunner("sim.api:live_twin", preload, workers), messages, policies, count, only)


def run_network(
    config: RunConfig,
    out: Path,
    *,
    count: Callable[[int, int], None] | None = None,
    command: str = "",
    workers: int | None = None,
) -> RunResult:
    """Run all malls of a network into `out`/malls/<number>, on processes or a Ray cluster; a second call with the same folder goes on.

    A script that calls this needs the guard `if __name__ == "__main__":`.
    """
    from sim.network.exchange import Makers, live_network

    preload = ("sim.api", "sim.floorplan.cache", "sim.network.work", "agents.visits", "agents.mall")
    return live_network(config, Path(out), Makers("sim.api:run", "sim.api:home_of", preload), count, command, workers)


def home_of(config: RunConfig) -> tuple[CompiledPlan, Town, Callable[[], None]]:
    """Return the plan of a mall, its people, and what to call when it is over; `sim.network` lives malls with it."""
    from sim.floorplan.cache import compiled_for

    compiled = compiled_for(config)
    deciders = Deciders(config, compiled)
    return compiled, Town(config, compiled, deciders), deciders.close


class Town:
    """Residents with their memory, the standing of tenants, and who decides: all that lives on from one day of a run to the next."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan, deciders: Deciders) -> None:
        from agents.alliance import Alliance
        from agents.alliance_outside import OutsideMerchants
        from agents.membership import Memory
        from agents.memory.referrers import Referrers
        from agents.reputation import Reputation
        from agents.tiers import Tiers

        self._config, self._compiled, self._deciders = config, compiled, deciders
        self.people = residents_for(config)
        self.memory = Memory(config, self.people)
        self.reputation = Reputation(config, compiled)
        self.tiers = Tiers(config, self.people) if config.points.is_on and config.points.tiers else None
        self.shelves = Shelves(config, compiled)
        self._visits: Visits | None = None
        self.ledger = Ledger(compiled.unit_ids, journal_rows(config))
        self.ledger.begin_day(datetime.date.fromisoformat(config.date), 0)
        closes_min = mall_hours_min(config)[1]
        self.alliance = Alliance(config, compiled, closes_min) if config.alliance.is_played else None
        deciders.alliance = self.alliance
        self.outside = OutsideMerchants(config, self.ledger) if config.alliance.is_played else None
        self.residents = int(self.people.key.size)
        self.referrers = Referrers(config, self.people, compiled)
        self.ledger.clearing.opening_centi = int(self.memory.points_centi.sum())
        self.finance = FinanceBooks(config)
        self.programme = Programme(config, compiled, self.ledger, self.people.key)
        self.policies = _desk_of(config, compiled)
        self.witness: Witness | None = None
        self.home = self._home_of(config, compiled)

    def _home_of(self, config: RunConfig, compiled: CompiledPlan) -> Home | None:
        """Return what is known at home, where any policy addresses people there."""
        if self.policies is None or not self.policies.looks_home:
            return None
        from agents.home.home import Home

        return Home(config, compiled, self.people, self.memory, self._numbers)

    def morning(self, today: RunConfig) -> HomeDay | None:
        """Let policies address people at home before anybody comes."""
        home, desk = self.home, self.policies
        if home is None or desk is None:
            return None
        return home.morning(datetime.date.fromisoformat(today.date), lambda members, used: desk.at_home(today, members, used))

    def read_tables(self, tables: Mapping[str, Columns], date: datetime.date) -> None:
        """Let the platform's books know what a day's sensing has left."""
        if self.home is not None:
            self.home.read_tables(tables, date.toordinal())

    def people_on(self, today: RunConfig) -> People:
        """Return who comes on a day, and who decides."""
        return people(today, self._compiled, self._deciders, self)

    def begin_deciders(self) -> None:
        """Make the Mesa model, which is otherwise made at the first review."""
        self._deciders.begin()

    def expect(self, visits: Visits) -> None:
        """Know the visits of a day."""
        self._visits = visits

    @property
    def visits(self) -> Visits:
        """The visits of the day that was asked for last."""
        assert self._visits is not None
        return self._visits

    def rehouse(self, compiled: CompiledPlan) -> None:
        """Know the plan in which tenants have changed rooms."""
        self._compiled = compiled
        if self.policies is not None:
            self.policies.rehouse(compiled)

    def summary(self, date: datetime.date) -> dict[str, Any]:
        """Return what the residents remember after a day, in numbers."""
        return {**self.memory.summary(date), **({} if self.alliance is None else self.alliance.summary())}

    def enrol(self, numbers: np.ndarray) -> None:
        """Make members of the residents whom the mall's systems have enrolled under these numbers."""
        self._enrol_rows(np.flatnonzero(np.isin(self._numbers, numbers)))

    def enrol_from_lists(self) -> None:
        """Make members of the customers whom tenants that have joined the alliance today bring along; they are those tenants' own."""
        if self.alliance is not None:
            self._enrol_rows(*self.alliance.newcomers(self.people.key, self.memory.is_member))

    def _enrol_rows(self, rows: np.ndarray, units: np.ndarray | None = None) -> None:
        """Make members of residents, and let each belong to whoever has brought it: the units that are given, else by referral's own rule."""
        was_none = self.memory.is_member[rows] == 0
        self.memory.enrol(rows)
        joined = was_none & (self.memory.is_member[rows] > 0)
        self.programme.welcome(rows[joined])
        brought_by = None if units is None else units[joined]
        self.referrers.join(rows[joined], self.ledger.days_before, self.memory.is_member, brought_by)

    @cached_property
    def _numbers(self) -> np.ndarray:
        """Under which number each resident's membership is kept."""
        from agents.digital import phone_keys_of

        found: np.ndarray = ids_of(IdKind.NUMBER, phone_keys_of(self._config, self.people.key))
        return found

    def outside_trade(self, date: str) -> np.ndarray | None:
        """Return what members pay on a day at merchants of the alliance elsewhere; None where it is not played."""
        if self.alliance is None or self.outside is None:
            return None
        return self.outside.trade_on(
            datetime.date.fromisoformat(date), self.alliance.day, self.residents, self.memory.is_member
        )

    def hold_points(self, balances_centi: np.ndarray) -> None:
        """Let residents know how many points they hold."""
        ledger = self.ledger
        is_open = ledger.has_account(self.residents)
        self.memory.hold(balances_centi, is_open, -ledger.balance(POINTS_ISSUED), ledger.balance(POINTS_REDEEMED))


def people(config: RunConfig, compiled: CompiledPlan, deciders: Deciders, town: Town | None = None) -> People:
    """Return who comes and who decides, on the first day of a town's life unless one is given."""
    from agents.policies.plugins import plugin_digests
    from agents.visits import Visits

    town = town or Town(config, compiled, deciders)
    residents, memory, reputation = town.people, town.memory, town.reputation
    morning_at_home = town.morning(config)
    population = Visits(config, compiled, residents, memory, town.home)
    town.expect(population)

    def learn(lived: Lived) -> None:
        memory.learn(lived)
        if town.home is not None:
            town.home.learn(lived)
        town.referrers.learn(lived, *memory.told_first)
        if town.tiers is not None:
            town.tiers.learn(lived.outcomes, lived.date)
        reputation.learn(lived)
        town.shelves.learn(lived.items, lived.date)
        town.referrers.forget_units(reputation.news()[1])
        if town.alliance is not None:
            town.alliance.learn(lived)
            town.enrol_from_lists()
        deciders.read(*reputation.news())

    town.referrers.begin_day(town.ledger.account_of)
    deciders.read(*reputation.news())
    morning = town.shelves.morning(datetime.date.fromisoformat(config.date))
    decide = deciders.review if town.alliance is None else town.alliance.beside(deciders.review)
    parts = None if town.alliance is None else town.alliance.today
    arrivals = population.arrivals if town.tiers is None else _with_tiers(population.arrivals, town.tiers)
    return People(
        arrivals,
        population.phones,
        decide,
        learn,
        reputation.standing,
        morning,
        ledger=town.ledger,
        referrals=town.referrers.table,
        finance=town.finance,
        alliance=parts,
        programme=town.programme,
        home=morning_at_home,
        policies=None if town.policies is None else town.policies.begin_day(config),
        desk=town.policies,
        plugins={} if town.policies is None else plugin_digests(),
        outside_trade=town.outside_trade(config.date),
        witness=town.witness,
        ordered=population.ordered if is_online(config.online) else None,
    )


def _with_tiers(arrivals: Callable[[int, int], Visitors], tiers: Tiers) -> Callable[[int, int], Visitors]:
    return lambda from_min, to_min: tiers.described(arrivals(from_min, to_min))


def watch_of(watch: Any, every_s: float, config: RunConfig, compiled: CompiledPlan) -> Watch | None:
    """Return who looks at the shoppers and how often; None when nobody does."""
    if watch is None:
        return None
    from agents.shopper_view import looks_of

    every_us = int(every_s * US_PER_S)
    if every_us <= 0:
        raise ConfigError.of(
            "watch", [Problem("watch_every_s", str(every_s), "must be positive", "give seconds between two looks")]
        )
    return Watch(looks_of(watch, config, compiled), every_us)


def population_of(config: RunConfig, compiled: CompiledPlan) -> Visits:
    """Return who comes on the day of a configuration; `galleria verify` holds it against theory."""
    from agents.membership import Memory
    from agents.visits import Visits

    residents = _catchment_of(config)
    return Visits(config, compiled, residents, Memory(config, residents))


def residents_for(config: RunConfig) -> Residents:
    """Return the people of the catchment: those of an earlier run where the configuration names its file, else drawn."""
    from agents.population import CODES_MAX, empty_residents, residents_of, with_rates_of

    if not config.catchment.residents_from:
        return residents_of(config)
    from sim.reporting.residents_file import read_residents

    path = Path(config.catchment.residents_from).expanduser()
    columns, visits_per_day = read_residents(path, empty_residents(0)._asdict(), CODES_MAX)
    return with_rates_of(config, empty_residents(0)._replace(**columns), visits_per_day)


def keep_residents(config: RunConfig, residents: Residents, path: Path) -> None:
    """Write the people of the catchment to a file that `catchment.residents_from` of another run can name."""
    from agents.population import visits_of_residents
    from sim.reporting.residents_file import keep_residents as keep

    keep(path, residents._asdict(), visits_of_residents(config))


_CATCHMENT: dict[str, Residents] = {}


def _catchment_of(config: RunConfig) -> Residents:
    """Return the residents, who are the same on every day: those last asked for are kept, for whoever looks at one day after another."""
    whatever_day = repr(dataclasses.replace(config, date=""))
    if whatever_day not in _CATCHMENT:
        _CATCHMENT.clear()
        _CATCHMENT[whatever_day] = residents_for(config)
    return _CATCHMENT[whatever_day]


class Deciders:
    """The Mesa model, made at its first review (importing Mesa takes a second that a run's start need not wait for)."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan) -> None:
        self._config = config
        self._compiled = compiled
        self._model: object = None
        self._shown_stars = np.zeros(len(compiled.unit_ids))
        self.alliance: Alliance | None = None

    def read(self, shown_stars: np.ndarray, is_new: np.ndarray) -> None:
        """Let them see what everybody can in the morning: the shown stars, and which units have a new business."""
        from agents.mall import MallModel

        self._shown_stars = shown_stars.copy()
        if isinstance(self._model, MallModel):
            self._model.read(shown_stars, is_new)

    def review(self, now_us: int, observations: Observations) -> list[tuple[str, Decision]]:
        """Let tenants and operator review."""
        from agents.mall import MallModel

        self.begin()
        assert isinstance(self._model, MallModel)
        return self._model.review(now_us, observations)

    def begin(self) -> None:
        """Make the model, where there is none yet."""
        from agents.mall import MallModel

        if self._model is None:
            self._model = MallModel(
                tenant_facts(self._config, self._compiled),
                self._compiled.entrance_ids,
                self._config.operations.review_s,
                mall_hours_min(self._config)[1] * US_PER_MIN,
                self._config.management,
            )
            self._model.shown_stars = self._shown_stars

    def close(self) -> None:
        """Let Mesa forget the model."""
        if self.alliance is not None:
            self.alliance.close()
        if self._model is not None:
            self._model.close()  # type: ignore[attr-defined]


def tenant_facts(config: RunConfig, compiled: CompiledPlan) -> list[TenantFacts]:
    """Return what each tenant knows of itself."""
    from agents.mall import TenantFacts
    from sim.crowd.station_plans import cashiers_of, mean_till_s

    facts = []
    hours = tenant_hours_min(compiled, config)
    for index, unit_id in enumerate(compiled.unit_ids):
        category = config.categories[compiled.tenant_categories[index]]
        servers = cashiers_of(compiled, config, index)[0]
        service_s = mean_till_s(config, compiled.tenant_categories[index])
        facts.append(
            TenantFacts(
                index,
                unit_id,
                compiled.tenant_names[index],
                servers,
                service_s,
                category.tables,
                int(compiled.arrays.unit_key[index]),
                *hours[index],
            )
        )
    return facts


def policies() -> dict[str, str]:
    """Return the policies of the catalogue and of plug-ins: name -> what it does."""
    return {str(record["name"]): str(record["meaning"]) for record in policy_records()}


def policy_records() -> list[dict[str, Any]]:
    """Return what there is to say of each policy of the catalogue, and of those of plug-ins."""
    from agents.policies.catalogue import ENTRIES
    from agents.policies.plugins import own_policies

    found: list[dict[str, Any]] = [
        {
            "name": entry.name, "meaning": entry.does, "can_lose": entry.loses, "covers": list(entry.covers), "scenario": entry.scenario,
            "shows": entry.shows, "source": entry.source, "acts": "reviews what is observed" if entry.make else f"settings: conf/measures/{entry.name}.yaml",
            "parameters": f"policy.{entry.name}.*" if entry.make and hasattr(PolicyConfig(), entry.name) else "",
        }
        for entry in ENTRIES
    ]  # fmt: skip
    for name, made in own_policies().items():
        about = (made.__doc__ or "").strip().splitlines()[:1]
        found.append(
            {"name": name, "meaning": about[0] if about else "", "acts": "a plug-in", "parameters": f"policy.own.{name}.*"}
        )
    return found


def _desk_of(config: RunConfig, compiled: CompiledPlan) -> Desk | None:
    if not config.policies:
        return None
    from agents.policies.plugins import own_policies
    from agents.policy_desk import Desk

    refuse_unknown_policies([config])
    return Desk(config, compiled, own_policies())


def policies_that_review(config: RunConfig, compiled: CompiledPlan) -> tuple[list[str], list[str]]:
    """Return the active policies that review what is observed, and those of them that address people at home in the morning."""
    desk = _desk_of(config, compiled)
    found = {} if desk is None else desk.policies
    return list(found), [name for name, policy in found.items() if hasattr(policy, "at_home")]


def refuse_unknown_policies(configs: Iterable[RunConfig]) -> None:
    """Raise ConfigError for active policies that neither the catalogue nor a plug-in has."""
    from agents.policies.catalogue import BY_NAME
    from agents.policies.plugins import own_policies

    known = {*BY_NAME, *own_policies()}
    unknown = dict.fromkeys(name for config in configs for name in config.policies if name not in known)
    if unknown:
        where = "policy", "`galleria list policies`"
        raise ConfigError.of("the configuration", [paths.unknown_name("policies", name, known, *where) for name in unknown])


def compare(
    configs: list[tuple[str, RunConfig]],
    out: Path,
    replications: int = 20,
    count: Callable[[int, int], None] | None = None,
    *,
    workers: int | None = None,
    until: str = "",
    max_replications: int = 200,
    command: str = "",
    why: str = "",
) -> dict[str, Any]:
    """Compare named configurations with the first of them under common random numbers, `replications` days each.

    With `until` ("sales_fen<=1%,queue_wait_s_mean<=5") these are a first stage, and up to `max_replications` days are run until the
    half-widths of the paired differences are at most those shares of the baseline's mean, or those numbers in the KPI's unit.

    Runs on `workers` processes (default: all cores) into the folder `out`, which a later call with the same arguments completes.
    Returns what `galleria compare --json` prints. `why` names a KPI of which it is told what moved it, from the events of the first
    replication's day. A script that calls this needs the guard `if __name__ == "__main__":`.
    """
    from sim.experiments.compare import compare as compare_arms

    runner = runner_for([config for _, config in configs], workers)
    return compare_arms(configs, Path(out), replications, runner, count, until, max_replications, command, why)


def sweep(
    scenarios: str,
    overrides: Sequence[str],
    out: Path,
    *,
    engine: str = "local",
    address: str = "",
    workers: int | None = None,
    runs_max: int = 10_000,
    count: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Make every run of "a,b" with overrides in Hydra's grammar, such as ["seed=range(1,31)"], into the folder `out`; return sweep.json.

    A later call with the same arguments makes only the runs that are missing. The table is `out`/runs.parquet. A script that calls this
    needs the guard `if __name__ == "__main__":`.
    """
    from sim.experiments.sweep_plan import plan_of

    return sweep_of(plan_of(scenarios, overrides, runs_max), out, engine=engine, address=address, workers=workers, count=count)


def sweep_of(
    plan: SweepPlan,
    out: Path,
    *,
    engine: str = "local",
    address: str = "",
    workers: int | None = None,
    count: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Make every run of a sweep that is planned already; see `sweep`."""
    from sim.experiments.sweep import sweep as make

    refuse_unknown_policies(run.config for run in plan.runs)
    plans = {(run.config.floorplan, repr(run.config.layout)): run.config for run in plan.runs}
    runner = dataclasses.replace(runner_for(plans.values(), workers), engine=engine, address=address)
    return make(plan, Path(out), runner, count)


def runner_for(configs: Iterable[RunConfig], workers: int | None = None) -> Runner:
    """Return how experiments run these configurations: each is one mall, on `workers` processes (default: all cores).

    Plans are compiled here once, so that the workers find them in the cache, and a mistake in one is told before any run.
    """
    from sim.experiments.engines import Runner
    from sim.floorplan.cache import compiled_for, load_compiled

    digests = {}
    for config in configs:
        compiled_for(config)
        digests[config.floorplan] = load_compiled(paths.find_floorplan(config.floorplan)).digest
    preload = ("sim.api", "sim.floorplan.cache", "agents.visits", "agents.mall")
    return Runner("sim.api:run", preload, dict(sorted(digests.items())), workers)


def run_rehoused(config: RunConfig, out: Path) -> RunResult:
    """Run as `run` does, but let tenants change rooms in the compiled arrays: a search tries hundreds of assignments with one compiled plan.

    Units are then numbered otherwise than where the drawing is changed, so that ties fall otherwise: the same mall, another luck.
    """
    from sim.experiments.optimise.changes import swaps_apart
    from sim.floorplan.cache import compiled_for
    from sim.network.malls import mall_alone
    from sim.plan_swaps import swapped

    drawing, swaps = swaps_apart(mall_alone(config))
    return run_on(drawing, swapped(compiled_for(drawing), swaps), out)


def choose_site(config: RunConfig) -> list[SiteForecast]:
    """Return what each candidate site of a new store would do, truly and as members' addresses say; `galleria site` prints it."""
    from agents.site_choice import forecasts
    from sim.floorplan.cache import compiled_for

    return forecasts(config, compiled_for(config), residents_for(config))


def load(folder: Path) -> RunResult:
    """Return a finished run from its folder; raises GalleriaError where there is none or its KPIs were changed."""
    from sim.reporting.manifest import read_finished

    folder = Path(folder)
    report = folder / "report.html"
    kpis, manifest = read_finished(folder, "kpis.json"), read_finished(folder, "manifest.json")
    return RunResult(folder, kpis, manifest, report if report.exists() else None)
