"""What the report makes of displays and tickets: each number worked out by hand from a few events."""

from __future__ import annotations

import numpy as np
import pytest

from sim.events import EventKind
from sim.reporting.event_schema import Columns
from sim.reporting.topics.lines_followed import Followed
from sim.units import US_PER_S

pytestmark = pytest.mark.plain

TABLES, OTHERS = 0, 1


def followed(*events: tuple[int, EventKind, int, int, int], cut_at: int = 0) -> Followed:
    """Return what comes of events (second, kind, visit, place, seconds), handed over in two batches cut at an index."""
    found = Followed(np.array([True, False]))
    for batch in (events[:cut_at], events[cut_at:]):
        rows = Columns(
            time_us=np.array([event[0] * US_PER_S for event in batch], np.int64),
            kind=np.array([event[1] for event in batch], np.int8),
            visit=np.array([event[2] for event in batch], np.int64),
            people=np.ones(len(batch), np.int8),
            place=np.array([event[3] for event in batch], np.int32),
            value=np.array([event[4] * US_PER_S for event in batch], np.int64),
        )
        found.take(rows, {kind: np.flatnonzero(rows.kind == kind) for kind in EventKind})
    return found


def deterred_while_one_stands(patience_s: int, cut_at: int = 0) -> Followed:
    """One eats, one stands; a third turns away at 10 s. The table is freed at 20 s and at 50 s: its turn would have come at 50 s."""
    return followed(
        (0, EventKind.QUEUE_JOINED, 1, TABLES, 0),
        (0, EventKind.SERVICE_STARTED, 1, TABLES, 0),
        (5, EventKind.QUEUE_JOINED, 2, TABLES, 0),
        (10, EventKind.WAIT_SHOWN, 3, TABLES, 600),
        (10, EventKind.DETERRED, 3, TABLES, patience_s),
        (20, EventKind.SERVICE_ENDED, 1, TABLES, 20),
        (20, EventKind.SERVICE_STARTED, 2, TABLES, 15),
        (50, EventKind.SERVICE_ENDED, 2, TABLES, 30),
        cut_at=cut_at,
    )


@pytest.mark.parametrize(("patience_s", "in_vain", "rightly"), [(40, 1, 0), (39, 0, 1)])
def test_a_party_turned_away_in_vain_if_its_turn_had_come_within_its_patience(patience_s, in_vain, rightly):
    found = deterred_while_one_stands(patience_s)

    assert (found.deterred, found.deterred_in_vain, found.deterred_rightly) == (1, in_vain, rightly)


@pytest.mark.parametrize("cut_at", range(9))
def test_batches_may_be_cut_between_any_two_events(cut_at):
    found = deterred_while_one_stands(40, cut_at)

    assert (found.shown, found.deterred_in_vain) == (1, 1)


def test_an_error_is_the_wait_shown_less_the_wait_had_and_a_broken_promise_is_counted_apart():
    found = followed(
        (0, EventKind.WAIT_SHOWN, 1, TABLES, 60),
        (0, EventKind.QUEUE_JOINED, 1, TABLES, 0),
        (0, EventKind.WAIT_SHOWN, 2, TABLES, 120),
        (0, EventKind.QUEUE_JOINED, 2, TABLES, 1),
        (90, EventKind.SERVICE_STARTED, 1, TABLES, 90),
        (130, EventKind.RENEGED, 2, TABLES, 130),
    )

    assert found.errors_us().tolist() == [-30 * US_PER_S]
    assert found.underpromised == 1


def test_purchases_count_from_drawing_a_ticket_to_sitting_down_and_not_after():
    found = followed(
        (0, EventKind.PURCHASED, 1, OTHERS, 1),
        (10, EventKind.TICKET_TAKEN, 1, TABLES, 300),
        (20, EventKind.PURCHASED, 1, OTHERS, 2),
        (30, EventKind.TICKET_CALLED, 1, TABLES, 20),
        (40, EventKind.QUEUE_JOINED, 1, TABLES, 0),
        (55, EventKind.SERVICE_STARTED, 1, TABLES, 15),
        (99, EventKind.PURCHASED, 1, OTHERS, 4),
    )

    assert found.ticket_spend_fen == 2 * US_PER_S
    assert (found.ticket_seated, found.ticket_wait_us, found.ticket_total_us) == (1, 15 * US_PER_S, 45 * US_PER_S)


def test_a_ticket_void_before_its_call_is_no_no_show():
    found = followed(
        (0, EventKind.TICKET_TAKEN, 1, TABLES, 300),
        (1, EventKind.TICKET_TAKEN, 2, TABLES, 300),
        (5, EventKind.TICKET_CALLED, 1, TABLES, 5),
        (50, EventKind.TICKET_VOID, 1, TABLES, 45),
        (60, EventKind.TICKET_VOID, 2, TABLES, -1),
    )

    assert (found.taken, found.called, found.no_shows, found.cancelled) == (2, 1, 1, 1)


@pytest.mark.parametrize(("leaves", "judged"), [(False, 1), (True, 0)])
def test_a_wait_read_at_a_line_is_forgotten_when_the_party_has_left(leaves, judged):
    away = [(11, EventKind.STORE_LEFT, 1, 0, 1)] if leaves else []

    found = followed(
        (10, EventKind.WAIT_SHOWN, 1, TABLES, 600),
        *away,
        (20, EventKind.QUEUE_JOINED, 1, TABLES, 0),
        (90, EventKind.SERVICE_STARTED, 1, TABLES, 70),
    )

    assert found.errors_us().size == judged
