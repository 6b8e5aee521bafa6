"""The cases that are measured, each in a process of its own: `python -m tests.bench.cases NAME '{"visits": 60000}'` prints JSON."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

TICK_SCANS = 5_000  # as many as a tick of the default day has
QUANTILES = (25, 50, 75, 90, 95)
WARM_VISITS = 300  # a day so small that it only loads compiled code and libraries


def engine(
    visits: float = 60_000, overrides: tuple[str, ...] = (), widened: float = 1, change: str = "", figures: bool = False
) -> dict[str, Any]:
    """Let a day happen without files; seconds are those inside the crowd, `day_s` those of the whole day (arrivals, sensors, tenants)."""
    from tests.bench.day import COMPARED

    _lived(WARM_VISITS, ())
    settings = (*overrides, *(COMPARED if figures else ()))
    world, spent = _lived(visits, settings, widened, change)
    from sim.crowd.tallies import Counted

    found = {**spent, "visits": world.crowd.count(Counted.VISITS), "events": world.crowd.count(Counted.EVENTS)}
    found["frontages_passed"] = int(world.crowd.passings().sum())
    found["counts"] = {what.name.lower(): world.crowd.count(what) for what in Counted}
    if figures:
        from tests.bench.same_day import figures_of_engine

        again, _ = _lived(visits, (*settings, "engine.log_rows=5000000"), widened, change)  # untimed: keeps the whole log
        found["figures"] = figures_of_engine(again.crowd.recent())
    return found


def _lived(
    visits: float, overrides: tuple[str, ...], widened: float = 1, change: str = "", recorder: Any = None
) -> tuple[Any, dict[str, float]]:
    from sim import api
    from sim.world import END_US, World
    from tests.bench import changed_plans
    from tests.bench.day import compiled_plan, configured

    config = configured(visits, *overrides)
    compiled = compiled_plan(config)
    compiled = changed_plans.widened(compiled, widened) if widened != 1 else compiled
    compiled = getattr(changed_plans, change)(compiled) if change else compiled
    deciders = api.Deciders(config, compiled)
    with tempfile.TemporaryDirectory() as folder:
        world = World(config, compiled, api.people(config, compiled, deciders), Path(folder))
        world.recorder = recorder or world.recorder
        crowd = Stopwatch(world)
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        world.clock.run(crowd, END_US)
        day = {"day_s": time.perf_counter() - wall_s, "day_cpu_s": time.process_time() - cpu_s}
        spent = {**day, "engine_s": crowd.wall_s, "engine_cpu_s": crowd.cpu_s}
    deciders.close()
    return world, spent


def doings(visits: float = 60_000) -> dict[str, Any]:
    """Count what a day's agenda entries were the end of, from its events and trajectory segments."""
    from sim.crowd.tallies import Counted
    from sim.events import EventKind, SegmentKind
    from sim.world import END_US

    counter = Counter()
    world, _ = _lived(visits, ("recording.events=edges",), recorder=counter)
    total = world.crowd.count(Counted.EVENTS)
    world.crowd.finish(END_US)
    events = {kind: int(counter.events[kind]) for kind in EventKind}
    segments = {kind: int(counter.segments[kind]) for kind in SegmentKind}
    found = {
        "turn at a border, room in a zone (CROSSING, BLOCKED)": counter.waits_on_legs,
        "boarding a ride (BOARDING)": events[EventKind.BOARDED]
        + events[EventKind.REROUTED]
        + world.crowd.count(Counted.LIFT_REFUSALS),
        "end of a ride (RIDING)": segments[SegmentKind.RIDING],
        "end of a service (IN_SERVICE)": events[EventKind.SERVICE_ENDED],
        "end of browsing (BROWSING)": counter.browsed,
        "end of patience in line (IN_LINE)": events[EventKind.RENEGED],
        "car: bay found, walk to the door, walk back": 2 * events[EventKind.PARKED] + events[EventKind.UNPARKED],
    }
    found["end of a stride, at a border or at the target (WALKING); turns in doors"] = total - sum(found.values())
    return {"visits": world.crowd.count(Counted.VISITS), "events": total, "doings": found, "logged": sum(events.values())}


class Counter:
    """Takes what the recorder would take, and counts it."""

    def __init__(self) -> None:
        self.events, self.segments = np.zeros(128, np.int64), np.zeros(128, np.int64)
        self.waits_on_legs = self.browsed = 0

    def take(self, events: Any) -> None:
        """Count events by kind."""
        from sim.events import EventKind

        self.events += np.bincount(events.kind, minlength=128)
        asked = np.isin(events.kind, (EventKind.STORE_ENTERED, EventKind.QUEUE_JOINED, EventKind.BALKED))
        order = np.argsort(events.visit[asked], kind="stable")
        kind, visit, time_us = (column[asked][order] for column in (events.kind, events.visit, events.time_us))
        entered = np.flatnonzero(kind == EventKind.STORE_ENTERED)
        follows = np.minimum(entered + 1, kind.size - 1)
        asks_at_once = (visit[follows] == visit[entered]) & (time_us[follows] == time_us[entered]) & (follows > entered)
        self.browsed += int(entered.size - asks_at_once.sum())  # whoever wants a table asks on entering

    def take_segments(self, segments: Any) -> None:
        """Count segments by kind."""
        from sim.events import SegmentKind

        self.segments += np.bincount(segments.kind, minlength=128)
        self.waits_on_legs += int(((segments.kind == SegmentKind.STANDING) & (segments.place >= 0)).sum())

    def __getattr__(self, name: str) -> Callable[[Any], None]:
        """Take whatever else a recorder takes, and drop it."""
        return lambda taken: None


