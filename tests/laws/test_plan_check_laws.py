"""Laws of the check: faults do not depend on where a mall lies or on the order of its features, and none hides another."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import Polygon, box

from sim.floorplan.check import problems_of, warnings_of
from sim.floorplan.plan import Entrance, FloorPlan, Tenant
from tests.plan_samples import sound_plan


def bow_tie(plan: FloorPlan) -> None:
    plan.units[0] = replace(plan.units[0], polygon=Polygon([(0, 0), (20, 10), (20, 0), (0, 10)]))


def overlap(plan: FloorPlan) -> None:
    plan.units[3] = replace(plan.units[3], polygon=box(18, 0, 40, 10))


def no_door(plan: FloorPlan) -> None:
    plan.units[1] = replace(plan.units[1], doors=())


def lost_entrance(plan: FloorPlan) -> None:
    plan.entrances.append(Entrance("lost", "F2", 20, 25))


def unknown_trade(plan: FloorPlan) -> None:
    plan.tenants[2] = replace(plan.tenants[2], category="spaceport")


def ghost(plan: FloorPlan) -> None:
    plan.tenants.append(Tenant("Ghost", "cafe", "nowhere"))


def negative_bays(plan: FloorPlan) -> None:
    plan.parking[0] = replace(plan.parking[0], bays=-5)


FAULTS = {bow_tie: "does not cross", overlap: "shared with unit", no_door: "a store has a door", lost_entrance: "entrance 'lost'",
          unknown_trade: "spaceport", ghost: "nowhere", negative_bays: "bays is at least 0"}  # fmt: skip
faults = st.sets(st.sampled_from(sorted(FAULTS, key=lambda fault: fault.__name__)))


def moved(plan: FloorPlan, x_m: int, y_m: int) -> FloorPlan:
    """Return the plan shifted by whole metres."""

    def shape(one):
        return None if one is None else translate(one, x_m, y_m)

    def point(one):
        return replace(one, x_m=one.x_m + x_m, y_m=one.y_m + y_m)

    return replace(
        plan,
        levels=[replace(one, outline=shape(one.outline), walkable=shape(one.walkable)) for one in plan.levels],
        units=[replace(one, polygon=shape(one.polygon), doors=tuple(map(point, one.doors))) for one in plan.units],
        connectors=[replace(one, stops=tuple(map(point, one.stops))) for one in plan.connectors],
        entrances=[point(one) for one in plan.entrances],
        access_points=[point(one) for one in plan.access_points],
    )


@settings(max_examples=40, deadline=None)
@given(faults)
def test_every_fault_is_found_whatever_else_is_wrong_and_nothing_else_is(chosen):
    plan = sound_plan()
    for fault in sorted(chosen, key=lambda fault: fault.__name__):
        fault(plan)

    text = [str(problem) for problem in problems_of(plan)]

    assert len(text) == len(chosen)
    for fault, words in FAULTS.items():
        assert any(words in line for line in text) == (fault in chosen)


@settings(max_examples=25, deadline=None)
@given(faults, st.integers(-9_000, 9_000), st.integers(-9_000, 9_000))
def test_a_shift_by_whole_metres_changes_no_verdict(chosen, x_m, y_m):
    plan = sound_plan()
    for fault in chosen:
        fault(plan)

    shifted = moved(plan, x_m, y_m)

    assert [(one.rule, one.way_out) for one in problems_of(shifted)] == [(one.rule, one.way_out) for one in problems_of(plan)]
    assert len(warnings_of(shifted)) == len(warnings_of(plan))


@settings(max_examples=25, deadline=None)
@given(faults, st.randoms(use_true_random=False))
def test_the_order_of_features_changes_no_verdict(chosen, shuffle):
    plan = sound_plan()
    for fault in chosen:
        fault(plan)
    before = sorted(one.rule for one in problems_of(plan))
    for features in (plan.levels, plan.units, plan.tenants, plan.connectors, plan.entrances):
        shuffle.shuffle(features)

    assert sorted(one.rule for one in problems_of(plan)) == before
