"""Lines at the tills of a whole day: one or several, short of room or of patience, everybody is home at night and no byte hangs on the clock's stops."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config import RunConfig
from sim.events import EventKind
from sim.units import US_PER_HOUR
from tests.engine_days import Lived, corner_mall, day_config, live, parties

pytestmark = pytest.mark.compiled
VISITS = 250.0


def day(stops_us: tuple[int, ...] = (), **queues: object) -> Lived:
    """Return a busy day in the small mall, whose tills take their time."""
    config: RunConfig = day_config(VISITS)
    config.services.payment_s_mean = 240.0
    for key, value in queues.items():
        setattr(config.queues, key, value)
    return live(corner_mall(), config, [parties(config, corner_mall())], stops_us)


def count(lived: Lived, kind: EventKind) -> int:
    return int(np.count_nonzero(lived.events["kind"] == kind))


@pytest.mark.parametrize("queues", [{"till_lines": "several"}, {"till_places": 1}, {"balk_share": 1.0}])
def test_everybody_who_comes_to_a_till_is_served_or_has_a_reason_to_be_gone_and_all_go_home(queues):
    lived = day(**queues)
    gone = [count(lived, kind) for kind in (EventKind.RENEGED, EventKind.SERVICE_ENDED)]

    assert count(lived, EventKind.QUEUE_JOINED) == sum(gone)
    assert count(lived, EventKind.STORE_ENTERED) == count(lived, EventKind.STORE_LEFT)
    assert count(lived, EventKind.ARRIVED) == count(lived, EventKind.LEFT) > 100
    assert lived.crowd.people_inside == 0
    for key, kind in (("till_places", EventKind.REJECTED), ("balk_share", EventKind.BALKED)):
        assert (count(lived, kind) > 0) == (key in queues)


def test_how_often_the_clock_stops_changes_no_byte_of_a_day_with_several_lines():
    stops_us = tuple(hour * US_PER_HOUR + 7 for hour in range(11, 22))

    assert day(till_lines="several").digest == day(stops_us, till_lines="several").digest


def test_room_that_nobody_needs_changes_no_byte():
    assert day(till_places=10_000).digest == day().digest