class Stopwatch:
    """The crowd, with the wall and processor time spent inside it, less what it spends handing its log to the recorder."""

    def __init__(self, world: Any) -> None:
        self.world, self.wall_s, self.cpu_s = world, 0.0, 0.0

    def advance_to(self, until_us: int) -> bool:
        """Advance the crowd and add the time it took."""
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        recording_s = self.world.recording_s
        is_there = self.world.crowd.advance_to(until_us)
        recorded_s = self.world.recording_s - recording_s
        self.wall_s += time.perf_counter() - wall_s - recorded_s
        self.cpu_s += time.process_time() - cpu_s - recorded_s
        return is_there


def whole_run(visits: float = 60_000, report: bool = False) -> dict[str, Any]:
    """Run a day as the command does: the default log, KPIs, files, and the report where asked for."""
    from sim import api
    from tests.bench.day import compiled_plan, configured

    compiled = compiled_plan(configured(visits))
    with tempfile.TemporaryDirectory() as folder:
        api.run_on(configured(WARM_VISITS, f"recording.report={report}"), compiled, Path(folder) / "warm")
        config = configured(visits, f"recording.report={report}")
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        result = api.run_on(config, compiled, Path(folder) / "measured")
        run_s, run_cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        log_bytes = (Path(folder) / "measured" / "events.parquet").stat().st_size
    return {"run_s": run_s, "run_cpu_s": run_cpu_s, "engine_s": result.manifest["engine_s"], "log_mb": log_bytes / 1e6}


def peer(which: str = "edges", visits: float = 10_000) -> dict[str, Any]:
    """Let a peer live through the day; seconds are those inside SimPy's `run`."""
    from tests.bench.day import COMPARED, compiled_plan, configured, day_of
    from tests.bench.peer_edges import EdgeMall
    from tests.bench.peer_legs import LegMall
    from tests.bench.same_day import figures_of_peer

    config = configured(visits, *COMPARED)
    mall = {"edges": EdgeMall, "legs": LegMall}[which](day_of(config, compiled_plan(config)))
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    mall.run()
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    found = figures_of_peer(mall.events)
    return {"peer_s": wall_s, "peer_cpu_s": cpu_s, "visits": found["visits"], "figures": found}


def station(customers: int = 10_000_000) -> dict[str, Any]:
    """Send customers through one station, M/M/3 at 80 % load, and some through SimPy's `Resource`."""
    from sim.crowd.single_station import StationCase, study_station
    from sim.crowd.state import Law

    def case(size: int) -> StationCase:
        return StationCase(servers=3, law=Law.EXPONENTIAL, service_s_mean=1.0, arrivals_per_s=2.4, customers=size)

    study_station(case(1_000))
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    study_station(case(customers))
    spent = {"station_s": time.perf_counter() - wall_s, "station_cpu_s": time.process_time() - cpu_s, "customers": customers}
    return {**spent, **_station_in_simpy(100_000)}


def _station_in_simpy(customers: int) -> dict[str, Any]:
    from random import Random

    import simpy

    random, env = Random(1), simpy.Environment()
    tills = simpy.Resource(env, 3)
    waits_s = []

    def customer() -> Any:
        came_s = env.now
        with tills.request() as turn:
            yield turn
            waits_s.append(env.now - came_s)
            yield env.timeout(random.expovariate(1.0))

    def arrivals() -> Any:
        for _ in range(customers):
            yield env.timeout(random.expovariate(2.4))
            env.process(customer())

    env.process(arrivals())
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    env.run()
    return {"simpy_s": time.perf_counter() - wall_s, "simpy_cpu_s": time.process_time() - cpu_s, "simpy_customers": customers}


