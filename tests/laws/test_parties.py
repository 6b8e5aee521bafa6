"""Parties split and meet again: nobody is lost, children are never alone, the books add up, and nobody else's day changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache

import numpy as np
import pytest

from sim.config import RunConfig
from sim.crowd import engine
from sim.events import EventKind
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.verification import parties as verified
from sim.visitors import NEEDS_MAX, Visitors, empty_visitors
from tests.engine_days import COLUMNS, corner_mall

PARTIES = 120


def a_config(**parties) -> RunConfig:
    config = RunConfig(seed=5)
    config.desks.playground.at, config.desks.playground.share = verified.PLAYGROUND, 0.7
    for name, value in parties.items():
        setattr(config.parties, name, value)
    return config


def families(count: int = PARTIES, bracelet_share: float = 0.5) -> Visitors:
    values = {"seed": 5, "parties_per_day": count, "bracelet_share": bracelet_share}
    return verified._families(corner_mall(), values, count, 0)


def live(config: RunConfig, visitors: Visitors, stops_us=()) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the events and outcomes of a day that closes at 22 h."""
    taken, outcomes = [], []
    crowd = verified.opened(corner_mall(), config, taken)
    keep = crowd._on_flush

    def take(full) -> None:
        outcomes.append(np.array(full.outcomes))
        keep(full)

    crowd._on_flush = take
    crowd.admit(visitors)
    for stop_us in (*sorted(stop for stop in stops_us if stop < verified.CLOSES_US), verified.CLOSES_US):
        crowd.advance_to(stop_us)
    crowd.controls.mall_is_open[0] = 0
    crowd.controls.unit_is_open[:] = 0
    crowd.switched(verified.CLOSES_US)
    crowd.advance_to(verified.END_US)
    crowd.finish(verified.END_US)
    events = {name: np.concatenate([part[name] for part in taken]) for name in COLUMNS}
    return events, np.concatenate(outcomes)


@cache
def a_day() -> tuple[dict[str, np.ndarray], np.ndarray]:
    return live(a_config(), families())


def rows_of(events: dict[str, np.ndarray], kind: EventKind) -> list[tuple[int, ...]]:
    """Return (time, visit, people, place, value) of a kind."""
    here = events["kind"] == kind
    return list(zip(*(events[name][here].tolist() for name in ("time_us", "visit", "people", "place", "value"))))


def is_same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in COLUMNS)


def a_couple(**traits) -> Visitors:
    """Return two adults who come at two in the afternoon, want two shops, and would part."""
    needs = np.full((1, NEEDS_MAX), -1, np.int8)
    needs[0, :2] = verified.CATEGORY_INDEX["fashion"], verified.CATEGORY_INDEX["cafe"]
    party = empty_visitors(1)._replace(
        number=np.array([4711]), arrive_us=np.array([15 * US_PER_HOUR]), people=np.array([2], np.int32), needs=needs,
        stay_s=np.array([9000.0]), splits=np.array([1], np.int8),
    )  # fmt: skip
    return party._replace(**{name: np.full_like(getattr(party, name), value) for name, value in traits.items()})


def test_every_part_rejoins_its_own_party_once_with_all_its_people():
    events, _ = a_day()

    split, rejoined = rows_of(events, EventKind.SPLIT), rows_of(events, EventKind.REJOINED)
    assert len(split) > PARTIES / 3
    assert Counter((visit, part, people) for _, visit, people, _, part in split) == Counter(
        (visit, part, people) for _, visit, people, _, part in rejoined
    )
    began_us = {part: time_us for time_us, _, _, _, part in split}
    assert all(time_us >= began_us[part] for time_us, _, _, _, part in rejoined)


def test_whoever_came_leaves_with_all_of_the_party():
    events, _ = a_day()

    came, left = (
        {visit: people for _, visit, people, _, _ in rows_of(events, kind)} for kind in (EventKind.ARRIVED, EventKind.LEFT)
    )
    assert came == left
    assert len(came) == PARTIES


def test_what_the_parts_bought_is_what_the_party_has_spent():
    events, outcomes = a_day()

    lead_of = {part: visit for _, visit, _, _, part in rows_of(events, EventKind.SPLIT)}
    spent_fen, purchases = defaultdict(int), Counter()
    for _, visit, _, _, fen in rows_of(events, EventKind.PURCHASED):
        spent_fen[lead_of.get(visit, visit)] += fen
        purchases[lead_of.get(visit, visit)] += 1
    assert any(visit in lead_of for _, visit, *_ in rows_of(events, EventKind.PURCHASED))
    assert {int(line.number): int(line.spent_fen) for line in outcomes.view(np.recarray)} == {
        visit: spent_fen[visit] for visit in outcomes["number"].tolist()
    }
    assert all(purchases[int(line["number"])] == line["purchases"] for line in outcomes)


