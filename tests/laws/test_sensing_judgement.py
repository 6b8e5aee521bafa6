"""Judging positions, stays and recognition: exact on cases reckoned by hand, whatever the order; perfect where the platform is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.config_sensing import ProfilesConfig
from sim.crowd.positions import places_of, sample_positions
from sim.events import EventKind, EventLog, SegmentLog
from sim.random_streams import stream_key, uniforms
from sim.sensing.insight.attribution import Attribution
from sim.sensing.insight.judgement import Judgement, Truth, cold_share, correlation, doors_of
from sim.sensing.insight.recognition import Recognition, RecognitionJudge
from sim.sensing.insight.stays import StayRows, Stays
from sim.sensing.observations import FixRows
from sim.sensing.positioning.areas import areas_of
from sim.units import US_PER_S
from tests.engine_days import CLOSES_US, END_US, corner_mall, day_config, opened, parties
from tests.located_plan import fixes_of, located_plan
from tests.reporting_day import log_of

PLAN = located_plan()
AREAS, FLOOR_M2 = areas_of(PLAN)
LEVELS = 2


def judgement_on(plan=PLAN):
    areas, floor_m2 = areas_of(plan)
    return Judgement(areas, floor_m2, doors_of(plan.arrays, len(plan.level_ids)))


def truth_of(level, x_m, y_m, visits=None):
    columns = np.broadcast_arrays(np.atleast_1d(level), x_m, y_m)
    rows = np.arange(columns[0].size, dtype=np.int32)
    visits = rows.astype(np.int64) if visits is None else np.asarray(visits, np.int64)
    return Truth(
        rows, visits, *(np.array(column, kind) for column, kind in zip(columns, (np.int32, float, float), strict=True))
    )


def judged(fixes, truth, inside=None):
    judgement = judgement_on()
    judgement.take(fixes, truth, truth.rows.size if inside is None else inside)
    return judgement


def test_errors_of_one_to_a_hundred_metres_have_the_nearest_rank_quantiles():
    """POS-02: the value of the smallest rank that reaches the share; 75 and not the 75.25 of linear interpolation."""
    error_m = np.arange(1.0, 101.0)
    found = judged(fixes_of(0, np.arange(100), 0, 5.0 + error_m, 20.0), truth_of(np.zeros(100, int), 5.0, 20.0)).summary()

    assert found["position_error_m_mean"] == 50.5
    assert [found[f"position_error_m_{name}"] for name in ("median", "p75", "p95")] == [50.0, 75.0, 95.0]


def test_a_gaussian_error_has_rayleighs_mean_and_quantiles():
    """POS-01: sd 3 m on both axes, 100,000 fixes, within 1 %: at least 4.5 standard errors; the seed is fixed."""
    count = 100_000
    x_m, y_m = (3.0 * ndtri(uniforms(stream_key(1, "gauss"), np.arange(count), axis)) for axis in (0, 1))
    found = judged(fixes_of(0, np.arange(count), 0, 15 + x_m, 20 + y_m), truth_of(np.zeros(count, int), 15.0, 20.0)).summary()

    reference = {"mean": 3.759942, "median": 3.532230, "p75": 4.995328, "p95": 7.343240}
    for name, value in reference.items():
        assert found[f"position_error_m_{name}"] == pytest.approx(value, rel=0.01)


def test_a_fix_on_the_wrong_level_is_a_wrong_floor_and_not_a_distance():
    found = judged(fixes_of(0, [1, 2], [0, 1], [8.0, 5.0], 20.0), truth_of([0, 0], 5.0, 20.0)).summary()

    assert found["floor_right_share"] == 0.5
    assert found["position_error_m_mean"] == 3.0
    assert found["zone_right_share"] == 0.5


def test_phones_that_are_not_located_lower_the_coverage_alone():
    found = judged(fixes_of(0, [1, 2], [0, -1], [5.0, np.nan], 20.0), truth_of([0, 0], 5.0, 20.0), inside=4).summary()

    assert found["position_coverage_share"] == 0.25
    assert found["floor_right_share"] == 1.0


def test_nothing_located_is_nothing_known():
    found = judged(fixes_of([], [], [], [], []), truth_of(np.zeros(0, int), 0.0, 0.0)).summary()

    assert set(found.values()) == {None}


def test_a_push_is_judged_store_by_store():
    """One store per level, its door at (5, 14): estimated and truly near, only estimated, only truly, neither, and on the wrong level."""
    plan = located_plan(units_per_level=1)
    judgement = judgement_on(plan)
    estimated = fixes_of(0, np.arange(5), [0, 0, 0, 0, 1], [5.0, 5.0, 55.0, 60.0, 5.0], 14.0)

    judgement.take(estimated, truth_of([0, 0, 0, 0, 0], [6.0, 40.0, 5.0, 70.0, 5.0], 14.0), 5)

    found = judgement.summary()
    assert found["push_range_precision_share"] == 1 / 3  # of three estimated near one was
    assert found["push_range_recall_share"] == 1 / 3  # of three that were near one was estimated so
    assert [row["radius_m"] for row in judgement.curves()["push"]] == [10.0, 20.0, 30.0, 50.0]


def test_floor_that_the_platform_sees_nobody_on_is_cold():
    assert cold_share(np.array([10, 10, 10, 0]), np.full(4, 25.0)) == 0.25
    assert cold_share(np.zeros(4), np.full(4, 25.0)) is None


def test_correlation_is_one_with_itself_and_unknown_where_nothing_varies():
    values = np.array([1.0, 4.0, 2.0, np.nan])

    assert correlation(values, values) == pytest.approx(1.0)
    assert correlation(values, -values) == pytest.approx(-1.0)
    assert correlation(values, np.ones(4)) is None


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_neither_the_order_of_phones_nor_how_ticks_are_cut_changes_the_judgement(seed, cut):
    draw = np.random.Generator(np.random.PCG64(seed))
    count = 60
    estimated = (draw.integers(-1, 2, count), draw.uniform(-5, 35, count), draw.uniform(-5, 45, count))
    level, x_m, y_m = draw.integers(0, 2, count), draw.uniform(0, 30, count), draw.uniform(0, 40, count)
    order = draw.permutation(count)
    whole, parts = judgement_on(), judgement_on()

    whole.take(fixes_of(0, np.arange(count), *estimated), truth_of(level, x_m, y_m), count)
    for rows in (order[:cut], order[cut:]):
        fixes = fixes_of(0, rows, *(column[rows] for column in estimated))
        parts.take(fixes, truth_of(level[rows], x_m[rows], y_m[rows]), rows.size)

    assert whole.summary() == parts.summary()
    assert whole.curves() == parts.curves()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_of_phones_in_a_tick_changes_no_stay(seed):
    draw = np.random.Generator(np.random.PCG64(seed))
    stays = [Stays(AREAS, len(PLAN.unit_ids), ProfilesConfig(), 60.0) for _ in range(2)]
    phones = np.arange(12)
    home = draw.uniform([0, 0], [30, 40], (12, 2))
    for tick in range(12):
        home += (draw.random(12) < 0.1)[:, None] * draw.uniform(-20, 20, (12, 2))
        places = home + draw.normal(size=(12, 2)) * 3
        subject = phones + 100 * (draw.random(12) < 0.02)
        found = []
        for each, order in zip(stays, (phones, draw.permutation(12)), strict=True):
            fixes = fixes_of(60 * tick, subject[order], 0, places[order, 0], places[order, 1], 4.0)
            found.append(each.take(60 * tick * US_PER_S, fixes, order.astype(np.int32), order))
        assert all(np.array_equal(one, other) for one, other in zip(*(rows for rows, _ in found), strict=True))
    assert all(np.array_equal(one, other) for one, other in zip(*(each.finish()[0] for each in stays), strict=True))


def told(unit, from_s, to_s, subject=1):
    columns = (from_s * US_PER_S, to_s * US_PER_S, subject, 0.0, 0.0, 0, unit, 3)
    kinds = (np.int64, np.int64, np.int64, float, float, np.int32, np.int32, np.int32)
    return StayRows(*(np.array([column], kind) for column, kind in zip(columns, kinds, strict=True)))


def left(visit, unit, from_s, to_s):
    return (to_s * US_PER_S, EventKind.STORE_LEFT, visit, 1, unit, (to_s - from_s) * US_PER_S)


def attributed(true, reports, associated=((1, 0), (2, 0))):
    """Return the summary of true stays (visit, unit, from_s, to_s) and reported ones (visit, unit, from_s, to_s)."""
    attribution = Attribution(180.0)
    for visit, at_s in associated:
        attribution.associate(np.array([visit]), at_s * US_PER_S)
    log = log_of([left(*stay) for stay in true])
    attribution.take_events(log, 0, int(log.count[0]))
    for visit, unit, from_s, to_s in reports:
        attribution.take_stays(told(unit, from_s, to_s), np.array([visit]))
    found = attribution.summary()
    return found["store_attribution_share"], found["store_attribution_precision_share"]


@pytest.mark.parametrize(("true", "reports", "expected"), [
    ([(1, 0, 0, 600)], [(1, 0, 30, 570)], (1.0, 1.0)),
    ([(1, 0, 0, 600)], [(1, 1, 30, 570)], (0.0, 0.0)),
    ([(1, 0, 0, 600)], [(2, 0, 30, 570)], (0.0, 0.0)),
    ([(1, 0, 0, 600)], [(1, 0, 0, 200)], (0.0, 1.0)),  # true, but of too small a part
    ([(1, 0, 0, 600)], [(1, 0, 0, 2000)], (1.0, 0.0)),  # found, but most of it was elsewhere
    ([(1, 0, 0, 600)], [(1, -1, 0, 600)], (0.0, None)),  # the hall is no store
    ([(1, 0, 0, 600)], [(1, 0, 0, 310), (1, 0, 310, 600)], (1.0, 1.0)),
    ([(1, 0, 0, 120)], [], (None, None)),  # too short to have to be found
    ([(1, 0, 0, 120)], [(1, 0, 0, 180)], (None, 1.0)),
    ([(1, 0, 0, 600), (1, 0, 900, 1500), (2, 0, 0, 600)], [(1, 0, 900, 1500)], (1 / 3, 1.0)),
    ([], [], (None, None)),
])  # fmt: skip
def test_stays_are_paired_by_party_store_and_time(true, reports, expected):
    assert attributed(true, reports) == expected


def test_a_stay_counts_only_with_a_phone_on_the_wi_fi_since_before():
    assert attributed([(1, 0, 100, 700)], [], associated=[(1, 101)]) == (None, None)
    assert attributed([(1, 0, 100, 700)], [], associated=[(1, 500), (1, 100)]) == (0.0, None)
    assert attributed([(3, 0, 100, 700)], [], associated=[]) == (None, None)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_which_rows_phones_take_over_from_each_other_changes_no_stay_nor_when_it_is_told_of(seed):
    """Visits come, keep still and go; once each has a row of its own, once rows are taken over at once; one address comes twice."""
    draw = np.random.Generator(np.random.PCG64(seed))
    count = 12
    comes = draw.integers(0, 20, count)
    goes, home = comes + draw.integers(2, 9, count), draw.uniform([0, 0], [30, 40], (count, 2))
    address = np.where(np.arange(count) < 2, 1, np.arange(count))
    own, shared = (Stays(AREAS, len(PLAN.unit_ids), ProfilesConfig(), 60.0) for _ in range(2))
    row_of: dict[int, int] = {}
    for tick in range(40):
        inside = np.flatnonzero((comes <= tick) & (tick < goes))
        row_of = {visit: row for visit, row in row_of.items() if visit in inside}
        for visit in inside.tolist():
            row_of.setdefault(visit, min(set(range(count)) - set(row_of.values())))
        fixes = fixes_of(60 * tick, address[inside], 0, home[inside, 0], home[inside, 1], 4.0)
        rows = np.array([row_of[visit] for visit in inside.tolist()], np.int32)
        found = [
            each.take(60 * tick * US_PER_S, fixes, of, inside) for each, of in ((own, inside.astype(np.int32)), (shared, rows))
        ]
        assert np.array_equal(found[0][1], found[1][1])
        assert all(np.array_equal(one, other) for one, other in zip(*(stays for stays, _ in found), strict=True))
    assert own.finish()[1].size == shared.finish()[1].size == 0


@pytest.mark.compiled
def test_a_perfect_platform_finds_all_stays_and_puts_them_where_they_were():
    """Exact places every 10 s on a day of the engine; a stay runs on to where its radius ends, some steps outside the door."""
    found, curves, _ = followed_day(every_s=10)

    assert found["position_error_m_p95"] == 0.0
    assert found["floor_right_share"] == found["zone_right_share"] == 1.0
    assert found["push_range_precision_share"] == found["push_range_recall_share"] == 1.0
    assert found["store_attribution_share"] > 0.98
    assert found["store_attribution_precision_share"] > 0.98
    assert found["recognised_share"] > 0.9  # some turn on the threshold, between two fixes
    assert curves["stays_true"] > 100
    assert 0 < curves["dwell_bias_s_mean"] < 30


@pytest.mark.compiled
def test_an_error_costs_recall_and_recognition_and_nothing_that_the_platform_reports_holds_truth():
    exact, _, _ = followed_day(every_s=60)
    noisy, _, rows = followed_day(every_s=60, sd_m=6.0)

    assert noisy["store_attribution_share"] < exact["store_attribution_share"]
    assert noisy["recognised_share"] < exact["recognised_share"]
    assert noisy["push_range_precision_share"] < 1.0
    assert not np.isin(rows.subject, corner_day()[1].visit).any()  # addresses, never visits


def corner_day(cache=[]):  # noqa: B006
    """Return segments and events of a day in the small mall, made once."""
    if not cache:
        compiled, config, taken = corner_mall(), day_config(120.0), []
        config.recording.events = "edges"
        crowd = opened(compiled, config, taken)
        crowd.admit(parties(config, compiled))
        crowd.advance_to(CLOSES_US)
        crowd.finish(END_US)
        cache.append(SegmentLog(*(getattr(taken[0].segments, name).copy() for name in SegmentLog._fields[:-1]), np.zeros(1)))
        cache.append(taken[0].events)
    return cache


def followed_day(every_s, sd_m=0.0):
    """Return KPIs, curves and stays of that day, every party with one phone that is on the Wi-Fi."""
    compiled, (segments, log) = corner_mall(), corner_day()
    x_m, y_m, level, row = sample_positions(places_of(compiled.arrays), segments, every_s * US_PER_S)
    time_us = -(-segments.start_us // (every_s * US_PER_S)) * every_s * US_PER_S
    first = np.searchsorted(row, np.arange(time_us.size))
    time_us = time_us[row] + (np.arange(row.size) - first[row]) * every_s * US_PER_S
    visit = segments.visit[row]
    order = np.lexsort((visit, time_us))
    x_m, y_m, level, time_us, visit = (column[order] for column in (x_m, y_m, level.astype(np.int32), time_us, visit))
    visits, rows = np.unique(visit, return_inverse=True)
    rows = rows.astype(np.int32)
    error_x_m, error_y_m = (sd_m * ndtri(uniforms(stream_key(5, "error"), visit, 2 * time_us + axis)) for axis in (0, 1))
    areas, floor_m2 = areas_of(compiled)
    judgement = Judgement(areas, floor_m2, doors_of(compiled.arrays, len(compiled.level_ids)))
    stays = Stays(areas, len(compiled.unit_ids), ProfilesConfig(), every_s)
    attribution, recognition = Attribution(180.0), RecognitionJudge(areas)
    attribution.associate(visits, 0)
    recognition.associate(visits, visits)
    seen, reported = 0, []
    for now_us in np.unique(time_us):
        at = slice(*np.searchsorted(time_us, [now_us, now_us + 1]))
        until = int(np.searchsorted(log.time_us, now_us, "right"))
        for judge in (attribution, recognition):
            judge.take_events(log, seen, until)
        seen = until
        subject = rows[at].astype(np.int64) + 1
        places = (x_m[at] + error_x_m[at], y_m[at] + error_y_m[at])
        fixes = FixRows(time_us[at], subject, level[at], *places, np.full(subject.size, 1.1774 * sd_m), np.zeros(subject.size))
        over, whose = stays.take(int(now_us), fixes, rows[at], visit[at])
        attribution.take_stays(over, whose)
        judgement.take(fixes, Truth(rows[at], visit[at], level[at], x_m[at], y_m[at]), subject.size)
        recognition.take_fixes(int(now_us), fixes, visit[at], visit[at])
        reported.append(over)
    attribution.take_events(log, seen, log.time_us.size)
    over, whose = stays.finish()
    attribution.take_stays(over, whose)
    found = judgement.summary() | attribution.summary() | recognition.summary()
    together = StayRows(*(np.concatenate(column) for column in zip(*reported, over, strict=True)))
    return found, judgement.curves() | attribution.curves(), together


def id_of(profiles):
    return profiles + 9_000


def test_a_store_is_told_of_a_member_once_until_the_member_was_elsewhere():
    recognition, row = Recognition(AREAS), np.zeros(1, np.int32)
    told_of = []
    for tick, x_m in enumerate((5.0, 6.0, 15.0, 5.0, 5.0)):
        told_of.append(
            recognition.take(tick, fixes_of(60 * tick, 1, 0, x_m, 7.0), row, np.zeros(1, np.int64), np.array([42]), id_of)
        )

    assert [rows.value.tolist() for rows in told_of] == [[0], [], [1], [0], []]
    assert told_of[0].subject.tolist() == [9_042]
    assert (told_of[0].sensor[0], told_of[0].kind[0]) == ("stores", "member_in_store")


def test_a_member_who_comes_back_into_the_same_row_is_told_of_again():
    recognition, row = Recognition(AREAS), np.zeros(1, np.int32)
    fixes, member = fixes_of(0, 1, 0, 5.0, 7.0), np.array([42])
    told_of = [recognition.take(0, fixes, row, np.array([visit]), member, id_of).value.tolist() for visit in (1, 1, 2)]

    assert told_of == [[0], [], [0]]


def test_nobody_unknown_is_recognised_and_nobody_in_the_hall():
    found = Recognition(AREAS).take(
        0, fixes_of(0, [1, 2], 0, 5.0, [7.0, 20.0]), np.arange(2, dtype=np.int32), np.arange(2), np.array([-1, 3]), id_of
    )

    assert found.value.size == 0


@pytest.mark.parametrize(("fix_s", "x_m", "profile", "expected"), [
    (30, 5.0, 9, 1.0), (60, 5.0, 9, 1.0), (61, 5.0, 9, 0.0), (30, 15.0, 9, 0.0), (30, 5.0, -1, 0.0),
])  # fmt: skip
def test_an_entry_is_recognised_by_a_fix_in_that_store_within_a_minute(fix_s, x_m, profile, expected):
    judge = RecognitionJudge(AREAS)
    judge.associate(np.array([1, 2]), np.array([9, -1]))
    log = log_of([(0, EventKind.STORE_ENTERED, 1, 1, 0, 0), (0, EventKind.STORE_ENTERED, 2, 1, 0, 0)])
    judge.take_events(log, 0, 2)

    judge.take_fixes(70 * US_PER_S, fixes_of(fix_s, 1, 0, x_m, 7.0), np.array([1]), np.array([profile]))

    assert judge.summary() == {"recognised_share": expected}


def test_who_has_left_is_no_longer_counted():
    judge = RecognitionJudge(AREAS)
    judge.associate(np.array([1]), np.array([9]))
    log = log_of([(0, EventKind.LEFT, 1, 1, 0, 0), (5, EventKind.STORE_ENTERED, 1, 1, 0, 0)])
    judge.take_events(log, 0, 1)
    judge.take_events(log, 1, 2)

    assert judge.summary() == {"recognised_share": None}
    assert isinstance(log, EventLog)