def fixes(full: int = 200_000, quick: int = 4_000_000) -> dict[str, Any]:
    """Make fixes of phones all over the mall by each method, a tick's worth at a time, and compare their errors."""
    from sim.sensing.positioning.kit import Kit
    from tests.bench.day import compiled_plan, configured
    from tests.phone_samples import scans_on_the_floor

    config = configured(WARM_VISITS)
    compiled = compiled_plan(config)
    with tempfile.TemporaryDirectory() as folder:
        kit = Kit(compiled, config, folder=Path(folder))
        started_s = time.process_time()
        cells = kit.law.error.shape[0]
        found: dict[str, Any] = {"kit_s": time.process_time() - started_s, "cells": cells}
        found["kit_mb"] = {path.name.split("-")[0]: path.stat().st_size / 1e6 for path in Path(folder).iterdir()}
    errors_m = {}
    for name, count in (("full", full), ("surrogate", quick), ("law", quick)):
        chosen = configured(WARM_VISITS, f"sensing.positioning.method={name}")
        method = kit.method(chosen)
        assert method is not None
        scans = scans_on_the_floor(compiled, count, chosen.sensing.radio.device_offset_db)
        method.locate(type(scans)(*(column[:TICK_SCANS] for column in scans)))
        spent_s, made = 0.0, []
        for first in range(0, count, TICK_SCANS):
            part = type(scans)(*(column[first : first + TICK_SCANS] for column in scans))
            started_s = time.process_time()
            located = method.locate(part)
            spent_s += time.process_time() - started_s
            made.append(np.hypot(located.x_m - part.x_m, located.y_m - part.y_m))
        together = np.concatenate(made)
        errors_m[name] = np.percentile(together[np.isfinite(together)], QUANTILES).tolist()
        found[name] = {"fixes": count, "s": spent_s, "error_m": errors_m[name]}
    found["disagreement"] = max(
        abs(one / other - 1) for one, other in zip(errors_m["surrogate"], errors_m["full"], strict=True)
    )
    return found


def sensed_day(visits: float = 60_000) -> dict[str, Any]:
    """Let the same day happen with and without positions: the difference is what knowing them costs, the engine's own logging included."""
    found = {}
    for method in ("off", "surrogate"):
        chosen = (f"sensing.positioning.method={method}",)
        _lived(WARM_VISITS, chosen)
        _, found[method] = _lived(visits, chosen)
    cost_s = found["surrogate"]["day_cpu_s"] - found["off"]["day_cpu_s"]
    return {**found, "cost_s": cost_s, "relative": cost_s / found["off"]["engine_cpu_s"]}


def first_event(visits: float = 60_000) -> dict[str, Any]:
    """From nothing to the first party inside; the parent compares `at_s` with the instant at which it started this process."""
    from sim import api
    from sim.crowd.tallies import Counted
    from sim.world import World
    from tests.bench.day import POSITIONS, compiled_plan, configured

    config = configured(visits, POSITIONS)
    compiled = compiled_plan(config)
    deciders = api.Deciders(config, compiled)
    with tempfile.TemporaryDirectory() as folder:
        world = World(config, compiled, api.people(config, compiled, deciders), Path(folder))
        until_us = world.hours.opens_us
        while world.crowd.count(Counted.VISITS) == 0:
            until_us += 1_000_000
            world.clock.run(world.crowd, until_us)
        at_s = time.time()
    return {"at_s": at_s}


def year(days: int = 10, visits: float = 15_000, overrides: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run some days of `a_year`; processor seconds of each day and the memory held after it (resident set, MB), 365 / days of them make the year."""
    from sim import api
    from sim import days as days_in_a_row
    from sim.config_files import compose

    settings = (f"days={days}", f"population.visits_per_day={visits}", "recording.report=false", *overrides)
    config = compose("a_year", list(settings))
    one_day = days_in_a_row.DaysInARow._one_day
    ended_s, held_mb = [time.process_time()], []

    def noted(self: Any, *arguments: Any) -> Any:
        found = one_day(self, *arguments)
        ended_s.append(time.process_time())
        held_mb.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6)
        return found

    days_in_a_row.DaysInARow._one_day = noted  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        result = api.run(config, Path(folder))
    spent_s = np.diff(ended_s)[1:]  # the first loads compiled code
    growth_mb = np.polyfit(np.arange(len(held_mb))[3:], held_mb[3:], 1)[0] if len(held_mb) > 5 else None
    return {
        "visits": result.kpis["footfall_visits"], "engine_s": result.manifest["engine_s"], "day_s_mean": float(spent_s.mean()),
        "year_s": 365 * float(spent_s.mean()), "growth_mb_per_day": growth_mb, "held_mb": held_mb,
    }  # fmt: skip


def transfers(count: int = 20_000_000) -> dict[str, Any]:
    """Post transfers through the ledger's kernels and nothing else; per second of processor time."""
    from tests.bench.transfers import measured

    return {"count": count, **measured(count)}


def replay() -> dict[str, Any]:
    """Play the busiest minute of a day with 20,000 people inside in a browser."""
    from tests.bench.replay import measured

    return measured()


def peak_mb() -> float:
    """Return the most memory this process has held: of this program only, where the system tells (ru_maxrss may hold the parent's)."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


CASES: dict[str, Callable[..., dict[str, Any]]] = {
    "engine": engine, "whole_run": whole_run, "peer": peer, "station": station, "first_event": first_event, "doings": doings,
    "fixes": fixes, "sensed_day": sensed_day, "year": year, "transfers": transfers, "replay": replay,
}  # fmt: skip

if __name__ == "__main__":
    measured = CASES[sys.argv[1]](**json.loads(sys.argv[2] if len(sys.argv) > 2 else "{}"))
    print(json.dumps({**measured, "peak_mb": peak_mb()}))