def test_children_stay_in_the_playground_alone_only_with_bracelets():
    children = {number: child for number, child in zip(families().number.tolist(), families().children.tolist())}
    for share in (0.0, 1.0):
        events, _ = live(
            a_config(splits_share=0.0, parents_split_share=0.0),
            families(bracelet_share=share)._replace(splits=np.zeros(PARTIES, np.int8)),
        )

        stays = rows_of(events, EventKind.SPLIT)
        assert len(stays) > 5
        assert all(people == children[visit] + (0 if share else 1) for _, visit, people, _, _ in stays)


def test_a_couple_that_parts_meets_where_it_parted_and_each_waits_for_the_other_no_longer_than_the_log_says():
    events, _ = live(a_config(), a_couple())

    (split,), (rejoined,) = rows_of(events, EventKind.SPLIT), rows_of(events, EventKind.REJOINED)
    (awaited,) = rows_of(events, EventKind.MEETING_AWAITED)
    kept = rows_of(events, EventKind.MEETING_KEPT)
    assert split[3] == rejoined[3] == awaited[3]
    assert sorted(row[4] for row in kept) == [0, rejoined[0] - awaited[0]]
    assert {row[1] for row in kept} == {4711, split[4]}
    (left,) = rows_of(events, EventKind.LEFT)
    assert left[0] > rejoined[0]
    assert left[2] == 2


def test_whoever_forgets_the_time_is_called_and_comes_earlier_than_without_a_phone():
    waits = []
    for reachable in (0.0, 1.0):
        config = a_config(overrun_min_mean=90.0, reachable_share=reachable, sees_others_share=0.0, apart_min_mean=20.0)
        events, _ = live(config, families(120, 0.0)._replace(stay_s=np.full(120, 5.0 * 3600)))
        late = rows_of(events, EventKind.MEETING_LATE)
        assert late
        assert all(value >= 10 * US_PER_MIN for *_, value in late)
        waits.append(np.mean([value for *_, value in rows_of(events, EventKind.MEETING_KEPT)]))
    assert waits[1] < waits[0]


def test_who_sees_that_the_others_are_not_there_yet_goes_into_more_stores_meanwhile():
    entries = []
    for sees in (0.0, 1.0):
        config = a_config(sees_others_share=sees, overrun_min_mean=15.0)
        events, _ = live(config, families(200, 0.0)._replace(children=np.zeros(200, np.int8)))
        entries.append(len(rows_of(events, EventKind.STORE_ENTERED)))
    assert entries[1] > entries[0]


def test_plans_are_given_up_by_people_who_clash_and_never_by_somebody_alone():
    config = a_config(conflict_share=0.25, compromise_share=0.0)
    together = families()._replace(splits=np.zeros(PARTIES, np.int8), children=np.zeros(PARTIES, np.int8))
    alone = together._replace(people=np.ones(PARTIES, np.int32))

    assert len(rows_of(live(config, together)[0], EventKind.PLAN_ABANDONED)) > 10
    assert rows_of(live(config, alone)[0], EventKind.PLAN_ABANDONED) == []


def test_how_the_day_is_cut_and_how_many_rows_there_are_changes_no_byte(monkeypatch):
    stops_us = np.random.default_rng(1).integers(10 * US_PER_HOUR, 22 * US_PER_HOUR, 40).tolist()
    assert is_same(live(a_config(), families(), stops_us)[0], a_day()[0])

    monkeypatch.setattr(engine, "ROWS_AT_FIRST", 2)
    assert is_same(live(a_config(), families())[0], a_day()[0])


def test_one_more_party_that_splits_changes_no_draw_of_another():
    """Two who come before noon are on their own; a couple that comes and parts meanwhile takes neither's floor nor till."""
    config = a_config()
    config.movement.congestion = False
    two = families(8)._replace(splits=np.zeros(8, np.int8), parking=np.full(8, -1, np.int32), children=np.zeros(8, np.int8))
    one_more = a_couple(arrive_us=int(two.arrive_us[0]) + 1)  # before lunch, at which nobody parts
    merged = Visitors(*(np.concatenate(pair) for pair in zip(two, one_more)))
    order = np.lexsort((merged.number, merged.arrive_us))

    before, _ = live(config, two)
    after, _ = live(config, Visitors(*(column[order] for column in merged)))

    own = np.isin(after["visit"], two.number)
    assert np.count_nonzero(~own) > 10
    assert (after["kind"] == EventKind.SPLIT).any()
    assert is_same({name: after[name][own] for name in COLUMNS}, before)


@pytest.mark.parametrize("traits", [{"people": 1}, {"people": 2, "children": 1}, {"goal_entrance": 1}, {"stay_s": 600.0}])
def test_a_party_that_cannot_part_does_not(traits):
    assert rows_of(live(a_config(), a_couple(**traits))[0], EventKind.SPLIT) == []
