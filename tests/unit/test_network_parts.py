"""Parts of a network by hand: division by largest remainder, who travels, what a lease carries, what is netted, the path of members."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest

from sim.config import RunConfig, problems_of
from sim.errors import ConfigError
from sim.ledger.accounts import POINTS_ISSUED, POINTS_REDEEMED, Currency, TransferReason
from sim.ledger.doors import issue_one, reserve_one
from sim.ledger.leases import hand_over, open_network_accounts, take_over
from sim.ledger.ledger import Ledger
from sim.members_path import answer, closed_form, joins_simulated, members_path, off_site_needed
from sim.network.clearing_house import ClearingHouse
from sim.network.malls import malls_of, split
from sim.network.messages import RETURNED, chosen, read_message, together, write_message
from sim.network.site import nothing_returned
from sim.network.travel import AT_HOME, travel_of
from sim.schema.network import MembersPathConfig, NetworkConfig, SiteConfig
from sim.units import US_PER_HOUR

pytestmark = pytest.mark.plain


def network(**changed):
    config = RunConfig(malls=1)
    config.network = NetworkConfig(**changed)
    return config


def ledger_of(*held):
    """Return a ledger with a member for each list of (month, centi-points), and the account of the other malls."""
    ledger = Ledger(["shop"], 4096)
    others, _ = open_network_accounts(ledger)
    for resident, lots in enumerate(held):
        ledger.begin_day(datetime.date(2026, 1, 1), 0)
        ledger.members(np.array([resident]), np.array([0]), 0)
        for month, centi in lots:
            ledger.begin_day(datetime.date(2026, month, 1), 0)
            ledger.post(0, POINTS_ISSUED, account_of(ledger, resident), centi, TransferReason.EARNED)
    return ledger, others


def account_of(ledger, resident):
    return ledger.names.index(f"member:{resident}")


def lots_of(ledger):
    table = ledger.lots_table()
    return list(zip(table["member"].tolist(), table["month"].tolist(), table["held_centi"].tolist(), strict=True))


def test_a_division_adds_up_and_gives_the_rest_to_the_largest_remainders():
    assert split(10, [1, 1, 1]) == [4, 3, 3]
    assert split(7, [0.5, 0.3, 0.2]) == [4, 2, 1]
    assert split(0, [1, 2]) == [0, 0]
    assert sum(split(1_000_003, np.arange(1, 161))) == 1_000_003


def test_nobody_travels_to_the_own_mall_and_one_more_visit_moves_no_other():
    travel = travel_of(network(travel_share=0.5), [1.0, 1.0, 2.0, 1.0])
    numbers = np.arange(4000)

    goes = travel.goes_to(1, numbers)

    assert not (goes == 1).any()
    assert np.array_equal(travel.goes_to(1, numbers[::7]), goes[::7])
    assert abs((goes != AT_HOME).mean() - 0.5) < 5 * math.sqrt(0.25 / 4000)  # false once in 1.7 million seeds


def test_a_longer_way_draws_fewer_and_no_share_nobody():
    travel = travel_of(network(travel_share=1.0, travel_exponent=2.0), [1.0] * 6)

    goes = np.bincount(travel.goes_to(0, np.arange(6000)), minlength=6)

    assert goes[1] > goes[2] > goes[3]  # along a ring: 1 and 5 are next to 0
    assert (travel_of(network(travel_share=0.0), [1.0, 1.0]).goes_to(0, np.arange(99)) == AT_HOME).all()


def test_a_lease_carries_every_lot_under_its_month_and_comes_home_as_it_was():
    home, others = ledger_of([(1, 500), (3, 300)], [(2, 70)])
    before = lots_of(home)
    host, at_host = ledger_of()
    guests = np.array([host.open(f"guest:0:{row}", Currency.POINTS, limit=0, has_lots=True, may_owe=True) for row in (0, 1)])
    accounts = np.array([account_of(home, 0), account_of(home, 1)])

    lots, balances = hand_over(home, accounts, others, 0)
    take_over(host, guests, lots, balances, at_host, 0)

    assert balances.tolist() == [800, 70]
    assert home.balance(others) == 870 == -host.balance(at_host)
    assert [home.balance(account) for account in accounts] == [0, 0]
    assert [host.balance(account) for account in guests] == [800, 70]
    lots, balances = hand_over(host, guests, at_host, 0)
    take_over(home, accounts, lots, balances, others, 0)
    assert lots_of(home) == before
    assert home.balance(others) == 0 == host.balance(at_host)


def test_what_is_reserved_stays_with_the_oldest_lots_and_a_lease_carries_the_others():
    home, others = ledger_of([])
    account = account_of(home, 0)
    for centi, expires_us in ((500, 1_000), (300, 9_000)):
        assert issue_one(home.book, 0, POINTS_ISSUED, account, centi, TransferReason.EARNED, expires_us, -1) == 0
    assert reserve_one(home.book, 0, account, POINTS_REDEEMED, 400, TransferReason.BURNED, 10_000) == 0

    lots, balances = hand_over(home, np.array([account]), others, 0)

    assert balances.tolist() == [400]
    assert [(int(lot["amount"]), int(lot["expires_us"])) for lot in lots] == [(100, 1_000), (300, 9_000)]


def test_an_account_is_handed_over_once():
    home, others = ledger_of([(1, 100)])

    with pytest.raises(AssertionError, match="once"):
        hand_over(home, np.array([account_of(home, 0)] * 2), others, 0)


def test_what_a_member_owes_goes_along():
    home, others = ledger_of([(1, 100)])
    account = account_of(home, 0)
    book = home.book
    host, at_host = ledger_of()
    guest = host.open("guest:0:0", Currency.POINTS, limit=0, has_lots=True, may_owe=True)

    take_over(host, np.array([guest]), np.zeros(0, lots_dtype()), np.array([-40]), at_host, 0)
    lots, balances = hand_over(host, np.array([guest]), at_host, 0)

    assert balances.tolist() == [-40]
    assert lots.size == 0
    assert host.balance(guest) == 0 == host.balance(at_host)
    assert int(book.accounts["balance"][account]) == 100 == -home.balance(POINTS_ISSUED)
    assert home.balance(others) == 0


def lots_dtype():
    from sim.ledger.leases import LEASED_LOT

    return LEASED_LOT


def evening(*leases):
    """Return an evening's message: (home, at, lent, balance)."""
    found = nothing_returned()
    rows = np.zeros(len(leases), RETURNED)
    for row, (home, at, lent, balance) in enumerate(leases):
        rows[row] = (home, at, 7, lent, balance, 0, 0, 0, 1)
    return {**found, "returned": rows, "outcome": np.zeros(len(leases), found["outcome"].dtype)}


