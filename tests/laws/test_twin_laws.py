"""The live twin: copies foretell exactly what members live, nothing but dials and walk-ins is moved, and what is measured moves them the right way."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

from sim.config_files import compose
from sim.errors import ConfigError, GalleriaError
from sim.feeds.from_run import damage_of, spoilt
from sim.feeds.intake import Intake, Why
from sim.feeds.records import Record, rules_of
from sim.floorplan.cache import compiled_for
from sim.schema.calendar import CalendarEventConfig
from sim.twin.analysis import Analysis
from sim.twin.crew import Crew
from sim.twin.dials import LAWS, Unknowns
from sim.twin.ensemble import Twin
from sim.twin.gauge import QUARTER_US, Gauge
from sim.twin.member import Member
from sim.twin.trials import batches, feed_of_day, surprised, trials
from sim.units import US_PER_HOUR

pytestmark = pytest.mark.compiled
NOON_US = 12 * US_PER_HOUR
MEMBERS = 4
VISITS = 900


@functools.cache
def scenario():
    return compose("corner_day", [f"population.visits_per_day={VISITS}", "recording.report=false"])


@functools.cache
def plan():
    return compiled_for(scenario())


@functools.cache
def truth_feed(factor: float):
    """A day of the same mall with other luck; from 12:00 to 16:00 `factor` times as many come."""
    truth = surprised(scenario(), 0)
    date = truth.date
    truth.calendar.events = [
        CalendarEventConfig(name="bus", first=date, last=date, factor=factor, starts="12:00", ends="16:00")
    ]
    return feed_of_day(truth)


def lived(twin, feed, until_us, damage=""):
    """Return the twin's moments of a day up to an instant, and the intake through which the feed went."""
    intake = Intake(rules_of(plan()))
    sent = spoilt(feed, damage_of(damage), 5) if damage else feed
    instants = range(twin.opens_us, until_us + 1, QUARTER_US)
    try:
        return [twin.step(now_us, records) for now_us, records in batches(sent, instants, intake)], intake
    finally:
        twin.close()


def dial(moment, name):
    return next(each.mean for each in moment.dials if each.name == name)


@pytest.fixture
def crew():
    gauge, unknowns = Gauge(plan(), scenario()), Unknowns(plan(), scenario())
    found = Crew(scenario(), plan(), gauge, unknowns, 2, (), 2)
    yield found
    found.close()


def test_what_a_copy_foretells_is_what_the_member_then_lives_to_the_last_bit(crew):
    crew.live(NOON_US)
    crew.take(
        np.stack([sight.unknowns + 0.1 for sight in crew.live(NOON_US + QUARTER_US)]), np.array([[9.0, 1.0], [-9.0, 0.0]])
    )
    foretold = crew.ahead([NOON_US + 5 * QUARTER_US] * 2)
    for quarter in range(4):
        sights = crew.live(NOON_US + (2 + quarter) * QUARTER_US)
        for member, sight in enumerate(sights):
            assert np.array_equal(sight.row, foretold[member][0, quarter])
    assert foretold[0].sum() > 0
    assert not np.array_equal(foretold[0], foretold[1])


def test_turning_dials_and_owing_people_touches_no_account_and_the_books_still_balance():
    gauge, unknowns = Gauge(plan(), scenario()), Unknowns(plan(), scenario())
    member = Member(scenario(), plan(), gauge, unknowns, 0)
    try:
        member.live(NOON_US)
        ledger = member.world.crowd.ledger
        before = ledger.book.accounts.tobytes(), ledger.journal.tobytes()
        member.take(member.unknowns + 0.3, np.array([20.0, 5.0]))
        member._begin_quarter()
        assert (ledger.book.accounts.tobytes(), ledger.journal.tobytes()) == before
        people = member.world.crowd.people_inside
        sight = member.live(NOON_US + 2 * QUARTER_US)
        assert sight.people != people
        assert sum(member.world.crowd.ledger.balances_fen_by_name().values()) == 0
    finally:
        member.close()


def test_a_member_with_its_dials_at_one_is_the_scenarios_own_day():
    config = scenario()
    gauge, unknowns = Gauge(plan(), config), Unknowns(plan(), config)
    member = Member(config, plan(), gauge, unknowns, 0)
    try:
        expected = member._visits.expected_between(0, 24 * 60).sum()
        at_one = np.zeros(unknowns.size)
        at_one[unknowns.pulls] = member.unknowns[unknowns.pulls]
        came = 0
        arrivals = member._arrivals
        for from_min in range(600, 1320, 15):
            member.now_us = from_min * 60_000_000
            member.unknowns = at_one
            member._set_rates(dict.fromkeys(LAWS, 1.0))
            came += member._admitted(from_min, from_min + 15).number.size
        assert arrivals is member._arrivals
        assert abs(came - expected) < 5 * np.sqrt(expected)  # Poisson walk-ins, binomial residents: at most its variance
    finally:
        member.close()


