"""A message that names a cinema: it puts a film on a party's list where a show suits, and nowhere else; a coupon makes seats cheaper."""

from __future__ import annotations

import numpy as np

from sim.crowd.engine import Crowd
from sim.decisions_of_policies import Offer, PutTrigger
from sim.events import EventKind
from sim.operations.policy_switches import Switchboard
from sim.promos import Channel, Hook, Says
from tests.cinema_days import END_US, film_config, film_goers, of_kind, one_hall
from tests.engine_days import COLUMNS


def evening(offer: Offer | None = None, is_told: bool = True, wants: bool = False, **settings):
    """Let one party of two come at 18:30 and read, at once and for certain, of the show at 19:30; return the events."""
    config, compiled, taken = film_config(), one_hall(), []
    config.policies, config.cinema.show_utility = ["idle"], 2.0
    config.promos.staff_open_share = config.promos.claim_share = config.promos.follow_share = 1.0
    for name, value in settings.items():
        setattr(config.cinema, name, value)
    visitors = film_goers([18 * 60 + 30], 2)
    if not wants:
        visitors.needs[:] = -1
    crowd = Crowd(compiled, config, lambda full: taken.append({name: getattr(full.events, name).copy() for name in COLUMNS}))
    controls = crowd.controls
    controls.mall_is_open[0] = 1
    controls.entrance_is_open[:] = controls.unit_is_open[:] = 1
    controls.unit_closes_us[:] = END_US
    crowd.admit(visitors)
    if is_told:
        switches = Switchboard(crowd, compiled)
        name = "" if offer is None else offer.name
        says = Says.GO if offer is None else Says.OFFER
        told = PutTrigger("at the door", Hook.ARRIVED, Channel.STAFF, name, says, unit="screen")
        assert not [each for each in ([offer] if offer else []) + [told] if switches.apply(0, "test", each).refused]
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    return {name: np.concatenate([part[name] for part in taken]) for name in COLUMNS}


def seats_sold(events) -> int:
    return sum(of_kind(events, EventKind.SEAT_SOLD))


def test_nobody_thinks_of_a_film_without_a_message():
    assert seats_sold(evening(is_told=False)) == 0


def test_a_message_that_is_followed_brings_a_party_to_the_cinema_at_the_full_price():
    events = evening()

    assert seats_sold(events) == 2
    assert of_kind(events, EventKind.SHOW_ENTERED)
    assert sum(of_kind(events, EventKind.PURCHASED)) == 2 * 3570


def test_where_no_show_is_worth_its_price_the_message_changes_nothing_of_the_way():
    told, untold = evening(show_utility=-20.0), evening(is_told=False, show_utility=-20.0)

    for events in (told, untold):
        assert seats_sold(events) == 0
    way = [
        [(int(t), int(k)) for t, k in zip(e["time_us"], e["kind"], strict=True) if not 150 <= k < 170] for e in (told, untold)
    ]
    assert way[0] == way[1]


def test_a_coupon_lowers_the_price_that_decides_and_the_price_that_is_paid():
    """At a utility of -1 the draw that decides says no at the full price (1 unit costs 25 yuan: half of 35.7 is worth 0.7)."""
    half = evening(Offer("half", ("screen",), off_share=0.5))
    free = evening(Offer("free", ("screen",), off_share=1.0))

    assert sum(of_kind(half, EventKind.PURCHASED)) == 3570
    assert sum(of_kind(free, EventKind.PURCHASED)) == 0
    assert seats_sold(free) == 2


def test_whoever_wanted_the_film_anyhow_only_pays_less():
    """That is how free seats lose: the same seats, without the takings."""
    paid = evening(is_told=False, wants=True, show_advance_share=0.0, show_app_share=0.0)
    free = evening(Offer("free", ("screen",), off_share=1.0), wants=True, show_advance_share=0.0, show_app_share=0.0)

    assert seats_sold(paid) == seats_sold(free) == 2
    assert sum(of_kind(free, EventKind.PURCHASED)) == 0 < sum(of_kind(paid, EventKind.PURCHASED))
