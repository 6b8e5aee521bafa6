"""The same day, bit for bit: however it is cut, in whatever process, whoever looks on, and whoever else comes."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.api import population_of
from sim.floorplan.compile import compile_plan
from sim.standing import even_standing
from sim.units import US_PER_DAY, US_PER_MIN
from sim.visitors import Visitors, empty_visitors
from sim.world import People, World
from tests.engine_days import COLUMNS, an_ordinary_day, corner_mall, day_config, live, parties
from tests.plan_samples import sound_plan

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def day():
    return an_ordinary_day()


@settings(max_examples=8, deadline=None)
@given(
    stops_min=st.lists(st.integers(600, 1560), max_size=30), log_rows=st.sampled_from([1000, 3000, 10**6]),
    batch_min=st.sampled_from([1, 17, 30, 240]),
)  # fmt: skip
def test_how_a_day_is_cut_changes_nothing_that_happens_and_no_balance(day, stops_min, log_rows, batch_min):
    cut = an_ordinary_day([minute * US_PER_MIN for minute in sorted(stops_min)], log_rows, batch_min)

    assert cut.happened == day.happened


def test_where_a_day_stops_changes_no_byte(day):
    stopped = an_ordinary_day([minute * US_PER_MIN for minute in range(600, 1560, 37)], 1000)

    assert stopped.digest == day.digest


def test_the_order_of_features_in_a_plan_changes_no_byte():
    plan = sound_plan()
    turned = dataclasses.replace(
        plan, levels=plan.levels[::-1], units=plan.units[::-1], tenants=plan.tenants[::-1], connectors=plan.connectors[::-1],
        entrances=plan.entrances[::-1],
    )  # fmt: skip
    config = day_config(150.0)
    days = [live(compiled, config, [parties(config, compiled)]) for compiled in (compile_plan(plan), compile_plan(turned))]

    assert days[0].events["time_us"].size > 1000
    assert days[0].digest == days[1].digest


def test_no_process_and_no_hash_seed_changes_a_byte(day):
    program = "from tests.engine_days import an_ordinary_day; print(an_ordinary_day().digest)"
    digests = []
    for hash_seed in ("0", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Asia/Shanghai", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=True
        )
        digests.append(done.stdout.strip())

    assert digests == [day.digest, day.digest]


def test_another_seed_makes_another_day(day):
    config, compiled = day_config(), corner_mall()
    config.seed = 4

    assert live(compiled, config, [parties(config, compiled)]).digest != day.digest


def test_one_more_shopper_changes_nobody_elses_log():
    """Congestion off, and the newcomer walks through at a moment when nobody is at either door: nothing is left to share but draws."""
    config, compiled = day_config(60.0), corner_mall()
    config.movement.congestion = False
    here = parties(config, compiled)
    on_foot = here.arrive_us[here.parking < 0]
    gap = int(np.argmax(np.diff(on_foot)))
    newcomer = empty_visitors(1)
    newcomer.number[0], newcomer.arrive_us[0] = 10**15, int(on_foot[gap]) + 30_000_000
    newcomer.goal_entrance[0] = 1
    both = Visitors(*(np.concatenate([old, new]) for old, new in zip(here, newcomer, strict=True)))
    order = np.lexsort((both.number, both.arrive_us))
    before = live(compiled, config, [here]).events
    after = live(compiled, config, [Visitors(*(column[order] for column in both))]).events
    others = after["visit"] != 10**15

    assert (~others).sum() == 5  # in, three events of what it thinks, and out
    for name in COLUMNS:
        assert (after[name][others] == before[name]).all(), name


def test_a_day_later_is_the_same_day():
    config, compiled = day_config(), corner_mall()
    here = parties(config, compiled)
    today = live(compiled, config, [here])
    later = here._replace(arrive_us=here.arrive_us + US_PER_DAY, hungry_us=here.hungry_us + US_PER_DAY)
    tomorrow = live(compiled, config, [later], shift_us=US_PER_DAY)

    assert (tomorrow.events["time_us"] == today.events["time_us"] + US_PER_DAY).all()
    for name in COLUMNS[1:]:
        assert (tomorrow.events[name] == today.events[name]).all(), name


@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_without_congestion_twice_the_lengths_at_twice_the_speed_take_the_same_time(factor):
    """Lengths of legs, pieces and distances scaled with the speeds: powers of two, so floats scale exactly and times are equal."""
    config, compiled = day_config(), corner_mall()
    config.movement.congestion = False
    walkers = empty_visitors(20)
    walkers.number[:] = np.arange(20)
    walkers.arrive_us[:] = 10_000_000 * np.arange(20)
    walkers.free_speed_mps[:] = np.linspace(0.7, 1.9, 20)
    walkers.goal_entrance[:] = 1
    arrays = compiled.arrays
    scaled = arrays._replace(leg_m=factor * arrays.leg_m, piece_m=factor * arrays.piece_m, walk_m=factor * arrays.walk_m)
    one = live(compiled, config, [walkers])
    other = live(
        dataclasses.replace(compiled, arrays=scaled), config, [walkers._replace(free_speed_mps=factor * walkers.free_speed_mps)]
    )

    assert (one.events["kind"] == other.events["kind"]).all()
    np.testing.assert_allclose(other.events["time_us"], one.events["time_us"], rtol=1e-9)


def test_whoever_looks_on_and_decides_nothing_changes_no_byte(tmp_path):
    """Reviews every five minutes, every hour, by somebody who keeps what is shown and by somebody who does not."""
    compiled = corner_mall()
    kept: list[object] = []

    def idle(now_us, observations):
        return []

    def curious(now_us, observations):
        kept.append(observations)
        known = observations.people.numbers
        assert np.allclose(observations.people.store_affinity(known, now_us).sum(axis=1), 1.0)
        assert not observations.people.is_held_out(known).all() or known.size < 10
        return []

    files = []
    for name, decide, review_s in (("idle", idle, 300.0), ("rare", idle, 3600.0), ("curious", curious, 300.0)):
        config = day_config(200.0)
        config.recording.report, config.operations.review_s = False, review_s
        config.sensing.positioning.every_s = 300.0
        people = People(
            arrivals=lambda from_min, to_min, config=config: parties(config, compiled, from_min, to_min),
            phones=population_of(config, compiled).phones,
            decide=decide,
            learn=lambda lived: None,
            standing=even_standing(len(compiled.unit_ids)),
        )
        world = World(config, compiled, people, tmp_path / name)
        files.append(world.run().manifest["files"]["events.parquet"])

    assert kept
    assert files[0] == files[1] == files[2]
