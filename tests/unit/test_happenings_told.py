"""What the report says of happenings: counted from events, whatever batches they come in."""

from __future__ import annotations

import numpy as np
import pytest

from sim.crowd.happenings.records import KINDS, Kind
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.event_schema import Columns
from sim.reporting.topics import happenings
from sim.units import US_PER_MIN

pytestmark = pytest.mark.plain
SET, JOINED, LEFT, BOUGHT = EventKind.HAPPENING_SET, EventKind.HAPPENING_JOINED, EventKind.HAPPENING_LEFT, EventKind.PURCHASED
# minute, kind, visit, people, place, value
DAY = [
    (0, SET, -1, 0, 0, KINDS * 60_000 + Kind.TALENT), (0, SET, -1, 0, 1, KINDS * 500 + Kind.HUNT), (0, SET, -1, 0, 2, Kind.CLUE),
    (5, SET, -1, 0, 3, Kind.MEETING),
    (10, JOINED, 7, 3, 0, 100), (12, JOINED, 8, 2, 0, 900), (14, EventKind.HAPPENING_FULL, 9, 2, 0, 5),
    (20, BOUGHT, 9, 2, 0, 999), (20, LEFT, 7, 3, 0, 10 * US_PER_MIN), (25, BOUGHT, 7, 3, 1, 1000), (30, LEFT, 8, 2, 0, 18 * US_PER_MIN),
    (40, JOINED, 8, 2, 1, 50), (42, LEFT, 8, 2, 1, 2 * US_PER_MIN), (50, JOINED, 8, 2, 2, 50), (52, LEFT, 8, 2, 2, 2 * US_PER_MIN),
    (52, EventKind.HUNT_WON, 8, 2, 2, 1), (53, JOINED, 7, 3, 1, 60), (55, LEFT, 7, 3, 1, 2 * US_PER_MIN),
    (55, EventKind.HUNT_GIVEN_UP, 7, 3, 2, 1), (60, JOINED, 7, 3, 3, 10), (66, JOINED, 9, 2, 3, 20),
    (66, EventKind.FRIENDS_MET, 9, 2, 3, 6 * US_PER_MIN), (70, LEFT, 7, 3, 3, 10 * US_PER_MIN), (70, LEFT, 9, 2, 3, 4 * US_PER_MIN),
    (111, BOUGHT, 8, 2, 0, 2000), (113, BOUGHT, 8, 2, 0, 4000), (129, BOUGHT, 7, 3, 1, 700), (131, BOUGHT, 9, 2, 1, 50),
]  # fmt: skip


class Books:
    """As much of a run's books as the topic reads."""

    def __init__(self) -> None:
        self.sums = type("Sums", (), {"unit": {"sales_fen": np.zeros(1, np.int64)}})()
        self.compiled = type("Plan", (), {"arrays": None})()


def sums_of(*cuts: int) -> happenings.Sums:
    found = happenings.Sums(CompiledPlan, None)  # type: ignore[arg-type]
    edges = [0, *cuts, len(DAY)]
    for first, end in zip(edges[:-1], edges[1:]):
        minute, kind, visit, people, place, value = (np.array(column, np.int64) for column in zip(*DAY[first:end]))
        rows = Columns(minute * US_PER_MIN, kind.astype(np.int16), visit, people.astype(np.int8), place.astype(np.int32), value)
        found.take(rows, {each: np.flatnonzero(kind == each) for each in EventKind})
    return found


@pytest.mark.parametrize("cuts", [(), (7, 12, 20), tuple(range(4, len(DAY)))])
def test_a_day_traced_by_hand_has_these_figures(cuts):
    sums = sums_of(*cuts)
    kpis = happenings.values(sums, Books())

    assert kpis | {} == kpis
    assert (kpis["happening_visits"], kpis["happening_people"], kpis["happening_people_max"]) == (2, 5, 5)
    assert (kpis["happening_full_visits"], kpis["happening_missed_visits"]) == (1, 0)
    assert kpis["happening_cost_fen"] == 60_500
    assert kpis["happening_cost_fen_per_visit"] == 60_500 / 6
    assert kpis["happening_spend_60min_fen"] == 1000 + 2000 + 700  # not 9's at 20 and 131, nor 8's at 113
    assert kpis["friends_spend_60min_fen"] == 700
    assert kpis["happening_density_per_m2_max"] == 0.9
    assert kpis["happening_crowded_share"] == 1 / 7
    assert (kpis["hunt_started_visits"], kpis["hunt_clues_found"], kpis["hunt_won_share"]) == (2, 3, 0.5)
    assert (kpis["friends_met_pairs"], kpis["friends_missed"], kpis["friends_wait_s_mean"]) == (1, 0, 360.0)
    assert kpis["far_stores_sales_share"] is None
    assert sums.there.at_bin_ends()[[2, 4, 6]].tolist() == [5, 2, 0]


def test_the_report_says_what_a_planner_understands():
    sums = sums_of()
    text = " ".join(happenings.words(happenings.values(sums, Books()), happenings.curves(sums, Books())))

    assert "2 parties (5 people)" in text
    assert "¥605" in text
    assert "1 pairs of friends met" in text


def test_a_day_on_which_nothing_was_on_has_no_section():
    sums = happenings.Sums(CompiledPlan, None)  # type: ignore[arg-type]
    kpis = happenings.values(sums, Books())

    assert set(kpis.values()) == {None}
    assert happenings.words(kpis, happenings.curves(sums, Books())) == []
