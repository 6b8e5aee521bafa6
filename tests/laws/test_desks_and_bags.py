"""Bags and children that are handed in come back or go home, money moves by the books, and a desk nobody uses changes nothing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.config import RunConfig
from sim.crowd.venues.desk_records import Desk
from sim.errors import ConfigError
from sim.events import EventKind, Reason
from sim.ledger.accounts import TransferReason
from sim.units import US_PER_HOUR, US_PER_MIN
from tests.engine_days import CLOSES_US, Lived, corner_mall, live, opened, parties

BAKERY, OUTFITTERS, SCREEN = "L1-bakery", "L1-outfitters", "L2-screen"


def keen_config(visits: float = 150.0) -> RunConfig:
    """Return a day on which whoever has bought goods hands them in, and bags are small."""
    config = RunConfig(seed=3)
    config.population.visits_per_day = visits
    config.population.day_total_cv = 0.0
    config.parties.splits_share = 0.0  # a party's bags are then all of one visit
    config.desks.bags.yuan_per_bag = 100.0
    parcel = config.desks.parcel
    parcel.at, parcel.from_bags, parcel.share, parcel.free_from_yuan = BAKERY, 1, 1.0, 0.0
    return config


def day(config: RunConfig, stops_us=(), desks_open=True, **traits) -> Lived:
    """Return a day with all desks open until half an hour after closing; `traits` are given to every party."""
    here = parties(config, corner_mall())
    here = here._replace(**{name: np.full_like(getattr(here, name), value) for name, value in traits.items()})
    return live(corner_mall(), config, [here], stops_us) if not desks_open else _open_day(config, here, stops_us)


def _open_day(config, here, stops_us) -> Lived:
    taken: list = []
    crowd = opened(corner_mall(), config, taken)
    crowd.controls.desk_is_open[:] = 1
    crowd.admit(here)
    for stop_us in (*stops_us, CLOSES_US):
        crowd.advance_to(stop_us)
    crowd.controls.mall_is_open[0] = 0
    crowd.controls.unit_is_open[:] = 0
    crowd.switched(CLOSES_US)
    crowd.advance_to(CLOSES_US + 30 * US_PER_MIN)
    crowd.controls.desk_is_open[:] = 0
    crowd.advance_to(26 * US_PER_HOUR)
    tallies = crowd.finish(26 * US_PER_HOUR)
    columns = ("time_us", "kind", "visit", "people", "place", "value")
    events = {name: np.concatenate([getattr(part.events, name) for part in taken]) for name in columns}
    transfers, outcomes = (np.concatenate([getattr(part, name) for part in taken]) for name in ("transfers", "outcomes"))
    return Lived(events, transfers, tallies, crowd, outcomes)


@cache
def keen_day() -> Lived:
    return day(keen_config())


def total(lived: Lived, kind: EventKind) -> int:
    return int(lived.events["value"][lived.events["kind"] == kind].sum())


def count(lived: Lived, kind: EventKind) -> int:
    return int(np.count_nonzero(lived.events["kind"] == kind))


def of_visit(lived: Lived, kind: EventKind) -> dict[int, int]:
    """Return the sum of values of a kind by visit."""
    found: dict[int, int] = {}
    here = lived.events["kind"] == kind
    for visit, value in zip(lived.events["visit"][here].tolist(), lived.events["value"][here].tolist()):
        found[visit] = found.get(visit, 0) + value
    return found


def test_every_bag_that_is_handed_in_is_picked_up_or_sent_home_by_its_own_party():
    config = keen_config()
    config.desks.parcel.mislaid_share = 0.3

    lived = day(config)

    given, taken, sent = (
        of_visit(lived, kind) for kind in (EventKind.BAGS_HANDED_IN, EventKind.BAGS_COLLECTED, EventKind.BAGS_DELIVERED)
    )
    assert len(given) > 15
    assert len(sent) > 2
    assert given == {visit: taken.get(visit, 0) + sent.get(visit, 0) for visit in given}
    assert set(taken) | set(sent) == set(given)
    assert total(lived, EventKind.BAGS_MISLAID) == sum(sent.values())
    assert not (lived.crowd.mall.errands["bags_held"] > 0).any()


def test_a_desk_that_is_never_open_takes_no_bags_and_changes_nobodys_day():
    without = keen_config()
    without.desks.parcel.at = ""

    closed, absent = day(keen_config(), desks_open=False), day(without, desks_open=False)

    kept = ("time_us", "visit", "place", "kind", "value")
    assert count(closed, EventKind.BAGS_HANDED_IN) == 0
    assert all((closed.events[name] == absent.events[name]).all() for name in kept)


def test_a_desk_that_nobody_wants_changes_nobodys_day():
    idle, without = keen_config(), keen_config()
    idle.desks.parcel.share = 0.0
    idle.desks.lounge.at, idle.desks.playground.at, idle.desks.playground.share = SCREEN, OUTFITTERS, 0.0
    without.desks.parcel.at = ""

    assert day(idle, is_vip=0).digest == day(without, is_vip=0).digest


def test_a_day_with_desks_does_not_depend_on_how_often_the_clock_stops():
    stops_us = [hour * US_PER_HOUR + 7 for hour in range(11, 22)]

    assert day(keen_config(), stops_us).digest == keen_day().digest


def test_bags_that_nobody_can_hand_out_in_time_are_sent_home_and_nobody_waits_for_them():
    config = keen_config()
    config.desks.parcel.porters, config.desks.parcel.porter_handling_s = 1, 3600.0
    config.desks.parcel.patience_s_mean = 60.0

    lived = day(config)

    assert count(lived, EventKind.BAGS_DELIVERED) > count(lived, EventKind.BAGS_COLLECTED)
    assert lived.events["value"][lived.events["kind"] == EventKind.BAGS_AWAITED].max(initial=0) <= 60_000_000
    assert count(lived, EventKind.LEFT) == count(lived, EventKind.ARRIVED)


def test_where_bags_are_brought_home_nobody_goes_to_the_desk():
    config = keen_config()
    config.desks.parcel.hands_back = "home"

    lived = day(config)

    entered = lived.events["kind"] == EventKind.STORE_ENTERED
    assert not (lived.events["value"][entered] == Reason.DESK).any()
    assert total(lived, EventKind.BAGS_DELIVERED) == total(lived, EventKind.BAGS_HANDED_IN) > 0
    assert -total(lived, EventKind.DESK_PAID) == 1200 * count(lived, EventKind.BAGS_DELIVERED)


def test_the_books_hold_what_the_log_says_of_fees_and_costs():
    config = keen_config()
    config.desks.parcel.free_from_yuan, config.desks.parcel.fee_deters_yuan = 1e6, 1000.0
    config.desks.parcel.mislaid_share = 0.5

    lived = day(config)

    paid = lived.events["value"][lived.events["kind"] == EventKind.DESK_PAID]
    moved = lived.transfers
    assert paid[paid > 0].sum() == moved["amount"][moved["reason"] == TransferReason.DESK_FEE].sum() > 0
    assert -paid[paid < 0].sum() == moved["amount"][moved["reason"] == TransferReason.DESK_COST].sum() > 0


def test_a_fee_only_deters():
    config = keen_config()
    config.desks.parcel.share = 0.6
    free = set(of_visit(day(config), EventKind.BAGS_HANDED_IN))
    config.desks.parcel.free_from_yuan = 1e6

    dear = set(of_visit(day(config), EventKind.BAGS_HANDED_IN))

    assert len(dear) < len(free)


def test_laden_parties_are_slower_and_go_home_earlier_and_those_without_bags_are_not():
    light, heavy = keen_config(), keen_config()
    for config in (light, heavy):
        config.desks.parcel.at = ""
        config.choice.impulse_share = 0.0
    light.desks.bags.slow_share_per_bag = light.desks.bags.tire_min_per_bag = 0.0
    heavy.desks.bags.slow_share_per_bag, heavy.desks.bags.tire_min_per_bag = 0.1, 30.0
    heavy.movement.congestion = light.movement.congestion = False

    eased, burdened = day(light, people=1), day(heavy, people=1)

    assert total(burdened, EventKind.PURCHASED) < total(eased, EventKind.PURCHASED)
    left = [
        dict(zip(*(lived.events[name][lived.events["kind"] == EventKind.LEFT].tolist() for name in ("visit", "time_us"))))
        for lived in (eased, burdened)
    ]
    assert sum(left[1].values()) < sum(left[0].values())


def test_the_playground_never_has_more_children_than_places_and_gives_every_child_back():
    config = keen_config()
    config.desks.parcel.at = ""
    play = config.desks.playground
    play.at, play.share, play.staff, play.children_per_staff = OUTFITTERS, 1.0, 1, 2
    stops_us = [hour * US_PER_HOUR // 4 for hour in range(41, 88)]

    lived = day(config, stops_us, people=4)

    desk = lived.crowd.mall.desks[Desk.PLAYGROUND]
    used = count(lived, EventKind.DESK_USED)
    assert (desk.places, desk.present) == (2, 0)
    assert count(lived, EventKind.DESK_REFUSED) > 0
    assert used > 0
    assert used % 2 == 0  # in and out
    assert total(lived, EventKind.DESK_PAID) == 2000 * used // 2


def test_the_lounge_takes_the_top_tier_only_and_no_more_than_it_has_chairs():
    config = keen_config()
    config.desks.parcel.at = ""
    lounge = config.desks.lounge
    lounge.at, lounge.share, lounge.chairs, lounge.balk_queue = BAKERY, 1.0, 1, 0

    ordinary, top = day(config, is_vip=0), day(config, is_vip=1)

    assert count(ordinary, EventKind.DESK_USED) == 0
    assert count(top, EventKind.DESK_USED) > 3
    starts, ends = (
        np.sort(top.events["time_us"][(top.events["kind"] == kind) & (top.events["place"] == _station(top, "desk:lounge"))])
        for kind in (EventKind.SERVICE_STARTED, EventKind.SERVICE_ENDED)
    )
    assert (starts[1:] >= ends[:-1]).all()


def _station(lived: Lived, name: str) -> int:
    return lived.crowd.station_names.index(name)


def test_a_car_that_is_not_yet_clean_is_waited_for_and_a_wash_that_would_end_too_late_is_refused():
    config = keen_config()
    config.desks.parcel.at = ""
    wash = config.desks.car_wash
    wash.at, wash.share, wash.vips_only, wash.bays, wash.wash_min = BAKERY, 1.0, False, 1, 90.0

    lived = day(config)

    served = count(lived, EventKind.SERVICE_ENDED) and np.count_nonzero(
        (lived.events["kind"] == EventKind.SERVICE_ENDED) & (lived.events["place"] == _station(lived, "desk:car_wash"))
    )
    used = lived.events["value"][lived.events["kind"] == EventKind.DESK_USED]
    assert used.size == 2 * served  # key in, key out
    assert used.max() > 30 * US_PER_MIN
    assert count(lived, EventKind.DESK_REFUSED) > 0
    assert count(lived, EventKind.LEFT) == count(lived, EventKind.ARRIVED)


def test_who_asked_for_the_way_goes_wrong_less_often():
    config = keen_config(300)
    config.desks.parcel.at = ""
    config.choice.wrong_turn_share, config.choice.navigation_factor = 0.5, 0.0
    unasked = day(config, navigates=0)
    config.desks.information.at, config.desks.information.share = BAKERY, 1.0

    asked = day(config, navigates=0)

    assert count(asked, EventKind.DESK_USED) > 200
    assert count(asked, EventKind.MISLED) < count(unasked, EventKind.MISLED)


def test_all_that_is_wrong_with_the_places_of_desks_is_said_together():
    config = keen_config()
    config.desks.parcel.at, config.desks.lounge.at, config.desks.car_wash.at, config.desks.playground.at = (
        BAKERY, BAKERY, "L9-nowhere", "auto",
    )  # fmt: skip

    with pytest.raises(ConfigError) as raised:
        opened(corner_mall(), config, [])

    assert [problem.place for problem in raised.value.problems] == [
        "desks.lounge.at",
        "desks.car_wash.at",
        "desks.playground.at",
    ]


def test_porters_bring_bags_in_the_order_in_which_they_were_called():
    """The wait that a party is told is that of so many porters and one line (Kiefer and Wolfowitz 1955), worked out here from the log."""
    config = keen_config(250)
    config.desks.parcel.porters, config.desks.parcel.porter_handling_s = 2, 900.0
    config.desks.parcel.patience_s_mean = 36000.0
    lived = day(config)

    free_us, ready_us, told_us, owed_us = [0, 0], {}, [], []
    for time_us, kind, visit, value in zip(*(lived.events[name].tolist() for name in ("time_us", "kind", "visit", "value"))):
        if kind == EventKind.PORTER_SENT:
            porter = free_us.index(min(free_us))
            free_us[porter] = max(free_us[porter], time_us) + value
            ready_us[visit] = max(ready_us.get(visit, 0), free_us[porter])
        elif kind == EventKind.BAGS_AWAITED:
            told_us.append(value)
            owed_us.append(ready_us[visit] - time_us)
    assert len(told_us) > 10
    assert max(told_us) > 1_800_000_000  # work waited for both porters
    assert told_us == owed_us
