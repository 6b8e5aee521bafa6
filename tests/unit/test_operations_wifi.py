"""Access points that stop: by plan, at random, and not yet rolled out; and what the crowd notices of it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from sim.config import OutageConfig
from sim.errors import ConfigError
from sim.floorplan.cache import load_compiled
from sim.operations.access_points import AccessPointFailures, AccessPointSwitches, failures_of, switches_of
from sim.operations.outages import outages_of
from sim.paths import find_floorplan
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_DAY, US_PER_HOUR
from tests.engine_days import day_config

pytestmark = pytest.mark.plain


@pytest.fixture(scope="module")
def corner() -> CompiledPlan:
    return load_compiled(find_floorplan("corner_mall"))


def switches(count: int) -> AccessPointSwitches:
    return AccessPointSwitches(np.ones(count, np.int8))


def outages(corner: CompiledPlan, found: AccessPointSwitches, *assets: str) -> list:
    return outages_of(None, corner, [OutageConfig(asset=asset, lasts_s=3600.0) for asset in assets], found)


def test_an_outage_switches_off_what_it_names_and_on_again(corner):
    ids = corner.access_point_ids
    level = corner.access_points.level
    for asset, wanted in (
        (ids[2], np.arange(len(ids)) == 2), ("wifi", np.ones(len(ids), bool)), ("wifi:L1", level == corner.level_ids.index("L1")),
    ):  # fmt: skip
        found = switches(len(ids))
        (outage,) = outages(corner, found, asset)

        assert outage.next_us == 14 * US_PER_HOUR
        outage.act(outage.next_us)
        assert ((found.is_on == 0) == wanted).all()
        assert outage.next_us == 15 * US_PER_HOUR
        outage.act(outage.next_us)
        assert found.is_on.all()
        assert outage.next_us is None


def test_what_two_outages_keep_down_works_when_both_are_over(corner):
    found = switches(len(corner.access_point_ids))
    whole, level = outages(corner, found, "wifi", "wifi:L1")
    here = corner.access_points.level == corner.level_ids.index("L1")
    whole.act(0)
    level.act(0)
    whole.act(1)

    assert ((found.is_on == 0) == here).all()
    level.act(2)
    assert found.is_on.all()


def test_an_outage_turns_nothing_on_that_is_not_rolled_out(corner):
    config = day_config()
    config.sensing.identity.access_points_share = 0.5
    found = switches_of(corner, config)
    before = found.is_on.copy()
    (outage,) = outages(corner, found, "wifi")
    outage.act(0)
    outage.act(1)

    assert (found.is_on == before).all()


def test_a_roll_out_only_ever_adds_access_points(corner):
    config = day_config()
    config.date, config.sensing.identity.roll_out_days = "2026-11-21", 100.0
    working = []
    for starts in ("2026-11-21", "2026-10-21", "2026-09-21", ""):
        config.sensing.identity.roll_out_starts = starts
        working.append(switches_of(corner, config).is_on)

    assert not working[0].any()
    assert all((later >= earlier).all() for earlier, later in zip(working, working[1:], strict=False))
    assert working[-1].all()


def test_an_unknown_asset_is_answered_by_the_nearest_names_not_by_all_of_them(corner):
    with pytest.raises(ConfigError) as refused:
        outages(corner, switches(4), "ap-L1-3", "wifi:L9", "escalater-up")

    text = str(refused.value)
    assert "3 problems" in text
    assert "did you mean 'ap-L1-2'" in text or "did you mean 'ap-L1-1'" in text
    assert "'wifi:L1'" in text
    assert "'escalator-up'" in text
    assert len(text) < 1200


def lived(count: int, seed: int = 1, days: float = 1.0) -> tuple[AccessPointFailures, list[tuple[int, float]]]:
    """Return the failures of some access points that are up 30 days and down 10 on average, and how many were down when."""
    keys = np.arange(count, dtype=np.int64) * 977
    failures = AccessPointFailures(switches(count), keys, seed, 30.0 * US_PER_DAY, 10.0 * US_PER_DAY)
    down = [(0, float(failures.is_down.mean()))]
    while failures.next_us is not None and failures.next_us < days * US_PER_DAY:
        now_us = failures.next_us
        failures.act(now_us)
        assert ((failures.switches.is_on == 0) == failures.is_down).all()
        down.append((now_us, float(failures.is_down.mean())))
    return failures, down


def test_a_quarter_is_down_at_midnight_and_ever_after():
    """20,000 access points, each down with chance 1/4: a share 4 sd (0.012) off is false once in 16,000 seeds, at either instant."""
    _, down = lived(20_000, days=5.0)

    for _, share in (down[0], down[-1]):
        assert abs(share - 0.25) < 4 * math.sqrt(0.25 * 0.75 / 20_000)


def test_as_many_fail_in_a_day_as_the_rate_says():
    """20,000 x 3/4 up x 1/30 a day fail, Poisson: 500, 4 sd (90) off is false once in 16,000 seeds; mended as many."""
    failures, down = lived(20_000)
    steps = np.diff([share for _, share in down]) * 20_000

    assert abs((steps > 0).sum() - 500) < 90
    assert abs((steps < 0).sum() - 500) < 90
    assert (failures.spells >= 1).all()


def test_the_order_of_access_points_changes_no_failure(corner):
    config = day_config()
    config.operations.access_point_failures_per_year = 500.0
    points = corner.access_points
    turned = dataclasses.replace(
        corner, access_points=points._replace(**{name: getattr(points, name)[::-1] for name in points._fields})
    )
    (one,), (other,) = (failures_of(plan, config, switches_of(plan, config)) for plan in (corner, turned))
    for _ in range(20):
        assert (one.is_down == other.is_down[::-1]).all()
        assert (one.changes_us == other.changes_us[::-1]).all()
        one.act(one.next_us)
        other.act(other.next_us)


def test_no_failures_are_wanted_at_rate_zero(corner):
    config = day_config()

    assert failures_of(corner, config, switches_of(corner, config)) == []
