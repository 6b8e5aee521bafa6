"""Whatever happens in the hall, people are only moved: nobody is lost there, nobody stands there when it is over, and nothing is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config import HappeningConfig, RunConfig
from sim.crowd.engine import Crowd, Taken
from sim.crowd.happenings.records import Kind
from sim.crowd.promos.letters import put_letters
from sim.crowd.state import Doing
from sim.decisions_of_policies import Offer, StartHappening
from sim.errors import ConfigError
from sim.events import EventKind
from sim.operations.happenings import Happenings, planned_of
from sim.operations.policy_switches import Switchboard
from sim.promos import Channel, Says
from sim.schema.happenings import problems
from sim.units import US_PER_HOUR, US_PER_MIN
from tests.engine_days import CLOSES_US, COLUMNS, END_US, corner_mall, day_config, opened, parties

FIRST, SECOND, SCREEN = corner_mall().unit_ids
STREET = corner_mall().entrance_ids[1]
JOINED, LEFT = EventKind.HAPPENING_JOINED, EventKind.HAPPENING_LEFT


def told(visits: float = 120.0, **told_of: float) -> RunConfig:
    config = day_config(visits)
    config.policies = ["idle"]
    config.promos.push_open_share = config.promos.follow_share = 1.0
    for name, value in told_of.items():
        setattr(config.happenings, name, value)
    return config


class Day:
    """A day of the small mall on which things happen; `at` does something at an instant, `live` ends it."""

    def __init__(self, config: RunConfig) -> None:
        self.taken: list[Taken] = []
        self.config = config
        self.crowd: Crowd = opened(corner_mall(), config, self.taken)
        self.happenings = Happenings(self.crowd, corner_mall(), config, CLOSES_US)
        self.switches = Switchboard(self.crowd, corner_mall(), happenings=self.happenings)
        self.crowd.admit(parties(config, corner_mall()))

    def start(self, name: str, kind: str, at: str, from_h: float, until_h: float, now_h: float = 10.0, **more) -> str:
        wanted = StartHappening(name, kind, at, int(from_h * US_PER_HOUR), int(until_h * US_PER_HOUR), **more)
        return self.switches.apply(int(now_h * US_PER_HOUR), "test", wanted).refused

    def tell(self, rows: np.ndarray, number: int, now_us: int) -> None:
        """Send each row an invitation to a happening."""
        put_letters(self.crowd.mall, rows, np.arange(rows.size), -1, number, int(Channel.PUSH), int(Says.COME), now_us)

    def inside(self) -> np.ndarray:
        mall = self.crowd.mall
        free = (mall.shoppers["doing"] == Doing.BROWSING) & (mall.shoppers["leaving"] == 0) & (mall.minds["parent"] < 0)
        return np.flatnonzero(free & (mall.minds["parts_away"] == 0))

    def live(self, stops_us: tuple[int, ...] = ()) -> dict[str, np.ndarray]:
        for stop_us in [*stops_us, CLOSES_US]:
            self.crowd.advance_to(stop_us)
        self.crowd.controls.mall_is_open[0] = 0
        self.crowd.controls.unit_is_open[:] = 0
        self.crowd.switched(CLOSES_US)
        self.crowd.advance_to(END_US)
        self.crowd.finish(END_US)
        return {name: np.concatenate([getattr(part.events, name) for part in self.taken]) for name in COLUMNS}


def of_parties(events: dict[str, np.ndarray]) -> bytes:
    return b"".join(column[events["visit"] >= 0].tobytes() for column in events.values())


def rows_of(events: dict[str, np.ndarray], kind: EventKind) -> np.ndarray:
    return np.flatnonzero(events["kind"] == kind)


@pytest.fixture(scope="module")
def quiet() -> dict[str, np.ndarray]:
    return Day(told()).live()


@pytest.mark.parametrize(
    ("share", "more"),
    [
        (0.0, {"is_open_to_all": True}),  # of those who pass, nobody stops
        (1.0, {"is_open_to_all": False}),  # nobody is invited
        (1.0, {"is_open_to_all": True, "from_h": 21.9, "until_h": 22.0, "capacity": 1, "kind": "parent_child"}),
    ],
)
def test_a_happening_that_nobody_attends_changes_nobodys_day(quiet, share, more):
    day = Day(told(stops_share=share, audience_weight=0.0))
    event = {"kind": "talent", "from_h": 12.0, "until_h": 20.0} | more
    wants_nobody = event.pop("capacity", 5) == 1
    if wants_nobody:
        event["capacity"] = 0

    refused = day.start("event", at=FIRST, **event)

    assert bool(refused) == wants_nobody
    assert of_parties(day.live()) == of_parties(quiet)


@pytest.fixture(scope="module")
def busy() -> tuple[Day, dict[str, np.ndarray]]:
    day = Day(told(stops_share=0.5, goes_on_share=0.9))
    assert not day.start("talents", "talent", FIRST, 12, 15, is_open_to_all=True, capacity=9, stay_min_mean=30.0)
    assert not day.start("door", "exhibition", STREET, 15, 18, is_open_to_all=True, stay_min_mean=10.0, cost_fen=500)
    assert not day.start("hunt:0", "clue", FIRST, 18, 21, is_open_to_all=True, stay_min_mean=2.0)
    assert not day.start("hunt:1", "clue", SECOND, 18, 21, after="hunt:0", stay_min_mean=2.0)
    assert not day.start("hunt:2", "clue", SCREEN, 18, 21, after="hunt:1", stay_min_mean=2.0)
    return day, day.live()


def test_whoever_joins_leaves_again_and_everybody_goes_home(busy):
    day, events = busy
    joined, left = rows_of(events, JOINED), rows_of(events, LEFT)

    assert joined.size > 20
    assert sorted(zip(events["visit"][joined], events["place"][joined])) == sorted(
        zip(events["visit"][left], events["place"][left])
    )
    assert (day.crowd.mall.happenings["people"] == 0).all()
    assert day.crowd.people_inside == 0
    assert rows_of(events, EventKind.ARRIVED).size == rows_of(events, EventKind.LEFT).size
    assert rows_of(events, EventKind.STRANDED).size == 0


def test_nobody_joins_before_the_beginning_or_stands_there_after_the_end(busy):
    day, events = busy
    told_of = day.crowd.mall.happenings
    for rows in (rows_of(events, JOINED), rows_of(events, LEFT)):
        assert (events["time_us"][rows] >= told_of["from_us"][events["place"][rows]]).all()
        assert (events["time_us"][rows] <= told_of["until_us"][events["place"][rows]]).all()


def test_no_more_people_are_there_than_find_room(busy):
    _, events = busy
    rows = np.flatnonzero(np.isin(events["kind"], (JOINED, LEFT)) & (events["place"] == 0))
    change = np.where(events["kind"][rows] == JOINED, 1, -1) * events["people"][rows].astype(int)

    assert 4 <= np.cumsum(change).max() <= 9


def test_each_clue_is_found_by_who_has_found_the_one_before(busy):
    _, events = busy
    found = [
        set(events["visit"][rows_of(events, JOINED)][events["place"][rows_of(events, JOINED)] == clue]) for clue in (2, 3, 4)
    ]
    given_up = rows_of(events, EventKind.HUNT_GIVEN_UP)

    assert found[0] >= found[1] >= found[2]
    assert len(found[2]) > 0
    assert rows_of(events, EventKind.HUNT_WON).size == len(found[2])
    assert set(events["visit"][given_up]) <= found[0] - found[2]


def test_how_often_the_clock_stops_changes_no_byte(busy):
    day = Day(told(stops_share=0.5, goes_on_share=0.9))
    assert not day.start("talents", "talent", FIRST, 12, 15, is_open_to_all=True, capacity=9, stay_min_mean=30.0)
    assert not day.start("door", "exhibition", STREET, 15, 18, is_open_to_all=True, stay_min_mean=10.0, cost_fen=500)
    for number, (at, after) in enumerate(((FIRST, ""), (SECOND, "hunt:0"), (SCREEN, "hunt:1"))):
        more = {"is_open_to_all": number == 0, "after": after, "stay_min_mean": 2.0}
        assert not day.start(f"hunt:{number}", "clue", at, 18, 21, **more)

    again = day.live(tuple(range(11 * US_PER_HOUR, CLOSES_US, 17 * US_PER_MIN)))

    assert of_parties(again) == of_parties(busy[1])


def test_nobody_goes_on_to_a_clue_where_nobody_would():
    day = Day(told(stops_share=0.5, goes_on_share=0.0))
    day.start("hunt:0", "clue", FIRST, 12, 21, is_open_to_all=True)
    day.start("hunt:1", "clue", SECOND, 12, 21, after="hunt:0")
    events = day.live()

    assert rows_of(events, EventKind.HUNT_GIVEN_UP).size == rows_of(events, JOINED).size > 0


def test_the_treasure_is_a_coupon_in_the_wallet():
    day = Day(told(stops_share=0.5))
    offer = Offer("treasure", (SECOND,), off_fen=2000, until_us=CLOSES_US)
    assert not day.switches.apply(10 * US_PER_HOUR, "test", offer).refused
    assert not day.start("hunt", "clue", FIRST, 12, 21, is_open_to_all=True, reward="treasure")
    events = day.live()
    won, claimed = rows_of(events, EventKind.HUNT_WON), rows_of(events, EventKind.COUPON_CLAIMED)

    assert won.size > 0
    assert set(events["visit"][claimed]) == set(events["visit"][won])


def test_a_freeze_ends_for_all_at_one_instant_and_full_is_full():
    day = Day(told())
    day.start("freeze", "freeze", FIRST, 15, 15.1, capacity=4)
    day.crowd.advance_to(int(14.9 * US_PER_HOUR))
    asked = day.inside()
    day.tell(asked, 0, day.crowd.now_us)
    events = day.live()
    left = rows_of(events, LEFT)

    assert left.size > 0
    assert set(events["time_us"][left]) == {int(15.1 * US_PER_HOUR)}
    assert events["people"][left].sum() <= 4


def meet(tells_both: bool) -> tuple[Day, dict[str, np.ndarray], np.ndarray]:
    day = Day(told(friend_appeal=5.0))
    day.start("friends", "meeting", FIRST, 15, 16, now_h=15.0, stay_min_mean=5.0)
    day.crowd.advance_to(15 * US_PER_HOUR)
    both = day.inside()[:2]
    day.crowd.mall.shoppers["stay_until_us"][both] = 18 * US_PER_HOUR
    day.crowd.mall.visited[both] = -1  # nothing seen yet: there is something to do until the other answers
    numbers = day.crowd.mall.shoppers["number"][both]
    day.tell(both if tells_both else both[:1], 0, day.crowd.now_us)
    return day, day.live(), numbers


def test_friends_who_both_agree_meet_and_part_at_one_instant():
    _, events, numbers = meet(tells_both=True)
    met, left = rows_of(events, EventKind.FRIENDS_MET), rows_of(events, LEFT)

    assert met.size == 1
    assert set(events["visit"][left]) == set(numbers)
    assert len(set(events["time_us"][left])) == 1
    assert rows_of(events, EventKind.FRIEND_MISSED).size == 0


def test_who_is_told_alone_goes_nowhere_for_a_friend_who_does_not_answer():
    _, events, _ = meet(tells_both=False)

    assert rows_of(events, JOINED).size == 0


def test_a_wish_to_stop_brings_more_people():
    visitors = [
        rows_of(_open_day(stops_share=share), JOINED).size
        for share in (0.02, 0.2, 0.8)
    ]  # fmt: skip

    assert visitors[0] < visitors[1] < visitors[2]


def test_time_at_an_event_that_nobody_gets_back_is_lost_to_stores(quiet):
    events = _open_day(stops_share=0.9, extends_share=0.0)

    assert rows_of(events, EventKind.STORE_ENTERED).size < rows_of(quiet, EventKind.STORE_ENTERED).size


def test_who_is_made_for_families_finds_them():
    """Of 120 parties; with audience_weight 10 a party without children stops with less than 1e-4."""
    events = _open_day("parent_child", stops_share=0.5, audience_weight=10.0)
    families = set(events["visit"][rows_of(events, EventKind.FAMILY_CAME)])
    joined = set(events["visit"][rows_of(events, JOINED)])

    assert len(joined) > 0
    assert joined <= families


def _open_day(kind: str = "exhibition", **told_of: float) -> dict[str, np.ndarray]:
    day = Day(told(**told_of))
    assert not day.start("event", kind, FIRST, 11, 21, is_open_to_all=True, stay_min_mean=40.0)
    return day.live()


def test_what_cannot_be_is_refused_with_a_reason():
    day = Day(told())
    assert not day.start("one", "talent", FIRST, 12, 15)
    wrong = {
        "already": day.start("one", "talent", FIRST, 12, 15),
        "no kind": day.start("two", "circus", FIRST, 12, 15),
        "no unit": day.start("two", "talent", "nowhere", 12, 15),
        "over before": day.start("two", "talent", FIRST, 15, 12),
        "closes": day.start("two", "talent", FIRST, 15, 23),
        "no clue": day.start("two", "clue", FIRST, 12, 15, after="none"),
        "room": day.start("two", "talent", FIRST, 12, 15, capacity=0),
        "no offer": day.start("two", "clue", FIRST, 12, 15, reward="none"),
    }

    assert all(words in refused for words, refused in wrong.items()), wrong
    assert day.happenings.names == ["one"]


def test_planned_events_are_checked_together_and_one_without_room_is_none():
    config = told()
    config.happenings.planned = [
        HappeningConfig("show", at="nowhere"), HappeningConfig("late", at=FIRST, ends="23:30"), HappeningConfig("none", at=FIRST, capacity=0),
        HappeningConfig("other day", at=FIRST, date="2026-01-01"),
    ]  # fmt: skip
    day = Day(config)
    with pytest.raises(ConfigError) as refused:
        planned_of(day.happenings, config, 0)
    assert "nowhere" in str(refused.value)
    assert "23:30" in str(refused.value)

    config.happenings.planned = config.happenings.planned[2:]
    assert planned_of(day.happenings, config, 0) == []
    config.happenings.planned = [HappeningConfig("show", at=FIRST), HappeningConfig("show", at=FIRST, starts="18:00")]
    assert [problem.place for problem in problems(config.happenings)] == [
        "happenings.planned[1].name",
        "happenings.planned[1].ends",
    ]
    assert planned_of(day.happenings, config, 0)[0].events[0].cost_fen == 500_000


def test_the_first_clue_is_told_from_the_others(busy):
    assert busy[0].crowd.mall.happenings["kind"].tolist() == [Kind.TALENT, Kind.EXHIBITION, Kind.HUNT, Kind.CLUE, Kind.CLUE]