def test_moments_are_the_same_whatever_the_number_of_workers():
    found = []
    for workers in (1, 2):
        twin = Twin(scenario(), members=MEMBERS, workers=workers, ahead_min=(15, 60))
        moments, _ = lived(twin, truth_feed(1.0), twin.opens_us + 4 * QUARTER_US)
        found.append([dataclasses.replace(moment, took_s={}) for moment in moments])
    assert found[0] == found[1]
    assert any(moment.scored for moment in found[0])
    assert found[0][-1].foretold


def test_a_bus_party_turns_the_dial_of_those_on_foot_up_and_people_are_added():
    twin = Twin(scenario(), members=6, ahead_min=(15,), every_min=60)
    moments, _ = lived(twin, truth_feed(2.0), 14 * US_PER_HOUR)
    twin = Twin(scenario(), members=6, ahead_min=(15,), every_min=60, is_assimilating=False)
    alone, _ = lived(twin, truth_feed(2.0), 14 * US_PER_HOUR)
    assert dial(moments[-1], "on_foot") > 1.25 * dial(alone[-1], "on_foot")

    def gap(moment):
        inside = next(each for each in moment.believed if (each.what, each.where) == ("people", ""))
        return abs(inside.mean - inside.measured) / inside.measured

    assert gap(moments[-1]) < 0.5 * gap(alone[-1])
    assert sum(moment.added_people for moment in moments) > 0
    assert not any(moment.added_people for moment in alone)


def test_a_spoilt_feed_is_sorted_out_and_the_twin_runs_on():
    twin = Twin(scenario(), members=MEMBERS, ahead_min=(15,))
    damage = "dropped=0.05,duplicated=0.02,absurd=0.05,late=0.2,late_min=10"
    moments, intake = lived(twin, truth_feed(1.0), 13 * US_PER_HOUR, damage)
    assert intake.counts[Why.ABSURD]
    assert intake.counts[Why.DUPLICATE]
    assert all(np.isfinite([each.mean for each in moment.dials]).all() for moment in moments)
    assert moments[-1].scored


def test_the_wait_at_each_restaurant_is_foretold_as_a_party_that_comes_expects_it_and_the_mall_has_no_sum_of_it():
    twin = Twin(scenario(), members=MEMBERS, ahead_min=(15,))
    tables = {plan().unit_ids[unit] for unit in twin.gauge.restaurants}
    told = [Record(NOON_US, f"line:{name}", "wait_s", 0, 420) for name in sorted(tables)[:1]]
    feed = [
        (now_us, told if now_us == NOON_US else []) for now_us in range(twin.opens_us, NOON_US + QUARTER_US + 1, QUARTER_US)
    ]
    try:
        moments = [twin.step(now_us, records) for now_us, records in feed]
    finally:
        twin.close()

    waits = [each for each in moments[-1].foretold if each.what == "wait_s"]
    assert {each.where for each in waits} == tables
    assert all(0 <= each.low <= each.high < 4 * 3600 for each in waits)
    assert [each.foretold.where for each in moments[-2].scored if each.foretold.what == "wait_s"] == sorted(tables)[:1]


@pytest.mark.parametrize(("times", "sign"), [(2.0, 1), (0.4, -1)])
def test_where_doors_alone_are_counted_those_who_are_inside_by_them_are_owed_or_withheld(times, sign):
    gauge, unknowns = Gauge(plan(), scenario()), Unknowns(plan(), scenario())
    members = [Member(scenario(), plan(), gauge, unknowns, number) for number in range(MEMBERS)]
    try:
        sights = [each.live(NOON_US) for each in members]
    finally:
        for each in members:
            each.close()
    inside = np.mean([each.people for each in sights])
    measured = np.full(gauge.size, np.nan)
    measured[gauge.columns["departures"]] = 0.0
    measured[gauge.columns["arrivals"]] = times * inside * gauge.door_sees / gauge.columns["arrivals"].size
    moved = Analysis(gauge, unknowns, np.zeros(len(plan().entrance_ids), bool)).moved(sights, measured)

    assert (np.sign(moved.owed[:, 0]) == sign).all()
    assert abs(np.mean([each.people for each in sights] + moved.owed.sum(axis=1)) - times * inside) < 0.2 * inside


