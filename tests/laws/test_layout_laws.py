"""Laws of layout on whole days: what changes nothing changes no byte, luck goes with the tenant, signs help, and old ones mislead."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from sim.config import RunConfig
from sim.events import EventKind
from sim.floorplan.compile import compile_plan
from sim.floorplan.layout import offer_m2, with_layout
from sim.plan_arrays import CompiledPlan
from sim.plan_swaps import swapped
from sim.schema.layout import ConnectorConfig, LayoutConfig, MoveConfig, PopUpConfig, SignConfig
from tests.engine_days import Lived, day_config, live, parties
from tests.plan_samples import sound_plan

SWAP = MoveConfig("F1-0", "F1-1", swap=True)  # a fashion store and a restaurant
ACROSS = MoveConfig("F1-0", "F2-1", swap=True)


def planned(layout: LayoutConfig) -> CompiledPlan:
    plan, changes = with_layout(sound_plan(), layout, "sample")
    return dataclasses.replace(
        compile_plan(plan), layout_changes=tuple(changes), drawn_offer_m2=offer_m2(sound_plan()) if changes else ()
    )


def config_with(layout: LayoutConfig) -> RunConfig:
    config = day_config(150.0)
    config.catchment.residents = 3000
    config.layout = layout
    return config


def lived(layout: LayoutConfig, compiled: CompiledPlan | None = None) -> Lived:
    config, compiled = config_with(layout), compiled or planned(layout)
    return live(compiled, config, [parties(config, compiled)])


@cache
def usual() -> Lived:
    return lived(LayoutConfig())


def events_of(day: Lived, kind: EventKind) -> np.ndarray:
    return np.flatnonzero(day.events["kind"] == kind)


def entries_by_unit(day: Lived) -> list[int]:
    return np.bincount(day.events["place"][events_of(day, EventKind.STORE_ENTERED)], minlength=4).tolist()


@pytest.mark.parametrize(
    "layout",
    [
        LayoutConfig(moves=[SWAP, SWAP]),
        LayoutConfig(moves=[ACROSS, SWAP, SWAP, ACROSS]),
        LayoutConfig(connectors=[ConnectorConfig("up", "up")]),
        LayoutConfig(signs=[SignConfig(at="connectors")], sign_factor=1.0),
        LayoutConfig(signs=[SignConfig(level="F1", x_m=-900.0, y_m=0.0)], sign_factor=0.0),
        LayoutConfig(sign_factor=0.0, old_signs_share=1.0),
    ],
    ids=["swap back", "swaps back", "as it runs", "signs that say nothing", "a sign out of reach", "no sign"],
)
def test_a_layout_that_changes_nothing_changes_no_byte_of_the_day(layout):
    assert usual().events["kind"].size > 1000
    assert lived(layout).digest == usual().digest


def test_who_comes_and_with_what_in_mind_does_not_depend_on_where_tenants_are():
    compiled = planned(LayoutConfig(moves=[ACROSS]))
    there, here = parties(config_with(LayoutConfig()), compiled), parties(config_with(LayoutConfig()), planned(LayoutConfig()))

    assert here.number.size > 100
    for mine, theirs in zip(there, here, strict=True):
        assert np.array_equal(mine, theirs)


def test_a_swap_in_the_drawing_and_one_overnight_are_the_same_mall():
    """Units are numbered otherwise, so that ties and sums may fall otherwise: entries of each tenant agree within a tenth."""
    drawn = lived(LayoutConfig(moves=[ACROSS]))
    overnight = lived(LayoutConfig(), swapped(planned(LayoutConfig()), [("F1-0", "F2-1")]))

    by_room = entries_by_unit(drawn)
    by_tenant = entries_by_unit(overnight)
    assert sum(by_room) > 100
    for room, tenant in ((3, 0), (0, 3), (1, 1), (2, 2)):
        assert abs(by_room[room] - by_tenant[tenant]) <= 0.1 * by_room[room] + 3


def test_signs_take_wrong_turns_away_and_add_none():
    """The same draws with a smaller threshold: with signs everywhere that leave nothing to chance nobody errs."""
    everywhere = [SignConfig(level=level, reach_m=500.0) for level in ("F1", "F2")]
    some = [events_of(lived(LayoutConfig(signs=everywhere, sign_factor=share)), EventKind.MISLED).size for share in (0.0, 0.5)]

    assert some[0] == 0
    assert 0 < some[1] < events_of(usual(), EventKind.MISLED).size


def test_signs_that_nobody_has_changed_send_people_to_where_a_tenant_was():
    everywhere = [SignConfig(level=level, reach_m=500.0) for level in ("F1", "F2")]
    renewed, old = (
        lived(LayoutConfig(moves=[SWAP], signs=everywhere, sign_factor=0.0, old_signs_share=share)) for share in (0.0, 1.0)
    )

    assert events_of(renewed, EventKind.MISLED).size == 0
    misled = events_of(old, EventKind.MISLED)
    assert misled.size > 50
    wanted, found = old.events["place"][misled], old.events["value"][misled]
    assert set(zip(wanted.tolist(), found.tolist(), strict=True)) == {(0, 1), (1, 0)}
    walked_m = [float(day.events["value"][events_of(day, EventKind.LEFT)].sum()) for day in (renewed, old)]
    assert walked_m[1] > walked_m[0]


def test_a_kiosk_sells_and_everybody_is_home_at_night():
    layout = LayoutConfig(pop_ups=[PopUpConfig("stall", "F1", 20.0, 14.0, trade="cafe")])
    day = lived(layout)

    stall = planned(layout).unit_ids.index("stall")
    assert entries_by_unit(day)[stall] > 0
    assert day.crowd.people_inside == 0
    assert events_of(day, EventKind.STRANDED).size == 0


def test_with_both_escalators_up_nobody_rides_down_but_by_lift():
    layout = LayoutConfig(connectors=[ConnectorConfig("down", "up")])
    compiled = planned(layout)
    day = lived(layout, compiled)

    plan = compiled.arrays
    down = np.flatnonzero(plan.ride_to_level < plan.ride_from_level)
    assert {compiled.connector_ids[plan.ride_connector[ride]] for ride in down.tolist()} == {"lift"}
    assert day.crowd.people_inside == 0
    assert events_of(day, EventKind.STRANDED).size == 0
