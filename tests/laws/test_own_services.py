"""A service of one's own stands where a compiled station stood: the same draws give the same day, and nobody is lost in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow.parquet as pq
import pytest
import simpy

from sim import api
from sim.config import RunConfig
from sim.config_files import compose
from sim.errors import EngineError
from sim.events import EventKind
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.units import US_PER_HOUR
from sim.world import World

SHOP = "L1-outfitters"
TILLS = 2  # of the outfitters, in tenants.csv
# Nobody gives up or turns away, and the tills are staffed alike all day: what is left of a till is a line and its servers. Paying, which
# has a draw of its own there, takes no time to speak of.
PLAIN_TILLS = (
    "sensing=none", "recording.report=false", "population.visits_per_day=120", "services.till_patience_s_mean=36000",
    "services.till_patience_shape=10", "services.balk_queue=10000", "operations.staffing.quiet_share=1", "services.payment_s_mean=0.000000000001",
    "categories.fashion.handling_s_mean=600", "categories.fashion.conversion_share=0.9", "categories.fashion.lost_to_stock_share=0",
)  # fmt: skip
LOG = ("events.parquet", "transfers.parquet")


def config() -> RunConfig:
    return compose("corner_day", list(PLAIN_TILLS))


def two_tills(env):
    """Return the outfitters' tills as a SimPy process per party."""
    tills = simpy.Resource(env, capacity=TILLS)
    times = config()
    mean_s = times.services.payment_s_mean + times.categories["fashion"].handling_s_mean

    def serve(guest):
        with tills.request() as till:
            yield till
            guest.begin()
            yield env.timeout(guest.service_us(mean_s, times.services.service_cv, "lognormal"))
        guest.hand_back()

    return serve


def day(services) -> dict[str, object]:
    """Return the tables that a day writes."""
    with TemporaryDirectory() as folder:
        api.run(config(), Path(folder), services=services)
        return {name: pq.read_table(Path(folder) / name) for name in LOG}


@cache
def compiled_day():
    return day({})


def times_us(table, kind: EventKind) -> np.ndarray:
    """Return when events of a kind at the outfitters' till happened."""
    rows = zip(table["time_us"].to_pylist(), table["kind"].to_pylist(), table["place_id"].to_pylist())
    return np.array([time for time, name, place in rows if name == kind.name and place == f"till:{SHOP}"], np.int64)


def test_a_line_written_in_simpy_gives_the_very_log_and_books_of_the_compiled_one():
    own = day({SHOP: two_tills})

    waited = compiled_day()["events.parquet"]
    assert times_us(waited, EventKind.SERVICE_STARTED).size > 30
    assert (times_us(waited, EventKind.QUEUE_JOINED) != times_us(waited, EventKind.SERVICE_STARTED)).any(), "nobody waited"
    for name in LOG:
        assert own[name].equals(compiled_day()[name]), name


def test_whoever_is_never_handed_back_is_sent_home_an_hour_after_closing_and_pays_nothing():
    def keeps(env):
        def serve(guest):
            guest.begin()
            yield env.event()

        return serve

    events = day({SHOP: keeps})["events.parquet"]

    kinds = np.array(events["kind"].to_pylist())
    sold_at = [place for kind, place in zip(kinds, events["place_id"].to_pylist()) if kind == "PURCHASED"]
    ends = times_us(events, EventKind.SERVICE_ENDED)
    assert ends.size == times_us(events, EventKind.SERVICE_STARTED).size > 0
    assert set(ends.tolist()) == {23 * US_PER_HOUR}
    assert SHOP not in sold_at
    assert np.count_nonzero(kinds == "ARRIVED") == np.count_nonzero(kinds == "LEFT")


def test_whoever_is_handed_back_before_service_began_has_given_up_and_pays_nothing():
    def refuses(env):
        def serve(guest):
            yield env.timeout(5_000_000)
            guest.hand_back(pays_fen=100)

        return serve

    events = day({SHOP: refuses})["events.parquet"]
    waited = events.filter(np.array(events["kind"].to_pylist()) == "RENEGED")
    felt = events.filter(np.array(events["kind"].to_pylist()) == "WAIT_FELT")
    felt_us = dict(zip(felt["visit"].to_pylist(), felt["value"].to_pylist()))

    assert all(felt_us.get(visit, 0) >= 5_000_000 for visit in waited["visit"].to_pylist() if visit in felt_us)
    gave_up, came = times_us(events, EventKind.RENEGED), times_us(events, EventKind.QUEUE_JOINED)
    assert gave_up.size == came.size > 0
    assert (np.sort(gave_up) == np.sort(came) + 5_000_000).all()
    assert SHOP not in [
        place for kind, place in zip(events["kind"].to_pylist(), events["place_id"].to_pylist()) if kind == "PURCHASED"
    ]


def test_a_service_has_a_party_from_the_very_microsecond_at_which_it_comes():
    starts_us = []

    def looks_at_the_clock(env):
        def serve(guest):
            starts_us.append((guest.number, env.now, guest.came_us))
            guest.begin()
            guest.hand_back()
            yield env.timeout(0)

        return serve

    events = day({SHOP: looks_at_the_clock})["events.parquet"].to_pydict()

    rows = zip(events["time_us"], events["kind"], events["place_id"], events["visit"])
    joined = [(visit, time, time) for time, kind, place, visit in rows if (kind, place) == ("QUEUE_JOINED", f"till:{SHOP}")]
    assert starts_us == joined != []


def test_a_party_pays_what_the_service_says():
    def sells_at_ten_yuan(env):
        def serve(guest):
            guest.begin()
            guest.hand_back(pays_fen=1000)
            yield env.timeout(0)

        return serve

    events = day({SHOP: sells_at_ten_yuan})["events.parquet"].to_pydict()

    paid = [
        fen
        for kind, place, fen in zip(events["kind"], events["place_id"], events["value"])
        if (kind, place) == ("PURCHASED", SHOP)
    ]
    assert set(paid) == {1000}


def test_a_service_that_cannot_be_written_down_is_known_by_its_unit(tmp_path):
    class Tills:
        """The tills with a state that can be kept."""

        def __init__(self, env):
            self.serve = two_tills(env)

        def __call__(self, guest):
            return self.serve(guest)

        def state(self):
            return {}

        def resume(self, state):
            """Go on from a state."""

    wanted, compiled = config(), load_compiled(find_floorplan("corner_mall"))
    worlds = [
        World(wanted, compiled, api.people(wanted, compiled, api.Deciders(wanted, compiled)), tmp_path / name, {SHOP: made})
        for name, made in (("plain", two_tills), ("kept", Tills))
    ]

    assert [world.own_services.unsaveable for world in worlds] == [[SHOP], []]


def test_a_service_that_forgets_to_yield_is_named(tmp_path):
    with pytest.raises(EngineError, match="L1-outfitters is not a generator function"):
        api.run(config(), tmp_path, services={SHOP: lambda env: lambda guest: None})


def test_all_units_that_cannot_have_a_service_are_named_together(tmp_path):
    wanted = compose("corner_day", [*PLAIN_TILLS, "categories.cafe.tables=true"])

    with pytest.raises(EngineError) as raised:
        api.run(wanted, tmp_path, services={"L9-nowhere": two_tills, "L1-bakery": two_tills})

    assert [problem.place for problem in raised.value.problems] == ["L1-bakery", "L9-nowhere"]