def test_a_feed_that_says_nothing_leaves_the_dials_to_themselves():
    twins = [Twin(scenario(), members=MEMBERS, ahead_min=(), is_assimilating=each) for each in (True, False)]
    silent, alone = ([twin.step(now_us, []) for now_us in range(twin.opens_us, NOON_US + 1, QUARTER_US)] for twin in twins)
    for twin in twins:
        twin.close()
    assert [moment.dials for moment in silent] == [moment.dials for moment in alone]
    assert all(each.measured is None for each in silent[-1].believed)


def test_bays_alone_move_no_dial_but_are_believed():
    gauge, unknowns = Gauge(plan(), scenario()), Unknowns(plan(), scenario())
    member = Member(scenario(), plan(), gauge, unknowns, 0)
    other = Member(scenario(), plan(), gauge, unknowns, 1)
    try:
        sights = [each.live(NOON_US) for each in (member, other)]
    finally:
        member.close()
        other.close()
    analysis = Analysis(gauge, unknowns, np.zeros(len(plan().entrance_ids), bool))
    measured = np.full(gauge.size, np.nan)
    measured[gauge.columns["people"]] = 1.5 * sights[0].row[gauge.columns["people"]]
    moved = analysis.moved(sights, measured)
    assert np.array_equal(
        moved.unknowns[:, unknowns.wanders], np.stack([each.unknowns for each in sights])[:, unknowns.wanders]
    )
    assert (moved.owed[:, 0] > 0).any()


def test_a_counter_that_lost_a_report_is_scaled_up_and_tills_with_it():
    gauge = Gauge(plan(), scenario())
    door = f"door:{plan().entrance_ids[0]}"
    till = f"till:{plan().unit_ids[0]}"
    told = [Record(NOON_US - back * 300_000_000, door, "people_in", 0, 10) for back in (0, 1, 2)]
    sale = [Record(NOON_US - 1, till, "sale", 0, 900)]
    late = [Record(NOON_US - QUARTER_US, door, "people_in", 0, 1000)]  # of the quarter of an hour before
    whole, part = (gauge.of_records(records, NOON_US) for records in (told + sale + late, told[:2] + sale + late))
    assert whole[gauge.columns["arrivals"][0]] == part[gauge.columns["arrivals"][0]] == 30
    assert whole[gauge.columns["sales_fen"][0]] == 900
    assert part[gauge.columns["sales_fen"][0]] == pytest.approx(1350)
    assert np.isnan(whole[gauge.columns["people"]]).all()


def test_a_policy_is_tried_on_copies_and_the_members_learn_nothing_of_it():
    config = compose("corner_day", [f"population.visits_per_day={VISITS}"])
    found = []
    for is_tried in (False, True):
        gauge, unknowns = Gauge(plan(), config), Unknowns(plan(), config)
        crew = Crew(config, plan(), gauge, unknowns, 2, ("flash_sale",), 2)
        try:
            crew.live(NOON_US)
            if is_tried:
                pairs = crew.ahead([NOON_US + 4 * QUARTER_US] * 2, ["flash_sale"])
                assert pairs[0].shape == (2, 4, gauge.size)
            found.append(np.stack([sight.row for sight in crew.live(NOON_US + 4 * QUARTER_US)]))
        finally:
            crew.close()
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[1], np.stack([pair[0, -1] for pair in pairs]))
    assert not np.array_equal(pairs[0][0], pairs[0][1])


def test_what_cannot_be_a_twin_is_refused_with_all_reasons_at_once():
    with pytest.raises(ConfigError) as refused:
        Twin(dataclasses.replace(scenario(), days=3), members=1)
    assert "days" in str(refused.value)
    assert "members" in str(refused.value)
    with pytest.raises(ConfigError, match="settings alone"):
        Twin(scenario(), tries=["signs"])
    with pytest.raises(ConfigError, match="no_such"):
        Twin(scenario(), tries=["no_such"])


@pytest.mark.slow
def test_trials_go_on_where_they_stopped_and_find_a_gain(tmp_path):
    out = tmp_path / "trials.jsonl"
    config = compose("everyday", ["floorplan=quarter_mall", "population.visits_per_day=3000"])
    first = trials(config, 1, out, members=8)
    assert trials(config, 1, out, members=8) == first
    assert len(out.read_text().splitlines()) == 1
    with pytest.raises(GalleriaError, match="another"):
        trials(config, 1, out, members=9)
    assert first["scores"]["people of the mall"]["crps"] < first["scores"]["people of the mall"]["crps_alone"]