def test_money_follows_points_and_nets_to_nothing():
    house = ClearingHouse(3, 1, 1.0, 10 * US_PER_HOUR)

    inboxes = house.night(0, {0: evening((1, 0, 500, 200)), 1: evening((0, 1, 0, 90)), 2: evening((0, 2, 300, 100))})

    # mall 0 took 300 from 1's member; 1's gave 90 to 0's member; 2 took 200 from 0's member
    assert [inboxes[mall].settled_fen for mall in range(3)] == [300 + 90 - 200, -300 - 90, 200]
    assert house.summary()["imbalance_fen"] == 0
    assert house.summary()["gross_fen"] == 590
    assert house.summary()["moved_fen"] == 390


def test_between_malls_a_point_costs_what_its_redemption_does():
    house = ClearingHouse(2, 1, 1.0, 10 * US_PER_HOUR, 80)

    inboxes = house.night(0, {1: evening((0, 1, 500, 200))})

    assert [inboxes[mall].settled_fen for mall in range(2)] == [-240, 240]


def test_nobody_pays_for_points_that_expired_at_the_host():
    house = ClearingHouse(2, 1, 1.0, 10 * US_PER_HOUR)
    message = evening((0, 1, 500, 200))
    message["returned"]["expired"] = 250

    assert [house.night(0, {1: message})[mall].settled_fen for mall in range(2)] == [-50, 50]


def test_a_message_after_the_opening_waits_a_day_and_its_accounts_stay_away():
    house = ClearingHouse(2, 1, 1e6, 10 * US_PER_HOUR)  # eleven days on average
    quick = ClearingHouse(2, 1, 0.0, 10 * US_PER_HOUR)

    late = house.night(0, {1: evening((0, 1, 500, 200))})
    in_time = quick.night(0, {1: evening((0, 1, 500, 200))})

    assert late[0].returned["returned"].size == 0
    assert late[0].settled_fen == 0
    assert house.late == 1
    assert house.in_transit_centi == 200
    assert in_time[0].returned["returned"].size == 1
    arrived = [night for night in range(1, 200) if house.night(night, {})[0].returned["returned"].size]
    assert len(arrived) == 1
    assert house.in_transit_centi == 0


