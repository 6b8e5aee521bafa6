"""Where the engine's nanoseconds go: `python -m tests.bench.profile_engine`.

Two ways, because sampling profilers do not see into compiled kernels: the same day with one thing left out, and single kernels
called over and over on a crowd stopped in mid-afternoon (whose data are then warm, so these are lower bounds).
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from sim.crowd.goals import choose_store
from sim.crowd.routing import choose_ride
from sim.kernel import entry
from sim.random_streams import uniform

ROUNDS = 3
DAYS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "no event log": {"overrides": ["recording.events=none"]},
    "no congestion": {"overrides": ["movement.congestion=false"]},
    "no congestion, floors not cut into zones": {"overrides": ["movement.congestion=false"], "change": "with_whole_legs"},
    "nobody turns aside": {"overrides": ["choice.impulse_share=0"]},
    "nobody turns aside, no frontages": {"overrides": ["choice.impulse_share=0"], "change": "without_frontages"},
}


def main() -> None:
    """Print both tables."""
    from tests.bench.bench import run_case

    counted = run_case("doings")
    print(f"{counted['visits']:,} visits, {counted['events'] / counted['visits']:.1f} events a visit, of which")
    for what, count in sorted(counted["doings"].items(), key=lambda item: -item[1]):
        print(f"  {count / counted['visits']:8.2f}  {what}")
    print(f"  and {counted['logged'] / counted['visits']:.1f} rows in the log\n")
    days = {name: [] for name in DAYS}
    for _ in range(ROUNDS):  # by turns, so that a busy minute of the machine spoils one run of each
        for name, arguments in DAYS.items():
            days[name].append(run_case("engine", **arguments))
    # the least, not the median: whatever else the machine does can only add
    us = {name: 1e6 * min(run["engine_cpu_s"] / run["visits"] for run in runs) for name, runs in days.items()}
    of = {name: runs[0] for name, runs in days.items()}
    for name, each_us in us.items():
        print(f"  {each_us:6.1f} us a visit, {of[name]['events'] / of[name]['visits']:6.1f} events a visit: {name}")
    print()
    _differences(us, of, counted)
    for name, each_ns in kernels_ns().items():
        print(f"  {each_ns:7.0f} ns  {name}")


def _differences(us: dict[str, float], of: dict[str, Any], counted: dict[str, Any]) -> None:
    """Print what each thing costs a visit, its share, and a piece of it."""
    visits, whole = counted["visits"], us["as it is"]
    crossings = of["as it is"]["counts"]["zone_crossings"] / visits
    rows = [
        ("zones: entering and leaving, an event each", us["no congestion"] - us["no congestion, floors not cut into zones"], crossings),
        ("density, lines at borders, room ahead", us["as it is"] - us["no congestion"], crossings),
        ("writing down what happens (and Parquet)", whole - us["no event log"], counted["logged"] / visits),
        (
            "looking at frontages", us["nobody turns aside"] - us["nobody turns aside, no frontages"],
            of["nobody turns aside"]["frontages_passed"] / visits,
        ),
    ]  # fmt: skip
    for what, each_us, count in rows:
        print(
            f"  {each_us:6.1f} us a visit, {each_us / whole:5.0%}, {1000 * each_us / count:6.0f} ns each of {count:6.1f}  {what}"
        )
    print()


def kernels_ns(repeats: int = 200_000) -> dict[str, float]:
    """Return the time of a call of single kernels, on the crowd of three in the afternoon."""
    from sim import api
    from sim.crowd.state import Doing
    from sim.units import US_PER_HOUR
    from sim.world import World
    from tests.bench.day import compiled_plan, configured

    config = configured(60_000)
    compiled = compiled_plan(config)
    deciders = api.Deciders(config, compiled)
    with tempfile.TemporaryDirectory() as folder:
        world = World(config, compiled, api.people(config, compiled, deciders), Path(folder))
        world.clock.run(world.crowd, 15 * US_PER_HOUR)
        mall, now_us = world.crowd.mall, world.crowd.now_us
        rows = np.flatnonzero(mall.shoppers.doing == Doing.WALKING)
        levels = mall.nodes["level"][mall.shoppers["node"][rows]]
        places = np.array([np.flatnonzero(mall.units["level"] != level)[row % 50] for row, level in zip(rows, levels)])
        everything = int(mall.params[0].food_pool) + 1
        calls = {
            "choose_ride, towards another level": lambda count: _choose_rides(mall, rows, places, now_us, count),
            "choose_store among 20 of all stores": lambda count: _choose_stores(mall, rows, everything, now_us, count),
            "an addressed draw": lambda count: _draw(mall, rows, count),
        }
        found = {}
        for name, call in calls.items():
            call(10)
            started_s = time.process_time()
            call(repeats)
            found[name] = 1e9 * (time.process_time() - started_s) / repeats
    deciders.close()
    return found


@entry
def _choose_rides(mall, rows, places, now_us, count):  # type: ignore[no-untyped-def]
    from_all = 0
    for index in range(count):
        from_all += choose_ride(mall, rows[index % rows.size], places[index % rows.size], now_us)
    return from_all


@entry
def _choose_stores(mall, rows, pool, now_us, count):  # type: ignore[no-untyped-def]
    from_all = 0
    for index in range(count):
        from_all += choose_store(mall, rows[index % rows.size], pool, now_us)
    return from_all


@entry
def _draw(mall, rows, count):  # type: ignore[no-untyped-def]
    total = 0.0
    for index in range(count):
        total += uniform(mall.keys[0], rows[index % rows.size], index)
    return total


if __name__ == "__main__":
    main()
