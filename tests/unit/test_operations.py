"""What the mall does by the clock, when two things meet."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim import api
from sim.config_files import compose
from sim.events import EventKind
from sim.units import US_PER_HOUR

pytestmark = pytest.mark.compiled


def test_a_door_that_broke_before_opening_time_stays_shut_until_it_is_mended(tmp_path):
    config = compose(
        "corner_day", ["operations.outages=[{asset: street, starts: 09:00, lasts_s: 36000}]", "recording.report=false"]
    )

    api.run(config, tmp_path)

    log = pq.read_table(tmp_path / "events.parquet", columns=["time_us", "kind", "place_id"])
    came = np.array([kind == EventKind.ARRIVED.name for kind in log["kind"].to_pylist()])
    by_street = came & np.array([place == "street" for place in log["place_id"].to_pylist()])
    assert by_street.any()
    assert log["time_us"].to_numpy()[by_street].min() >= 19 * US_PER_HOUR