def test_messages_put_together_and_chosen_keep_their_lots(tmp_path):
    one, two = evening((0, 1, 10, 10)), evening((1, 0, 20, 20), (1, 0, 30, 30))
    one["lots"] = np.array([(10, 0, 0, 0)], lots_dtype())
    two["lots"] = np.array([(20, 0, 0, 0), (30, 0, 0, 1)], lots_dtype())

    both = together([one, two], "returned")
    last = chosen(both, "returned", np.array([2]))
    write_message(tmp_path / "message.npz", last)

    assert both["lots"]["index"].tolist() == [0, 1, 2]
    assert last["lots"].tolist() == [(30, 0, 0, 0)]
    assert read_message(tmp_path / "message.npz")["lots"].tolist() == [(30, 0, 0, 0)]
    assert read_message(tmp_path / "nothing.npz") is None


def test_a_message_that_was_cut_off_counts_as_none(tmp_path):
    path = tmp_path / "message.npz"
    write_message(path, evening((0, 1, 10, 10)))
    whole = path.read_bytes()

    for size in (0, 10, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:size])
        assert read_message(path) is None


def test_a_path_of_few_months_tells_after_how_many_it_looked():
    goals = answer(MembersPathConfig(months=6))["goals"]

    assert [goal["after_months"] for goal in goals] == [6, 6]
    assert [goal["after_months"] for goal in answer(MembersPathConfig())["goals"]] == [12, 48]


def test_the_path_of_members_without_growth_is_that_of_its_closed_form():
    """The classes of visitors are 200; the closed form has them without number."""
    given = MembersPathConfig(growth_per_year=0.0, turnover_per_year=0.0, months=24)

    path = members_path(given)

    for month in (1, 6, 12, 24):
        days = round(month * 365 / 12)
        assert path.members[month] == pytest.approx(closed_form(given, days), rel=0.01)


def test_members_who_join_in_malls_are_never_more_than_who_comes_at_all():
    path = members_path(MembersPathConfig(portal_share=1.0, join_share=1.0, turnover_per_year=0.0, growth_per_year=0.0))

    assert path.members[-1] <= 55e6 + 1
    assert path.months_to(100e6) is None
    assert np.all(np.diff(path.members) >= 0)


def test_what_is_needed_elsewhere_reaches_the_goal_and_no_more():
    given = MembersPathConfig()
    needed = off_site_needed(given, 100e6, 48)

    path = members_path(MembersPathConfig(off_site_per_day=needed))

    assert path.members[48] == pytest.approx(100e6, rel=1e-3)


def test_joins_of_simulated_days_are_counted_by_visits_of_strangers():
    days = [
        [
            {"members_joined": 3, "visits_ended": 100, "visits_of_members": 40},
            {"members_joined": 1, "visits_ended": 50, "visits_of_members": 10},
        ]
    ]

    assert joins_simulated(days) == pytest.approx(4 / 100)
    assert joins_simulated([[{"members_joined": 0, "visits_ended": 9, "visits_of_members": 0}]]) is None


def test_malls_by_share_divide_the_visits_and_each_has_draws_of_its_own():
    config = network(
        visits_per_day=1000.0,
        malls=[SiteConfig(plan="corner_mall", count=2, share=0.6), SiteConfig(plan="bistro", count=1, share=0.4)],
    )

    malls = malls_of(config)

    assert [mall.config.population.visits_per_day for mall in malls] == [300.0, 300.0, 400.0]
    assert len({mall.config.seed for mall in malls}) == 3
    assert all(mall.config.malls == 1 and not mall.config.network.malls for mall in malls)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (RunConfig(malls=0), "malls: must be at least 1"),
        (RunConfig(malls=-1), "malls: must be at least 1"),
        (network(malls=[SiteConfig(share=0.5), SiteConfig(share=0.4)], visits_per_day=9.0), "shares add up to 0.9"),
        (network(malls=[SiteConfig(share=1.0)]), "network.visits_per_day"),
        (network(malls=[SiteConfig(count=0)]), "network.malls[0].count"),
        (network(only=3), "network.only"),
    ],
)
def test_a_network_that_cannot_be_is_told_of_once(config, words):
    problems = problems_of(config)

    assert len(problems) == 1
    assert words in f"{problems[0]} {problems[0].value}"


def test_an_unknown_plan_is_told_of_with_the_nearest_template():
    with pytest.raises(ConfigError, match="did you mean 'plaza_1'"):
        malls_of(network(malls=[SiteConfig(plan="plaza1")]))
